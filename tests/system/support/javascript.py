"""The official JavaScript SDK: programs that exchange messages with coldseal, and say what failed."""

import subprocess
from pathlib import Path

from support.coldseal import fail

PROGRAMS = Path(__file__).parent.parent / "javascript"


def node(program, npm, binary, folder):
    """Runs one of them; it makes the folder anew."""
    command = ["node", PROGRAMS / program, npm, binary, folder / "javascript"]
    if (code := subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode) != 0:
        fail(f"{program}: exit code {code}")
