#!/usr/bin/env python3
"""Writes tests/data/kms-model.json and tests/data/secretsmanager-model.json: of AWS's service models what the table of operations, and the tests of
`kms serve`, are compared with, for the operations that there are.

For each operation the members of the request with their constraints, the shape of the answer, and the names of the errors. Needs PyPI botocore.
`make_service_models.py` writes the files; with --check it fails if a file would change.
"""

import argparse
import json
import pathlib
import sys

import botocore.session

FOLDER = pathlib.Path(__file__).parent.parent / "tests/data"
OPERATIONS = {
    "kms": """
    CancelKeyDeletion CreateAlias CreateKey Decrypt DeleteAlias DeriveSharedSecret DescribeKey DisableKey DisableKeyRotation EnableKey
    EnableKeyRotation Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext GenerateRandom GetKeyPolicy GetKeyRotationStatus GetPublicKey
    ListAliases ListKeyPolicies ListKeyRotations ListKeys ListResourceTags PutKeyPolicy ReEncrypt ReplicateKey RotateKeyOnDemand
    ScheduleKeyDeletion TagResource UntagResource UpdateAlias UpdateKeyDescription UpdatePrimaryRegion
""",
    "secretsmanager": """
    BatchGetSecretValue CancelRotateSecret CreateSecret DeleteResourcePolicy DeleteSecret DescribeSecret GetRandomPassword GetResourcePolicy
    GetSecretValue ListSecretVersionIds ListSecrets PutResourcePolicy PutSecretValue RemoveRegionsFromReplication ReplicateSecretToRegions
    RestoreSecret RotateSecret StopReplicationToReplica TagResource UntagResource UpdateSecret UpdateSecretVersionStage ValidateResourcePolicy
""",
}

# Replication between accounts, which newer models have: it takes two accounts and AWS. The table has neither its members nor its states.
BETWEEN_ACCOUNTS = {"CrossAccountPrimaryARN", "CrossAccountPrimary", "CrossAccountReplicas", "Pending", "Detached"}


def described(shape):
    """A shape with what is in it, without documentation, and without names but those of lists' items."""
    result = {"type": shape.type_name}
    for constraint in ("min", "max", "pattern"):
        if constraint in shape.metadata:
            result[constraint] = shape.metadata[constraint]
    if getattr(shape, "enum", None):
        result["enum"] = [name for name in shape.enum if name not in BETWEEN_ACCOUNTS]
    if shape.type_name == "structure":
        result["members"] = {name: described(member) for name, member in shape.members.items() if name not in BETWEEN_ACCOUNTS}
        result["required"] = shape.required_members
    elif shape.type_name == "list":
        result["member"] = described(shape.member)
        # A sample of an answer has it in place of an item.
        result["item"] = shape.member.name
    elif shape.type_name == "map":
        result["value"] = described(shape.value)
    return result


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--check", action="store_true")
    check = arguments.parse_args().check
    for service, operations in OPERATIONS.items():
        write(service, operations.split(), check)


def write(service, operations, check):
    model = botocore.session.get_session().get_service_model(service)
    lines = []
    for name in operations:
        operation = model.operation_model(name)
        described_operation = {
            "input": described(operation.input_shape),
            "output": described(operation.output_shape) if operation.output_shape else {"type": "structure", "members": {}, "required": []},
            "errors": [shape.name for shape in operation.error_shapes],
        }
        lines.append(f"{json.dumps(name)}: {json.dumps(described_operation, separators=(',', ':'))}")
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    table = FOLDER / f"{service}-model.json"
    if not check:
        table.write_text(text)
    elif table.read_text() != text:
        sys.exit(f"{table} is not what this script makes")
    print(f"{service}: {len(lines)} operations")


if __name__ == "__main__":
    main()
