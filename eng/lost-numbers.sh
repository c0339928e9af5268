#!/usr/bin/env bash
# Shows that TorchSharp as it is packed loses numbers to the garbage collector, and that eng/TorchSharpNumbers.targets mends it.
# Usage: eng/lost-numbers.sh [SECONDS of each, 15 by default]
set -euo pipefail
cd "$(dirname "$0")/.."
. eng/native.sh
for keep in false true; do
  dotnet build eng/lost-numbers -c Release -nologo -v quiet -p:KeepTorchSharpNumbers=$keep -o "out/lost-numbers-$keep" | { grep error >&2 || true; }
  printf 'KeepTorchSharpNumbers=%s: ' $keep
  dotnet "out/lost-numbers-$keep/lost-numbers.dll" "${1:-15}" || true
done
