"""2 GiB through `seal` and `open` by pipe: the same bytes come out, and neither process ever has 32 MiB resident, however many threads
work on frames of up to 1 MiB.

A signed message to a file has the same limit; to a pipe, 64 MiB more may wait for the signature.
"""

import hashlib
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from support.coldseal import Coldseal, fail, write_secret
from support.notes import note

PEAK = Path(__file__).parent / "support/peak.py"
SIZE = 2 << 30
# What is read by many threads, and in frames of another length, is as much as fills every buffer many times.
SHORT_SIZE = 256 << 20
BLOCK = 1 << 20
LIMIT = 32 << 20
HELD = 64 << 20
SIGNED_SIZE = 256 << 20
KEY = ["--raw-aes-key", "ci/memory=wrapping.key"]


class Measured(subprocess.Popen):
    """A command of coldseal whose peak resident memory is told in the end."""

    def __init__(self, coldseal, name, arguments, **options):
        self.file = coldseal.folder / f"peak-{name}"
        command = [sys.executable, "-S", PEAK, self.file, coldseal.binary, *arguments]
        super().__init__(command, cwd=coldseal.folder, env=coldseal.env, stdout=subprocess.PIPE, **options)

    def peak(self):
        """Waits for the command; its exit code and its peak in bytes."""
        return self.wait(), int(self.file.read_text())


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


@pytest.fixture
def coldseal(binary, folder):
    coldseal = Coldseal(binary, folder)
    write_secret(coldseal.folder / "wrapping.key", os.urandom(32))
    return coldseal


def test_2_gib_through_pipes(coldseal):
    through_pipes(coldseal, ["--threads", "2"], [], SIZE)


@pytest.mark.parametrize("frame_length", ["4096", "65536", "1048576"])
@pytest.mark.parametrize("threads", ["1", "2", "16", "256"])
def test_threads_and_frames(coldseal, threads, frame_length):
    through_pipes(coldseal, ["--threads", threads], ["--frame-length", frame_length], SHORT_SIZE)


def through_pipes(coldseal, threads, frames, length):
    sealing = Measured(coldseal, "seal", ["seal", "-", *KEY, *threads, *frames], stdin=subprocess.PIPE)
    opening = Measured(coldseal, "open", ["open", "-", *KEY, *threads], stdin=sealing.stdout)
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
        code, peak = process.peak()
        note(f"{name} {label}: at most {peak / (1 << 20):.1f} MiB resident")
        if code != 0:
            fail(f"{name} {label}: exit code {code}")
        if peak >= LIMIT:
            fail(f"{name} {label}: {peak} bytes resident, the limit is {LIMIT}")
    if size != length or sent.digest() != received.digest():
        fail(f"{label}: {size} bytes came out of {length}, or other ones")


def test_signed_messages(coldseal):
    """A message that is too long to be held, to a file and, in two passes, to a pipe."""
    block = os.urandom(BLOCK)
    with open(coldseal.folder / "payload", "wb") as payload:
        for _ in range(SIGNED_SIZE // BLOCK):
            payload.write(block)
    cases = [
        ("seal, signed", ["seal", "payload", *KEY, "--sign-message", "--no-sync", "-o", "sealed"], LIMIT),
        ("open, signed, to a file", ["open", "sealed", *KEY, "--no-sync", "-o", "opened"], LIMIT),
        ("open, signed, to a pipe", ["open", "sealed", *KEY], LIMIT + HELD),
    ]
    for name, arguments, limit in cases:
        process = Measured(coldseal, "signed", arguments)
        digest = digest_of(process.stdout)
        code, peak = process.peak()
        note(f"{name}: at most {peak / (1 << 20):.1f} MiB resident")
        if code != 0 or peak >= limit:
            fail(f"{name}: exit code {code}, {peak} bytes resident, the limit is {limit}")
    digests = {digest}
    for name in ("payload", "opened"):
        with open(coldseal.folder / name, "rb") as file:
            digests.add(digest_of(file))
    if len(digests) != 1:
        fail("a signed message opened to other bytes")
