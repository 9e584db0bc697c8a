"""The official Python SDK, with the keyrings of its material providers library, against `kms serve`: each opens what coldseal sealed, and the reverse."""

import itertools
import json
import os
from typing import NamedTuple

import pytest
from aws_cryptographic_material_providers.mpl.models import (
    CreateAwsKmsDiscoveryKeyringInput,
    CreateAwsKmsEcdhKeyringInput,
    CreateAwsKmsKeyringInput,
    CreateAwsKmsMrkDiscoveryKeyringInput,
    CreateAwsKmsMrkKeyringInput,
    CreateAwsKmsRsaKeyringInput,
    DiscoveryFilter,
    EphemeralPrivateKeyToStaticPublicKeyInput,
    KmsEcdhStaticConfigurationsKmsPrivateKeyToStaticPublicKey,
    KmsEcdhStaticConfigurationsKmsPublicKeyDiscovery,
    KmsPrivateKeyToStaticPublicKeyInput,
    KmsPublicKeyDiscoveryInput,
)
from aws_cryptographic_material_providers.mpl.models import RawEcdhStaticConfigurationsEphemeralPrivateKeyToStaticPublicKey as EphemeralSender
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from support.coldseal import Coldseal, fail
from support.endpoints import Serve
from support.notes import note
from support.python_sdk import CLIENT, PROVIDERS, SIGNATURE_KEY, SUITES, context_flags, ecdh

HOME, AWAY = "us-west-2", "eu-west-1"
ACCOUNT = "000000000000"
UNSIGNED, SIGNED = SUITES
SIZES = [1, 64 * 1024, 3 * 1024 * 1024]
CONTEXT = {"purpose": "interop", "é": "𐀀"}
RSA = {"RSA_2048": "RSAES_OAEP_SHA_1", "RSA_4096": "RSAES_OAEP_SHA_256"}
CURVES = ["p256", "p384", "p521"]


class Case(NamedTuple):
    """A key and the SDK's keyrings for it: what seals, if one does, and all that open."""

    title: str
    arns: list  # of the keys that coldseal seals for; none where only the SDK seals
    seals: object
    opens: dict  # title -> keyring
    suites: list


def kms_keyring(client, arn):
    return PROVIDERS.create_aws_kms_keyring(input=CreateAwsKmsKeyringInput(kms_key_id=arn, kms_client=client))


def discovery_keyring(client, account=ACCOUNT):
    accepted = DiscoveryFilter(account_ids=[account], partition="aws")
    return PROVIDERS.create_aws_kms_discovery_keyring(input=CreateAwsKmsDiscoveryKeyringInput(kms_client=client, discovery_filter=accepted))


def mrk_keyring(client, arn):
    return PROVIDERS.create_aws_kms_mrk_keyring(input=CreateAwsKmsMrkKeyringInput(kms_key_id=arn, kms_client=client))


def mrk_discovery_keyring(client, region):
    return PROVIDERS.create_aws_kms_mrk_discovery_keyring(input=CreateAwsKmsMrkDiscoveryKeyringInput(kms_client=client, region=region))


def rsa_keyring(client, arn, algorithm, public_key=None):
    asked = CreateAwsKmsRsaKeyringInput(kms_key_id=arn, public_key=public_key, encryption_algorithm=algorithm, kms_client=client)
    return PROVIDERS.create_aws_kms_rsa_keyring(input=asked)


def kms_ecdh(client, spec, scheme):
    return PROVIDERS.create_aws_kms_ecdh_keyring(input=CreateAwsKmsEcdhKeyringInput(key_agreement_scheme=scheme, curve_spec=spec, kms_client=client))


def ecdh_discovery(client, spec, arn):
    scheme = KmsEcdhStaticConfigurationsKmsPublicKeyDiscovery(KmsPublicKeyDiscoveryInput(recipient_kms_identifier=arn))
    return kms_ecdh(client, spec, scheme)


def ecdh_static(client, spec, sender, recipient):
    """The sender's key is in KMS: it derives the secret to seal, and again to open what it sent."""
    pair = KmsPrivateKeyToStaticPublicKeyInput(sender_kms_identifier=sender[0], sender_public_key=sender[1], recipient_public_key=recipient[1])
    return kms_ecdh(client, spec, KmsEcdhStaticConfigurationsKmsPrivateKeyToStaticPublicKey(value=pair))


