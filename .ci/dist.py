"""Makes what is published, installs it and uses it where there is no network: the program in a root that holds nothing else, the source archive
with an empty cargo home.

Usage: dist.py CLONE FOLDER

Everything that is built goes to CARGO_TARGET_DIR and is used again by the next run.
"""

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from common import environment, fail

VALUE = "an example\n"
# A second build of AWS-LC is what takes long here; it runs a few commands only, so nothing is optimized.
QUICK = ["aws-lc-sys.opt-level=0", "ring.opt-level=0"]
QUICK = [word for setting in QUICK for word in ("--config", f"profile.dev.package.{setting}")] + ["--config", "profile.dev.debug=false"]


def offline():
    """A command in front of others that takes the network away; empty where the machine does not allow that."""
    for prefix in (["unshare", "--net"], ["unshare", "--map-root-user", "--net"]):
        if subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0:
            return prefix
    print("with the network in reach: unshare is not allowed here", flush=True)
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


def use(run):
    """Pack for two Regions, read in the second, check everything."""
    Path(run.folder / "value").write_text(VALUE)
    run("create-secret", "--name", "ci/dist", "--secret-string", "file://value", "--region", "us-west-2", "--add-replica-regions", "Region=eu-west-1")
    run("get-secret-value", "--secret-id", "ci/dist", "--region", "eu-west-1", "--output-file", "opened")
    if (run.folder / "opened").read_text() != VALUE:
        fail("the value that was read is not the one that was packed")
    run("verify", "--open")


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


def program(archive, folder, prefix):
    root = folder / "root"
    shutil.copytree(unpack(archive, folder / "unpacked"), root)
    run = Installed(prefix, root / "bin" / "coldseal", root / "work", root)
    print(run("--version").strip(), flush=True)
    use(run)
    pages = {page.stem for page in (root / "share" / "man" / "man1").iterdir()}
    if not {"coldseal", "coldseal-create-secret", "coldseal-kms-create-key"} <= pages:
        fail(f"man pages are missing: {sorted(pages)}")
    call(["bash", "-n", root / "share" / "bash-completion" / "completions" / "coldseal"])
    for name in ("LICENSE-APACHE", "LICENSE-MIT", "README.md", "third-party/THIRD-PARTY.txt"):
        if not (root / "share" / "doc" / "coldseal" / name).stat().st_size:
            fail(f"{name} is empty")


def source(archive, folder, prefix):
    # Always in the same place, so that cargo knows what it has built before.
    built = Path(os.environ["CARGO_TARGET_DIR"]) / "ci-dist"
    shutil.rmtree(built / "source", ignore_errors=True)
    tree = unpack(archive, built / "source")
    env = environment(folder / "source-home") | {"CARGO_HOME": str(folder / "cargo-home"), "CARGO_TARGET_DIR": str(built / "target")}
    options = ["--quiet", "--offline", "--locked", "--no-default-features", "--features", "cli", *QUICK]
    call([*prefix, "cargo", "build", *options], cwd=tree, env=env)
    use(Installed(prefix, built / "target" / "debug" / "coldseal", folder / "source-use"))


def main(clone, folder):
    folder = Path(folder).resolve()
    folder.mkdir(parents=True)
    archives = build(Path(clone).resolve(), folder)
    prefix = offline()
    (linux,) = archives.glob("*-linux-offline.tar.gz")
    (sources,) = archives.glob("*-source.tar.gz")
    program(linux, folder, prefix)
    source(sources, folder, prefix)
    for archive in (linux, sources):
        print(f"{archive.name}: {archive.stat().st_size >> 10} KiB", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
