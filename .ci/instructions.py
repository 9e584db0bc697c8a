"""Instructions that sealing and opening 1 KiB in memory take, and making, reading and verifying one secret of 1 KiB in 3 Regions, counted by
callgrind, beside the recorded ones: a regression shows on a noisy machine too.

Above 2 % more or less than recorded is told, above 10 % more fails. What the start of the program takes is left out: it is in both of two runs whose
difference counts. valgrind presents one processor whatever the machine has, so that ring and AWS-LC choose the same code everywhere; AVX-512 and
VAES are not in it. It counts each step of a repeated string instruction, so a large memset weighs as many instructions as it has bytes. The counts
are no measure of speed.

Usage: instructions.py [--record]
"""

import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RECORDED = ROOT / "benches/instructions.json"
OPERATIONS = {
    "seal": "seal 1 KiB",
    "open": "open 1 KiB",
    "create-secret": "create-secret of 1 KiB in 3 Regions",
    "get-secret-value": "get-secret-value of 1 KiB",
    "verify": "verify one secret of 1 KiB in 3 Regions",
}
FEW, MANY = 20, 220
TELL, FAIL = 0.02, 0.10


def fail(message):
    sys.exit(f"failed: {message}")


def built():
    """`benches/instructions.rs` as a program; cargo says where it is."""
    command = ["cargo", "bench", "--quiet", "--locked", "--no-run", "--no-default-features", "--bench", "instructions", "--message-format", "json"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    messages = [json.loads(line) for line in done.stdout.splitlines()]
    [program] = [message["executable"] for message in messages if message.get("target", {}).get("name") == "instructions" and message.get("executable")]
    return program


def collected(program, operation, times):
    """Instructions of a whole run."""
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, operation, str(times)]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or not found:
        fail(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr}")
    return int(found[1])


def each(program):
    """Instructions of one operation, of each. Runs beside each other count the same as alone."""
    runs = [(operation, times) for operation in OPERATIONS for times in (FEW, MANY)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        counts = dict(zip(runs, pool.map(lambda run: collected(program, *run), runs)))
    return {name: round((counts[operation, MANY] - counts[operation, FEW]) / (MANY - FEW)) for operation, name in OPERATIONS.items()}


def said(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def counted(program):
    """What is recorded, and with what it was counted."""
    return {
        "machine": platform.machine(),
        "valgrind": said("valgrind", "--version"),
        "rustc": said("rustc", "--version"),
        "libc": " ".join(platform.libc_ver()),
        "instructions": each(program),
    }


def main(*flags):
    now = counted(built())
    if flags == ("--record",):
        RECORDED.write_text(json.dumps(now, indent=2) + "\n")
    recorded = json.loads(RECORDED.read_text())
    comparable = recorded["machine"] == now["machine"]
    worse = []
    for name, count in now["instructions"].items():
        if not comparable:
            print(f"{name}: {count} instructions; none recorded for {now['machine']}")
            continue
        change = count / recorded["instructions"][name] - 1
        print(f"{name}: {count} instructions, {change:+.1%} from the recorded {recorded['instructions'][name]}")
        if abs(change) > TELL:
            print(f"  more than {TELL:.0%} off: `.ci/instructions.py --record` records what is meant to be so")
        if change > FAIL:
            worse.append(name)
    for tool in ("valgrind", "rustc", "libc"):
        if now[tool] != recorded[tool]:
            print(f"counted with {now[tool]}, recorded with {recorded[tool]}")
    if worse:
        fail(f"above {FAIL:.0%} more than recorded: {', '.join(worse)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
