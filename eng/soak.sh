#!/usr/bin/env bash
# Everything at once for a while: smoke trainings and runs are killed at random moments, go on, and must end with the bytes of an
# undisturbed one; between them hostile files are given to commands, which must refuse them at once. Prints what survived and what did not.
# Usage: eng/soak.sh [MINUTES, 30 by default] [SEED]. Needs a build (eng/setup.sh).
set -uo pipefail
cd "$(dirname "$0")/.."
project=$PWD
minutes=${1:-30} RANDOM=${2:-1}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
wsss() { "$project/wsss" "$@"; }

commands=(
  'train --scale smoke'
  'train --scale smoke -t Mixup'
  'run --scale smoke --no-report --no-ceiling'
  'run --scale smoke --no-report --no-ceiling -t IterativeErasing --refinement pamr'
)

# Where the command $i puts what it leaves outside the store: only a run does.
place() { case "${commands[$i]}" in train*) out=() ;; *) out=(--out "$work/model") ;; esac; }

# Names and hashes of all networks and maps of a store.
content() { (cd "$1" && find . \( -name '*.safetensors' -o -name '*.npz' \) -print0 | sort -z | xargs -0 sha256sum); }

hostile() {
  mkdir -p "$work/hostile/JPEGImages" && cd "$work/hostile" || return
  mkfifo pipe.jpg
  ln -s /dev/zero endless.jpg
  # A PNG whose header promises 60,000 × 60,000 pixels.
  printf '\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xea\x60\0\0\xea\x60\x08\x02\0\0\0\0\0\0\0' >bomb.png
  head -c 4096 /dev/urandom >noise.jpg
  head -c 4096 /dev/urandom >noise.pth
  printf '\xff\xff\xff\xff\xff\xff\xff\x7f{' >long.safetensors
  { printf 'a0: &a0 [1,1]\n'; for i in $(seq 1 25); do printf 'a%d: &a%d [*a%d,*a%d]\n' "$i" "$i" $((i - 1)) $((i - 1)); done; } >aliases.yaml
  printf '%.0s[' $(seq 1 100000) >deep.yaml
  cd "$project" || exit 1
}

refused=0 taken=0
refuse() {
  local code
  timeout 20 "$project/wsss" "$@" >"$work/hostile.log" 2>&1 </dev/null
  code=$?
  # 1 or 2 and a line: refused; all else (a signal, the time limit, success) is a fault.
  if { [ $code -eq 1 ] || [ $code -eq 2 ]; } && grep -q '^wsss: ' "$work/hostile.log"; then refused=$((refused + 1))
  else
    taken=$((taken + 1))
    echo "not refused (exit $code): wsss $*"
  fi
}

hostile
for i in "${!commands[@]}"; do
  place
  wsss ${commands[$i]} "${out[@]}" --threads 1 --store "$work/whole-$i" --quiet >"$work/log" 2>&1 ||
    { echo "the undisturbed 'wsss ${commands[$i]}' failed:"; cat "$work/log"; exit 1; }
  content "$work/whole-$i" >"$work/whole-$i.sums"
done

end=$(($(date +%s) + minutes * 60)) rounds=0 kills=0 same=0 other=0 broken=0
while [ "$(date +%s)" -lt "$end" ]; do
  i=$((RANDOM % ${#commands[@]})) store="$work/store-$rounds"
  place
  for _ in 1 2 3; do
    # The program itself, not the script that starts it.
    (. eng/native.sh && exec dotnet lib/Wsss.Cli/bin/Release/net10.0/Wsss.Cli.dll ${commands[$i]} "${out[@]}" --threads 1 --store "$store" \
      --resume --quiet) >"$work/log" 2>&1 &
    process=$!
    sleep "$((RANDOM % 8)).$((RANDOM % 10))"
    if [ $((RANDOM % 4)) -eq 0 ]; then kill -INT $process 2>/dev/null; else kill -9 $process 2>/dev/null; fi && kills=$((kills + 1))
    wait $process 2>/dev/null
  done
  wsss ${commands[$i]} "${out[@]}" --threads 1 --store "$store" --resume --quiet >"$work/log" 2>&1 || cat "$work/log"
  if cmp -s "$work/whole-$i.sums" <(content "$store"); then same=$((same + 1)); else
    other=$((other + 1))
    echo "other bytes: wsss ${commands[$i]}"
    diff "$work/whole-$i.sums" <(content "$store")
  fi
  wsss store check --store "$store" --quiet >"$work/log" 2>&1 || { broken=$((broken + 1)); cat "$work/log"; }
  rm -rf "$store"
  for file in pipe.jpg endless.jpg bomb.png noise.jpg; do refuse explain "$work/hostile/$file"; done
  for file in noise.pth long.safetensors; do refuse weights inspect "$work/hostile/$file"; done
  for file in aliases.yaml deep.yaml; do refuse compare "$work/hostile/$file"; done
  rounds=$((rounds + 1))
done
echo "$rounds rounds, $kills kills: $same ended with the same bytes, $other with others; $broken stores damaged; hostile files: $refused refused, $taken not"
[ $((other + broken + taken)) -eq 0 ]
