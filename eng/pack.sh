#!/usr/bin/env bash
# Makes the packages of the last commit and tries each as a user does, from a local feed, outside the project: a small program per library
# (samples/packages), and the tool with `wsss doctor`, `train` and `explain` in an empty folder. Needs git, the registry, and 3 GB for a while.
# Usage: eng/pack.sh [FOLDER [VERSION]]     default out/packages and the version of Directory.Build.props
set -euo pipefail
cd "$(dirname "$0")/.."
say() { printf 'pack: %s\n' "$*"; }
root=$PWD
feed=$(realpath -m "${1:-out/packages}")
version=${2:-$(dotnet msbuild lib/Wsss -getProperty:Version)}
libraries=(Wsss.Common Wsss.Crf Wsss.Weights Wsss Wsss.Menagerie Wsss.Notebooks Wsss.ImageSharp)
platform=linux-x64

work=$(mktemp -d)
cache=$(dotnet nuget locals global-packages --list | sed 's/^global-packages: //')
forget() { for name in "${libraries[@]}" Wsss.Cli "Wsss.Cli.$platform"; do rm -rf "${cache%/}/${name,,}/$version"; done; }
trap 'forget; rm -rf "$work"' EXIT
# What lies in the machine's cache under this version would hide what is made here.
forget
[ -z "$(git status --porcelain --untracked-files=no)" ] || say "uncommitted changes are not in the packages"
# A clone: nothing of this folder's builds gets in, and the commit is known to the compiler, which maps paths to /_/.
git clone --quiet --shared . "$work/project"
rm -rf "$feed" && mkdir -p "$feed"
cd "$work/project"
settings=(-c Release -nologo -v quiet -p:Version="$version" -p:ContinuousIntegrationBuild=true -p:RunAnalyzersDuringBuild=false
  -p:CreateHardLinksForPublishFilesIfPossible=true)
for name in "${libraries[@]}"; do dotnet pack "lib/$name" -o "$feed" "${settings[@]}"; done
# One package of the tool for each platform, and one that points to them; here this platform's. The lock files are for no platform.
rm lib/*/packages.lock.json
dotnet pack lib/Wsss.Cli -o "$feed" "${settings[@]}" -p:RestorePackagesWithLockFile=false -p:RuntimeIdentifiers=$platform \
  -p:PublishSelfContained=false -p:SelfContained=false
cd "$root"
rm -rf "$work/project"

failed=()
# A line of what went well, all of what did not.
try() {
  local name=$1
  shift
  if (set -e; "$@") >"$work/log" 2>&1; then say "$name: $(tail -n 1 "$work/log")"; else failed+=("$name"); say "$name FAILED:"; cat "$work/log"; fi
}

program() {
  cd "$work/samples/$1"
  dotnet run -c Release -v quiet -p:WsssVersion="$version" -p:RestoreAdditionalProjectSources="$feed" -p:CreateHardLinksForCopyLocalIfPossible=true
}
cp -r samples/packages "$work/samples"
for path in samples/packages/*/; do
  try "$(basename "$path")" program "$(basename "$path")"
  rm -rf "$work/samples/$(basename "$path")"
done

# Of the feed alone: everything that the tool needs is inside.
try "tool install" dotnet tool install Wsss.Cli --tool-path "$work/tool" --version "$version" --source "$feed"
wsss() { cd "$work/empty" && "$work/tool/wsss" "$@"; }
explain() { cd "$work/empty" && wsss explain picture.png --classifier out/cache/classifier-* --device cpu --out explained && ls explained/explanation.png; }
mkdir "$work/empty"
cp data/icon.png "$work/empty/picture.png"
try "wsss doctor" wsss doctor
try "wsss train" wsss train --scale smoke --device cpu --threads 1
try "wsss explain" explain

ls -l "$feed" | awk 'NR > 1 { printf "pack: %9.2f MB  %s\n", $5 / 1e6, $9 }'
[ ${#failed[@]} -eq 0 ] || { say "failed: ${failed[*]}"; exit 1; }
