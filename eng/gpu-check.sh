#!/usr/bin/env bash
# Every check that needs an NVIDIA GPU, with pass or fail for each; run it first on a new GPU machine. With the .NET SDK it builds for
# CUDA; in a folder that eng/publish-over-torch.sh made it takes the programs that are there.
# Exit code: 0 all passed, 1 something failed, 2 no GPU.
set -uo pipefail
cd "$(dirname "$0")/.."
if ! command -v nvidia-smi >/dev/null || ! nvidia-smi -L 2>/dev/null | grep -q GPU; then
  echo "gpu-check: no NVIDIA GPU answers here (nvidia-smi -L); nothing was checked" >&2
  exit 2
fi
nvidia-smi -L
out=out/gpu-check
rm -rf "$out"
mkdir -p "$out"
failed=0

# NAME COMMAND…: the command's output goes to a log of that name, whose end is shown if it fails.
check() {
  local name="$1" log="$out/$1.log" start=$SECONDS
  shift
  if "$@" > "$log" 2>&1; then
    printf 'pass  %-12s %4d s\n' "$name" $((SECONDS - start))
  else
    printf 'FAIL  %-12s %4d s  %s\n' "$name" $((SECONDS - start)) "$log"
    tail -5 "$log" | sed 's/^/      /'
    failed=1
  fi
}

build() {
  local project
  for project in lib/Wsss.Cli tests/Wsss.Tests tests/Wsss.Benchmarks; do
    dotnet build "$project" -c Release -p:TorchBackend=cuda -nologo -v quiet || return 1
  done
}

sees_the_gpu() {
  ./wsss doctor | tee /dev/stderr | grep -Eq '[1-9][0-9]* device\(s\)'
}

# The forms on tensors against those on arrays, on both devices; a test of the GPU must be among them.
forms_agree() {
  # shellcheck source=/dev/null
  . eng/native.sh
  local classes=(Refinement.TensorWalkTests Refinement.LatticeTensorCrfTests Evaluation.ConfusionMatrixTests) arguments=()
  for class in "${classes[@]}"; do arguments+=(-class "Wsss.Tests.$class"); done
  tests/Wsss.Tests/bin/Release/net10.0/Wsss.Tests -noColor -preEnumerateTheories -list tests "${arguments[@]}" | grep -q '"cuda"' &&
    tests/Wsss.Tests/bin/Release/net10.0/Wsss.Tests -noColor "${arguments[@]}"
}

# Ratios against the GPU's bare arithmetic, or the CPU's two cores; those that have a target must meet it.
ratios_are_met() {
  # shellcheck source=/dev/null
  . eng/native.sh
  tests/Wsss.Benchmarks/bin/Release/net10.0/Wsss.Benchmarks gpu > "$out/ratios.md" || return 1
  cat "$out/ratios.md"
  # Columns: benchmark, against, ratio, range, target, reference.
  awk -F'|' '$6 ~ /≤/ { rows++; sub(/.*≤ */, "", $6); if ($4 + 0 > $6 + 0) { print "not met:" $2; missed++ } }
    END { exit !rows || missed > 0 }' "$out/ratios.md"
}

# Every notebook at the smallest size, some at once, from one empty store.
notebooks_run() {
  printf '%s\n' notebooks/*.ipynb | xargs -P 4 -I NOTEBOOK ./wsss notebook run NOTEBOOK --scale smoke --device cuda \
    --store "$out/notebooks-store" --out "$out/notebooks"
}

# LIMIT A B: whether two numbers above 0 differ by at most that share.
near() { awk -v limit="$1" -v a="$2" -v b="$3" 'BEGIN { d = a > b ? a - b : b - a; exit !(a > 0 && b > 0 && d <= limit * a) }'; }

# The first epoch's loss of the classifier in a store.
first_loss() { grep -ho '"classification": *[0-9.]*' "$1"/classifier-*/history.json | head -1 | grep -o '[0-9.]*$'; }

# NAME OPTIONS…: a small experiment, with its store, its measures and its model in folders of that name.
small_run() {
  local name="$1"
  shift
  ./wsss run --scale smoke --store "$out/$name" --report "$out/$name-report" --out "$out/$name-model" --no-report --no-ceiling "$@"
}

# NAME: the first epoch's loss of the trainings NAME-cpu and NAME-cuda; training amplifies rounding, so that only its beginning is compared.
first_losses_agree() {
  local cpu cuda
  cpu=$(first_loss "$out/$1-cpu") cuda=$(first_loss "$out/$1-cuda")
  echo "loss of the first epoch: $cpu on the CPU, $cuda on the GPU"
  near 0.005 "$cpu" "$cuda"
}

