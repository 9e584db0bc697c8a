"""What the checks share: a copy of the tree, an environment of its own, and running commands."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

# Built, generated or private: a fresh clone has none of these.
NOT_TRACKED = shutil.ignore_patterns(".git", "target", "artifacts", "coverage", "coldseal-vault", "*.bundle", "__pycache__", "mutants.out*")


def not_in_a_clone(folder, names):
    """What is left out of a folder; bundles that tests read are tracked."""
    return set() if "tests/data" in Path(folder).as_posix() else NOT_TRACKED(folder, names)


def fail(message):
    """Ends the check with this message."""
    sys.exit(f"failed: {message}")


def copy_of(tree, destination):
    """Copies the tree as a fresh clone would have it, in place of an earlier copy. File times stay, so cargo rebuilds what has changed."""
    shutil.rmtree(destination, ignore_errors=True)
    shutil.copytree(tree, destination, ignore=not_in_a_clone, symlinks=True)


def environment(home):
    """The caller's environment with an empty home, and nothing that speaks to coldseal or the AWS CLI."""
    home = Path(home)
    home.mkdir(parents=True, exist_ok=True)
    env = {name: value for name, value in os.environ.items() if not name.startswith(("COLDSEAL_", "AWS_"))}
    env.update(HOME=str(home), XDG_DATA_HOME=str(home / "data"), XDG_CONFIG_HOME=str(home / "config"), LC_ALL="C.UTF-8")
    return env


def traced_calls(log):
    """The system calls in a log of strace -f, without the number of the process. A thread that is gone before its call is known made none."""
    lines = (line.split(None, 1)[1] for line in log.read_text().splitlines() if "(" in line)
    return [call for call in lines if not call.startswith("???( <detached")]


class Coldseal:
    """The binary, in a folder and an environment of its own."""

    def __init__(self, binary, folder):
        self.binary = str(Path(binary).resolve())
        self.folder = Path(folder).resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.env = environment(self.folder / "home")

    def tried(self, *args, stdin=b"", behind=(), timeout=None):
        """Runs one command, behind another program's command line if there is one; gives its exit code, stdout and stderr."""
        command = [*behind, self.binary, *map(str, args)]
        return subprocess.run(command, cwd=self.folder, env=self.env, input=stdin, capture_output=True, check=False, timeout=timeout)

    def tried_without_network(self, *args, behind=()):
        """As `tried`; any system call of the kernel's network class fails the check."""
        log = self.folder / "trace"
        # signal=none: a log line is then a system call or the exit of a process.
        done = self.tried(*args, behind=[*behind, "strace", "-f", "-qq", "-e", "trace=%network", "-e", "signal=none", "-o", str(log)])
        if calls := traced_calls(log):
            fail(f"{' '.join(map(str, args))} made network system calls:\n" + "\n".join(calls))
        return done

    def run(self, *args, stdin=None, expect=0):
        """Runs one command, checks its exit code, gives what it wrote to stdout."""
        done = self.tried(*args, stdin=stdin or b"")
        if done.returncode != expect:
            fail(f"{' '.join(map(str, args))}: exit code {done.returncode}, expected {expect}\n{done.stderr.decode(errors='replace')}")
        return done.stdout


if __name__ == "__main__":
    if sys.argv[1:2] != ["copy"]:
        sys.exit("usage: common.py copy TREE DESTINATION")
    copy_of(*sys.argv[2:])
