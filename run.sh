#!/usr/bin/env bash
# Sets up what is missing, compares plain class activation maps with the strongest recipe on the built-in drawn scenes, trains a
# segmentation network on the masks of the latter, and makes an offline report: this run, and the notebooks as they were saved.
# Usage: ./run.sh [smoke|quick|full]   smoke: a check that everything runs, whose numbers mean nothing; quick: some ten minutes;
# full: the whole experiment with its ceiling, and every notebook run anew, in hours.
set -euo pipefail
cd "$(dirname "$0")"

scale="${1:-quick}"
case "$scale" in
  smoke | quick | full) ;;
  *) echo "usage: ./run.sh [smoke|quick|full]   (default quick; found '$scale')" >&2; exit 2 ;;
esac

eng/setup.sh
if [ "$scale" = full ]; then
  ./wsss run --no-report
  ./wsss notebook report --run
else
  # Fewer passes than the ten of the README's tables: enough for the order of the rows.
  budget=(--scale "$scale")
  [ "$scale" = smoke ] || budget+=(--epochs 4)
  ./wsss compare data/grids/plain-against-best.yaml "${budget[@]}" --out out/this-run
  ./wsss run "${budget[@]}" --no-ceiling --no-report -t BoundaryLoss -t SaliencyFusion -t Equivariance -r crf
  ./wsss notebook report --page out/this-run/index.html
fi
echo "report: out/report/index.html"
