"""What `serve` takes and refuses on the wire, and how it goes on beside many clients, hostile ones, and commands that hold the locks."""

import concurrent.futures
import datetime
import fcntl
import json
import signal
import time

import pytest

from support.coldseal import expect, fail
from support.notes import note
from support.wire import REGION, SecretsWireServer, connected, serving, status_of

TOKEN = "11111111-2222-3333-4444-555555555555"
# Seconds within which an answer has to be there, whoever else is: no time-out of a client's, and no lock.
SOON = 10


@pytest.fixture
def coldseal(binary, folder):
    coldseal = serving(binary, folder)
    coldseal.run("create-secret", "--name", "db", "--secret-string", "value", "--region", REGION)
    return coldseal


@pytest.fixture
def server(coldseal):
    with SecretsWireServer(coldseal, "--writable") as server:
        yield server
        server.end(signal.SIGTERM, 143)


def body(**members):
    return json.dumps(members).encode()


def test_requests_are_refused(server):
    now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    read = body(SecretId="db")
    good = server.signed("GetSecretValue", read)

    def changed(**headers):
        return {**good, **{name.replace("_", "-"): value for name, value in headers.items()}}

    def without(name):
        return {known: value for known, value in good.items() if known.lower() != name}

    def late(minutes):
        return server.signed("GetSecretValue", read, at=now + datetime.timedelta(minutes=minutes))

    invalid, unknown = "InvalidSignatureException", "UnknownOperationException"
    table = [
        ("wrong secret", server.signed("GetSecretValue", read, secret="x" * 40), read, invalid),
        ("wrong key id", server.signed("GetSecretValue", read, key_id="AKIAIOSFODNN7EXAMPLE"), read, "UnrecognizedClientException"),
        ("no signature", without("authorization"), read, "MissingAuthenticationTokenException"),
        ("replayed too late", late(-6), read, invalid),
        ("not yet", late(6), read, invalid),
        ("for another secret", good, body(SecretId="other"), invalid),
        ("for another operation", changed(X_Amz_Target="secretsmanager.DeleteSecret"), read, invalid),
        ("for another host", changed(Host="127.0.0.1:1"), read, invalid),
        ("signed for KMS", server.signed("GetSecretValue", read, service="kms"), read, invalid),
        ("signed for no Region", server.signed("GetSecretValue", read, region="nowhere-1"), read, invalid),
        ("for KMS", server.signed("GetSecretValue", read, service="kms", extra=[("X-Amz-Target", "TrentService.ListKeys")]), read, invalid),
        ("no such operation", server.signed("ListKeys", read), read, unknown),
        ("another target", server.signed(extra=[("X-Amz-Target", "secretsmanager")]), b"{}", unknown),
        ("no JSON", server.signed(body=b"{"), b"{", "SerializationException"),
        ("a list", server.signed(body=b"[]"), b"[]", "SerializationException"),
        ("a member twice", server.signed(body=b'{"MaxResults":1,"MaxResults":2}'), b'{"MaxResults":1,"MaxResults":2}', "SerializationException"),
        ("another type", server.signed("GetSecretValue", b'{"SecretId":{}}'), b'{"SecretId":{}}', "SerializationException"),
    ]
    for name, headers, sent, expected in table:
        status, error, document = server.ask(headers, sent)
        if (status, error) != (400, expected):
            fail(f"{name}: {status} {error} {document}")
    for method, path, expected in (("GET", "/", 405), ("POST", "/secrets/db", 404), ("POST", "/../db", 404), ("POST", "/?SecretId=db", 404)):
        status, _, document = server.ask(good, read, method=method, path=path)
        if status != expected:
            fail(f"{method} {path}: {status} {document}")
    server.works("after refusals")
    note(f"{len(table) + 4} kinds of request are refused")


def test_what_is_sent_again_changes_nothing_again(server):
    sent = body(Name="once", SecretString="value", ClientRequestToken=TOKEN)
    headers = server.signed("CreateSecret", sent)
    answers = [server.ask(headers, sent) for _ in range(3)]
    expect(all(answer == answers[0] and answer[0] == 200 for answer in answers), f"{answers}")
    sent = body(Name="none", SecretString="value")
    status, error, document = server.ask(server.signed("CreateSecret", sent), sent)
    expect((status, error) == (400, "InvalidRequestException") and "ClientRequestToken" in document["Message"], f"{status} {document}")


