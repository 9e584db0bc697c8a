"""`--kms aws` when something goes wrong: a Region that is down, throttling, broken and slow answers, a key that is denied.

After each failure the exit code and stderr say what happened, in which Region and with which key, and the vault is as it was before.
"""

import json
import time

import pytest

from support.coldseal import Coldseal, fail
from support.endpoints import Serve
from support.faults import SLOW, Proxy, another_key, cut, down, garbage, internal_error, refusal, short_key, slow
from support.kms_client import PRIMARY, REGIONS, REPLICAS, Machine, expect_calls, files, make_keys
from support.notes import note

VALUE = "EXAMPLE-PASSWORD"
THROTTLED = refusal("ThrottlingException", "Rate exceeded")
DENIED = refusal("AccessDeniedException", "User: arn:aws:iam::111122223333:user/saanvi is not authorized to perform: kms:Encrypt")
# A refusal by AWS's name is one of the command's too; where no answer came, a command on secrets says which of AWS's names fits.
REFUSED, NO_ANSWER = [254], [254, 255]
# What happens to every call, in words and in the proxy; what the command may exit with; what stderr has to say.
FAULTS = [
    ("down", down, NO_ANSWER, []),
    ("throttled for ever", THROTTLED, REFUSED, ["ThrottlingException"]),
    ("an internal error of KMS", refusal("KMSInternalException", "try again", 500), REFUSED, ["KMSInternalException"]),
    ("a page with status 500", internal_error, NO_ANSWER, []),
    ("a proxy's page with status 503", refusal("ServiceUnavailableException", "busy", 503), REFUSED, ["ServiceUnavailable"]),
    ("denied", DENIED, REFUSED, ["AccessDeniedException", "is not authorized"]),
    ("disabled", refusal("DisabledException", "the key is disabled."), REFUSED, ["DisabledException"]),
    ("an answer that comes too late", slow, NO_ANSWER, []),
    ("an answer that breaks off", cut, NO_ANSWER, []),
    ("an answer that is no JSON", garbage, NO_ANSWER, []),
    ("an answer for another key", another_key, NO_ANSWER, []),
]
FAST = ["--max-attempts", "2", "--cli-read-timeout", "1", "--cli-connect-timeout", "1"]


@pytest.fixture(scope="module")
def server(binary, tmp_path_factory):
    with Serve(Coldseal(binary, tmp_path_factory.mktemp("serve"))) as server, Proxy(server.url) as proxy:
        client = server.client(REPLICAS[1])
        client.create_alias(AliasName="alias/other", TargetKeyId=client.create_key()["KeyMetadata"]["KeyId"])
        yield server, proxy


@pytest.fixture(scope="module")
def arns(server):
    return make_keys(server[0])


@pytest.fixture
def machine(server, arns, binary, folder):
    """A machine that has a secret; what it has in the end is sound."""
    machine = Machine(binary, folder, *server, "000000000000")
    (machine.folder / "value").write_text(VALUE)
    machine.aws(*create("kept", arns))
    yield machine
    machine.run("verify")


def create(name, arns, *more):
    named = [f"Region={region},KmsKeyId={arns[region]}" for region in REPLICAS]
    flags = ["--secret-string", "file://value", "--region", PRIMARY, "--kms-key-id", arns[PRIMARY], *more]
    return ["create-secret", "--name", name, *flags, "--add-replica-regions", *named]


def names(machine):
    return json.loads(machine.run("list-secrets", "--query", "SecretList[].Name"))


def failing(machine, what, args, fault, region, operation, codes, said_of):
    """One command that fails; nothing changes, and what is said helps."""
    before = files(machine)
    machine.proxy.clear()
    # Where one Region's bundle does not open, another's may do.
    machine.proxy.spoil(None if operation == "Decrypt" else region, operation, fault)
    begin = time.monotonic()
    done = machine.tried(*args, *FAST)
    said, taken = done.stderr.decode(errors="replace"), time.monotonic() - begin
    what = f"{what}, {operation} in {region}"
    if done.returncode not in codes:
        fail(f"{what}: exit code {done.returncode}, expected one of {codes}\n{said}")
    if missing := [word for word in [region, *said_of] if word not in said]:
        fail(f"{what}: stderr lacks {missing}\n{said}")
    if VALUE in said or VALUE.encode() in done.stdout:
        fail(f"{what}: the secret's value is shown")
    if taken > 15:
        fail(f"{what}: it took {taken:.0f} seconds")
    if files(machine) != before:
        fail(f"{what}: the vault has changed: {sorted(map(str, set(files(machine)) ^ set(before)))}")
    return said


