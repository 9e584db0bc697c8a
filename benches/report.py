"""Measures what BENCHMARKS.md shows, and writes that file and its plot: the text is in report.md, where `<!-- NAME -->` stands for a table.

The machine has to be quiet: while the load average is above 0.5 nothing starts. Takes about ten minutes, after what building takes.

Usage: report.py [--aws-encryption-cli PROGRAM]
"""

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEXT, REPORT, PLOT = ROOT / "benches/report.md", ROOT / "BENCHMARKS.md", ROOT / "docs/benchmarks.svg"
PEERS = ROOT / "benches/peers/Cargo.toml"
QUIET, PATIENCE = 0.5, 300


def said(*command, **options):
    return subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=True, **options).stdout.strip()


def built(*arguments):
    """What cargo has built: paths by name of the target."""
    lines = said("cargo", *arguments, "--quiet", "--locked", "--message-format", "json").splitlines()
    messages = [json.loads(line) for line in lines]
    return {message["target"]["name"]: message["executable"] for message in messages if message.get("executable")}


def written(tables):
    """The text with the tables; every place has one, and every table a place."""
    text = TEXT.read_text()
    for name, table in tables.items():
        if text.count(f"<!-- {name} -->") != 1:
            sys.exit(f"{TEXT} has not one place for {name}")
        text = text.replace(f"<!-- {name} -->", table)
    if left := re.findall(r"<!-- .* -->", text):
        sys.exit(f"nothing measured for {left}")
    return text


def machine():
    """One paragraph."""
    cpuinfo, memory = Path("/proc/cpuinfo").read_text(), Path("/proc/meminfo").read_text()
    model = re.search(r"model name\s*: (.*)", cpuinfo)[1]
    flags = set(re.search(r"flags\s*: (.*)", cpuinfo)[1].split())
    found = [flag for flag in ("aes", "vaes", "avx2", "avx512f", "sha_ni") if flag in flags]
    gibibytes = int(re.search(r"MemTotal:\s+(\d+)", memory)[1]) / (1 << 20)
    versions = [said("rustc", "--version"), f"coldseal at {said('git', 'rev-parse', '--short', 'HEAD')}"]
    system = f"Linux {platform.release().split('-')[0]}, temporary files on {file_system(tempfile.gettempdir())}"
    virtual = " (virtual machine)" if " hypervisor " in cpuinfo else ""
    return f"{model}{virtual}, {os.cpu_count()} cores, with {', '.join(found)}; {gibibytes:.0f} GiB of memory; {system}; {'; '.join(versions)}."


def file_system(folder):
    return said("df", "--output=fstype", folder).split()[-1]


def wait_until_quiet():
    """What was built a moment ago still counts in the load average."""
    for _ in range(PATIENCE // 5):
        if os.getloadavg()[0] < QUIET:
            return
        time.sleep(5)
    sys.exit(f"the load average stays at {os.getloadavg()[0]:.2f}: measure on a quiet machine")


def measured(folder, programs, official):
    """A table for each place in the text, and the plot."""
    figures = folder / "peers.json"
    tables = {"machine": machine(), "peers": said(programs["coldseal-peers"], "--json", str(figures))}
    said(sys.executable, "benches/plot.py", str(figures), str(PLOT))
    flags = ["--aws-encryption-cli", official] if official else []
    tables["command-lines"] = said(sys.executable, "benches/cli_peers.py", programs["coldseal"], str(folder / "cli"), *flags)
    for name in ("files", "pack", "commands", "many", "signed"):
        tables[name] = said(sys.executable, f"benches/{name}.py", programs["coldseal"], str(folder / name))
        shutil.rmtree(folder / name, ignore_errors=True)
    tables["profile"] = said(sys.executable, "benches/hot_spots.py", programs["coldseal"], programs["instructions"], str(folder / "profile"))
    return tables


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--aws-encryption-cli", metavar="PROGRAM")
    options = parser.parse_args()
    programs = built("build", "--release", "--bin", "coldseal")
    programs |= built("bench", "--no-run", "--bench", "instructions")
    programs |= built("build", "--release", "--manifest-path", str(PEERS))
    wait_until_quiet()
    with tempfile.TemporaryDirectory() as folder:
        REPORT.write_text(written(measured(Path(folder), programs, options.aws_encryption_cli)))


if __name__ == "__main__":
    main()
