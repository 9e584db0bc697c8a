"""Writes messages of the official Python SDK that tests open: under an RSA key of AWS KMS, whose public key is enough to make them.

Usage: make_test_messages.py FOLDER       writes what tests/data/messages has; data key, message ID and IV are fresh
"""

import sys
from pathlib import Path

import aws_encryption_sdk
import boto3
from aws_cryptographic_material_providers.mpl import AwsCryptographicMaterialProviders
from aws_cryptographic_material_providers.mpl.config import MaterialProvidersConfig
from aws_cryptographic_material_providers.mpl.models import CreateAwsKmsRsaKeyringInput
from aws_encryption_sdk.identifiers import AlgorithmSuite, CommitmentPolicy

KEY = Path(__file__).parent.parent / "tests/vectors/keys/raw-rsa2048.pub.pem"
ARN = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
CONTEXTS = {"context": {"purpose": "kms rsa", "é": "ü"}, "empty": {}}
ALGORITHMS = ["RSAES_OAEP_SHA_256", "RSAES_OAEP_SHA_1"]
SUITE = AlgorithmSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY
PROVIDERS = AwsCryptographicMaterialProviders(config=MaterialProvidersConfig())
CLIENT = aws_encryption_sdk.EncryptionSDKClient(commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)


def no_kms():
    """A KMS client that cannot reach anything."""
    return boto3.client("kms", region_name="us-west-2", aws_access_key_id="none", aws_secret_access_key="none", endpoint_url="http://127.0.0.1:9")


def main(folder):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for algorithm in ALGORITHMS:
        asked = CreateAwsKmsRsaKeyringInput(kms_key_id=ARN, public_key=KEY.read_bytes(), encryption_algorithm=algorithm, kms_client=no_kms())
        keyring = PROVIDERS.create_aws_kms_rsa_keyring(input=asked)
        digest = algorithm.removeprefix("RSAES_OAEP_").replace("_", "").lower()
        for name, context in CONTEXTS.items():
            message, _ = CLIENT.encrypt(source=b"attack at dawn\n", keyring=keyring, encryption_context=context, algorithm=SUITE)
            (folder / f"py-kms-rsa-{digest}-{name}.esdk").write_bytes(message)


if __name__ == "__main__":
    main(*sys.argv[1:])
