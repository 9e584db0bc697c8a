"""A command that is killed, or that the operating system fails, at any system call that touches files leaves the secret as it was, or as it is to be.

Each scenario runs once to count its calls; then once for each call and fault, under strace, which kills the process at that call or lets the
call fail. After each run: `verify` finds nothing wrong, the secret reads as before or as after, every file under a bundle's name holds what the
name says, and a failed call is either overcome or reported on stderr with an exit code. The next command then works and leaves no leftovers.
"""

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from support.coldseal import Coldseal, fail, write_secret
from support.notes import note

REGIONS = ["us-west-2", "us-east-1", "eu-west-1"]
# The calls that touch files, and how each may fail.
ERRORS = {
    "openat": ["EIO", "ENOSPC"],
    "mkdir": ["EIO", "ENOSPC"],
    "write": ["EIO", "ENOSPC"],
    "fsync": ["EIO", "ENOSPC"],
    "syncfs": ["EIO", "ENOSPC"],
    "linkat": ["EIO", "ENOSPC"],
    "rename": ["EIO", "ENOSPC"],
    "renameat": ["EIO", "ENOSPC"],
    "unlink": ["EIO"],
    "rmdir": ["EIO"],
    "flock": ["EIO"],
}
CALLS = list(ERRORS)
CREATE = ["create-secret", "--name", "db", "--secret-string", "file://payload", "--region", "us-west-2", "--add-replica-regions", "us-east-1"]
ALONE = ["create-secret", "--name", "db", "--secret-string", "file://payload", "--region", "us-west-2"]
DELETE = ["delete-secret", "--secret-id", "db"]
REPLICATE = ["replicate-secret-to-regions", "--secret-id", "db", "--region", "us-west-2", "--add-replica-regions"]


PLAN = ["a", "db", "z"]
# One thread: strace counts the calls of each by itself.
PACK = ["pack", "plan.jsonl", "--threads", "1", "--region", "us-west-2", "--add-replica-regions", "us-east-1"]
GONE = PLAN[1:]
PRUNE = ["pack", "fewer.jsonl", "--threads", "1", "--region", "us-west-2", "--pack-name", "plan", "--prune", "--yes"]
MARKED = "marked for deletion"


class Scenario:
    """A command, the commands that prepare for it, and the Regions that have the secret, with `the value`, before and after it."""

    def __init__(self, name, prepare, command, before, after, names=("db",)):
        self.name, self.prepare, self.command, self.before, self.after = name, prepare, command, before, after
        self.names = names


SCENARIOS = [
    Scenario("create, first use", [], CREATE, [], ["us-west-2", "us-east-1"]),
    Scenario("replicate", [CREATE], [*REPLICATE, "eu-west-1"], ["us-west-2", "us-east-1"], REGIONS),
    Scenario(
        "take another secret's place",
        [CREATE, ["create-secret", "--name", "db", "--secret-string", "file://other", "--region", "eu-west-1"]],
        [*REPLICATE, "eu-west-1", "--force-overwrite-replica-secret"],
        ["us-west-2", "us-east-1"],
        REGIONS,
    ),
    Scenario("remove a secret for good", [ALONE], [*DELETE, "--force-delete-without-recovery"], ["us-west-2"], []),
    Scenario(
        "remove a Region",
        [[*CREATE, "eu-west-1"]],
        ["remove-regions-from-replication", "--secret-id", "db", "--remove-replica-regions", "eu-west-1"],
        REGIONS,
        ["us-west-2", "us-east-1"],
    ),
    Scenario("promote a replica", [[*CREATE, "eu-west-1"]], ["stop-replication-to-replica", "--secret-id", "db", "--region", "eu-west-1"], REGIONS, REGIONS),
    Scenario("pack three secrets", [], PACK, [], ["us-west-2", "us-east-1"], PLAN),
    Scenario("pack that updates", [[*PACK[:1], "before.jsonl", *PACK[2:]]], PACK, [], ["us-west-2", "us-east-1"], PLAN),
    Scenario("pack that prunes", [[*PACK, "--pack-name", "plan"]], PRUNE, ["us-west-2", "us-east-1"], [], GONE),
]