def test_each_fault_in_each_step(machine, arns):
    """Each fault in each step of making, copying, reading and moving a secret."""
    count = 0
    replicate = ["replicate-secret-to-regions", "--secret-id", "kept", "--region", PRIMARY, "--add-replica-regions", f"Region=ca-central-1,KmsKeyId={arns['ca-central-1']}"]
    steps = [
        (create("new", arns), PRIMARY, "GenerateDataKey"),
        (create("new", arns), REPLICAS[1], "Encrypt"),
        (["rewrap", "--secret-id", "kept", "--region", REPLICAS[1], "--to-key", "alias/other"], REPLICAS[1], "Encrypt"),
        (replicate, PRIMARY, "Decrypt"),
        (replicate, "ca-central-1", "Encrypt"),
        (["get-secret-value", "--secret-id", "kept", "--region", REPLICAS[0]], REPLICAS[0], "Decrypt"),
    ]
    for index, (what, fault, codes, said_of) in enumerate(FAULTS):
        # Every fault where data keys are made and wrapped; elsewhere they take turns, a time-out is long.
        for args, region, operation in [*steps[:2], steps[2 + index % (len(steps) - 2)]]:
            said = failing(machine, what, args, fault, region, operation, codes, said_of)
            if f"arn:aws:kms:{region}:000000000000:key/" not in said:
                fail(f"{what}, {operation} in {region}: stderr does not name the key\n{said}")
            count += 1
    failing(machine, "a data key of 16 bytes", steps[0][0], short_key, PRIMARY, "GenerateDataKey", NO_ANSWER, [])
    machine.run("verify")
    if names(machine) != ["kept"]:
        fail(f"there are secrets {names(machine)}")
    if count + 1 < 34:
        fail(f"only {count + 1} failures")
    note(f"{count + 1} commands failed as they should, nothing half-done")


def test_what_passes_is_tried_again(machine, arns):
    """What passes is tried again, as often as the flag says."""
    for fault in (THROTTLED, internal_error, down):
        machine.proxy.clear()
        machine.proxy.spoil(REPLICAS[0], "Encrypt", fault, times=2)
        name = f"retried-{len(names(machine))}"
        done = machine.tried(*create(name, arns), "--max-attempts", "3")
        if done.returncode != 0:
            fail(f"two failures and then an answer: exit code {done.returncode}\n{done.stderr.decode()}")
        expect_calls("retries", dict(machine.proxy.calls), {(PRIMARY, "GenerateDataKey"): 1, (REPLICAS[0], "Encrypt"): 3, (REPLICAS[1], "Encrypt"): 1}, REGIONS)
    machine.proxy.clear()
    machine.proxy.spoil(REPLICAS[0], "Encrypt", THROTTLED)
    machine.tried(*create("once", arns), "--max-attempts", "1")
    if machine.proxy.calls[REPLICAS[0], "Encrypt"] != 1:
        fail(f"--max-attempts 1 made {machine.proxy.calls}")
    # A slow answer is waited for when there is time, and one Region does not wait for the other.
    machine.proxy.clear()
    for region in REPLICAS:
        machine.proxy.spoil(region, "Encrypt", slow)
    if (done := machine.tried(*create("slow", arns), "--cli-read-timeout", str(4 * SLOW))).returncode != 0:
        fail(f"a slow answer was not waited for\n{done.stderr.decode()}")
    if machine.proxy.most_at_once < len(REPLICAS):
        fail("the replicas' keys were asked one after the other")


