#!/usr/bin/env bash
# Writes what each library shows to everyone into PublicAPI.Unshipped.txt beside it, after a change that is meant; its diff is what users
# get or lose. At a release the lines move to PublicAPI.Shipped.txt, and what is removed from there is removed by hand. Build first, or
# restore. Names of libraries write theirs alone: eng/public-api.sh Wsss
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- $(cd lib && ls -d -- */PublicAPI.Unshipped.txt | xargs -n1 dirname)
for library; do
  printf '#nullable enable\n' >"lib/$library/PublicAPI.Unshipped.txt"
  # Of a whole solution, only one project's file is written.
  dotnet format analyzers "lib/$library/$library.csproj" --no-restore --diagnostics RS0016 --severity error
done
git --no-pager diff --stat -- 'lib/*/PublicAPI.*.txt'
