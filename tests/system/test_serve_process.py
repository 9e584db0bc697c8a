"""`kms serve` as a process: signals, what it leaves behind, passphrases, exports for a shell, and programs that it runs."""

import signal
import subprocess
import time

import pytest

from support.coldseal import fail
from support.wire import REGION, WireServer, connected, serving, status_of


@pytest.fixture
def coldseal(binary, folder):
    return serving(binary, folder)


def test_a_signal_ends_it_after_the_request_in_work(coldseal):
    for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGQUIT, 131), (signal.SIGXCPU, 152)):
        with WireServer(coldseal) as server:
            if server.config.stat().st_mode & 0o777 != 0o600:
                fail("the configuration file is for others too")
            idle, busy = connected(server, b""), connected(server, b"")
            busy.sendall(server.wire("CreateKey", b'{"KeySpec": "RSA_4096", "KeyUsage": "ENCRYPT_DECRYPT"}'))
            time.sleep(0.2)
            server.end(number, code)
            if (status := status_of(busy)) != 200:
                fail(f"a request in work was answered with {status} at signal {number}")
            idle.close()


def test_the_configuration_file_of_a_killed_one_is_replaced_and_no_other(coldseal):
    with WireServer(coldseal) as server:
        second = coldseal.tried("kms", "serve", "--config-file", server.config)
        if second.returncode != 253 or b"which runs" not in second.stderr:
            fail(f"two servers with one configuration file: {second.returncode} {second.stderr}")
        server.process.kill()
        server.process.wait()
        if not server.config.exists():
            fail("SIGKILL leaves the file")
    with WireServer(coldseal) as server:
        server.works("after a killed one")
        server.end(signal.SIGTERM, 143)
    (coldseal.folder / "serve.config").write_text("[default]\n")
    refused = coldseal.tried("kms", "serve", "--config-file", "serve.config")
    if refused.returncode != 253 or (coldseal.folder / "serve.config").read_text() != "[default]\n":
        fail(f"a file of somebody's: {refused.returncode} {refused.stderr}")
    (coldseal.folder / "serve.config").unlink()


def test_a_shell_takes_what_is_exported(coldseal):
    script = 'eval "$("$0" kms serve --export &)"; aws kms list-keys --region us-west-2; code=$?; kill "$COLDSEAL_KMS_SERVE_PID"; exit $code'
    done = subprocess.run(["bash", "-c", script, coldseal.binary], cwd=coldseal.folder, env={**coldseal.env, **coldseal.profile("other")}, check=False,
                          capture_output=True, timeout=60)
    if done.returncode or b"KeyArn" not in done.stdout:
        fail(f"eval of --export: {done.returncode} {done.stdout} {done.stderr}")


def test_environment_exit_code_and_signals_of_a_program(coldseal):
    # Inside, a shell prints its environment and ends with a code of its own.
    env = {**coldseal.env, **coldseal.profile("other"), "AWS_SESSION_TOKEN": "x", "COLDSEAL_PASSPHRASE": "x", "COLDSEAL_NEW_PASSPHRASE_FD": "9",
           "COLDSEAL_INPUT_PASSPHRASE": "x", "HTTP_PROXY": "http://192.0.2.1:1"}

    def serve(*program, **kwargs):
        return subprocess.Popen([coldseal.binary, "kms", "serve", "--", *program], cwd=coldseal.folder, env=env, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, **kwargs)

    shell = serve("sh", "-c", "env; exit 7")
    out, err = shell.communicate(timeout=60)
    names = {line.split("=")[0] for line in out.decode().splitlines()}
    if shell.returncode != 7 or err or not {"AWS_ENDPOINT_URL_KMS", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "NO_PROXY"} <= names:
        fail(f"a program's environment: {shell.returncode} {sorted(names)} {err}")
    if left := [name for name in names if "PASSPHRASE" in name or name in ("AWS_PROFILE", "AWS_SESSION_TOKEN")]:
        fail(f"a program sees {left}")
    aws = serve("aws", "kms", "list-keys", "--region", REGION)
    out, err = aws.communicate(timeout=60)
    if aws.returncode or b"KeyArn" not in out:
        fail(f"serve -- aws kms list-keys: {aws.returncode} {out} {err}")
    for args, code, word in ((("nosuch-program",), 255, b"nosuch-program"), (("sh", "-c", "kill -KILL $$"), 137, b"")):
        done = serve(*args)
        _, err = done.communicate(timeout=60)
        if done.returncode != code or word not in err:
            fail(f"{args}: {done.returncode} {err}")
    for number, code in ((signal.SIGTERM, 143), (signal.SIGINT, 3), (signal.SIGHUP, 129), (signal.SIGUSR1, 138)):
        # No terminal, so that all signals come from here alone; a shell that handles SIGINT chooses its code.
        waiting = serve("bash", "-c", "trap 'exit 3' INT; echo ready; while :; do sleep 0.05; done", start_new_session=True)
        waiting.stdout.readline()
        waiting.send_signal(number)
        if (ended := waiting.wait(20)) != code:
            fail(f"signal {number} to serve -- PROGRAM: {ended}, expected {code}")
    if (coldseal.folder / "home/data/coldseal/serve.config").exists():
        fail("a program needs no configuration file")


def test_a_passphrase_is_asked_for_at_the_start(coldseal):
    coldseal.run("kms", "change-protection", "--to", "passphrase", "--new-passphrase-file", "passphrase")
    without = coldseal.tried("kms", "serve", "--", "true")
    if without.returncode != 253:
        fail(f"without its passphrase: {without.returncode} {without.stderr}")
    listed = coldseal.run("kms", "serve", "--passphrase-file", "passphrase", "--", "aws", "kms", "list-keys", "--region", REGION)
    if b"KeyArn" not in listed:
        fail("a keystore with a passphrase serves nothing")
