"""What is published, made and installed; everything that is built goes to CARGO_TARGET_DIR and is used again by the next run."""

import os
import shutil
import subprocess
import tarfile
from pathlib import Path

from support.coldseal import environment, fail
from support.notes import note

# A second build of AWS-LC is what takes long here; it runs a few commands only, so nothing is optimized.
QUICK = ["aws-lc-sys.opt-level=0", "ring.opt-level=0"]
QUICK = [word for setting in QUICK for word in ("--config", f"profile.dev.package.{setting}")] + ["--config", "profile.dev.debug=false"]


def offline():
    """A command in front of others that takes the network away; empty where the machine does not allow that."""
    for prefix in (["unshare", "--net"], ["unshare", "--map-root-user", "--net"]):
        if subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0:
            return prefix
    note("with the network in reach: unshare is not allowed here")
    return []


def call(command, **options):
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, capture_output=True, check=False, **options)
    if done.returncode != 0:
        fail(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stdout.decode()}{done.stderr.decode(errors='replace')}")
    return done.stdout.decode()


def build(clone, folder):
    """The archives, made twice from the same tree: they must not differ."""
    sums = []
    for name in ("first", "second"):
        call(["bash", clone / "dist" / "build", "--output-dir", folder / name])
        call(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=folder / name)
        sums.append((folder / name / "SHA256SUMS").read_text())
    if sums[0] != sums[1]:
        fail(f"the archives differ from one run to the next\n{sums[0]}{sums[1]}")
    shutil.rmtree(folder / "second")
    return folder / "first"


def unpack(archive, destination):
    """What the archive's one folder holds."""
    with tarfile.open(archive) as tar:
        tar.extractall(destination, filter="data")
    (only,) = destination.iterdir()
    return only


class Installed:
    """A program without network; with a root, one that sees nothing but that folder, not even /proc."""

    def __init__(self, prefix, program, folder, root=None):
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)
        self.env = environment(folder / "home")
        self.command = [*prefix, program]
        if root is not None and prefix:
            self.command = [*prefix, f"--root={root}", f"--wd=/{folder.relative_to(root)}", f"/{program.relative_to(root)}"]
            self.env |= {"HOME": "/home", "XDG_DATA_HOME": "/home/data", "XDG_CONFIG_HOME": "/home/config"}

    def __call__(self, *args):
        return call([*self.command, *args], cwd=self.folder, env=self.env)


def install_program(archives, folder):
    """The program's archive as a root that holds nothing else."""
    (linux,) = archives.glob("*-linux-offline.tar.gz")
    root = folder / "root"
    shutil.copytree(unpack(linux, folder / "unpacked"), root)
    return root


def build_source(archives, folder):
    """The program that the source archive builds, without a network and with an empty cargo home."""
    (sources,) = archives.glob("*-source.tar.gz")
    # Always in the same place, so that cargo knows what it has built before.
    built = Path(os.environ["CARGO_TARGET_DIR"]) / "ci-dist"
    shutil.rmtree(built / "source", ignore_errors=True)
    tree = unpack(sources, built / "source")
    env = environment(folder / "source-home") | {"CARGO_HOME": str(folder / "cargo-home"), "CARGO_TARGET_DIR": str(built / "target")}
    options = ["--quiet", "--offline", "--locked", "--no-default-features", "--features", "cli", *QUICK]
    call([*offline(), "cargo", "build", *options], cwd=tree, env=env)
    return built / "target" / "debug" / "coldseal"
