"""The official Python SDK with its material providers library: the other implementation, and what drives it."""

import os

import aws_encryption_sdk
from aws_cryptographic_material_providers.mpl import AwsCryptographicMaterialProviders
from aws_cryptographic_material_providers.mpl.config import MaterialProvidersConfig
from aws_cryptographic_material_providers.mpl.models import AesWrappingAlg, CreateRawAesKeyringInput, CreateRawEcdhKeyringInput
from aws_cryptography_primitives.smithygenerated.aws_cryptography_primitives.models import ECDHCurveSpec
from aws_encryption_sdk.identifiers import AlgorithmSuite, CommitmentPolicy

from support.coldseal import Coldseal, write_secret

SUITE = AlgorithmSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY
WRAPPING = {
    16: AesWrappingAlg.ALG_AES128_GCM_IV12_TAG16,
    24: AesWrappingAlg.ALG_AES192_GCM_IV12_TAG16,
    32: AesWrappingAlg.ALG_AES256_GCM_IV12_TAG16,
}
NAMESPACE = "ci"
# Sorted by UTF-16 unit and by UTF-8 byte these keys come in different orders; the message format means the bytes.
AWKWARD_CONTEXTS = [
    {"a": "b"},
    {"é": "ü", "日本": "語", "～": "U+FF5E", "𐀀": "U+10000", "emoji 🔑": "", "a b": "c=d"},
    {},
]
# Each suite with the options that make coldseal write it.
SUITES = {
    AlgorithmSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY: [],
    AlgorithmSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384: ["--sign-message"],
}
SIGNATURE_KEY = "aws-crypto-public-key"
SIZES = [0, 1, 64 * 1024, 3 * 1024 * 1024]
CONTEXTS = [{"purpose": "interop", "é": "𐀀"}, {}]

PROVIDERS = AwsCryptographicMaterialProviders(config=MaterialProvidersConfig())
CLIENT = aws_encryption_sdk.EncryptionSDKClient(commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)


def keyring(name, key, namespace=NAMESPACE):
    asked = CreateRawAesKeyringInput(key_namespace=namespace, key_name=name, wrapping_key=key, wrapping_alg=WRAPPING[len(key)])
    return PROVIDERS.create_raw_aes_keyring(input=asked)


def ecdh(curve, schema):
    asked = CreateRawEcdhKeyringInput(curve_spec=getattr(ECDHCurveSpec, f"ECC_NIST_{curve.upper()}"), key_agreement_scheme=schema)
    return PROVIDERS.create_raw_ecdh_keyring(input=asked)


def context_flags(context):
    pairs = [f"{name}={value}" for name, value in context.items()]
    return ["--encryption-context", *pairs] if pairs else []


class Pair:
    """One coldseal, one SDK, and wrapping keys that both know."""

    def __init__(self, binary, folder):
        self.coldseal = Coldseal(binary, folder)
        self.folder = self.coldseal.folder
        self.keys = {f"aes-{8 * size}": os.urandom(size) for size in WRAPPING}
        for name, key in self.keys.items():
            write_secret(self.folder / name, key)

    def key_flags(self, name):
        return ["--raw-aes-key", f"{NAMESPACE}/{name}={name}"]
