"""Programs that know AWS Secrets Manager alone, as they are, against `coldseal serve`: boto3, the AWS CLI, AWS's caching client for Python."""

import json
import subprocess
import sys
import time
from pathlib import Path

import boto3
import pytest
from aws_secretsmanager_caching import SecretCache, SecretCacheConfig
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from support.coldseal import Coldseal, expect, fail
from support.endpoints import ServeSecrets
from support.notes import note

HOME, AWAY, ELSEWHERE = "us-west-2", "eu-west-1", "us-east-1"
VALUE = '{"username": "saanvi", "password": "EXAMPLE-PASSWORD é"}'
BYTES = bytes(range(256))


def refused(code, call, **request):
    """The message of a refusal by this name."""
    try:
        answer = call(**request)
    except ClientError as error:
        found, status = error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
        if (found, status) != (code, 400):
            fail(f"{request}: {status} {error.response['Error']} in place of {code}")
        return error.response["Error"]["Message"]
    return fail(f"{request} was answered with {answer}; {code} was expected")


@pytest.fixture
def coldseal(binary, folder):
    coldseal = Coldseal(binary, folder)
    (coldseal.folder / "value.json").write_text(VALUE, encoding="utf-8")
    (coldseal.folder / "bytes").write_bytes(BYTES)
    both = ["--region", HOME, "--add-replica-regions", f"Region={AWAY}"]
    coldseal.run("create-secret", "--name", "app/db", "--secret-string", "file://value.json", *both)
    coldseal.run("create-secret", "--name", "app/key", "--secret-binary", "fileb://bytes", *both)
    return coldseal


def test_boto3_reads_what_commands_made(coldseal):
    with ServeSecrets(coldseal) as server:
        for region in (HOME, AWAY):
            client = server.client(region)
            value = client.get_secret_value(SecretId="app/db")
            expect(value["SecretString"] == VALUE and value["VersionStages"] == ["AWSCURRENT"], f"{region}: {value}")
            expect(f":{region}:" in value["ARN"], f"{region}: {value['ARN']}")
            expect(client.get_secret_value(SecretId=value["ARN"])["VersionId"] == value["VersionId"], "another version by the ARN")
            expect(client.get_secret_value(SecretId="app/key")["SecretBinary"] == BYTES, f"{region}: other bytes")
            described = client.describe_secret(SecretId="app/db")
            expect(described["PrimaryRegion"] == HOME and described["ReplicationStatus"][0]["Status"] == "InSync", f"{described}")
            expect(described["CreatedDate"].tzinfo is not None, "a date that is no date")
        message = refused("ResourceNotFoundException", server.client(ELSEWHERE).get_secret_value, SecretId="app/db")
        expect(message == "Secrets Manager can't find the specified secret.", message)
        refused("ResourceNotFoundException", server.client(ELSEWHERE).get_secret_value, SecretId=value["ARN"])
        expect(server.client(ELSEWHERE).list_secrets()["SecretList"] == [], "a list has secrets of other Regions")
        # What a command makes meanwhile is there.
        coldseal.run("create-secret", "--name", "later", "--secret-string", "x", "--region", ELSEWHERE)
        expect(server.client(ELSEWHERE).get_secret_value(SecretId="later")["SecretString"] == "x", "another value")


def test_without_writable_nothing_changes(coldseal):
    with ServeSecrets(coldseal) as server:
        client = server.client(HOME)
        before = coldseal.run("describe-secret", "--secret-id", "app/db")
        for call, request in (
            (client.create_secret, {"Name": "new", "SecretString": "x"}),
            (client.put_secret_value, {"SecretId": "app/db", "SecretString": "x"}),
            (client.update_secret, {"SecretId": "app/db", "Description": "x"}),
            (client.tag_resource, {"SecretId": "app/db", "Tags": [{"Key": "a", "Value": "b"}]}),
        ):
            message = refused("AccessDeniedException", call, **request)
            expect("for reading only" in message, message)
        expect(coldseal.run("describe-secret", "--secret-id", "app/db") == before, "the secret changed")
        expect("--writable" in server.said(), f"it does not say how changes are allowed: {server.said()}")


