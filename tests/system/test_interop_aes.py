"""coldseal and the official Python SDK open each other's messages (suite 0x0478, raw AES wrapping keys).

The SDK alone over the message vectors shows that this drives it rightly.
"""

import hashlib
import itertools
import json
import os
from pathlib import Path

import pytest
from aws_encryption_sdk.exceptions import AWSEncryptionSDKClientError

from support.coldseal import fail, write_secret
from support.notes import note
from support.python_sdk import AWKWARD_CONTEXTS, CLIENT, NAMESPACE, SUITE, Pair, context_flags, keyring

VECTORS = Path(__file__).parent.parent / "vectors"

OUR_FRAMES = [1, 4096, 65536]
SDK_FRAMES = [128, 4096, 65536, 0]  # multiples of 128 only; 0 is non-framed


def sizes(frame):
    """From nothing to five frames, and around one."""
    frame = frame or 4096
    return sorted({0, 1, frame - 1, frame, frame + 1, 5 * frame})


class Both(Pair):
    """Messages in both directions."""

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
        (self.folder / "payload").write_bytes(b"payload")
        self.coldseal.run("seal", "payload", *self.key_flags("aes-256"), "-o", "message", "--force")
        try:
            CLIENT.decrypt(source=(self.folder / "message").read_bytes(), keyring=keyring("aes-256", os.urandom(32)))
        except AWSEncryptionSDKClientError:
            pass
        else:
            fail("the SDK opened a message with another key")
        write_secret(self.folder / "other", os.urandom(32))
        self.coldseal.run("open", "message", "--raw-aes-key", f"{NAMESPACE}/aes-256=other", "-o", "refused", expect=254)
        if (self.folder / "refused").exists():
            fail("a refused message left a file")


@pytest.fixture(scope="module")
def pair(binary, tmp_path_factory):
    return Both(binary, tmp_path_factory.mktemp("aes"))


def exchange(direction, pair, frames):
    """A message with each key and frame length, of each size and with each encryption context."""
    count = 0
    for name, frame in itertools.product(pair.keys, frames):
        for context, size in itertools.product(AWKWARD_CONTEXTS, sizes(frame)):
            direction(name, context, frame, size)
            count += 1
    note(f"{count} messages opened by the other implementation")


def test_the_sdk_opens_our_messages(pair):
    exchange(pair.ours, pair, OUR_FRAMES)


def test_coldseal_opens_messages_of_the_sdk(pair):
    exchange(pair.theirs, pair, SDK_FRAMES)


def test_another_key_is_refused(pair):
    pair.other_key_is_refused()


def test_the_sdk_opens_the_vectors():
    """Every vector with a raw AES key and this suite, and a verdict that the SDK shares, through the SDK."""
    known = json.loads((VECTORS / "keys" / "raw.json").read_text())
    cases = [case for case in json.loads((VECTORS / "manifest.json").read_text())["cases"] if case["suite"] == "0478"]
    count = 0
    for case in cases:
        if case["open"] != ["raw-aes"] or case["python"] != {"raw-aes": "ok"} or case["expect"] in ("reject", "either"):
            continue
        key = known["aes256"]
        opened, _ = CLIENT.decrypt(source=(VECTORS / case["file"]).read_bytes(), keyring=keyring(key["name"], bytes.fromhex(key["hex"]), key["namespace"]))
        if hashlib.sha256(opened).hexdigest() != case["expect"]:
            fail(f"{case['file']}: another payload")
        count += 1
    note(f"{count} vectors opened by the SDK")