def made(client, spec, usage):
    """The ARN and the public key (DER) of a new key, made over the wire."""
    arn = client.create_key(KeySpec=spec, KeyUsage=usage)["KeyMetadata"]["Arn"]
    return arn, client.get_public_key(KeyId=arn)["PublicKey"]


def symmetric(server):
    home, away = server.client(HOME), server.client(AWAY)
    # One key by a command while the server runs, the other over the wire.
    created = json.loads(server.coldseal.run("kms", "create-key", "--region", HOME))["KeyMetadata"]["Arn"]
    yield Case("AWS KMS", [created], kms_keyring(home, created), {"AWS KMS": kms_keyring(home, created), "discovery": discovery_keyring(home)}, list(SUITES))

    primary = home.create_key(MultiRegion=True)["KeyMetadata"]["Arn"]
    replica = home.replicate_key(KeyId=primary, ReplicaRegion=AWAY)["ReplicaKeyMetadata"]["Arn"]
    both = {"MRK there": mrk_keyring(away, replica), "MRK here": mrk_keyring(home, primary), "MRK discovery there": mrk_discovery_keyring(away, AWAY)}
    yield Case("MRK", [primary], mrk_keyring(home, primary), both, list(SUITES))
    yield Case("MRK, its replica", [replica], mrk_keyring(away, replica), both, list(SUITES))

    several = [home.create_key()["KeyMetadata"]["Arn"], away.create_key()["KeyMetadata"]["Arn"]]
    yield Case("two Regions", several, None, {"first": kms_keyring(home, several[0]), "second": kms_keyring(away, several[1]), "discovery": discovery_keyring(away)}, list(SUITES))


def asymmetric(server):
    client = server.client(HOME)
    for spec, algorithm in RSA.items():
        arn, public_key = made(client, spec, "ENCRYPT_DECRYPT")
        pem = load_der_public_key(public_key).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        opens = {"AWS KMS RSA": rsa_keyring(client, arn, algorithm)}
        yield Case(f"{spec} {algorithm}", [arn], rsa_keyring(client, arn, algorithm, pem), opens, [UNSIGNED])
    for curve in CURVES:
        spec = f"ECC_NIST_{curve.upper()}"
        recipient, sender = (made(client, spec, "KEY_AGREEMENT") for _ in range(2))
        discovery = {"KMS ECDH discovery": ecdh_discovery(client, spec, recipient[0])}
        raw = ecdh(curve, EphemeralSender(value=EphemeralPrivateKeyToStaticPublicKeyInput(recipient_public_key=recipient[1])))
        yield Case(f"raw ECDH {curve}", [recipient[0]], raw, discovery, list(SUITES))
        static = ecdh_static(client, spec, sender, recipient)
        yield Case(f"KMS ECDH {curve}", [], static, {**discovery, "KMS ECDH": static}, list(SUITES))


class Pair:
    """One coldseal with its keystore, one SDK that knows only the server over it."""

    def __init__(self, coldseal):
        self.coldseal = coldseal
        self.count = 0

    def opened(self, message, keyring, what, payload, context, suite=UNSIGNED):
        """The SDK opens a message, with this payload and this context."""
        got, header = CLIENT.decrypt(source=message, keyring=keyring)
        stored = {name: value for name, value in header.encryption_context.items() if name != SIGNATURE_KEY}
        if got != payload or stored != context or header.algorithm != suite:
            fail(f"{what}: another payload or header")
        self.count += 1

    def ours(self, case, size, suite):
        payload = os.urandom(size)
        (self.coldseal.folder / "payload").write_bytes(payload)
        keys = [flag for arn in case.arns for flag in ("--kms-key-id", arn)]
        keys += ["--encryption-algorithm", case.title.split()[1]] if case.title.startswith("RSA") else []
        message = self.coldseal.run("seal", "payload", *keys, *SUITES[suite], *context_flags(CONTEXT))
        for title, keyring in case.opens.items():
            self.opened(message, keyring, f"coldseal to SDK: {case.title}, opened by {title}, {suite.name}, {size} bytes", payload, CONTEXT, suite)

    def theirs(self, case, size, suite):
        payload = os.urandom(size)
        message, _ = CLIENT.encrypt(source=payload, keyring=case.seals, encryption_context=CONTEXT, algorithm=suite)
        for title, keyring in case.opens.items():
            self.opened(message, keyring, f"SDK to SDK: {case.title}, opened by {title}, {suite.name}, {size} bytes", payload, CONTEXT, suite)
        # The message names its keys; one that is named has to be among them.
        for flags in [[], *(["--kms-key-id", arn] for arn in case.arns)]:
            if self.coldseal.run("open", *flags, *context_flags(CONTEXT), stdin=message) != payload:
                fail(f"SDK to coldseal: {case.title}, {suite.name}, {size} bytes: another payload")
            self.count += 1

    def both(self, case):
        for suite, size in itertools.product(case.suites, SIZES):
            if case.arns:
                self.ours(case, size, suite)
            if case.seals:
                self.theirs(case, size, suite)


