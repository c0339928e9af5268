#!/usr/bin/env bash
# Makes the page to play with in out/play: a classifier of the drawn scenes, trained in some minutes where the store has it not, and what
# runs it in a browser, from npm. The folder needs nothing else, no network either.
set -euo pipefail
cd "$(dirname "$0")/.."
runtime=$(eng/onnxruntime-web.sh)
classifier=$(./wsss train --data menagerie --scale quick --epochs 5 --device cpu --threads 1 --json | sed -n 's/^ *"folder": "\(.*\)",\{0,1\}$/\1/p')
./wsss play "$classifier" --data menagerie --scale quick --runtime "$runtime" --out out/play
