#!/usr/bin/env python3
"""Writes src/cli/cli_input/skeletons.json: for each operation of AWS Secrets Manager and AWS KMS what --generate-cli-skeleton shows, by the AWS CLI's
own generator: the request's members in the model's order, and a sample of the answer. `CreateSecret` takes coldseal's own members besides.

Needs PyPI awscli. `make_skeletons.py` writes the file; with --check it fails if the file has what the AWS CLI has no more, or has otherwise, and names
the operations to which a newer AWS CLI has added something.
"""

import argparse
import datetime
import json
import pathlib
import random
import sys

import botocore.session
from botocore.utils import ArgumentGenerator

TABLE = pathlib.Path(__file__).parent.parent / "src/cli/cli_input/skeletons.json"


def plain(value):
    """As the AWS CLI prints what is not JSON."""
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("ascii")
    raise TypeError(type(value))


def skeleton(shape, **options):
    # The generator takes any value of an enumeration; here it is always the same one.
    random.seed(0)
    value = ArgumentGenerator(**options).generate_skeleton(shape) if shape else {}
    return json.loads(json.dumps(value, default=plain))


def lacks(known, made):
    """What is in `known` and not in `made`, by path. New members are no fault, and another sample of an enumeration that grew is none."""
    if isinstance(known, dict) and isinstance(made, dict):
        return [f".{name}{path}" for name, value in known.items() for path in lacks(value, made.get(name, ...))]
    if isinstance(known, list) and isinstance(made, list) and len(known) == len(made):
        return [f"[]{path}" for old, new in zip(known, made) for path in lacks(old, new)]
    return [] if type(known) is type(made) else [f": {known!r}"]


def check(operations):
    known = json.loads(TABLE.read_text())
    wrong = [name + path for name, skeletons in known.items() for path in lacks(skeletons, operations.get(name, ...))]
    if wrong:
        sys.exit(f"{TABLE.name} has what the AWS CLI has not: {wrong}")
    if grown := [name for name, skeletons in operations.items() if skeletons != known.get(name)]:
        print(f"the AWS CLI knows more of: {' '.join(sorted(grown))}")


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--check", action="store_true")
    is_check = arguments.parse_args().check
    operations = {}
    for service in ("secretsmanager", "kms"):
        model = botocore.session.get_session().get_service_model(service)
        for name in model.operation_names:
            operation = model.operation_model(name)
            operations[f"{service}.{name}"] = {
                "input": skeleton(operation.input_shape),
                "output": skeleton(operation.output_shape, use_member_names=True),
            }
    # Two members of coldseal's own: in AWS they stand in requests of their own.
    create = operations["secretsmanager.CreateSecret"]["input"]
    create["ResourcePolicy"] = operations["secretsmanager.PutResourcePolicy"]["input"]["ResourcePolicy"]
    create["RotationRules"] = operations["secretsmanager.RotateSecret"]["input"]["RotationRules"]
    lines = [f"{json.dumps(name)}: {json.dumps(value, separators=(',', ':'))}" for name, value in sorted(operations.items())]
    table = "{\n" + ",\n".join(lines) + "\n}\n"
    if is_check:
        check(operations)
    else:
        TABLE.write_text(table)
    print(f"{len(operations)} operations")


main()
