"""What short commands cost: start-up, a secret of 1 KiB in 3 Regions beside the same writes and syncs, and reading one secret of many.

Times are medians, and so are differences and ratios: each command is measured in turns with what it is compared with, after a warm-up of
both. FOLDER is made, takes some 800 MB for 100,000 secrets, and stays. Lists of many secrets, and changes of one of them: many.py.

Usage: commands.py BINARY FOLDER [--secrets COUNT] [--runs COUNT]
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import time
from pathlib import Path

REGIONS = ["us-west-2", "us-east-1", "eu-west-1"]


class Bench:
    """Runs commands in one folder, with a keystore and a vault of its own."""

    def __init__(self, arguments):
        self.binary = str(Path(arguments.binary).resolve())
        self.folder = Path(arguments.folder).resolve()
        self.runs = arguments.runs
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "value").write_text("x" * 1024)
        keep = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        self.env = keep | {"HOME": str(self.folder), "COLDSEAL_KEYSTORE": str(self.folder / "keystore" / "keystore.json"),
                           "AWS_REGION": REGIONS[0]}

    def run(self, *words):
        """Seconds of one command."""
        begin = time.perf_counter()
        result = subprocess.run([self.binary, *words], cwd=self.folder, env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        seconds = time.perf_counter() - begin
        if result.returncode != 0:
            raise SystemExit(f"{words}: exit code {result.returncode}\n{result.stderr.decode()}")
        return seconds

    def create(self, name):
        replicas = [f"Region={region}" for region in REGIONS[1:]]
        return self.run("create-secret", "--name", name, "--secret-string", "file://value", "--region", REGIONS[0],
                        "--add-replica-regions", *replicas)

    def nothing(self):
        """What a process costs that does nothing."""
        begin = time.perf_counter()
        subprocess.run(["true"], cwd=self.folder, env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        return time.perf_counter() - begin

    def compare(self, what, work, base_name, base):
        """Prints a row: what `work` takes beside `base`."""
        pairs = [(begun * 1000, spent * 1000) for begun, _, spent, _ in in_turns(self.runs, base, work)]
        base_time, time_spent = (statistics.median(times) for times in zip(*pairs))
        above = statistics.median(spent - begun for begun, spent in pairs)
        ratio = statistics.median(spent / begun for begun, spent in pairs)
        print(f"| {what} | {base_name} | {ratio:.2f} | {above:+.1f} | {time_spent:.1f} | {base_time:.1f} |", flush=True)

    def bare_create(self, index):
        """The writes and syncs of `create-secret`, in this process: two directories, three bundles, the record."""
        secrets = self.folder / "bare" / "secrets"
        secrets.mkdir(parents=True, exist_ok=True)
        begin = time.perf_counter()
        secret, version = secrets / f"secret-{index}", secrets / f"secret-{index}" / "version"
        secret.mkdir(mode=0o700)
        sync(secret.parent)
        write_version(version)
        write(secret, "secret.json", 2000)
        sync(secret)
        return time.perf_counter() - begin

    def fill(self, vault, count):
        """A vault of `count` secrets: copies of one record under other names. The copies' bundles are left out, which no list reads."""
        self.create("first")
        home = self.folder / vault / "secrets" / REGIONS[0]
        text = (home / "first" / "secret.json").read_text()
        arn = json.loads(text)["ARN"]
        for index in range(count - 1):
            name = f"secret-{index:06}"
            folder = home / name
            folder.mkdir(mode=0o700)
            (folder / "secret.json").write_text(text.replace(arn, arn.replace("first-", f"{name}-")).replace('"first"', f'"{name}"'))


def in_turns(runs, base, work):
    """What `base` and then `work` take, run by run after a warm-up of both: a row of seconds that pass and seconds of all processors, of each."""
    return [(*measured(base, index), *measured(work, index)) for index in range(runs + 1)][1:]


def measured(work, index):
    """Seconds that pass, and seconds of all processors."""
    before = busy()
    seconds = work(index)
    return seconds, busy() - before


def busy():
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def write_version(folder):
    """What a version of a secret in 3 Regions writes and syncs: a directory with three bundles."""
    folder.mkdir(mode=0o700)
    sync(folder.parent)
    for region in REGIONS:
        write(folder, region, 1555)
    sync(folder)


def write(folder, name, length):
    file = os.open(folder, os.O_TMPFILE | os.O_RDWR, 0o600)
    os.write(file, b"x" * length)
    os.fsync(file)
    # With a directory's descriptor, which an absolute path ignores, this is linkat, which can follow.
    os.link(f"/proc/self/fd/{file}", folder / name, src_dir_fd=file, follow_symlinks=True)
    os.close(file)


def sync(folder):
    directory = os.open(folder, os.O_RDONLY)
    os.fsync(directory)
    os.close(directory)


def arguments_of(document, runs):
    """BINARY FOLDER [--secrets COUNT] [--runs COUNT], as the scripts that measure commands take them."""
    parser = argparse.ArgumentParser(description=document.splitlines()[0])
    parser.add_argument("binary")
    parser.add_argument("folder")
    parser.add_argument("--secrets", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=runs)
    return parser.parse_args()


def main():
    arguments = arguments_of(__doc__, runs=50)
    bench = Bench(arguments)
    print(f"| median of {bench.runs} | beside | times | ms above | ms | beside, ms |\n| --- | --- | ---: | ---: | ---: | ---: |")
    version = ("--version", lambda _: bench.run("--version"))
    bench.compare(*version, "a process that does nothing", lambda _: bench.nothing())
    bench.env["COLDSEAL_VAULT"] = "small"
    bench.compare("create-secret to 3 Regions", lambda index: bench.create(f"secret-{index}"), "the same writes and syncs", bench.bare_create)
    bench.env["COLDSEAL_VAULT"] = "large"
    bench.fill("large", arguments.secrets)
    for command in ["get-secret-value", "describe-secret"]:
        bench.compare(f"{command}, {arguments.secrets:,} secrets", lambda _, command=command: bench.run(command, "--secret-id", "first"), *version)


if __name__ == "__main__":
    main()
