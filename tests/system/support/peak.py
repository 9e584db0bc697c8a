"""Runs a command, with its stdin and stdout, and writes the command's peak resident memory in bytes to a file.

A program of its own, and a small one: the kernel counts what the child had before it became the command too, so the number can only be too high, and
would be the size of whoever started it.

Usage: peak.py FILE COMMAND...
"""

import os
import sys


def main(file, *command):
    pid = os.posix_spawnp(command[0], command, os.environ)
    _, status, usage = os.wait4(pid, 0)
    with open(file, "w", encoding="ascii") as written:
        written.write(str(usage.ru_maxrss * 1024))
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
