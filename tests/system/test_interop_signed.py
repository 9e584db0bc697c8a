"""coldseal and the official Python SDK open each other's signed messages (suite 0x0578), and coldseal those that the SDK binds to pairs without storing them."""

import os

import pytest
from aws_cryptographic_material_providers.mpl.models import CreateDefaultCryptographicMaterialsManagerInput, CreateRequiredEncryptionContextCMMInput

from support.coldseal import fail
from support.notes import note
from support.python_sdk import AWKWARD_CONTEXTS, CLIENT, PROVIDERS, SIGNATURE_KEY, SIZES, SUITES, Pair, context_flags, keyring

UNSIGNED, SIGNED = SUITES
FRAMES = [4096, 65536]
REQUIRED = {"tenant": "42", "日本": "語", "a": "z"}
STORED = {"b": "c", "purpose": "interop"}


class Signed(Pair):
    """The two implementations, with signed messages."""

    def seal(self, payload, name, context, *flags):
        (self.folder / "payload").write_bytes(payload)
        self.coldseal.run("seal", "payload", *self.key_flags(name), *context_flags(context), *flags, "-o", "message", "--force")
        return (self.folder / "message").read_bytes()

    def opens_here(self, case, message, payload, *flags):
        """To a file, which appears when the signature is verified, and by pipe, which waits for it."""
        (self.folder / "message").write_bytes(message)
        self.coldseal.run("open", "message", *flags, "-o", "opened", "--force")
        if (self.folder / "opened").read_bytes() != payload:
            fail(f"{case}: another payload")
        if self.coldseal.run("open", "-", *flags, stdin=message) != payload:
            fail(f"{case}: another payload by pipe")

    def ours(self, name, context, frame, size):
        """coldseal signs, the SDK verifies."""
        payload = os.urandom(size)
        message = self.seal(payload, name, context, "--sign-message", "--frame-length", frame)
        opened, header = CLIENT.decrypt(source=message, keyring=keyring(name, self.keys[name]))
        case = f"coldseal to SDK, signed: {name}, frame length {frame}, {size} bytes"
        stored = dict(header.encryption_context)
        if stored.pop(SIGNATURE_KEY, None) is None or stored != context or header.algorithm != SIGNED:
            fail(f"{case}: another header: {header}")
        if opened != payload:
            fail(f"{case}: another payload")

    def theirs(self, name, context, frame, size):
        """The SDK signs, coldseal verifies."""
        payload = os.urandom(size)
        wrapping = keyring(name, self.keys[name])
        message, _ = CLIENT.encrypt(source=payload, keyring=wrapping, encryption_context=context, frame_length=frame, algorithm=SIGNED)
        case = f"SDK to coldseal, signed: {name}, frame length {frame}, {size} bytes"
        self.opens_here(case, message, payload, *self.key_flags(name), *context_flags(context))

    def rewrapped(self):
        """What the SDK signed is signed anew, for another key."""
        payload = os.urandom(100_000)
        message, _ = CLIENT.encrypt(source=payload, keyring=keyring("aes-256", self.keys["aes-256"]), encryption_context=STORED, algorithm=SIGNED)
        (self.folder / "message").write_bytes(message)
        self.coldseal.run("rewrap", "message", *self.key_flags("aes-256"), "--to", "us-east-1", "--output-dir", "rewrapped")
        self.coldseal.run("open", "rewrapped/message.us-east-1.bundle", "-o", "opened", "--force")
        if (self.folder / "opened").read_bytes() != payload:
            fail("a rewrapped message has another payload")

    def changed_signature_is_refused(self):
        """A comparison that never fails shows nothing: with a changed signature both refuse."""
        message = bytearray(self.seal(b"payload", "aes-256", {}, "--sign-message"))
        message[-1] ^= 1
        try:
            CLIENT.decrypt(source=bytes(message), keyring=keyring("aes-256", self.keys["aes-256"]))
        except Exception as error:  # noqa: BLE001 - the SDK lets the cryptography library's own through
            if "Signature" not in type(error).__name__:
                fail(f"the SDK refused a changed signature for another reason: {error!r}")
        else:
            fail("the SDK opened a message with a changed signature")
        self.refused(bytes(message), *self.key_flags("aes-256"))

    def refused(self, message, *flags):
        (self.folder / "message").write_bytes(message)
        self.coldseal.run("open", "message", *flags, "-o", "refused", expect=254)
        if (self.folder / "refused").exists():
            fail("a refused message left a file")

    def required(self, suite, size):
        """The SDK binds a message to pairs that it does not store."""
        payload = os.urandom(size)
        default = PROVIDERS.create_default_cryptographic_materials_manager(
            CreateDefaultCryptographicMaterialsManagerInput(keyring=keyring("aes-256", self.keys["aes-256"]))
        )
        manager = PROVIDERS.create_required_encryption_context_cmm(
            CreateRequiredEncryptionContextCMMInput(underlying_cmm=default, required_encryption_context_keys=list(REQUIRED))
        )
        message, header = CLIENT.encrypt(source=payload, materials_manager=manager, encryption_context={**STORED, **REQUIRED}, algorithm=suite)
        if set(header.encryption_context) & set(REQUIRED):
            fail("the SDK stored the required pairs")
        key = self.key_flags("aes-256")
        case = f"required pairs, {suite.name}, {size} bytes"
        for given in (REQUIRED, {**REQUIRED, **STORED}):
            self.opens_here(case, message, payload, *key, *context_flags(given))
        for given in ({}, {**REQUIRED, "tenant": "43"}, {"tenant": "42"}, {**REQUIRED, "more": "x"}, {**REQUIRED, "b": "d"}):
            self.refused(message, *key, *context_flags(given))


@pytest.fixture
def pair(binary, folder):
    return Signed(binary, folder)


@pytest.mark.parametrize("way", ["ours", "theirs"])
def test_signed_messages(pair, way):
    """Ours are those that coldseal signs."""
    direction, count = getattr(pair, way), 0
    for size in SIZES:
        for context in AWKWARD_CONTEXTS:
            direction("aes-256", context, FRAMES[count % 2], size)
            count += 1
    for name in ("aes-128", "aes-192"):
        direction(name, STORED, 4096, 10_000)
    note(f"{count + 2} signed messages opened by the other implementation")


def test_a_message_of_the_sdk_is_rewrapped(pair):
    pair.rewrapped()


def test_a_changed_signature_is_refused(pair):
    pair.changed_signature_is_refused()


@pytest.mark.parametrize("suite", [UNSIGNED, SIGNED], ids=["unsigned", "signed"])
def test_pairs_that_are_required_and_not_stored(pair, suite):
    for size in SIZES:
        pair.required(suite, size)
