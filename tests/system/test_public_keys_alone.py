"""Secrets for real AWS KMS keys, packed from their public keys alone: no private key, no network.

A keystore that plays AWS makes the keys. A second one holds only three public keys of it and packs for three Regions, watched by strace and, where
that is allowed, in a network namespace without any interface. The first opens each Region's bundle.
"""

import json
import subprocess

from support.coldseal import Coldseal, fail
from support.notes import note
from support.public_keys import KEYS, VALUE, make_keys


def without_network():
    """What a command is put behind so that it has no network; nothing where that is not allowed."""
    allowed = subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False).returncode == 0
    return ["unshare", "--net"] if allowed else []


def pack(machine, args):
    """Runs a command without a network and refuses any network system call."""
    return machine.tried_without_network(*args, behind=without_network())


def test_secrets_packed_from_public_keys_alone(binary, folder):
    cloud, machine = Coldseal(binary, f"{folder}/cloud"), Coldseal(binary, f"{folder}/machine")
    arns = make_keys(cloud, machine)
    (machine.folder / "value").write_text(VALUE)
    create = ["create-secret", "--name", "cloud/DBWest", "--secret-string", "file://value", "--region", "us-east-1"]
    replica = {region: f"Region={region},KmsKeyId={arn}" for region, arn in arns.items()}

    # Leaving out one KmsKeyId is refused, whichever it is, before anything is written.
    for left_out in KEYS:
        primary = [] if left_out == "us-east-1" else ["--kms-key-id", arns["us-east-1"]]
        replicas = [region if region == left_out else replica[region] for region in ("eu-west-1", "ap-southeast-2")]
        done = pack(machine, [*create, *primary, "--add-replica-regions", *replicas])
        if done.returncode != 254 or f"{left_out}: no key is named" not in done.stderr.decode():
            fail(f"without a key for {left_out}: exit code {done.returncode}\n{done.stderr.decode()}")
        if (machine.folder / "coldseal-vault").exists():
            fail("a refused command made a vault")

    done = pack(machine, [*create, "--kms-key-id", arns["us-east-1"], "--add-replica-regions", replica["eu-west-1"], replica["ap-southeast-2"]])
    if done.returncode != 0:
        fail(f"exit code {done.returncode}\n{done.stderr.decode()}")
    bundles = {bundle["Region"]: bundle for bundle in json.loads(done.stdout)["Bundles"]}
    if set(bundles) != set(KEYS) or any(bundle["OpensHere"] for bundle in bundles.values()):
        fail(f"the answer is {bundles}")
    if "cannot open the bundles for" not in done.stderr.decode():
        fail("nothing says that the bundles do not open here")
    machine.run("verify")
    for region in KEYS:
        machine.run("get-secret-value", "--secret-id", "cloud/DBWest", "--region", region, expect=254)
        got = json.loads(cloud.run("get-secret-value", "--vault", "../machine/coldseal-vault", "--secret-id", "cloud/DBWest", "--region", region))
        if got["SecretString"] != VALUE:
            fail(f"{region}: another value came back")
    note(f"packed for {', '.join(KEYS)} from public keys alone; each bundle opens where its private key is")