def refuses(message, keyring, why):
    """A comparison that never fails shows nothing."""
    try:
        CLIENT.decrypt(source=message, keyring=keyring)
    except Exception:  # the library raises errors of its own kinds and of AWS's
        return
    fail(f"the SDK opened a message with {why}")


def refusals(coldseal, server):
    home, away = server.client(HOME), server.client(AWAY)
    arn, other = (home.create_key()["KeyMetadata"]["Arn"] for _ in range(2))
    (coldseal.folder / "payload").write_bytes(b"payload")
    message = coldseal.run("seal", "payload", "--kms-key-id", arn, *context_flags({"purpose": "interop"}))
    refuses(message, kms_keyring(home, other), "another key")
    refuses(message, discovery_keyring(away), "a client for another Region")
    refuses(message, discovery_keyring(home, "111122223333"), "a filter for another account")
    changed = message.replace(b"interop", b"Interop", 1)
    refuses(changed, kms_keyring(home, arn), "another encryption context")
    home.disable_key(KeyId=arn)
    refuses(message, kms_keyring(home, arn), "a disabled key")
    home.enable_key(KeyId=arn)
    CLIENT.decrypt(source=message, keyring=kms_keyring(home, arn))


def bundles(pair, server):
    """The bundles of a secret for two Regions: each opens with its own Region's key, and says which secret it is."""
    coldseal = pair.coldseal
    for name, key in (("production/default", None), ("production/own", "alias/team")):
        payload = os.urandom(30).hex()
        (coldseal.folder / "value").write_text(payload)
        if key:
            for region in (HOME, AWAY):
                client = server.client(region)
                client.create_alias(AliasName=key, TargetKeyId=client.create_key()["KeyMetadata"]["KeyId"])
        own = ["--kms-key-id", key] if key else []
        replica = f"Region={AWAY}" + (f",KmsKeyId={key}" if key else "")
        made_of = coldseal.run("create-secret", "--name", name, "--secret-string", "file://value", "--region", HOME, *own, "--add-replica-regions", replica)
        answer = json.loads(made_of)
        keys = {region: server.client(region).describe_key(KeyId=key or "alias/aws/secretsmanager")["KeyMetadata"]["Arn"] for region in (HOME, AWAY)}
        for bundle in answer["Bundles"]:
            region = bundle["Region"]
            message = (coldseal.folder / bundle["Path"]).read_bytes()
            expected = {
                "SecretARN": answer["ARN"].replace(HOME, region),
                "SecretVersionId": answer["VersionId"],
                "coldseal:payload": "string",
            }
            for keyring in (kms_keyring(server.client(region), keys[region]), discovery_keyring(server.client(region))):
                pair.opened(message, keyring, f"the bundle of {name} for {region}", payload.encode(), expected)
            elsewhere = AWAY if region == HOME else HOME
            refuses(message, kms_keyring(server.client(elsewhere), keys[elsewhere]), "another Region's key")


@pytest.fixture(scope="module")
def pair(binary, tmp_path_factory):
    return Pair(Coldseal(binary, tmp_path_factory.mktemp("serve")))


@pytest.fixture(scope="module")
def server(pair):
    with Serve(pair.coldseal) as server:
        yield server
    note(f"{pair.count} messages opened by the other implementation, its keys in kms serve")


@pytest.mark.parametrize("cases", [symmetric, asymmetric])
def test_each_opens_the_messages_of_the_other(pair, server, cases):
    before = pair.count
    for case in cases(server):
        pair.both(case)
    if pair.count - before < 150:
        fail(f"only {pair.count - before} messages were opened")


def test_bundles(pair, server):
    bundles(pair, server)


def test_refusals(pair, server):
    refusals(pair.coldseal, server)
