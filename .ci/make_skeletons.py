#!/usr/bin/env python3
"""Writes src/cli/cli_input/skeletons.json: for each operation of AWS Secrets Manager and AWS KMS what --generate-cli-skeleton shows, by the AWS CLI's
own generator: the request's members in the model's order, and a sample of the answer. `CreateSecret` takes coldseal's own members besides.

Needs PyPI awscli. `make_skeletons.py` writes the file; with --check it fails if the file would change.
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


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--check", action="store_true")
    check = arguments.parse_args().check
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
    if not check:
        TABLE.write_text(table)
    elif TABLE.read_text() != table:
        sys.exit(f"{TABLE} is not what this script makes")
    print(f"{len(operations)} operations")


main()
