"""`kms serve` over real sockets: what it takes and refuses, floods, slow and broken clients, signals, programs that it runs."""

import asyncio
import base64
import configparser
import datetime
import http.client
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import botocore.auth
import botocore.awsrequest
import botocore.config
import botocore.credentials
import botocore.exceptions
import botocore.session

from support.coldseal import Coldseal, fail

REGION = "us-west-2"
# What the process may hold at its worst, in KiB: the keystore is small, and large bodies have sixteen places of 1 MiB.
MEMORY = 96 * 1024
# Seconds after which a slow client is given up, and some for the machine.
SLOW = 20 + 15


class Server:
    """A running `kms serve`."""

    def __init__(self, coldseal, *args, limit=None):
        self.config = coldseal.folder / "serve.config"
        lowered = (lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))) if limit else None
        command = [coldseal.binary, "kms", "serve", "--config-file", str(self.config), *args]
        self.log = open(coldseal.folder / "serve.log", "w+b")
        self.process = subprocess.Popen(command, cwd=coldseal.folder, env=coldseal.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=self.log, preexec_fn=lowered)
        self.printed = self.process.stdout.read().decode()
        if not self.printed:
            fail(f"kms serve {' '.join(args)} printed nothing: {self.stderr()}")
        parser = configparser.ConfigParser()
        parser.read(self.config)
        self.key_id, self.secret = (parser["default"][f"aws_{name}"] for name in ("access_key_id", "secret_access_key"))
        self.url = parser["services coldseal"]["kms"].split("=", 1)[1].strip()
        self.port = int(self.url.rsplit(":", 1)[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def stderr(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")

    def client(self, region=REGION, **config):
        config = botocore.config.Config(retries={"total_max_attempts": 1}, read_timeout=60, **config)
        return botocore.session.Session().create_client(
            "kms", region, endpoint_url=self.url, aws_access_key_id=self.key_id, aws_secret_access_key=self.secret, config=config)

    def signed(self, operation="ListKeys", body=b"{}", region=REGION, service="kms", key_id=None, secret=None, extra=(), at=None):
        """The headers of a signed request."""
        headers = {"Host": f"127.0.0.1:{self.port}", "Content-Type": "application/x-amz-json-1.1",
                   "X-Amz-Target": f"TrentService.{operation}", **dict(extra)}
        request = botocore.awsrequest.AWSRequest("POST", f"{self.url}/", headers=headers, data=body)
        auth = botocore.auth.SigV4Auth(botocore.credentials.Credentials(key_id or self.key_id, secret or self.secret), service, region)
        if at is None:
            auth.add_auth(request)
        else:
            now, botocore.auth.get_current_datetime = botocore.auth.get_current_datetime, lambda *_a, **_k: at
            try:
                auth.add_auth(request)
            finally:
                botocore.auth.get_current_datetime = now
        return dict(request.headers.items())

    def ask(self, headers, body=b"{}", method="POST", path="/"):
        """Status, error name and document of one answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        document = json.loads(answer.read())
        name = answer.getheader("x-amzn-ErrorType")
        if (answer.status != 200) != (name is not None) or (name and document["__type"] != name):
            fail(f"status {answer.status}, header {name}, document {document}")
        if not answer.getheader("x-amzn-RequestId") or answer.getheader("Content-Type") != "application/x-amz-json-1.1":
            fail(f"headers of an answer: {answer.getheaders()}")
        connection.close()
        return answer.status, name, document

    def works(self, why):
        status, name, document = self.ask(self.signed())
        if status != 200:
            fail(f"{why}: {status} {name} {document}")

    def wire(self, operation="ListKeys", body=b"{}"):
        lines = [f"{name}: {value}\r\n" for name, value in {**self.signed(operation, body), "Content-Length": str(len(body))}.items()]
        return b"POST / HTTP/1.1\r\n" + "".join(lines).encode() + b"\r\n" + body

    def end(self, number, code):
        self.process.send_signal(number)
        ended = self.process.wait(20)
        if ended != code or self.config.exists():
            fail(f"signal {number}: exit code {ended}, expected {code}; configuration file left: {self.config.exists()}")


def say(text):
    print(text, flush=True)


def operations(coldseal, server):
    kms = server.client()
    key = kms.create_key(Description="over HTTP")["KeyMetadata"]["KeyId"]
    if key.encode() not in coldseal.run("kms", "list-keys", "--region", REGION):
        fail("a command does not see the key that was made over HTTP")
    other = json.loads(coldseal.run("kms", "create-key", "--region", REGION))["KeyMetadata"]["KeyId"]
    data_key = kms.generate_data_key(KeyId=other, NumberOfBytes=32, EncryptionContext={"a": "ü"})
    opened = kms.decrypt(CiphertextBlob=data_key["CiphertextBlob"], EncryptionContext={"a": "ü"})
    if opened["Plaintext"] != data_key["Plaintext"]:
        fail("Decrypt gives another data key")
    if server.client("eu-west-1").list_keys()["Keys"]:
        fail("a key of one Region is in another")
    try:
        kms.describe_key(KeyId="alias/none")
    except kms.exceptions.NotFoundException as error:
        if not error.response["ResponseMetadata"].get("RequestId"):
            fail("an error has no request id")
    else:
        fail("an alias that is not there")
    aws = subprocess.run(["aws", "kms", "list-keys", "--region", REGION], check=False, capture_output=True,
                         env={**coldseal.env, "AWS_CONFIG_FILE": str(server.config), "AWS_SHARED_CREDENTIALS_FILE": str(server.config)})
    if key.encode() not in aws.stdout:
        fail(f"the AWS CLI with the configuration file: {aws.stderr.decode()}")
    say("operations: botocore and the AWS CLI call it, and commands work on the same keys")


def refusals(server):
    now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    minutes = datetime.timedelta(minutes=1)
    good = server.signed()

    def changed(**headers):
        return {**good, **{name.replace("_", "-"): value for name, value in headers.items()}}

    def without(name):
        return {known: value for known, value in good.items() if known.lower() != name}

    invalid, incomplete = "InvalidSignatureException", "IncompleteSignatureException"
    table = [
        ("wrong secret", server.signed(secret="x" * 40), b"{}", invalid),
        ("wrong key id", server.signed(key_id="AKIAIOSFODNN7EXAMPLE"), b"{}", "UnrecognizedClientException"),
        ("no signature", without("authorization"), b"{}", "MissingAuthenticationTokenException"),
        ("expired", server.signed(at=now - 6 * minutes), b"{}", invalid),
        ("not yet", server.signed(at=now + 6 * minutes), b"{}", invalid),
        ("other body", good, b'{"Limit": 1}', invalid),
        ("other target", changed(X_Amz_Target="TrentService.CreateKey"), b"{}", invalid),
        ("other date", changed(X_Amz_Date="20130101T000000Z"), b"{}", invalid),
        ("unsigned header", changed(X_Amz_Meta="1"), b"{}", invalid),
        ("other service", server.signed(service="sts"), b"{}", invalid),
        ("no Region", server.signed(region="nowhere-1"), b"{}", invalid),
        ("unsigned payload", server.signed(extra=[("X-Amz-Content-SHA256", "UNSIGNED-PAYLOAD")]), b"{}", invalid),
        ("token", server.signed(extra=[("X-Amz-Security-Token", "EXAMPLE")]), b"{}", "UnrecognizedClientException"),
        ("half", changed(Authorization=good["Authorization"].split(", Signature")[0]), b"{}", incomplete),
        ("basic", changed(Authorization="Basic dXNlcjpwYXNz"), b"{}", incomplete),
        ("no operation", server.signed("Nothing"), b"{}", "UnknownOperationException"),
        ("no JSON", server.signed(body=b"{"), b"{", "SerializationException"),
    ]
    for name, headers, body, expected in table:
        status, error, document = server.ask(headers, body)
        if (status, error) != (400, expected):
            fail(f"{name}: {status} {error} {document}")
    for method, path, expected in (("GET", "/", 405), ("POST", "/other", 404), ("POST", "/?Action=ListKeys", 404), ("POST", "/?X-Amz-Signature=0", 400)):
        status, _, document = server.ask(good, method=method, path=path)
        if status != expected:
            fail(f"{method} {path}: {status} {document}")
    server.works("after refusals")
    say(f"refusals: {len(table) + 4} kinds of request are refused")


async def read_answer(reader):
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(next(line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")))
    await reader.readexactly(length)
    return int(head.split()[1])


async def one(port, request, ready):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await ready.wait()
    writer.write(request)
    status = await asyncio.wait_for(read_answer(reader), 60)
    writer.close()
    return status


async def flood(port, request, count):
    ready = asyncio.Event()
    tasks = [asyncio.create_task(one(port, request, ready)) for _ in range(count)]
    await asyncio.sleep(1)
    ready.set()
    return await asyncio.gather(*tasks)


def crowd(server):
    begin = time.monotonic()
    statuses = asyncio.run(flood(server.port, server.wire(), 1000))
    if statuses != [200] * 1000:
        fail(f"1,000 connections at once: {sorted(set(statuses))}")
    server.works("after 1,000 connections")
    say(f"crowd: 1,000 connections at once, all answered in {time.monotonic() - begin:.1f} s")


def connected(server, sent):
    stream = socket.create_connection(("127.0.0.1", server.port), timeout=60)
    stream.sendall(sent)
    return stream


def slow_clients(server):
    """More of them than there are places; whoever comes behind them is served when they are given up."""
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
    if waited > SLOW:
        fail(f"behind slow clients an answer took {waited:.0f} s")
    for stream in [*streams, unread]:
        stream.close()
    say(f"slow clients: behind 700 of them an answer took {waited:.0f} s")


def status_of(stream):
    """The status of what is answered, 0 where the connection ends without."""
    received = b""
    try:
        while chunk := stream.recv(65536):
            received += chunk
    except ConnectionError:
        pass
    stream.close()
    return int(received.split()[1]) if received.startswith(b"HTTP/1.1 ") else 0


def broken_clients(server):
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
    say(f"broken clients: {len(cases) + 260} of them, and it goes on serving")


def memory(server):
    status = Path(f"/proc/{server.process.pid}/status")
    if not status.exists():
        return
    peak = next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    if peak > MEMORY:
        fail(f"it took {peak} KiB, over {MEMORY} KiB")
    say(f"memory: at most {peak} KiB")


def few_descriptors(coldseal):
    with Server(coldseal, limit=64) as server:
        streams = [connected(server, b"") for _ in range(200)]
        before = sum(os.times()[2:4])
        time.sleep(2)
        stat = Path(f"/proc/{server.process.pid}/stat")
        if stat.exists():
            ticks = sum(map(int, stat.read_text().rpartition(")")[2].split()[11:13]))
            if ticks > 100:
                fail(f"without descriptors it spins: {ticks} ticks in 2 s, {before}")
        for stream in streams:
            stream.close()
        server.works("after running out of descriptors")
        server.end(signal.SIGTERM, 143)
    say("descriptors: when they run out it waits, and goes on")


def signals(coldseal):
    for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
        with Server(coldseal) as server:
            if server.config.stat().st_mode & 0o777 != 0o600:
                fail("the configuration file is for others too")
            idle, busy = connected(server, b""), connected(server, b"")
            busy.sendall(server.wire("CreateKey", b'{"KeySpec": "RSA_4096", "KeyUsage": "ENCRYPT_DECRYPT"}'))
            time.sleep(0.2)
            server.end(number, code)
            if (status := status_of(busy)) != 200:
                fail(f"a request in work was answered with {status} at signal {number}")
            idle.close()
    say("signals: 130 and 143, the request in work is answered, the configuration file is gone")


def leftovers(coldseal):
    with Server(coldseal) as server:
        second = coldseal.tried("kms", "serve", "--config-file", server.config)
        if second.returncode != 253 or b"which runs" not in second.stderr:
            fail(f"two servers with one configuration file: {second.returncode} {second.stderr}")
        server.process.kill()
        server.process.wait()
        if not server.config.exists():
            fail("SIGKILL leaves the file")
    with Server(coldseal) as server:
        server.works("after a killed one")
        server.end(signal.SIGTERM, 143)
    (coldseal.folder / "serve.config").write_text("[default]\n")
    refused = coldseal.tried("kms", "serve", "--config-file", "serve.config")
    if refused.returncode != 253 or (coldseal.folder / "serve.config").read_text() != "[default]\n":
        fail(f"a file of somebody's: {refused.returncode} {refused.stderr}")
    (coldseal.folder / "serve.config").unlink()
    say("leftovers: a killed server's file is replaced, no other is")


def addresses(coldseal):
    for address in ("0.0.0.0:0", "[::]:0", "192.0.2.1:80", "nowhere"):
        refused = coldseal.tried("kms", "serve", "--listen", address)
        if refused.returncode != 252:
            fail(f"--listen {address}: {refused.returncode} {refused.stderr}")
    with Server(coldseal, "--listen", "0.0.0.0:0", "--allow-remote") as server:
        server.works("on all addresses")
        if "warning" not in server.stderr() or "in clear" not in server.stderr():
            fail(f"no warning: {server.stderr()}")
        taken = coldseal.tried("kms", "serve", "--listen", f"127.0.0.1:{server.port}", "--config-file", "other.config")
        if taken.returncode != 255 or b"listen on" not in taken.stderr or (coldseal.folder / "other.config").exists():
            fail(f"a port that is taken: {taken.returncode} {taken.stderr}")
        server.end(signal.SIGTERM, 143)
    with Server(coldseal, "--allow-unsigned") as server:
        if "warning" not in server.stderr():
            fail("no warning about --allow-unsigned")
        headers = {"Host": f"127.0.0.1:{server.port}", "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "TrentService.ListKeys"}
        for change, expected in (({}, 400), ({"Host": "kms.us-west-2.amazonaws.com"}, 200), ({"Host": "page.example"}, 400),
                                 ({"Host": "kms.us-west-2.amazonaws.com", "Content-Type": "text/plain"}, 404)):
            status, name, _ = server.ask({**headers, **change})
            if status != expected:
                fail(f"without a signature, {change}: {status} {name}")
        server.client().list_keys()
        server.end(signal.SIGTERM, 143)
    say("addresses: loopback, unless it is allowed; --allow-unsigned takes no page's request")


def logs(coldseal):
    with Server(coldseal, "--debug") as server:
        kms = server.client()
        secret = b"EXAMPLE-PLAINTEXT-4d0c"
        key = kms.create_key()["KeyMetadata"]["KeyId"]
        blob = kms.encrypt(KeyId=key, Plaintext=secret)["CiphertextBlob"]
        kms.decrypt(CiphertextBlob=blob)
        data_key = kms.generate_data_key(KeyId=key, NumberOfBytes=32)["Plaintext"]
        server.ask(server.signed(secret="x" * 40))
        server.end(signal.SIGTERM, 143)
        log = server.stderr()
    for word in ('request operation="Decrypt" region="us-west-2" status=200', 'error="InvalidSignatureException"'):
        if word not in log:
            fail(f"--debug does not say {word}: {log}")
    for word in (server.secret, secret.decode(), *(base64.b64encode(value).decode() for value in (secret, data_key)), data_key.hex(), "Signature="):
        if word in log:
            fail(f"--debug says {word}")
    say("logs: a line for each request, with nothing secret")


def exports(coldseal):
    script = 'eval "$("$0" kms serve --export &)"; aws kms list-keys --region us-west-2; code=$?; kill "$COLDSEAL_KMS_SERVE_PID"; exit $code'
    done = subprocess.run(["bash", "-c", script, coldseal.binary], cwd=coldseal.folder, env={**coldseal.env, "AWS_PROFILE": "none"}, check=False,
                          capture_output=True, timeout=60)
    if done.returncode or b"KeyArn" not in done.stdout:
        fail(f"eval of --export: {done.returncode} {done.stdout} {done.stderr}")
    say("exports: a shell takes them")


def programs(coldseal):
    # Inside, a shell prints its environment and ends with a code of its own.
    env = {**coldseal.env, "AWS_PROFILE": "none", "AWS_SESSION_TOKEN": "x", "COLDSEAL_PASSPHRASE": "x", "COLDSEAL_NEW_PASSPHRASE_FD": "9",
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
    for number, code in ((signal.SIGTERM, 143), (signal.SIGINT, 3)):
        # No terminal, so that both signals come from here alone; a shell that handles SIGINT chooses its code.
        waiting = serve("bash", "-c", "trap 'exit 3' INT; echo ready; while :; do sleep 0.05; done", start_new_session=True)
        waiting.stdout.readline()
        waiting.send_signal(number)
        if (ended := waiting.wait(20)) != code:
            fail(f"signal {number} to serve -- PROGRAM: {ended}, expected {code}")
    if (coldseal.folder / "home/data/coldseal/serve.config").exists():
        fail("a program needs no configuration file")
    say("programs: environment, exit codes and signals are passed on")


def passphrases(coldseal):
    coldseal.run("kms", "change-protection", "--to", "passphrase", "--new-passphrase-file", "passphrase")
    without = coldseal.tried("kms", "serve", "--", "true")
    if without.returncode != 253:
        fail(f"without its passphrase: {without.returncode} {without.stderr}")
    listed = coldseal.run("kms", "serve", "--passphrase-file", "passphrase", "--", "aws", "kms", "list-keys", "--region", REGION)
    if b"KeyArn" not in listed:
        fail("a keystore with a passphrase serves nothing")
    say("passphrases: asked for at the start")


def test_serve(binary, folder):
    coldseal = Coldseal(binary, folder)
    coldseal.env.update(PATH=f"{Path(sys.executable).parent}:{coldseal.env['PATH']}", COLDSEAL_KEYSTORE=str(coldseal.folder / "home/data/coldseal/keystore.json"))
    for name in [name for name in coldseal.env if name.lower().endswith("_proxy")]:
        del coldseal.env[name]
        os.environ.pop(name, None)
    (coldseal.folder / "passphrase").write_text("an example passphrase\n")
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard if hard < 4096 and hard != resource.RLIM_INFINITY else 4096, hard))
    with Server(coldseal) as server:
        if server.printed != f"{server.url}\n" or not server.url.startswith("http://127.0.0.1:"):
            fail(f"it printed {server.printed}, and wrote {server.url}")
        operations(coldseal, server)
        refusals(server)
        crowd(server)
        broken_clients(server)
        slow_clients(server)
        memory(server)
        server.end(signal.SIGTERM, 143)
    few_descriptors(coldseal)
    signals(coldseal)
    leftovers(coldseal)
    addresses(coldseal)
    logs(coldseal)
    exports(coldseal)
    programs(coldseal)
    passphrases(coldseal)
