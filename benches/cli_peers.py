"""Command lines beside each other: the same file sealed and opened by coldseal, age, aws-encryption-cli and openssl, and copied by cp.

Wall time is the median of some runs after a warm-up, from one file to another that is not there before. Peak memory is the largest resident set of one
more run, which GNU time looks after; without GNU time it is the kernel's figure for a child of this program, which is never below this program's own. What is opened is compared with the payload. Tools that are not there are named and left out.

Usage: cli_peers.py COLDSEAL FOLDER [--json FILE] [--aws-encryption-cli PROGRAM]
"""

import argparse
import filecmp
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

KIB, MIB = 1 << 10, 1 << 20
SIZES = [KIB, MIB, 100 * MIB, 1024 * MIB]
# Seconds that one run takes at most, and how many runs a median is then of.
RUNS = [(0.1, 21), (10.0, 5), (float("inf"), 1)]
PASSPHRASE_FILE = "passphrase"
OURS, REFERENCE = "coldseal --no-sync", "cp"
REGION = "us-west-2"


class Tool:
    """Two command lines: from `payload` to `sealed`, from `sealed` to `opened`."""

    def __init__(self, name, seal, opening, env=None):
        self.name, self.seal, self.open, self.env = name, seal, opening, env


def coldseal_tools(binary):
    Path("wrapping.key").touch(0o600)
    Path("wrapping.key").write_bytes(os.urandom(32))
    key = ["--raw-aes-key", "bench/key=wrapping.key"]
    tools = []
    for name, flags in ((OURS, ["--no-sync"]), ("coldseal", [])):
        ends = [*key, *flags, "-o"]
        tools.append(Tool(name, [binary, "seal", "payload", *ends, "sealed"], [binary, "open", "sealed", *ends, "opened"]))
    return tools


def age_tool(age):
    made = subprocess.run(["age-keygen", "-o", "identity"], capture_output=True, text=True, check=True)
    recipient = made.stderr.split()[-1]
    return Tool("age", [age, "-r", recipient, "-o", "sealed", "payload"], [age, "-d", "-i", "identity", "-o", "opened", "sealed"])


def openssl_tool(openssl):
    """Its command line has no AEAD: what this makes can be changed without anybody's notice."""
    Path(PASSPHRASE_FILE).write_text("correct horse battery staple\n")
    cipher = [openssl, "enc", "-aes-256-ctr", "-pbkdf2", "-pass", f"file:{PASSPHRASE_FILE}"]
    return Tool("openssl enc -aes-256-ctr", [*cipher, "-in", "payload", "-out", "sealed"], [*cipher, "-d", "-in", "sealed", "-out", "opened"])


def cp_tool(cp):
    copy = [cp, "--reflink=never"]
    return Tool(REFERENCE, [*copy, "payload", "sealed"], [*copy, "sealed", "opened"])


class Server:
    """`coldseal kms serve` as AWS KMS, with one key, for aws-encryption-cli."""

    def __init__(self, binary):
        self.binary = binary

    def __enter__(self):
        made = subprocess.run([self.binary, "kms", "create-key", "--region", REGION], capture_output=True, check=True)
        self.arn = json.loads(made.stdout)["KeyMetadata"]["Arn"]
        command = [self.binary, "kms", "serve", "--config-file", "serve.config"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        if not self.process.stdout.readline().startswith("http://127.0.0.1:"):
            sys.exit("coldseal kms serve did not start")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)
        self.process.stdout.close()

    def tool(self, program):
        common = [program, "-S", "--frame-length", "65536", "-i"]
        suite = ["--algorithm", "AES_256_GCM_HKDF_SHA512_COMMIT_KEY"]
        seal = [*common, "payload", "-o", "sealed", "--encrypt", "-w", f"key={self.arn}", *suite]
        opening = [*common[:2], "-i", "sealed", "-o", "opened", "--decrypt", "-w", f"key={self.arn}"]
        return Tool("aws-encryption-cli", seal, opening, {**os.environ, "AWS_CONFIG_FILE": "serve.config"})


