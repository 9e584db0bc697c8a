"""The AWS CLI and boto3, as they are, against `kms serve`: every operation through each, its errors by AWS's names, paging, and the shape of every answer."""

import base64
import contextlib
import io
import json
import os
import re
import subprocess
import time
from unittest import mock

import boto3
from awscli.clidriver import create_clidriver
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from support.coldseal import Coldseal, fail
from support.refused_requests import errors
from support.endpoints import Serve

HOME, AWAY = "us-west-2", "eu-west-1"
CONTEXT = {"purpose": "interop", "é": "ü"}
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*"}]}
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
    "ReplicateKey": "ReplicaKeyMetadata ReplicaPolicy ReplicaTags",
    "RotateKeyOnDemand": "KeyId",
    "ScheduleKeyDeletion": "KeyId DeletionDate KeyState PendingWindowInDays",
    "TagResource": "",
    "UntagResource": "",
    "UpdateAlias": "",
    "UpdateKeyDescription": "",
}
METADATA = (
    "AWSAccountId Arn CreationDate CurrentKeyMaterialId CustomerMasterKeySpec Description Enabled EncryptionAlgorithms KeyId KeyManager KeySpec KeyState "
    "KeyUsage MultiRegion Origin"
)


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


def expect(condition, what):
    if not condition:
        fail(what)


def keys(call):
    """Keys, their policies, tags, aliases, states and rotation."""
    tags = [{"TagKey": "team", "TagValue": "web"}]
    made = call("CreateKey", Description="first", Tags=tags, Policy=json.dumps(POLICY))["KeyMetadata"]
    expect(set(METADATA.split()) <= set(made), f"{call.title}: KeyMetadata is {made}")
    key, arn = {"KeyId": made["KeyId"]}, made["Arn"]
    for name in (made["KeyId"], arn):
        expect(call("DescribeKey", KeyId=name)["KeyMetadata"]["Arn"] == arn, f"{name} is another key")
    expect({"KeyId": made["KeyId"], "KeyArn": arn} in call("ListKeys", Limit=1000)["Keys"], f"{arn} is not listed")
    expect(json.loads(call("GetKeyPolicy", **key)["Policy"]) == POLICY, "another policy")
    call("PutKeyPolicy", PolicyName="default", Policy=json.dumps({**POLICY, "Id": "changed"}), **key)
    expect(json.loads(call("GetKeyPolicy", PolicyName="default", **key)["Policy"])["Id"] == "changed", "the policy did not change")
    call("TagResource", Tags=[{"TagKey": "stage", "TagValue": ""}], **key)
    call("UntagResource", TagKeys=["team"], **key)
    expect(call("ListResourceTags", **key)["Tags"] == [{"TagKey": "stage", "TagValue": ""}], "other tags")
    call("DisableKey", **key)
    expect(call("DescribeKey", **key)["KeyMetadata"]["KeyState"] == "Disabled", "the key is not disabled")
    call("EnableKey", **key)
    call("EnableKeyRotation", RotationPeriodInDays=90, **key)
    status = call("GetKeyRotationStatus", **key)
    expect((status["KeyRotationEnabled"], status["RotationPeriodInDays"]) == (True, 90), f"the rotation is {status}")
    call("DisableKeyRotation", **key)
    expect(call("RotateKeyOnDemand", **key)["KeyId"] in (made["KeyId"], arn), "another key was rotated")
    [rotation] = call("ListKeyRotations", **key)["Rotations"]
    expect(rotation["RotationType"] == "ON_DEMAND", f"the rotation was {rotation}")
    call("UpdateKeyDescription", Description="second: é", **key)
    expect(call("DescribeKey", **key)["KeyMetadata"]["Description"] == "second: é", "the description did not change")
    other = call("CreateKey")["KeyMetadata"]["KeyId"]
    alias = {"AliasName": f"alias/{call.title.split()[-1].lower()}"}
    call("CreateAlias", TargetKeyId=made["KeyId"], **alias)
    [listed] = call("ListAliases", **key)["Aliases"]
    expect({"AliasName", "AliasArn", "TargetKeyId", "CreationDate", "LastUpdatedDate"} == set(listed), f"the alias is {listed}")
    call("UpdateAlias", TargetKeyId=other, **alias)
    expect(call("DescribeKey", KeyId=listed["AliasArn"])["KeyMetadata"]["KeyId"] == other, "the alias did not move")
    call("DeleteAlias", **alias)
    gone = call("ScheduleKeyDeletion", KeyId=other, PendingWindowInDays=7)
    expect((gone["KeyState"], gone["PendingWindowInDays"]) == ("PendingDeletion", 7), f"deletion: {gone}")
    call("CancelKeyDeletion", KeyId=other)
    expect(call("DescribeKey", KeyId=other)["KeyMetadata"]["KeyState"] == "Disabled", "a key whose deletion was cancelled is not disabled")
    return arn


