"""`kms serve` beside clients that are many, slow or broken: it goes on serving, in little memory and with few descriptors."""

import asyncio
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from support.coldseal import fail
from support.notes import note
from support.wire import WireServer, connected, serving, status_of

# What the process may hold at its worst, in KiB: the keystore is small, a thousand connections have buffers of up to 32 KiB, and large bodies sixteen
# places of 1 MiB.
MEMORY = 128 * 1024
# Seconds after which an answer has to be there whoever else keeps connections open: none of their time-outs, which are 20 seconds.
SOON = 10


@pytest.fixture(scope="module")
def coldseal(binary, tmp_path_factory):
    return serving(binary, tmp_path_factory.mktemp("serve"))


@pytest.fixture(scope="module", autouse=True)
def descriptors():
    """Enough of them for clients by the thousand."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard if hard < 4096 and hard != resource.RLIM_INFINITY else 4096, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture(scope="module")
def server(coldseal, descriptors):
    """One for all clients, so that its memory is known when they are gone."""
    with WireServer(coldseal) as server:
        yield server
        server.end(signal.SIGTERM, 143)


async def read_answer(reader):
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(next(line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")))
    await reader.readexactly(length)
    return int(head.split()[1])


async def one(port, request):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    status = await asyncio.wait_for(read_answer(reader), 60)
    writer.close()
    return status


async def flood(port, request, count):
    return await asyncio.gather(*(one(port, request) for _ in range(count)))


def test_a_thousand_connections_at_once(server):
    begin = time.monotonic()
    statuses = asyncio.run(flood(server.port, server.wire(), 1000))
    if statuses != [200] * 1000:
        fail(f"1,000 connections at once: {sorted(set(statuses))}")
    server.works("after 1,000 connections")
    note(f"1,000 connections at once, all answered in {time.monotonic() - begin:.1f} s")


def test_broken_clients(server):
    large = server.wire(body=b" " * (2 << 20))
    chunk = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + b"10000\r\n" + b" " * 65536 + b"\r\n"
    cases = [
        (large, (413,)),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000000\r\n\r\n", (413,)),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 18446744073709551616\r\n\r\n", (400,)),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{} ", (400,)),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", (400,)),
        (chunk + b"zz\r\n", (400,)),
        (b"POST / HTTP/1.1\r\nx: " + b"x" * 100_000 + b"\r\n\r\n", (431, 0)),
        (b"POST / HTTP/1.1\r\n" + b"x: y\r\n" * 1000 + b"\r\n", (431, 0)),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)), (400,)),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", (400, 0)),
        (b"\r\n" * 20_000, (400, 431, 0)),
        (server.wire()[:-1], (0, 400)),
        (server.wire(), (200,)),
    ]
    for sent, expected in cases:
        stream = socket.create_connection(("127.0.0.1", server.port), timeout=60)
        try:
            stream.sendall(sent)
            # Half of the connection ends; what was sent before that still counts.
            stream.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        if (status := status_of(stream)) not in expected:
            fail(f"{sent[:80]}: {status}, expected one of {expected}")
    for _ in range(200):
        stream = connected(server, os.urandom(300))
        stream.shutdown(socket.SHUT_WR)
        if (status := status_of(stream)) not in (400, 0):
            fail(f"random bytes: {status}")
    many = [connected(server, large[: 1 << 20]) for _ in range(60)]
    server.works("beside large bodies")
    for stream in many:
        stream.close()
    server.works("after broken clients")
    note(f"{len(cases) + 260} broken clients, and it goes on serving")


def test_slow_clients(server):
    """More of them than there are places; they give way to whoever comes behind them."""
    request = server.wire(body=b"{}" + b" " * 50_000)
    kinds = [b"", b"POST / HT", request[:200], request[:-1]]
    streams = [connected(server, kinds[number % len(kinds)]) for number in range(700)]
    unread = connected(server, b"")
    unread.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    unread.setblocking(False)
    try:
        for _ in range(20_000):
            unread.send(server.wire())
    except BlockingIOError:
        pass
    begin = time.monotonic()
    server.works("behind slow clients")
    waited = time.monotonic() - begin
    if waited > SOON:
        fail(f"behind slow clients an answer took {waited:.0f} s")
    for stream in [*streams, unread]:
        stream.close()
    note(f"behind 700 slow clients an answer took {waited:.0f} s")


class Besiegers:
    """Connections on which no whole request ever comes; each that is closed is opened anew. In a process of their own."""

    PROGRAM = """
import selectors, socket, sys
port, count = int(sys.argv[1]), int(sys.argv[2])
parts = [b"", b"POST / HT", bytes.fromhex(sys.argv[3])]
selector = selectors.DefaultSelector()
def again(number):
    stream = socket.socket()
    stream.setblocking(False)
    stream.connect_ex(("127.0.0.1", port))
    selector.register(stream, selectors.EVENT_WRITE, number)
for number in range(count):
    again(number)
print("begun", flush=True)
while True:
    for key, events in selector.select():
        stream = key.fileobj
        try:
            if events & selectors.EVENT_WRITE:
                stream.send(parts[key.data % 3])
                selector.modify(stream, selectors.EVENT_READ, key.data)
            elif stream.recv(4096):
                continue
            else:
                raise OSError
        except OSError:
            selector.unregister(stream)
            stream.close()
            again(key.data)
"""

    def __init__(self, server, count):
        whole = server.wire(body=b"{}" + b" " * 50_000)
        arguments = [str(server.port), str(count), whole[:-1][:20_000].hex()]
        self.process = subprocess.Popen([sys.executable, "-c", self.PROGRAM, *arguments], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)

    def __enter__(self):
        self.process.stdout.readline()
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def test_besieged(server):
    """Thrice as many unfinished connections as there are places, opened anew as soon as they are closed: others are answered beside them."""
    longest = 0
    with Besiegers(server, 1750) as besiegers:
        time.sleep(1)
        for _ in range(20):
            begin = time.monotonic()
            server.works("beside unfinished connections")
            longest = max(longest, time.monotonic() - begin)
        if besiegers.process.poll() is not None:
            fail("nobody keeps connections open")
    if longest > SOON:
        fail(f"beside unfinished connections an answer took {longest:.0f} s")
    note(f"beside 1,750 unfinished connections that come back, the slowest of 20 answers took {longest:.1f} s")


def test_memory_behind_all_of_them(server):
    status = Path(f"/proc/{server.process.pid}/status")
    if not status.exists():
        return
    peak = next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    if peak > MEMORY:
        fail(f"it took {peak} KiB, over {MEMORY} KiB")
    note(f"kms serve took at most {peak} KiB")


def test_without_descriptors_the_oldest_give_way(binary, folder):
    with WireServer(serving(binary, folder), limit=64) as server:
        streams = [connected(server, b"") for _ in range(200)]
        time.sleep(2)
        begin = time.monotonic()
        server.works("while others have all descriptors")
        if (waited := time.monotonic() - begin) > SOON:
            fail(f"while others have all descriptors an answer took {waited:.0f} s")
        stat = Path(f"/proc/{server.process.pid}/stat")
        if stat.exists():
            ticks = sum(map(int, stat.read_text().rpartition(")")[2].split()[11:13]))
            if ticks > 100:
                fail(f"without descriptors it spins: {ticks} ticks in 2 s")
        for stream in streams:
            stream.close()
        server.works("after running out of descriptors")
        server.end(signal.SIGTERM, 143)
