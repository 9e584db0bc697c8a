"""The README's month in ten commands, word for word, with 40 files of every kind: after each command every Region has what it should, byte for byte.

What is in a Region is read by `unpack` and by boto3, through `serve`.
"""

import json
import os
import random
import re
import shutil
import subprocess
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12

from support.coldseal import Coldseal, expect, fail
from support.endpoints import ServeSecrets
from support.notes import note
from test_documentation import commands

ROOT = Path(__file__).parent.parent.parent
HEADING = "### A month in ten commands\n"
HOME, AWAY, GONE, NEW = "us-west-2", "eu-west-1", "us-east-1", "ap-south-1"
DAYS = timedelta(days=90)


def key_and_certificate(name):
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(timezone.utc)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now).not_valid_after(now + DAYS)
    return key, builder.sign(key, hashes.SHA256())


def pem(key, certificate):
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain) + certificate.public_bytes(serialization.Encoding.PEM)


def files():
    """40 files of the kinds that people have, those among them that the README changes."""
    chance, found = random.Random(40), {}
    for number in range(7):
        found[f"app/{number}/.env"] = f"USER=saanvi\nPASSWORD='EXAMPLE {number} $x'\n# é\n".encode()
        found[f"app/{number}/db.json"] = json.dumps({"username": "saanvi", "password": f"EXAMPLE-{number}", "port": 3306}, indent=number or None).encode()
        found[f"app/{number}/values.yaml"] = f"mail:\n  password: 'EXAMPLE-{number}'\r\nlist: [1, 2]\r\n".encode()
    for number in range(5):
        key, certificate = key_and_certificate(f"{number}.example.com")
        found[f"tls/{number}/server.pem"] = pem(key, certificate)
        found[f"tls/{number}/keystore.p12"] = pkcs12.serialize_key_and_certificates(b"app", key, certificate, None, serialization.BestAvailableEncryption(b"EXAMPLE"))
    found["binary/largest"] = chance.randbytes(65_536)
    # What the README names.
    example = ROOT / "examples/secrets.d"
    found.update({str(path.relative_to(example)): path.read_bytes() for path in example.rglob("*") if path.is_file()})
    return found


class Month:
    """Somebody who types what the README has."""

    def __init__(self, binary, aws, folder):
        self.coldseal = Coldseal(binary, folder)
        self.folder = self.coldseal.folder
        self.coldseal.env["PATH"] = f"{Path(binary).resolve().parent}:{aws.parent}:{os.environ['PATH']}"
        self.coldseal.env["COLDSEAL_VAULT"] = str(self.folder / "month")
        for name, content in files().items():
            path = self.folder / "examples/secrets.d" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    def typed(self, command):
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command], cwd=self.folder, env=self.coldseal.env, stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
        if done.returncode != 0:
            fail(f"{command}: exit code {done.returncode}\n{done.stdout.decode()}{done.stderr.decode()}")
        return done.stdout

    def files(self):
        """What is to be everywhere."""
        folder = self.folder / "secrets.d"
        return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    def check(self, regions):
        """Each of these Regions has the files as they are, and no other has any."""
        wanted = self.files()
        for region in {HOME, AWAY, GONE, NEW}:
            if region not in regions:
                listed = json.loads(self.coldseal.run("list-secrets", "--region", region, "--output", "json"))["SecretList"]
                expect(listed == [], f"{region} has {[secret['Name'] for secret in listed]}")
                continue
            target = self.folder / f"read-{region}"
            shutil.rmtree(target, ignore_errors=True)
            self.coldseal.run("unpack", "--region", region, "--output-dir", target)
            found = {str(path.relative_to(target)): path.read_bytes() for path in target.rglob("*") if path.is_file()}
            expect(found == wanted, f"{region}: {sorted(set(found) ^ set(wanted))}, {[name for name in found if found[name] != wanted.get(name)]}")

    def read_by_boto3(self, regions):
        wanted = self.files()
        with ServeSecrets(self.coldseal) as server:
            for region in regions:
                client = server.client(region)
                pages = client.get_paginator("list_secrets").paginate()
                names = [secret["Name"] for page in pages for secret in page["SecretList"]]
                expect(sorted(names) == sorted(wanted), f"{region}: boto3 lists {sorted(set(names) ^ set(wanted))}")
                for name, content in wanted.items():
                    value = client.get_secret_value(SecretId=name)
                    read = value["SecretBinary"] if "SecretBinary" in value else value["SecretString"].encode()
                    expect(read == content, f"{region}, {name}: boto3 reads another value")


def month():
    """The commands of the README's section."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    _, found, rest = text.partition(HEADING)
    expect(found, f"the README has no section {HEADING}")
    return [command for command, _ in commands(re.split(r"(?m)^##+ ", rest)[0])]


@pytest.fixture
def somebody(binary, aws, folder):
    return Month(binary, aws, folder)


def test_a_month_in_ten_commands(somebody):
    typed = month()
    own = [command for command in typed if command.startswith("coldseal ")]
    expect(len(own) == 10, f"{len(own)} commands: {own}")
    expect(len(files()) == 40, f"{len(files())} files")
    # The Regions after each command, where they change.
    regions, shown = [], {}
    for command in typed:
        before = somebody.files() if regions else {}
        shown[command] = somebody.typed(command)
        name = command.split()[1]
        if name == "pack":
            regions = [HOME, GONE, AWAY]
        elif name == "replicate-secret-to-regions":
            regions.append(NEW)
        elif name == "remove-regions-from-replication":
            regions.remove(GONE)
        elif not command.startswith("coldseal "):
            if before:
                after = somebody.files()
                changed = [file for file in after if after[file] != before.get(file)]
                expect(len(changed) == 5 and len(set(before) - set(after)) == 1, f"a month changes five and retires one: {changed}")
            continue
        somebody.check(regions)
    somebody.read_by_boto3(regions)
    state = json.loads(somebody.coldseal.run("status", "--output", "json"))["Secrets"]
    retired = [secret["Name"] for secret in state if "DeletedDate" in secret]
    expect(len(retired) == 1 and retired[0] not in somebody.files(), f"retired: {retired}")
    for secret in state:
        if secret["Name"] in retired:
            continue
        expect({region["Region"] for region in secret["Regions"]} == set(regions), f"{secret}")
        expect(all(region["Status"] in ("Primary", "InSync") for region in secret["Regions"]), f"{secret}")
        # Of the default key nothing is shown.
        keys = {region: json.loads(somebody.coldseal.run("describe-secret", "--secret-id", secret["Name"], "--region", region)).get("KmsKeyId") for region in regions}
        expect([region for region in regions if keys[region]] == [AWAY], f"{AWAY} alone moves: {keys}")
    # The month before is still known, in the Regions that were there.
    previous = somebody.coldseal.run("get-secret-value", "--secret-id", "app/db.json", "--version-stage", "AWSPREVIOUS", "--region", AWAY, "--output-file", "-")
    expect(b"EXAMPLE-PASSWORD" in previous, f"{previous}")
    note(f"{len(somebody.files())} files in {len(regions)} Regions after ten commands")