class Run:
    """One run of a scenario in a copy of its prepared folder."""

    def __init__(self, binary, template, folder):
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(template, folder)
        self.coldseal = Coldseal(binary, folder)
        self.vault = Path(folder) / "coldseal-vault"

    def traced(self, options, command):
        return self.coldseal.tried(*command, behind=["strace", "-f", "-qq", *options], timeout=60)

    def value(self, name, region):
        """A secret's value in a Region; None where it is not, MARKED where it only waits to be removed."""
        done = self.coldseal.tried("get-secret-value", "--secret-id", name, "--region", region, "--output-file", "-")
        if done.returncode in (253, 254) and (b"ResourceNotFoundException" in done.stderr or b"there is no " in done.stderr):
            return None
        if done.returncode == 254 and MARKED.encode() in done.stderr:
            return MARKED
        if done.returncode != 0:
            raise AssertionError(f"get-secret-value in {region}: exit code {done.returncode}\n{done.stderr.decode(errors='replace')}")
        return done.stdout

    def states(self, names):
        """For each secret its value in each Region."""
        return [tuple(self.value(name, region) for region in REGIONS) for name in names]

    def check_files(self):
        """Nothing half-written has its final name."""
        for path in self.vault.rglob("*"):
            if path.suffix == ".bundle":
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                assert path.name.split(".")[1] == digest[:16], f"{path} holds something else"
            elif path.name in ("secret.json", "coldseal.json"):
                json.loads(path.read_bytes())

    def keystore_leftovers(self):
        return sorted((self.coldseal.folder / "home").rglob(".coldseal-tmp-*"))

    def verify(self, *, clean):
        if not (self.vault / "coldseal.json").exists():
            return
        done = self.coldseal.tried("verify", "--output", "json")
        assert done.returncode == 0, f"verify: exit code {done.returncode}\n{done.stdout.decode()}{done.stderr.decode()}"
        notes = json.loads(done.stdout)["Notes"]
        assert not (clean and notes), f"leftovers: {notes}"


def prepared(binary, scenario, folder):
    """The folder as it is before the command."""
    coldseal = Coldseal(binary, folder)
    (folder / "payload").write_bytes(b"the value")
    (folder / "other").write_bytes(b"another value")
    kept = [name for name in PLAN if name not in GONE]
    for plan, names, value in (("plan.jsonl", PLAN, "payload"), ("before.jsonl", PLAN, "other"), ("fewer.jsonl", kept, "payload")):
        (folder / plan).write_text("".join(json.dumps({"Name": name, "SecretString": f"file://{value}"}) + "\n" for name in names))
    for command in scenario.prepare:
        coldseal.run(*command)
    return folder


def count_calls(run, command):
    """How often the command makes each call."""
    log = run.coldseal.folder / "trace"
    done = run.traced(["-e", "trace=" + ",".join(CALLS), "-e", "signal=none", "-o", str(log)], command)
    assert done.returncode == 0, done.stderr.decode()
    counts = dict.fromkeys(CALLS, 0)
    for call in re.findall(r"^(?:\d+ +)?(\w+)\(", log.read_text(), re.MULTILINE):
        counts[call] += 1
    return counts


def check(run, scenario, done, states, fault):
    before, after = states
    found = run.states(scenario.names)
    # Each secret of several is a commit of its own.
    assert all(state in (before, after) for state in found), f"neither as before nor as after: {found}"
    is_done, is_as_before = (all(state == wanted for state in found) for wanted in (after, before))
    run.check_files()
    run.verify(clean=False)
    if fault.startswith("error"):
        assert done.returncode in (0, 1, 127, 252, 253, 254, 255), f"exit code {done.returncode}: {done.stderr.decode(errors='replace')}"
        if done.returncode == 0:
            assert is_done, "success, and not done"
        else:
            text = done.stderr.decode(errors="replace")
            assert "panicked" not in text and re.search(r"coldseal: |An error occurred|error while loading", text), f"no clear message: {text}"
    # The next command works, and nothing is left of this one.
    again = run.coldseal.tried(*scenario.command)
    # What is done cannot be done once more.
    is_done_before = any(words in again.stderr for words in (b"already exists", b"not permitted on a primary secret"))
    assert again.returncode == 0 or is_done_before, again.stderr.decode(errors="replace")
    assert all(state == after for state in run.states(scenario.names)), "the command does not work any more"
    if again.returncode == 0 and is_as_before:
        run.verify(clean=True)
    # Of the keystore, only its own next write sweeps.
    if run.keystore_leftovers():
        run.coldseal.run("kms", "create-key", "--region", "us-west-2")
        assert not run.keystore_leftovers(), f"leftovers beside the keystore: {run.keystore_leftovers()}"


