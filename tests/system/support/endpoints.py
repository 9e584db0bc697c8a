"""Endpoints of AWS KMS's and AWS Secrets Manager's protocol on the loopback: `coldseal kms serve`, `coldseal serve`, and PyPI's moto_server beside them."""

import configparser
import os
import signal
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import boto3
from botocore.config import Config

from support.coldseal import fail

SECONDS_TO_START = 30
SECONDS_TO_STOP = 10


class Endpoint:
    """A process that answers at `url` for these credentials; a `with` block runs it."""

    url = access_key = secret_key = process = None

    def started(self, command, **options):
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, text=True, **options)

    def aws_env(self, region=None):
        """What a program needs to use this endpoint as AWS KMS."""
        env = {"AWS_ENDPOINT_URL_KMS": self.url, "AWS_ACCESS_KEY_ID": self.access_key, "AWS_SECRET_ACCESS_KEY": self.secret_key}
        env["AWS_EC2_METADATA_DISABLED"] = "true"
        return {**env, "AWS_REGION": region, "AWS_DEFAULT_REGION": region} if region else env

    def client(self, region, service="kms", **config):
        """A client of boto3; retries are off unless asked for."""
        settings = Config(**{"retries": {"total_max_attempts": 1}, **config})
        keys = {"aws_access_key_id": self.access_key, "aws_secret_access_key": self.secret_key}
        return boto3.session.Session(**keys).client(service, region_name=region, endpoint_url=self.url, config=settings)

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            if self.process:
                self.process.kill()
            raise
        return self

    def __exit__(self, kind, *_):
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            if kind is None:
                fail(f"{self.url} did not stop within {SECONDS_TO_STOP} seconds")
        for stream in (self.process.stdout, self.process.stderr):
            if stream:
                stream.close()


class Serve(Endpoint):
    """`coldseal kms serve` over the keystore of a `Coldseal`. Leaving the block ends it as a service manager would."""

    command = ("kms", "serve")

    def __init__(self, coldseal, *flags):
        self.coldseal, self.flags = coldseal, flags
        self.config = coldseal.folder / "serve.config"
        self.log = coldseal.folder / "serve.log"

    def start(self):
        command = [self.coldseal.binary, *self.command, "--config-file", str(self.config), *self.flags]
        with self.log.open("w") as log:
            self.started(command, cwd=self.coldseal.folder, env=self.coldseal.env, stdout=subprocess.PIPE, stderr=log)
        self.url = self.process.stdout.readline().strip()
        if not self.url.startswith("http://127.0.0.1:"):
            fail(f"{self.said_as()} printed {self.url!r}\n{self.said()}")
        self.access_key, self.secret_key = self.credentials()

    def said_as(self):
        return " ".join(self.command)

    def said(self):
        return self.log.read_text(errors="replace")

    def credentials(self):
        """As written for the AWS tools, in a file for its owner alone."""
        if mode := stat.S_IMODE(self.config.stat().st_mode) & 0o077:
            fail(f"others may read the credentials: {mode:o}")
        read = configparser.ConfigParser()
        read.read(self.config)
        return read["default"]["aws_access_key_id"], read["default"]["aws_secret_access_key"]

    def __exit__(self, kind, *rest):
        super().__exit__(kind, *rest)
        if kind is None and self.process.returncode not in (128 + signal.SIGTERM, -signal.SIGTERM):
            fail(f"{self.said_as()} ended with {self.process.returncode}\n{self.said()}")
        if kind is None and self.config.exists():
            fail(f"{self.said_as()} left its credentials behind")


class ServeSecrets(Serve):
    """`coldseal serve` over the vault and the keystore of a `Coldseal`."""

    command = ("serve",)

    def aws_env(self, region=None):
        env = super().aws_env(region)
        return {"AWS_ENDPOINT_URL_SECRETS_MANAGER": env.pop("AWS_ENDPOINT_URL_KMS"), **env}

    def client(self, region, service="secretsmanager", **config):
        return super().client(region, service, **config)


class Moto(Endpoint):
    """PyPI's moto_server, which checks no signature; its account is 123456789012."""

    access_key, secret_key = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    account = "123456789012"

    def __init__(self, folder):
        self.folder = folder
        self.log = folder / "moto.log"

    def start(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [str(Path(sys.executable).with_name("moto_server")), "-H", "127.0.0.1", "-p", "0"]
        with self.log.open("w") as log:
            self.started(command, env={**os.environ, "HOME": str(self.folder)}, stdout=log, stderr=log)
        self.url = self.address()

    def reset(self):
        """Forgets all that it was told."""
        urllib.request.urlopen(urllib.request.Request(f"{self.url}/moto-api/reset", method="POST"), timeout=30).close()

    def address(self):
        end = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < end and self.process.poll() is None:
            for line in self.log.read_text(errors="replace").splitlines():
                if "Running on http://127.0.0.1:" in line and answers(line.split()[-1]):
                    return line.split()[-1]
            time.sleep(0.1)
        fail(f"moto_server did not start\n{self.log.read_text(errors='replace')}")


def answers(url):
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True
