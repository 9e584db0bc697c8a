"""`--kms aws` with keys of every kind: RSA and elliptic curve keys whose public keys were imported or are fetched, multi-Region keys, keys that wrap
nothing, and messages for many keys."""

import base64
import json
import os
from pathlib import Path

import pytest
from aws_cryptographic_material_providers.mpl.models import (
    CreateAwsKmsEcdhKeyringInput,
    CreateAwsKmsRsaKeyringInput,
    KmsEcdhStaticConfigurationsKmsPublicKeyDiscovery,
    KmsPublicKeyDiscoveryInput,
)

from support.coldseal import Coldseal, expect
from support.endpoints import Moto, Serve
from support.faults import Proxy
from support.kms_client import PRIMARY, REGIONS, Machine, created, expect_calls, files
from support.python_sdk import CLIENT, PROVIDERS

AWAY = REGIONS[1]
ACCOUNT = "000000000000"
SPECS = {
    "RSA_2048": ("ENCRYPT_DECRYPT", "Decrypt"),
    "RSA_4096": ("ENCRYPT_DECRYPT", "Decrypt"),
    "ECC_NIST_P256": ("KEY_AGREEMENT", "DeriveSharedSecret"),
    "ECC_NIST_P384": ("KEY_AGREEMENT", "DeriveSharedSecret"),
    "ECC_NIST_P521": ("KEY_AGREEMENT", "DeriveSharedSecret"),
}
CALLS_FOR_A_MESSAGE = 16
MANY = 20


# Keys of AWS that no data key is wrapped under.
UNFIT = {
    "RSA_2048": "SIGN_VERIFY",
    "ECC_NIST_P256": "SIGN_VERIFY",
    "ECC_SECG_P256K1": "SIGN_VERIFY",
    "HMAC_256": "GENERATE_VERIFY_MAC",
}


def opened_by_sdk(client, arn, spec, message):
    """What the SDK's AWS KMS keyring for this kind of key makes of a message."""
    if spec.startswith("RSA_"):
        asked = CreateAwsKmsRsaKeyringInput(kms_key_id=arn, encryption_algorithm="RSAES_OAEP_SHA_256", kms_client=client)
        keyring = PROVIDERS.create_aws_kms_rsa_keyring(input=asked)
    else:
        scheme = KmsEcdhStaticConfigurationsKmsPublicKeyDiscovery(KmsPublicKeyDiscoveryInput(recipient_kms_identifier=arn))
        asked = CreateAwsKmsEcdhKeyringInput(key_agreement_scheme=scheme, curve_spec=spec, kms_client=client)
        keyring = PROVIDERS.create_aws_kms_ecdh_keyring(input=asked)
    return CLIENT.decrypt(source=message, keyring=keyring)[0]


def public_key_file(client, arn, file):
    """The answer of GetPublicKey as the AWS CLI prints it."""
    answer = client.get_public_key(KeyId=arn)
    del answer["ResponseMetadata"]
    file.write_text(json.dumps({**answer, "PublicKey": base64.b64encode(answer["PublicKey"]).decode()}))


