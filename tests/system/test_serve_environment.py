"""`kms serve` and the environment of others: proxies, profiles, Regions, FIPS and dual-stack endpoints. boto3, the AWS CLI and the SDK for Rust reach the server and
nothing else, in each of the ways that there are: as a program that it runs, by what `--export` prints, by its configuration file."""

import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from support.coldseal import expect, fail
from support.endpoints import Serve
from support.wire import serving

PLAINTEXT = "EXAMPLE-PLAINTEXT-OF-THE-PROGRAM"
HOSTILE = "ignore_configured_endpoint_urls = true\nuse_fips_endpoint = true\nuse_dualstack_endpoint = true\nservices = theirs\n"
CONFIG = f"[default]\nregion = ap-south-1\n{HOSTILE}\n[profile work]\nregion = eu-west-1\n{HOSTILE}\n[services theirs]\nkms =\n  endpoint_url = http://127.0.0.1:9\n"
CREDENTIALS = "[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = EXAMPLEKEY\nregion = sa-east-1\n"
SWITCHES = {name: "true" for name in ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT")}
# Another session's, which a client would send along.
SESSION = {"AWS_SESSION_TOKEN": "stale", "AWS_SECURITY_TOKEN": "stale", "AWS_CREDENTIAL_EXPIRATION": "2020-01-01T00:00:00Z", "AWS_ACCOUNT_ID": "111122223333"}
BOTO3 = f"""
import boto3
kms = boto3.client("kms")
key = kms.create_key()["KeyMetadata"]["Arn"]
kms.encrypt(KeyId=key, Plaintext=b"{PLAINTEXT}")
print(key)
"""
CALLERS = {
    "boto3": [sys.executable, "-c", BOTO3],
    "the AWS CLI": ["sh", "-ec", f'key=$(aws kms create-key --query KeyMetadata.Arn --output text); printf {PLAINTEXT} > value; '
                    'aws kms encrypt --key-id "$key" --plaintext fileb://value > encrypted; echo "$key"'],
}


class Proxy:
    """A proxy that keeps what it is sent, and answers nothing of use."""

    def __enter__(self):
        seen = self.seen = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                seen.append(self.requestline.encode() + self.rfile.read(int(self.headers.get("content-length", 0))))
                self.send_error(502)

            do_CONNECT = do_POST

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def variables(self):
        return {name: self.url for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")}


@pytest.fixture
def proxy():
    with Proxy() as proxy:
        yield proxy


@pytest.fixture
def coldseal(binary, folder):
    """A user with profiles that lead elsewhere."""
    coldseal = serving(binary, folder)
    aws = folder / "home" / ".aws"
    aws.mkdir(parents=True)
    (aws / "config").write_text(CONFIG)
    (aws / "credentials").write_text(CREDENTIALS)
    coldseal.env["AWS_EC2_METADATA_DISABLED"] = "true"
    return coldseal


def tried(coldseal, command, env):
    return subprocess.run(command, cwd=coldseal.folder, env={**coldseal.env, **env}, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=90)


def by_program(coldseal, caller, env, *flags):
    return tried(coldseal, [coldseal.binary, "kms", "serve", *flags, "--", *caller], env)


def by_export(coldseal, caller, env, *flags):
    script = 'exports=$("$0" kms serve --export "$@" 2> serve.log &); eval "$exports"; . ./call; code=$?; kill "$COLDSEAL_KMS_SERVE_PID"; while kill -0 "$COLDSEAL_KMS_SERVE_PID" 2> /dev/null; do sleep 0.02; done; exit $code'
    words = " ".join("'" + word.replace("'", "'\\''") + "'" for word in caller)
    (coldseal.folder / "call").write_text(words)
    return tried(coldseal, ["bash", "-c", script, coldseal.binary, *flags], env)


def called(coldseal, title, done, region, proxy):
    """The call went to the server, in this Region, and nowhere else."""
    if done.returncode != 0:
        log = coldseal.folder / "serve.log"
        fail(f"{title}: exit code {done.returncode}, {done.stdout} {done.stderr.decode(errors='replace')} {log.read_text() if log.exists() else ''}")
    expect(f"arn:aws:kms:{region}:000000000000:key/".encode() in done.stdout, f"{title}: {done.stdout} is not in {region}")
    expect(not proxy.seen, f"{title}: the proxy saw {proxy.seen}")


@pytest.mark.parametrize("title", CALLERS)
@pytest.mark.parametrize("way", [by_program, by_export])
def test_the_server_is_reached_whatever_the_environment_says(coldseal, proxy, title, way):
    caller = CALLERS[title]
    profile = {"AWS_PROFILE": "work", "AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_ENDPOINT_URL_KMS": "http://127.0.0.1:9"}
    everything = {**proxy.variables(), **SWITCHES, **SESSION, "NO_PROXY": "example.com"}
    for what, env, flags, region in (
        ("the default profile, whose Region the credentials file has", {}, (), "sa-east-1"),
        ("a profile", profile, (), "eu-west-1"),
        ("proxies, FIPS, dual-stack, a session", {**everything, **profile}, (), "eu-west-1"),
        ("--region", {**everything, **profile}, ("--region", "ca-central-1"), "ca-central-1"),
        ("AWS_REGION", {**everything, "AWS_REGION": "us-west-1", "AWS_DEFAULT_REGION": "us-east-2"}, (), "us-west-1"),
        ("--profile", everything, ("--profile", "work"), "eu-west-1"),
    ):
        called(coldseal, f"{title}, {way.__name__}, {what}", way(coldseal, caller, env, *flags), region, proxy)


def test_the_sdk_for_rust_is_reached_too(coldseal, proxy):
    arn = re.search(rb'"Arn": "([^"]+)"', coldseal.run("kms", "create-key", "--region", "eu-west-1"))[1].decode()
    (coldseal.folder / "file").write_text(PLAINTEXT)
    seal = [coldseal.binary, "--kms", "aws", "--keystore", "none.json", "seal", "file", "--kms-key-id", arn, "-o", "sealed", "--force"]
    env = {**proxy.variables(), **SWITCHES, **SESSION, "AWS_PROFILE": "work"}
    done = by_program(coldseal, seal, env)
    expect(done.returncode == 0 and not proxy.seen, f"{done.returncode} {done.stderr} {proxy.seen}")
    expect(coldseal.run("open", "sealed", "--kms-key-id", arn) == PLAINTEXT.encode(), "another payload")


def test_secrets_are_reached_too(coldseal, proxy):
    coldseal.run("create-secret", "--name", "db", "--secret-string", f"file://{secret(coldseal)}", "--region", "eu-west-1")
    env = {**proxy.variables(), **SWITCHES, **SESSION, "AWS_PROFILE": "work", "AWS_ENDPOINT_URL_SECRETS_MANAGER": "http://127.0.0.1:9"}
    boto3 = "import boto3; print(boto3.client('secretsmanager').get_secret_value(SecretId='db')['SecretString'])"
    for title, caller in (("boto3", [sys.executable, "-c", boto3]), ("the AWS CLI", ["aws", "secretsmanager", "get-secret-value", "--secret-id", "db"])):
        done = tried(coldseal, [coldseal.binary, "serve", "--", *caller], env)
        expect(done.returncode == 0 and PLAINTEXT.encode() in done.stdout and not proxy.seen, f"{title}: {done.returncode} {done.stdout} {done.stderr} {proxy.seen}")


def secret(coldseal):
    path = coldseal.folder / "secret"
    path.write_text(PLAINTEXT)
    return path


def test_an_address_of_version_six_is_kept_from_proxies(coldseal, proxy):
    for title, caller in CALLERS.items():
        done = by_program(coldseal, caller, proxy.variables(), "--listen", "[::1]:0", "--region", "us-west-2")
        called(coldseal, f"{title} over IPv6", done, "us-west-2", proxy)


def test_lists_of_hosts_without_a_proxy_are_extended(coldseal):
    for env, small, capital in (
        ({}, "127.0.0.1", "127.0.0.1"),
        ({"NO_PROXY": "example.com"}, "example.com,127.0.0.1", "example.com,127.0.0.1"),
        ({"no_proxy": "a.example", "NO_PROXY": "b.example"}, "a.example,127.0.0.1", "b.example,127.0.0.1"),
        ({"no_proxy": "*"}, "*", "*"),
    ):
        for way in (by_program, by_export):
            lines = way(coldseal, ["env"], env).stdout.decode().splitlines()
            expect({f"no_proxy={small}", f"NO_PROXY={capital}"} <= set(lines), f"{env}, {way.__name__}: {[line for line in lines if 'roxy' in line.lower()]}")


def test_the_configuration_file_with_both_variables(coldseal, proxy):
    with Serve(coldseal, "--region", "ca-central-1") as server:
        file = {"AWS_CONFIG_FILE": str(server.config), "AWS_SHARED_CREDENTIALS_FILE": str(server.config)}
        for title, caller in CALLERS.items():
            called(coldseal, f"{title}, the file", tried(coldseal, caller, file), "ca-central-1", proxy)
            # With one of the two the user's credentials are used, and the server says what is missing.
            mixed = tried(coldseal, caller, {"AWS_CONFIG_FILE": str(server.config)})
            for word in ("UnrecognizedClientException", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
                expect(mixed.returncode != 0 and word.encode() in mixed.stderr, f"{title}: {mixed.stderr} lacks {word}")
        other = tried(coldseal, CALLERS["boto3"], {**file, "AWS_ACCESS_KEY_ID": server.access_key, "AWS_SECRET_ACCESS_KEY": "another"})
        for word in (b"InvalidSignatureException", b"AWS_SHARED_CREDENTIALS_FILE"):
            expect(word in other.stderr, f"another secret access key: {other.stderr} lacks {word}")
        expect("AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE both name it" in server.said(), server.said())


def test_what_the_file_cannot_set_is_said_at_the_start(coldseal, proxy):
    quiet = dict(coldseal.env)
    names = {**SWITCHES, "AWS_PROFILE": "work", "AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_REGION": "us-east-1"}
    coldseal.env.update(names, HTTP_PROXY=proxy.url, NO_PROXY="example.com")
    with Serve(coldseal, "--region", "ca-central-1") as server:
        said = server.said()
        for name in names:
            expect(name in said, f"{name} is set, and wins over the file: {said}")
        [advice] = re.findall(r"HTTP_PROXY: .*; (no_proxy=\S+) (NO_PROXY=\S+) keeps it out", said)
        file = {"AWS_CONFIG_FILE": str(server.config), "AWS_SHARED_CREDENTIALS_FILE": str(server.config)}
        # A recording proxy without a call would show nothing: without the advice it sees the request.
        through = {**quiet, **file, "HTTP_PROXY": proxy.url}
        for title, caller in CALLERS.items():
            advised = {**through, **dict(line.split("=", 1) for line in advice)}
            done = subprocess.run(caller, cwd=coldseal.folder, env=advised, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=90)
            called(coldseal, f"{title}, as advised", done, "ca-central-1", proxy)
        subprocess.run(CALLERS["boto3"], cwd=coldseal.folder, env={**through, "AWS_MAX_ATTEMPTS": "1"}, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=90)
        expect(proxy.seen, "the proxy is on the way of nothing")
    coldseal.env = {**quiet, "HTTP_PROXY": proxy.url, "no_proxy": "localhost,127.0.0.1"}
    with Serve(coldseal) as server:
        expect("warning" not in server.said(), f"there is nothing to warn of: {server.said()}")


def test_the_file_that_a_killed_server_left_where_the_aws_tools_look(coldseal):
    config = coldseal.folder / "home" / ".aws" / "config"
    config.unlink()
    command = [coldseal.binary, "kms", "serve", "--config-file", str(config)]
    for number in range(3):
        process = subprocess.Popen(command, cwd=coldseal.folder, env=coldseal.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if not process.stdout.readline().startswith(b"http://"):
            fail(f"start {number}: {process.stderr.read()}")
        second = tried(coldseal, command, {})
        expect(second.returncode == 253 and b"which runs" in second.stderr, f"beside one that runs: {second.returncode} {second.stderr}")
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()
        expect(config.exists(), "SIGKILL leaves the file")
    # What is the user's own stays what it is.
    config.write_text(CONFIG)
    done = tried(coldseal, command, {})
    expect(done.returncode != 0 and config.read_text() == CONFIG, f"the user's configuration: {done.returncode} {done.stderr}")
