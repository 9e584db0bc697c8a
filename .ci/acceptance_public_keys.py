"""Secrets for real AWS KMS keys, packed from their public keys alone: no private key, no network.

A keystore that plays AWS makes the keys. A second one holds only three public keys of it and packs for three Regions, watched by strace and, where
that is allowed, in a network namespace without any interface. The first opens each Region's bundle.

Usage: acceptance_public_keys.py BINARY FOLDER
"""

import json
import subprocess
import sys

from common import Coldseal, fail

KEYS = {
    "us-east-1": ("RSA_4096", "ENCRYPT_DECRYPT"),
    "eu-west-1": ("ECC_NIST_P384", "KEY_AGREEMENT"),
    "ap-southeast-2": ("RSA_2048", "ENCRYPT_DECRYPT"),
}
VALUE = '{"username": "saanvi", "password": "EXAMPLE-PASSWORD"}'


def make_keys(cloud, machine):
    """Key pairs at the one, public keys at the other; gives the ARN of each Region's key."""
    cloud.env["COLDSEAL_ACCOUNT_ID"] = "111122223333"
    arns = {}
    for region, (spec, usage) in KEYS.items():
        made = json.loads(cloud.run("kms", "create-key", "--region", region, "--key-spec", spec, "--key-usage", usage))
        arns[region] = made["KeyMetadata"]["Arn"]
        answer = cloud.run("kms", "get-public-key", "--key-id", arns[region])
        (machine.folder / f"{region}.json").write_bytes(answer)
        fingerprint = json.loads(machine.run("kms", "import-public-key", f"{region}.json", "--region", region))["Keys"][0]["PublicKeySha256"]
        described = json.loads(machine.run("kms", "describe-key", "--key-id", arns[region]))["KeyMetadata"]
        if described["PublicKeySha256"] != fingerprint or described["KeySpec"] != spec:
            fail(f"{region}: describe-key says {described}")
        machine.run("kms", "import-public-key", f"{region}.json", "--fingerprint", fingerprint.upper())
        machine.run("kms", "import-public-key", f"{region}.json", "--fingerprint", "00" * 32, expect=254)
    return arns


def without_network():
    """What a command is put behind so that it has no network; nothing where that is not allowed."""
    allowed = subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False).returncode == 0
    return ["unshare", "--net"] if allowed else []


def pack(machine, args):
    """Runs a command without a network and refuses any network system call."""
    return machine.tried_without_network(*args, behind=without_network())


def main(binary, folder):
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
    print(f"packed for {', '.join(KEYS)} from public keys alone; each bundle opens where its private key is")


if __name__ == "__main__":
    main(*sys.argv[1:])
