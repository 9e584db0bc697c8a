"""A keystore that plays AWS, and a machine that has only the public keys of it."""

import json

from support.coldseal import fail

KEYS = {
    "us-east-1": ("RSA_4096", "ENCRYPT_DECRYPT"),
    "eu-west-1": ("ECC_NIST_P384", "KEY_AGREEMENT"),
    "ap-southeast-2": ("RSA_2048", "ENCRYPT_DECRYPT"),
}
VALUE = '{"username": "saanvi", "password": "EXAMPLE-PASSWORD"}'


def make_keys(cloud, machine):
    """Key pairs at the one, public keys at the other; gives the ARN of each Region's key."""
    cloud.env["COLDSEAL_ACCOUNT_ID"] = "111122223333"
    arns = {}
    for region, (spec, usage) in KEYS.items():
        made = json.loads(cloud.run("kms", "create-key", "--region", region, "--key-spec", spec, "--key-usage", usage))
        arns[region] = made["KeyMetadata"]["Arn"]
        answer = cloud.run("kms", "get-public-key", "--key-id", arns[region])
        (machine.folder / f"{region}.json").write_bytes(answer)
        fingerprint = json.loads(machine.run("kms", "import-public-key", f"{region}.json", "--region", region))["Keys"][0]["PublicKeySha256"]
        described = json.loads(machine.run("kms", "describe-key", "--key-id", arns[region]))["KeyMetadata"]
        if described["PublicKeySha256"] != fingerprint or described["KeySpec"] != spec:
            fail(f"{region}: describe-key says {described}")
        machine.run("kms", "import-public-key", f"{region}.json", "--fingerprint", fingerprint.upper())
        machine.run("kms", "import-public-key", f"{region}.json", "--fingerprint", "00" * 32, expect=254)
    return arns
