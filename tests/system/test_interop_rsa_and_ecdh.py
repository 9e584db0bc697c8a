"""coldseal and the official Python SDK open each other's messages under RSA and elliptic curve keys, alone and several in one message."""

import os
from typing import NamedTuple

import pytest
from aws_cryptographic_material_providers.mpl.models import (
    CreateMultiKeyringInput,
    CreateRawRsaKeyringInput,
    EphemeralPrivateKeyToStaticPublicKeyInput,
    PaddingScheme,
    PublicKeyDiscoveryInput,
    RawEcdhStaticConfigurationsEphemeralPrivateKeyToStaticPublicKey,
    RawEcdhStaticConfigurationsPublicKeyDiscovery,
    RawEcdhStaticConfigurationsRawPrivateKeyToStaticPublicKey,
    RawPrivateKeyToStaticPublicKeyInput,
)
from aws_encryption_sdk.exceptions import AWSEncryptionSDKClientError
from aws_encryption_sdk.identifiers import AlgorithmSuite
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from support.coldseal import Coldseal, fail, write_secret
from support.notes import note
from support.python_sdk import CLIENT, CONTEXTS, NAMESPACE, PROVIDERS, SIGNATURE_KEY, SIZES, SUITES, context_flags, ecdh
from support.python_sdk import keyring as aes_keyring

OAEP = ["OAEP_SHA1_MGF1", "OAEP_SHA256_MGF1", "OAEP_SHA384_MGF1", "OAEP_SHA512_MGF1"]
CURVES = {"p256": ec.SECP256R1(), "p384": ec.SECP384R1(), "p521": ec.SECP521R1()}


def pem(private):
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def public_der(private):
    return private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def public_pem(private):
    return private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


class Key:
    """One key that both sides know: the SDK's keyrings and coldseal's options, to seal and to open."""

    def __init__(self, title, seals, opens, seal_flags, open_flags):
        self.title, self.seals, self.opens, self.seal_flags, self.open_flags = title, seals, opens, seal_flags, open_flags


def aes_key(folder):
    key = os.urandom(32)
    write_secret(folder / "aes", key)
    keyring = aes_keyring("aes", key)
    flags = ["--raw-aes-key", f"{NAMESPACE}/aes=aes"]
    return Key("aes", keyring, keyring, flags, flags)


