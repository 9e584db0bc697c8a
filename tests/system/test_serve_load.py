"""Load on `kms serve` beside moto_server, in one run: requests per second and latency of GenerateDataKey and Decrypt over the loopback.

Every request is signed; `kms serve` checks that, moto_server does not. A request is signed once and sent again and again, over connections that are kept
where the server keeps them. Nothing here fails for being slow: every answer has to be right.
"""

import base64
import json
import socket
import statistics
import threading
import time
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from support.coldseal import Coldseal, fail
from support.endpoints import Moto, Serve
from support.notes import note

REGION = "us-west-2"
CONNECTIONS = [1, 8]
SECONDS = 1.5  # for each number in the table


def signed(endpoint, operation, request):
    """The bytes of one signed request."""
    body = json.dumps(request).encode()
    host = urlsplit(endpoint.url).netloc
    headers = {"Host": host, "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"TrentService.{operation}"}
    asked = AWSRequest(method="POST", url=f"{endpoint.url}/", data=body, headers=headers)
    SigV4Auth(Credentials(endpoint.access_key, endpoint.secret_key), "kms", REGION).add_auth(asked)
    lines = [f"{name}: {value}" for name, value in asked.headers.items()]
    return "\r\n".join(["POST / HTTP/1.1", *lines, f"Content-Length: {len(body)}", "Connection: keep-alive", "", ""]).encode() + body


class Connection:
    """Sends the same bytes again and again; connects anew where the server has closed."""

    def __init__(self, endpoint, request):
        url = urlsplit(endpoint.url)
        self.address, self.request, self.socket, self.connects = (url.hostname, url.port), request, None, 0

    def call(self):
        """The body of one answer of status 200."""
        if self.socket is None:
            self.socket = socket.create_connection(self.address, timeout=30)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connects += 1
        self.socket.sendall(self.request)
        received = b""
        while b"\r\n\r\n" not in received:
            received += self.more()
        head, _, body = received.partition(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        if lines[0].split()[1] != b"200":
            fail(f"the server answered {received!r}")
        headers = dict(line.split(b":", 1) for line in lines[1:])
        length = int(headers[b"content-length"])
        while len(body) < length:
            body += self.more()
        if lines[0].startswith(b"http/1.0") or headers.get(b"connection", b"").strip() == b"close":
            self.close()
        return body

    def more(self):
        chunk = self.socket.recv(65536)
        if not chunk:
            fail("the server closed the connection in the middle of an answer")
        return chunk

    def close(self):
        if self.socket:
            self.socket.close()
        self.socket = None


def worker(connection, until, latencies, answers):
    while time.perf_counter() < until:
        begin = time.perf_counter()
        body = connection.call()
        latencies.append(time.perf_counter() - begin)
        answers.append(body)
    connection.close()


def measured(endpoint, request, connections):
    """Requests per second, p50 and p99 in milliseconds, all answers, connections made."""
    latencies, answers = [], []
    lines = [Connection(endpoint, request) for _ in range(connections)]
    lines[0].call()
    begin = time.perf_counter()
    threads = [threading.Thread(target=worker, args=(line, begin + SECONDS, latencies, answers)) for line in lines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = time.perf_counter() - begin
    if len(answers) < connections:
        fail(f"{endpoint.url} gave {len(answers)} answers")
    cuts = statistics.quantiles(latencies, n=100) if len(latencies) > 1 else latencies * 99
    return len(answers) / taken, 1000 * cuts[49], 1000 * cuts[98], answers, sum(line.connects for line in lines)


def right(operation, answers, arn, plaintext):
    """Fresh data keys each time; the same plaintext each time; from the right key."""
    seen = set()
    for answer in map(json.loads, answers):
        if answer["KeyId"] != arn:
            fail(f"{operation} answered for {answer['KeyId']}")
        seen.add(answer["Plaintext"])
        if operation == "GenerateDataKey":
            seen.add(answer["CiphertextBlob"])
    wanted = 2 * len(answers) if operation == "GenerateDataKey" else 1
    if len(seen) != wanted or (operation == "Decrypt" and base64.b64decode(seen.pop()) != plaintext):
        fail(f"{operation}: {len(seen)} different values in {len(answers)} answers")


def load(endpoint):
    """(operation, connections) -> numbers."""
    client = endpoint.client(REGION)
    arn = client.create_key()["KeyMetadata"]["Arn"]
    context = {"EncryptionContext": {"purpose": "load"}}
    data_key = client.generate_data_key(KeyId=arn, NumberOfBytes=32, **context)
    blob = base64.b64encode(data_key["CiphertextBlob"]).decode()
    requests = {
        "GenerateDataKey": signed(endpoint, "GenerateDataKey", {"KeyId": arn, "NumberOfBytes": 32, **context}),
        "Decrypt": signed(endpoint, "Decrypt", {"KeyId": arn, "CiphertextBlob": blob, **context}),
    }
    table = {}
    for operation, request in requests.items():
        for connections in CONNECTIONS:
            *numbers, answers, connects = measured(endpoint, request, connections)
            right(operation, answers, arn, data_key["Plaintext"])
            if isinstance(endpoint, Serve) and connects != connections:
                fail(f"{connections} connections were not kept: {connects} were made")
            table[operation, connections] = numbers
    return table


def test_load_beside_moto(binary, folder):
    with Serve(Coldseal(binary, folder / "serve")) as server:
        ours = load(server)
    with Moto(folder / "moto") as moto:
        theirs = load(moto)
    note(f"{'':<28}{'kms serve':>28}{'moto_server':>30}{'ratio':>8}")
    note(f"{'operation, connections':<28}" + f"{'req/s':>10}{'p50 ms':>9}{'p99 ms':>9}" * 2 + f"{'req/s':>10}")
    for (operation, connections), numbers in ours.items():
        other = theirs[operation, connections]
        columns = "".join(f"{rate:>10.0f}{p50:>9.2f}{p99:>9.2f}" for rate, p50, p99 in (numbers, other))
        note(f"{operation + ', ' + str(connections):<28}{columns}{numbers[0] / other[0]:>9.1f}x")
