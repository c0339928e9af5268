#!/usr/bin/env bash
# Brings what runs networks in a browser, from npm, into out/tools: a pinned version whose hash is compared. Prints its folder.
set -euo pipefail
cd "$(dirname "$0")/.."
version=1.30.0
hash=q0y+JrrtukXSzsBWEMccVfqX25LRmosXHF+CaRJmg8pZClzcV7svNc4rKY3jL02Vb7QmRMDs1SigqR4CXAfKYQ==
folder=out/tools/onnxruntime-web-$version
if [ ! -d $folder ]; then
  command -v npm >/dev/null || { echo "onnxruntime-web: npm is missing; install Node.js" >&2; exit 1; }
  mkdir -p out/tools
  work=$(mktemp -d out/tools/onnxruntime-web.XXXXXX)
  trap 'rm -rf "$work"' EXIT
  npm pack onnxruntime-web@$version --pack-destination "$work" --silent --fetch-retries 1 >/dev/null ||
    { echo "onnxruntime-web: npm does not have version $version" >&2; exit 1; }
  package=$work/onnxruntime-web-$version.tgz
  found=$(node -p "crypto.createHash('sha512').update(fs.readFileSync('$package')).digest('base64')")
  [ "$found" = "$hash" ] || { echo "onnxruntime-web: expected sha512 $hash, found $found" >&2; exit 1; }
  tar xzf "$package" -C "$work" package/package.json package/README.md \
    package/dist/ort.wasm.min.js package/dist/ort-wasm-simd-threaded.mjs package/dist/ort-wasm-simd-threaded.wasm
  mv "$work/package" $folder
fi
echo $folder
