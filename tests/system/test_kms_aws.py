"""`--kms aws` against `kms serve` and against PyPI's moto_server: secrets in several Regions, files, and exactly the calls that are needed."""

import json
import os

import pytest

from support.coldseal import Coldseal, fail
from support.endpoints import Moto, Serve
from support.faults import Proxy
from support.kms_client import LATER, PRIMARY, REGIONS, REPLICAS, VALUE, Machine, created, expect_calls, files, make_keys

SIZES = [1, 64 * 1024, 3 * 1024 * 1024]
# What seals, and nothing else: no Decrypt, no listing, no DryRun.
SEALING = {"GenerateDataKey", "Encrypt", "DescribeKey"}


class AwsKms:
    """An endpoint in place of AWS KMS, a proxy before it, and a key with an alias in each Region."""

    def __init__(self, endpoint, proxy, account):
        self.endpoint, self.proxy, self.account = endpoint, proxy, account
        self.arns = make_keys(endpoint)


@pytest.fixture(scope="module", params=["kms serve", "moto_server"])
def aws_kms(request, binary, tmp_path_factory):
    folder = tmp_path_factory.mktemp("endpoint")
    if request.param == "moto_server":
        endpoint, account = Moto(folder), Moto.account
    else:
        endpoint, account = Serve(Coldseal(binary, folder)), "000000000000"
    with endpoint, Proxy(endpoint.url) as proxy:
        yield AwsKms(endpoint, proxy, account)


@pytest.fixture
def machine(aws_kms, binary, folder):
    """A machine with a value in a file; what it has packed in the end is sound."""
    machine = Machine(binary, folder, aws_kms.endpoint, aws_kms.proxy, aws_kms.account)
    (machine.folder / "value").write_text(VALUE)
    yield machine
    if (machine.folder / "coldseal-vault").exists():
        machine.run("verify")


def values(machine, expected, regions):
    """Each Region's bundle opens with one Decrypt there."""
    for region in regions:
        shown, _, calls = machine.aws("get-secret-value", "--secret-id", "web/token", "--region", region)
        if json.loads(shown)["SecretString"] != expected:
            fail(f"{region}: another value came back")
        expect_calls(f"get-secret-value in {region}", calls, {(region, "Decrypt"): 1}, [region])


def test_secrets_in_several_regions(machine, aws_kms):
    """A secret in three Regions, its keys named by ARN, alias and id; a fourth Region; another key."""
    endpoint, arns = aws_kms.endpoint, aws_kms.arns
    named = [f"Region={REPLICAS[0]},KmsKeyId=alias/team", f"Region={REPLICAS[1]},KmsKeyId={arns[REPLICAS[1]].rsplit('/', 1)[1]}"]
    create = ["create-secret", "--name", "web/token", "--secret-string", "file://value", "--region", PRIMARY]
    shown, _, calls = machine.aws(*create, "--kms-key-id", arns[PRIMARY], "--add-replica-regions", *named)
    expect_calls("create-secret", calls, created(REGIONS), REGIONS)
    for bundle in json.loads(shown)["Bundles"]:
        if bundle["KmsKeyId"] != arns[bundle["Region"]]:
            fail(f"create-secret says {bundle}")
    values(machine, VALUE, REGIONS)

    replicate = ["replicate-secret-to-regions", "--secret-id", "web/token", "--region", PRIMARY, "--add-replica-regions", f"Region={LATER},KmsKeyId=alias/team"]
    _, _, calls = machine.aws(*replicate)
    expect_calls("replicate-secret-to-regions", calls, {(PRIMARY, "Decrypt"): 1, (LATER, "Encrypt"): 1}, [PRIMARY, LATER])
    values(machine, VALUE, [LATER])
    _, _, calls = machine.aws(*replicate)
    expect_calls("the same once more", calls, {}, [PRIMARY, LATER])

    other = endpoint.client(PRIMARY).create_key()["KeyMetadata"]["Arn"]
    _, _, calls = machine.aws("rewrap", "--secret-id", "web/token", "--region", PRIMARY, "--to-key", other)
    # Who has the former key has the data key that the Regions shared: all of them get another one.
    expected = {(PRIMARY, "Decrypt"): 1, **created([*REGIONS, LATER])}
    expect_calls("rewrap for another key", {call: count for call, count in calls.items() if call[1] != "DescribeKey"}, expected, [*REGIONS, LATER])
    values(machine, VALUE, [*REGIONS, LATER])
    _, _, calls = machine.aws("verify", "--open")
    if sum(count for (_, operation), count in calls.items() if operation == "Decrypt") != 4 or {operation for _, operation in calls} - {"Decrypt", "DescribeKey"}:
        fail(f"verify --open of 4 bundles called {calls}")


