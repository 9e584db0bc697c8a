"""`--kms aws` over TLS: whose certificates are trusted, and what is said of those that are not. The server is moto's, the certificates are made by openssl, and the AWS CLI
is asked for the same in each case."""

import json
import socket
import ssl
import subprocess
import threading
from pathlib import Path

import pytest

from support.coldseal import Coldseal, expect, fail
from support.endpoints import Moto
from support.kms_client import VALUE

REGION = "us-east-1"
CLIENT = {"AWS_ACCESS_KEY_ID": Moto.access_key, "AWS_SECRET_ACCESS_KEY": Moto.secret_key, "AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION,
          "AWS_EC2_METADATA_DISABLED": "true", "COLDSEAL_ACCOUNT_ID": Moto.account}
KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


def openssl(folder, *args):
    subprocess.run(["openssl", *args], cwd=folder, check=True, capture_output=True)


class Authority:
    """An authority of certificates in a folder; `pem` is its own."""

    def __init__(self, folder, name):
        self.folder, self.name = folder, name
        self.pem = folder / f"{name}.pem"
        openssl(folder, "req", "-x509", *KEY, "-days", "30", "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.pem")
        (folder / f"{name}.cnf").write_text(
            f"[ca]\ndefault_ca = own\n[own]\ndatabase = {name}.index\nnew_certs_dir = .\nrand_serial = yes\ndefault_md = sha256\npolicy = any\n"
            f"certificate = {name}.pem\nprivate_key = {name}.key\n[any]\ncommonName = supplied\n")
        (folder / f"{name}.index").touch()

    def certificate(self, name, subject="IP:127.0.0.1", validity=("-days", "30")):
        """Files of a certificate and its key."""
        (self.folder / f"{name}.ext").write_text(f"subjectAltName={subject}\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n")
        openssl(self.folder, "req", *KEY, "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
        openssl(self.folder, "ca", "-batch", "-notext", "-config", f"{self.name}.cnf", "-in", f"{name}.csr", "-extfile", f"{name}.ext", *validity, "-out", f"{name}.crt")
        return self.folder / f"{name}.crt", self.folder / f"{name}.key"


class Door:
    """Ends TLS with a certificate in front of a server that has none; counts the connections that were opened, whatever became of them."""

    def __init__(self, certificate, upstream):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(*certificate)
        self.upstream = upstream
        self.connections = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self.listener.getsockname()[1]}"

    def __enter__(self):
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.through, args=(connection,), daemon=True).start()

    def through(self, connection):
        try:
            inner = self.context.wrap_socket(connection, server_side=True)
        except OSError:
            connection.close()
            return
        host, port = self.upstream.removeprefix("http://").split(":")
        outer = socket.create_connection((host, int(port)))
        threading.Thread(target=pour, args=(outer, inner), daemon=True).start()
        pour(inner, outer)


