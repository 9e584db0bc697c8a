"""What `kms serve` takes and refuses: operations, signatures, the addresses that it listens on, and what it tells of requests."""

import base64
import datetime
import json
import signal
import subprocess

import pytest

from support.coldseal import fail
from support.notes import note
from support.wire import REGION, WireServer, serving


@pytest.fixture
def coldseal(binary, folder):
    return serving(binary, folder)


@pytest.fixture
def server(coldseal):
    with WireServer(coldseal) as server:
        if server.printed != f"{server.url}\n" or not server.url.startswith("http://127.0.0.1:"):
            fail(f"it printed {server.printed}, and wrote {server.url}")
        yield server
        server.end(signal.SIGTERM, 143)


def test_botocore_the_aws_cli_and_commands_see_the_same_keys(coldseal, server):
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


def test_requests_are_refused(server):
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
    note(f"{len(table) + 4} kinds of request are refused")


def test_it_listens_on_loopback_unless_allowed(coldseal):
    for address in ("0.0.0.0:0", "[::]:0", "192.0.2.1:80", "nowhere"):
        refused = coldseal.tried("kms", "serve", "--listen", address)
        if refused.returncode != 252:
            fail(f"--listen {address}: {refused.returncode} {refused.stderr}")
    with WireServer(coldseal, "--listen", "0.0.0.0:0", "--allow-remote") as server:
        server.works("on all addresses")
        if "warning" not in server.stderr() or "in clear" not in server.stderr():
            fail(f"no warning: {server.stderr()}")
        taken = coldseal.tried("kms", "serve", "--listen", f"127.0.0.1:{server.port}", "--config-file", "other.config")
        if taken.returncode != 255 or b"listen on" not in taken.stderr or (coldseal.folder / "other.config").exists():
            fail(f"a port that is taken: {taken.returncode} {taken.stderr}")
        server.end(signal.SIGTERM, 143)
    with WireServer(coldseal, "--allow-unsigned") as server:
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


def test_a_line_for_each_request_and_nothing_secret(coldseal):
    with WireServer(coldseal, "--debug") as server:
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
