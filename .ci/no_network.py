"""No command makes a network system call: each runs under strace, and any call of the kernel's network class fails the check.

AF_UNIX counts: asking a name service for a user or a host goes through such a socket.

Usage: no_network.py BINARY FOLDER
"""

import os
import subprocess
import sys

from common import Coldseal, fail

REGIONS = ["--region", "us-west-2"]
SECRET = ["--secret-id", "ci/offline"]


def cases():
    """The commands in an order in which each finds what it needs."""
    raw = ["--raw-aes-key", "ci/offline=wrapping.key"]
    yield ["--version"]
    yield ["kms", "create-key", *REGIONS]
    yield ["kms", "list-keys", *REGIONS]
    yield ["kms", "list-aliases", *REGIONS]
    yield ["create-secret", "--name", "ci/offline", "--secret-string", "file://payload", *REGIONS, "--add-replica-regions", "Region=us-east-1"]
    yield ["replicate-secret-to-regions", *SECRET, "--add-replica-regions", "Region=eu-west-1"]
    yield ["get-secret-value", *SECRET, "--region", "eu-west-1"]
    yield ["describe-secret", *SECRET]
    yield ["list-secrets"]
    yield ["verify"]
    yield ["verify", "--open"]
    yield ["seal", "payload", *raw, "-o", "message"]
    yield ["inspect", "message"]
    yield ["open", "message", *raw, "-o", "opened"]


def traced(coldseal, args):
    log = coldseal.folder / "trace"
    # signal=none: a log line is then a system call or the exit of a process.
    strace = ["strace", "-f", "-qq", "-e", "trace=%network", "-e", "signal=none", "-o", str(log)]
    done = subprocess.run(
        [*strace, coldseal.binary, *args], cwd=coldseal.folder, env=coldseal.env, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    if done.returncode != 0:
        fail(f"{' '.join(args)}: exit code {done.returncode}\n{done.stderr.decode(errors='replace')}")
    return [line for line in log.read_text().splitlines() if "(" in line]


def strace_sees_sockets(coldseal):
    """A tracer that sees nothing would pass everything."""
    log = coldseal.folder / "trace"
    code = "import socket; socket.socket(socket.AF_UNIX).close()"
    subprocess.run(["strace", "-f", "-qq", "-e", "trace=%network", "-o", str(log), sys.executable, "-c", code], check=True, stdin=subprocess.DEVNULL)
    if "socket(" not in log.read_text():
        fail("strace does not see a socket being made")


def main(binary, folder):
    coldseal = Coldseal(binary, folder)
    (coldseal.folder / "payload").write_bytes(b'{"username": "saanvi", "password": "EXAMPLE-PASSWORD"}')
    (coldseal.folder / "wrapping.key").write_bytes(os.urandom(32))
    strace_sees_sockets(coldseal)
    count = 0
    for args in cases():
        if calls := traced(coldseal, args):
            fail(f"{' '.join(args)} made network system calls:\n" + "\n".join(calls))
        count += 1
    print(f"{count} commands made no network system call")


if __name__ == "__main__":
    main(*sys.argv[1:])
