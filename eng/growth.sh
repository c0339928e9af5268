#!/usr/bin/env bash
# Does the same work again and again, and fails where live tensors or the memory of the process grow: the tests do it a tenth as often.
# Usage: eng/growth.sh [STEPS, MAPS AND CRFS EACH, 2000 by default [CELLS, 300 by default]]. Needs a build (eng/setup.sh).
set -uo pipefail
cd "$(dirname "$0")/.."
. eng/native.sh
export WSSS_GROWTH="${1:-2000}" WSSS_GROWTH_CELLS="${2:-300}" WSSS_TEST_LIMIT="${WSSS_TEST_LIMIT:-3600}"
status=0
tests/Wsss.Tests/bin/Release/net10.0/Wsss.Tests -noColor -showLiveOutput -class Wsss.Tests.GrowthTests || status=1
tests/Wsss.Notebooks.Tests/bin/Release/net10.0/Wsss.Notebooks.Tests -noColor -showLiveOutput \
  -class Wsss.Notebooks.Tests.Sessions.GrowthTests || status=1
exit $status
