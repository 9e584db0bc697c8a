"""Runs a first session with coldseal in an empty home, and draws what the terminal shows as SVG, for light and dark pages. What differs from run
to run (a secret's suffix, ids, digests, folders) is drawn as an example of its kind, so that the picture changes when what is printed does.

Usage: recording.py COLDSEAL PICTURE.svg
"""

import html
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

PAYLOAD = '{"username": "saanvi", "password": "EXAMPLE-PASSWORD"}\n'
SESSION = [
    "coldseal create-secret --name production/DBWest --secret-string file://db.json --region us-west-2 \\\n"
    "    --add-replica-regions Region=us-east-1 Region=eu-west-1 --query 'Bundles[].[Region,Size]' --output text",
    "coldseal get-secret-value --secret-id production/DBWest --region eu-west-1 --query SecretString --output text",
    "coldseal inspect coldseal-vault/secrets/us-west-2/*/*/eu-west-1.*.bundle --query EncryptionContext",
    "coldseal verify --open",
]
# What differs from run to run, and what stands for it.
EXAMPLES = [
    (r"DBWest-[0-9A-Za-z]{6}", "DBWest-a1B2c3"),
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "11111111-2222-3333-4444-555555555555"),
]
COLUMNS = 112
SIZE, LINE, LEFT, TOP = 13, 18, 18, 46
ADVANCE = SIZE * 0.602  # of a monospaced character
# Seconds until a command's lines appear after the one before.
PAUSE = 1.6
STYLE = """
text { font: %dpx ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #24292f; white-space: pre }
.screen { fill: #f6f8fa; stroke: #8c959f }
.dot { fill: #8c959f }
.typed { font-weight: 600 }
.told { fill: #57606a }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .screen { fill: #0d1117; stroke: #6e7681 }
  .told { fill: #9da7b3 }
}
@media (prefers-reduced-motion: no-preference) {
  .step { animation: appear 1ms step-end both }
  @keyframes appear { from { visibility: hidden } to { visibility: visible } }
}
""" % SIZE


def shown(text, folder):
    text = text.replace(str(folder), "/home/you")
    for pattern, example in EXAMPLES:
        text = re.sub(pattern, example, text)
    return text


def folded(line):
    """A line as a terminal folds it."""
    return [line[at : at + COLUMNS] for at in range(0, max(len(line), 1), COLUMNS)]


def play(program):
    """[(command, stdout, stderr)] of the session."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder).resolve()
        (folder / "bin").mkdir()
        (folder / "bin/coldseal").symlink_to(Path(program).resolve())
        (folder / "db.json").write_text(PAYLOAD)
        env = {"HOME": str(folder), "PATH": f"{folder}/bin:{os.environ['PATH']}", "LANG": "C.UTF-8"}
        for command in SESSION:
            done = subprocess.run(["bash", "-c", command], cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                sys.exit(f"{command}: exit code {done.returncode}\n{done.stderr}")
            yield command, shown(done.stdout, folder), shown(done.stderr, folder)


def step(number, y, lines):
    """The lines of a command, which appear together."""
    parts = [f'<g class="step" style="animation-delay: {number * PAUSE:g}s">']
    for kind, line in lines:
        parts.append(f'<text class="{kind}" x="{LEFT}" y="{y}" xml:space="preserve">{html.escape(line, quote=False)}</text>')
        y += LINE
    return parts + ["</g>"], y


def picture(program):
    body, y = [], TOP
    for number, (command, stdout, stderr) in enumerate(play(program)):
        lines = [("typed", line) for line in f"$ {command}".splitlines()]
        lines += [("told", piece) for line in stderr.splitlines() for piece in folded(line)]
        lines += [("plain", piece) for line in stdout.splitlines() if line for piece in folded(line.expandtabs())]
        parts, y = step(number, y, [*lines, ("plain", "")])
        body += parts
    width, height = round(2 * LEFT + COLUMNS * ADVANCE), y
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" aria-labelledby="title">',
        '<title id="title">A terminal: a secret is packed for three Regions without a network, read in one of them, and everything is checked</title>',
        f"<style>{STYLE}</style>",
        f'<rect class="screen" x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="8"/>',
        *(f'<circle class="dot" cx="{LEFT + 4 + 16 * dot}" cy="18" r="5"/>' for dot in range(3)),
        *body,
        "</svg>",
    ]) + "\n"


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    Path(sys.argv[2]).write_text(picture(sys.argv[1]), encoding="utf-8")
