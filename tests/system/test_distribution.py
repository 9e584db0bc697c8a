"""What is published is made, installed and used where there is no network: the program in a root that holds nothing else, the source archive
with an empty cargo home.
"""

from pathlib import Path

from support.coldseal import fail
from support.distribution import Installed, call, offline
from support.notes import note

VALUE = "an example\n"


def use(run):
    """Pack for two Regions, read in the second, check everything."""
    Path(run.folder / "value").write_text(VALUE)
    run("create-secret", "--name", "ci/dist", "--secret-string", "file://value", "--region", "us-west-2", "--add-replica-regions", "Region=eu-west-1")
    run("get-secret-value", "--secret-id", "ci/dist", "--region", "eu-west-1", "--output-file", "opened")
    if (run.folder / "opened").read_text() != VALUE:
        fail("the value that was read is not the one that was packed")
    run("verify", "--open")


def test_the_program_in_a_root_of_its_own(archives, installed):
    run = Installed(offline(), installed / "bin" / "coldseal", installed / "work", installed)
    note(run("--version").strip())
    use(run)
    pages = {page.stem for page in (installed / "share" / "man" / "man1").iterdir()}
    if not {"coldseal", "coldseal-create-secret", "coldseal-kms-create-key"} <= pages:
        fail(f"man pages are missing: {sorted(pages)}")
    call(["bash", "-n", installed / "share" / "bash-completion" / "completions" / "coldseal"])
    for name in ("LICENSE-APACHE", "LICENSE-MIT", "README.md", "third-party/THIRD-PARTY.txt"):
        if not (installed / "share" / "doc" / "coldseal" / name).stat().st_size:
            fail(f"{name} is empty")
    for archive in archives.glob("*.tar.gz"):
        note(f"{archive.name}: {archive.stat().st_size >> 10} KiB")


def test_the_source_archive(built_from_source, folder):
    use(Installed(offline(), built_from_source, folder / "source-use"))
