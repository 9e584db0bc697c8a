"""The official Python SDK opens what coldseal packed from public keys alone, with its keyrings for RSA and ECDH keys in AWS KMS.

In place of AWS KMS, a keystore that has the private keys answers each request of the SDK's KMS client, before it would leave for the network.
The Python blocks of the documentation run the same way, in a folder with the bundles under the names that they use.

Usage: interop_public_keys.py BINARY FOLDER
"""

import contextlib
import io
import json
import logging
import re
import sys
from pathlib import Path
from unittest import mock

import boto3
from acceptance_public_keys import KEYS, VALUE, make_keys
from aws_cryptographic_material_providers.mpl.models import (
    CreateAwsKmsEcdhKeyringInput,
    CreateAwsKmsRsaKeyringInput,
    KmsEcdhStaticConfigurationsKmsPublicKeyDiscovery,
    KmsPublicKeyDiscoveryInput,
)
from botocore.awsrequest import AWSResponse
from common import Coldseal, fail
from interop import CLIENT, PROVIDERS

COMMANDS = {"Decrypt": "decrypt", "DeriveSharedSecret": "derive-shared-secret", "GetPublicKey": "get-public-key"}
FLAGS = {
    "KeyId": "--key-id",
    "CiphertextBlob": "--ciphertext-blob",
    "EncryptionAlgorithm": "--encryption-algorithm",
    "PublicKey": "--public-key",
    "KeyAgreementAlgorithm": "--key-agreement-algorithm",
}
ALGORITHMS = ["RSAES_OAEP_SHA_256", "RSAES_OAEP_SHA_1"]


class Body:
    """The body of an answer, as botocore reads it."""

    def __init__(self, content):
        self.content = content

    def stream(self, *_args, **_kwargs):
        yield self.content


def kms_client(cloud, region):
    """A KMS client whose requests the keystore answers."""

    def answer(request, **_):
        target = request.headers["X-Amz-Target"]
        operation = (target.decode() if isinstance(target, bytes) else target).split(".")[1]
        asked = json.loads(request.body)
        args = [word for member, value in asked.items() if member in FLAGS for word in (FLAGS[member], value)]
        done = cloud.tried("kms", COMMANDS[operation], "--region", region, *args)
        refused = b'{"__type": "InvalidCiphertextException"}'
        status, content = (200, done.stdout) if done.returncode == 0 else (400, refused)
        return AWSResponse(request.url, status, {"content-type": "application/x-amz-json-1.1"}, Body(content))

    client = boto3.Session().client("kms", region_name=region, aws_access_key_id="none", aws_secret_access_key="none")
    client.meta.events.register("before-send.kms", answer)
    return client


def keyring(client, arn, spec, algorithm):
    if spec.startswith("RSA"):
        asked = CreateAwsKmsRsaKeyringInput(kms_key_id=arn, encryption_algorithm=algorithm, kms_client=client)
        return PROVIDERS.create_aws_kms_rsa_keyring(input=asked)
    scheme = KmsEcdhStaticConfigurationsKmsPublicKeyDiscovery(KmsPublicKeyDiscoveryInput(recipient_kms_identifier=arn))
    return PROVIDERS.create_aws_kms_ecdh_keyring(input=CreateAwsKmsEcdhKeyringInput(key_agreement_scheme=scheme, curve_spec=spec, kms_client=client))


def refuses(message, with_keyring):
    try:
        CLIENT.decrypt(source=message, keyring=with_keyring)
    except Exception:  # the library raises errors of its own kinds and of AWS's
        return True
    return False


def run_documented(cloud, arns, bundles):
    """Runs each Python block of README.md and docs/, with the real ARNs in place of the examples; all that it prints has to be the value."""
    root = Path(__file__).resolve().parent.parent
    for region, bundle in bundles.items():
        (cloud.folder / f"{region}.bundle").write_bytes(Path(bundle).read_bytes())
    count = 0
    for page in [root / "README.md", *sorted((root / "docs").glob("*.md"))]:
        for block in re.findall(r"(?ms)^```python\n(.*?)^```$", page.read_text(encoding="utf-8")):
            for region, arn in arns.items():
                block = re.sub(rf"arn:aws:kms:{region}:\d{{12}}:key/\.\.\.", arn, block)
            printed = io.StringIO()
            client = mock.patch("boto3.client", lambda _service, region_name: kms_client(cloud, region_name))
            with contextlib.chdir(cloud.folder), client, contextlib.redirect_stdout(printed):
                exec(compile(block, str(page), "exec"), {"__name__": "documented"})
            lines = printed.getvalue().splitlines()
            if not lines or any(line != repr(VALUE.encode()) for line in lines):
                fail(f"{page.name}: its Python printed {lines}")
            count += 1
    if not count:
        fail("the documentation has no Python")
    print(f"{count} Python blocks of the documentation ran")


def main(binary, folder):
    # The SDK logs a trace of everything that it refuses.
    logging.disable(logging.CRITICAL)
    cloud, machine = Coldseal(binary, f"{folder}/cloud"), Coldseal(binary, f"{folder}/machine")
    arns = make_keys(cloud, machine)
    (machine.folder / "value").write_text(VALUE)
    regions = [f"Region={region},KmsKeyId={arn}" for region, arn in arns.items()]
    opened = 0
    for algorithm in ALGORITHMS:
        create = ["create-secret", "--name", algorithm, "--secret-string", "file://value", "--region", "us-east-1", "--kms-key-id", arns["us-east-1"]]
        answer = json.loads(machine.run(*create, "--encryption-algorithm", algorithm, "--add-replica-regions", *regions[1:]))
        for bundle in answer["Bundles"]:
            region, arn = bundle["Region"], bundle["KmsKeyId"]
            with open(bundle["Path"], "rb") as file:
                message = file.read()
            spec, _ = KEYS[region]
            right = keyring(kms_client(cloud, region), arn, spec, algorithm)
            plaintext, header = CLIENT.decrypt(source=message, keyring=right)
            if plaintext.decode() != VALUE or f":{region}:" not in header.encryption_context["SecretARN"]:
                fail(f"{region}, {algorithm}: the SDK opened something else")
            other = next(name for name in ALGORITHMS if name != algorithm)
            if spec.startswith("RSA") and not refuses(message, keyring(kms_client(cloud, region), arn, spec, other)):
                fail(f"{region}: a bundle by {algorithm} opens by {other}")
            opened += 1
        if algorithm == ALGORITHMS[0]:
            run_documented(cloud, arns, {bundle["Region"]: bundle["Path"] for bundle in answer["Bundles"]})
    print(f"the SDK opened {opened} bundles that were packed from public keys alone")


if __name__ == "__main__":
    main(*sys.argv[1:])
