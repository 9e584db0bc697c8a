"""Command lines given to the real AWS CLI, with moto_server behind it, and to coldseal; what they answer is compared member by member."""

import base64
import contextlib
import functools
import io
import json
import os
import re
import shlex
from dataclasses import dataclass, field
from unittest import mock

import jmespath
import awscli.botocore.session
from awscli.botocore.loaders import create_loader
from awscli.clidriver import create_clidriver

from support.coldseal import Coldseal, environment

# Reading the services' models takes most of the time of a call: they are read once.
awscli.botocore.session.create_loader = functools.cache(create_loader)

REGION = "us-west-2"
FORMATS = ("json", "text", "table")
REFUSAL = re.compile(r"An error occurred \((\w*)\) when calling the (\w+) operation(?: \(reached max retries: \d+\))?: ?(.*?)\s*$", re.DOTALL)


@dataclass
class Call:
    """A line of a file of calls. `NAME = COMMAND => EXPRESSION` only prepares: it keeps what the expression selects, for `$NAME` in later lines, and its bytes
    in a file of that name where it is base64, since version 1 of the AWS CLI takes blobs as they are."""

    line: str
    keep: str | None = None
    expression: str | None = None

    @classmethod
    def parse(cls, line):
        assigned = re.fullmatch(r"(\w+) = (.*) => (.*)", line)
        return cls(assigned[2], assigned[1], assigned[3]) if assigned else cls(line)

    def words(self, kept):
        return [re.sub(r"\$(\w+)", lambda name: str(kept[name[1]]), word) for word in shlex.split(self.line)]

    @property
    def command(self):
        return " ".join(self.line.split()[:2])


@dataclass
class Section:
    """Calls that need nothing of other sections; both sides begin without any key or secret."""

    name: str
    is_short: bool
    calls: list = field(default_factory=list)


def read_sections(path):
    """`= NAME` begins a section, `= NAME *` one of the short run; `#` a comment."""
    sections = []
    for line in map(str.strip, path.read_text(encoding="utf-8").splitlines()):
        if line.startswith("= "):
            sections.append(Section(line.strip("=* "), line.endswith("*")))
        elif line and not line.startswith("#"):
            sections[-1].calls.append(Call.parse(line))
    return sections


@dataclass
class Outcome:
    """What one side made of a call: the exit code as version 2 of the AWS CLI gives it, a document or lines, a refusal."""

    code: int
    stdout: str
    stderr: str

    @property
    def refusal(self):
        found = REFUSAL.search(self.stderr.split("\nhint:")[0])
        return found.groups() if found else None

    @property
    def document(self):
        return json.loads(self.stdout or "null")


class Side:
    """Who answers calls, in a folder of its own."""

    def __init__(self, folder):
        self.folder, self.kept = folder, {}
        (folder / "plain").write_bytes(b"plain\x00\xff")
        (folder / "value.json").write_text('{"user": "saanvi"}')
        (folder / "lines").write_text("line one\nline two é\n", encoding="utf-8")

    def keep(self, call, outcome):
        value = self.kept[call.keep] = jmespath.search(call.expression, outcome.document) if outcome.code == 0 else f"no-{call.keep}"
        with contextlib.suppress(ValueError):
            (self.folder / call.keep).write_bytes(base64.b64decode(value, validate=True))


class Ours(Side):
    """coldseal."""

    def __init__(self, binary, folder, account):
        self.coldseal = Coldseal(binary, folder)
        super().__init__(self.coldseal.folder)
        config = self.coldseal.folder / "config"
        # Version 1 of the AWS CLI prints times as they come.
        config.write_text("[default]\ncli_timestamp_format = wire\n")
        self.coldseal.env.update(AWS_REGION=REGION, COLDSEAL_ACCOUNT_ID=account, AWS_CONFIG_FILE=str(config), TZ="UTC")

    def run(self, words):
        done = self.coldseal.tried(*words)
        return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())


class Theirs(Side):
    """The AWS CLI in this process, which starts once for all calls."""

    def __init__(self, moto, folder):
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(folder)
        self.env = {**environment(folder / "home"), **moto.aws_env(REGION), "AWS_ENDPOINT_URL": moto.url, "AWS_MAX_ATTEMPTS": "1", "TZ": "UTC"}
        moto.reset()

    def run(self, words):
        stdout, stderr = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
        with contextlib.ExitStack() as stack:
            for context in (contextlib.chdir(self.folder), mock.patch.dict(os.environ, self.env)):
                stack.enter_context(context)
            stack.enter_context(contextlib.redirect_stdout(stdout))
            stack.enter_context(contextlib.redirect_stderr(stderr))
            try:
                code = create_clidriver().main(words)
            except SystemExit as end:
                code = end.code
        stdout.flush()
        return Outcome(as_version_2(code, stderr.getvalue()), stdout.buffer.getvalue().decode(), stderr.getvalue())