def test_a_part_is_made_and_a_retry_makes_up_for_it(machine, arns):
    """--partial makes what it can, says Failed of the rest, and a retry makes up for it."""
    machine.proxy.clear()
    machine.proxy.spoil(REPLICAS[0], "Encrypt", DENIED)
    shown, said, _ = part(machine, create("part", arns, "--partial"))
    status = {entry["Region"]: entry for entry in shown["ReplicationStatus"]}
    if (status[REPLICAS[0]]["Status"], status[REPLICAS[1]]["Status"]) != ("Failed", "InSync") or "AccessDenied" not in status[REPLICAS[0]]["StatusMessage"]:
        fail(f"--partial: {shown}\n{said}")
    machine.run("verify")
    machine.aws("get-secret-value", "--secret-id", "part", "--region", REPLICAS[1])
    replicate = ["replicate-secret-to-regions", "--secret-id", "part", "--region", PRIMARY, "--add-replica-regions"]
    machine.aws(*replicate, f"Region={REPLICAS[0]},KmsKeyId={arns[REPLICAS[0]]}")
    described = json.loads(machine.run("describe-secret", "--secret-id", "part", "--region", PRIMARY))
    if {entry["Status"] for entry in described["ReplicationStatus"]} != {"InSync"}:
        fail(f"after the retry: {described['ReplicationStatus']}")
    if json.loads(machine.aws("get-secret-value", "--secret-id", "part", "--region", REPLICAS[0])[0])["SecretString"] != VALUE:
        fail("the retry sealed another value")


def part(machine, args):
    """A command that does a part: exit code 1."""
    done = machine.tried(*args, *FAST)
    if done.returncode != 1:
        fail(f"{args}: exit code {done.returncode}\n{done.stderr.decode()}")
    return json.loads(done.stdout), done.stderr.decode(), machine.proxy.calls


def test_nothing_listens(machine, arns):
    """An endpoint where nothing listens."""
    url = machine.env["AWS_ENDPOINT_URL_KMS"]
    machine.env["AWS_ENDPOINT_URL_KMS"] = "http://127.0.0.1:9"
    before = files(machine)
    done = machine.tried(*create("nowhere", arns), *FAST)
    if done.returncode not in NO_ANSWER or PRIMARY not in done.stderr.decode() or files(machine) != before:
        fail(f"nothing listens: exit code {done.returncode}\n{done.stderr.decode()}")
    machine.env["AWS_ENDPOINT_URL_KMS"] = url


def test_no_file_is_left_where_a_region_is_down(machine, arns):
    """seal --to, to three Regions of which one is down, leaves no file."""
    targets = [word for region in REGIONS for word in ("--to", f"Region={region},KmsKeyId={arns[region]}")]
    machine.proxy.clear()
    machine.proxy.spoil(REPLICAS[1], "Encrypt", down)
    done = machine.tried("seal", "value", *targets, *FAST)
    if done.returncode not in NO_ANSWER or list(machine.folder.glob("value.*")):
        fail(f"seal --to: exit code {done.returncode}, {list(machine.folder.glob('value.*'))}\n{done.stderr.decode()}")


def test_a_batch_goes_on(machine, arns):
    """pack goes on behind throttled calls, and where a Region denies its key each secret fails by itself."""
    replicas = [{"Region": region, "KmsKeyId": arns[region]} for region in REPLICAS]
    names = [f"packed/{number}" for number in range(6)]
    plan = [{"Name": name, "SecretString": VALUE, "KmsKeyId": arns[PRIMARY], "AddReplicaRegions": replicas} for name in names]
    (machine.folder / "plan.json").write_text(json.dumps(plan))
    pack = ["pack", "plan.json", "--region", PRIMARY, "--max-attempts", "1"]

    def statuses(fault, times, expect):
        machine.proxy.clear()
        machine.proxy.spoil(REPLICAS[1], "Encrypt", fault, times)
        done = machine.tried(*pack)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        if done.returncode != expect or [line["Name"] for line in lines] != names:
            fail(f"pack: exit code {done.returncode}, expected {expect}\n{done.stderr.decode()}")
        return {(line["Status"], line.get("ErrorCode")) for line in lines}

    before = files(machine)
    if (found := statuses(DENIED, None, 1)) != {("Failed", "AccessDeniedException")} or files(machine) != before:
        fail(f"pack where a Region denies its key: {found}")
    if (found := statuses(THROTTLED, 3, 0)) != {("Created", None)} or machine.proxy.calls[REPLICAS[1], "Encrypt"] != len(names) + 3:
        fail(f"pack behind throttled calls: {found}, {machine.proxy.calls}")
