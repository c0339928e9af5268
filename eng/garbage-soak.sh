#!/usr/bin/env bash
# Runs the library's tests that use tensors again and again while another thread makes and collects garbage.
# Usage: eng/garbage-soak.sh [MINUTES, 10 by default]. Needs a build (eng/setup.sh).
set -uo pipefail
cd "$(dirname "$0")/.."
. eng/native.sh
export WSSS_TEST_GARBAGE=1
end=$(($(date +%s) + ${1:-10} * 60))
rounds=0 failed=0
while [ "$(date +%s)" -lt "$end" ]; do
  rounds=$((rounds + 1))
  tests/Wsss.Tests/bin/Release/net10.0/Wsss.Tests -noColor $(printf -- '-namespace Wsss.Tests.%s ' \
    Localization Models Refinement Saliency Segmentation Sharpening Expansion Training) || failed=$((failed + 1))
done
echo "$rounds rounds, $failed with a failure"
[ "$failed" -eq 0 ]
