#!/usr/bin/env bash
# Which lines of the parts that decide numbers (CRF, weights, measures, losses and erasing) no test reaches: a line per folder, then the
# lines. Works on a copy with coverlet.collector added, which is not among the project's packages; needs a network once, and takes some
# ten minutes.
# Usage: eng/coverage.sh
set -euo pipefail
cd "$(dirname "$0")/.."
. eng/native.sh
version=10.0.1
work=out/coverage
folders=(Wsss.Crf Wsss.Weights Wsss/Evaluation Wsss/Sharpening Wsss/Expansion)

rm -rf $work
mkdir -p $work/source
git ls-files | grep -v 'packages.lock.json$' | tar c -T - | tar x -C $work/source
cd $work/source
# The copy is a project of its own: tests look for the nearest folder with a solution.
sed -i "s|<PackageVersion Include=\"xunit.v3\"|<PackageVersion Include=\"coverlet.collector\" Version=\"$version\" />\n    &|" Directory.Packages.props
sed -i 's|<PackageReference Include="xunit.v3" />|&<PackageReference Include="coverlet.collector" />|' tests/Wsss.Tests/Wsss.Tests.csproj
dotnet build tests/Wsss.Tests -c Release -nologo -v quiet -p:RestorePackagesWithLockFile=false -p:RunAnalyzersDuringBuild=false
dotnet vstest tests/Wsss.Tests/bin/Release/net10.0/Wsss.Tests.dll --collect:"XPlat Code Coverage" \
  --TestAdapterPath:"${NUGET_PACKAGES:-$HOME/.nuget/packages}/coverlet.collector/$version/build/net10.0" --ResultsDirectory:../results \
  >../tests.log 2>&1 || { grep -v NNPACK ../tests.log | tail -40 >&2; exit 1; }
cd ..

# Cobertura names a class's file, then a line for each of its lines with how often it was reached; a file may have several classes.
awk -v folders="${folders[*]}" '
  BEGIN { for (i = split(folders, names, " "); i > 0; i--) wanted[names[i]] }
  match($0, /filename="[^"]*"/) {
    file = substr($0, RSTART + 10, RLENGTH - 11); sub(/^.*lib\//, "", file)
    folder = file; while (folder != "" && !(folder in wanted)) if (!sub(/\/[^\/]*$/, "", folder)) folder = ""
  }
  /<line number=/ && folder != "" {
    match($0, /number="[0-9]+"/); line = substr($0, RSTART + 8, RLENGTH - 9)
    match($0, /hits="[0-9]+"/); hits = substr($0, RSTART + 6, RLENGTH - 7)
    reached[file, line] += hits; folderOf[file, line] = folder
  }
  END {
    for (place in folderOf) {
      split(place, part, SUBSEP); folder = folderOf[place]
      all[folder]++
      if (reached[place]) got[folder]++; else print "1\t" part[1] "\t" part[2]
    }
    for (folder in all) printf "0\t%s\t%d of %d lines, %.1f %%\n", folder, got[folder], all[folder], 100 * got[folder] / all[folder]
  }' results/*/coverage.cobertura.xml | sort -t $'\t' -k1,1n -k2,2 -k3,3n | awk -F '\t' '
  $1 == 0 { print $2 ": " $3; next }
  $2 != file { if (file != "") print ""; file = $2; printf "not reached in %s:", file }
  { printf " %s", $3 }
  END { print "" }'