class Machines:
    """One that has imported public keys and works offline, one that has them and AWS KMS, one that has AWS KMS alone."""

    def __init__(self, binary, folder, server, proxy):
        self.server, self.proxy = server, proxy
        self.here = Machine(binary, folder / "here", server, proxy, ACCOUNT)
        self.bare = Machine(binary, folder / "bare", server, proxy, ACCOUNT)

    def offline(self, *args):
        """As without COLDSEAL_KMS: nothing is called."""
        self.proxy.clear()
        kms = self.here.env.pop("COLDSEAL_KMS")
        shown = self.here.run(*args)
        self.here.env["COLDSEAL_KMS"] = kms
        expect(not self.proxy.calls, f"{args} called {dict(self.proxy.calls)}")
        return shown

    def imported(self, region, spec):
        client = self.server.client(region)
        arn = client.create_key(KeySpec=spec, KeyUsage=SPECS[spec][0])["KeyMetadata"]["Arn"]
        public_key_file(client, arn, self.here.folder / "public-key.json")
        self.offline("kms", "import-public-key", "public-key.json", "--region", region)
        return arn

    def asymmetric_file(self, spec):
        """Sealed offline with the public key; opened by one call, where the key is known from the import or is named."""
        arn, operation = self.imported(PRIMARY, spec), SPECS[spec][1]
        payload = os.urandom(1000)
        (self.here.folder / "payload").write_bytes(payload)
        self.offline("seal", "payload", "--kms-key-id", arn, "-o", "message", "--force")
        message = (self.here.folder / "message").read_bytes()
        for machine, flags in ((self.here, []), (self.here, ["--kms-key-id", arn]), (self.bare, ["--kms-key-id", arn])):
            opened, _, calls = machine.aws("open", *flags, stdin=message)
            expect(opened == payload, f"{spec}: another payload")
            expect_calls(f"{spec} {flags}", calls, {(PRIMARY, operation): 1}, [PRIMARY])
        changed = bytearray(message)
        changed[-1] ^= 1
        opened, _, _ = self.here.aws("open", stdin=bytes(changed), expect=254)
        expect(opened == b"", f"{spec}: a changed message gave {len(opened)} bytes")

    def asymmetric_secret(self):
        """A secret packed offline for an RSA and an elliptic curve key; a machine with nothing but the vault and AWS KMS reads it."""
        arns = {PRIMARY: self.imported(PRIMARY, "RSA_2048"), AWAY: self.imported(AWAY, "ECC_NIST_P256")}
        (self.here.folder / "value").write_text("EXAMPLE-PASSWORD")
        create = ["create-secret", "--name", "packed", "--secret-string", "file://value", "--region", PRIMARY, "--kms-key-id", arns[PRIMARY]]
        self.offline(*create, "--add-replica-regions", f"Region={AWAY},KmsKeyId={arns[AWAY]}")
        for region, operation in ((PRIMARY, "Decrypt"), (AWAY, "DeriveSharedSecret")):
            get = ["get-secret-value", "--vault", "../here/coldseal-vault", "--secret-id", "packed", "--region", region]
            shown, _, calls = self.bare.aws(*get)
            expect(json.loads(shown)["SecretString"] == "EXAMPLE-PASSWORD", f"{region}: another value")
            expect_calls(f"get-secret-value in {region}", calls, {(region, operation): 1}, [region])
        self.bare.aws("verify", "--open", "../here/coldseal-vault")

    def fetched(self, region, spec):
        """A key of whose public part nothing is known here, with an alias."""
        client = self.server.client(region)
        arn = client.create_key(KeySpec=spec, KeyUsage=SPECS[spec][0])["KeyMetadata"]["Arn"]
        client.create_alias(AliasName=f"alias/{arn[-12:]}", TargetKeyId=arn)
        return arn, f"alias/{arn[-12:]}"

    def fetched_file(self, spec):
        """Sealed under a key whose public part is fetched: the SDK opens it with AWS KMS, and so does coldseal."""
        arn, alias = self.fetched(PRIMARY, spec)
        client, operation = self.server.client(PRIMARY), SPECS[spec][1]
        payload = os.urandom(1000)
        (self.bare.folder / "payload").write_bytes(payload)
        for named in (arn, alias, arn.rsplit("/", 1)[1]):
            seal = ["seal", "payload", "--kms-key-id", named, "--region", PRIMARY, "-o", "message", "--force"]
            _, said, calls = self.bare.aws(*seal)
            expect_calls(f"seal for {spec} by {named}", calls, {(PRIMARY, "GetPublicKey"): 1}, [PRIMARY])
            expect(f"kms: aws: {sum(calls.values())} calls" in said, f"seal for {spec} says\n{said}")
            message = (self.bare.folder / "message").read_bytes()
            expect(opened_by_sdk(client, arn, spec, message) == payload, f"{spec}: the SDK opened another payload")
            opened, _, calls = self.bare.aws("open", "message", "--kms-key-id", arn)
            expect(opened == payload, f"{spec}: another payload")
            expect_calls(f"open of {spec}", calls, {(PRIMARY, operation): 1}, [PRIMARY])
        provider = "aws-kms-rsa" if spec.startswith("RSA_") else "raw-ecdh"
        named = [edk["ProviderId"] for edk in json.loads(self.bare.run("inspect", "message"))["EncryptedDataKeys"]]
        expect(named == [provider], f"{spec}: the message has {named}")
        if spec.startswith("RSA_"):
            _, said, calls = self.bare.aws("seal", "payload", "--kms-key-id", arn, "--sign-message", "-o", "signed", expect=254)
            expect(arn in said and not (self.bare.folder / "signed").exists(), f"a signed message under {spec} says\n{said}")

    def fetched_secret(self):
        """A secret under keys of three kinds, none of them imported: made, read, given a Region, rewrapped, read by the SDK."""
        (rsa, alias), (curve, _) = self.fetched(PRIMARY, "RSA_2048"), self.fetched(AWAY, "ECC_NIST_P256")
        symmetric = self.server.client(REGIONS[2]).create_key()["KeyMetadata"]["Arn"]
        (self.bare.folder / "value").write_text("EXAMPLE-PASSWORD")
        create = ["create-secret", "--name", "fetched", "--secret-string", "file://value", "--region", PRIMARY, "--kms-key-id", alias]
        shown, said, calls = self.bare.aws(*create, "--add-replica-regions", f"Region={AWAY},KmsKeyId={curve}")
        expect_calls("create-secret", calls, {(PRIMARY, "GetPublicKey"): 1, (AWAY, "GetPublicKey"): 1}, [PRIMARY, AWAY])
        expect(all(bundle["OpensHere"] for bundle in json.loads(shown)["Bundles"]) and "warning" not in said, f"create-secret says\n{said}")
        opening = {PRIMARY: "Decrypt", AWAY: "DeriveSharedSecret"}
        replicate = ["replicate-secret-to-regions", "--secret-id", "fetched", "--region", PRIMARY]
        _, _, calls = self.bare.aws(*replicate, "--add-replica-regions", f"Region={REGIONS[2]},KmsKeyId={symmetric}")
        expect_calls("replicate-secret-to-regions", calls, {(PRIMARY, "Decrypt"): 1, (REGIONS[2], "Encrypt"): 1}, [PRIMARY, REGIONS[2]])
        for what in ("replicated", "rewrapped"):
            for region in REGIONS:
                shown, _, calls = self.bare.aws("get-secret-value", "--secret-id", "fetched", "--region", region)
                expect(json.loads(shown)["SecretString"] == "EXAMPLE-PASSWORD", f"{what}, {region}: another value")
                expect_calls(f"get-secret-value in {region}", calls, {(region, opening.get(region, "Decrypt")): 1}, [region])
            self.bare.aws("rewrap", "--secret-id", "fetched", "--region", PRIMARY)
        for region, arn, spec in ((PRIMARY, rsa, "RSA_2048"), (AWAY, curve, "ECC_NIST_P256")):
            described = json.loads(self.bare.run("describe-secret", "--secret-id", "fetched", "--region", region))
            path = next(bundle["Path"] for bundle in described["Bundles"] if bundle["Region"] == region)
            message = Path(path).read_bytes()
            expect(opened_by_sdk(self.server.client(region), arn, spec, message) == b"EXAMPLE-PASSWORD", f"{region}: the SDK read another value")
        self.bare.aws("verify", "--open")

    def multi_region(self):
        """A message under a multi-Region key opens in the Region of its replica, where the key's own Region is never called."""
        client = self.server.client(PRIMARY)
        primary = client.create_key(MultiRegion=True)["KeyMetadata"]["Arn"]
        replica = client.replicate_key(KeyId=primary, ReplicaRegion=AWAY)["ReplicaKeyMetadata"]["Arn"]
        (self.here.folder / "payload").write_bytes(b"payload")
        for sealed_by, opened_by, region in ((primary, replica, AWAY), (replica, primary, PRIMARY)):
            self.here.aws("seal", "payload", "--kms-key-id", sealed_by, "-o", "message", "--force")
            opened, _, calls = self.here.aws("open", "message", "--kms-key-id", opened_by)
            expect(opened == b"payload", "the replica opened another payload")
            expect_calls("a multi-Region key", calls, {(region, "Decrypt"): 1}, [region])
        opened, _, calls = self.here.aws("open", "message", "--region", PRIMARY)
        expect(opened == b"payload" and {place for place, _ in calls} == {PRIMARY}, f"with --region the calls were {calls}")
        other = client.create_key(MultiRegion=True)["KeyMetadata"]["Arn"]
        _, _, calls = self.here.aws("open", "message", "--kms-key-id", other, expect=254)
        expect(not any(operation == "Decrypt" for _, operation in calls), f"another multi-Region key was called: {calls}")

    def many_keys(self):
        """No message makes more than so many calls, whatever it names."""
        client = self.server.client(PRIMARY)
        arns = [client.create_key()["KeyMetadata"]["Arn"] for _ in range(MANY)]
        (self.here.folder / "payload").write_bytes(b"payload")
        _, _, calls = self.here.aws("seal", "payload", *(word for arn in arns for word in ("--kms-key-id", arn)), "-o", "message", "--force")
        expect_calls("seal for many keys", calls, {**created([PRIMARY]), (PRIMARY, "Encrypt"): MANY - 1}, [PRIMARY] * MANY)
        for arn in arns:
            client.disable_key(KeyId=arn)
        _, _, calls = self.here.aws("open", "message", expect=254)
        expect(sum(calls.values()) <= CALLS_FOR_A_MESSAGE and calls[PRIMARY, "Decrypt"] > 1, f"a message for {MANY} disabled keys made {calls}")
        client.enable_key(KeyId=arns[-1])
        opened, _, calls = self.here.aws("open", "message", "--kms-key-id", arns[-1])
        expect(opened == b"payload" and calls[PRIMARY, "Decrypt"] == 1, f"the last of many keys: {calls}")