def rsa_keys(folder, bits, paddings):
    """The private key as PKCS#8 and PKCS#1, the public key as PEM and DER: one of each pair for each size of key."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    name = f"rsa-{bits}"
    older = private.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    write_secret(folder / name, pem(private) if bits == 2048 else older)
    (folder / f"{name}.pub").write_bytes(public_pem(private) if bits == 2048 else public_der(private))
    for padding in paddings:
        asked = CreateRawRsaKeyringInput(
            key_namespace=NAMESPACE, key_name=name, padding_scheme=getattr(PaddingScheme, padding), public_key=public_pem(private), private_key=pem(private)
        )
        keyring = PROVIDERS.create_raw_rsa_keyring(input=asked)
        flags = ["--raw-rsa-padding", padding] if padding != "OAEP_SHA256_MGF1" else []
        option = ["--raw-rsa-key", f"{NAMESPACE}/{name}={name}"]
        seal = [option[0], f"{option[1]}.pub", *flags]
        yield Key(f"{name} {padding}", keyring, keyring, None if padding == "PKCS1" else seal, [*option, *flags])


def ecdh_keys(folder, curve):
    private, sender = ec.generate_private_key(CURVES[curve]), ec.generate_private_key(CURVES[curve])
    older = private.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    write_secret(folder / curve, older if curve == "p384" else pem(private))
    (folder / f"{curve}.pub").write_bytes(public_der(private) if curve == "p384" else public_pem(private))
    write_secret(folder / f"{curve}-sender", pem(sender))
    ephemeral = RawEcdhStaticConfigurationsEphemeralPrivateKeyToStaticPublicKey(
        value=EphemeralPrivateKeyToStaticPublicKeyInput(recipient_public_key=public_der(private))
    )
    discovery = RawEcdhStaticConfigurationsPublicKeyDiscovery(value=PublicKeyDiscoveryInput(recipient_static_private_key=pem(private)))
    static = RawEcdhStaticConfigurationsRawPrivateKeyToStaticPublicKey(
        value=RawPrivateKeyToStaticPublicKeyInput(sender_static_private_key=pem(sender), recipient_public_key=public_der(private))
    )
    opens = ecdh(curve, discovery)
    flags = ["--raw-ecdh-key", curve]
    yield Key(curve, ecdh(curve, ephemeral), opens, ["--raw-ecdh-key", f"{curve}.pub"], flags)
    # A private key seals for its own public part; a static sender opens what it sent.
    yield Key(f"{curve} by its private key", ecdh(curve, static), opens, flags, ["--raw-ecdh-key", f"{curve}-sender"])


class Case(NamedTuple):
    """What a message is made of besides its keys."""

    size: int  # bytes
    context: dict
    suite: AlgorithmSuite

    def __str__(self):
        return f"{self.suite.name}, {self.size} bytes"


CASES = [Case(size, CONTEXTS[index % len(CONTEXTS)], suite) for suite in SUITES for index, size in enumerate(SIZES)]


class Pair:
    """One coldseal and one SDK."""

    def __init__(self, binary, folder):
        self.coldseal = Coldseal(binary, folder)
        self.folder = self.coldseal.folder
        self.count = 0

    def ours(self, title, flags, keyrings, case):
        """coldseal writes, the SDK reads with each of the keyrings."""
        payload = os.urandom(case.size)
        (self.folder / "payload").write_bytes(payload)
        self.coldseal.run("seal", "payload", *flags, *SUITES[case.suite], *context_flags(case.context), "-o", "message", "--force")
        message = (self.folder / "message").read_bytes()
        for keyring in keyrings:
            opened, header = CLIENT.decrypt(source=message, keyring=keyring)
            stored = {name: value for name, value in header.encryption_context.items() if name != SIGNATURE_KEY}
            if opened != payload or stored != case.context or header.algorithm != case.suite:
                fail(f"coldseal to SDK: {title}, {case}: another payload or header")
            self.count += 1

    def theirs(self, title, keyring, flags, case):
        """The SDK writes, coldseal reads with each set of options."""
        payload = os.urandom(case.size)
        message, _ = CLIENT.encrypt(source=payload, keyring=keyring, encryption_context=case.context, algorithm=case.suite)
        (self.folder / "message").write_bytes(message)
        for options in flags:
            self.coldseal.run("open", "message", *options, "-o", "opened", "--force")
            if (self.folder / "opened").read_bytes() != payload:
                fail(f"SDK to coldseal: {title}, {case}: another payload")
            self.count += 1

    def both(self, key):
        for case in CASES:
            if key.seal_flags:
                self.ours(key.title, key.seal_flags, [key.opens], case)
            self.theirs(key.title, key.seals, [key.open_flags], case)

    def several(self, keys):
        """Each of several keys of different kinds opens one message."""
        multi = PROVIDERS.create_multi_keyring(input=CreateMultiKeyringInput(generator=keys[0].seals, child_keyrings=[key.seals for key in keys[1:]]))
        for case in CASES:
            self.ours("several keys", sum((key.seal_flags for key in keys), []), [key.opens for key in keys], case)
            self.theirs("several keys", multi, [key.open_flags for key in keys], case)

    def other_keys_are_refused(self, keys, others):
        """A comparison that never fails shows nothing."""
        (self.folder / "payload").write_bytes(b"payload")
        for key, other in zip(keys, others):
            self.coldseal.run("seal", "payload", *key.seal_flags, "-o", "message", "--force")
            self.coldseal.run("open", "message", *other.open_flags, "-o", "refused", expect=254)
            try:
                CLIENT.decrypt(source=(self.folder / "message").read_bytes(), keyring=other.opens)
            except AWSEncryptionSDKClientError:
                continue
            fail(f"the SDK opened a message for {key.title} with {other.title}")


class Keys:
    """Every key, and one of each kind that coldseal seals for."""

    def __init__(self, folder):
        self.rsa = {bits: list(rsa_keys(folder, bits, [*OAEP, "PKCS1"])) for bits in (2048, 4096)}
        self.curves = {curve: list(ecdh_keys(folder, curve)) for curve in CURVES}
        default = OAEP.index("OAEP_SHA256_MGF1")
        self.mixed = [aes_key(folder), *(keys[default] for keys in self.rsa.values()), *(keys[0] for keys in self.curves.values())]


@pytest.fixture(scope="module")
def pair(binary, tmp_path_factory):
    return Pair(binary, tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def keys(pair):
    yield Keys(pair.folder)
    note(f"{pair.count} messages under RSA and elliptic curve keys opened by the other implementation")


@pytest.mark.parametrize("bits", [2048, 4096])
def test_rsa_keys(pair, keys, bits):
    for key in keys.rsa[bits]:
        pair.both(key)


@pytest.mark.parametrize("curve", CURVES)
def test_elliptic_curve_keys(pair, keys, curve):
    for key in keys.curves[curve]:
        pair.both(key)


def test_several_keys_in_one_message(pair, keys):
    pair.several(keys.mixed)


def test_other_keys_are_refused(pair, keys):
    rsa_key, curve_key = keys.rsa, keys.curves
    pair.other_keys_are_refused([rsa_key[2048][1], curve_key["p256"][0]], [rsa_key[4096][1], curve_key["p384"][0]])
