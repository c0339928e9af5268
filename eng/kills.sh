#!/usr/bin/env bash
# Kills real processes after each step of an 8-step training of a classifier, a segmentation network, iterative erasing and a comparison,
# and of a prediction, goes on, and compares bytes: the tests do it after one step of each. Needs a build (eng/setup.sh).
set -euo pipefail
cd "$(dirname "$0")/.."
. eng/native.sh
export WSSS_KILLS=all
exec tests/Wsss.Tests/bin/Release/net10.0/Wsss.Tests -noColor -method '*ResumeTests.Work_that_ends*'
