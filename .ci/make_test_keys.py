"""Writes the keys that tests read: files in older encodings, and public keys and aliases as AWS KMS prints them.

Usage: make_test_keys.py FOLDER

Into FOLDER go keys and public-keys, as in tests/data, with fresh keys. test_interop_generated_data.py has coldseal seal for each of them.
"""

import base64
import json
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

ACCOUNT = "111122223333"
CURVES = {"P256": ec.SECP256R1(), "P384": ec.SECP384R1(), "P521": ec.SECP521R1()}
# File, key spec, Region, key id.
KMS_KEYS = [
    ("rsa-4096", "RSA_4096", "us-east-1", "11111111-1111-4111-8111-111111111111"),
    ("p384", "ECC_NIST_P384", "eu-west-1", "22222222-2222-4222-8222-222222222222"),
    ("rsa-2048", "RSA_2048", "ap-southeast-2", "33333333-3333-4333-8333-333333333333"),
    ("rsa-3072", "RSA_3072", "us-west-2", "44444444-4444-4444-8444-444444444444"),
    ("p256", "ECC_NIST_P256", "us-west-2", "55555555-5555-4555-8555-555555555555"),
    ("p521", "ECC_NIST_P521", "us-west-2", "mrk-66666666666646668666666666666666"),
]
# AWS lists aliases that it has reserved and not used yet, without a key.
ALIASES = {
    "alias/team": "11111111-1111-4111-8111-111111111111",
    "alias/aws/s3": "99999999-9999-4999-8999-999999999999",
    "alias/aws/ebs": None,
}
WHEN = "2026-10-01T12:00:00.000000+00:00"
EC_PARAMETERS_P384 = b"-----BEGIN EC PARAMETERS-----\nBgUrgQQAIg==\n-----END EC PARAMETERS-----\n"


def generate(spec):
    family, size = spec.split("_")[0], spec.split("_")[-1]
    return rsa.generate_private_key(public_exponent=65537, key_size=int(size)) if family == "RSA" else ec.generate_private_key(CURVES[size])


def pretty(document):
    return json.dumps(document, indent=4).encode() + b"\n"


def older_encodings():
    """PKCS#1, and SEC 1 behind the block of parameters that `openssl ecparam -genkey` writes."""
    pair, curve = generate("RSA_2048"), generate("ECC_NIST_P384")
    traditional = {"encoding": Encoding.PEM, "format": PrivateFormat.TraditionalOpenSSL, "encryption_algorithm": NoEncryption()}
    yield "keys/rsa-pkcs1.pem", pair.private_bytes(**traditional)
    yield "keys/rsa-pkcs1.pub.pem", pair.public_key().public_bytes(Encoding.PEM, PublicFormat.PKCS1)
    yield "keys/p384-sec1.pem", EC_PARAMETERS_P384 + curve.private_bytes(**traditional)


def get_public_key(arn, spec, der):
    """The answer of GetPublicKey, as the AWS CLI prints it."""
    answer = {"KeyId": arn, "PublicKey": base64.b64encode(der).decode(), "CustomerMasterKeySpec": spec, "KeySpec": spec}
    if spec.startswith("RSA"):
        return {**answer, "KeyUsage": "ENCRYPT_DECRYPT", "EncryptionAlgorithms": ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"]}
    return {**answer, "KeyUsage": "KEY_AGREEMENT", "KeyAgreementAlgorithms": ["ECDH"]}


def list_aliases(region):
    """The answer of ListAliases, as the AWS CLI prints it."""
    for name, target in ALIASES.items():
        alias = {"AliasName": name, "AliasArn": f"arn:aws:kms:{region}:{ACCOUNT}:{name}"}
        yield {**alias, "TargetKeyId": target, "CreationDate": WHEN, "LastUpdatedDate": WHEN} if target else alias


def public_keys():
    for name, spec, region, key_id in KMS_KEYS:
        public = generate(spec).public_key()
        der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        yield f"public-keys/{name}.json", pretty(get_public_key(f"arn:aws:kms:{region}:{ACCOUNT}:key/{key_id}", spec, der))
        if name == "rsa-3072":
            yield f"public-keys/{name}.pem", public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        if name == "p256":
            yield f"public-keys/{name}.der", der
    yield "public-keys/aliases.json", pretty({"Aliases": list(list_aliases("us-east-1"))})


def main(folder):
    folder = Path(folder).resolve()
    for name, content in [*older_encodings(), *public_keys()]:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o600)


if __name__ == "__main__":
    main(*sys.argv[1:])
