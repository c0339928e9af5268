#!/usr/bin/env bash
# Makes lib/Wsss/Figures/DejaVuSans.ttf, the font of labels in pictures, from Debian's DejaVu Sans 2.37: the same bytes each time.
# Needs: apt-get install fonts-dejavu-core python3-fonttools
set -euo pipefail
cd "$(dirname "$0")/.."
source=${1:-/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf}

characters=(
  U+0020-007E U+00A0-00FF U+0100-017F U+0370-03FF   # ASCII, Latin-1, Latin Extended-A, Greek
  U+2013 U+2014 U+2018-201E U+2022 U+2026 U+2030    # – — quotation marks • … ‰
  U+2190-2193 U+2208 U+2211 U+2212 U+221A U+221E    # arrows ∈ ∑ − √ ∞
  U+2248 U+2260 U+2264 U+2265 U+25A1                # ≈ ≠ ≤ ≥ and □, which stands for all others
)

# Without hints and layout tables: text is drawn glyph by glyph and antialiased, the same on every system.
/usr/bin/python3 -m fontTools.subset "$source" --unicodes="$(IFS=,; echo "${characters[*]}")" \
  --no-hinting --drop-tables+=FFTM,GDEF,GPOS,GSUB,MATH,gasp --name-IDs=0,1,2,5,13,14 \
  --output-file=lib/Wsss/Figures/DejaVuSans.ttf
