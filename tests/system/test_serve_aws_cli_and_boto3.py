"""The AWS CLI and boto3, as they are, against `kms serve`: every operation through each, its errors by AWS's names, paging, and the shape of every answer."""

import json
import re
import time

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from support.callers import AWAY, HOME, MEMBERS, AwsCli, Boto
from support.coldseal import Coldseal, expect, fail
from support.endpoints import Serve
from support.notes import note
from support.refused_requests import errors

CONTEXT = {"purpose": "interop", "é": "ü"}
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*"}]}
METADATA = (
    "AWSAccountId Arn CreationDate CurrentKeyMaterialId CustomerMasterKeySpec Description Enabled EncryptionAlgorithms KeyId KeyManager KeySpec KeyState "
    "KeyUsage MultiRegion Origin"
)


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
    call("UpdatePrimaryRegion", KeyId=primary, PrimaryRegion=AWAY)
    known = call("DescribeKey", KeyId=primary)["KeyMetadata"]["MultiRegionConfiguration"]
    expect((known["MultiRegionKeyType"], known["PrimaryKey"]["Arn"]) == ("REPLICA", replica), f"the primary key is {known}")
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


@pytest.fixture(scope="module")
def server(binary, tmp_path_factory):
    with Serve(Coldseal(binary, tmp_path_factory.mktemp("serve"))) as server:
        yield server


@pytest.fixture(scope="module")
def cli(server, aws):
    return AwsCli(server, str(aws))


def every_operation(call):
    begin = time.monotonic()
    cryptography(call, keys(call))
    if left := set(MEMBERS) - call.called:
        fail(f"{call.title}: nothing here calls {sorted(left)}")
    note(f"{len(call.called)} operations through {call.title}, {time.monotonic() - begin:.1f} s")


def test_every_operation_through_boto3(server):
    boto = Boto(server)
    every_operation(boto)
    if boto.seen < 30:
        fail(f"only {boto.seen} answers were compared with the service model")
    note(f"{boto.seen} answers as in the service model")


def test_every_operation_through_the_aws_cli(cli):
    every_operation(cli)


def test_paging(server, cli):
    paging(server, cli)


def test_signatures(server):
    signatures(server)


def test_refusals(server, cli):
    if (count := refused(server, cli)) < 100:
        fail(f"only {count} errors came")
    note(f"{count} errors by their names")
