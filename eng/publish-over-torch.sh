#!/usr/bin/env bash
# For a machine that has a GPU and Python's torch, but neither .NET nor the CUDA packages of NuGet: packs the built project, tests and
# benchmarks too, with the .NET runtime and without libtorch. Unpacked there, `wsss-project/wsss` and `wsss-project/eng/gpu-check.sh` run
# over that torch's own libraries. libLibTorchSharp is linked against the libtorch of Directory.Packages.props; a torch one minor version
# later had every symbol that it needs (environment.md).
# Usage: eng/publish-over-torch.sh ARCHIVE.tar.xz
set -euo pipefail
[ $# -eq 1 ] || { echo "usage: eng/publish-over-torch.sh ARCHIVE.tar.xz" >&2; exit 2; }
archive=$(realpath -m "$1")
cd "$(dirname "$0")/.."
program=lib/Wsss.Cli/bin/Release/net10.0
[ -f "$program/Wsss.Cli.dll" ] || { echo "publish-over-torch: not built yet; run eng/setup.sh first" >&2; exit 1; }

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
target="$folder/wsss-project"
mkdir -p "$target/lib/Wsss.Cli/bin/Release" "$target/dotnet/shared"

# .NET, without its debugger.
dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
cp -r "$dotnet/dotnet" "$dotnet/host" "$target/dotnet/"
cp -r "$dotnet/shared/Microsoft.NETCore.App" "$target/dotnet/shared/"
rm -f "$target"/dotnet/shared/Microsoft.NETCore.App/*/{libmscordaccore,libmscordbi}.so

# The program with its native libraries beside it. The list of dependencies would ask for libtorch's files.
mkdir "$target/$program"
left_out=(--exclude=./runtimes --exclude=./data --exclude='*.pdb' --exclude='*.xml' --exclude='*.deps.json')
tar c -C "$program" "${left_out[@]}" . | tar x -C "$target/$program"
ln -s ../../../../../data "$target/$program/data"
cp "$program"/runtimes/linux-x64/native/lib{SkiaSharp,LibTorchSharp}.so "$target/$program/"
# The other programs have most files in common with it, and stand in the same folder with the rest of theirs.
for other in tests/Wsss.Tests tests/Wsss.Benchmarks; do
  tar c -C "$other/bin/Release/net10.0" "${left_out[@]}" . | tar x -C "$target/$program" --skip-old-files
done
# Each project's folder leads there: notebooks name the assemblies of each library, scripts the programs.
for project in lib/*/ tests/*/; do
  [ -e "$target/${project}bin" ] && continue
  mkdir -p "$target/${project}bin/Release"
  ln -s ../../../../lib/Wsss.Cli/bin/Release/net10.0 "$target/${project}bin/Release/net10.0"
done
cp -r Notebooks.sln LICENSE data eng notebooks results "$target/"
# Saved pictures are most of a notebook's bytes.
python3 - "$target"/notebooks/*.ipynb <<'PYTHON'
import json, sys
for path in sys.argv[1:]:
    with open(path) as file: notebook = json.load(file)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code": cell["outputs"] = []
    with open(path, "w") as file: json.dump(notebook, file, ensure_ascii=False, indent=1)
PYTHON

cat >> "$target/eng/native.sh" <<'NATIVE'

# The .NET beside, and the libtorch of the torch that python3 imports.
torch=$(python3 -c 'import importlib.util, os; print(os.path.dirname(importlib.util.find_spec("torch").origin))') ||
  { echo "expected a python3 that has torch, found none" >&2; exit 1; }
DOTNET_ROOT=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../dotnet")
LD_LIBRARY_PATH="$torch/lib:$(printf '%s:' "$(dirname "$torch")"/nvidia/*/lib)${LD_LIBRARY_PATH:-}"
export DOTNET_ROOT LD_LIBRARY_PATH
NATIVE
cat > "$target/wsss" <<'LAUNCHER'
#!/usr/bin/env bash
here=$(dirname "$(readlink -f "$0")")
. "$here/eng/native.sh"
exec "$DOTNET_ROOT/dotnet" "$here/lib/Wsss.Cli/bin/Release/net10.0/Wsss.Cli.dll" "$@"
LAUNCHER
chmod +x "$target/wsss"
mkdir -p "$(dirname "$archive")"
tar c -C "$folder" wsss-project | xz -T0 --lzma2=preset=6,dict=64MiB > "$archive"
echo "$archive: $(du -m "$archive" | cut -f1) MB"
