"""Draws throughput over payload size as SVG, from what `coldseal-peers --json` wrote. Needs nothing but Python.

Usage: plot.py FIGURES.json PLOT.svg
"""

import json
import math
import sys
from pathlib import Path

KIB, MIB = 1 << 10, 1 << 20
# Okabe and Ito's colours, which those who see colours differently can tell apart; a dash and a mark besides.
STYLES = {
    "coldseal": ("#0072B2", ""),
    "coldseal, two threads": ("#56B4E9", "7 3"),
    "ring": ("#555555", "2 3"),
    "age": ("#D55E00", ""),
    "aws-esdk": ("#009E73", ""),
}
PANEL, HEIGHT, LEFT, TOP, GAP, RIGHT, BOTTOM = 330, 330, 74, 58, 40, 165, 52
WIDTH = LEFT + 2 * PANEL + GAP + RIGHT
LABEL_DISTANCE = 16


class Scale:
    """Logarithms of both axes to places in one panel."""

    def __init__(self, rows, left):
        sizes = [row["bytes"] for row in rows]
        speeds = [speed(row) for row in rows]
        self.left = left
        self.x = math.log(min(sizes)), math.log(max(sizes))
        self.y = math.floor(math.log10(min(speeds))), math.ceil(math.log10(max(speeds)))

    def across(self, size):
        low, high = self.x
        return self.left + 14 + (math.log(size) - low) / (high - low) * (PANEL - 28)

    def down(self, megabytes):
        low, high = self.y
        return TOP + HEIGHT - (math.log10(megabytes) - low) / (high - low) * HEIGHT


def speed(row):
    """Megabytes (10^6 bytes) in a second."""
    return row["bytes"] / row["seconds"] / 1e6


def text(x, y, content, anchor="start", extra=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{extra}>{content}</text>'


def size_name(size):
    return f"{size // MIB} MiB" if size >= MIB else f"{size // KIB} KiB"


def speed_name(exponent):
    return f"{10 ** (exponent - 3)} GB/s" if exponent >= 3 else f"{10.0 ** exponent:g} MB/s"


def grid(scale, operation, sizes):
    """Lines at the powers of ten and at the sizes; numbers on the left panel only, both have the same axis."""
    right, bottom = scale.left + PANEL, TOP + HEIGHT
    parts = [text(scale.left + PANEL / 2, TOP - 12, operation, "middle", ' font-weight="bold"')]
    low, high = scale.y
    for exponent in range(low, high + 1):
        y = scale.down(10.0**exponent)
        parts.append(f'<path d="M{scale.left} {y:.1f}H{right}" stroke="#ddd"/>')
        if scale.left == LEFT:
            parts.append(text(scale.left - 8, y + 4, speed_name(exponent), "end"))
    for size in sizes:
        x = scale.across(size)
        parts.append(f'<path d="M{x:.1f} {bottom}v5" stroke="#777"/>')
        parts.append(text(x, bottom + 20, size_name(size), "middle"))
    parts.append(f'<path d="M{scale.left} {bottom}H{right}" stroke="#777"/>')
    parts.append(text(scale.left + PANEL / 2, bottom + 40, "payload", "middle", ' fill="#555"'))
    return parts


def curve(scale, rows, color, dash):
    points = [(scale.across(row["bytes"]), scale.down(speed(row))) for row in rows]
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    parts = [f'<path d="M{path}" fill="none" stroke="{color}" stroke-width="2" stroke-dasharray="{dash or "none"}"/>']
    return parts + [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{color}"/>' for x, y in points]


def names(scale, ends):
    """Each curve's name behind its end, moved down where two would touch."""
    parts, lowest = [], 0.0
    for y, name, color in sorted(ends):
        place = max(y, lowest)
        lowest = place + LABEL_DISTANCE
        parts.append(text(scale.left + PANEL + 6, place + 4, name, "start", f' fill="{color}" font-weight="bold"'))
    return parts


def panel(rows, operation, left, is_last):
    scale = Scale(rows, left)
    sizes = sorted({row["bytes"] for row in rows})
    parts, ends = grid(scale, operation, sizes), []
    for peer, (color, dash) in STYLES.items():
        own = [row for row in rows if (row["operation"], row["peer"]) == (operation, peer)]
        if own:
            own.sort(key=lambda row: row["bytes"])
            parts += curve(scale, own, color, dash)
            ends.append((scale.down(speed(own[-1])), peer, color))
    return parts + (names(scale, ends) if is_last else [])


def svg(rows):
    height = TOP + HEIGHT + BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        'font-family="sans-serif" font-size="12" fill="#222">',
        "<title>Throughput in memory over payload size: coldseal, aws-esdk, age and raw ring</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        text(LEFT, 22, "Throughput in memory over payload size", extra=' font-size="15" font-weight="bold"'),
    ]
    for place, operation in enumerate(("seal", "open")):
        parts += panel(rows, operation, LEFT + place * (PANEL + GAP), operation == "open")
    return "\n".join([*parts, "</svg>"]) + "\n"


def main(figures, plot):
    Path(plot).write_text(svg(json.loads(Path(figures).read_text())))


if __name__ == "__main__":
    main(*sys.argv[1:])
