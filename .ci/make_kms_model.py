#!/usr/bin/env python3
"""Writes tests/data/kms-model.json: of AWS's service model of KMS what the tests of `kms serve` compare with, for the operations that it has.

For each operation the members of the request with their constraints, the shape of the answer, and the names of the errors. Needs PyPI botocore.
`make_kms_model.py` writes the file; with --check it fails if the file would change.
"""

import argparse
import json
import pathlib
import sys

import botocore.session

TABLE = pathlib.Path(__file__).parent.parent / "tests/data/kms-model.json"
OPERATIONS = """
    CancelKeyDeletion CreateAlias CreateKey Decrypt DeleteAlias DeriveSharedSecret DescribeKey DisableKey DisableKeyRotation EnableKey
    EnableKeyRotation Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext GenerateRandom GetKeyPolicy GetKeyRotationStatus GetPublicKey
    ListAliases ListKeyPolicies ListKeyRotations ListKeys ListResourceTags PutKeyPolicy ReEncrypt ReplicateKey RotateKeyOnDemand
    ScheduleKeyDeletion TagResource UntagResource UpdateAlias UpdateKeyDescription
""".split()


def described(shape):
    """A shape with what is in it, without names and documentation."""
    result = {"type": shape.type_name}
    for constraint in ("min", "max", "pattern"):
        if constraint in shape.metadata:
            result[constraint] = shape.metadata[constraint]
    if getattr(shape, "enum", None):
        result["enum"] = shape.enum
    if shape.type_name == "structure":
        result["members"] = {name: described(member) for name, member in shape.members.items()}
        result["required"] = shape.required_members
    elif shape.type_name == "list":
        result["member"] = described(shape.member)
    elif shape.type_name == "map":
        result["value"] = described(shape.value)
    return result


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--check", action="store_true")
    check = arguments.parse_args().check
    model = botocore.session.get_session().get_service_model("kms")
    lines = []
    for name in OPERATIONS:
        operation = model.operation_model(name)
        described_operation = {
            "input": described(operation.input_shape),
            "output": described(operation.output_shape) if operation.output_shape else {"type": "structure", "members": {}, "required": []},
            "errors": [shape.name for shape in operation.error_shapes],
        }
        lines.append(f"{json.dumps(name)}: {json.dumps(described_operation, separators=(',', ':'))}")
    table = "{\n" + ",\n".join(lines) + "\n}\n"
    if not check:
        TABLE.write_text(table)
    elif TABLE.read_text() != table:
        sys.exit(f"{TABLE} is not what this script makes")
    print(f"{len(lines)} operations")


if __name__ == "__main__":
    main()