def cryptography(call, arn):
    """Data keys, ciphertexts, multi-Region, RSA and elliptic curve keys; what one operation made another takes."""
    bound = {"EncryptionContext": CONTEXT}
    made = call("GenerateDataKey", KeyId=arn, NumberOfBytes=32, **bound)
    expect(len(made["Plaintext"]) == 32 and made["KeyId"] == arn, "another data key")
    opened = call("Decrypt", CiphertextBlob=made["CiphertextBlob"], **bound)
    expect(opened["Plaintext"] == made["Plaintext"] and opened["KeyId"] == arn, "the data key did not come back")
    call("GenerateDataKeyWithoutPlaintext", KeyId=arn, KeySpec="AES_256", **bound)
    expect(len(call("GenerateRandom", NumberOfBytes=24)["Plaintext"]) == 24, "another length")
    primary = call("CreateKey", MultiRegion=True)["KeyMetadata"]["Arn"]
    replica = call("ReplicateKey", KeyId=primary, ReplicaRegion=AWAY)["ReplicaKeyMetadata"]["Arn"]
    expect(replica == primary.replace(HOME, AWAY), f"the replica is {replica}")
    sealed = call("Encrypt", KeyId=arn, Plaintext=b"\x00value\xff", **bound)["CiphertextBlob"]
    moved = call("ReEncrypt", CiphertextBlob=sealed, SourceEncryptionContext=CONTEXT, DestinationKeyId=primary)
    expect((moved["SourceKeyId"], moved["KeyId"]) == (arn, primary), f"ReEncrypt says {moved}")
    expect(call("Decrypt", region=AWAY, CiphertextBlob=moved["CiphertextBlob"])["Plaintext"] == b"\x00value\xff", "the replica opened another value")
    rsa = call("CreateKey", KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")["KeyMetadata"]["Arn"]
    by_rsa = {"KeyId": rsa, "EncryptionAlgorithm": "RSAES_OAEP_SHA_256"}
    sealed = call("Encrypt", Plaintext=b"value", **by_rsa)["CiphertextBlob"]
    expect(call("Decrypt", CiphertextBlob=sealed, **by_rsa)["Plaintext"] == b"value", "RSA opened another value")
    curve = {"KeySpec": "ECC_NIST_P256", "KeyUsage": "KEY_AGREEMENT"}
    pair = [call("CreateKey", **curve)["KeyMetadata"]["Arn"] for _ in range(2)]
    public = [call("GetPublicKey", KeyId=one)["PublicKey"] for one in pair]
    shared = [call("DeriveSharedSecret", KeyId=one, KeyAgreementAlgorithm="ECDH", PublicKey=other)["SharedSecret"] for one, other in zip(pair, reversed(public))]
    expect(shared[0] == shared[1] and len(shared[0]) == 32, "the two ends derived two secrets")


def paging(server, aws):
    """The paginators of botocore and the AWS CLI see everything once, whatever the length of a page."""
    client = server.client(AWAY)
    made = [client.create_key()["KeyMetadata"]["KeyId"] for _ in range(5)]
    tags = [{"TagKey": f"key-{number}", "TagValue": str(number)} for number in range(5)]
    client.tag_resource(KeyId=made[0], Tags=tags)
    for number in range(5):
        client.create_alias(AliasName=f"alias/page-{number}", TargetKeyId=made[0])
    whole = {"list_keys": "Keys", "list_aliases": "Aliases", "list_resource_tags": "Tags"}
    for method, member in whole.items():
        request = {"KeyId": made[0]} if method == "list_resource_tags" else {}
        at_once = getattr(client, method)(**request)[member]
        for size in (1, 2, len(at_once)):
            pages = list(client.get_paginator(method).paginate(PaginationConfig={"PageSize": size}, **request))
            seen = [entry for page in pages for entry in page[member]]
            if seen != at_once or len(pages) != -(-len(at_once) // size) or len(at_once) < 5:
                fail(f"{method}, {size} a page: {len(seen)} in {len(pages)} pages of {len(at_once)}")
    done = aws.run("ListKeys", AWAY, ["--page-size", "2", "--query", "Keys[].KeyId"])
    if sorted(json.loads(done.stdout)) != sorted(key["KeyId"] for key in client.list_keys()["Keys"]):
        fail(f"the AWS CLI lists {done.stdout}")
    some = json.loads(aws.run("ListKeys", AWAY, ["--max-items", "3"]).stdout)
    rest = json.loads(aws.run("ListKeys", AWAY, ["--starting-token", some["NextToken"]]).stdout)
    if [*some["Keys"], *rest["Keys"]] != client.list_keys()["Keys"]:
        fail("the AWS CLI does not go on where it stopped")


def refused(server, aws):
    """Each error has AWS's name, its message and status 400; the AWS CLI prints it and exits 254."""
    count, wrong, printed = 0, [], []
    for region, operation, request, code in errors(server, HOME, AWAY):
        client = server.client(region, parameter_validation=False)
        try:
            getattr(client, re.sub(r"(?<!^)([A-Z])", r"_\1", operation).lower())(**request)
        except ClientError as error:
            answer = error.response
            if answer["Error"]["Code"] != code or answer["ResponseMetadata"]["HTTPStatusCode"] != 400:
                wrong.append(f"{operation} {str(request)[:200]}: {answer['Error']} in place of {code}")
        else:
            wrong.append(f"{operation} {str(request)[:200]} was not refused; {code} was expected")
        count += 1
        if operation not in printed and len(printed) < 4 and code not in ("ValidationException",):
            printed.append(operation)
            done = aws.run(operation, region, aws.flags(request))
            if done.returncode not in (254, 255) or f"({code})".encode() not in done.stderr:
                wrong.append(f"aws kms {operation}: exit code {done.returncode}, {done.stderr}")
    if wrong:
        fail("\n".join(wrong))
    return count


def signatures(server):
    """Who does not know the credentials gets nothing, whatever is asked for; AWS's names for it."""
    good = {"aws_access_key_id": server.access_key, "aws_secret_access_key": server.secret_key}
    for wrong, code in (
        ({**good, "aws_secret_access_key": "another"}, "InvalidSignatureException"),
        ({**good, "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE"}, "UnrecognizedClientException"),
    ):
        client = boto3.session.Session(**wrong).client("kms", region_name=HOME, endpoint_url=server.url, config=Config(retries={"total_max_attempts": 1}))
        denied(client, code)
    denied(server.client(HOME, signature_version=UNSIGNED), "MissingAuthenticationTokenException")


def denied(client, code):
    try:
        client.generate_random(NumberOfBytes=32)
    except ClientError as error:
        if error.response["Error"]["Code"] == code:
            return
        fail(f"{error.response} in place of {code}")
    fail(f"a request was answered; {code} was expected")


def test_every_operation_through_both(binary, folder, aws):
    coldseal = Coldseal(binary, folder)
    with Serve(coldseal) as server:
        boto, cli = Boto(server), AwsCli(server, str(aws))
        for call in (boto, cli):
            begin = time.monotonic()
            cryptography(call, keys(call))
            if left := set(MEMBERS) - call.called:
                fail(f"{call.title}: nothing here calls {sorted(left)}")
            print(f"{len(call.called)} operations through {call.title}, {time.monotonic() - begin:.1f} s")
        paging(server, cli)
        signatures(server)
        count = refused(server, cli)
    if boto.seen < 30 or count < 100:
        fail(f"only {boto.seen} answers were compared with the service model, only {count} errors came")
    print(f"{boto.seen} answers as in the service model; {count} errors by their names")
