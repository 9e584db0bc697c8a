"""What a vault of many secrets costs: changes of one by its name beside starting the program and the same writes and syncs, lists beside a bare loop that
reads the same records, in Python on one core, from the page cache.

Each command is run in turns with what it is compared with, after a warm-up of both, and the least time of each counts: what others do on the machine
makes no run shorter. Lists read on several cores, the loop on one: the time of all processors stands beside the time that passes.
FOLDER is made, takes some 800 MB for 100,000 secrets, and stays.

Usage: many.py BINARY FOLDER [--secrets COUNT] [--runs COUNT]
"""

import json
import os
import time
from pathlib import Path

from commands import REGIONS, Bench, arguments_of, in_turns, sync, write, write_version

RULES = ["rotate-secret", "--secret-id", "first", "--rotation-rules", "AutomaticallyAfterDays=1"]
LISTS = [
    ["list-secrets"],
    ["list-secrets", "--due"],
    ["list-secrets", "--max-items", "10"],
    ["list-secrets", "--filters", "Key=name,Values=secret-00"],
    ["list-secrets", "--query", "SecretList[].Name"],
    ["list-secrets", "--query", "sort_by(SecretList, &CreatedDate)[0].Name"],
    ["list-secrets", "--output", "text"],
    ["status"],
    ["status", "--output", "table"],
]
LIST_RUNS = 7


class Many(Bench):
    """A large vault, and folders for the bare loops beside it."""

    def least(self, what, work, base_name, base):
        """Prints a row: the least that `work` takes, and the least of what it stands beside."""
        begun, begun_busy, spent, busy = (min(column) * 1000 for column in zip(*in_turns(self.runs, base, work)))
        print(
            f"| {what} | {base_name} | {spent / begun:.2f} | {busy / begun_busy:.2f} | {spent - begun:+.1f} | {spent:.1f} | {begun:.1f} |",
            flush=True,
        )

    def create(self, name):
        spent = super().create(name)
        if name == "first":
            self.run(*RULES)
        return spent

    def put(self, index):
        return self.run("put-secret-value", "--secret-id", f"put-{index}", "--secret-string", "file://value")

    def delete(self, index):
        spent = self.run("delete-secret", "--secret-id", "put-alone", "--recovery-window-in-days", "7")
        self.run("restore-secret", "--secret-id", "put-alone")
        return spent

    def record(self, folder, length):
        """A record in place of the one that is there."""
        write(folder, f"new-{time.monotonic_ns()}", length)
        [made] = folder.glob("new-*")
        made.rename(folder / "secret.json")
        sync(folder)

    def bare_put(self, index):
        """Starting the program, then the writes and syncs of `put-secret-value`: a directory, three bundles, the record."""
        started = self.run("--version")
        secret = self.folder / "bare" / f"put-{index}"
        secret.mkdir(parents=True)
        (secret / "secret.json").write_bytes(b"x" * 2000)
        begin = time.perf_counter()
        write_version(secret / "version")
        self.record(secret, 3500)
        return started + time.perf_counter() - begin

    def bare_delete(self, index):
        """Starting the program, then the write and syncs of `delete-secret`: the record."""
        started = self.run("--version")
        secret = self.folder / "bare" / f"delete-{index}"
        secret.mkdir(parents=True)
        (secret / "secret.json").write_bytes(b"x" * 1000)
        begin = time.perf_counter()
        self.record(secret, 1000)
        return started + time.perf_counter() - begin


def read(home, take=lambda record: None):
    """Seconds that a bare loop takes to read every record and do this with it, on one core."""
    begin = time.perf_counter()
    for folder in sorted(os.listdir(home)):
        record = os.open(f"{home}/{folder}/secret.json", os.O_RDONLY | os.O_CLOEXEC)
        take(os.read(record, 65536))
        os.close(record)
    return time.perf_counter() - begin


def main():
    arguments = arguments_of(__doc__, runs=40)
    bench = Many(arguments)
    bench.env["COLDSEAL_VAULT"] = "large"
    home = bench.folder / "large" / "secrets" / REGIONS[0]
    if home.exists():
        raise SystemExit(f"{home} is there already: begin with an empty folder")
    bench.fill("large", arguments.secrets)
    for index in range(bench.runs + 1):
        bench.create(f"put-{index}")
    bench.run("create-secret", "--name", "put-alone", "--secret-string", "file://value", "--region", REGIONS[0])
    print(f"| least of {bench.runs}, of {LIST_RUNS} for lists; {arguments.secrets:,} secrets | beside | times | times, processor | ms above | ms | beside, ms |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: |")
    for name, work, base in [("put-secret-value in 3 Regions", bench.put, bench.bare_put), ("delete-secret", bench.delete, bench.bare_delete)]:
        bench.least(name, work, "starting, and the same writes and syncs", base)
    bench.runs = LIST_RUNS
    rows = [(words, "reading the records", ()) for words in LISTS]
    rows += [(words, "reading and parsing them", (json.loads,)) for words in [LISTS[0], ["status"]]]
    for words, beside, take in rows:
        bench.least(f"`{' '.join(words)}`", lambda _, words=words: bench.run(*words), beside, lambda _, take=take: read(home, *take))


if __name__ == "__main__":
    main()
