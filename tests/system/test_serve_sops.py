"""`sops` as it is, with keys in `kms serve`: a YAML file sealed for keys in two Regions, opened by either, given a new data key."""

import json

from support.coldseal import Coldseal, fail
from support.endpoints import Serve
from support.notes import note

HOME, AWAY = "us-west-2", "eu-west-1"
VALUES = "database:\n    user: saanvi\n    password: EXAMPLE-PASSWORD\nports:\n    - 5432\n    - 5433\n"


def test_sops_seals_opens_and_rotates(binary, folder, sops):
    coldseal = Coldseal(binary, folder)
    program = str(sops)
    runs = 0

    def run(*args, expect=0):
        """sops as the program of `kms serve`, which is all the configuration that it gets."""
        nonlocal runs
        done = coldseal.tried("kms", "serve", "--", program, "--disable-version-check", *args, timeout=60)
        if (done.returncode == 0) != (expect == 0):
            fail(f"sops {' '.join(args)}: exit code {done.returncode}\n{done.stderr.decode(errors='replace')}")
        runs += 1
        return done.stdout.decode()

    keys = [json.loads(coldseal.run("kms", "create-key", "--region", region))["KeyMetadata"]["Arn"] for region in (HOME, AWAY)]
    (coldseal.folder / "values.yaml").write_text(VALUES)
    sealed = run("encrypt", "--kms", ",".join(keys), "--encryption-context", "purpose:interop", "values.yaml")
    if "EXAMPLE-PASSWORD" in sealed or any(arn not in sealed for arn in keys) or "purpose: interop" not in sealed:
        fail(f"sops sealed\n{sealed}")
    (coldseal.folder / "sealed.yaml").write_text(sealed)
    if (opened := run("decrypt", "sealed.yaml")) != VALUES:
        fail(f"sops opened\n{opened}")
    if run("decrypt", "--extract", '["database"]["password"]', "sealed.yaml") != "EXAMPLE-PASSWORD":
        fail("sops extracted another value")

    # Either Region's key opens; with none of them nothing does.
    for arn in keys:
        coldseal.run("kms", "disable-key", "--key-id", arn)
        if run("decrypt", "sealed.yaml") != VALUES:
            fail("one of two keys does not open the file")
        coldseal.run("kms", "enable-key", "--key-id", arn)
    with Serve(coldseal) as server:
        for arn in keys:
            server.client(arn.split(":")[3]).disable_key(KeyId=arn)
        run("decrypt", "sealed.yaml", expect=1)
        for arn in keys:
            server.client(arn.split(":")[3]).enable_key(KeyId=arn)
    (coldseal.folder / "changed.yaml").write_text(sealed.replace("purpose: interop", "purpose: Interop"))
    run("decrypt", "changed.yaml", expect=1)

    run("rotate", "--in-place", "sealed.yaml")
    if (coldseal.folder / "sealed.yaml").read_text() == sealed or run("decrypt", "sealed.yaml") != VALUES:
        fail("sops did not give the file a new data key")
    note(f"{runs} runs of sops with its keys in kms serve")
