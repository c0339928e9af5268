#!/usr/bin/env bash
# Sets up what is missing, runs the whole pipeline on the built-in drawn scenes, prints one table, and runs the notebooks
# into an offline report. Usage: ./run.sh [smoke|quick|full]
set -euo pipefail
cd "$(dirname "$0")"

scale="${1:-quick}"
case "$scale" in
  smoke | quick | full) ;;
  *) echo "usage: ./run.sh [smoke|quick|full]   (default quick; found '$scale')" >&2; exit 2 ;;
esac

eng/setup.sh
./wsss run --scale "$scale" --no-report
./wsss notebook report --scale "$scale" --out out/report
echo "report: out/report/index.html"