def run_scenario(binary, scenario, folder):
    template = prepared(binary, scenario, folder / "template")
    work = folder / "run"
    first = Run(binary, template, work)
    (before,) = set(first.states(scenario.names))
    first.coldseal.run(*scenario.command)
    (after,) = set(first.states(scenario.names))
    for regions, state in ((scenario.before, before), (scenario.after, after)):
        assert [region for region, value in zip(REGIONS, state) if value == b"the value"] == regions, f"{scenario.name}: {state}"
    counts = count_calls(Run(binary, template, work), scenario.command)
    killed = failed = 0
    for call in CALLS:
        faults = ["signal=KILL", *(f"error={error}" for error in ERRORS[call])]
        for fault in faults:
            for number in range(1, counts[call] + 1):
                run = Run(binary, template, work)
                done = run.traced(["-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:{fault}:when={number}"], scenario.command)
                try:
                    check(run, scenario, done, (before, after), fault)
                except (AssertionError, json.JSONDecodeError) as error:
                    fail(f"{scenario.name}, {call} {number} of {counts[call]}, {fault}: {error}\nthe command said: {done.stderr.decode(errors='replace')}")
                killed += fault.startswith("signal") and done.returncode != 0
                failed += fault.startswith("error") and done.returncode != 0
    assert killed and failed, f"{scenario.name}: no fault had an effect"
    note(f"{scenario.name}: {sum(counts.values())} calls, killed {killed} times, failed {failed} times")


@pytest.fixture(scope="module")
def runs(binary):
    """A run of each scenario, side by side as far as there are processors."""
    # In memory where that exists: a sync then costs nothing, and this makes tens of thousands of them.
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as base, ThreadPoolExecutor(os.cpu_count()) as pool:
        yield {scenario.name: pool.submit(run_scenario, binary, scenario, Path(base) / str(number)) for number, scenario in enumerate(SCENARIOS)}


@pytest.mark.parametrize("name", [scenario.name for scenario in SCENARIOS])
def test_killed_or_failed_at_each_call(runs, name):
    runs[name].result()


def without_proc():
    """A command in front of others that hides /proc, which files without a name need, but for what it says of signals: that none is ignored.

    Empty where the machine does not allow that.
    """
    hide = ["sh", "-c", 'mount -t tmpfs none /proc && mkdir /proc/self && echo "SigIgn: 0" > /proc/self/status && exec "$0" "$@"']
    for prefix in (["unshare", "--mount"], ["unshare", "--map-root-user", "--mount"]):
        if subprocess.run([*prefix, *hide, "true"], capture_output=True, check=False).returncode == 0:
            return [*prefix, *hide]
    return []


class Interrupted:
    """`open`, which has written a part of its output under a temporary name."""

    def __init__(self, coldseal, behind):
        self.folder = coldseal.folder
        command = [*behind, coldseal.binary, "open", "-", *KEY, "-o", "opened"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
        self.process = subprocess.Popen(command, cwd=coldseal.folder, env=coldseal.env, **pipes)
        self.process.stdin.write((coldseal.folder / "sealed").read_bytes()[: 3 << 20])
        self.process.stdin.flush()
        for _ in range(500):
            if any(path.stat().st_size > 0 for path in self.temporaries()):
                break
            time.sleep(0.02)
        else:
            raise AssertionError("no unfinished output was seen")

    def temporaries(self):
        return list(self.folder.glob(".coldseal-tmp-*"))

    def end(self, number):
        self.process.send_signal(number)
        errors = self.process.communicate()[1].decode(errors="replace")
        return self.process.returncode, errors


KEY = ["--raw-aes-key", "ci/key=key"]


@pytest.fixture
def with_names(binary, folder):
    """A sealed message, and what runs a command where unfinished files have names."""
    behind = without_proc()
    if not behind:
        pytest.skip("unshare is not allowed here")
    coldseal = Coldseal(binary, folder)
    write_secret(coldseal.folder / "key", os.urandom(32))
    (coldseal.folder / "payload").write_bytes(os.urandom(4 << 20))
    coldseal.run("seal", "payload", *KEY, "-o", "sealed")
    return coldseal, behind


def test_an_interrupted_output_is_taken_away(with_names):
    """Where an unfinished output has a name, a signal that ends the process takes it away: it may be half a secret."""
    coldseal, behind = with_names
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGXCPU, signal.SIGALRM):
        interrupted = Interrupted(coldseal, behind)
        code, errors = interrupted.end(number)
        assert code == 128 + number, f"{number}: exit code {code}: {errors}"
        left = [*interrupted.temporaries(), *coldseal.folder.glob("opened*")]
        assert not left, f"{number} left {left}"


