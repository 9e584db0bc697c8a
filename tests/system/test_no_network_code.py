"""The build without the feature `aws` has no network code: no crate for it, no symbol for it, and no command that makes a network system call.

Two builds of it are looked at. The one that dist/build makes is static, and the C library in it has code for sockets of its own: what it calls
counts. The one from the source archive is linked against the system's libraries: what it could call counts.
"""

import re
import subprocess
from pathlib import Path

from support.coldseal import Coldseal, fail
from support.every_command import commands, make_no_network_calls
from support.notes import note

ROOT = Path(__file__).parent.parent.parent
FEATURES = ["--no-default-features", "--features", "cli"]
CRATES = re.compile(r"hyper|rustls|tokio|h2$|http$|http-body|mio$|socket2$|aws-(?!lc-rs$|lc-sys$)")
SYMBOLS = set(
    "socket socketpair connect bind listen accept accept4 shutdown getsockname getpeername getsockopt setsockopt send sendto sendmsg sendmmsg "
    "recv recvfrom recvmsg recvmmsg getaddrinfo getnameinfo gethostbyname gethostbyname_r gethostbyaddr res_init res_query res_search".split()
)
# What the standard library asks for to start a program: a pair of sockets, between two processes that have them from birth, takes a handle of the
# child over. What reaches anybody else begins with `socket`, `connect` or `bind`. Nothing but the standard library may call these.
TO_START_A_PROGRAM = {"socketpair", "sendmsg", "recvmsg", "recv"}
OF_THE_STANDARD_LIBRARY = re.compile(r"<?(?:std|core|alloc)(?:\[\w+\])?::")
LIBRARIES = re.compile(r"lib(c|m|gcc_s)\.so\.\d+|ld-linux\S*\.so\.\d+")
REFUSAL = "no network code"


def crates(*options):
    """The names of the crates that are linked for any target."""
    command = ["cargo", "tree", "--locked", "--edges", "normal", "--target", "all", "--prefix", "none", "--format", "{p}", *options]
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, check=True, text=True)
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
    note(f"{len(linked)} crates, none of them for the network")


def libraries(program):
    done = subprocess.run(["objdump", "--private-headers", str(program)], stdin=subprocess.DEVNULL, capture_output=True, check=True, text=True)
    return set(re.findall(r"^ *NEEDED +(\S+)", done.stdout, re.MULTILINE))


def callers(program, names):
    """The functions whose instructions name one of these imports, other than the stubs that lead there."""
    command = ["objdump", "--disassemble", "--demangle", "--no-show-raw-insn", str(program)]
    wanted = re.compile(rf"<(?:{'|'.join(sorted(names))})[@>]")
    found, function = set(), None
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, errors="replace") as process:
        for line in process.stdout:
            if line.endswith(">:\n"):
                function = line.partition("<")[2][:-3]
            elif wanted.search(line) and not function.endswith("@plt"):
                found.add(function)
    if process.returncode != 0:
        fail(f"objdump cannot read {program}")
    return found


def check_symbols(program):
    names = imports(program)
    # A list that has not even these would pass everything.
    if not {"memcpy", "linkat", "fsync"} <= names:
        fail(f"{program} is not linked against the C library: {sorted(names)}")
    if found := sorted(names & SYMBOLS - TO_START_A_PROGRAM):
        fail(f"{program} imports {found}")
    if starting := names & TO_START_A_PROGRAM:
        found = callers(program, starting)
        # A search that finds no caller of what is imported would pass everything.
        if not found or (others := sorted(name for name in found if not OF_THE_STANDARD_LIBRARY.match(name))):
            fail(f"{sorted(starting)} are called by {others if found else 'nobody'}")
    # Another library could call for the program.
    if others := sorted(name for name in libraries(program) if not LIBRARIES.fullmatch(name)):
        fail(f"{program} needs {others}")
    note(f"{len(names)} imported symbols, none of them for the network")


def check_refusals(coldseal):
    """What needs the network says that this build has no code for it."""
    asked = []
    if ("kms", "serve") in commands(coldseal, "kms"):
        asked.append(["kms", "serve"])
    if ("serve",) in commands(coldseal):
        asked.append(["serve"])
    if "--kms <" in coldseal.run("--help").decode():
        asked.append(["--kms", "aws", "seal", "payload", "--to", "us-west-2"])
    for args in asked:
        done = coldseal.tried_without_network(*args)
        if done.returncode == 0 or REFUSAL not in done.stderr.decode(errors="replace"):
            fail(f"{' '.join(args)}: exit code {done.returncode}, and not '{REFUSAL}'\n{done.stderr.decode(errors='replace')}")
    note(f"{len(asked)} refusals; skipped {3 - len(asked)}: coldseal has no such command or flag")


def test_no_crate_for_the_network():
    check_crates()


def test_no_symbol_for_the_network(built_from_source):
    check_symbols(built_from_source)


def test_what_needs_the_network_is_refused(installed, built_from_source, folder):
    for name, program in (("static", installed / "bin" / "coldseal"), ("dynamic", built_from_source)):
        coldseal = Coldseal(program, folder / name)
        (coldseal.folder / "payload").write_bytes(b"payload")
        check_refusals(coldseal)


def test_no_command_makes_a_network_system_call(installed, folder):
    make_no_network_calls(installed / "bin" / "coldseal", folder, "kms serve", "serve")