def test_pages_and_filters(coldseal):
    for number in range(5):
        coldseal.run("create-secret", "--name", f"page/{number}", "--secret-string", "x", "--region", HOME, "--tags", f"Key=n,Value={number}")
    with ServeSecrets(coldseal) as server:
        client = server.client(HOME)
        whole = client.list_secrets()["SecretList"]
        expect(len(whole) == 7, f"{len(whole)} secrets")
        for size in (1, 2, 7):
            pages = list(client.get_paginator("list_secrets").paginate(PaginationConfig={"PageSize": size}))
            expect([entry for page in pages for entry in page["SecretList"]] == whole and len(pages) == -(-7 // size), f"pages of {size}: {len(pages)}")
        some = client.list_secrets(Filters=[{"Key": "tag-value", "Values": ["3"]}])["SecretList"]
        expect([entry["Name"] for entry in some] == ["page/3"], f"{some}")
        refused("InvalidNextTokenException", client.list_secrets, NextToken="none")


def test_boto3_writes_with_writable(coldseal):
    with ServeSecrets(coldseal, "--writable", "--kms") as server:
        client, keys = server.client(HOME), server.client(HOME, "kms")
        key = keys.create_key()["KeyMetadata"]["Arn"]
        made = client.create_secret(Name="made", SecretString="one", KmsKeyId=key, Tags=[{"Key": "a", "Value": "b"}], AddReplicaRegions=[{"Region": AWAY}])
        expect(len(made["VersionId"]) == 36 and made["ReplicationStatus"][0]["Region"] == AWAY and "Bundles" not in made, f"{made}")
        expect(server.client(AWAY).get_secret_value(SecretId="made")["SecretString"] == "one", "another value away")
        # The SDK makes up the token; the same one again is the same request.
        again = client.create_secret(Name="token", SecretBinary=b"\x00\xff", ClientRequestToken="0" * 32)
        expect(client.create_secret(Name="token", SecretBinary=b"\x00\xff", ClientRequestToken="0" * 32)["ARN"] == again["ARN"], "another secret")
        message = refused("ResourceExistsException", client.create_secret, Name="token", SecretBinary=b"other", ClientRequestToken="0" * 32)
        expect("already in use" in message, message)
        put = client.put_secret_value(SecretId="made", SecretString="two")
        expect(put["VersionStages"] == ["AWSCURRENT"] and put["VersionId"] != made["VersionId"], f"{put}")
        for region in (HOME, AWAY):
            expect(server.client(region).get_secret_value(SecretId="made")["SecretString"] == "two", f"{region}: not the new value")
            before = server.client(region).get_secret_value(SecretId="made", VersionStage="AWSPREVIOUS")
            expect(before["SecretString"] == "one" and before["VersionId"] == made["VersionId"], f"{region}: {before}")
        updated = client.update_secret(SecretId="made", Description="changed")
        expect("VersionId" not in updated and client.describe_secret(SecretId="made")["Description"] == "changed", f"{updated}")
        refused("InvalidParameterException", server.client(AWAY).put_secret_value, SecretId="made", SecretString="x")
        client.tag_resource(SecretId="made", Tags=[{"Key": "c", "Value": "d"}])
        client.untag_resource(SecretId="made", TagKeys=["a"])
        expect(client.describe_secret(SecretId="made")["Tags"] == [{"Key": "c", "Value": "d"}], "other tags")
        # The bundle is one that KMS beside it opens: commands see it all, and it verifies.
        keys.disable_key(KeyId=key)
        refused("DecryptionFailure", client.get_secret_value, SecretId="made")
        keys.enable_key(KeyId=key)
    expect(json.loads(coldseal.run("get-secret-value", "--secret-id", "made", "--region", AWAY))["SecretString"] == "two", "a command reads another value")
    coldseal.run("verify", "--open")


def test_several_write_at_once_beside_commands(coldseal):
    program = (
        "import boto3, sys\n"
        "client = boto3.client('secretsmanager', region_name='us-west-2')\n"
        "for number in range(6): client.create_secret(Name=f'{sys.argv[1]}-{number}', SecretString=sys.argv[1])\n"
    )
    with ServeSecrets(coldseal, "--writable") as server:
        env = {**coldseal.env, **server.aws_env()}
        writers = [subprocess.Popen([sys.executable, "-c", program, f"client{number}"], env=env, stderr=subprocess.PIPE) for number in range(3)]
        for number in range(4):
            coldseal.run("create-secret", "--name", f"command-{number}", "--secret-string", "x", "--region", HOME)
        for writer in writers:
            _, said = writer.communicate(timeout=120)
            expect(writer.returncode == 0, said.decode())
        names = {entry["Name"] for entry in server.client(HOME).list_secrets()["SecretList"]}
        expect(len(names) == 2 + 18 + 4, f"{sorted(names)}")
    coldseal.run("verify", "--open")


def test_signatures(coldseal):
    with ServeSecrets(coldseal) as server:
        good = {"aws_access_key_id": server.access_key, "aws_secret_access_key": server.secret_key}
        once = Config(retries={"total_max_attempts": 1})
        for wrong, code in (
            ({**good, "aws_secret_access_key": "another"}, "InvalidSignatureException"),
            ({**good, "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE"}, "UnrecognizedClientException"),
        ):
            client = boto3.session.Session(**wrong).client("secretsmanager", region_name=HOME, endpoint_url=server.url, config=once)
            refused(code, client.get_secret_value, SecretId="app/db")
        refused("MissingAuthenticationTokenException", server.client(HOME, signature_version=UNSIGNED).get_secret_value, SecretId="app/db")
        # Keys are not served beside it unless that is asked for.
        refused("InvalidSignatureException", server.client(HOME, "kms").list_keys)


def test_what_is_narrowed_away_is_not_there(coldseal):
    arn = json.loads(coldseal.run("describe-secret", "--secret-id", "app/db"))["ARN"]
    for secret_id, region in (("app/db", HOME), ("app/db", AWAY), (arn, HOME), (arn.rsplit("-", 1)[0], HOME), (arn.replace(HOME, AWAY), AWAY)):
        with ServeSecrets(coldseal, "--writable", "--secret-id", secret_id) as server:
            client = server.client(region)
            expect(client.get_secret_value(SecretId="app/db")["SecretString"] == VALUE, "another value")
            expect([entry["Name"] for entry in client.list_secrets()["SecretList"]] == ["app/db"], "the list has others")
            refused("ResourceNotFoundException", client.get_secret_value, SecretId="app/key")
            refused("AccessDeniedException", client.create_secret, Name="new", SecretString="x")
    with ServeSecrets(coldseal, "--region", AWAY, ELSEWHERE) as server:
        expect(server.client(AWAY).get_secret_value(SecretId="app/db")["SecretString"] == VALUE, "another value")
        refused("ResourceNotFoundException", server.client(HOME).get_secret_value, SecretId="app/db")
        refused("ResourceNotFoundException", server.client(HOME).get_secret_value, SecretId=arn)
        expect(server.client(HOME).list_secrets()["SecretList"] == [], "the list has secrets of a Region that is not served")


def test_the_aws_cli_as_the_program(coldseal, aws):
    read = ["secretsmanager", "get-secret-value", "--secret-id", "app/db", "--region", AWAY, "--query", "SecretString", "--output", "text"]
    expect(coldseal.run("serve", "--", aws, *read).decode() == f"{VALUE}\n", "the AWS CLI reads another value")
    listed = coldseal.run("serve", "--", aws, "secretsmanager", "list-secrets", "--region", HOME, "--page-size", "1", "--query", "SecretList[].Name")
    expect(sorted(json.loads(listed)) == ["app/db", "app/key"], f"the AWS CLI lists {listed}")
    done = coldseal.tried("serve", "--", aws, "secretsmanager", "put-secret-value", "--secret-id", "app/db", "--secret-string", "x", "--region", HOME)
    expect(done.returncode in (254, 255) and b"(AccessDeniedException)" in done.stderr, f"{done.returncode} {done.stderr}")
    coldseal.run("serve", "--writable", "--", aws, "secretsmanager", "put-secret-value", "--secret-id", "app/db", "--secret-string", "two", "--region", HOME)
    expect(coldseal.run("serve", "--", aws, *read) == b"two\n", "the AWS CLI does not read what it wrote")


def test_the_exported_lines_are_all_that_a_shell_needs(coldseal, aws):
    script = (
        f'eval "$({coldseal.binary} serve --export 2> serve.log &)"\n'
        f"{aws} secretsmanager get-secret-value --secret-id app/db --region {AWAY} --query SecretString --output text\n"
        "kill $COLDSEAL_SERVE_PID\n"
    )
    done = subprocess.run(["bash", "-c", script], cwd=coldseal.folder, env=coldseal.env, capture_output=True, text=True, timeout=120, check=True)
    expect(done.stdout == f"{VALUE}\n", f"{done}")
    config = Path(coldseal.env["XDG_DATA_HOME"]) / "coldseal/secrets.config"
    for _ in range(100):
        if not config.exists():
            break
        time.sleep(0.1)
    else:
        fail("it left its credentials behind")


def test_awss_caching_client(coldseal):
    with ServeSecrets(coldseal, "--writable") as server:
        client = server.client(AWAY)
        cache = SecretCache(config=SecretCacheConfig(secret_refresh_interval=1), client=client)
        expect(cache.get_secret_string("app/db") == VALUE and cache.get_secret_binary("app/key") == BYTES, "the cache has another value")
        server.client(HOME).put_secret_value(SecretId="app/db", SecretString="next")
        for _ in range(100):
            if cache.get_secret_string("app/db") == "next":
                break
            time.sleep(0.1)
        else:
            fail("the cache does not see the new value")
        expect(cache.get_secret_string("app/db", version_stage="AWSPREVIOUS") == VALUE, "the cache has another previous value")
        with pytest.raises(ClientError) as refusal:
            cache.get_secret_string("none")
        expect(refusal.value.response["Error"]["Code"] == "ResourceNotFoundException", f"{refusal.value}")
        note("AWS's caching client for Python read a string, bytes, and a new value")
