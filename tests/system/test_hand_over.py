"""The hand-over of one Region: two folders play two machines, each with its own home, keystore and vault.

The first packs a secret and a file of 100 MiB for three Regions, and signs its vault. The second gets eu-west-1's keys and eu-west-1's part of the
vault, and opens both byte for byte, without naming the Region; bundles of other Regions, which somebody brought along, it refuses with an error that
names the key and the way out. Then the keys are rotated and everything is rewrapped; after a second hand-over everything opens on both machines, so
does what was not rewrapped, nothing is left of the first delivery, and that is refused when it comes again. docs/verify.py says the same of the part.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from support.coldseal import Coldseal, expect, fail
from support.notes import note

HOME_REGION = "eu-west-1"
REGIONS = ["us-west-2", "us-east-1", HOME_REGION]
SECRET = "hand-over/DBWest"
OTHER = "hand-over/other"
VALUE = b'{"username": "saanvi", "password": "EXAMPLE-PASSWORD"}'
SIGNING = Path(__file__).resolve().parent.parent / "data/signing"
VERIFY = Path(__file__).resolve().parent.parent.parent / "docs/verify.py"
FILE_SIZE = 100 << 20
BLOCK = 1 << 20


class Machine(Coldseal):
    """A machine; what it reads from the other one comes by stick."""

    def __init__(self, binary, folder, name):
        super().__init__(binary, folder / name)
        self.name = name

    def document(self, *args):
        return json.loads(self.run(*args))

    def refused(self, *args):
        """What a command that must be refused says on stderr; it may print nothing else."""
        done = self.tried(*args)
        if done.returncode != 254 or done.stdout:
            fail(f"{self.name}: {' '.join(map(str, args))}: exit code {done.returncode}, expected 254 and no output\n{done.stderr.decode()}")
        return done.stderr.decode()

    def expect_secret(self, secret, region):
        value = self.run("get-secret-value", "--secret-id", secret, "--region", region, "--output-file", "-")
        if value != VALUE:
            fail(f"{self.name}: {secret} in {region} is not what was packed")

    def expect_file(self, bundle, region, digest):
        """Opens to the bytes that were packed."""
        target = self.folder / "opened"
        self.run("open", bundle, "--region", region, "-o", target)
        if digest_of(target) != digest:
            fail(f"{self.name}: {bundle} opens to other bytes")
        target.unlink()


def digest_of(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def pack(first):
    """A key of its own in each Region, two secrets and a file; the ids of the keys and the file's digest."""
    keys = {}
    for region in REGIONS:
        keys[region] = first.run("kms", "create-key", "--region", region, "--query", "KeyMetadata.KeyId", "--output", "text").decode().strip()
        first.run("kms", "create-alias", "--region", region, "--alias-name", "alias/hand-over", "--target-key-id", keys[region])
    (first.folder / "mycreds.json").write_bytes(VALUE)
    replicas = [f"Region={region},KmsKeyId=alias/hand-over" for region in REGIONS[1:]]
    for secret in (SECRET, OTHER):
        first.run("create-secret", "--name", secret, "--secret-string", "file://mycreds.json", "--region", REGIONS[0],
                  "--kms-key-id", "alias/hand-over", "--add-replica-regions", *replicas)
    payload = first.folder / "photos.tar"
    with open(payload, "wb") as file:
        for _ in range(FILE_SIZE // BLOCK):
            file.write(os.urandom(BLOCK))
    digest = digest_of(payload)
    first.run("seal", "photos.tar", *targets(), "--output-dir", "packed")
    payload.unlink()
    return keys, digest


def targets():
    return [word for region in REGIONS for word in ("--to", f"Region={region},KmsKeyId=alias/hand-over")]


def sign(first):
    """With a key that the second machine was told about."""
    key = first.folder / "alice"
    key.write_bytes((SIGNING / "ed25519").read_bytes())
    key.chmod(0o600)
    return first.document("sign", "--signing-key", "alice", "--yes")["Counter"]


def signers(machine):
    path = machine.folder / "signers"
    path.write_text(f'alice@example.com namespaces="coldseal-manifest" {(SIGNING / "ed25519.pub").read_text()}')
    return ["--signers", path]


def hand_over(first, second, stick, name):
    """The Region's keys, and the Region's part of what was signed; gives what the import of the keys said."""
    first.run("kms", "export-keys", "--regions", HOME_REGION, "--output-file", stick / f"{name}.json", "--output-key-file", stick / f"{name}.key")
    document = second.document("kms", "import-keys", stick / f"{name}.json", "--input-key-file", stick / f"{name}.key")
    (stick / f"{name}.json").unlink()
    (stick / f"{name}.key").unlink()
    counter = sign(first)
    exported = first.document("export", "--region", HOME_REGION, "--to", stick / f"{name}.tar", *signers(first))
    brought = second.document("import", stick / f"{name}.tar", *signers(second))
    expect(exported["Counter"] == brought["Counter"] == counter and exported["SHA256"] == brought["SHA256"], f"{exported} {brought}")
    expect(brought["Created"] + brought["Updated"] == [SECRET, OTHER], f"import: {brought}")
    return document


def check_second(second, stick, digest):
    """Only this Region's keys, only this Region's bundles: both open."""
    present = {path.name.split(".")[0] for path in (second.folder / "coldseal-vault").rglob("*.bundle")}
    expect(present == {HOME_REGION}, f"the second machine's vault holds bundles of {present}")
    expect(second.document("kms", "list-keys", "--region", REGIONS[0])["Keys"] == [], "the second machine has keys of another Region")
    for secret in (SECRET, OTHER):
        second.expect_secret(secret, HOME_REGION)
        for flags in ([], signers(second)):
            value = second.run("get-secret-value", "--secret-id", secret, "--output-file", "-", *flags)
            expect(value == VALUE, f"{secret} without a Region is not what was packed")
    second.expect_file(stick / f"photos.tar.{HOME_REGION}.bundle", HOME_REGION, digest)
    # A secret's bundle is a message like any other.
    for bundle in (second.folder / "coldseal-vault").rglob(f"{HOME_REGION}.*.bundle"):
        expect(second.run("open", bundle, "-o", "-") == VALUE, f"{bundle} opens to something else")
    counts = second.document("verify", "--open", "--output", "json", *signers(second))
    expect(counts["Open"] == {"Opened": 2, "NotOpenableHere": 0, "Failed": 0} and counts["Faults"] == [], f"verify: {counts}")
    expect(not [note for note in counts["Notes"] if "leftover" in note["Message"]], f"verify: {counts}")
    script = [sys.executable, VERIFY, "coldseal-vault", "signers"]
    done = subprocess.run(script, cwd=second.folder, capture_output=True, text=True, check=False)
    expect(done.returncode == 0 and "signed by alice@example.com" in done.stdout, done.stdout + done.stderr)
    for words in (["list-secrets"], ["describe-secret", "--secret-id", SECRET], ["status"], ["exec", "--secret-id", SECRET, "--as", "VALUE", "--", "true"]):
        second.run(*words)
    unpacked = second.folder / "unpacked"
    second.run("unpack", "--output-dir", unpacked, *signers(second))
    expect((unpacked / SECRET).read_bytes() == VALUE, "unpack wrote something else")
    shutil.rmtree(unpacked)


def check_refusals(first, second, keys):
    """What belongs to other Regions stays closed, wherever it came from; the error says which key, and what to do."""
    for region in REGIONS[:2]:
        arn = f"arn:aws:kms:{region}:000000000000:key/{keys[region]}"
        bundles = [first.folder / "packed" / f"photos.tar.{region}.bundle", *(first.folder / "coldseal-vault").rglob(f"{region}.*.bundle")]
        expect(len(bundles) >= 3, f"three bundles for {region}, not {bundles}")
        for bundle in bundles:
            target = second.folder / "other"
            error = second.refused("open", bundle, "-o", target)
            expect(arn in error and "does not exist" in error, f"the error does not name the key:\n{error}")
            expect("hint: " in error and "--keystore" in error, f"the error names no way out:\n{error}")
            expect(not target.exists(), "a refused bundle left a file")
        # The whole vault, as if everything had been copied.
        vault = ["--vault", first.folder / "coldseal-vault"]
        error = second.refused("get-secret-value", "--secret-id", SECRET, "--region", region, *vault)
        expect("(DecryptionFailure)" in error and arn in error and "hint: " in error, f"not clear:\n{error}")
        # And the one that came without this Region's bundle.
        error = second.refused("get-secret-value", "--secret-id", SECRET, "--region", region)
        expect(f"not in {region}, but in {HOME_REGION}" in error, f"the error does not say where the secret is:\n{error}")


def rotate_and_rewrap(first, keys):
    """Fresh material everywhere; secrets and file move to it, and copies of what was packed before are kept."""
    for region in REGIONS:
        first.run("kms", "rotate-key-on-demand", "--region", region, "--key-id", keys[region])
    shutil.copytree(first.folder / "packed", first.folder / "before")
    shutil.copytree(first.folder / "coldseal-vault", first.folder / "vault-before")
    before = {secret: wrapped(first, secret) for secret in (SECRET, OTHER)}
    done = first.document("rewrap", "--all")
    expect(sorted(entry["Name"] for entry in done["Rewrapped"]) == [SECRET, OTHER] and done["Failed"] == [], f"rewrap --all: {done}")
    for secret, bundles in before.items():
        after = wrapped(first, secret)
        expect(all(bundles[region] != after[region] for region in REGIONS), f"rewrap --all left a bundle of {secret} as it was")
    for region in REGIONS:
        bundle = f"before/photos.tar.{region}.bundle"
        first.run("rewrap", bundle, "--to", f"Region={region},KmsKeyId=alias/hand-over", "--output-dir", "rewrapped")


def wrapped(machine, secret):
    bundles = machine.document("describe-secret", "--secret-id", secret, "--region", REGIONS[0])["Bundles"]
    return {bundle["Region"]: bundle["SHA256"] for bundle in bundles}


def check_first(first, digest):
    """The machine that has all keys: old and new bundles, in all Regions."""
    for region in REGIONS:
        for secret in (SECRET, OTHER):
            first.expect_secret(secret, region)
        for folder in ("before", "rewrapped"):
            first.expect_file(f"{folder}/photos.tar.{region}.bundle", region, digest)
        for vault in ("coldseal-vault", "vault-before"):
            for bundle in (first.folder / vault).rglob(f"{region}.*.bundle"):
                expect(first.run("open", bundle, "-o", "-") == VALUE, f"{bundle} opens to something else")
    counts = first.document("verify", "--open", "coldseal-vault", "vault-before", "--output", "json")
    expect(counts["Open"] == {"Opened": 12, "NotOpenableHere": 0, "Failed": 0} and counts["Faults"] == [], f"verify: {counts}")


def second_hand_over(first, second, stick, keys, digest):
    """Before it, the rotated key's bundles stay closed on the second machine; after it, everything opens, old and new."""
    rewrapped = first.folder / "rewrapped" / f"photos.tar.{HOME_REGION}.bundle"
    error = second.refused("open", rewrapped, "-o", "-")
    expect(f"key/{keys[HOME_REGION]}" in error and "hint: " in error, f"a bundle under newer material: not clear:\n{error}")
    arn = f"arn:aws:kms:{HOME_REGION}:000000000000:key/{keys[HOME_REGION]}"
    imported = hand_over(first, second, stick, "rotated")
    expect((imported["UpdatedKeys"], imported["ImportedKeys"]) == ([arn], []), f"import-keys of the rotated key: {imported}")
    shutil.copy2(rewrapped, stick / f"photos.tar.{HOME_REGION}.bundle")
    check_second(second, stick, digest)
    second.expect_file(first.folder / "before" / f"photos.tar.{HOME_REGION}.bundle", HOME_REGION, digest)
    for bundle in (first.folder / "vault-before").rglob(f"{HOME_REGION}.*.bundle"):
        expect(second.run("open", bundle, "-o", "-") == VALUE, f"{bundle}, from before the rotation, opens to something else")
    check_refusals(first, second, keys)
    error = second.refused("import", stick / "keys.tar", *signers(second))
    expect("this is an older package" in error and "hint: " in error, f"the first delivery again: not clear:\n{error}")


def test_one_region_is_handed_over(binary, folder):
    first, second = Machine(binary, folder, "first"), Machine(binary, folder, "second")
    stick = folder / "stick"
    stick.mkdir(parents=True)
    keys, digest = pack(first)
    note(f"packed: 2 secrets and {FILE_SIZE >> 20} MiB for {', '.join(REGIONS)}")
    imported = hand_over(first, second, stick, "keys")
    expect(len(imported["ImportedKeys"]) == 1 and imported["UpdatedKeys"] == [], f"import-keys: {imported}")
    shutil.copy2(first.folder / "packed" / f"photos.tar.{HOME_REGION}.bundle", stick)
    check_second(second, stick, digest)
    note(f"second machine: opened everything for {HOME_REGION}, byte for byte")
    check_refusals(first, second, keys)
    note(f"second machine: refused {', '.join(REGIONS[:2])}, naming the key and the way out")
    rotate_and_rewrap(first, keys)
    check_first(first, digest)
    note("first machine: rotated and rewrapped; old and new bundles open")
    second_hand_over(first, second, stick, keys, digest)
    note("second machine: after the second hand-over old and new bundles open, other Regions' are refused")
