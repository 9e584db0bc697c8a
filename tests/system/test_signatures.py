"""Signatures between coldseal and ssh-keygen: each takes what the other signs, for each kind of key, and refuses what it should.

Keys are made here, by ssh-keygen, and by a FIDO token in software after OpenSSH's PROTOCOL.u2f (.ci/make_ssh_signatures.py), whose signatures
ssh-keygen has to take too.
"""

import importlib.util
import subprocess
from pathlib import Path

import pytest

from support.coldseal import Coldseal, fail, write_secret

ROOT = Path(__file__).resolve().parent.parent.parent
NAMESPACE = "coldseal-file"
PASSPHRASE = "correct horse battery staple"
SIGN_HERE = ["ed25519", "ecdsa-256", "ecdsa-384", "ecdsa-521"]
BY_TOKEN = ["ed25519", "ecdsa"]

_spec = importlib.util.spec_from_file_location("make_ssh_signatures", ROOT / ".ci/make_ssh_signatures.py")
make = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(make)


class Signing(Coldseal):
    """A folder with a message, keys, and a file of signers in which each key has a principal by its name."""

    def __init__(self, binary, folder):
        super().__init__(binary, folder)
        write_secret(self.folder / "wrapping.key", bytes(range(32)))
        (self.folder / "payload").write_bytes(b"frame" * 100_000)
        self.run("seal", "payload", *self.raw, "-o", "bundle")
        for name, arguments in make.KEYS:
            make.keygen(*arguments, "-N", "", "-C", name, "-f", self.folder / name)
        for name in SIGN_HERE:
            make.keygen(*dict(make.KEYS)[name], "-N", PASSPHRASE, "-C", name, "-f", self.folder / f"{name}-protected")
        self.tokens = {kind: make.Token(kind) for kind in BY_TOKEN}
        for kind, token in self.tokens.items():
            (self.folder / f"sk-{kind}.pub").write_text(token.public_line() + "\n")
        write_secret(self.folder / "passphrase", PASSPHRASE.encode() + b"\n")
        self.write_signers()

    raw = ["--raw-aes-key", "system/signatures=wrapping.key"]

    def write_signers(self, options='namespaces="coldseal-file,coldseal-manifest"'):
        lines = [f"{public.stem} {options} {public.read_text()}" for public in sorted(self.folder.glob("*.pub"))]
        (self.folder / "allowed_signers").write_text("".join(lines))

    def content(self):
        return (self.folder / "bundle").read_bytes()

    def keygen_signs(self, key, *arguments, namespace=NAMESPACE):
        """The text of a signature of the bundle by ssh-keygen."""
        command = ["ssh-keygen", "-q", "-Y", "sign", "-n", namespace, *arguments, "-f", key]
        return subprocess.run(command, cwd=self.folder, input=self.content(), stdout=subprocess.PIPE, check=True).stdout.decode()

    def keygen_verifies(self, signature, principal, *arguments, namespace=NAMESPACE):
        command = ["ssh-keygen", "-Y", "verify", "-f", "allowed_signers", "-I", principal, "-n", namespace, *arguments, "-s", signature]
        done = subprocess.run(command, cwd=self.folder, input=self.content(), capture_output=True, check=False)
        return done.returncode == 0

    def open_with(self, signature, *arguments):
        (self.folder / "signature").write_text(signature)
        return self.tried("open", "bundle", *self.raw, "--signers", "allowed_signers", "--signature", "signature", *arguments)

    def taken(self, signature, principal):
        done = self.open_with(signature)
        if done.returncode or f"signed by {principal}\n".encode() not in done.stderr or done.stdout != (self.folder / "payload").read_bytes():
            fail(f"{principal}: exit code {done.returncode}, {len(done.stdout)} bytes\n{done.stderr.decode()}")

    def refused(self, signature, why, *arguments):
        done = self.open_with(signature, *arguments)
        text = done.stderr.decode()
        if done.returncode != 254 or done.stdout or why not in text or "KMSInvalidSignatureException" not in text:
            fail(f"{why}: exit code {done.returncode}, {len(done.stdout)} bytes\n{text}")


@pytest.fixture
def signing(binary, tmp_path):
    return Signing(binary, tmp_path / "signing")


def test_ssh_keygen_takes_what_coldseal_signs(signing):
    for name in SIGN_HERE:
        for key, more in [(name, []), (f"{name}-protected", ["--signing-key-passphrase-file", "passphrase"])]:
            # r and s of ECDSA have leading zeros in one of 128 signatures.
            for _ in range(1 if name == "ed25519" else 20):
                signing.run("sign", "bundle", "--signing-key", key, *more, "-o", "sig", "--force")
                if not signing.keygen_verifies("sig", key):
                    fail(f"ssh-keygen does not take the signature by {key}")
                if signing.keygen_verifies("sig", key, namespace="git") or signing.keygen_verifies("sig", "nobody"):
                    fail(f"ssh-keygen takes anything: {key}")


