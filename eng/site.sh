#!/usr/bin/env bash
# Makes the documentation site in out/site: the documents of this folder, and the reference of the libraries as they were built last
# (eng/setup.sh). Needs no network but for docfx, which is installed once, into out/tools; DOCFX names one that is there already.
set -euo pipefail
cd "$(dirname "$0")/.."
version=2.81.0
[ -f lib/Wsss/bin/Release/net10.0/Wsss.dll ] || { echo "site: not built yet; run eng/setup.sh first" >&2; exit 1; }
docfx=${DOCFX:-out/tools/docfx}
[ -x "$docfx" ] || dotnet tool install docfx --tool-path out/tools --version $version
docfx=$(realpath "$docfx")

# docfx takes pages from below its configuration alone, and links to the whole project: both lie at the root of a copy.
source=out/site-source
rm -rf $source out/site
mkdir -p $source
git ls-files -- '*.md' 'data/*.png' 'notebooks/*.ipynb' 'results/*.json' 'samples/*.cs' LICENSE CITATION.cff | tar c -T - | tar x -C $source
cp docs/docfx.json docs/toc.yml $source/

cd $source
"$docfx" docfx.json | tee ../site.log
if grep -E 'InvalidFileLink|InvalidBookmark|UidNotFound' ../site.log >&2; then echo "site: links that lead nowhere" >&2; exit 1; fi
cp ../site/README.html ../site/index.html
cd ../..
rm -rf $source
echo "site: out/site/index.html"
