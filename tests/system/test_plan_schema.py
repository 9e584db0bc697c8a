"""docs/plan.schema.json, by another implementation of JSON Schema: it takes what `pack` takes, and refuses what `pack` calls no plan."""

import json
import re

import jsonschema

from conftest import ROOT
from support.coldseal import Coldseal, expect

NAME = {"Name": "db"}
# An entry, and whether a plan may hold it.
ENTRIES = [
    (NAME, True),
    ({**NAME, "SecretString": "x", "Description": "d", "KmsKeyId": None, "SecretBinary": None}, True),
    ({**NAME, "SecretString": "file://value"}, True),
    ({**NAME, "SecretBinary": "fileb://value"}, True),
    ({**NAME, "SecretBinary": "eA=="}, True),
    ({**NAME, "Tags": [{"Key": "a", "Value": "b"}, {"Key": "c"}], "AddReplicaRegions": [{"Region": "eu-west-1"}]}, True),
    ({**NAME, "Tags": [], "AddReplicaRegions": []}, True),
    ({**NAME, "ForceOverwriteReplicaSecret": False, "RotationRules": {"AutomaticallyAfterDays": 30}}, True),
    ({**NAME, "ClientRequestToken": "0123456789abcdef0123456789abcdef"}, True),
    ({}, False),
    ("db", False),
    (5, False),
    ({"Name": None}, False),
    ({"Name": 5}, False),
    ({"Name": ""}, False),
    ({"Name": "x" * 513}, False),
    ({**NAME, "Names": "b"}, False),
    ({**NAME, "Type": "x"}, False),
    ({**NAME, "SecretString": ["x"]}, False),
    ({**NAME, "SecretString": ""}, False),
    ({**NAME, "SecretString": "x", "SecretBinary": "eA=="}, False),
    ({**NAME, "ClientRequestToken": "short"}, False),
    ({**NAME, "Description": "d" * 2049}, False),
    ({**NAME, "Tags": {"Key": "a"}}, False),
    ({**NAME, "Tags": [{"Value": "a"}]}, False),
    ({**NAME, "Tags": [{"Key": "a", "Name": "b"}]}, False),
    ({**NAME, "AddReplicaRegions": ["us-east-1"]}, False),
    ({**NAME, "AddReplicaRegions": [{"KmsKeyId": "alias/a"}]}, False),
    ({**NAME, "AddReplicaRegions": [{"Region": "nowhere"}]}, False),
    ({**NAME, "ForceOverwriteReplicaSecret": "yes"}, False),
    ({**NAME, "RotationRules": "x"}, False),
    ({**NAME, "RotationRules": {"AutomaticallyAfterDays": 0}}, False),
]


def validator():
    schema = json.loads((ROOT / "docs/plan.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_entries_are_taken_and_refused_alike(binary, folder):
    plans, coldseal = validator(), Coldseal(binary, folder)
    (folder / "value").write_text("eA==")
    for entry, is_one in ENTRIES:
        for plan in (entry, [entry]):
            expect(plans.is_valid(plan) == is_one, f"the schema of {plan}: {is_one} was expected")
            (folder / "plan.json").write_text(json.dumps(plan))
            done = coldseal.tried("pack", "plan.json", "--region", "us-west-2", "--dry-run")
            expect(done.returncode in (0, 1) and (done.returncode == 0) == is_one, f"pack of {plan}: {done.returncode} {done.stderr.decode()}")


def test_the_examples_of_the_help_are_plans(binary, folder):
    plans, help_text = validator(), Coldseal(binary, folder).run("pack", "--help").decode()
    example = help_text.split("\nA plan:\n")[1].split("\n\n")[0]
    decoder, examples, at = json.JSONDecoder(), [], 0
    while match := re.compile(r"\S").search(example, at):
        entry, at = decoder.raw_decode(example, match.start())
        examples.append(entry)
    expect(len(examples) == 2, f"{examples}")
    # That of the README.
    examples += [json.loads(line) for line in (ROOT / "examples/plan.jsonl").read_text(encoding="utf-8").splitlines()]
    for entry in examples:
        plans.validate(entry)
    plans.validate(examples)
    expect("docs/plan.schema.json" in help_text, "the help does not name the schema")
