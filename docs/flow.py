"""Draws the way of one payload to its bundles as SVG, for light and dark pages. Needs nothing but Python.

Usage: flow.py PICTURE.svg
"""

import sys
from pathlib import Path

WIDTH, HEIGHT = 960, 330
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #24292f }
.small { font-size: 11.5px; fill: #57606a }
.head { font-weight: 600 }
.box { fill: #ffffff; stroke: #8c959f }
.room { fill: #f6f8fa; stroke: #8c959f; stroke-dasharray: 6 4 }
.data { fill: #ddf4ff; stroke: #0969da }
.key { fill: #fff8c5; stroke: #9a6700 }
.way { fill: none; stroke: #57606a; stroke-width: 1.5; marker-end: url(#tip) }
.tip { fill: #57606a }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .small { fill: #9da7b3 }
  .box { fill: #161b22; stroke: #6e7681 }
  .room { fill: #0d1117; stroke: #6e7681 }
  .data { fill: #0c2d6b; stroke: #58a6ff }
  .key { fill: #3b2e00; stroke: #d29922 }
  .way { stroke: #9da7b3 }
  .tip { fill: #9da7b3 }
}
"""
# Region, and who opens its bundle there.
REGIONS = [
    ("us-west-2", "coldseal, with that Region's keys"),
    ("us-east-1", "an AWS SDK, through coldseal kms serve"),
    ("eu-west-1", "in AWS, if sealed for a key of AWS KMS"),
]


def box(x, y, width, height, kind, *lines):
    """A box with its lines of text in the middle; the first one is the head."""
    parts = [f'<rect class="{kind}" x="{x}" y="{y}" width="{width}" height="{height}" rx="6"/>']
    top = y + height / 2 - (len(lines) - 1) * 8.5 + 4.5
    for number, line in enumerate(lines):
        parts.append(f'<text class="{"small" if number else "head"}" x="{x + width / 2:g}" y="{top + number * 17:g}" text-anchor="middle">{line}</text>')
    return parts


def way(*points):
    return [f'<path class="way" d="M{"L".join(f"{x} {y}" for x, y in points)}"/>']


def picture():
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" aria-labelledby="title">',
        '<title id="title">A payload is encrypted under a data key, which is wrapped under the KMS key of each Region: one bundle for each, '
        "made without a network, and each opened in its own Region</title>",
        f"<style>{STYLE}</style>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path class="tip" d="M0 0L8 4L0 8z"/></marker></defs>',
        f'<rect class="room" x="8" y="8" width="644" height="{HEIGHT - 16}" rx="10"/>',
        '<text class="small" x="24" y="30">a machine that need not have a network</text>',
    ]
    parts += box(28, 138, 132, 64, "box", "payload", "JSON, binary or file")
    parts += box(196, 66, 174, 56, "data", "data key", "one for each version")
    parts += box(196, 218, 174, 56, "key", "keys of the Regions", "keystore or public keys")
    parts += way((160, 170), (402, 170))
    parts += ['<text class="small" x="168" y="163">AES-256-GCM</text>']
    parts += way((283, 122), (283, 166)) + way((283, 218), (283, 174))
    parts += ['<text class="small" x="291" y="204">wrap the data key</text>']
    for number, (region, opener) in enumerate(REGIONS):
        y = 48 + number * 92
        middle = y + 34
        parts += way((402, 170), (418, middle), (430, middle))
        parts += [f'<rect class="box" x="432" y="{y}" width="204" height="70" rx="6"/>']
        parts += [f'<text class="head" x="444" y="{y + 19}">{region}.bundle</text>']
        parts += [f'<rect class="key" x="442" y="{y + 28}" width="82" height="32" rx="4"/>', f'<rect class="data" x="528" y="{y + 28}" width="98" height="32" rx="4"/>']
        parts += [f'<text class="small" x="483" y="{y + 48}" text-anchor="middle">wrapped key</text>', f'<text class="small" x="577" y="{y + 48}" text-anchor="middle">ciphertext</text>']
        parts += way((636, middle), (694, middle))
        parts += box(696, y, 252, 70, "box", f"opens in {region}", opener)
    parts.append("</svg>")
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    Path(sys.argv[1]).write_text(picture(), encoding="utf-8")
