"""What `iam-policy` prints: parliament, which checks policies of IAM, finds nothing in it, and it allows the calls that the commands make and no others."""

import fnmatch
import json

import parliament
import pytest

from support.coldseal import Coldseal, fail
from support.endpoints import Moto
from support.faults import Proxy
from support.kms_client import LATER, PRIMARY, REGIONS, REPLICAS, VALUE, Machine, make_keys

CONTEXT_KEY = "kms:EncryptionContext:SecretARN"
ROLES = ["packer", "opener", "replicator", "publisher"]


@pytest.fixture(scope="module")
def world(binary, tmp_path_factory):
    """A secret in three Regions under keys of AWS KMS, which moto plays, and a proxy that keeps what is asked."""
    with Moto(tmp_path_factory.mktemp("moto")) as endpoint, Proxy(endpoint.url) as proxy:
        machine = Machine(binary, tmp_path_factory.mktemp("machine"), endpoint, proxy, Moto.account)
        (machine.folder / "value").write_text(VALUE)
        yield machine, make_keys(endpoint)


def policies(machine, role, *flags):
    """The policy for a role, and the statements for the keys."""
    printed = json.loads(machine.run("iam-policy", "--role", role, "--kms", "embedded", *flags))
    return printed["PolicyDocument"], printed["KeyPolicyStatements"]


def conditions_hold(statement, context):
    for operator, keys in statement.get("Condition", {}).items():
        for key, values in keys.items():
            given = context.get("SecretARN") if key == CONTEXT_KEY else None
            holds = {"StringEquals": lambda value: value == given, "StringLike": lambda value: given is not None and fnmatch.fnmatchcase(given, value)}
            if not any(holds[operator](value) for value in values):
                return False
    return True


def allowing(document, operation, key, context):
    """The statements by which IAM allows a call."""
    return [
        statement["Sid"]
        for statement in document["Statement"]
        if f"kms:{operation}" in statement["Action"] and key in statement["Resource"] and conditions_hold(statement, context)
    ]


def check_calls(document, arns, requests):
    """Each call is allowed for its secret and for no other; each statement is needed by one of them."""
    used = set()
    for region, operation, members in requests:
        key = members["KeyId"] if members["KeyId"].startswith("arn:") else arns[region]
        context = members.get("EncryptionContext", {})
        by = allowing(document, operation, key, context)
        if not by:
            fail(f"{operation} in {region} with {context} is not allowed by {json.dumps(document)}")
        other = {**context, "SecretARN": context.get("SecretARN", "").replace(":secret:", ":secret:not/")}
        if context and allowing(document, operation, key, other):
            fail(f"{operation} in {region} is allowed for another secret")
        used.update(by)
    if unused := {statement["Sid"] for statement in document["Statement"]} - used:
        fail(f"nothing needs {sorted(unused)} of {json.dumps(document)}")


def check_by_parliament(document):
    policy = parliament.analyze_policy_string(json.dumps(document))
    if found := [finding for finding in policy.findings if finding.issue != "RESOURCE_STAR"]:
        fail(f"parliament finds {found} in {json.dumps(document)}")


def calls_of(machine, *args):
    """Runs a command with AWS KMS; gives what it asked."""
    machine.aws(*args)
    return list(machine.proxy.requests)


def test_roles_may_do_what_their_commands_do(world):
    """In the order of a secret's life: planned, packed, opened, replicated, moved."""
    machine, arns = world
    name = ["--secret-id", "web/token"]
    keys = ["--kms-key-id", *(arns[region] for region in REGIONS)]
    planned, _ = policies(machine, "packer", *name, "--region", PRIMARY, *keys)
    replicas = [f"Region={region},KmsKeyId={arns[region]}" for region in REPLICAS]
    create = ["create-secret", "--name", "web/token", "--secret-string", "file://value", "--region", PRIMARY, "--kms-key-id", arns[PRIMARY]]
    check_calls(planned, arns, calls_of(machine, *create, "--add-replica-regions", *replicas))
    packer, statements = policies(machine, "packer", *name)
    (machine.folder / "other").write_text("another value")
    check_calls(packer, arns, calls_of(machine, "put-secret-value", *name, "--secret-string", "file://other"))
    if {statement["KeyId"] for statement in statements} != {arns[region] for region in REGIONS}:
        fail(f"key policy statements for {statements}")

    for region in REGIONS:
        opener, _ = policies(machine, "opener", *name, "--region", region)
        check_calls(opener, arns, calls_of(machine, "get-secret-value", *name, "--region", region))

    replicator, _ = policies(machine, "replicator", *name, "--kms-key-id", arns[LATER])
    calls = calls_of(machine, "replicate-secret-to-regions", *name, "--add-replica-regions", f"Region={LATER},KmsKeyId={arns[LATER]}")
    calls += calls_of(machine, "rewrap", *name)
    for region in REGIONS:
        calls += calls_of(machine, "rewrap", *name, "--region", region)
    check_calls(replicator, arns, calls)


def test_parliament_finds_nothing(world):
    machine, arns = world
    if not (machine.folder / "coldseal-vault").exists():
        pytest.skip("the secret is made by the test before")
    for role in ROLES:
        document, statements = policies(machine, role, "--all", "--account-id", Moto.account)
        check_by_parliament(document)
        for statement in (statement for key in statements for statement in key["Statement"]):
            check_by_parliament({"Version": document["Version"], "Statement": [statement]})


def test_parliament_would_find_something():
    statement = {"Effect": "Allow", "Action": ["kms:NoSuchCall"], "Resource": ["*"]}
    policy = parliament.analyze_policy_string(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    assert policy.findings
