"""`aws-encryption-cli` as it is, against `kms serve`: it opens what coldseal sealed, and the reverse.

It finds the server in both ways that there are: as a program that `kms serve` runs, and through the AWS configuration file that `kms serve` writes.
"""

import json
import os
import stat
import subprocess

import pytest

from support.coldseal import Coldseal, fail
from support.endpoints import Serve
from support.notes import note

HOME, AWAY = "us-west-2", "eu-west-1"
SIZES = [1, 64 * 1024, 3 * 1024 * 1024]
SUITES = {"AES_256_GCM_HKDF_SHA512_COMMIT_KEY": [], "AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384": ["--sign-message"]}
SECRET = '{"username": "saanvi", "password": "EXAMPLE-PASSWORD"}'
PASSPHRASE = "correct horse battery staple"


class Cli:
    """One coldseal, one aws-encryption-cli, in one folder."""

    def __init__(self, coldseal, program):
        self.coldseal, self.program = coldseal, program
        self.folder = coldseal.folder
        self.count = 0

    def run_by_serve(self, *args):
        """`kms serve` starts the program, which needs no other configuration."""
        return self.coldseal.tried("kms", "serve", "--", self.program, *args)

    def run_by_file(self, *args):
        """The program reads the file that a running `kms serve` wrote."""
        env = {**self.coldseal.env, "AWS_CONFIG_FILE": "serve.config"}
        return subprocess.run([self.program, *args], cwd=self.folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, check=False)

    def ours(self, way, arn, size, suite):
        """coldseal seals, aws-encryption-cli opens with the key's ARN, or with any key of the Region."""
        payload = os.urandom(size)
        (self.folder / "payload").write_bytes(payload)
        self.coldseal.run("seal", "payload", "--kms-key-id", arn, *SUITES[suite], "--encryption-context", "purpose=interop", "-o", "message", "--force")
        for key in ([f"key={arn}"], ["discovery=true", f"region={HOME}"]):
            (self.folder / "opened").unlink(missing_ok=True)
            self.checked(way("--decrypt", "-w", *key, "-i", "message", "-o", "opened", "-c", "purpose=interop", "--metadata-output", "metadata"))
            if (self.folder / "opened").read_bytes() != payload:
                fail(f"coldseal to aws-encryption-cli: {suite}, {size} bytes: another payload")
            header = json.loads((self.folder / "metadata").read_text().splitlines()[-1])["header"]
            if f"AlgorithmSuite.{suite}" not in (header["algorithm"], f"AlgorithmSuite.{header['algorithm']}"):
                fail(f"the message has {header['algorithm']} in place of {suite}")
            self.count += 1

    def theirs(self, way, arn, size, suite):
        payload = os.urandom(size)
        (self.folder / "payload").write_bytes(payload)
        (self.folder / "message").unlink(missing_ok=True)
        self.checked(way("--encrypt", "-w", f"key={arn}", "-i", "payload", "-o", "message", "-c", "purpose=interop", "--algorithm", suite, "-S"))
        self.coldseal.run("open", "message", "--encryption-context", "purpose=interop", "-o", "opened", "--force")
        if (self.folder / "opened").read_bytes() != payload:
            fail(f"aws-encryption-cli to coldseal: {suite}, {size} bytes: another payload")
        self.count += 1

    def checked(self, done):
        if done.returncode != 0:
            fail(f"exit code {done.returncode}: {done.args}\n{done.stderr.decode(errors='replace')}")
        return done.stdout


def both(cli, way, arn):
    for size in SIZES:
        for suite in SUITES:
            cli.ours(way, arn, size, suite)
            cli.theirs(way, arn, size, suite)


def refusals(cli, arn, other):
    """A comparison that never fails shows nothing: another key, and a changed encryption context."""
    (cli.folder / "payload").write_bytes(b"payload")
    cli.coldseal.run("seal", "payload", "--kms-key-id", arn, "--encryption-context", "purpose=interop", "-o", "message", "--force")
    (cli.folder / "changed").write_bytes((cli.folder / "message").read_bytes().replace(b"interop", b"Interop", 1))
    for message, key in (("message", other), ("changed", arn)):
        done = cli.run_by_file("--decrypt", "-w", f"key={key}", "-i", message, "-o", "refused", "-S")
        if done.returncode == 0 or (cli.folder / "refused").exists():
            fail(f"aws-encryption-cli opened {message} with {key}")


def make_secret(cli, name):
    """A secret for two Regions."""
    (cli.folder / "value").write_text(SECRET)
    cli.coldseal.run("create-secret", "--name", name, "--secret-string", "file://value", "--region", HOME, "--add-replica-regions", f"Region={AWAY}")


