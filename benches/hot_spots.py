"""Where the time goes in a seal of 1 KiB in memory and of 1 GiB from file to file: samples of the processor clock by perf, put together by what they are for.

Usage: hot_spots.py COLDSEAL INSTRUCTIONS FOLDER, the latter two the program of `benches/instructions.rs` and a new folder
"""

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

MIB = 1 << 20
SEALS = 300_000
LARGE = 1024
# The first rule decides that fits a sample's function or, for the kernel's, one that called it.
RULES = [
    ("reading the file (kernel)", r"^(ksys_read|vfs_read|__x64_sys_(p?read|readv))"),
    ("writing the file (kernel)", r"^(ksys_write|vfs_write|__x64_sys_(p?write|writev|fallocate|ftruncate))"),
    ("syncing (kernel)", r"^(__x64_sys_(fsync|fdatasync|sync)|vfs_fsync)"),
    ("random bytes (kernel)", r"^(__x64_sys_getrandom|get_random)"),
    ("memory given back to the system (kernel)", r"^(__do_sys_brk|__x64_sys_(brk|munmap|madvise|mremap)|do_vmi_munmap)"),
    ("page faults (kernel)", r"^(exc_page_fault|asm_exc_page_fault|do_user_addr_fault)"),
    ("AES-256-GCM: frames, header tag, data key (ring, AWS-LC)", r"(?i)aes|gcm|ghash|gmult"),
    ("HKDF with SHA-512 (AWS-LC)", r"(?i)hkdf|hmac|sha512|sha_?512|EVP_(MD|Digest)"),
    ("waiting for a turn", r"(Relay|Turns)<"),
    ("copying and wiping memory", r"mem(cpy|move|set)|zeroize|OPENSSL_cleanse"),
    ("allocating memory", r"malloc|calloc|realloc|free$|_int_free|_rust_alloc|__rdl_|unlink_chunk"),
]
OTHER = "all else"


def run(*command):
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)


def kind(chain):
    """`chain`: the function that was running, then who called it."""
    for name, pattern in RULES:
        frames = chain if name.endswith("(kernel)") else chain[:1]
        if any(re.search(pattern, frame) for frame in frames):
            return name
    return OTHER


def samples(folder, *command):
    """Kinds of what was running at each tick."""
    data = str(folder / "perf.data")
    run("perf", "record", "-q", "-g", "-e", "cpu-clock", "-F", "4000", "-o", data, *command)
    script = subprocess.run(["perf", "script", "-F", "ip,sym", "-i", data], capture_output=True, text=True, check=True).stdout
    chains = [[line.split(maxsplit=1)[-1] for line in block.splitlines() if line.strip()] for block in script.split("\n\n") if block.strip()]
    return Counter(kind(chain) for chain in chains)


def table(title, counted):
    total = sum(counted.values())
    lines = [f"| {title} | of all samples |", "| --- | ---: |"]
    ordered = sorted(counted, key=lambda name: (name == OTHER, -counted[name]))
    return "\n".join(lines + [f"| {name} | {counted[name] / total:.0%} |" for name in ordered if counted[name] >= 0.005 * total])


def main(binary, instructions, folder):
    folder = Path(folder)
    folder.mkdir(parents=True)
    print(table("seal of 1 KiB in memory", samples(folder, instructions, "seal", str(SEALS))), end="\n\n")
    (folder / "wrapping.key").touch(0o600)
    (folder / "wrapping.key").write_bytes(os.urandom(32))
    with open(folder / "payload", "wb") as payload:
        for _ in range(LARGE):
            payload.write(os.urandom(MIB))
    seal = [binary, "seal", str(folder / "payload"), "--raw-aes-key", f"bench/key={folder / 'wrapping.key'}", "--no-sync", "-o", str(folder / "sealed")]
    run(*seal)
    # Nothing to replace: freeing an old file's pages is no part of sealing.
    (folder / "sealed").unlink()
    print(table("seal of a file of 1 GiB, --no-sync", samples(folder, *seal)))


if __name__ == "__main__":
    main(*sys.argv[1:])
