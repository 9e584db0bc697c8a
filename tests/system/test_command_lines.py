"""Which words the AWS CLI takes on a command line, coldseal takes, and the other way round: `alias aws=coldseal`.

Both print the skeleton of a request where they take a line, so that nothing is called.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from support.coldseal import Coldseal, fail
from support.notes import note

PEM = "-----BEGIN PRIVATE KEY-----\nAAECAw==\n-----END PRIVATE KEY-----\n"
SECRET = ["secretsmanager", "create-secret", "--name", "a"]
# Has to stand in no message.
MARKER = "s3cr3t-Marker"
LINES = [
    [*SECRET, "--secret-string", PEM],
    [*SECRET, "--secret-string", "-5"],
    [*SECRET, "--secret-string", "-.5"],
    [*SECRET, "--secret-string", "- a"],
    [*SECRET, "--secret-string", "--region us-east-1"],
    [*SECRET, f"--secret-string=--{MARKER}"],
    [*SECRET, "--description", f"--{MARKER}"],
    [*SECRET, "--description", f"-{MARKER}"],
    [*SECRET, "--description", f"--{MARKER}=x"],
    [*SECRET, "--secret-s", "x"],
    [*SECRET, "--sec", MARKER],
    [*SECRET, "--desc", "x", "--reg", "us-east-1", "--out", "text"],
    [*SECRET, "--tags", "Key=a,Value=b", "Key=c,Value=d", "--force-overwrite"],
    [*SECRET, "--no-force-overwrite-replica"],
    ["kms", "describe-key", "--key", "x"],
    ["kms", "describe-key", "--key-id", "x", "--no"],
    ["kms", "describe-key", "--key-id", "x", "--grant", "a", "b"],
    ["kms", "encrypt", "--key-id", "x", "--plaintext", "- a", "--dry"],
    ["kms", "list-keys", "--lim", "1", "--no-verify-ssl", "--no-sign-request", "--ca-bundle", "x"],
    ["kms", "list-keys", "--l", "1"],
    ["kms", "list-keys", "--cli-read-timeout", "1", "--cli-connect", "1", "--no-paginate", "--color", "off"],
]


@pytest.mark.parametrize("line", LINES, ids=lambda line: " ".join(line)[:60])
def test_both_take_a_line_or_neither(binary, folder, aws, line):
    coldseal = Coldseal(binary, folder)
    line = [*line, "--generate-cli-skeleton"]
    env = {**coldseal.env, "AWS_EC2_METADATA_DISABLED": "true", "AWS_DEFAULT_REGION": "us-east-1"}
    theirs = subprocess.run([aws, *line], env=env, cwd=coldseal.folder, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    ours = coldseal.tried(*line)
    if (theirs.returncode == 0) != (ours.returncode == 0):
        fail(f"{line}\n  AWS CLI: {theirs.returncode} {theirs.stderr.decode()[-400:]}\n  coldseal: {ours.returncode} {ours.stderr.decode()}")
    if MARKER.encode() in ours.stdout + ours.stderr:
        fail(f"{line}: a value is repeated: {ours.stderr.decode()}")


def test_the_commands_of_the_aws_cli_are_known():
    program = Path(__file__).parent.parent.parent / ".ci/make_aws_commands.py"
    done = subprocess.run([sys.executable, program, "--check"], capture_output=True, check=False, stdin=subprocess.DEVNULL, text=True)
    if done.returncode:
        fail(done.stderr)
    note(done.stdout.strip())
