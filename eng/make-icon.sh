#!/usr/bin/env bash
# Makes data/icon.png, the picture of the packages: a map that is brightest at one place, and the mask that is to become of it.
# Needs python3, nothing else; the same bytes each time.
set -euo pipefail
cd "$(dirname "$0")/.."
python3 - data/icon.png <<'PYTHON'
import math, struct, sys, zlib

SIZE, OVER = 128, 3
NIGHT, MASK, LINE = (20, 26, 48), (46, 134, 171), (255, 255, 255)
HEAT = [(0.0, NIGHT), (0.4, (90, 24, 110)), (0.7, (226, 80, 50)), (1.0, (255, 226, 120))]

def heat(value):
    for (low, a), (high, b) in zip(HEAT, HEAT[1:]):
        if value <= high:
            t = (value - low) / (high - low)
            return tuple(p + t * (q - p) for p, q in zip(a, b))
    return HEAT[-1][1]

def shape(x, y):                      # below 1 inside the object: a head on a body
    return min(math.hypot((x - 64) / 44, (y - 82) / 30), math.hypot((x - 64) / 25, (y - 44) / 25))

def color(x, y):
    inside = shape(x, y)
    if abs(inside - 1) < 0.07: return LINE
    if x > 64: return MASK if inside < 1 else NIGHT
    return heat(max(0.0, 1 - math.hypot(x - 64, y - 44) / 62))

def pixel(x, y):
    samples = [color(x + (i + 0.5) / OVER, y + (j + 0.5) / OVER) for i in range(OVER) for j in range(OVER)]
    return bytes(round(sum(c) / len(samples)) for c in zip(*samples))

rows = b"".join(b"\0" + b"".join(pixel(x, y) for x in range(SIZE)) for y in range(SIZE))
def chunk(kind, data): return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
with open(sys.argv[1], "wb") as file:
    file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", SIZE, SIZE, 8, 2, 0, 0, 0)))
    file.write(chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))
PYTHON