def timed(command, env):
    """Seconds from start to end."""
    begin = time.perf_counter()
    subprocess.run(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begin


def peak(command, env):
    """Bytes resident at most."""
    if gnu_time := shutil.which("time"):
        subprocess.run([gnu_time, "-f", "%M", "-o", "peak", *command], env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
        return int(Path("peak").read_text()) * KIB
    process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, command)
    return usage.ru_maxrss * KIB


def measured(command, output, env):
    """Median of the wall times, and peak memory. `output` is left as the last run made it."""

    def anew(run):
        Path(output).unlink(missing_ok=True)
        return run(command, env)

    first = anew(timed)
    runs = next(count for limit, count in RUNS if first <= limit)
    seconds = statistics.median(anew(timed) for _ in range(runs))
    return seconds, anew(peak)


def write_payload(size):
    with open("payload", "wb") as payload:
        for _ in range(-(-size // MIB)):
            payload.write(os.urandom(min(size, MIB)))
        payload.flush()
        os.fsync(payload.fileno())


def measure(tools):
    rows = []
    for size in SIZES:
        write_payload(size)
        for tool in tools:
            for operation, command, output in (("seal", tool.seal, "sealed"), ("open", tool.open, "opened")):
                seconds, memory = measured(command, output, tool.env)
                rows.append({"operation": operation, "tool": tool.name, "bytes": size, "seconds": seconds, "peak_bytes": memory})
            if not filecmp.cmp("payload", "opened", shallow=False):
                sys.exit(f"{tool.name}: {size} bytes came back as others")
            for output in ("sealed", "opened"):
                Path(output).unlink()
        print(f"{size} bytes: done", file=sys.stderr)
    return rows


def shown_size(size):
    for unit, name in ((1024 * MIB, "GiB"), (MIB, "MiB"), (KIB, "KiB")):
        if size >= unit:
            return f"{size // unit} {name}"


def shown_time(seconds):
    return f"{seconds * 1e3:.3g} ms" if seconds < 1 else f"{seconds:.2f} s"


def table(rows, title, cell):
    """One row for each operation and size, one column for each tool."""
    names = list(dict.fromkeys(row["tool"] for row in rows))
    lines = [f"| {title} | size | " + " | ".join(names) + " |", "| --- | ---: |" + " ---: |" * len(names)]
    for operation in ("seal", "open"):
        for size in SIZES:
            of = {row["tool"]: row for row in rows if (row["operation"], row["bytes"]) == (operation, size)}
            lines.append(f"| {operation} | {shown_size(size)} | " + " | ".join(cell(of, of[name]) for name in names) + " |")
    return "\n".join(lines)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("coldseal", type=Path, help="the program, built for release with its default features")
    parser.add_argument("folder", type=Path, help="a new folder for payloads, on the disk to measure; 4 GiB are needed")
    parser.add_argument("--json", type=Path, help="a file for the figures")
    parser.add_argument("--aws-encryption-cli", default=shutil.which("aws-encryption-cli"), help="the program; PyPI's aws-encryption-sdk-cli")
    return parser.parse_args()


def main():
    options = arguments()
    binary, json_file = str(options.coldseal.resolve()), options.json and options.json.resolve()
    official = options.aws_encryption_cli and str(Path(options.aws_encryption_cli).absolute())
    options.folder.mkdir(parents=True)
    os.chdir(options.folder)
    for name in [name for name in os.environ if name.startswith(("COLDSEAL_", "AWS_"))]:
        del os.environ[name]
    os.environ.update(HOME=os.getcwd(), XDG_DATA_HOME=os.getcwd(), XDG_CONFIG_HOME=os.getcwd(), LC_ALL="C.UTF-8")
    tools = coldseal_tools(binary)
    for name, make in (("cp", cp_tool), ("age", age_tool), ("openssl", openssl_tool)):
        if path := shutil.which(name):
            tools.append(make(path))
        else:
            print(f"{name} is not installed: left out")
    if official:
        with Server(binary) as server:
            rows = measure([*tools, server.tool(official)])
    else:
        print("aws-encryption-cli is not installed: left out")
        rows = measure(tools)
    if json_file:
        json_file.write_text(json.dumps(rows, indent=2) + "\n")
    print(table(rows, f"time ÷ {OURS}", lambda of, row: f"{row['seconds'] / of[OURS]['seconds']:.2f}"), end="\n\n")
    print(table(rows, "time", lambda _, row: shown_time(row["seconds"])), end="\n\n")
    print(table(rows, "peak memory, MiB", lambda _, row: f"{row['peak_bytes'] / MIB:.1f}"))


if __name__ == "__main__":
    main()
