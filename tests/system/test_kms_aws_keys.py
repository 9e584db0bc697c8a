"""`--kms aws` with keys of every kind: RSA and elliptic curve keys whose public keys were imported, multi-Region keys, and messages for many keys."""

import base64
import json
import os

import pytest

from support.coldseal import Coldseal, expect
from support.endpoints import Serve
from support.faults import Proxy
from support.kms_client import PRIMARY, REGIONS, Machine, created, expect_calls

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
