"""`seal` and `open` of a large file beside `cp` over the same bytes: wall time as a ratio, and peak resident memory, as a Markdown table.

Each row is measured in turns with its baseline, after a warm-up of both; times are medians, and the ratio is that of the medians.

Usage: files.py BINARY FOLDER [--size MIB] [--runs COUNT] [--threads COUNT]

FOLDER lies on the file system to measure and needs room for eight times the size.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import time
from pathlib import Path

KEY = ["--raw-aes-key", "bench/files=wrapping.key"]
REGIONS = ["us-west-2", "us-east-1", "eu-west-1"]
MIB = 1 << 20


class Bench:
    """Runs commands in one folder, with a keystore of its own."""

    def __init__(self, arguments):
        self.binary = str(Path(arguments.binary).resolve())
        self.folder = Path(arguments.folder).resolve()
        self.runs = arguments.runs
        self.size = arguments.size * MIB
        self.threads = ["--threads", str(arguments.threads)] if arguments.threads else []
        keep = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        self.env = keep | {"HOME": str(self.folder), "COLDSEAL_KEYSTORE": str(self.folder / "keystore" / "keystore.json")}

    def coldseal(self, command, *arguments):
        return [self.binary, command, *arguments, *self.threads]

    def prepare(self):
        """A file of random bytes, its message, and keys for the Regions."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "wrapping.key").touch(0o600)
        (self.folder / "wrapping.key").write_bytes(os.urandom(32))
        with open(self.folder / "payload", "wb") as payload:
            for _ in range(self.size // MIB):
                payload.write(os.urandom(MIB))
        self.run(self.coldseal("seal", "payload", *KEY, "--force", "-o", "sealed"))
        for region in REGIONS:
            self.run([self.binary, "kms", "create-key", "--region", region])
        os.sync()

    def run(self, *commands):
        """Runs commands one after another; seconds, and the largest peak resident memory in bytes."""
        begin, peak = time.perf_counter(), 0
        for command in commands:
            process = subprocess.Popen(command, cwd=self.folder, env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            errors = process.stderr.read()
            peak = max(peak, self.wait(process, errors))
        return time.perf_counter() - begin, peak

    def pipe(self, command, source):
        """Runs a command from a pipe to a pipe."""
        begin = time.perf_counter()
        feeder = subprocess.Popen(["cat", source], cwd=self.folder, stdout=subprocess.PIPE)
        process = subprocess.Popen(command, cwd=self.folder, env=self.env, stdin=feeder.stdout, stdout=subprocess.PIPE)
        feeder.stdout.close()
        # GNU cat moves a pipe's bytes on by reading and writing, as most readers do.
        reader = subprocess.Popen(["cat"], stdin=process.stdout, stdout=subprocess.DEVNULL)
        process.stdout.close()
        peak = self.wait(process, b"")
        reader.wait()
        feeder.wait()
        return time.perf_counter() - begin, peak

    @staticmethod
    def wait(process, errors):
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise SystemExit(f"{process.args}: exit code {process.returncode}\n{errors.decode(errors='replace')}")
        return usage.ru_maxrss * 1024

    def compare(self, name, ours, baseline, results):
        """Measures both in turns; `results` are removed before each run."""
        times, peak = {"ours": [], "baseline": []}, 0
        for index in range(self.runs + 1):
            for side, work in (("baseline", baseline), ("ours", ours)):
                for result in results:
                    path = self.folder / result
                    shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
                # What a run left to be written would slow the next one down.
                os.sync()
                seconds, resident = work()
                if index > 0:
                    times[side].append(seconds)
                    peak = max(peak, resident) if side == "ours" else peak
        ours, baseline = statistics.median(times["ours"]), statistics.median(times["baseline"])
        return (name, f"{ours / baseline:.2f}", f"{ours:.3f}", f"{baseline:.3f}", f"{peak / MIB:.1f}")

    def rows(self):
        for sync, label in ((["--no-sync"], "--no-sync, beside cp"), ([], "beside cp and sync")):
            for command, source in (("seal", "payload"), ("open", "sealed")):
                copies = [["cp", "--reflink=never", source, "copy"]] + ([] if sync else [["sync", "copy"]])
                line = self.coldseal(command, source, *KEY, *sync, "-o", "result")
                yield self.compare(f"{command} {label}", lambda: self.run(line), lambda: self.run(*copies), ["result", "copy"])
        targets = [word for region in REGIONS for word in ("--to", region)]
        for sync, label in ((["--no-sync"], "--no-sync, beside 3 cp"), ([], "beside 3 cp and sync")):
            copies = [["cp", "--reflink=never", "payload", f"copy-{index}"] for index in range(3)]
            copies += [] if sync else [["sync", *(f"copy-{index}" for index in range(3))]]
            line = self.coldseal("seal", "payload", *targets, *sync, "--output-dir", "result")
            results = ["result", *(f"copy-{index}" for index in range(3))]
            yield self.compare(f"seal --to 3 Regions {label}", lambda: self.run(line), lambda: self.run(*copies), results)
        for command, source in (("seal", "payload"), ("open", "sealed")):
            line = self.coldseal(command, "-", *KEY)
            cat = ["cat"]
            yield self.compare(f"{command}, pipe to pipe, beside cat", lambda: self.pipe(line, source), lambda: self.pipe(cat, source), [])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary")
    parser.add_argument("folder")
    parser.add_argument("--size", type=int, default=1024, help="MiB")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int)
    bench = Bench(parser.parse_args())
    bench.prepare()
    print(f"| {bench.size // MIB} MiB, median of {bench.runs} | times the baseline | s | baseline s | MiB resident |\n| --- | ---: | ---: | ---: | ---: |")
    for row in bench.rows():
        print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main()