@pytest.fixture(scope="module")
def server(binary, tmp_path_factory):
    with Serve(Coldseal(binary, tmp_path_factory.mktemp("serve"))) as server, Proxy(server.url) as proxy:
        yield server, proxy


@pytest.fixture
def machines(server, binary, folder):
    return Machines(binary, folder, *server)


@pytest.mark.parametrize("spec", SPECS)
def test_a_file_for_an_asymmetric_key(machines, spec):
    machines.asymmetric_file(spec)


def test_a_secret_for_asymmetric_keys(machines):
    machines.asymmetric_secret()


def test_multi_region_keys(machines):
    machines.multi_region()


def test_a_message_for_many_keys(machines):
    machines.many_keys()


@pytest.mark.parametrize("spec", SPECS)
def test_a_file_for_a_key_whose_public_part_is_fetched(machines, spec):
    machines.fetched_file(spec)


def test_a_secret_for_keys_whose_public_parts_are_fetched(machines):
    machines.fetched_secret()


def test_keys_that_wrap_nothing(binary, folder):
    """moto_server has keys of every usage, and would encrypt under each of them: they are refused by name before anything is written."""
    with Moto(folder / "moto") as server, Proxy(server.url) as proxy:
        machine = Machine(binary, folder / "machine", server, proxy, Moto.account)
        (machine.folder / "value").write_text("EXAMPLE-PASSWORD")
        client = server.client(PRIMARY)
        for spec, usage in UNFIT.items():
            arn = client.create_key(KeySpec=spec, KeyUsage=usage)["KeyMetadata"]["Arn"]
            client.create_alias(AliasName=f"alias/{arn[-12:]}", TargetKeyId=arn)
            for named in (arn, f"alias/{arn[-12:]}"):
                for command in (
                    ["seal", "value", "--kms-key-id", named, "--region", PRIMARY, "-o", "message"],
                    ["seal", "value", "--to", f"Region={PRIMARY},KmsKeyId={named}"],
                    ["create-secret", "--name", "unfit", "--secret-string", "file://value", "--region", PRIMARY, "--kms-key-id", named],
                    ["kms", "set-default-key", "--region", PRIMARY, "--key-id", f"alias/{arn[-12:]}"],
                ):
                    _, said, calls = machine.aws(*command, expect=254)
                    expect(arn in said and f"is {spec}, for {usage}" in said, f"{command}: {said}")
                    expect_calls(" ".join(command), calls, {}, [PRIMARY])
        left = {path.name for path in machine.folder.iterdir()} - {"value"}
        expect(not files(machine) and not any("bundle" in name or name == "message" for name in left), f"{left} was left")
        # An RSA key that encrypts makes the data key that only its keyring opens, where moto would encrypt as under a symmetric one.
        arn = client.create_key(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")["KeyMetadata"]["Arn"]
        _, _, calls = machine.aws("seal", "value", "--kms-key-id", arn, "-o", "message")
        expect_calls("seal", calls, {(PRIMARY, "GetPublicKey"): 1}, [PRIMARY])
        named = [edk["ProviderId"] for edk in json.loads(machine.run("inspect", "message"))["EncryptedDataKeys"]]
        expect(named == ["aws-kms-rsa"], f"the message has {named}")
