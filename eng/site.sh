#!/usr/bin/env bash
# Makes the documentation site in out/site: the documents of this folder, the notebooks as they were saved, a page to play with
# (eng/play.sh, which trains for some minutes the first time), and the reference of the libraries as they were built last (eng/setup.sh).
# Needs a network once: for docfx and ONNX Runtime Web, which come into out/tools. DOCFX names a docfx that is there already.
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
# The sources that documents link to.
grep -ohE '\]\((\.\./)+(lib|tests)/[^)]+\.cs\)' docs/*.md docs/guide/*.md | grep -oE '(lib|tests)/[^)]+' | sort -u | tar c -T - | tar x -C $source
cp docs/docfx.json docs/toc.yml $source/
./wsss notebook report $source/notebooks/*.ipynb --out $source/notebooks >out/site.log 2>&1 || { cat out/site.log >&2; exit 1; }
eng/play.sh
cp -r out/play $source/play

# The cards of the methods show a picture of a notebook, folded, where a comment names notebook, number and section.
pictures=$source/docs/pictures
mkdir -p $pictures
grep -oE '<!-- picture: .* -->' docs/methods.md | sort -u | while IFS= read -r comment; do
  read -r notebook number section <<<"$(sed -E 's/<!-- picture: ([^,]+), ([0-9]+), (.*) -->/\1 \2 \3/' <<<"$comment")"
  name=$(basename "$notebook" .ipynb)-$(tr -cs '[:alnum:]' - <<<"$section" | tr '[:upper:]' '[:lower:]')$number.png
  ./wsss notebook figure "docs/$notebook" --section "$section" --number "$number" --out "$pictures/$name" >/dev/null
  shown="<details><summary>Picture: <em>$section</em>, of the notebook</summary>\n\n![$section](pictures/$name)\n\n</details>"
  sed -i "s|$comment|$shown|" $source/docs/methods.md
done

cd $source
"$docfx" docfx.json | tee ../site.log
if grep -E 'InvalidFileLink|InvalidBookmark|UidNotFound' ../site.log >&2; then echo "site: links that lead nowhere" >&2; exit 1; fi
cp ../site/README.html ../site/index.html
cd ../..
rm -rf $source

# Documents link to notebooks, and notebooks to documents, as files of the project: here to their pages.
cd out/site
find . -name '*.html' -not -path './api/*' -exec sed -i -E \
  -e 's#(href="[^":]*notebooks/[0-9]{2}-[a-z-]*)\.ipynb"#\1.html"#g' -e 's#(href="(\.\./)+[^":]*)\.md(["\#])#\1.html\3#g' {} +
broken=$(find . -name '*.html' -not -path './api/*' -print0 | xargs -0 grep -oE 'href="[^":#%]+["#]' | sort -u | sed -E 's/:href="(.*)["#]$/ \1/' |
  while read -r page target; do [ -e "$(dirname "$page")/${target%%\?*}" ] || echo "$page: $target"; done)
if [ -n "$broken" ]; then printf 'site: links that lead nowhere\n%s\n' "$broken" >&2; exit 1; fi
cd ../..
echo "site: out/site; to read it with navigation and search: $docfx serve out/site"
