"""The build without the feature `aws` has no network code: no crate for it, no symbol for it, and no command that makes a network system call.

Usage: offline.py STATIC DYNAMIC FOLDER

STATIC is the program that dist/build makes, in which the C library has code for sockets of its own: what it calls counts. DYNAMIC is the same
program linked against the system's libraries: what it could call counts.
"""

import re
import subprocess
import sys
from pathlib import Path

import no_network
from common import Coldseal, fail

FEATURES = ["--no-default-features", "--features", "cli"]
CRATES = re.compile(r"hyper|rustls|tokio|h2$|http$|http-body|mio$|socket2$|aws-(?!lc-rs$|lc-sys$)")
SYMBOLS = set(
    "socket socketpair connect bind listen accept accept4 shutdown getsockname getpeername getsockopt setsockopt send sendto sendmsg sendmmsg "
    "recv recvfrom recvmsg recvmmsg getaddrinfo getnameinfo gethostbyname gethostbyname_r gethostbyaddr res_init res_query res_search".split()
)
LIBRARIES = re.compile(r"lib(c|m|gcc_s)\.so\.\d+|ld-linux\S*\.so\.\d+")
REFUSAL = "no network code"


def crates(*options):
    """The names of the crates that are linked for any target."""
    command = ["cargo", "tree", "--locked", "--edges", "normal", "--target", "all", "--prefix", "none", "--format", "{p}", *options]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=True, text=True)
    return {line.split()[0] for line in done.stdout.splitlines() if line}


def imports(program):
    """The names that a program asks its libraries for."""
    command = ["nm", "--dynamic", "--undefined-only", "--portability", str(program)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=True, text=True)
    return {line.split()[0].partition("@")[0] for line in done.stdout.splitlines()}


def check_crates():
    # With the network there are such crates: the expression finds them.
    if not {"hyper", "tokio", "aws-config", "aws-sigv4"} <= {name for name in crates() if CRATES.match(name)}:
        fail("cargo tree shows no network crates even with all features")
    linked = crates(*FEATURES)
    if found := sorted(name for name in linked if CRATES.match(name)):
        fail(f"crates with network code: {found}")
    print(f"{len(linked)} crates, none of them for the network", flush=True)


def libraries(program):
    done = subprocess.run(["objdump", "--private-headers", str(program)], stdin=subprocess.DEVNULL, capture_output=True, check=True, text=True)
    return set(re.findall(r"^ *NEEDED +(\S+)", done.stdout, re.MULTILINE))


def check_symbols(program):
    names = imports(program)
    # A list that has not even these would pass everything.
    if not {"memcpy", "linkat", "fsync"} <= names:
        fail(f"{program} is not linked against the C library: {sorted(names)}")
    if found := sorted(names & SYMBOLS):
        fail(f"{program} imports {found}")
    # Another library could call for the program.
    if others := sorted(name for name in libraries(program) if not LIBRARIES.fullmatch(name)):
        fail(f"{program} needs {others}")
    print(f"{len(names)} imported symbols, none of them for the network", flush=True)


def check_refusals(coldseal):
    """What needs the network says that this build has no code for it."""
    asked = []
    if ("kms", "serve") in no_network.commands(coldseal, "kms"):
        asked.append(["kms", "serve"])
    if "--kms <" in coldseal.run("--help").decode():
        asked.append(["--kms", "aws", "seal", "payload", "--to", "us-west-2"])
    for args in asked:
        done = coldseal.tried_without_network(*args)
        if done.returncode == 0 or REFUSAL not in done.stderr.decode(errors="replace"):
            fail(f"{' '.join(args)}: exit code {done.returncode}, and not '{REFUSAL}'\n{done.stderr.decode(errors='replace')}")
    print(f"{len(asked)} refusals; skipped {2 - len(asked)}: coldseal has no such command or flag", flush=True)


def main(static, dynamic, folder):
    folder = Path(folder)
    check_crates()
    check_symbols(dynamic)
    for name, program in (("static", static), ("dynamic", dynamic)):
        coldseal = Coldseal(program, folder / name)
        (coldseal.folder / "payload").write_bytes(b"payload")
        check_refusals(coldseal)
    no_network.main(static, folder / "commands", "kms serve")


if __name__ == "__main__":
    main(*sys.argv[1:])