def test_what_a_killed_command_left_goes_with_the_next_write(with_names):
    coldseal, behind = with_names
    interrupted = Interrupted(coldseal, behind)
    interrupted.end(signal.SIGKILL)
    (left,) = interrupted.temporaries()
    seal = [coldseal.binary, "seal", "payload", *KEY, "-o", "again", "--force"]
    # It may be that its writer has only just begun.
    subprocess.run([*behind, *seal], cwd=coldseal.folder, env=coldseal.env, check=True)
    assert left.exists()
    os.utime(left, (time.time() - 3600,) * 2)
    writing = Interrupted(coldseal, behind)
    (others,) = [path for path in writing.temporaries() if path != left] or [None]
    assert not left.exists() and others is not None
    # One that is being written stays, however old it is.
    os.utime(others, (time.time() - 3600,) * 2)
    subprocess.run([*behind, *seal], cwd=coldseal.folder, env=coldseal.env, check=True)
    assert others.exists()
    writing.end(signal.SIGTERM)
    assert not writing.temporaries()


def test_an_export_is_a_pair_of_files_that_open_or_none(binary, folder):
    """Whatever fails, a keystore without its key file is of no use, and nobody would know."""
    coldseal = Coldseal(binary, folder)
    coldseal.run("kms", "create-key", "--region", "us-west-2")
    export = ["kms", "export-keys", "--region", "us-west-2", "-o", "out/e.json", "--output-key-file", "out/e.key"]
    keystore, key_file = (coldseal.folder / "out" / name for name in ("e.json", "e.key"))
    failed = 0
    for call, fault in [("fsync", "error=EIO"), ("fsync", "error=EACCES"), ("linkat", "error=EIO"), ("fsync", "signal=KILL"), ("linkat", "signal=KILL")]:
        for number in range(1, 8):
            shutil.rmtree(coldseal.folder / "out", ignore_errors=True)
            strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:{fault}:when={number}"]
            done = coldseal.tried(*export, behind=strace, timeout=60)
            failed += done.returncode != 0
            if keystore.exists():
                assert key_file.exists(), f"{call} {number}, {fault}: a keystore without its key file: {done.stderr.decode()}"
                coldseal.run("kms", "list-keys", "--region", "us-west-2", "--keystore", str(keystore), "--keystore-key-file", str(key_file))
            elif done.returncode == 0:
                raise AssertionError(f"{call} {number}, {fault}: exit code 0, and no keystore")
    assert failed > 5, "no fault had an effect"


def test_an_old_bundle_that_cannot_be_removed_is_told(binary, folder):
    coldseal = Coldseal(binary, folder)
    (coldseal.folder / "payload").write_bytes(b"the value")
    coldseal.run(*CREATE)
    before = set((coldseal.folder / "coldseal-vault").rglob("*.bundle"))
    strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=unlink,unlinkat", "-e", "inject=unlink,unlinkat:error=EPERM"]
    done = coldseal.tried("rewrap", "--secret-id", "db", "--region", "us-west-2", behind=strace, timeout=60)
    told = done.stderr.decode()
    assert done.returncode == 0 and "is no longer needed and could not be removed: Operation not permitted" in told, told
    assert before <= set((coldseal.folder / "coldseal-vault").rglob("*.bundle"))
