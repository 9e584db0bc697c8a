"""JSON, table, text and YAML output are what the AWS CLI's own formatters make of the same documents, with and without --query."""

import datetime
import io
import json
import types
from pathlib import Path

import botocore.session
import jmespath
import yaml
from awscli.formatter import TableFormatter
from awscli.text import format_text
from botocore import xform_name
from botocore.utils import ArgumentGenerator

from support.coldseal import Coldseal, fail
from support.notes import note

DATA = Path(__file__).parent.parent / "data"
# Operations that only clients ask for.
NO_COMMAND = ["ListKeyPolicies"]
BLOB = "cGF5bG9hZA=="

# Characters that a formatter can get wrong: escapes, a tab, non-ASCII, a line separator, DEL.
AWKWARD = 'quote " backslash \\ tab \t é 語 🔑 \u2028 \x7f'

# (command, expressions): each command is compared whole, then once for each expression.
CASES = [
    (
        ["describe-secret", "--secret-id", "ci/formats"],
        [
            "Name",
            "Description",
            "ReplicationStatus",
            "ReplicationStatus[].[Region,Status]",
            "ReplicationStatus[?Status=='InSync'].Region | [0]",
            "{Zulu: Name, Alpha: ARN}",
            "ReplicationStatus[].{Where: Region, How: Status}",
            "Tags[?Key=='team'].Value",
            "Tags[*].Missing",
            "VersionIdsToStages",
            "length(ReplicationStatus)",
            "NoSuchMember",
            "`[]`",
            "`{}`",
            "`true`",
            "`[1, 2.5, \"a\", null, false]`",
            "[Name, [ARN, Name]]",
            "[{B: Name, A: PrimaryRegion}, {C: Name}]",
            "sort_by(ReplicationStatus, &Region)[].Region",
            "join(', ', ReplicationStatus[].Region)",
            "starts_with(Name, 'ci/')",
            "ReplicationStatus[?Status==`InSync`].Region",
            "ReplicationStatus[?Region==`us-east-1`] | [0].Status",
            "Tags[?Key==` team`].Value",
            "[`a b`, `\\u00e9`, `1a`, `yes`, `[1`, `\"x\"`]",
        ],
    ),
    (["list-secrets"], ["SecretList[].Name", "SecretList[].{N: Name, D: Description}", "length(SecretList)", "SecretList[].Tags[]"]),
    (["get-secret-value", "--secret-id", "ci/formats"], ["SecretString", "VersionStages", "[Name, VersionStages]"]),
    (["get-secret-value", "--secret-id", "ci/binary"], ["SecretBinary"]),
    (["kms", "list-aliases", "--region", "us-west-2"], ["Aliases[].AliasName", "Aliases[0]"]),
    (["kms", "list-keys", "--region", "us-west-2"], ["Keys[].KeyId"]),
    (["kms", "describe-key", "--region", "us-west-2", "--key-id", "alias/ci"], ["KeyMetadata.Enabled", "KeyMetadata.EncryptionAlgorithms"]),
]


def as_json(document):
    """The AWS CLI's JSONFormatter: nothing at all for a response without members."""
    return "" if document == {} else json.dumps(document, indent=4, ensure_ascii=False) + "\n"


def as_text(document):
    stream = io.StringIO()
    format_text(document, stream)
    return stream.getvalue()


def as_table(operation, document):
    """In 80 columns, which is what the AWS CLI takes without a terminal."""
    stream = io.StringIO()
    formatter = TableFormatter(types.SimpleNamespace(query=None, color="off"))
    formatter.table._terminal_width = 80
    try:
        formatter._format_response(operation, document, stream)
    except (IndexError, TypeError, ValueError):  # rows of different lengths, a list of structures and other things
        return None
    return stream.getvalue()


def as_yaml(document):
    """As version 2 of the AWS CLI, with long lines whole: names sorted, and what is neither a list nor a structure as in JSON."""
    if document is None or isinstance(document, (str, int, float)):
        return json.dumps(document, ensure_ascii=False) + "\n"
    return "" if document == {} else yaml.safe_dump(document, default_flow_style=False, allow_unicode=True, width=float("inf"))


def is_plain(document):
    """Whether PyYAML needs no escapes for it; of those it has others."""
    if isinstance(document, str):
        return document.isprintable()
    members = document.items() if isinstance(document, dict) else [("", item) for item in document] if isinstance(document, list) else []
    return all(is_plain(name) and is_plain(member) for name, member in members)


def operation_of(command):
    name = command[1] if command[0] == "kms" else command[0]
    return "".join(word.capitalize() for word in name.split("-"))


