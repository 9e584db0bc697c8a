"""coldseal and the official Python SDK open each other's messages (suite 0x0478, raw AES wrapping keys).

Usage: interop.py BINARY FOLDER       both directions
       interop.py --vectors FOLDER    the SDK alone over a copy of the message vectors: shows that this script drives it rightly
"""

import itertools
import logging
import os
import sys
from pathlib import Path

import aws_encryption_sdk
from aws_cryptographic_material_providers.mpl import AwsCryptographicMaterialProviders
from aws_cryptographic_material_providers.mpl.config import MaterialProvidersConfig
from aws_cryptographic_material_providers.mpl.models import AesWrappingAlg, CreateRawAesKeyringInput
from aws_encryption_sdk.exceptions import AWSEncryptionSDKClientError
from aws_encryption_sdk.identifiers import AlgorithmSuite, CommitmentPolicy

from common import Coldseal, fail

SUITE = AlgorithmSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY
WRAPPING = {
    16: AesWrappingAlg.ALG_AES128_GCM_IV12_TAG16,
    24: AesWrappingAlg.ALG_AES192_GCM_IV12_TAG16,
    32: AesWrappingAlg.ALG_AES256_GCM_IV12_TAG16,
}
NAMESPACE = "ci"
# Sorted by UTF-16 unit and by UTF-8 byte these keys come in different orders; the message format means the bytes.
CONTEXTS = [
    {"a": "b"},
    {"é": "ü", "日本": "語", "～": "U+FF5E", "𐀀": "U+10000", "emoji 🔑": "", "a b": "c=d"},
    {},
]
OUR_FRAMES = [1, 4096, 65536]
SDK_FRAMES = [128, 4096, 65536, 0]  # multiples of 128 only; 0 is non-framed

PROVIDERS = AwsCryptographicMaterialProviders(config=MaterialProvidersConfig())
CLIENT = aws_encryption_sdk.EncryptionSDKClient(commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)


def keyring(name, key, namespace=NAMESPACE):
    asked = CreateRawAesKeyringInput(key_namespace=namespace, key_name=name, wrapping_key=key, wrapping_alg=WRAPPING[len(key)])
    return PROVIDERS.create_raw_aes_keyring(input=asked)


def sizes(frame):
    """From nothing to five frames, and around one."""
    frame = frame or 4096
    return sorted({0, 1, frame - 1, frame, frame + 1, 5 * frame})


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
            (self.folder / name).write_bytes(key)

    def key_flags(self, name):
        return ["--raw-aes-key", f"{NAMESPACE}/{name}={name}"]

    def ours(self, name, context, frame, size):
        """coldseal writes, the SDK reads."""
        payload = os.urandom(size)
        (self.folder / "payload").write_bytes(payload)
        flags = [*self.key_flags(name), *context_flags(context), "--frame-length", frame, "-o", "message", "--force"]
        self.coldseal.run("seal", "payload", *flags)
        message = (self.folder / "message").read_bytes()
        opened, header = CLIENT.decrypt(source=message, keyring=keyring(name, self.keys[name]))
        case = f"coldseal to SDK: {name}, frame length {frame}, {size} bytes"
        if opened != payload:
            fail(f"{case}: another payload")
        if header.encryption_context != context or header.frame_length != frame or header.algorithm != SUITE:
            fail(f"{case}: another header: {header}")

    def theirs(self, name, context, frame, size):
        """The SDK writes, coldseal reads."""
        payload = os.urandom(size)
        message, _ = CLIENT.encrypt(
            source=payload, keyring=keyring(name, self.keys[name]), encryption_context=context, frame_length=frame, algorithm=SUITE
        )
        (self.folder / "message").write_bytes(message)
        flags = [*self.key_flags(name), *context_flags(context), "-o", "opened", "--force"]
        self.coldseal.run("open", "message", *flags)
        case = f"SDK to coldseal: {name}, frame length {frame}, {size} bytes"
        if (self.folder / "opened").read_bytes() != payload:
            fail(f"{case}: another payload")
        if self.coldseal.run("open", *self.key_flags(name), stdin=message) != payload:
            fail(f"{case}: another payload by pipe")

    def other_key_is_refused(self):
        """A comparison that never fails shows nothing: with another key both refuse."""
        logging.disable(logging.CRITICAL)  # the SDK logs a traceback of what is expected here
        (self.folder / "payload").write_bytes(b"payload")
        self.coldseal.run("seal", "payload", *self.key_flags("aes-256"), "-o", "message", "--force")
        try:
            CLIENT.decrypt(source=(self.folder / "message").read_bytes(), keyring=keyring("aes-256", os.urandom(32)))
        except AWSEncryptionSDKClientError:
            pass
        else:
            fail("the SDK opened a message with another key")
        (self.folder / "other").write_bytes(os.urandom(32))
        self.coldseal.run("open", "message", "--raw-aes-key", f"{NAMESPACE}/aes-256=other", "-o", "refused", expect=254)
        if (self.folder / "refused").exists():
            fail("a refused message left a file")


def both_directions(binary, folder):
    pair = Pair(binary, folder)
    count = 0
    for direction, frames in ((pair.ours, OUR_FRAMES), (pair.theirs, SDK_FRAMES)):
        for name, frame in itertools.product(pair.keys, frames):
            for context, size in itertools.product(CONTEXTS, sizes(frame)):
                direction(name, context, frame, size)
                count += 1
    pair.other_key_is_refused()
    print(f"{count} messages opened by the other implementation")


def vectors(folder):
    """Every vector with a raw AES key and this suite, and a verdict that the SDK shares, through the SDK."""
    import hashlib
    import json

    folder = Path(folder)
    known = json.loads((folder / "keys" / "raw.json").read_text())
    cases = [case for case in json.loads((folder / "manifest.json").read_text())["cases"] if case["suite"] == "0478"]
    count = 0
    for case in cases:
        if case["open"] != ["raw-aes"] or case["python"] != {"raw-aes": "ok"} or case["expect"] in ("reject", "either"):
            continue
        key = known["aes256"]
        opened, _ = CLIENT.decrypt(source=(folder / case["file"]).read_bytes(), keyring=keyring(key["name"], bytes.fromhex(key["hex"]), key["namespace"]))
        if hashlib.sha256(opened).hexdigest() != case["expect"]:
            fail(f"{case['file']}: another payload")
        count += 1
    print(f"{count} vectors opened by the SDK")


if __name__ == "__main__":
    if sys.argv[1] == "--vectors":
        vectors(sys.argv[2])
    else:
        both_directions(*sys.argv[1:])
