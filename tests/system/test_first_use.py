"""The first use in a fresh copy of the tree with an empty home: pack, replicate, read in another Region, verify; then a disabled key."""

import shlex
import subprocess
from pathlib import Path

import pytest

from support.coldseal import environment, fail

CREATE = "create-secret --name production/DBWest --secret-string file://examples/mycreds.json --region us-west-2"
REPLICATE = "replicate-secret-to-regions --secret-id production/DBWest --add-replica-regions Region=us-east-1 Region=eu-west-1"
GET = "get-secret-value --secret-id production/DBWest --region eu-west-1 --query SecretString --output text"


class User:
    """Somebody who types `cargo run --release -- …` in a clone."""

    def __init__(self, clone, home):
        self.clone = clone
        self.env = environment(home)

    def run(self, command, expect=0):
        print(f"$ cargo run --release -- {command}", flush=True)
        args = ["cargo", "run", "--quiet", "--release", "--", *shlex.split(command)]
        done = subprocess.run(args, cwd=self.clone, env=self.env, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        if done.returncode != expect:
            fail(f"exit code {done.returncode}, expected {expect}\n{done.stdout.decode()}{done.stderr.decode()}")
        return done


def files_below(folder):
    """Every file below a folder, so that two moments can be compared."""
    return sorted(str(path) for path in Path(folder).rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def user(clone, tmp_path_factory):
    return User(clone, tmp_path_factory.mktemp("home"))


def test_first_use(user):
    user.run(CREATE)
    user.run(REPLICATE)
    payload = (user.clone / "examples" / "mycreds.json").read_bytes()
    shown = user.run(GET).stdout
    if shown != payload + b"\n":
        fail(f"the value in eu-west-1 is not the file's content and one newline: {shown!r}")
    user.run("verify --open")


def test_a_replica_key_that_is_disabled(user):
    """A Region that cannot take its copy stops everything before anything is written; --partial leaves it for a retry."""
    key = user.run("kms create-key --region us-east-1 --query KeyMetadata.KeyId --output text").stdout.decode().strip()
    user.run(f"kms disable-key --region us-east-1 --key-id {key}")
    before = files_below(user.clone / "coldseal-vault")
    create = f"create-secret --name production/DBEast --secret-string file://examples/mycreds.json --region us-west-2 --add-replica-regions Region=us-east-1,KmsKeyId={key}"
    refused = user.run(create, expect=254)
    if b"us-east-1" not in refused.stderr:
        fail(f"the refusal does not name the Region: {refused.stderr.decode()}")
    if files_below(user.clone / "coldseal-vault") != before:
        fail("a refused create-secret left files")
    user.run(f"{create} --partial", expect=1)
    status = "describe-secret --secret-id production/DBEast --region us-west-2 --query ReplicationStatus[0].Status --output text"
    expect_status(user, status, "Failed")
    user.run(f"kms enable-key --region us-east-1 --key-id {key}")
    user.run(f"replicate-secret-to-regions --secret-id production/DBEast --add-replica-regions Region=us-east-1,KmsKeyId={key}")
    expect_status(user, status, "InSync")
    user.run("verify --open")


def expect_status(user, command, status):
    shown = user.run(command).stdout.decode().strip()
    if shown != status:
        fail(f"replication status is {shown}, expected {status}")
