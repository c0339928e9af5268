#!/usr/bin/env bash
# Sets up what is missing, compares plain class activation maps with the strongest recipe on the built-in drawn scenes, side by side,
# and makes an offline report of this run and of the notebooks as they were saved.
# Usage: ./run.sh [smoke|quick|full]
#   smoke  a check that everything runs, the segmentation network too, whose numbers mean nothing
#   quick  half of the training of the README's tables, as far as the masks: some eight minutes on two idle cores
#   full   the whole experiment with its ceiling, and every notebook run anew: hours
set -euo pipefail
cd "$(dirname "$0")"

scale="${1:-quick}"
case "$scale" in
  smoke | quick | full) ;;
  *) echo "usage: ./run.sh [smoke|quick|full]   (default quick; found '$scale')" >&2; exit 2 ;;
esac

eng/setup.sh
case "$scale" in
  smoke)
    ./wsss compare data/grids/plain-against-best.yaml --scale smoke --out out/this-run
    ./wsss run --scale smoke --no-report
    ;;
  quick) ./wsss compare data/grids/plain-against-best.yaml --epochs 5 --out out/this-run ;;
  full) ./wsss run --no-report ;;
esac
if [ "$scale" = full ]; then ./wsss notebook report --run; else ./wsss notebook report --page out/this-run/index.html; fi
echo "report: out/report/index.html"
