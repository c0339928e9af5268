#!/usr/bin/env bash
# Gives damaged files to every reader: many more than the tests do. Usage: eng/fuzz.sh [FILES_OF_EACH_KIND [SEED [TEST]]]
# A file on which a reader fails is kept in the folder of temporary files; the message names it.
set -euo pipefail
cd "$(dirname "$0")/.."
. eng/native.sh
export WSSS_FUZZ="${1:-100000}" WSSS_FUZZ_SEED="${2:-1}"
program=tests/Wsss.Tests/bin/Release/net10.0/Wsss.Tests
[ -x "$program" ] || dotnet build tests/Wsss.Tests --configuration Release -nologo -v quiet
if [ $# -ge 3 ]; then
  exec nice "$program" -noColor -showLiveOutput -method "*$3*"
fi
exec nice "$program" -noColor -showLiveOutput -class Wsss.Tests.Hostile.FuzzTests -class Wsss.Tests.Weights.MutatedWeightFileTests
