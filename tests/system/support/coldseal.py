"""The program in a folder and an environment of its own."""

import os
import subprocess
from pathlib import Path


def fail(message):
    """Ends the test with this message."""
    raise AssertionError(message)


def expect(condition, message):
    if not condition:
        fail(message)


def write_secret(path, content):
    """A file with a key or a passphrase, which coldseal reads from its owner alone."""
    path.touch(0o600)
    path.chmod(0o600)
    path.write_bytes(content)


def environment(home):
    """The caller's environment with an empty home, and nothing that speaks to coldseal or the AWS CLI."""
    home = Path(home)
    home.mkdir(parents=True, exist_ok=True)
    env = {name: value for name, value in os.environ.items() if not name.startswith(("COLDSEAL_", "AWS_"))}
    env.update(HOME=str(home), XDG_DATA_HOME=str(home / "data"), XDG_CONFIG_HOME=str(home / "config"), XDG_STATE_HOME=str(home / "state"), LC_ALL="C.UTF-8")
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

    def profile(self, name):
        """A profile of the AWS tools with nothing in it; gives the variable that chooses it."""
        config = Path(self.env["HOME"]) / ".aws" / "config"
        config.parent.mkdir(exist_ok=True)
        config.write_text(f"[profile {name}]\n")
        return {"AWS_PROFILE": name}

    def run(self, *args, stdin=None, expect=0):
        """Runs one command, checks its exit code, gives what it wrote to stdout."""
        done = self.tried(*args, stdin=stdin or b"")
        if done.returncode != expect:
            fail(f"{' '.join(map(str, args))}: exit code {done.returncode}, expected {expect}\n{done.stderr.decode(errors='replace')}")
        return done.stdout