def acceptance(cli):
    """The README's commands: a server, a secret for two Regions, one of its bundles. The server runs already."""
    make_secret(cli, "token")
    for region in (HOME, AWAY):
        [bundle] = (cli.folder / f"coldseal-vault/secrets/{HOME}/token").glob(f"*/{region}.*.bundle")
        shown = cli.checked(cli.run_by_file("--decrypt", "-w", "discovery=true", f"region={region}", "-i", str(bundle), "-o", "-", "-S"))
        if shown.decode() != SECRET:
            fail(f"{region}: aws-encryption-cli printed {shown}")
        cli.count += 1


def program_of_serve(coldseal):
    """A program gets the address and credentials and no passphrase; its exit code and its stdout are those of the command."""
    for name in ("COLDSEAL_PASSPHRASE", "COLDSEAL_NEW_PASSPHRASE", "COLDSEAL_INPUT_PASSPHRASE", "COLDSEAL_PASSPHRASE_FD"):
        coldseal.env[name] = PASSPHRASE
    del coldseal.env["COLDSEAL_PASSPHRASE_FD"]
    coldseal.env.update(AWS_SESSION_TOKEN="stale", **coldseal.profile("other"))
    shown = coldseal.run("kms", "serve", "--", "env").decode()
    env = dict(line.split("=", 1) for line in shown.splitlines() if "=" in line)
    if PASSPHRASE in shown or any(name.startswith(("COLDSEAL_PASSPHRASE", "COLDSEAL_NEW_PASS", "COLDSEAL_INPUT_PASS")) for name in env):
        fail("a program that kms serve runs gets a passphrase")
    if missing := {"AWS_ENDPOINT_URL_KMS", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} - set(env):
        fail(f"a program that kms serve runs lacks {missing}")
    if {"AWS_SESSION_TOKEN", "AWS_PROFILE"} & set(env):
        fail("a program that kms serve runs has another session's token or profile")
    first_line = shown.splitlines()[0]
    if first_line.startswith("http"):
        fail(f"kms serve itself wrote to the program's stdout: {first_line}")
    coldseal.run("kms", "serve", "--", "sh", "-c", "exit 7", expect=7)
    done = coldseal.tried("kms", "serve", "--", "there-is-no-such-program")
    if done.returncode in (0, 7) or b"there-is-no-such-program" not in done.stderr:
        fail(f"a program that is not there: exit code {done.returncode}, {done.stderr}")
    for name in ("COLDSEAL_PASSPHRASE", "COLDSEAL_NEW_PASSPHRASE", "COLDSEAL_INPUT_PASSPHRASE", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        del coldseal.env[name]


def exported(coldseal, program):
    """What --export prints, a shell takes as it is."""
    script = f"""
set -eu
mkfifo exports
"{coldseal.binary}" kms serve --export > exports &
server=$!
exec 3< exports
while IFS= read -r -t 5 line <&3; do
    eval "$line"
    case $line in unset*) break ;; esac
done
"{program}" --decrypt -w discovery=true region={AWAY} -i coldseal-vault/secrets/{HOME}/exported/*/{AWAY}.*.bundle -o - -S
kill "$server"
wait "$server" || [ $? = 143 ]
"""
    done = subprocess.run(["bash", "-c", script], cwd=coldseal.folder, env=coldseal.env, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=60)
    if done.returncode != 0 or done.stdout.decode() != SECRET:
        fail(f"with --export: exit code {done.returncode}, {done.stdout}\n{done.stderr.decode(errors='replace')}")


@pytest.fixture(scope="module")
def cli(binary, tmp_path_factory, aws_encryption_cli):
    cli = Cli(Coldseal(binary, tmp_path_factory.mktemp("serve")), str(aws_encryption_cli))
    yield cli
    note(f"{cli.count} messages opened by aws-encryption-cli and by coldseal, the keys in kms serve")


@pytest.fixture(scope="module")
def arns(cli):
    return [json.loads(cli.coldseal.run("kms", "create-key", "--region", HOME))["KeyMetadata"]["Arn"] for _ in range(2)]


@pytest.fixture
def server(cli):
    with Serve(cli.coldseal) as server:
        if mode := stat.S_IMODE(server.config.stat().st_mode) & 0o077:
            fail(f"others may read the credentials: {mode:o}")
        yield server


def test_messages_by_a_program_of_kms_serve(cli, arns):
    both(cli, cli.run_by_serve, arns[0])


def test_messages_by_the_configuration_file(cli, arns, server):
    both(cli, cli.run_by_file, arns[0])


def test_refusals(cli, arns, server):
    refusals(cli, *arns)


def test_bundles_of_a_secret(cli, server):
    acceptance(cli)


def test_environment_and_exit_code_of_a_program(cli):
    program_of_serve(cli.coldseal)


def test_exported_for_a_shell(cli):
    make_secret(cli, "exported")
    exported(cli.coldseal, cli.program)
