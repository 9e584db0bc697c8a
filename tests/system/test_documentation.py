"""Runs what the documentation tells people to run, in order, in a fresh copy of the tree with an empty home.

README.md and docs/*.md are read. In a ```console block the lines that start with `$ ` are run; a line that starts with `> ` goes on with the
command above it. Lines after a command are what the terminal shows (stdout and stderr): they are compared when there are any, with `...` for
anything in a line and, alone in a line, for any number of lines. A ```sh block is run line by line. Any exit code but 0 fails.
No command can hide: a block of another language than those and `rust`, `python`, `json` or `text`, or a `$ ` line outside the blocks that are run, fails.
For `aws` stands a program that has the AWS CLI, AWS, check the flags, which it does without a network, and then asks a second keystore in place of AWS; in
`coldseal serve -- aws ...` it is the AWS CLI itself.
For AWS KMS as `--kms aws` calls it stands `kms serve` over that keystore, from the first such command on, by the user's AWS configuration file.
A command that ends in `&` runs on, once it has printed a line on stdout, until all is done; being stopped by a signal is then its right end.
What another step of `.ci/run` runs (RAN) must be in the documentation and is not run again.
"""

import contextlib
import re
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from support.coldseal import environment, fail
from support.notes import note

# Blocks that hold no commands. The compiler's own test of the documentation runs the Rust ones, test_interop_public_keys.py those in Python.
NOT_RUN = {"rust", "python", "json", "text"}
STAND_IN_FOR_AWS = """#!/bin/sh
[ -z "$AWS_ENDPOINT_URL_SECRETS_MANAGER" ] || exec '{aws}' "$@"
'{aws}' "$@" --generate-cli-skeleton input > /dev/null || exit
export COLDSEAL_KEYSTORE='{keystore}' COLDSEAL_ACCOUNT_ID=111122223333
exec coldseal "$@"
"""
# The tests are a step of their own.
RAN = {"cargo test"}
TIME_LIMIT = 900  # seconds for one command; the first one builds the release
TIME_TO_START = 30  # seconds until a command that runs on has printed a line


def blocks(text):
    """(language, lines) of each fenced block."""
    language, lines = None, []
    for line in text.splitlines():
        if line.startswith("```"):
            if language is None:
                language, lines = line[3:].strip(), []
            else:
                yield language, lines
                language = None
        elif language is not None:
            lines.append(line)
    if language is not None:
        fail("a fenced block is not closed")


def commands(text):
    """(command, lines shown) in the order of the text."""
    found = list(blocks(text))
    hidden = len(re.findall(r"(?m)^\s*\$ ", text)) - sum(line.startswith("$ ") for language, lines in found if language == "console" for line in lines)
    if hidden:
        fail(f"{hidden} lines that look like commands are in no console block")
    for language, lines in found:
        if language not in {"sh", "console"} | NOT_RUN:
            fail(f"a block of the language '{language}': console and sh are run, {', '.join(sorted(NOT_RUN))} are not")
        if language == "sh":
            yield from ((line, []) for line in lines if line.strip() and not line.startswith("#"))
        elif language == "console":
            yield from console(lines)


def console(lines):
    command, shown = None, []
    for line in lines:
        if line.startswith("$ "):
            if command is not None:
                yield command, shown
            command, shown = line[2:], []
        elif command is None:
            fail(f"a console block begins without a command: {line}")
        elif line.startswith("> ") and not shown:
            command = f"{command}\n{line[2:]}"
        else:
            shown.append(line)
    if command is not None:
        yield command, shown


def pattern(shown):
    """The lines of the documentation as a regular expression over the whole output."""
    parts = []
    for line in shown:
        if line.strip() == "...":
            parts.append(r"(?:.*\n)*?")
        else:
            parts.append(r"[^\n]*?".join(re.escape(piece) for piece in line.split("...")) + r"[ \t]*\n")
    return "".join(parts)


@contextlib.contextmanager
def running_on(command, clone, env):
    """A command of which the documentation says that it runs on; it takes no lines of its own to compare."""
    print(f"$ {command} &", flush=True)
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as said:
        process = subprocess.Popen(["bash", "-c", f"exec {command}"], cwd=clone, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=said)
        try:
            end = time.monotonic() + TIME_TO_START
            while process.poll() is None and output.seek(0, 2) == 0 and time.monotonic() < end:
                time.sleep(0.05)
            if process.poll() is not None or output.tell() == 0:
                said.seek(0)
                fail(f"it ended, or printed nothing:\n{said.read().decode(errors='replace')}")
            yield
        finally:
            process.terminate()
            process.wait(TIME_TO_START)
        if process.returncode not in (-signal.SIGTERM, 128 + signal.SIGTERM):
            fail(f"{command}: exit code {process.returncode}")


def run(command, shown, clone, env):
    print(f"$ {command}", flush=True)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command],
        cwd=clone, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=TIME_LIMIT, check=False,
    )
    output = done.stdout.decode(errors="replace")
    if done.returncode != 0:
        fail(f"exit code {done.returncode}\n{output}")
    if output and not output.endswith("\n"):
        output += "\n"
    if shown and not re.fullmatch(pattern(shown), output):
        wanted = "\n".join(shown)
        fail(f"the documentation shows\n{wanted}\nand the command printed\n{output}")


def stand_in_for_aws(folder, aws):
    """A folder for PATH with an `aws`."""
    folder.mkdir(parents=True)
    program = folder / "aws"
    program.write_text(STAND_IN_FOR_AWS.format(aws=aws.resolve(), keystore=folder.resolve() / "keystore.json"))
    program.chmod(0o755)
    return folder


def test_commands_of_the_documentation(clone, folder, aws, aws_encryption_cli):
    env = environment(folder / "home")
    # `cargo install` must not touch the real one.
    env["CARGO_INSTALL_ROOT"] = str(folder / "installed")
    env["PATH"] = f"{folder / 'installed' / 'bin'}:{stand_in_for_aws(folder / 'aws', aws)}:{env['PATH']}"
    env["PATH"] += f":{aws_encryption_cli.parent}"
    ran, count, has_aws_kms = set(), 0, False
    with contextlib.ExitStack() as background:
        for document in [clone / "README.md", *sorted((clone / "docs").glob("*.md"))]:
            for command, shown in commands(document.read_text(encoding="utf-8")):
                if command in RAN:
                    ran.add(command)
                    continue
                if "--kms aws" in command and not has_aws_kms:
                    has_aws_kms = True
                    config = Path(env["HOME"]) / ".aws" / "config"
                    config.parent.mkdir(parents=True, exist_ok=True)
                    keystore = (folder / "aws" / "keystore.json").absolute()
                    background.enter_context(running_on(f"coldseal kms serve --keystore '{keystore}' --config-file '{config}'", clone, env))
                if command.endswith("&") and not shown:
                    background.enter_context(running_on(command.removesuffix("&").strip(), clone, env))
                else:
                    run(command, shown, clone, env)
                count += 1
            print(f"{document.relative_to(clone)} read", flush=True)
    if missing := RAN - ran:
        fail(f"not in the documentation: {', '.join(sorted(missing))}")
    if count == 0:
        fail("the documentation has no command")
    note(f"{count} commands of the documentation ran")
