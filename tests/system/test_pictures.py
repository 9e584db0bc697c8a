"""The pictures of the README are what their scripts draw: the flow, and a session of the program as it is now."""

import subprocess
import sys

import pytest

from conftest import ROOT

DRAWN = {"flow.svg": ["docs/flow.py"], "recording.svg": ["docs/recording.py", "BINARY"]}


@pytest.mark.parametrize("name", DRAWN)
def test_a_picture_is_what_its_script_draws(name, binary, folder):
    script, *arguments = [str(binary) if word == "BINARY" else word for word in DRAWN[name]]
    drawn = folder / name
    subprocess.run([sys.executable, ROOT / script, *arguments, drawn], check=True)
    shown = ROOT / "docs" / name
    command = " ".join(["python3", script, *arguments, f"docs/{name}"])
    assert drawn.read_text(encoding="utf-8") == shown.read_text(encoding="utf-8"), f"docs/{name} is out of date: {command}"
    assert f"(docs/{name})" in (ROOT / "README.md").read_text(encoding="utf-8")
