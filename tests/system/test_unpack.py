"""What `unpack` writes, read by the software that it is for: shells, python-dotenv, Node and Docker's library read variables, PyYAML a Secret of Kubernetes.

And: killed or failed at any system call, or ended by a signal, it leaves a folder that is whole, or none.
"""

import base64
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import dotenv
import pytest
import yaml
from docker.utils import parse_env_file

from support.coldseal import Coldseal, expect, fail
from support.notes import note

REGION = ["--region", "us-west-2"]
CHARACTERS = "ab Z9'\"$`\\\n\t\r#!=~{}()&;|*?[]<>^%-.,:/én\x1b\x7f\u2028\x0b\x0c\x85 "
CHOSEN = [
    "", "saanvi", "a b", " a ", "#a", "a #b", "a#b", "$HOME", "${HOME}", "$(id)", "`id`", "~", "~/x", "a:~", "it's", "it's $5", '"', "'\"'", "\\n", "C:\\new", "\\\\host", "a\\",
    "a\nb\n", "a\r\n", "-----BEGIN KEY-----\nAA==\n-----END KEY-----\n", '{"a": "b c"}', "export A=b", "a=b", "'a'", "!!", "%s", "a\tb", "é語",
]
# Each prints what a process finds in its environment, or in the file.
ENVIRON = "import json, os; print(json.dumps(dict(os.environ)))"
SHELLS = ["sh", "bash"]
NODE = "console.log(JSON.stringify(require('node:util').parseEnv(require('node:fs').readFileSync(process.argv[1], 'utf8'))))"


@pytest.fixture
def coldseal(binary, folder):
    return Coldseal(binary, folder)


def made(coldseal, name, members):
    (coldseal.folder / "members.json").write_text(json.dumps(members))
    coldseal.run("create-secret", "--name", name, "--secret-string", "file://members.json", *REGION)


def sayable(coldseal, members, form):
    """Those of the members that a file of this form can say, and that file's name. The others are listed, and nothing is written."""
    made(coldseal, f"all-{form}", members)
    done = coldseal.tried("unpack", "--secret-id", f"all-{form}", "--format", form, "-o", f"all.{form}")
    expect(done.returncode == 252 and not (coldseal.folder / f"all.{form}").exists(), f"values that cannot be said were written: {done.stderr}")
    refused = set(re.findall(r"(?m)^  (V\d+): its value is ", done.stderr.decode()))
    said = {name: value for name, value in members.items() if name not in refused}
    made(coldseal, f"said-{form}", said)
    coldseal.run("unpack", "--secret-id", f"said-{form}", "--format", form, "-o", f"said.{form}")
    return said, f"said.{form}"


def same(reader, found, said):
    if other := {name: (value, found.get(name)) for name, value in said.items() if found.get(name) != value}:
        fail(f"{reader} reads others, {len(other)} of {len(said)}: {list(other.items())[:5]}")


def values():
    chance = random.Random(20_240_229)
    drawn = ["".join(chance.choice(CHARACTERS) for _ in range(chance.randint(0, 7))) for _ in range(2000)]
    return {f"V{number}": value for number, value in enumerate([*CHOSEN, *drawn])}


def test_an_env_file_is_the_same_to_all_that_read_it(coldseal):
    members = values()
    said, file = sayable(coldseal, members, "env")
    path = coldseal.folder / file
    for shell in SHELLS:
        script = f"set -a; . ./{file}; exec {sys.executable} -c '{ENVIRON}'"
        done = subprocess.run([shell, "-c", script], cwd=coldseal.folder, env={"PATH": os.environ["PATH"]}, capture_output=True, check=True)
        same(shell, json.loads(done.stdout), said)
    same("python-dotenv", dotenv.dotenv_values(path), said)
    done = subprocess.run(["node", "-e", NODE, path], capture_output=True, check=True)
    same("node", json.loads(done.stdout), said)
    # Few are refused, and those that everybody has are not among them.
    spoken = {"", "a b", "#a", "$HOME", "$(id)", "~", "it's", '"', "C:\\new", "a\nb\n", '{"a": "b c"}', "-----BEGIN KEY-----\nAA==\n-----END KEY-----\n", "é語"}
    expect(spoken <= set(said.values()) and len(said) > 0.7 * len(members), f"refused: {spoken - set(said.values())}, {len(members) - len(said)} in all")
    expect({"${HOME}", "it's $5", "\\\\host", "a\\", "a\r\n"}.isdisjoint(said.values()), "a value that readers take differently was written")
    note(f"{len(said)} of {len(members)} values can be said in a .env file")


def test_an_env_file_of_docker_is_read_by_docker(coldseal):
    members = values()
    said, file = sayable(coldseal, members, "docker-env")
    same("docker", parse_env_file(coldseal.folder / file), said)
    spoken = {"it's $5", "${HOME}", "\\\\host", "'\"'", "#a", "`id`"}
    expect(spoken <= set(said.values()), f"refused: {spoken - set(said.values())}")
    expect(not any("\n" in value or value != value.rstrip() for value in said.values()), "what is no line was written")


