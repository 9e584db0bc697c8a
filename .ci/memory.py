"""2 GiB through `seal` and `open` by pipe: the same bytes come out, and neither process ever has 32 MiB resident, however many threads
work on frames of up to 1 MiB.

A signed message to a file has the same limit; to a pipe, 64 MiB more may wait for the signature.

Usage: memory.py BINARY FOLDER
"""

import hashlib
import os
import subprocess
import sys
import threading

from common import Coldseal, fail

SIZE = 2 << 30
# What is read by many threads, and in frames of another length, is as much as fills every buffer many times.
SHORT_SIZE = 256 << 20
BLOCK = 1 << 20
LIMIT = 32 << 20
HELD = 64 << 20
SIGNED_SIZE = 256 << 20


def peak_of(process):
    """Waits for a process; its exit code and peak resident memory in bytes.

    The kernel counts what the child had before it became coldseal too, so this can only be too high.
    """
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_maxrss * 1024


def feed(pipe, block, digest, length):
    try:
        for _ in range(length // BLOCK):
            digest.update(block)
            pipe.write(block)
        pipe.close()
    except BrokenPipeError:
        pass  # the exit code says why


def digest_of(stream):
    digest = hashlib.sha256()
    while chunk := stream.read(BLOCK):
        digest.update(chunk)
    return digest.digest()


def main(binary, folder):
    coldseal = Coldseal(binary, folder)
    (coldseal.folder / "wrapping.key").write_bytes(os.urandom(32))
    key = ["--raw-aes-key", "ci/memory=wrapping.key"]
    through_pipes(coldseal, key, ["--threads", "2"], [], SIZE)
    for threads in ("1", "2", "16", "256"):
        for frame_length in ("4096", "65536", "1048576"):
            through_pipes(coldseal, key, ["--threads", threads], ["--frame-length", frame_length], SHORT_SIZE)
    signed(coldseal, key)


def through_pipes(coldseal, key, threads, frames, length):
    options = {"cwd": coldseal.folder, "env": coldseal.env, "stdout": subprocess.PIPE}
    sealing = subprocess.Popen([coldseal.binary, "seal", "-", *key, *threads, *frames], stdin=subprocess.PIPE, **options)
    opening = subprocess.Popen([coldseal.binary, "open", "-", *key, *threads], stdin=sealing.stdout, **options)
    sealing.stdout.close()
    sent, received, size = hashlib.sha256(), hashlib.sha256(), 0
    feeder = threading.Thread(target=feed, args=(sealing.stdin, os.urandom(BLOCK), sent, length))
    feeder.start()
    while chunk := opening.stdout.read(BLOCK):
        received.update(chunk)
        size += len(chunk)
    feeder.join()
    label = " ".join([*threads, *frames])
    for name, process in (("seal", sealing), ("open", opening)):
        code, peak = peak_of(process)
        print(f"{name} {label}: at most {peak / (1 << 20):.1f} MiB resident")
        if code != 0:
            fail(f"{name} {label}: exit code {code}")
        if peak >= LIMIT:
            fail(f"{name} {label}: {peak} bytes resident, the limit is {LIMIT}")
    if size != length or sent.digest() != received.digest():
        fail(f"{label}: {size} bytes came out of {length}, or other ones")


def signed(coldseal, key):
    """A message that is too long to be held, to a file and, in two passes, to a pipe."""
    block = os.urandom(BLOCK)
    with open(coldseal.folder / "payload", "wb") as payload:
        for _ in range(SIGNED_SIZE // BLOCK):
            payload.write(block)
    cases = [
        ("seal, signed", ["seal", "payload", *key, "--sign-message", "--no-sync", "-o", "sealed"], LIMIT),
        ("open, signed, to a file", ["open", "sealed", *key, "--no-sync", "-o", "opened"], LIMIT),
        ("open, signed, to a pipe", ["open", "sealed", *key], LIMIT + HELD),
    ]
    for name, arguments, limit in cases:
        process = subprocess.Popen([coldseal.binary, *arguments], cwd=coldseal.folder, env=coldseal.env, stdout=subprocess.PIPE)
        digest = digest_of(process.stdout)
        code, peak = peak_of(process)
        print(f"{name}: at most {peak / (1 << 20):.1f} MiB resident")
        if code != 0 or peak >= limit:
            fail(f"{name}: exit code {code}, {peak} bytes resident, the limit is {limit}")
    digests = {digest}
    for name in ("payload", "opened"):
        with open(coldseal.folder / name, "rb") as file:
            digests.add(digest_of(file))
    if len(digests) != 1:
        fail("a signed message opened to other bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