# The same small experiment on both devices.
devices_agree() {
  local device
  for device in cpu cuda; do small_run "plain-$device" --device "$device" || return 1; done
  first_losses_agree plain
}

# A classifier with every technique that changes one training, on both devices; too few steps for masks to be made of it.
techniques_agree() {
  local device techniques=()
  for technique in BoundaryLoss SaliencyFusion Equivariance RegionContrast RandomErasing FeatureErasing MultiDilation Mixup PuzzleCam; do
    techniques+=(-t "$technique")
  done
  for device in cpu cuda; do
    ./wsss train --scale smoke --store "$out/techniques-$device" --device "$device" "${techniques[@]}" || return 1
  done
  first_losses_agree techniques
}

# The same training with bfloat16 products; what comes of it is printed beside the other.
precisions_agree() {
  small_run bfloat16 --device cuda --precision bfloat16 || return 1
  local wide half folder
  for folder in plain-cuda-report bfloat16-report; do
    echo "mIoU, $folder: $(grep -A1 '"mIoU"' "$out/$folder/measured.json" | grep -om1 '"mean": *[0-9.]*')"
  done
  wide=$(first_loss "$out/plain-cuda") half=$(first_loss "$out/bfloat16")
  echo "loss of the first epoch: $wide in float32, $half in bfloat16"
  near 0.02 "$wide" "$half"
}

# REFINEMENT LIMIT: maps of one classifier, refined on both devices, differ by at most that in the mean. The walk's network is trained
# on each; a store for each, as what one has refined would be the other's.
refinement_agrees() {
  local refinement="$1" device
  for device in cpu cuda; do
    ./wsss refine --maps "$out/maps" --scale smoke --split validation --refinement "$refinement" --device "$device" --pictures 0 \
      --store "$out/$refinement-$device-store" --out "$out/$refinement-$device" || return 1
  done
  python3 - "$out/$refinement-cpu" "$out/$refinement-cuda" "$2" <<'PYTHON'
import array, glob, os, sys, zipfile
first, second, limit = sys.argv[1], sys.argv[2], float(sys.argv[3])
def numbers(path):
    npy = zipfile.ZipFile(path).read("maps.npy")
    return array.array("H", npy[10 + int.from_bytes(npy[8:10], "little"):])
differences = [abs(a - b) / 65535 for path in glob.glob(first + "/**/*.npz", recursive=True)
               for a, b in zip(numbers(path), numbers(os.path.join(second, os.path.relpath(path, first))), strict=True)]
mean = sum(differences) / len(differences)
print(f"{len(differences)} numbers differ by {mean:.6f} in the mean, by {max(differences):.6f} at most")
sys.exit(mean > limit)
PYTHON
}

make_maps() {
  ./wsss maps --classifier "$(ls -d "$out"/plain-cpu/classifier-* | head -1)" --scale smoke --split validation --device cuda --pictures 0 \
    --store "$out/plain-cuda" --out "$out/maps"
}

# Masks of drawn scenes by one model: nearly all pixels are the same on both devices.
predictions_agree() {
  local device
  ./wsss data draw --scale smoke --count 16 --out "$out/scenes" || return 1
  for device in cpu cuda; do
    ./wsss predict "$out/scenes/JPEGImages" --model "$out/plain-cpu-model" --device "$device" --format csv --out "$out/masks-$device" ||
      return 1
  done
  # Rows are image,class,pixels,share.
  awk -F, 'FNR == 1 { next } NR == FNR { cpu[$1 "," $2] = $3; all += $3; next } { gpu[$1 "," $2] = $3; cpu[$1 "," $2] += 0 }
    END { for (row in cpu) { d = cpu[row] - gpu[row]; off += d < 0 ? -d : d }
      printf "areas differ by %d of %d pixels\n", off, all; exit !(all > 0 && off <= 0.02 * all) }' \
    "$out/masks-cpu/areas.csv" "$out/masks-cuda/areas.csv"
}

[ ! -f lib/Wsss.Cli/Wsss.Cli.csproj ] || check build build
check doctor sees_the_gpu
check forms forms_agree
check ratios ratios_are_met
check plain devices_agree
check techniques techniques_agree
check bfloat16 precisions_agree
check maps make_maps
check crf refinement_agrees crf 0.001
check pamr refinement_agrees pamr 0.001
check walk refinement_agrees walk 0.05
check predict predictions_agree
check notebooks notebooks_run
exit $failed
