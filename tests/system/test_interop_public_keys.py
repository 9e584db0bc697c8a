"""The official Python SDK opens what coldseal packed from public keys alone, with its keyrings for RSA and ECDH keys in AWS KMS.

In place of AWS KMS, a keystore that has the private keys answers each request of the SDK's KMS client, before it would leave for the network.
The Python blocks of the documentation run the same way, in a folder with the bundles under the names that they use.
"""

import contextlib
import io
import json
import re
from pathlib import Path
from unittest import mock

from aws_cryptographic_material_providers.mpl.models import (
    CreateAwsKmsEcdhKeyringInput,
    CreateAwsKmsRsaKeyringInput,
    KmsEcdhStaticConfigurationsKmsPublicKeyDiscovery,
    KmsPublicKeyDiscoveryInput,
)

from support.coldseal import Coldseal, fail
from support.kms_stand_in import kms_client
from support.notes import note
from support.public_keys import KEYS, VALUE, make_keys
from support.python_sdk import CLIENT, PROVIDERS

ALGORITHMS = ["RSAES_OAEP_SHA_256", "RSAES_OAEP_SHA_1"]


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
    root = Path(__file__).resolve().parent.parent.parent
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
    note(f"{count} Python blocks of the documentation ran")


def test_the_sdk_opens_what_was_packed_from_public_keys(binary, folder):
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
    note(f"the SDK opened {opened} bundles that were packed from public keys alone")
