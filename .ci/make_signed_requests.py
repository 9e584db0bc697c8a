"""Makes tests/data/signed-requests.json: requests to AWS KMS as botocore signs them, at a fixed time and with made-up credentials.

Usage: make_signed_requests.py OUTPUT
"""

import datetime
import json
import sys
from unittest import mock

import botocore.auth
import botocore.awsrequest
import botocore.config
import botocore.credentials
import botocore.session

KEY_ID, SECRET = "COLDEXAMPLEEXAMPLE00", "EXAMPLE/secret+access/key/0123456789abcd"
TIME = datetime.datetime(2026, 11, 22, 3, 0, 0, tzinfo=datetime.timezone.utc)
KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"
CALLS = [
    ("us-east-1", "list_keys", {}),
    ("eu-west-1", "generate_data_key", {"KeyId": KEY, "NumberOfBytes": 32, "EncryptionContext": {"purpose": "example", "name": "Größe ✓"}}),
    ("cn-north-1", "encrypt", {"KeyId": "alias/example", "Plaintext": b"attack at dawn"}),
    ("us-gov-west-1", "describe_key", {"KeyId": f"arn:aws-us-gov:kms:us-gov-west-1:000000000000:key/{KEY}"}),
    ("ap-southeast-2", "create_key", {"Description": 'a "quoted" text\nof two lines', "Tags": [{"TagKey": "a", "TagValue": "b"}]}),
]


class Sent(Exception):
    """Ends a call in place of the network."""


def fixed(*_args, **_kwargs):
    return TIME.replace(tzinfo=None)


def of_a_client(region, operation, parameters):
    """What a botocore client would send."""
    session = botocore.session.Session()
    config = botocore.config.Config(user_agent="example", retries={"total_max_attempts": 1})
    client = session.create_client("kms", region, endpoint_url="http://127.0.0.1:8200", aws_access_key_id=KEY_ID, aws_secret_access_key=SECRET, config=config)
    caught = []

    def catch(request, **_):
        caught.append(request)
        raise Sent

    client.meta.events.register("before-send.kms", catch)
    try:
        getattr(client, operation)(**parameters)
    except Sent:
        pass
    (request,) = caught
    # Not signed, and other at each run.
    headers = {name: text(value) for name, value in request.headers.items() if name not in ("amz-sdk-invocation-id", "User-Agent")}
    return entry(f"client, {operation}", region, headers, request.body)


def by_hand(name, region, headers, body):
    """A request with headers of its own."""
    request = botocore.awsrequest.AWSRequest("POST", "http://127.0.0.1:8200/", headers=headers, data=body)
    botocore.auth.SigV4Auth(botocore.credentials.Credentials(KEY_ID, SECRET), "kms", region).add_auth(request)
    return entry(name, region, {name: text(value) for name, value in request.headers.items()}, body)


def entry(name, region, headers, body):
    if not any(name.lower() == "host" for name in headers):
        headers["Host"] = "127.0.0.1:8200"
    return {"name": name, "region": region, "headers": sorted(headers.items()), "body": text(body)}


def text(value):
    return value.decode() if isinstance(value, bytes) else value


def main(output):
    target = {"X-Amz-Target": "TrentService.ListKeys", "Content-Type": "application/x-amz-json-1.1"}
    times = [mock.patch.object(botocore.auth, name, fixed) for name in ("get_current_datetime",) if hasattr(botocore.auth, name)]
    if not times:
        sys.exit("botocore takes the time from elsewhere")
    with times[0]:
        requests = [of_a_client(*call) for call in CALLS]
        requests.append(by_hand("spaces in a header", "eu-west-1", {**target, "X-Amz-Meta": "  a   b  "}, b"{}"))
        requests.append(by_hand("an empty body", "eu-west-1", dict(target), b""))
    vectors = {"access_key_id": KEY_ID, "secret_access_key": SECRET, "time": int(TIME.timestamp()), "requests": requests}
    with open(output, "w", encoding="utf-8") as file:
        file.write(json.dumps(vectors, indent=2) + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
