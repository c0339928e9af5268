#!/usr/bin/env bash
# Runs every notebook at smoke scale as `jupyter nbconvert --to notebook --execute` does, through the kernel of this build, which is installed
# into a temporary folder; a line each with its seconds. Names, such as 02-grad-cam, choose some. The results are thrown away unless
# NBCONVERT_OUT names a folder for them.
set -uo pipefail
cd "$(dirname "$0")/.."

if ! jupyter nbconvert --version >/dev/null 2>&1; then
  echo "nbconvert-all: skipped, 'jupyter nbconvert' is not installed"
  exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
out=$(mkdir -p "${NBCONVERT_OUT:-$work/out}" && cd "${NBCONVERT_OUT:-$work/out}" && pwd)
export JUPYTER_DATA_DIR="$work/jupyter" JUPYTER_RUNTIME_DIR="$work/runtime"
./wsss kernel install >/dev/null || exit 1

# As papermill: the values stand in a cell behind the one with the parameters, if the notebook declares them.
cat >"$work/inject.py" <<'PYTHON'
import json, re, sys
notebook = json.load(open(sys.argv[1], encoding="utf-8"))
# Those of the run that the notebook was saved after would come last, and count.
notebook["cells"] = [cell for cell in notebook["cells"] if "injected-parameters" not in cell["metadata"].get("tags", [])]
for index, cell in enumerate(notebook["cells"]):
    if "parameters" in cell["metadata"].get("tags", []):
        values = {"scale": "smoke", "device": "cpu", "store": sys.argv[2]}
        declared = "".join(cell["source"])
        lines = [f"{name} = {json.dumps(value)};" for name, value in values.items() if re.search(rf"\b{name}\s*=", declared)]
        notebook["cells"].insert(index + 1, {"cell_type": "code", "id": "injected-parameters", "execution_count": None,
            "metadata": {"tags": ["injected-parameters"]}, "outputs": [], "source": "\n".join(lines)})
        break
json.dump(notebook, sys.stdout)
PYTHON

failed=0
for path in notebooks/*.ipynb; do
  name=$(basename "$path" .ipynb)
  [ $# -eq 0 ] || [[ " $* " == *" $name "* ]] || continue
  start=$SECONDS
  # From standard input, in the notebooks' folder: their relative paths start there.
  if python3 "$work/inject.py" "$path" "$work/store" | (cd notebooks && jupyter nbconvert --to notebook --execute --stdin --stdout \
      --ExecutePreprocessor.startup_timeout=300) >"$out/$name.ipynb" 2>"$work/log"; then
    echo "$name: done, $((SECONDS - start)) s"
  else
    echo "$name: FAILED, $((SECONDS - start)) s: $(sed 's/\x1b\[[0-9;]*m//g' "$work/log" | grep -v '^ *$' | tail -n 1)"
    cp "$work/log" "$out/$name.log"
    failed=1
  fi
done
exit $failed
