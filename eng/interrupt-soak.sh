#!/usr/bin/env bash
# Interrupts each of the endless cells of InterruptTests many times in one process, at other moments each time; a process for each cell, as
# the compiled code of thousands of cells stays in memory.
# Usage: eng/interrupt-soak.sh [TIMES, 500 by default [PART OF A CELL'S NAME]]. Needs a build (eng/setup.sh).
set -uo pipefail
cd "$(dirname "$0")/.."
. eng/native.sh
export WSSS_INTERRUPT_REPEATS="${1:-500}"
# A whole series is one test.
export WSSS_TEST_LIMIT="${WSSS_TEST_LIMIT:-3600}"
program=tests/Wsss.Notebooks.Tests/bin/Release/net10.0/Wsss.Notebooks.Tests
stopped=0 failed=0
while IFS=$'\t' read -r id name; do
  [[ "$name" == *"${2:-}"* ]] || continue
  if "$program" -noColor -noLogo -reporter quiet -preEnumerateTheories -id "$id"; then
    stopped=$((stopped + 1)) && printf 'stopped %s times: %s\n' "$WSSS_INTERRUPT_REPEATS" "$name"
  else
    failed=$((failed + 1)) && printf 'FAILED: %s\n' "$name"
  fi
done < <("$program" -preEnumerateTheories -list full/json -method '*InterruptTests.A_cell_is_stopped*' |
  sed 's/},{/},\n{/g' | sed -nE 's/.*"DisplayName":"[^(]*\(endless: (.*)\)","ID":"([0-9a-f]+)".*/\2\t\1/p')
echo "$stopped cells stopped each time, $failed failed"
[ "$failed" -eq 0 ] && [ "$stopped" -gt 0 ]
