"""boto3 and the AWS CLI as callers of AWS KMS's operations, which compare each answer with what the service model says of it."""

import base64
import contextlib
import io
import json
import os
import re
import subprocess
from unittest import mock

from awscli.clidriver import create_clidriver

from support.coldseal import fail

HOME, AWAY = "us-west-2", "eu-west-1"
# What an answer must have; the service model of botocore says which of it may be left out, and that is nearly all.
MEMBERS = {
    "CancelKeyDeletion": "KeyId",
    "CreateAlias": "",
    "CreateKey": "KeyMetadata",
    "Decrypt": "KeyId Plaintext EncryptionAlgorithm",
    "DeleteAlias": "",
    "DeriveSharedSecret": "KeyId SharedSecret KeyAgreementAlgorithm KeyOrigin",
    "DescribeKey": "KeyMetadata",
    "DisableKey": "",
    "DisableKeyRotation": "",
    "EnableKey": "",
    "EnableKeyRotation": "",
    "Encrypt": "CiphertextBlob KeyId EncryptionAlgorithm",
    "GenerateDataKey": "CiphertextBlob Plaintext KeyId",
    "GenerateDataKeyWithoutPlaintext": "CiphertextBlob KeyId",
    "GenerateRandom": "Plaintext",
    "GetKeyPolicy": "Policy PolicyName",
    "GetKeyRotationStatus": "KeyId KeyRotationEnabled RotationPeriodInDays NextRotationDate",
    "GetPublicKey": "KeyId PublicKey KeySpec KeyUsage CustomerMasterKeySpec",
    "ListAliases": "Aliases Truncated",
    "ListKeyRotations": "Rotations Truncated",
    "ListKeys": "Keys Truncated",
    "ListResourceTags": "Tags Truncated",
    "PutKeyPolicy": "",
    "ReEncrypt": "CiphertextBlob SourceKeyId KeyId SourceEncryptionAlgorithm DestinationEncryptionAlgorithm",
    "ReplicateKey": "ReplicaKeyMetadata ReplicaPolicy",
    "RotateKeyOnDemand": "KeyId",
    "ScheduleKeyDeletion": "KeyId DeletionDate KeyState PendingWindowInDays",
    "TagResource": "",
    "UntagResource": "",
    "UpdateAlias": "",
    "UpdateKeyDescription": "",
    "UpdatePrimaryRegion": "",
}


class Caller:
    """Calls operations by AWS's names and records which; blobs are bytes."""

    def __init__(self):
        self.called = set()

    def __call__(self, operation, region=HOME, **request):
        self.called.add(operation)
        answer = self.call(operation, region, request)
        if missing := set(MEMBERS[operation].split()) - set(answer):
            fail(f"{self.title}: {operation} lacks {sorted(missing)}: {answer}")
        return answer


class Boto(Caller):
    title = "boto3"

    def __init__(self, server):
        super().__init__()
        self.clients = {region: server.client(region) for region in (HOME, AWAY)}
        self.seen = 0
        for client in self.clients.values():
            client.meta.events.register("before-parse.kms", self.before_parse)

    def call(self, operation, region, request):
        client = self.clients[region]
        method = re.sub(r"(?<!^)([A-Z])", r"_\1", operation).lower()
        answer = getattr(client, method)(**request)
        metadata = answer.pop("ResponseMetadata")
        if not metadata["RequestId"] or metadata["HTTPHeaders"]["content-type"] != "application/x-amz-json-1.1":
            fail(f"{operation} was answered with {metadata}")
        return answer

    def before_parse(self, operation_model, response_dict, **_):
        """botocore leaves out in silence what its model does not know, so the answer is compared with the model before it is parsed."""
        body = response_dict["body"]
        if response_dict["status_code"] >= 300:
            if not {"__type", "message"} >= set(json.loads(body)):
                fail(f"an error of {operation_model.name} was answered with {body}")
            return
        if operation_model.output_shape is None:
            if body not in (b"", b"{}"):
                fail(f"{operation_model.name} was answered with {body}")
            return
        matches(json.loads(body), operation_model.output_shape, operation_model.name)
        self.seen += 1


def matches(value, shape, where):
    """Every member of an answer stands in the model, with this type, and with one of its values where it lists them."""
    if shape.type_name == "structure":
        if unknown := set(value) - set(shape.members):
            fail(f"{where}: the service model does not know {sorted(unknown)}")
        if missing := set(shape.required_members) - set(value):
            fail(f"{where} lacks {sorted(missing)}")
        for name, member in value.items():
            matches(member, shape.members[name], f"{where}.{name}")
    elif shape.type_name == "list":
        for index, member in enumerate(value):
            matches(member, shape.member, f"{where}[{index}]")
    else:
        types = {"string": str, "blob": str, "boolean": bool, "integer": int, "long": int, "timestamp": (int, float)}[shape.type_name]
        if not isinstance(value, types) or (isinstance(value, bool) and shape.type_name != "boolean"):
            fail(f"{where}: {value!r} is no {shape.type_name}")
        if shape.type_name == "blob":
            base64.b64decode(value, validate=True)
        if getattr(shape, "enum", None) and value not in shape.enum:
            fail(f"{where}: {value!r} is none of {shape.enum}")


class AwsCli(Caller):
    title = "the AWS CLI"
    BLOBS = {"CiphertextBlob", "Plaintext", "PublicKey", "SharedSecret"}

    def __init__(self, server, program):
        super().__init__()
        self.folder, self.program = server.coldseal.folder, program
        self.env = {**server.coldseal.env, "AWS_CONFIG_FILE": str(server.config)}

    def run(self, operation, region, flags):
        command = [self.program, *words(operation, region, flags)]
        return subprocess.run(command, cwd=self.folder, env=self.env, stdin=subprocess.DEVNULL, capture_output=True, check=False)

    def run_here(self, operation, region, flags):
        """As `run`, in this process: it starts once for all commands."""
        shown = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
        with contextlib.chdir(self.folder), mock.patch.dict(os.environ, self.env), contextlib.redirect_stdout(shown):
            code = create_clidriver().main(words(operation, region, flags))
        shown.flush()
        return code, shown.buffer.getvalue()

    def flags(self, request):
        for name, value in request.items():
            flag = "--" + re.sub(r"(?<!^)([A-Z])", r"-\1", name).lower()
            if isinstance(value, bool):
                yield flag if value else flag.replace("--", "--no-", 1)
                continue
            yield flag
            if isinstance(value, bytes):
                (self.folder / name).write_bytes(value)
                yield f"fileb://{name}"
            else:
                yield json.dumps(value) if isinstance(value, (dict, list)) else str(value)

    def call(self, operation, region, request):
        code, shown = self.run_here(operation, region, list(self.flags(request)))
        if code != 0:
            fail(f"aws kms {operation} {request}: exit code {code}")
        answer = json.loads(shown or b"{}")
        if operation.startswith("List"):
            answer["Truncated"] = False  # the AWS CLI joins the pages and does not show it
        return {name: base64.b64decode(value) if name in self.BLOBS else value for name, value in answer.items()}


def words(operation, region, flags):
    """The command line of an operation."""
    return ["kms", re.sub(r"(?<!^)([A-Z])", r"-\1", operation).lower(), "--region", region, "--output", "json", *flags]