def pour(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Authorities and certificates."""
    folder = tmp_path_factory.mktemp("certificates")
    ours, other = Authority(folder, "ours"), Authority(folder, "other")
    openssl(folder, "req", "-x509", *KEY, "-days", "30", "-subj", "/CN=self", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "self.key", "-out", "self.crt")
    return {
        "ours": ours.pem, "other": other.pem, "self": folder / "self.crt",
        "good": ours.certificate("good"), "name": ours.certificate("name", "DNS:kms.example.com,IP:127.0.0.2"),
        "expired": ours.certificate("expired", validity=("-startdate", "20200101000000Z", "-enddate", "20200201000000Z")),
        "early": ours.certificate("early", validity=("-startdate", "20900101000000Z", "-enddate", "20910101000000Z")), "own": (folder / "self.crt", folder / "self.key"),
    }


@pytest.fixture(scope="module")
def moto(tmp_path_factory):
    with Moto(tmp_path_factory.mktemp("moto")) as moto:
        yield moto


@pytest.fixture(scope="module")
def key(moto):
    return moto.client(REGION).create_key()["KeyMetadata"]["Arn"]


@pytest.fixture
def machine(binary, folder):
    machine = Coldseal(binary, folder)
    machine.env = {name: value for name, value in machine.env.items() if not name.lower().endswith("_proxy") and not name.startswith("SSL_CERT")}
    machine.env.update(CLIENT)
    (machine.folder / "value").write_text(VALUE)
    return machine


def tried(machine, door, key, *flags, env=None):
    """A file sealed under a key of the KMS behind the door."""
    command = [machine.binary, "--kms", "aws", "seal", "value", "--kms-key-id", key, "-o", "sealed", "--force", "--endpoint-url", door.url, "--max-attempts", "1", *flags]
    done = subprocess.run(command, cwd=machine.folder, env={**machine.env, **(env or {})}, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=60)
    return done, done.stderr.decode(errors="replace")


def aws_cli(machine, aws, door, *flags, env=None):
    """Whether the AWS CLI is answered in the same place."""
    command = [str(aws), "kms", "list-keys", "--endpoint-url", door.url, *flags]
    return subprocess.run(command, cwd=machine.folder, env={**machine.env, "AWS_MAX_ATTEMPTS": "1", **(env or {})}, stdin=subprocess.DEVNULL, capture_output=True,
                          check=False, timeout=60)


def config(machine, ca_bundle):
    (machine.folder / "config").write_text(f"[default]\nca_bundle = {ca_bundle}\n[profile work]\nca_bundle = {ca_bundle}\n")
    return {"AWS_CONFIG_FILE": "config"}


def test_whose_certificates_are_trusted(machine, moto, key, made, aws):
    """The flag goes before the variable, the variable before the profile, and none of them leaves the system's certificates trusted."""
    with Door(made["good"], moto.url) as door:
        ours, other = str(made["ours"]), str(made["other"])
        both = machine.folder / "both.pem"
        both.write_text("# two\n" + made["other"].read_text() + made["ours"].read_text())
        for flags, env, is_trusted in (
            (["--ca-bundle", ours], {}, True),
            (["--ca-bundle", str(both)], {}, True),
            ([], {"AWS_CA_BUNDLE": ours}, True),
            ([], config(machine, ours), True),
            (["--profile", "work"], {**config(machine, ours), "AWS_SHARED_CREDENTIALS_FILE": "credentials"}, True),
            (["--ca-bundle", ours], {"AWS_CA_BUNDLE": "nowhere", **config(machine, "nowhere")}, True),
            ([], {"AWS_CA_BUNDLE": ours, **config(machine, "nowhere")}, True),
            (["--ca-bundle", other], {"AWS_CA_BUNDLE": ours}, False),
            ([], {"AWS_CA_BUNDLE": other, **config(machine, ours)}, False),
            ([], {}, False),
            # In place of the system's, which would trust the server.
            (["--ca-bundle", other], {"SSL_CERT_FILE": ours}, False),
        ):
            (machine.folder / "credentials").write_text(f"[work]\naws_access_key_id = {Moto.access_key}\naws_secret_access_key = {Moto.secret_key}\n")
            (machine.folder / "sealed").unlink(missing_ok=True)
            done, said = tried(machine, door, key, *flags, env=env)
            if (done.returncode == 0) != is_trusted or (machine.folder / "sealed").exists() != is_trusted:
                fail(f"{flags} {env}: exit code {done.returncode}\n{said}")
            if not is_trusted:
                expect("UnknownIssuer" in said and "--ca-bundle" in said and "AWS_CA_BUNDLE" in said and "reachable" not in said, f"{flags} {env}: {said}")
            theirs = aws_cli(machine, aws, door, *flags, env=env)
            if (theirs.returncode == 0) != is_trusted:
                fail(f"{flags} {env}: the AWS CLI exits with {theirs.returncode}: {theirs.stderr}")
        done, _ = tried(machine, door, key, "--ca-bundle", ours)
        opened = machine.tried("--kms", "aws", "open", "sealed", "--kms-key-id", key, "--endpoint-url", door.url, "--ca-bundle", ours)
        expect(opened.returncode == 0 and opened.stdout.decode() == VALUE, f"{opened.returncode} {opened.stderr}")


def test_secrets_over_tls(machine, moto, key, made):
    with Door(made["good"], moto.url) as door:
        machine.env.update(AWS_CA_BUNDLE=str(made["ours"]), AWS_ENDPOINT_URL_KMS=door.url, COLDSEAL_KMS="aws")
        machine.run("create-secret", "--name", "a", "--secret-string", "file://value", "--kms-key-id", key)
        expect(json.loads(machine.run("get-secret-value", "--secret-id", "a"))["SecretString"] == VALUE, "another value")
        del machine.env["AWS_CA_BUNDLE"]
        done = machine.tried("create-secret", "--name", "b", "--secret-string", "file://value", "--kms-key-id", key, "--max-attempts", "1")
        said = done.stderr.decode()
        expect(done.returncode == 254 and "UnknownIssuer" in said and "--ca-bundle" in said, f"{done.returncode} {said}")
        expect(json.loads(machine.run("list-secrets", "--query", "SecretList[].Name")) == ["a"], "something was written")


@pytest.mark.parametrize("which, said_of, hint", [
    ("name", "not valid for name", "is not that of this host"),
    ("expired", "expired", "clock"),
    ("early", "not valid yet", "clock"),
    ("own", "CaUsedAsEndEntity", "CA:TRUE"),
])
def test_a_certificate_that_is_no_good_is_named(machine, moto, key, made, which, said_of, hint):
    with Door(made[which], moto.url) as door:
        bundle = made["self"] if which == "own" else made["ours"]
        done, said = tried(machine, door, key, "--ca-bundle", str(bundle))
        expect(done.returncode == 255, f"{which}: exit code {done.returncode}\n{said}")
        for part in (said_of, hint, "nothing was sent", key):
            expect(part in said, f"{which}: {said} lacks {part}")
        expect("reachable" not in said, f"{which}: {said}")


def test_an_endpoint_without_tls(machine, moto, key, made):
    plain = type("Plain", (), {"url": moto.url.replace("http://", "https://")})
    done, said = tried(machine, plain, key, "--ca-bundle", str(made["ours"]))
    expect(done.returncode == 255 and "begins with http://" in said, f"{done.returncode} {said}")
    # No TLS is none of the certificates' business, and who is not there is not reachable.
    silent = type("Silent", (), {"url": "https://127.0.0.1:9"})
    done, said = tried(machine, silent, key, "--ca-bundle", str(made["ours"]))
    expect(done.returncode == 255 and "reachable" in said and "ca-bundle" not in said, f"{done.returncode} {said}")


def test_what_is_no_bundle_is_refused_before_any_call(machine, moto, key, made):
    empty, garbage = machine.folder / "empty", machine.folder / "garbage"
    empty.touch()
    garbage.write_bytes(bytes(range(256)))
    cut = machine.folder / "cut"
    cut.write_text("\n".join(made["ours"].read_text().splitlines()[:4]))
    with Door(made["good"], moto.url) as door:
        for file in (machine.folder / "none", empty, garbage, cut, machine.folder, Path(made["good"][1])):
            for flags, env, code, source in (
                (["--ca-bundle", str(file)], {}, 252, "--ca-bundle"),
                ([], {"AWS_CA_BUNDLE": str(file)}, 253, "AWS_CA_BUNDLE"),
                ([], config(machine, file), 253, "the profile's ca_bundle"),
            ):
                done, said = tried(machine, door, key, *flags, env=env)
                expect(done.returncode == code and source in said and str(file) in said and "no certificates to trust" in said, f"{file}: {done.returncode} {said}")
        expect(door.connections == 0, f"{door.connections} connections were opened")
        # Without --kms aws nothing connects, and scripts pass it all the same.
        expect(machine.tried("kms", "list-keys", "--ca-bundle", "none").returncode != 252, "--ca-bundle without --kms aws")


def test_services_that_credentials_come_from_are_held_to_the_same(machine, moto, key, made):
    """A role by a web identity: AWS STS is called first, behind the same door."""
    (machine.folder / "token").write_text("eyJhbGciOiJub25lIn0.e30.x")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        del machine.env[name]
    with Door(made["good"], moto.url) as door:
        machine.env.update(AWS_WEB_IDENTITY_TOKEN_FILE="token", AWS_ROLE_ARN=f"arn:aws:iam::{Moto.account}:role/example", AWS_ENDPOINT_URL=door.url)
        done, said = tried(machine, door, key, "--ca-bundle", str(made["ours"]))
        expect(done.returncode == 0, f"{done.returncode} {said}")
        done, said = tried(machine, door, key, "--ca-bundle", str(made["other"]))
        expect(done.returncode == 255 and "no AWS credentials came" in said and "UnknownIssuer" in said and "--ca-bundle" in said, f"{done.returncode} {said}")
        expect("aws configure" not in said, said)