def test_bodies_that_are_too_much(server):
    for name, sent, expected in (
        ("nested", b'{"SecretId":' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400),
        ("2 MiB", body(SecretId="db", Filler="x" * (2 << 20)), 413),
        ("12 MiB", body(SecretId="db", Filler="x" * (12 << 20)), 413),
        ("a value that is too long", body(Name="long", ClientRequestToken=TOKEN, SecretString="x" * 65_537), 400),
        ("members by the thousand", json.dumps({f"m{number}": number for number in range(50_000)}).encode(), 400),
    ):
        begin = time.monotonic()
        try:
            status, error, document = server.ask(server.signed("GetSecretValue" if b"SecretId" in sent[:20] else "CreateSecret", sent), sent)
        except (BrokenPipeError, ConnectionResetError):
            # What is far over the limit is not read to its end.
            expect(name == "12 MiB", f"{name}: the connection broke")
            continue
        expect(status == expected and time.monotonic() - begin < SOON, f"{name}: {status} {error} {str(document)[:200]}")
    largest = "é" * 32_768
    sent = body(Name="largest", ClientRequestToken=TOKEN, SecretString=largest)
    expect(server.ask(server.signed("CreateSecret", sent), sent)[0] == 200, "the largest value is refused")
    sent = body(SecretId="largest")
    expect(server.ask(server.signed("GetSecretValue", sent), sent)[2]["SecretString"] == largest, "another value")


def test_many_connections(server):
    idle = [connected(server, sent) for sent in (b"", b"POST / HTTP/1.1\r\n", server.wire()[:-1]) for _ in range(250)]
    begin = time.monotonic()
    server.works("beside idle connections")
    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        read = body(SecretId="db")
        asked = list(pool.map(lambda _: server.ask(server.signed("GetSecretValue", read), read)[2]["SecretString"], range(200)))
    expect(asked == ["value"] * 200 and time.monotonic() - begin < SOON, f"{time.monotonic() - begin:.1f} s")
    for stream in idle:
        stream.close()
    expect(status_of(connected(server, server.wire())) in (0, 200), "it no longer answers")


def test_readers_do_not_wait_for_who_holds_the_locks(coldseal, server):
    """More changes than there are threads wait for a command; whoever reads is answered."""
    locks = [open(coldseal.env["COLDSEAL_KEYSTORE"] + ".lock", "rb"), open(coldseal.folder / "coldseal-vault/.lock", "rb")]
    for lock in locks:
        fcntl.flock(lock, fcntl.LOCK_EX)
    with concurrent.futures.ThreadPoolExecutor(40) as pool:
        sent = [body(Name=f"waits-{number}", SecretString="x", ClientRequestToken=f"{number:0>36}") for number in range(40)]
        waiting = [pool.submit(server.ask, server.signed("CreateSecret", one), one) for one in sent]
        time.sleep(1)
        expect(not any(one.done() for one in waiting), "a change does not wait for the lock")
        begin = time.monotonic()
        read = body(SecretId="db")
        expect(server.ask(server.signed("GetSecretValue", read), read)[2]["SecretString"] == "value", "another value")
        server.works("while others wait")
        expect(time.monotonic() - begin < SOON, f"a reader waited for {time.monotonic() - begin:.1f} s")
        for lock in locks:
            lock.close()
        expect(all(one.result()[0] == 200 for one in waiting), "a change that waited was refused")
    coldseal.run("verify", "--open")


def test_a_passphrase_is_asked_for_at_the_start(coldseal):
    coldseal.run("kms", "change-protection", "--to", "passphrase", "--new-passphrase-file", "passphrase", "--allow-weak-passphrase")
    passphrase = coldseal.folder / "passphrase"
    with SecretsWireServer(coldseal, "--writable", "--passphrase-file", "passphrase") as server:
        hidden = passphrase.rename(coldseal.folder / "elsewhere")
        read, write = body(SecretId="db"), body(Name="new", SecretString="x", ClientRequestToken=TOKEN)
        expect(server.ask(server.signed("CreateSecret", write), write)[0] == 200, "a change asks for the passphrase again")
        expect(server.ask(server.signed("GetSecretValue", read), read)[0] == 200, "a read asks for the passphrase again")
        hidden.rename(passphrase)
        server.end(signal.SIGTERM, 143)
    refused = coldseal.tried("serve", "--", "true")
    expect(refused.returncode == 253 and b"passphrase" in refused.stderr, f"{refused}")


def test_what_is_not_there_is_made_for_changes_alone(binary, folder):
    coldseal = serving(binary, folder)
    refused = coldseal.tried("serve", "--", "true")
    expect(refused.returncode == 253 and b"there is no vault at" in refused.stderr, f"{refused}")
    coldseal.run("serve", "--writable", "--vault", "new", "--keystore", "keys/keystore.json", "--", "true")
    expect((coldseal.folder / "new/coldseal.json").exists() and (coldseal.folder / "keys/keystore.json").exists(), "nothing was made")
    coldseal.run("serve", "--vault", "new", "--keystore", "keys/keystore.json", "--", "true")
    refused = coldseal.tried("serve", "--vault", "new", "--keystore", "none.json", "--", "true")
    expect(refused.returncode == 253 and b"there is no keystore at" in refused.stderr, f"{refused}")
