#!/usr/bin/env bash
# Gives damaged files to every reader: many more than the tests do. Usage: eng/fuzz.sh [--guided] [FILES_OF_EACH_KIND [SEED [TEST]]]
# A file on which a reader fails is kept in the folder of temporary files; the message names it.
# --guided: readers count their branches (sharpfuzz goes over a copy of them), and damaged files that reach new code are damaged further.
set -euo pipefail
cd "$(dirname "$0")/.."
. eng/native.sh
guided=false
if [ "${1:-}" = --guided ]; then guided=true; shift; fi
export WSSS_FUZZ="${1:-100000}" WSSS_FUZZ_SEED="${2:-1}"
built=tests/Wsss.Tests/bin/Release/net10.0
[ -x $built/Wsss.Tests ] || dotnet build tests/Wsss.Tests --configuration Release -nologo -v quiet
if $guided; then
  [ -x out/tools/sharpfuzz ] || dotnet tool install SharpFuzz.CommandLine --version 2.3.0 --tool-path out/tools
  rm -rf out/guided
  cp -a $built out/guided
  built=out/guided
  # What reads files, whole or by the beginnings of its names; links of the build are made copies, for they are changed in place.
  while read -r library prefixes; do
    cp $built/$library $built/copy
    mv $built/copy $built/$library
    out/tools/sharpfuzz $built/$library $prefixes
  done <<<"Wsss.Common.dll
Wsss.Weights.dll
Wsss.dll Wsss.Data Wsss.Localization Wsss.WsssYaml
YamlDotNet.dll
CsvHelper.dll"
fi
tests=(-class Wsss.Tests.Hostile.FuzzTests -class Wsss.Tests.Weights.MutatedWeightFileTests)
if [ $# -ge 3 ]; then tests=(-method "*$3*"); fi
exec nice $built/Wsss.Tests -noColor -showLiveOutput "${tests[@]}"
