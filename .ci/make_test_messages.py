"""Writes messages of the official Python SDK that tests open: under an RSA key of AWS KMS, whose public key is enough to make them.

Usage: make_test_messages.py FOLDER       writes what tests/data/messages has; data key, message ID and IV are fresh
"""

import sys
from pathlib import Path

from aws_cryptographic_material_providers.mpl.models import CreateAwsKmsRsaKeyringInput

from interop_keyrings import CLIENT, PROVIDERS, SUITES
from interop_kms_keys import ALGORITHMS, no_kms

KEY = Path(__file__).parent.parent / "tests/vectors/keys/raw-rsa2048.pub.pem"
ARN = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
CONTEXTS = {"context": {"purpose": "kms rsa", "é": "ü"}, "empty": {}}
UNSIGNED, _ = SUITES


def main(folder):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for algorithm in ALGORITHMS:
        asked = CreateAwsKmsRsaKeyringInput(kms_key_id=ARN, public_key=KEY.read_bytes(), encryption_algorithm=algorithm, kms_client=no_kms())
        keyring = PROVIDERS.create_aws_kms_rsa_keyring(input=asked)
        digest = algorithm.removeprefix("RSAES_OAEP_").replace("_", "").lower()
        for name, context in CONTEXTS.items():
            message, _ = CLIENT.encrypt(source=b"attack at dawn\n", keyring=keyring, encryption_context=context, algorithm=UNSIGNED)
            (folder / f"py-kms-rsa-{digest}-{name}.esdk").write_bytes(message)


if __name__ == "__main__":
    main(*sys.argv[1:])
