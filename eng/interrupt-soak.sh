#!/usr/bin/env bash
# Interrupts each of the endless cells of InterruptTests many times in one process, at other moments each time.
# Usage: eng/interrupt-soak.sh [TIMES, 500 by default]. Needs a build (eng/setup.sh).
set -euo pipefail
cd "$(dirname "$0")/.."
export WSSS_INTERRUPT_REPEATS="${1:-500}"
# A whole series is one test.
export WSSS_TEST_LIMIT="${WSSS_TEST_LIMIT:-3600}"
export OMP_WAIT_POLICY=passive
exec tests/Wsss.Notebooks.Tests/bin/Release/net10.0/Wsss.Notebooks.Tests -noColor -reporter verbose -class Wsss.Notebooks.Tests.Sessions.InterruptTests
