"""What the generators of test data write now is what coldseal reads, as it reads what they wrote once and tests/data keeps."""

import base64
import json
import subprocess
import sys
from pathlib import Path

from support.coldseal import Coldseal, fail
from support.notes import note

GENERATORS = Path(__file__).parent.parent.parent / ".ci"

NAME = "keystore-v1-asymmetric"
REGION, REPLICA_REGION = "us-west-2", "eu-west-1"


def made(generator, folder):
    """What a generator writes."""
    subprocess.run([sys.executable, GENERATORS / generator, folder], check=True, stdin=subprocess.DEVNULL)
    return folder


def b64(data):
    return base64.b64encode(data).decode()


def gives_the_answers(coldseal, expected):
    """Each answer, through the commands of the embedded KMS."""

    def asks(command, answer, *flags):
        return json.loads(coldseal.run("kms", command, "--region", REGION, "--key-id", answer["KeyId"], *flags))

    for answer in expected["PublicKeys"]:
        shown = asks("get-public-key", answer)
        if (shown["PublicKey"], shown["KeySpec"]) != (answer["PublicKey"], answer["KeySpec"]):
            fail(f"{answer['KeySpec']}: another public key")
    for answer in expected["Ciphertexts"]:
        flags = ["--encryption-algorithm", answer["EncryptionAlgorithm"], "--ciphertext-blob", answer["CiphertextBlob"]]
        if asks("decrypt", answer, *flags)["Plaintext"] != b64(answer["Plaintext"].encode()):
            fail(f"{answer['EncryptionAlgorithm']}: another plaintext")
    for answer in expected["SharedSecrets"]:
        flags = ["--key-agreement-algorithm", "ECDH", "--public-key", answer["PublicKey"]]
        if asks("derive-shared-secret", answer, *flags)["SharedSecret"] != answer["SharedSecret"]:
            fail(f"{answer['KeyId']}: another shared secret")
    described = json.loads(coldseal.run("kms", "describe-key", "--region", REPLICA_REGION, "--key-id", expected["PublicKeys"][0]["KeyId"]))
    if not described["KeyMetadata"]["MultiRegion"]:
        fail("the replica is of no multi-Region key")


def test_an_asymmetric_keystore(binary, folder):
    """Made from docs/formats.md alone."""
    made("make_asymmetric_keystore.py", folder)
    expected = json.loads((folder / f"{NAME}.answers.json").read_text())
    coldseal = Coldseal(binary, folder / "coldseal")
    coldseal.env.update(COLDSEAL_KEYSTORE=str(folder / f"{NAME}.json"), COLDSEAL_KEYSTORE_KEY_FILE=str(folder / f"{NAME}.key"))
    gives_the_answers(coldseal, expected)
    note(f"coldseal gave {sum(map(len, expected.values()))} answers with a keystore made from docs/formats.md")


def seals_for_each(coldseal, folder):
    """Files in older encodings seal and open; public keys are imported with their aliases."""
    for name in ("rsa-pkcs1.pem", "p384-sec1.pem"):
        (folder / "keys" / name).chmod(0o600)
    for options in (["--raw-rsa-key", f"ci/rsa={folder}/keys/rsa-pkcs1.pem"], ["--raw-ecdh-key", f"{folder}/keys/p384-sec1.pem"]):
        if coldseal.run("open", *options, stdin=coldseal.run("seal", *options, stdin=b"attack at dawn")) != b"attack at dawn":
            fail(f"{options}: another payload")
    coldseal.run("seal", "--raw-rsa-key", f"ci/rsa={folder}/keys/rsa-pkcs1.pub.pem", stdin=b"attack at dawn")
    aliases = folder / "public-keys/aliases.json"
    files = sorted(set((folder / "public-keys").glob("*.json")) - {aliases})
    imported = json.loads(coldseal.run("kms", "import-public-key", *files, aliases))
    specs = [each["KeySpec"] for each in imported["Keys"]]
    if len(specs) != 6 or sorted(specs) != sorted(json.loads(file.read_text())["KeySpec"] for file in files):
        fail(f"imported were {specs}")
    coldseal.run("kms", "describe-key", "--region", "us-east-1", "--key-id", "alias/team")


def test_keys(binary, folder):
    made("make_test_keys.py", folder)
    seals_for_each(Coldseal(binary, folder / "coldseal"), folder)


def test_messages_of_the_sdk(folder):
    """Its public key is enough to make them; tests in Rust open those that are kept."""
    if len(list(made("make_test_messages.py", folder).glob("*.esdk"))) != 4:
        fail("make_test_messages.py wrote other messages than those of tests/data")