def test_coldseal_takes_what_ssh_keygen_signs(signing):
    for name, _ in make.KEYS:
        for _ in range(1 if name in ("ed25519", "rsa") else 10):
            signing.taken(signing.keygen_signs(name), name)


def test_both_take_what_a_token_signs(signing):
    for kind, token in signing.tokens.items():
        text = token.sign(signing.content())
        signing.taken(text, f"sk-{kind}")
        if not signing.keygen_verifies("signature", f"sk-{kind}"):
            fail(f"ssh-keygen does not take what the token of kind {kind} signs")
        # ssh-keygen leaves the owner's touch to whoever looks.
        signing.refused(token.sign(signing.content(), flags=0), "without its owner's touch")


def test_what_is_taken_in_counts_as_what_is_made_here(signing):
    (signing.folder / "made").write_text(signing.keygen_signs("rsa"))
    (signing.folder / "touched").write_text(signing.tokens["ed25519"].sign(signing.content()))
    signing.run("sign", "bundle", "--add-signature", "made", "--add-signature", "touched", "--signing-key", "ed25519")
    signing.run("open", "bundle", *signing.raw, "--signers", "allowed_signers", "--threshold", "3", "-o", "opened")
    for name in signing.folder.glob("bundle.*.sig"):
        if not any(signing.keygen_verifies(name, principal) for principal in ["rsa", "sk-ed25519", "ed25519"]):
            fail(f"ssh-keygen does not take {name}")


def test_what_is_refused_on_either_side(signing):
    sha256 = signing.keygen_signs("ed25519", "-O", "hashalg=sha256")
    signing.refused(sha256, "over the SHA-256 of the content")
    signing.refused(signing.tokens["ed25519"].sign(signing.content(), hash_name="sha256"), "over the SHA-256 of the content")
    signing.refused(signing.keygen_signs("ed25519", namespace="git"), "for the namespace 'git'")
    signing.refused(signing.keygen_signs("ed25519", namespace="coldseal-manifest"), "for the namespace 'coldseal-manifest'")
    signing.refused(make.Token("ed25519", "ssh:elsewhere").sign(signing.content()), "is the key of no signer")
    signing.refused(signing.tokens["ecdsa"].sign(signing.content() + b"x"), "does not verify")

    good = signing.keygen_signs("ed25519")
    for options, why in [
        ('namespaces="git"', "may not sign for coldseal-file"),
        ('namespaces="coldseal-file",valid-before="20200101Z"', "was valid until 2020-01-01T00:00:00+00:00"),
        ('namespaces="coldseal-file",valid-after="29990101Z"', "is valid from 2999-01-01T00:00:00+00:00 on"),
    ]:
        signing.write_signers(options)
        signing.refused(good, why)
        if signing.keygen_verifies("signature", "ed25519"):
            fail(f"ssh-keygen takes it: {options}")


def test_a_certificate_is_refused(signing):
    """ssh-keygen takes a signature by a key whose certificate an authority signed; coldseal knows keys alone."""
    make.keygen("-t", "ed25519", "-N", "", "-C", "authority", "-f", signing.folder / "authority")
    make.keygen("-s", signing.folder / "authority", "-I", "x", "-n", "alice", signing.folder / "ed25519.pub", stderr=subprocess.DEVNULL)
    # A key file beside its certificate signs with the key; an agent would offer the certificate. Its blob in place of the key's is the same.
    certificate = signing.folder / "ed25519-cert.pub"
    text = make.with_key_blob(signing.keygen_signs("ed25519"), certificate.read_text())
    authority = (signing.folder / "authority.pub").read_text()
    (signing.folder / "allowed_signers").write_text(f'alice cert-authority,namespaces="coldseal-file" {authority}')
    (signing.folder / "signature").write_text(text)
    if not signing.keygen_verifies("signature", "alice"):
        fail("ssh-keygen does not take the certificate, so that nothing is shown")
    refused = signing.open_with(text).stderr.decode()
    if "names a certificate authority" not in refused:
        fail(refused)
    certificate.unlink()
    signing.write_signers()
    signing.refused(text, "it is a certificate")


def test_keys_that_only_verify_say_how_to_sign(signing):
    for key in ["rsa"]:
        done = signing.tried("sign", "bundle", "--signing-key", key)
        if done.returncode != 254 or b"'ssh-keygen -Y sign -n coldseal-file -f KEY FILE'" not in done.stderr:
            fail(f"{key}: {done.stderr.decode()}")
