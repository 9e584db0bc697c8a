"""10,000 secrets of 1 KiB to three Regions in one `coldseal pack`, beside a bare loop that writes the same files with the same durability.

The loop writes what `pack` left: the same directories and files with the same content, in groups of 256 secrets. For each group: bundles and the
records under temporary names, one syncfs, the renames, one syncfs; on a file system where `pack` does not use syncfs, fsync of each file and
directory instead. Both start from an empty directory on the same file system. A quiet machine, please: the figures of a busy one say nothing.

Usage: pack.py BINARY FOLDER [COUNT [RUNS]]

FOLDER is made, and has to be on the file system that is to be measured.
"""

import ctypes
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

GROUP = 256
REGIONS = ["us-east-1", "eu-west-1"]
WHOLE = {"ext2/ext3", "xfs", "btrfs", "f2fs", "tmpfs"}
LIBC = ctypes.CDLL(None, use_errno=True)


def sync_whole(folder):
    handle = os.open(folder, os.O_RDONLY)
    try:
        if LIBC.syncfs(handle) != 0:
            raise OSError(ctypes.get_errno(), "syncfs")
    finally:
        os.close(handle)


def sync_one(path):
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def files_of(vault):
    """Each secret's folder below the vault, with its record and its bundles, all in memory."""
    secrets = []
    for record in sorted(vault.glob("secrets/*/*/secret.json")):
        folder = record.parent
        bundles = [(bundle.relative_to(vault), bundle.read_bytes()) for bundle in sorted(folder.glob("*/*.bundle"))]
        secrets.append((folder.relative_to(vault), record.read_bytes(), bundles))
    return secrets


def write(path, content, is_whole):
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    os.write(handle, content)
    if not is_whole:
        os.fsync(handle)
    os.close(handle)


def bare_loop(secrets, target, is_whole):
    """Writes the files of `pack`, made durable as `pack` does it."""

    def barrier(folders):
        if is_whole:
            sync_whole(target)
        else:
            for folder in sorted(folders):
                sync_one(folder)

    for start in range(0, len(secrets), GROUP):
        group, folders = secrets[start : start + GROUP], set()
        for folder, record, bundles in group:
            os.makedirs(target / folder, 0o700)
            folders |= {target / folder, (target / folder).parent}
            for path, content in bundles:
                os.makedirs((target / path).parent, 0o700, exist_ok=True)
                folders.add((target / path).parent)
                write(target / path, content, is_whole)
            write(target / folder / ".temporary", record, is_whole)
        barrier(folders)
        for folder, _, _ in group:
            os.rename(target / folder / ".temporary", target / folder / "secret.json")
        barrier({target / folder for folder, _, _ in group})


def packed(binary, folder, plan):
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "COLDSEAL_KEYSTORE": str(folder / "keystore/keystore.json"),
                   "COLDSEAL_VAULT": str(folder / "vault")}
    command = [binary, "pack", str(plan), "--region", "us-west-2", "--add-replica-regions", *REGIONS]
    with open(folder / "result.jsonl", "wb") as result:
        begin = time.perf_counter()
        child = subprocess.Popen(command, env=environment, stdout=result, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        taken = time.perf_counter() - begin
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, f"pack: exit code {child.returncode}"
    return taken, usage.ru_maxrss // 1024


def fresh(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    sync_whole(folder)
    return folder


def main(binary, folder, count="10000", runs="5"):
    folder, count, runs = Path(folder).resolve(), int(count), int(runs)
    fresh(folder)
    kind = subprocess.run(["stat", "-f", "-c", "%T", folder], check=True, capture_output=True, text=True).stdout.strip()
    plan = folder / "plan.jsonl"
    with open(plan, "w") as out:
        for number in range(count):
            out.write(json.dumps({"Name": f"bench/{number:06}", "SecretString": os.urandom(512).hex()}) + "\n")
    times, loops, memory = [], [], None
    for number in range(runs + 1):
        work = fresh(folder / "pack")
        taken, most = packed(str(Path(binary).resolve()), work, plan)
        # A process counts what the one that started it held: of the first run that is little.
        memory = memory or most
        secrets = files_of(work / "vault")
        assert len(secrets) == count and all(len(bundles) == 1 + len(REGIONS) for _, _, bundles in secrets)
        target = fresh(folder / "loop")
        begin = time.perf_counter()
        bare_loop(secrets, target, kind in WHOLE)
        looped = time.perf_counter() - begin
        if number:
            # The first of each warms up.
            times.append(taken)
            loops.append(looped)
    ratio = statistics.median(times) / statistics.median(loops)
    print(f"| {count:,} secrets, 1 KiB to {1 + len(REGIONS)} Regions, {kind}, median of {runs} | times the loop | s | loop s | MiB resident |")
    print("| --- | ---: | ---: | ---: | ---: |")
    print(f"| pack | {ratio:.2f} | {statistics.median(times):.3f} | {statistics.median(loops):.3f} | {memory} |")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
