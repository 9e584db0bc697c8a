"""Asymmetric keys of the embedded KMS open what the official Python SDK sealed for them, by the public keys that coldseal hands out.

The SDK's AWS KMS RSA keyring wraps without a call to AWS KMS; its client points to nothing. Its AWS KMS ECDH keyring asks for the secret that its
own key shares with the recipient's; coldseal answers in place of AWS KMS.
"""

import base64
import itertools
import json
import os

import boto3
from aws_cryptographic_material_providers.mpl.models import (
    CreateAwsKmsEcdhKeyringInput,
    CreateAwsKmsRsaKeyringInput,
    EphemeralPrivateKeyToStaticPublicKeyInput,
    KmsEcdhStaticConfigurationsKmsPrivateKeyToStaticPublicKey,
    KmsPrivateKeyToStaticPublicKeyInput,
)
from aws_cryptographic_material_providers.mpl.models import RawEcdhStaticConfigurationsEphemeralPrivateKeyToStaticPublicKey as EphemeralSender
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from support.coldseal import Coldseal, fail
from support.kms_stand_in import kms_client
from support.notes import note
from support.python_sdk import CLIENT, CONTEXTS, PROVIDERS, SIZES, SUITES, ecdh

REGION = "us-west-2"
UNSIGNED, SIGNED = SUITES
RSA = ["RSA_2048", "RSA_3072", "RSA_4096"]
CURVES = ["p256", "p384", "p521"]
ALGORITHMS = ["RSAES_OAEP_SHA_256", "RSAES_OAEP_SHA_1"]


def no_kms():
    """A KMS client that cannot reach anything."""
    return boto3.client("kms", region_name=REGION, aws_access_key_id="none", aws_secret_access_key="none", endpoint_url="http://127.0.0.1:9")


def rsa_keyring(arn, public_key, algorithm):
    pem = load_der_public_key(public_key).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    asked = CreateAwsKmsRsaKeyringInput(kms_key_id=arn, public_key=pem, encryption_algorithm=algorithm, kms_client=no_kms())
    return PROVIDERS.create_aws_kms_rsa_keyring(input=asked)


def ecdh_keyring(curve, public_key):
    return ecdh(curve, EphemeralSender(value=EphemeralPrivateKeyToStaticPublicKeyInput(recipient_public_key=public_key)))


def kms_ecdh_keyring(coldseal, spec, public_key):
    """Seals with a key of AWS KMS as the static sender, which opens what it sent too."""
    sender, sender_public_key = made(coldseal, spec, "KEY_AGREEMENT")
    pair = KmsPrivateKeyToStaticPublicKeyInput(sender_kms_identifier=sender, sender_public_key=sender_public_key, recipient_public_key=public_key)
    asked = CreateAwsKmsEcdhKeyringInput(
        key_agreement_scheme=KmsEcdhStaticConfigurationsKmsPrivateKeyToStaticPublicKey(value=pair), curve_spec=spec, kms_client=kms_client(coldseal, REGION)
    )
    return sender, PROVIDERS.create_aws_kms_ecdh_keyring(input=asked)


def made(coldseal, spec, usage):
    """The ARN and the public key of a new key."""
    created = coldseal.run("kms", "create-key", "--region", REGION, "--key-spec", spec, "--key-usage", usage)
    arn = json.loads(created)["KeyMetadata"]["Arn"]
    return arn, base64.b64decode(json.loads(coldseal.run("kms", "get-public-key", "--key-id", arn))["PublicKey"])


def keys(coldseal):
    """(title, ARN, keyring of the SDK, suites) of each kind of key; a message under an RSA key of AWS KMS is never signed."""
    for spec in RSA:
        arn, public_key = made(coldseal, spec, "ENCRYPT_DECRYPT")
        for algorithm in ALGORITHMS:
            yield f"{spec} {algorithm}", arn, rsa_keyring(arn, public_key, algorithm), [UNSIGNED]
    for curve in CURVES:
        spec = f"ECC_NIST_{curve.upper()}"
        arn, public_key = made(coldseal, spec, "KEY_AGREEMENT")
        yield spec, arn, ecdh_keyring(curve, public_key), [UNSIGNED, SIGNED]
        sender, keyring = kms_ecdh_keyring(coldseal, spec, public_key)
        yield f"{spec} to the recipient of another key", arn, keyring, [UNSIGNED, SIGNED]
        yield f"{spec} to the sender", sender, keyring, [UNSIGNED, SIGNED]


def test_key_pairs_open_messages_of_the_sdk(binary, folder):
    coldseal = Coldseal(binary, folder)
    count = 0
    for title, arn, keyring, suites in keys(coldseal):
        for suite, size, context in itertools.product(suites, SIZES, CONTEXTS):
            payload = os.urandom(size)
            message, _ = CLIENT.encrypt(source=payload, keyring=keyring, encryption_context=context, algorithm=suite)
            # The message names its key, or the key's point; a key that is named has to be the one.
            for flags in ([], ["--kms-key-id", arn]):
                if coldseal.run("open", *flags, stdin=message) != payload:
                    fail(f"{title}, {suite.name}, {size} bytes: another payload")
                count += 1
        other, _ = made(coldseal, "RSA_2048", "ENCRYPT_DECRYPT")
        coldseal.run("open", "--kms-key-id", other, stdin=message, expect=254)
    note(f"asymmetric keys opened {count} messages of the SDK")
