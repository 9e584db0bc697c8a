"""A proxy before an endpoint of AWS KMS that counts the calls and can spoil any of them: a Region that is down, throttling, broken answers."""

import collections
import contextlib
import json
import re
import socket
import threading
import time
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

SECONDS = 30
SLOW = 3  # seconds until a slow answer comes


def refusal(code, message, status=400):
    """An answer by AWS's name, without asking the endpoint."""
    body = json.dumps({"__type": code, "message": message}).encode()
    return lambda handler, call: handler.send(status, {"content-type": "application/x-amz-json-1.1"}, body)


def internal_error(handler, call):
    handler.send(500, {"content-type": "text/html"}, b"<html>something went wrong</html>")


def down(handler, call):
    """The connection ends without an answer."""
    handler.hang_up()


def slow(handler, call):
    time.sleep(SLOW)
    handler.send(*call())


def cut(handler, call):
    """The connection ends in the middle of the answer's body."""
    status, headers, body = call()
    handler.send(status, headers, body[: len(body) // 2], length=len(body))
    handler.hang_up()


def garbage(handler, call):
    status, headers, _ = call()
    handler.send(status, headers, b'{"KeyId": "arn:aws:km\x00\xff')


def another_key(handler, call):
    """An answer that names another key than the one that was asked for."""
    status, headers, body = call()
    answer = json.loads(body)
    answer["KeyId"] = re.sub(r"[0-9a-f]{12}$", "000000000000", answer["KeyId"])
    handler.send(status, headers, json.dumps(answer).encode())


def short_key(handler, call):
    """A data key of 16 bytes in place of 32."""
    status, headers, body = call()
    answer = json.loads(body)
    answer["Plaintext"] = "AAAAAAAAAAAAAAAAAAAAAA=="
    handler.send(status, headers, json.dumps(answer).encode())


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        region = re.search(r"Credential=[^/]+/\d{8}/([^/]+)/kms/aws4_request", self.headers.get("authorization", ""))
        region = region.group(1) if region else None
        operation = self.headers["x-amz-target"].partition(".")[2]
        self.server.proxy.keep_request(region, operation, body)
        with self.server.proxy.asked(region, operation) as fault:
            if fault:
                return fault(self, lambda: self.forwarded(body))
            answer = self.forwarded(body)
        # No longer counted: who has the answer may ask again before this thread goes on.
        self.send(*answer)

    def forwarded(self, body):
        """The endpoint's answer; the headers go through as they are, the signature covers them."""
        upstream = urlsplit(self.server.proxy.upstream)
        connection = HTTPConnection(upstream.hostname, upstream.port, timeout=SECONDS)
        connection.putrequest("POST", self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        self.server.proxy.keep_plaintext(content)
        return answer.status, {name: value for name, value in answer.getheaders() if name.lower().startswith(("content-type", "x-amz"))}, content

    def send(self, status, headers, body, length=None):
        try:
            self.send_response_only(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body) if length is None else length))
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()
        except OSError:  # who asked has gone, as it should after its time-out
            self.close_connection = True

    def hang_up(self):
        self.close_connection = True
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def log_message(self, *_):
        pass


class Proxy:
    """Listens on a free port of the loopback; `faults` says what goes wrong, `calls` what was asked, `most_at_once` how many of them at one time.

    `requests` has Region, operation and members of each. `plaintexts` has the base64 of all that came back as plaintext, which nobody else may show.
    """

    def __init__(self, upstream):
        self.upstream = upstream
        self.lock = threading.Lock()
        self.at_once, self.plaintexts = 0, set()
        self.clear()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.proxy = self
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def clear(self):
        with self.lock:
            self.calls, self.faults, self.most_at_once, self.requests = collections.Counter(), [], 0, []

    def spoil(self, region, operation, fault, times=None):
        """This goes wrong in this Region or, for None, in all of them; so many times or for ever."""
        self.faults.append([region, operation, fault, times])

    @contextlib.contextmanager
    def asked(self, region, operation):
        """Counts a call; gives what goes wrong with it, if anything does."""
        with self.lock:
            self.calls[region, operation] += 1
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            fault = self.next_fault(region, operation)
        try:
            yield fault
        finally:
            with self.lock:
                self.at_once -= 1

    def next_fault(self, region, operation):
        for entry in self.faults:
            if entry[0] in (region, None) and entry[1] == operation and entry[3] != 0:
                entry[3] = entry[3] if entry[3] is None else entry[3] - 1
                return entry[2]
        return None

    def keep_request(self, region, operation, body):
        with self.lock:
            self.requests.append((region, operation, json.loads(body)))

    def keep_plaintext(self, content):
        if plaintext := json.loads(content or b"{}").get("Plaintext"):
            self.plaintexts.add(plaintext)

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