def test_a_secret_of_kubernetes_is_what_its_yaml_says(coldseal):
    # What YAML would take for something else than text.
    members = {key: f"value of {key}\n" for key in ("true", "null", "1", "1e3", "0x10", ".inf", "y", "No", "-", "_", "2001-01-01", ".dockerconfigjson", "A.b-c_d")}
    made(coldseal, "odd", members)
    (coldseal.folder / "bytes").write_bytes(bytes(range(256)))
    coldseal.run("create-secret", "--name", "keystore.jks", "--secret-binary", "fileb://bytes", *REGION)
    text = coldseal.run("unpack", "--format", "kubernetes", "--name", "1.5", "--namespace", "true")
    document = yaml.safe_load(text)
    data = document.pop("data")
    expect(document == {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "1.5", "namespace": "true"}, "type": "Opaque"}, f"{document}")
    found = {key: base64.b64decode(value, validate=True) for key, value in data.items()}
    expect(found == {**{key: value.encode() for key, value in members.items()}, "keystore.jks": bytes(range(256))}, f"{found}")


def test_one_object_is_json(coldseal):
    made(coldseal, "object", values())
    (coldseal.folder / "text").write_text("".join(values().values()), encoding="utf-8", newline="")
    coldseal.run("create-secret", "--name", 'a "name"\\', "--secret-string", "file://text", *REGION)
    found = json.loads(coldseal.run("unpack", "--format", "json"))
    expect(found == {"object": values(), 'a "name"\\': "".join(values().values())}, "another document")


# The calls that touch files, and how each may fail.
CALLS = ["openat", "mkdir", "write", "fsync", "syncfs", "linkat", "rename", "renameat", "flock", "rmdir", "unlinkat"]
FILES = {"a": b"1", "b/c": b"2", "b/d/e": b"3" * 5000}


class Killed:
    """A vault with three secrets, and `unpack` under strace."""

    def __init__(self, binary, folder):
        self.coldseal = Coldseal(binary, folder)
        self.place = self.coldseal.folder / "place"
        self.place.mkdir()
        for name, value in FILES.items():
            (self.coldseal.folder / "value").write_bytes(value)
            self.coldseal.run("create-secret", "--name", name, "--secret-binary", "fileb://value", *REGION)

    def traced(self, *options):
        for left in self.place.iterdir():
            shutil.rmtree(left)
        return self.coldseal.tried("unpack", "--output-dir", "place/new/folder", behind=["strace", "-f", "-qq", *options], timeout=60)

    def counts(self):
        log = self.coldseal.folder / "trace"
        done = self.traced("-e", "trace=" + ",".join(CALLS), "-e", "signal=none", "-o", str(log))
        expect(done.returncode == 0, done.stderr.decode())
        found = re.findall(r"^(?:\d+ +)?(\w+)\(", log.read_text(), re.MULTILINE)
        return {call: found.count(call) for call in CALLS}

    def is_whole(self):
        """True where the folder is there, with all that belongs into it."""
        folder = self.place / "new/folder"
        if not (self.place / "new").exists():
            return False
        found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        expect(found == FILES, f"half of a folder: {sorted(found)}")
        return True

    def leftovers(self):
        return [path for path in self.place.iterdir() if path.name != "new"]


@pytest.fixture
def killed(binary):
    # In memory where that exists: a sync then costs nothing.
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Killed(binary, Path(folder))


def test_killed_or_failed_at_each_call_the_folder_is_whole_or_not_there(killed):
    counts, ends = killed.counts(), {"killed": 0, "failed": 0}
    for call, count in counts.items():
        for fault in ("signal=KILL", "error=EIO"):
            for number in range(1, count + 1):
                done = killed.traced("-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:{fault}:when={number}")
                what, errors = f"{call} {number} of {count}, {fault}", done.stderr.decode(errors="replace")
                is_whole = killed.is_whole()
                if fault == "signal=KILL":
                    ends["killed"] += done.returncode != 0
                    continue
                ends["failed"] += done.returncode != 0
                expect("panicked" not in errors, f"{what}: {errors}")
                expect(is_whole or done.returncode != 0, f"{what}: success, and no folder: {errors}")
                # What could not be removed stays, if that is what failed.
                expect(not killed.leftovers() or call in ("rmdir", "unlinkat", "openat"), f"{what}: {killed.leftovers()}: {errors}")
    expect(min(ends.values()) > 10, f"no fault had an effect: {ends}")
    note(f"{sum(counts.values())} calls, {ends}")


def test_a_signal_takes_away_what_is_not_complete(killed):
    slow = [option for call in ("fsync", "syncfs") for option in ("-e", f"inject={call}:delay_enter=700000")]
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        done = killed.traced("-o", "/dev/null", "-e", f"inject=linkat:signal={number.name.removeprefix('SIG')}:when=2", *slow)
        expect(done.returncode == 128 + number, f"{number}: exit code {done.returncode}: {done.stderr.decode()}")
        expect(not list(killed.place.iterdir()), f"{number} left {list(killed.place.rglob('*'))}")


def test_what_a_killed_one_left_goes_with_the_next(killed):
    killed.traced("-o", "/dev/null", "-e", "inject=linkat:signal=KILL:when=2")
    (left,) = killed.leftovers()
    expect(left.name.startswith(".coldseal-tmp-folder-") and left.stat().st_mode & 0o777 == 0o700, f"{left}")
    os.utime(left, (time.time() - 3600,) * 2)
    killed.coldseal.run("unpack", "--output-dir", "place/new/folder")
    expect(killed.is_whole() and not killed.leftovers(), f"{killed.leftovers()}")