def test_a_batch(machine):
    """Many secrets in one run: each takes one data key and one Encrypt for each replica, each key is described once, and no more calls than allowed
    are in flight. A rerun compares with the keyed tags on record and calls nobody."""
    count, most = 20, 3
    replicas = [{"Region": region, "KmsKeyId": "alias/team"} for region in REPLICAS]
    entries = [{"Name": f"batch/{number}", "SecretString": f"{number} {VALUE}", "KmsKeyId": "alias/team", "AddReplicaRegions": replicas} for number in range(count)]
    (machine.folder / "plan.json").write_text(json.dumps(entries))
    pack = ["pack", "plan.json", "--region", PRIMARY, "--max-concurrency", most]
    shown, said, calls = machine.aws(*pack)
    expect_calls("pack", calls, {(PRIMARY, "GenerateDataKey"): count, **{(region, "Encrypt"): count for region in REPLICAS}}, REGIONS)
    if machine.proxy.most_at_once > most:
        fail(f"pack made {machine.proxy.most_at_once} calls at once in place of {most}")
    statuses = [json.loads(line)["Status"] for line in shown.splitlines()]
    if statuses != ["Created"] * count or f"kms: aws: {sum(calls.values())} calls, 0 retries" not in said:
        fail(f"pack says {statuses}\n{said}")
    for region in REGIONS:
        shown, _, calls = machine.aws("get-secret-value", "--secret-id", "batch/7", "--region", region)
        if json.loads(shown)["SecretString"] != f"7 {VALUE}":
            fail(f"{region}: another value came back of pack")
    shown, _, calls = machine.aws(*pack)
    if calls or any(json.loads(line)["Status"] != "Unchanged" for line in shown.splitlines()):
        fail(f"pack once more called {calls}, and says {shown.decode()}")


def test_default_keys(machine, aws_kms):
    """Every Region needs a key that is named: by a flag or by set-default-key. Secrets Manager's own is its alone."""
    arns = aws_kms.arns
    create = ["create-secret", "--name", "other", "--secret-string", "file://value", "--region", PRIMARY]
    before = files(machine)
    _, said, calls = machine.aws(*create, "--add-replica-regions", f"Region={REPLICAS[0]}", expect=254)
    if calls or any(region not in said for region in (PRIMARY, REPLICAS[0])):
        fail(f"without keys: {calls}\n{said}")
    _, said, calls = machine.aws(*create, "--kms-key-id", "alias/aws/secretsmanager", expect=254)
    if "alias/aws/secretsmanager" not in said or any(operation != "DescribeKey" for _, operation in calls):
        fail(f"with Secrets Manager's own key: {calls}\n{said}")
    if files(machine) != before:
        fail("a refused command left something behind")
    for region in REGIONS[:2]:
        machine.run("kms", "set-default-key", "--region", region, "--key-id", arns[region])
    _, _, calls = machine.aws(*create, "--add-replica-regions", f"Region={REPLICAS[0]}")
    expect_calls("with default keys", calls, created(REGIONS[:2]), REGIONS[:2])


def test_files_are_sealed_opened_and_rewrapped(machine, aws_kms):
    """seal, open and rewrap of files, for one key, for several, and for several Regions."""
    arns = aws_kms.arns
    for size in SIZES:
        payload = os.urandom(size)
        (machine.folder / "payload").write_bytes(payload)
        keys = [flag for region in REGIONS[:2] for flag in ("--kms-key-id", arns[region])]
        _, _, calls = machine.aws("seal", "payload", *keys, "--encryption-context", "purpose=interop", "-o", "message", "--force")
        expect_calls("seal", calls, created(REGIONS[:2]), REGIONS[:2])
        opened, _, calls = machine.aws("open", "message", "--encryption-context", "purpose=interop")
        if opened != payload or sum(calls.values()) != 1:
            fail(f"open of {size} bytes called {calls}")
        opened, _, calls = machine.aws("open", "message", "--kms-key-id", arns[REPLICAS[0]], "--encryption-context", "purpose=interop")
        expect_calls("open with a key", calls, {(REPLICAS[0], "Decrypt"): 1}, REGIONS[:2])
        if opened != payload:
            fail("open with a key: another payload")
        context = ["--encryption-context", "purpose=interop"]
        _, _, calls = machine.aws("rewrap", "message", "--kms-key-id", arns[PRIMARY], *context, "--to", f"Region={LATER},KmsKeyId={arns[LATER]}", "--force")
        expect_calls("rewrap", calls, {(PRIMARY, "Decrypt"): 1, (LATER, "Encrypt"): 1}, [*REGIONS[:2], LATER])
        if machine.aws("open", f"message.{LATER}.bundle", "--region", LATER)[0] != payload:
            fail("rewrap: another payload")
    named = [word for region in REGIONS for word in ("--to", f"Region={region},KmsKeyId={arns[region]}")]
    _, _, calls = machine.aws("seal", "payload", *named)
    expect_calls("seal --to", calls, created(REGIONS), REGIONS)
    for region in REGIONS:
        if machine.aws("open", f"payload.{region}.bundle", "--region", region)[0] != payload:
            fail(f"seal --to {region}: another payload")