def as_version_2(code, stderr):
    """Version 1 has 255 for what the service refuses and for much else, and 2 for command lines that it does not take; 2 has 254, 252 and 253."""
    if code == 255 and REFUSAL.search(stderr):
        return 254
    if code == 255 and "You must specify a region" in stderr:
        return 253
    return 252 if code in (2, 252) or code == 255 else code


PATTERNS = [
    # As text the AWS CLI prints names of members in capitals.
    (re.compile(r"\bmrk-[0-9a-f]{32}\b", re.IGNORECASE), "<mrk>"),
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}\b", re.IGNORECASE), "<uuid>"),
    (re.compile(r"(:secret:[^\s\"']*)-[A-Za-z0-9]{6}\b"), r"\1-<suffix>"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "<digest>"),
    (re.compile(r"\b[12]\d{9}(\.\d+)?\b"), "<time>"),
]
# What is drawn anew each time.
DRAWN = {"CiphertextBlob", "PublicKey", "SharedSecret", "NextToken", "NextMarker"}
DRAWN_OF = {"kms generate-data-key": {"Plaintext"}, "kms generate-random": {"Plaintext"}}


def comparable(value, command, name=""):
    """A document without what differs from one run to the next."""
    if isinstance(value, dict):
        return {comparable(key, command): comparable(member, command, key) for key, member in value.items()}
    if isinstance(value, list):
        return [comparable(item, command, name) for item in value]
    if name in DRAWN | DRAWN_OF.get(command, set()) and isinstance(value, str):
        return "<drawn>"
    if name.endswith("Date") and isinstance(value, (int, float)):
        return "<time>"
    if isinstance(value, str):
        for pattern, replacement in PATTERNS:
            value = pattern.sub(replacement, value)
    return value


def differences(ours, theirs, path=""):
    """Each member that is not the same, as its path and how it differs."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for name in [*ours, *(name for name in theirs if name not in ours)]:
            where = f"{path}.{name}" if path else name
            if name not in theirs:
                yield f"{where}: ours alone"
            elif name not in ours:
                yield f"{where}: moto's alone"
            else:
                yield from differences(ours[name], theirs[name], where)
    elif isinstance(ours, list) and isinstance(theirs, list):
        if len(ours) != len(theirs):
            yield f"{path}[]: {len(ours)} in place of {len(theirs)}"
        for pair in zip(ours, theirs):
            yield from differences(*pair, f"{path}[]")
    elif ours != theirs:
        yield f"{path or 'answer'}: another value"


def rows(printed, output):
    """The cells of what was printed as text or as a table, row by row."""
    separator = "\t" if output == "text" else "|"
    lines = [line for line in printed.splitlines() if not re.fullmatch(r"[+-]+", line)]
    return [[cell.strip() for cell in line.split(separator)] for line in lines]


def verdict(outcome):
    """The refusal's name, or the exit code."""
    return outcome.refusal[0] if outcome.refusal else f"exit code {outcome.code}"


def compare_refusals(call, ours, theirs):
    if verdict(ours) != verdict(theirs):
        yield f"{call.line}: {verdict(ours)} in place of {verdict(theirs)}"
    elif ours.refusal and ours.refusal[1] != theirs.refusal[1]:
        yield f"{call.line}: of {ours.refusal[1]} in place of {theirs.refusal[1]}"
    elif ours.refusal and comparable(ours.refusal[2], call.command) != comparable(theirs.refusal[2], call.command):
        yield f"{call.line}: another message"


def compare(call, ours, theirs, output):
    """How the two outcomes differ: what is printed, where both answer; else what is refused, and how."""
    if ours.code != 0 or theirs.code != 0:
        for side, outcome in (("coldseal", ours), ("the AWS CLI", theirs)):
            if outcome.code != 0 and outcome.stdout:
                yield f"{call.line}: {side} fails and prints"
        yield from compare_refusals(call, ours, theirs)
    elif output == "json":
        pair = (comparable(outcome.document, call.command) for outcome in (ours, theirs))
        found = dict.fromkeys(differences(*pair))
        yield from (f"{call.line if '--query' in call.line else call.command}: {how}" for how in found)
    else:
        shown = [comparable(rows(outcome.stdout, output), call.command) for outcome in (ours, theirs)]
        if shown[0] != shown[1]:
            yield f"{call.line}: other rows as {output}"


def run_section(section, sides, output, unlike):
    """Runs the calls on both sides. A call that differs as JSON is in `unlike` then, and is not looked at in other formats, where it would differ likewise."""
    for call in section.calls:
        is_kept = call.keep is not None
        words = [[*call.words(side.kept), "--output", "json" if is_kept else output] for side in sides]
        outcomes = [side.run(each) for side, each in zip(sides, words)]
        if is_kept:
            for side, outcome in zip(sides, outcomes):
                side.keep(call, outcome)
        if is_kept or output != "json" and call.line in unlike:
            continue
        found = list(compare(call, *outcomes, output))
        if found and output == "json":
            unlike.add(call.line)
        yield call, outcomes, found
