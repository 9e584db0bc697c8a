"""What signing costs: `sign` and `verify` of a vault of many secrets beside a bare loop that reads and hashes the same files, and reading one secret of
them as it was signed beside reading it as it stands.

Times are medians, and so are differences and ratios: each command is measured in turns with what it is compared with, after a warm-up of both. The loop
runs on one core, the commands on all there are, from the page cache. FOLDER is made, takes some 900 MB for 100,000 secrets in one Region, and stays.

Usage: signed.py BINARY FOLDER [--secrets COUNT] [--runs COUNT]
"""

import hashlib
import json
import os
import shutil
import subprocess
import time
from pathlib import Path

from commands import REGIONS, Bench, arguments_of

# The longer commands run so often; the short ones as often as is asked for.
LONG_RUNS = 5


class Signed(Bench):
    """A large vault whose every bundle is there, and a key that signs it."""

    def pack(self, vault, count):
        self.env["COLDSEAL_VAULT"] = vault
        plan = self.folder / "plan.jsonl"
        with plan.open("w") as file:
            for index in range(count):
                file.write(json.dumps({"Name": f"secret-{index:06}", "SecretString": f"{index:06}" + "x" * 1018}) + "\n")
        self.run("pack", str(plan), "--region", REGIONS[0])
        plan.unlink()

    def make_signer(self):
        key = self.folder / "signer"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
        public = key.with_suffix(".pub").read_text()
        (self.folder / "signers").write_text(f'signer@example.com namespaces="coldseal-manifest" {public}')

    def sign(self, root):
        """The first root of the vault, each time."""
        shutil.rmtree(root / "manifests", ignore_errors=True)
        return self.run("sign", "--signing-key", "signer", "--yes")


def hashed(path):
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    digest = hashlib.sha256(os.read(file, 1 << 20)).digest()
    os.close(file)
    return digest


def records(home):
    """Seconds that a bare loop takes to read and hash every record."""
    begin = time.perf_counter()
    for folder in os.listdir(home):
        hashed(f"{home}/{folder}/secret.json")
    return time.perf_counter() - begin


def files(root):
    """Seconds that it takes to find, read and hash every file."""

    def walk(folder):
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    walk(entry.path)
                else:
                    hashed(entry.path)

    begin = time.perf_counter()
    walk(root)
    return time.perf_counter() - begin


def main():
    arguments = arguments_of(__doc__, runs=40)
    bench = Signed(arguments)
    root = bench.folder / "large"
    if root.exists():
        raise SystemExit(f"{root} is there already: begin with an empty folder")
    bench.pack("large", arguments.secrets)
    bench.make_signer()
    print(f"| median of {LONG_RUNS}, of {bench.runs} for one secret; {arguments.secrets:,} secrets | beside | times | ms above | ms | beside, ms |")
    print("| --- | --- | ---: | ---: | ---: | ---: |")
    runs, bench.runs = bench.runs, LONG_RUNS
    bench.compare("`sign`", lambda _: bench.sign(root), "reading and hashing the records", lambda _: records(root / "secrets" / REGIONS[0]))
    for words in [["verify"], ["verify", "--signers", "signers"]]:
        bench.compare(f"`{' '.join(words)}`", lambda _, words=words: bench.run(*words), "finding, reading and hashing all files", lambda _: files(root / "secrets"))
    bench.runs = runs
    get = ["get-secret-value", "--secret-id", f"secret-{arguments.secrets // 2:06}"]
    signed = [*get, "--signers", "signers"]
    bench.compare("`get-secret-value --signers`", lambda _: bench.run(*signed), "the same without `--signers`", lambda _: bench.run(*get))


if __name__ == "__main__":
    main()