def prepare(coldseal):
    """Two secrets, one with everything that has a member of its own, and a key with an alias."""
    (coldseal.folder / "string").write_text('{"user": "é", "line": "\\n"}\nsecond line', encoding="utf-8")
    (coldseal.folder / "binary").write_bytes(bytes(range(256)))
    key = coldseal.run("kms", "create-key", "--region", "us-west-2", "--query", "KeyMetadata.KeyId", "--output", "text").decode().strip()
    silent = coldseal.run("kms", "create-alias", "--region", "us-west-2", "--alias-name", "alias/ci", "--target-key-id", key)
    if silent:
        fail(f"create-alias answers nothing in AWS, and here {silent!r}")
    coldseal.run(
        "create-secret", "--name", "ci/formats", "--secret-string", "file://string", "--region", "us-west-2", "--kms-key-id", "alias/ci",
        "--description", AWKWARD, "--tags", "Key=team,Value=payments é", "Key=empty,Value=",
        "--add-replica-regions", "Region=us-east-1", "Region=eu-west-1",
    )
    coldseal.run("create-secret", "--name", "ci/binary", "--secret-binary", "fileb://binary", "--region", "us-west-2")


def compare(what, shown, expected, faults):
    if shown.decode("utf-8") != expected:
        faults.append(f"{what}\n  AWS CLI:  {expected!r}\n  coldseal: {shown.decode('utf-8')!r}")


def test_output_is_what_the_aws_cli_makes_of_it(binary, folder):
    coldseal = Coldseal(binary, folder)
    prepare(coldseal)
    faults, count = [], 0
    for command, expressions in CASES:
        # Member order is part of the document: a dict keeps it.
        document = json.loads(coldseal.run(*command, "--output", "json"))
        for expression in [None, *expressions]:
            expected = document if expression is None else jmespath.search(expression, document)
            query = [] if expression is None else ["--query", expression]
            formats = {"json": as_json(expected), "text": as_text(expected), "table": as_table(operation_of(command), expected)}
            for output, formatted in formats.items():
                if formatted is None:
                    continue
                args = [*command, *query, "--output", output]
                compare(" ".join(args), coldseal.run(*args), formatted, faults)
                count += 1
            args = [*command, *query, "--output", "yaml"]
            shown = coldseal.run(*args)
            if (yaml.safe_load(shown) if shown else {}) != expected:
                faults.append(f"{' '.join(args)}: PyYAML reads another document: {shown!r}")
            if is_plain(expected):
                compare(" ".join(args), shown, as_yaml(expected), faults)
            count += 1
            if coldseal.run(*command, *query, "--output", "off"):
                faults.append(f"{' '.join(args)}: off prints something")
    if faults:
        fail(f"{len(faults)} of {count} outputs differ from the AWS CLI's\n" + "\n".join(faults))
    note(f"{count} outputs equal the AWS CLI's")


def sample(shape, **options):
    """What the AWS CLI's own generator prints for a shape."""
    made = ArgumentGenerator(**options).generate_skeleton(shape) if shape else {}
    plain = lambda value: value.isoformat() if isinstance(value, datetime.datetime) else value.decode("ascii")
    return json.loads(json.dumps(made, default=plain))


def filled_in(skeleton):
    """A request with values of which none is too short or too small."""
    if isinstance(skeleton, dict):
        return {name: filled_in(value) for name, value in skeleton.items()}
    if isinstance(skeleton, list):
        return [filled_in(value) for value in skeleton]
    if skeleton is None:
        return BLOB
    return "x" * 64 if isinstance(skeleton, str) else skeleton if isinstance(skeleton, bool) else 100


def differences(ours, theirs, path):
    """What both have and one has otherwise. What only one has, a newer model has added, or coldseal has no flag for."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        common = [name for name in ours if name in theirs]
        if common != [name for name in theirs if name in ours]:
            yield f"{path}: another order"
        for name in common:
            yield from differences(ours[name], theirs[name], f"{path}.{name}")
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for at, (our, their) in enumerate(zip(ours, theirs)):
            yield from differences(our, their, f"{path}[{at}]")
    elif type(ours) is not type(theirs) or isinstance(ours, str) and bool(ours) != bool(theirs):
        yield f"{path}: {ours!r}, not {theirs!r}"


def test_skeletons_are_those_of_the_aws_cli(binary, folder):
    coldseal = Coldseal(binary, folder)
    faults, count = [], 0
    for service in ("secretsmanager", "kms"):
        model = botocore.session.get_session().get_service_model(service)
        for name in json.loads((DATA / f"{service}-model.json").read_text()):
            if name in NO_COMMAND:
                continue
            operation, command = model.operation_model(name), [service, xform_name(name, "-"), "--region", "us-east-1"]
            request = json.loads(coldseal.run(*command, "--generate-cli-skeleton"))
            faults += differences(request, sample(operation.input_shape), f"{name} input")
            # A sample of the answer is given to a request that could be sent.
            command += ["--cli-input-json", json.dumps(filled_in(request))]
            answer = json.loads(coldseal.run(*command, "--generate-cli-skeleton", "output") or "{}")
            faults += differences(answer, sample(operation.output_shape, use_member_names=True), f"{name} output")
            if operation.output_shape and operation.output_shape.members and not answer:
                faults.append(f"{name} output: nothing")
            count += 2
    if faults:
        fail(f"{len(faults)} differences from the AWS CLI's skeletons\n" + "\n".join(faults))
    note(f"{count} skeletons have the members, the order and the types of the AWS CLI's")
