"""`kms serve` and `serve` as they are on the wire: requests that are signed, spoiled and sent by hand."""

import configparser
import http.client
import json
import os
import resource
import socket
import subprocess
import sys
from pathlib import Path

import botocore.auth
import botocore.awsrequest
import botocore.config
import botocore.credentials
import botocore.session

from support.coldseal import Coldseal, fail, write_secret

REGION = "us-west-2"


class WireServer:
    """A running `kms serve`; a `with` block ends it."""

    command, service, section, target, operation = ("kms", "serve"), "kms", "kms", "TrentService", "ListKeys"

    def __init__(self, coldseal, *args, limit=None):
        self.config = coldseal.folder / "serve.config"
        lowered = (lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))) if limit else None
        command = [coldseal.binary, *self.command, "--config-file", str(self.config), *args]
        self.log = open(coldseal.folder / "serve.log", "w+b")
        self.process = subprocess.Popen(command, cwd=coldseal.folder, env=coldseal.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=self.log, preexec_fn=lowered)
        self.printed = self.process.stdout.read().decode()
        if not self.printed:
            fail(f"{' '.join([*self.command, *args])} printed nothing: {self.stderr()}")
        parser = configparser.ConfigParser()
        parser.read(self.config)
        self.key_id, self.secret = (parser["default"][f"aws_{name}"] for name in ("access_key_id", "secret_access_key"))
        self.url = parser["services coldseal"][self.section].split("=", 1)[1].strip()
        self.port = int(self.url.rsplit(":", 1)[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.log.close()

    def stderr(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")

    def client(self, region=REGION, **config):
        config = botocore.config.Config(retries={"total_max_attempts": 1}, read_timeout=60, **config)
        return botocore.session.Session().create_client(
            self.service, region, endpoint_url=self.url, aws_access_key_id=self.key_id, aws_secret_access_key=self.secret, config=config)

    def signed(self, operation=None, body=b"{}", region=REGION, service=None, key_id=None, secret=None, extra=(), at=None):
        """The headers of a signed request."""
        headers = {"Host": f"127.0.0.1:{self.port}", "Content-Type": "application/x-amz-json-1.1",
                   "X-Amz-Target": f"{self.target}.{operation or self.operation}", **dict(extra)}
        request = botocore.awsrequest.AWSRequest("POST", f"{self.url}/", headers=headers, data=body)
        auth = botocore.auth.SigV4Auth(botocore.credentials.Credentials(key_id or self.key_id, secret or self.secret), service or self.service, region)
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

    def wire(self, operation=None, body=b"{}"):
        lines = [f"{name}: {value}\r\n" for name, value in {**self.signed(operation, body), "Content-Length": str(len(body))}.items()]
        return b"POST / HTTP/1.1\r\n" + "".join(lines).encode() + b"\r\n" + body

    def end(self, number, code):
        self.process.send_signal(number)
        ended = self.process.wait(20)
        if ended != code or self.config.exists():
            fail(f"signal {number}: exit code {ended}, expected {code}; configuration file left: {self.config.exists()}")


class SecretsWireServer(WireServer):
    """A running `serve`."""

    command, service, section, target, operation = ("serve",), "secretsmanager", "secrets_manager", "secretsmanager", "ListSecrets"


def connected(server, sent):
    stream = socket.create_connection(("127.0.0.1", server.port), timeout=60)
    stream.sendall(sent)
    return stream


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


def serving(binary, folder):
    """A coldseal with a key in its keystore, the AWS CLI beside it and no proxy on the way; its passphrase is in a file."""
    coldseal = Coldseal(binary, folder)
    coldseal.env.update(PATH=f"{Path(sys.executable).parent}:{coldseal.env['PATH']}", COLDSEAL_KEYSTORE=str(coldseal.folder / "home/data/coldseal/keystore.json"))
    for name in [name for name in coldseal.env if name.lower().endswith("_proxy")]:
        del coldseal.env[name]
        os.environ.pop(name, None)
    write_secret(coldseal.folder / "passphrase", b"an example, not a good passphrase\n")
    coldseal.run("kms", "create-key", "--region", REGION)
    return coldseal
