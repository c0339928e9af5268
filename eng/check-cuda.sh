#!/usr/bin/env bash
# For a machine with an NVIDIA GPU: builds for CUDA, runs the same small experiments on both devices (plain, and with every
# technique, refined by the CRF) and shows both tables.
# Losses agree to about three digits after the first epoch; mIoU within a few points at this size.
set -euo pipefail
cd "$(dirname "$0")/.."

dotnet build lib/Wsss.Cli -c Release -p:TorchBackend=cuda -nologo -v quiet
./wsss doctor
for device in cpu cuda; do
  echo "== $device"
  ./wsss run --scale smoke --device "$device" --store "out/check-$device" --no-report
  ./wsss run --scale smoke --device "$device" --store "out/check-$device" --no-report --no-ceiling --refinement crf \
    -t BoundaryLoss -t SaliencyFusion -t Equivariance -t RandomErasing -t FeatureErasing -t MultiDilation -t Mixup -t PuzzleCam
  grep -h '"classification"' "out/check-$device"/classifier-*/history.json
done
