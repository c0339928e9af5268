#!/usr/bin/env bash
# Sets up what is missing and passes every test. Further arguments go to the test programs, for instance -class NAME.
set -uo pipefail
cd "$(dirname "$0")"

eng/setup.sh || exit 1
if [ $# -eq 0 ]; then
  dotnet format whitespace Notebooks.sln --no-restore --verify-no-changes || { echo "test: run 'dotnet format whitespace Notebooks.sln'" >&2; exit 1; }
fi

# Samples stand outside the solution, as a user's program does.
dotnet build samples/CsvToMasks --configuration Release -nologo -v quiet || exit 1

. eng/native.sh
logs=$(mktemp -d)
library=
trap '[ -z "$library" ] || kill "$library" 2>/dev/null; rm -rf "$logs"' EXIT
program() { echo "tests/$1/bin/Release/net10.0/$1"; }
# Without libtorch's remark that a library for other processors is not used, once per convolution.
plain() { grep --line-buffered -v 'Could not initialize NNPACK' || true; }

# Side by side, as each passes its tests one after another; the output of the second is shown when the first has ended.
"$(program Wsss.Tests)" -noColor "$@" >"$logs/library" 2>&1 &
library=$!
status=0
"$(program Wsss.Notebooks.Tests)" -noColor "$@" 2>&1 | plain | tee "$logs/all" || { echo "test: Wsss.Notebooks.Tests failed" >&2; status=1; }
wait "$library" || { echo "test: Wsss.Tests failed" >&2; status=1; }
library=
plain <"$logs/library" | tee -a "$logs/all"

# What failed, once more, where someone looks first.
grep -A 8 '\[FAIL\]' "$logs/all" || true

# One closing line over all suites, from each suite's own summary.
awk '
  match($0, /Total: *[0-9]+/)   { total   += substr($0, RSTART + 6, RLENGTH - 6) }
  match($0, /Errors: *[0-9]+/)  { failed  += substr($0, RSTART + 7, RLENGTH - 7) }
  match($0, /Failed: *[0-9]+/)  { failed  += substr($0, RSTART + 7, RLENGTH - 7) }
  match($0, /Skipped: *[0-9]+/) { skipped += substr($0, RSTART + 8, RLENGTH - 8) }
  END { printf "%d passed, %d failed, %d skipped\n", total - failed - skipped, failed, skipped }' "$logs/all"
exit $status