def test_discovery_keeps_to_the_account_and_the_partition(machine, aws_kms):
    """Without a key that is named, only keys of the configured account and partition are called."""
    account = aws_kms.account
    machine.aws("seal", "value", "--kms-key-id", aws_kms.arns[PRIMARY], "-o", "message")
    machine.env["COLDSEAL_ACCOUNT_ID"] = "111122223333"
    _, said, calls = machine.aws("open", "message", expect=254)
    if calls:
        fail(f"a key of account {account} was called for account 111122223333: {calls}")
    shown, _, _ = machine.aws("open", "message", "--kms-discovery", f"account={account},partition=aws")
    if shown != VALUE.encode():
        fail("--kms-discovery: another payload")
    _, _, calls = machine.aws("open", "message", "--kms-discovery", f"account={account},partition=aws-cn", expect=254)
    if calls:
        fail(f"a key of partition aws was called for aws-cn: {calls}")
    machine.env["COLDSEAL_ACCOUNT_ID"] = account


def test_debug_tells_no_plaintext(machine, aws_kms):
    """--debug tells of each call, and of no plaintext: the proxy has seen them all."""
    arns = aws_kms.arns
    machine.env["RUST_LOG"] = "trace"
    keys = ["--kms-key-id", arns[PRIMARY], "--add-replica-regions", f"Region={REPLICAS[0]},KmsKeyId={arns[REPLICAS[0]]}"]
    before = len(machine.proxy.plaintexts)
    _, said, _ = machine.aws("create-secret", "--name", "talkative", "--secret-string", "file://value", "--region", PRIMARY, *keys, "--debug")
    machine.aws("get-secret-value", "--secret-id", "talkative", "--region", REPLICAS[0], "--debug")
    machine.aws("seal", "value", "--kms-key-id", arns[PRIMARY], "-o", "message", "--force", "--debug")
    machine.aws("open", "message", "--debug")
    # One for each data key: what was encrypted for a replica comes back only from Decrypt, and is the same.
    if len(machine.proxy.plaintexts) != before + 2 or "DEBUG" not in said:
        fail(f"{len(machine.proxy.plaintexts) - before} new plaintexts; --debug said\n{said}")
    del machine.env["RUST_LOG"]


def test_no_credentials_is_exit_code_253(machine):
    """Exit code 253 says that something has to be set up, before anything is sent or written."""
    keys = {name: machine.env.pop(name) for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")}
    before = files(machine)
    create = ["create-secret", "--name", "no-credentials", "--secret-string", "file://value", "--region", PRIMARY, "--kms-key-id", "alias/team"]
    _, _, calls = machine.aws(*create, expect=253)
    if calls or files(machine) != before:
        fail(f"without credentials: {calls}")
    machine.env.update(keys)


def test_flags_in_place_of_variables(machine, aws_kms):
    """The flags in place of the variables: --kms, --endpoint-url and a profile. And the default stays offline."""
    endpoint, arns = aws_kms.endpoint, aws_kms.arns
    client = Coldseal(machine.binary, machine.folder / "flags")
    profile = f"[profile far]\naws_access_key_id = {endpoint.access_key}\naws_secret_access_key = {endpoint.secret_key}\nregion = {PRIMARY}\n"
    (client.folder / "config").write_text(profile)
    client.env["AWS_CONFIG_FILE"] = str(client.folder / "config")
    (client.folder / "value").write_text(VALUE)
    machine.proxy.clear()
    create = ["create-secret", "--name", "far", "--secret-string", "file://value", "--kms-key-id", arns[PRIMARY], "--profile", "far"]
    done = client.tried(*create)
    if done.returncode == 0 or machine.proxy.calls:
        fail(f"without --kms aws a key of AWS KMS was used: {done.stderr.decode()}")
    client.run(*create, "--kms", "aws", "--endpoint-url", machine.proxy.url)
    if machine.proxy.calls[PRIMARY, "GenerateDataKey"] != 1:
        fail(f"with a profile the calls were {machine.proxy.calls}")
