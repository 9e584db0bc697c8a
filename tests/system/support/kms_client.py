"""A coldseal that has no key of its own: `--kms aws` through a proxy that counts the calls."""

import base64

from support.coldseal import Coldseal, fail

PRIMARY, *REPLICAS = REGIONS = ["us-east-1", "eu-west-1", "ap-southeast-2"]
LATER = "ca-central-1"
VALUE = '{"username": "saanvi", "password": "EXAMPLE-PASSWORD"}'


class Machine(Coldseal):
    """A coldseal that has no key of its own and reaches a KMS through a proxy that counts."""

    def __init__(self, binary, folder, endpoint, proxy, account):
        super().__init__(binary, folder)
        self.proxy = proxy
        self.env.update(endpoint.aws_env(), AWS_ENDPOINT_URL_KMS=proxy.url, COLDSEAL_KMS="aws", COLDSEAL_ACCOUNT_ID=account)

    def aws(self, *args, stdin=None, expect=0):
        """Runs a command; gives its stdout and the calls that it made."""
        self.proxy.clear()
        done = self.tried(*args, stdin=stdin or b"")
        said = done.stderr.decode(errors="replace")
        if done.returncode != expect:
            fail(f"{' '.join(map(str, args))}: exit code {done.returncode}, expected {expect}\n{said}")
        shown_keys = [key for key in self.proxy.plaintexts if any(form in said for form in (key, key.rstrip("="), base64.b64decode(key).hex()))]
        if shown_keys or VALUE in said:
            fail(f"{' '.join(map(str, args))}: stderr shows a plaintext")
        if "kms: aws" not in said:
            fail(f"{' '.join(map(str, args))}: stderr does not say that AWS KMS is used\n{said}")
        return done.stdout, said, dict(self.proxy.calls)


def expect_calls(what, calls, wanted, described=()):
    """Exactly these calls, and DescribeKey at most once for each key."""
    others = {(region, operation): count for (region, operation), count in calls.items() if operation != "DescribeKey"}
    if others != wanted:
        fail(f"{what}: the calls were {others} in place of {wanted}")
    more = {region: count for (region, operation), count in calls.items() if operation == "DescribeKey" and count > described.count(region)}
    if more:
        fail(f"{what}: DescribeKey was called {more} times, the keys are in {described}")


def make_keys(endpoint):
    """A key with an alias in each Region; gives the ARNs."""
    arns = {}
    for region in [*REGIONS, LATER]:
        client = endpoint.client(region)
        arns[region] = client.create_key()["KeyMetadata"]["Arn"]
        client.create_alias(AliasName="alias/team", TargetKeyId=arns[region])
    return arns


def created(calls_for, key="GenerateDataKey"):
    """The calls for one new version: the data key in the first Region, one Encrypt in each of the others."""
    first, *others = calls_for
    return {(first, key): 1, **{(region, "Encrypt"): 1 for region in others}}


def files(machine):
    """Every file below the vault with its content."""
    vault = machine.folder / "coldseal-vault"
    return {path.relative_to(vault): path.read_bytes() for path in vault.rglob("*") if path.is_file()} if vault.exists() else {}
