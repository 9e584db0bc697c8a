"""Every command of the program, in an order in which each finds what it needs."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from support.coldseal import Coldseal, fail, traced_calls, write_secret
from support.notes import note

REGIONS = ["--region", "us-west-2"]
SECRET = ["--secret-id", "ci/offline"]


POLICY = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}}'


PUBLIC_KEY = json.loads((Path(__file__).parent.parent.parent / "data/public-keys/p384.json").read_text())


def cases(coldseal):
    """Every command, in an order in which each finds what it needs."""
    yield ["--version"]
    yield from (["kms", *args] for args in kms_cases(coldseal))
    yield ["create-secret", "--name", "ci/offline", "--secret-string", "file://payload", *REGIONS, "--add-replica-regions", "Region=us-east-1"]
    yield ["replicate-secret-to-regions", *SECRET, "--add-replica-regions", "Region=eu-west-1"]
    yield ["put-secret-value", *SECRET, "--secret-string", "file://payload", "--client-request-token", "next-" * 8]
    yield ["update-secret", *SECRET, "--description", "offline"]
    yield ["update-secret-version-stage", *SECRET, "--version-stage", "ci", "--move-to-version-id", "next-" * 8]
    yield ["list-secret-version-ids", *SECRET, "--include-deprecated"]
    yield ["get-secret-value", *SECRET, "--region", "eu-west-1"]
    yield ["replicate-secret-to-regions", "--all", "--add-replica-regions", "ap-south-1"]
    yield ["remove-regions-from-replication", *SECRET, "--remove-replica-regions", "eu-west-1", "ap-south-1"]
    (coldseal.folder / "plan.jsonl").write_text('{"Name": "ci/a", "SecretString": "file://payload"}\n{"Name": "ci/b", "SecretBinary": "eA=="}\n')
    yield ["batch-get-secret-value", "--secret-id-list", "ci/offline"]
    yield ["get-random-password"]
    yield ["edit", *SECRET]
    yield ["exec", *SECRET, "--", "true"]
    yield ["pack", "plan.jsonl", *REGIONS, "--add-replica-regions", "us-east-1"]
    yield ["unpack", "--output-dir", "unpacked"]
    (coldseal.folder / "plan.jsonl").write_text('{"Name": "ci/a", "SecretString": "updated"}\n')
    yield ["pack", "plan.jsonl", *REGIONS, "--prune", "--yes"]
    yield ["stop-replication-to-replica", "--secret-id", "ci/a", "--region", "us-east-1"]
    yield ["tag-resource", *SECRET, "--tags", "Key=a,Value=b"]
    yield ["untag-resource", *SECRET, "--tag-keys", "a"]
    yield ["put-resource-policy", *SECRET, "--resource-policy", POLICY]
    yield ["get-resource-policy", *SECRET]
    yield ["delete-resource-policy", *SECRET]
    yield ["validate-resource-policy", "--resource-policy", POLICY]
    yield ["delete-secret", "--secret-id", "ci/a", "--region", "us-east-1"]
    yield ["restore-secret", "--secret-id", "ci/a", "--region", "us-east-1"]
    yield ["purge"]
    yield ["rotate-secret", *SECRET, "--rotation-rules", "AutomaticallyAfterDays=30"]
    yield ["cancel-rotate-secret", *SECRET]
    yield ["describe-secret", *SECRET]
    yield ["list-secrets"]
    yield ["secretsmanager", "list-secrets"]
    yield ["status"]
    yield ["iam-policy", "--role", "publisher", "--all"]
    yield ["create-secret", "--name", "ci/dry", "--secret-string", "file://payload", *REGIONS, "--dry-run"]
    yield ["verify"]
    yield ["verify", "--open", "--report", "verified.html"]
    raw = ["--raw-aes-key", "ci/offline=wrapping.key"]
    yield ["seal", "payload", *raw, "-o", "message"]
    yield ["inspect", "message"]
    key = coldseal.folder / "signing.key"
    key.write_bytes((Path(__file__).parent.parent.parent / "data/signing/ed25519").read_bytes())
    key.chmod(0o600)
    yield ["sign", "message", "--signing-key", "signing.key"]
    yield ["sign", "--signing-key", "signing.key", "--yes"]
    yield ["verify", "--signers", str(Path(__file__).parent.parent.parent / "data/signing/allowed_signers")]
    yield ["diff"]
    yield ["export", "--regions", "us-east-1", "--to", "part"]
    yield ["export", "--regions", "us-east-1", "--to", "part.tar"]
    yield ["import", "part.tar", "--signers", str(Path(__file__).parent.parent.parent / "data/signing/allowed_signers"), "--vault", "brought"]
    yield ["open", "message", *raw, "-o", "opened"]
    yield ["seal", "payload", "--to", "us-west-2"]
    yield ["rewrap", "payload.us-west-2.bundle", "--to", "eu-west-1"]
    yield ["rewrap", "--all"]
    yield ["completions", "bash"]
    yield ["man", "--output-dir", "man"]
    # Last: from here on each command needs the passphrase.
    yield ["kms", "change-protection", "--to", "passphrase", "--new-passphrase-file", "payload", "--allow-weak-passphrase"]
    yield ["get-secret-value", *SECRET, "--passphrase-file", "payload"]


def kms_cases(coldseal):
    def made(*args):
        metadata = json.loads(coldseal.run("kms", "create-key", *REGIONS, *args))
        return ["--key-id", metadata["KeyMetadata"]["KeyId"]]

    yield ["create-key", *REGIONS]
    key, other = made(), made("--multi-region")
    target = ["--target-key-id", key[1]]
    yield ["create-alias", *REGIONS, "--alias-name", "alias/ci", *target]
    yield ["update-alias", *REGIONS, "--alias-name", "alias/ci", *target]
    yield ["set-default-key", *REGIONS, "--key-id", "alias/ci"]
    for name in ("list-keys", "list-aliases", "list-regions"):
        yield [name, *REGIONS]
    for name in ("describe-key", "rotate-key-on-demand", "enable-key-rotation", "get-key-rotation-status", "list-key-rotations", "disable-key-rotation",
                 "get-key-policy", "list-resource-tags", "disable-key", "enable-key"):
        yield [name, *REGIONS, *key]
    yield ["put-key-policy", *REGIONS, *key, "--policy", POLICY]
    yield ["update-key-description", *REGIONS, *key, "--description", "offline"]
    yield ["tag-resource", *REGIONS, *key, "--tags", "TagKey=a,TagValue=b"]
    yield ["untag-resource", *REGIONS, *key, "--tag-keys", "a"]
    yield ["encrypt", *REGIONS, *key, "--plaintext", "fileb://payload"]
    blob = json.loads(coldseal.run("kms", "encrypt", *REGIONS, *key, "--plaintext", "fileb://payload"))["CiphertextBlob"]
    yield ["decrypt", *REGIONS, "--ciphertext-blob", blob]
    yield ["re-encrypt", *REGIONS, "--ciphertext-blob", blob, "--destination-key-id", other[1]]
    for name in ("generate-data-key", "generate-data-key-without-plaintext"):
        yield [name, *REGIONS, *key, "--key-spec", "AES_256"]
    yield ["generate-random", "--number-of-bytes", "32"]
    rsa, curve = made("--key-spec", "RSA_2048", "--key-usage", "ENCRYPT_DECRYPT"), made("--key-spec", "ECC_NIST_P384", "--key-usage", "KEY_AGREEMENT")
    yield ["encrypt", *REGIONS, *rsa, "--plaintext", "fileb://payload", "--encryption-algorithm", "RSAES_OAEP_SHA_256"]
    yield ["get-public-key", *REGIONS, *rsa]
    public = json.loads(coldseal.run("kms", "get-public-key", *REGIONS, *curve))["PublicKey"]
    yield ["derive-shared-secret", *REGIONS, *curve, "--key-agreement-algorithm", "ECDH", "--public-key", public]
    yield ["replicate-key", *REGIONS, *other, "--replica-region", "eu-west-1"]
    yield ["update-primary-region", *REGIONS, *other, "--primary-region", "eu-west-1"]
    yield ["enable-region", "af-south-1"]
    yield ["export-keys", "--regions", "eu-west-1", "--output-file", "export.json", "--output-key-file", "export.key"]
    yield ["import-keys", "export.json", "--input-key-file", "export.key"]
    yield ["import-public-key", "public-key.json"]
    yield ["delete-public-key", "--key-id", PUBLIC_KEY["KeyId"]]
    unused = made()
    yield ["schedule-key-deletion", *REGIONS, *unused]
    yield ["cancel-key-deletion", *REGIONS, *unused]
    coldseal.run("kms", "create-alias", *REGIONS, "--alias-name", "alias/gone", *target)
    yield ["delete-alias", *REGIONS, "--alias-name", "alias/gone"]
    yield ["purge"]


# What `serve` and `kms serve` may do: a socket on loopback, and the one through which its signals come.
SERVES = re.compile(r"""
    socket\(AF_INET,\ SOCK_STREAM | setsockopt\( | getsockname\( | listen\( | accept4?\(
    | bind\(\d+,\ \{sa_family=AF_INET,\ sin_port=htons\(0\),\ sin_addr=inet_addr\("127\.0\.0\.1"\)\}
    | socketpair\(AF_UNIX | recvfrom\(\d+,\ 0x | shutdown\(
""", re.VERBOSE)


# The commands that listen.
SERVE = {("serve",), ("kms", "serve")}


def serves_on_loopback_only(coldseal, *command):
    """The named exception."""
    name = " ".join(command)
    log = coldseal.folder / "trace"
    tracer = ["strace", "-f", "-qq", "-e", "trace=%network", "-e", "signal=none", "-o", str(log)]
    done = coldseal.tried(*command, "--", "true", behind=tracer)
    calls = traced_calls(log)
    if done.returncode != 0 or not any("listen(" in call for call in calls):
        fail(f"{name}: exit code {done.returncode}, {calls}\n{done.stderr.decode(errors='replace')}")
    if other := [call for call in calls if not SERVES.match(call) and not call.startswith("<...")]:
        fail(f"{name} made other network system calls:\n" + "\n".join(other))


def commands(coldseal, *group):
    """The names that the help of a group lists."""
    lines = coldseal.run(*group, "--help").decode().partition("Commands:\n")[2].partition("\n\n")[0].splitlines()
    return {(*group, line.split()[0]) for line in lines if line.startswith("  ") and not line.startswith("   ")}


def strace_sees_sockets(coldseal):
    """A tracer that sees nothing would pass everything."""
    log = coldseal.folder / "trace"
    code = "import socket; socket.socket(socket.AF_UNIX).close()"
    subprocess.run(["strace", "-f", "-qq", "-e", "trace=%network", "-o", str(log), sys.executable, "-c", code], check=True, stdin=subprocess.DEVNULL)
    if "socket(" not in log.read_text():
        fail("strace does not see a socket being made")


def make_no_network_calls(binary, folder, *without):
    """Runs them all under strace. `without` names those, such as 'kms serve', that the build has no code for."""
    coldseal = Coldseal(binary, folder)
    coldseal.env["EDITOR"] = "true"
    # It is a passphrase too.
    write_secret(coldseal.folder / "payload", b'{"username": "saanvi", "password": "EXAMPLE-PASSWORD"}')
    write_secret(coldseal.folder / "wrapping.key", os.urandom(32))
    (coldseal.folder / "public-key.json").write_text(json.dumps(PUBLIC_KEY))
    strace_sees_sockets(coldseal)
    without = {tuple(command.split()) for command in without}
    left = ((commands(coldseal) - {("kms",)}) | commands(coldseal, "kms")) - without
    if len(left) < 40:
        fail(f"the help lists only {len(left)} commands")
    listening, count = left & SERVE, 0
    left -= listening
    for args in (args for args in cases(coldseal) if tuple(args[:2]) not in without):
        done = coldseal.tried_without_network(*args)
        if done.returncode != 0:
            fail(f"{' '.join(args)}: exit code {done.returncode}\n{done.stderr.decode(errors='replace')}")
        left -= {tuple(args[:1]), tuple(args[:2])}
        count += 1
    # By now there is a vault.
    for command in listening:
        serves_on_loopback_only(coldseal, *command, "--passphrase-file", "payload")
    if left:
        fail(f"commands that nothing here runs: {sorted(left)}")
    note(f"{count} runs of all commands made no network system call")
