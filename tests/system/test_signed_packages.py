"""A signed vault beside ssh-keygen (Debian `openssh-client`), and beside docs/verify.py, which knows nothing but docs/formats.md."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.coldseal import Coldseal, expect

VERIFY = Path(__file__).resolve().parent.parent.parent / "docs/verify.py"
SIGNING_KEYS = {"ed25519": [], "ecdsa-256": ["-b", "256"], "ecdsa-384": ["-b", "384"], "ecdsa-521": ["-b", "521"]}
NAMES = ["db", "production/DBWest", "é", "con", "x" * 200, *(f"many-{number}" for number in range(20))]


@pytest.fixture
def machine(binary, tmp_path):
    machine = Coldseal(binary, tmp_path)
    plan = [{"Name": name, "SecretString": f"value of {name}", "Tags": [{"Key": "b", "Value": "\u0001\"é"}]} for name in NAMES]
    (machine.folder / "plan.json").write_text(json.dumps(plan))
    regions = ["--region", "us-west-2", "--add-replica-regions", "eu-west-1"]
    machine.run("pack", "plan.json", *regions)
    machine.run("update-secret", "--secret-id", "db", "--description", "with a description")
    return machine


def ssh_keygen(machine, *args, stdin=b""):
    done = subprocess.run(["ssh-keygen", *map(str, args)], cwd=machine.folder, input=stdin, capture_output=True, check=False)
    return done.returncode, done.stdout, done.stderr


def signer(machine, name, options=(), kind="ed25519"):
    """A key by this name, and its line in the file of signers."""
    code, _, told = ssh_keygen(machine, "-q", "-t", kind.split("-")[0], *options, "-N", "", "-C", "", "-f", name)
    expect(code == 0, told)
    with (machine.folder / "signers").open("a") as file:
        file.write(f"{name}@example.com namespaces=\"coldseal-manifest\" {(machine.folder / f'{name}.pub').read_text()}")


def manifests(machine):
    return machine.folder / "coldseal-vault/manifests"


def by_script(machine, *args):
    done = subprocess.run([sys.executable, VERIFY, "coldseal-vault", "signers", *args], cwd=machine.folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("kind", SIGNING_KEYS)
def test_what_coldseal_signs_ssh_keygen_verifies(machine, kind):
    signer(machine, "alice", SIGNING_KEYS[kind], kind)
    root = json.loads(machine.run("sign", "--signing-key", "alice", "--yes"))
    time = json.loads(Path(root["Root"]).read_text())["Time"]
    at = "verify-time=" + "".join(letter for letter in time[:19] if letter.isdigit()) + "Z"
    names = ["-f", "signers", "-I", "alice@example.com", "-n", "coldseal-manifest", "-O", at, "-s", root["Signatures"][0]["Path"]]
    code, _, told = ssh_keygen(machine, "-Y", "verify", *names, stdin=Path(root["Root"]).read_bytes())
    expect(code == 0, told)
    code, told = by_script(machine)
    expect(code == 0 and "signed by alice@example.com" in told, told)


@pytest.mark.parametrize("kind", [*SIGNING_KEYS, "rsa"])
def test_what_ssh_keygen_signs_coldseal_takes(machine, kind):
    signer(machine, "alice", SIGNING_KEYS.get(kind, ["-b", "3072"]), kind)
    root = Path(json.loads(machine.run("sign", "--no-key", "--yes"))["Root"])
    code, signature, told = ssh_keygen(machine, "-Y", "sign", "-n", "coldseal-manifest", "-f", "alice", stdin=root.read_bytes())
    expect(code == 0, told)
    (machine.folder / "root.sig").write_bytes(signature)
    machine.run("sign", "--add-signature", "root.sig")
    expect(b"signed by alice@example.com" in machine.run("verify", "--signers", "signers"), "not verified")
    expect(by_script(machine)[0] == 0, by_script(machine)[1])


def test_the_script_tells_what_coldseal_tells(machine):
    signer(machine, "alice")
    signer(machine, "bob")
    machine.run("sign", "--signing-key", "alice", "--yes")
    machine.run("put-secret-value", "--secret-id", "db", "--secret-string", "next")
    machine.run("sign", "--signing-key", "alice", "--yes")
    code, told = by_script(machine)
    expect(code == 0 and "root 1 before it" in told and "root 2 of" in told, told)
    expect(by_script(machine, "2")[0] != 0, "one of two")
    machine.run("sign", "--signing-key", "bob", "--yes")
    code, told = by_script(machine, "2")
    expect(code == 0 and "alice@example.com, bob@example.com" in told, told)
    machine.run("update-secret", "--secret-id", "db", "--description", "another")
    machine.run("create-secret", "--name", "late", "--secret-string", "1", "--region", "us-west-2")
    shutil.rmtree(machine.folder / "coldseal-vault/secrets/us-west-2/con", ignore_errors=True)
    shutil.rmtree(machine.folder / "coldseal-vault/secrets/us-west-2/%63on", ignore_errors=True)
    code, told = by_script(machine)
    for line in ["changed since: db (eu-west-1)", "not listed: late (us-west-2)", "missing: con (us-west-2)", "not the bundle that was signed"]:
        expect(line in told, told)
    done = machine.tried("verify", "--signers", "signers")
    told = done.stdout.decode()
    for line in ["db: changed since: ", "late: not listed: ", "%63on: missing: ", "missing: the root names it"]:
        expect(line in told, told)
    expect((code, done.returncode) == (1, 1), "both have faults to tell")
