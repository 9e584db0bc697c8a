"""2 GiB through `seal` and `open` by pipe: the same bytes come out, and neither process ever has 32 MiB resident.

Usage: memory.py BINARY FOLDER
"""

import hashlib
import os
import subprocess
import sys
import threading

from common import Coldseal, fail

SIZE = 2 << 30
BLOCK = 1 << 20
LIMIT = 32 << 20


def peak_of(process):
    """Waits for a process; its exit code and peak resident memory in bytes.

    The kernel counts what the child had before it became coldseal too, so this can only be too high.
    """
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_maxrss * 1024


def feed(pipe, block, digest):
    try:
        for _ in range(SIZE // BLOCK):
            digest.update(block)
            pipe.write(block)
        pipe.close()
    except BrokenPipeError:
        pass  # the exit code says why


def main(binary, folder):
    coldseal = Coldseal(binary, folder)
    (coldseal.folder / "wrapping.key").write_bytes(os.urandom(32))
    key = ["--raw-aes-key", "ci/memory=wrapping.key"]
    options = {"cwd": coldseal.folder, "env": coldseal.env, "stdout": subprocess.PIPE}
    sealing = subprocess.Popen([coldseal.binary, "seal", "-", *key], stdin=subprocess.PIPE, **options)
    opening = subprocess.Popen([coldseal.binary, "open", "-", *key], stdin=sealing.stdout, **options)
    sealing.stdout.close()
    sent, received, size = hashlib.sha256(), hashlib.sha256(), 0
    feeder = threading.Thread(target=feed, args=(sealing.stdin, os.urandom(BLOCK), sent))
    feeder.start()
    while chunk := opening.stdout.read(BLOCK):
        received.update(chunk)
        size += len(chunk)
    feeder.join()
    for name, process in (("seal", sealing), ("open", opening)):
        code, peak = peak_of(process)
        print(f"{name}: at most {peak / (1 << 20):.1f} MiB resident")
        if code != 0:
            fail(f"{name}: exit code {code}")
        if peak >= LIMIT:
            fail(f"{name}: {peak} bytes resident, the limit is {LIMIT}")
    if size != SIZE or sent.digest() != received.digest():
        fail(f"{size} bytes came out of {SIZE}, or other ones")


if __name__ == "__main__":
    main(*sys.argv[1:])
