"""Makes tests/data/signing: keys of OpenSSH, signatures by ssh-keygen, and by a FIDO token in software.

    python3 .ci/make_ssh_signatures.py tests/data/signing

The token follows PROTOCOL.u2f and PROTOCOL.sshsig of OpenSSH, with the primitives of `cryptography`; ssh-keygen has to take what it signs.
tests/system/test_signatures.py makes signatures with it too.
"""

import base64
import hashlib
import struct
import subprocess
import sys
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

NAMESPACE = "coldseal-file"
PASSPHRASE = "correct horse battery staple"
# Name, arguments of ssh-keygen.
KEYS = [
    ("ed25519", ["-t", "ed25519"]),
    ("ecdsa-256", ["-t", "ecdsa", "-b", "256"]),
    ("ecdsa-384", ["-t", "ecdsa", "-b", "384"]),
    ("ecdsa-521", ["-t", "ecdsa", "-b", "521"]),
    ("rsa", ["-t", "rsa", "-b", "2048"]),
]
PRESENT = 0x01


def string(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def mpint(number: int) -> bytes:
    return string(number.to_bytes(number.bit_length() // 8 + 1, "big") if number else b"")


def armored(blob: bytes) -> str:
    text = base64.b64encode(blob).decode()
    lines = [text[at : at + 70] for at in range(0, len(text), 70)]
    return "\n".join(["-----BEGIN SSH SIGNATURE-----", *lines, "-----END SSH SIGNATURE-----", ""])


class Token:
    """A FIDO token in software: a key that no file has, and a counter."""

    def __init__(self, kind: str, application: str = "ssh:"):
        self.application, self.counter = application, 41
        if kind == "ed25519":
            self.key = ed25519.Ed25519PrivateKey.generate()
            self.type = b"sk-ssh-ed25519@openssh.com"
            point = self.key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
            self.blob = string(self.type) + string(point)
        else:
            self.key = ec.generate_private_key(ec.SECP256R1())
            self.type = b"sk-ecdsa-sha2-nistp256@openssh.com"
            point = self.key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
            self.blob = string(self.type) + string(b"nistp256") + string(point)
        self.blob += string(application.encode())

    def public_line(self) -> str:
        return f"{self.type.decode()} {base64.b64encode(self.blob).decode()}"

    def sign(self, content: bytes, namespace: str = NAMESPACE, flags: int = PRESENT, hash_name: str = "sha512") -> str:
        """The text of a signature."""
        fields = string(namespace.encode()) + string(b"") + string(hash_name.encode())
        signed = b"SSHSIG" + fields + string(hashlib.new(hash_name, content).digest())
        self.counter += 1
        trailer = struct.pack(">BI", flags, self.counter)
        message = hashlib.sha256(self.application.encode()).digest() + trailer + hashlib.sha256(signed).digest()
        if isinstance(self.key, ed25519.Ed25519PrivateKey):
            made = self.key.sign(message)
        else:
            made = b"".join(mpint(number) for number in decode_dss_signature(self.key.sign(message, ec.ECDSA(hashes.SHA256()))))
        signature = string(self.type) + string(made) + trailer
        return armored(b"SSHSIG" + struct.pack(">I", 1) + string(self.blob) + fields + string(signature))


def keygen(*arguments: object, **options) -> None:
    subprocess.run(["ssh-keygen", "-q", *map(str, arguments)], check=True, stdout=subprocess.DEVNULL, **options)


def sign(folder: Path, key: str, name: str, *arguments: str, namespace: str = NAMESPACE) -> None:
    """The signature of `message` by ssh-keygen, in NAME.sig."""
    message = folder / "message"
    # With -q it reads standard input and asks nothing.
    made = subprocess.run(
        ["ssh-keygen", "-q", "-Y", "sign", "-n", namespace, *arguments, "-f", str(folder / key)],
        stdin=message.open("rb"), stdout=subprocess.PIPE, check=True,
    )
    (folder / f"{name}.sig").write_bytes(made.stdout)


def main(folder: Path) -> None:
    folder.mkdir(parents=True)
    content = b"The content of a bundle that is signed.\n"
    (folder / "message").write_bytes(content)
    for name, arguments in KEYS:
        keygen(*arguments, "-N", "", "-C", f"{name} example", "-f", folder / name)
        sign(folder, name, name)
    for name in ("ed25519", "ecdsa-256"):
        protected = folder / f"{name}-passphrase"
        protected.write_bytes((folder / name).read_bytes())
        protected.chmod(0o600)
        keygen("-p", "-P", "", "-N", PASSPHRASE, "-a", "2", "-f", protected)
    sign(folder, "rsa", "rsa-sha256-of-content", "-O", "hashalg=sha256")
    sign(folder, "ed25519", "other-namespace", namespace="git")
    sign(folder, "ed25519", "manifest", namespace="coldseal-manifest")
    certificate(folder)
    keygen("-t", "rsa", "-b", "1024", "-N", "", "-C", "rsa-1024 example", "-f", folder / "rsa-1024")
    (folder / "rsa-1024").unlink()
    for kind in ("ed25519", "ecdsa"):
        token = Token(kind)
        (folder / f"sk-{kind}.pub").write_text(token.public_line() + f" sk-{kind} example\n")
        (folder / f"sk-{kind}.sig").write_text(token.sign(content))
        (folder / f"sk-{kind}-untouched.sig").write_text(token.sign(content, flags=0))
    (folder / "sk-other-application.sig").write_text(Token("ed25519", "ssh:elsewhere").sign(content))
    signers(folder)


def with_key_blob(signature: str, public_line: str) -> str:
    """A signature that says it is by the key of this line: what `ssh-keygen -Y sign` writes with a certificate from an agent."""
    parts = base64.b64decode("".join(signature.splitlines()[1:-1]))
    length = struct.unpack(">I", parts[10:14])[0]
    return armored(parts[:10] + string(base64.b64decode(public_line.split()[1])) + parts[14 + length :])


def certificate(folder: Path) -> None:
    """A signature by a key with a certificate."""
    keygen("-t", "ed25519", "-N", "", "-C", "authority", "-f", folder / "authority")
    keygen("-s", folder / "authority", "-I", "example", "-n", "alice", folder / "ed25519.pub", stderr=subprocess.DEVNULL)
    made = with_key_blob((folder / "ed25519.sig").read_text(), (folder / "ed25519-cert.pub").read_text())
    (folder / "certificate.sig").write_text(made)
    for name in ("authority", "authority.pub"):
        (folder / name).unlink()


def signers(folder: Path) -> None:
    lines = ["# Who may sign in tests."]
    for public in sorted(folder.glob("*.pub")):
        if public.stem in ("ed25519-cert", "rsa-1024"):
            continue
        key_type, key = public.read_text().split()[:2]
        lines.append(f'{public.stem}@example.com namespaces="{NAMESPACE},coldseal-manifest" {key_type} {key}')
    (folder / "allowed_signers").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
