"""The Region and the output format of a profile are those that botocore, and so the AWS CLI, finds in the same files."""

import itertools

import botocore.exceptions
import botocore.session
import pytest

from support.coldseal import Coldseal, fail
from support.notes import note

# (configuration, credentials)
FILES = [
    ("[default]\nregion = us-east-1\noutput = text\n", ""),
    ("[default]\nregion = us-east-1\n[profile default]\nregion = eu-west-1\noutput = table\n", ""),
    ("[profile default]\nregion = eu-west-1\noutput = table\n[default]\nregion = us-east-1\n", ""),
    ("[profile default]\nregion = us-east-1\n[profile \"default\"]\nregion = eu-west-1\n", ""),
    ("[default]\nregion = us-east-1\nregion = eu-west-1\n", ""),
    ("[default]\nregion = us-east-1\nREGION = eu-west-1\n", ""),
    ("[default]\nregion = us-east-1\n[default]\noutput = text\n", ""),
    ("[default]\nregion = us-east-1\noutput = json\n", "[default]\nregion = eu-west-1\n"),
    ("[default]\nregion = us-east-1\n", "[profile default]\nregion = eu-west-1\n"),
    ("", "[default]\nregion = eu-west-1\noutput = text\n"),
    ("[DEFAULT]\nregion = us-east-1\n[default]\noutput = text\n[profile other]\nregion = eu-west-1\n", ""),
    ("[DEFAULT]\nregion = us-east-1\n", ""),
    ("[default]\ns3 =\n  region = eu-west-1\n  a = b\nregion = us-east-1\n", ""),
    ("[default]\ns3 =\n  no equals sign\nregion = us-east-1\n", ""),
    ("[default]\noutput = text\n  region = us-east-1\n", ""),
    ("  [default]\n  region = us-east-1\n", ""),
    ("[default]\nregion = us-east-1 # comment\n", ""),
    ("[default]\n# region = eu-west-1\n; region = eu-west-1\nregion = us-east-1\n\n\n[profile other]\nregion: eu-west-1\n", ""),
    ("[default] ; comment\nRegion=us-east-1\n", ""),
    ("[ default ]\nregion = us-east-1\n", ""),
    ("[profile  other]\nregion = us-east-1\n[profile 'a b']\nregion = eu-west-1\n[profile c d]\nregion = eu-west-1\n", ""),
    ("[profileother]\nregion = us-east-1\n[profiles other]\nregion = eu-west-1\n", ""),
    ("[default\nregion = us-east-1\n", ""),
    ("region = us-east-1\n", ""),
    ("[default]\nregion\n", ""),
    ("[default]\n= us-east-1\n", ""),
    ("[default]\nregion =\noutput =\n", ""),
    ("[default]\r\nregion = us-east-1\r\noutput = text\r\n", ""),
    ("[sso-session default]\nregion = us-east-1\n[services other]\nregion = us-east-1\n", ""),
    ("[other]\nregion = us-east-1\n", "[other]\nregion = eu-west-1\n"),
]
PROFILES = [None, "default", "other", "a b"]


def asked_of_botocore(profile):
    """Region and output; None where there is no answer."""
    try:
        scoped = botocore.session.Session(profile=profile).get_scoped_config()
    except (botocore.exceptions.ProfileNotFound, botocore.exceptions.ConfigParseError):
        return None
    settings = scoped.get("region") or None, scoped.get("output") or "json"
    # No Region and no format has a space in its name; what has one is refused where it is used.
    return None if any(" " in (setting or "") for setting in settings) else settings


def asked_of_coldseal(coldseal, profile):
    """The same by what is printed: a list that is empty, and that a Region is needed."""
    named = ["--profile", profile] if profile else []
    done = coldseal.tried("kms", "list-keys", "--query", "`[[\"a\"]]`", *named)
    if done.returncode in (252, 253):
        return None
    output = {b'[\n    [\n        "a"\n    ]\n]\n': "json", b"a\n": "text"}.get(done.stdout, "table" if done.stdout.startswith(b"-----") else done.stdout)
    made = coldseal.tried("kms", "describe-key", "--key-id", "alias/none", *named)
    told = made.stderr.decode()
    region = None if "You must specify a region" in told else next((region for region in ("us-east-1", "eu-west-1") if f":{region}:" in told), told)
    return region, output


def test_profiles_are_read_as_botocore_reads_them(binary, folder, monkeypatch):
    coldseal = Coldseal(binary, folder)
    coldseal.run("kms", "create-key", "--region", "us-east-1")
    coldseal.run("kms", "create-key", "--region", "eu-west-1")
    faults, count = [], 0
    for number, ((config, credentials), profile) in enumerate(itertools.product(FILES, PROFILES)):
        for name, variable, text in (("config", "AWS_CONFIG_FILE", config), ("credentials", "AWS_SHARED_CREDENTIALS_FILE", credentials)):
            path = coldseal.folder / f"{name}-{number}"
            path.write_bytes(text.encode())
            monkeypatch.setenv(variable, str(path))
            coldseal.env[variable] = str(path)
        expected, found = asked_of_botocore(profile), asked_of_coldseal(coldseal, profile)
        if expected != found:
            faults.append(f"{config!r} {credentials!r} {profile}: botocore {expected}, coldseal {found}")
        count += 1
    if faults:
        fail(f"{len(faults)} of {count} profiles are read otherwise\n" + "\n".join(faults))
    note(f"{count} profiles read as botocore reads them")


@pytest.mark.parametrize("output", ["json", "text"])
def test_the_variable_comes_before_the_profile(binary, folder, output):
    coldseal = Coldseal(binary, folder)
    (coldseal.folder / "config").write_text("[default]\noutput = table\n")
    coldseal.env.update(AWS_CONFIG_FILE="config", AWS_DEFAULT_OUTPUT=output)
    coldseal.run("kms", "create-key", "--region", "us-east-1")
    printed = coldseal.run("kms", "list-keys", "--query", "`\"a\"`")
    if printed != {"json": b'"a"\n', "text": b"a\n"}[output]:
        fail(f"AWS_DEFAULT_OUTPUT={output}: {printed!r}")
