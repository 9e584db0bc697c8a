"""What the subjects share: the program, the tools beside it, and a folder for each test. `bash .ci/run tools` installs the tools.

    python -m pytest tests/system/test_hand_over.py --binary target/release/coldseal
"""

import logging
import os
import signal
import sys
from pathlib import Path

import pytest

from support import distribution, notes
from support.tree import copy_of

ROOT = Path(__file__).resolve().parent.parent.parent


def pytest_addoption(parser):
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    given = os.environ.get("COLDSEAL_BINARY", target / "release/coldseal")
    programs = Path(sys.executable).parent
    group = parser.getgroup("coldseal")
    group.addoption("--binary", type=Path, default=given, help="the program; else COLDSEAL_BINARY, else what cargo has built for release")
    group.addoption("--clone", type=Path, default=target / "ci-clone", help="where the copy of the tree goes that a fresh clone would be")
    group.addoption("--aws", type=Path, default=programs / "aws", help="the AWS CLI")
    group.addoption("--sops", type=Path, default=programs / "sops", help="sops")
    group.addoption("--aws-encryption-cli", type=Path, default=target / "ci-venv-cli/bin/aws-encryption-cli", help="aws-encryption-cli")
    group.addoption("--all-calls", action="store_true", help="test_conformance.py: all calls, not the sections of the short run alone")
    group.addoption("--npm", type=Path, default=target / "ci-npm", help="a folder with node_modules/@aws-crypto/client-node")


def pytest_configure(config):
    # What runs in the background, or under nohup, finds signals ignored, and so would the programs that the subjects send them to.
    for number in signal.valid_signals() - {signal.SIGPIPE, signal.SIGXFSZ}:
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    # The machine's own configuration decides nothing.
    for name in [name for name in os.environ if name.startswith(("COLDSEAL_", "AWS_"))]:
        del os.environ[name]
    # Subjects run cargo under another HOME; it must go on finding its own, and what it has built.
    os.environ.setdefault("CARGO_TARGET_DIR", str(ROOT / "target"))
    os.environ.setdefault("CARGO_HOME", str(Path.home() / ".cargo"))
    os.environ.setdefault("RUSTUP_HOME", str(Path.home() / ".rustup"))
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    # The SDKs log a traceback of all that they refuse, as they should.
    logging.disable(logging.CRITICAL)


def pytest_terminal_summary(terminalreporter):
    if notes.TOLD:
        terminalreporter.section("notes")
        for text in notes.TOLD:
            terminalreporter.line(text)


def present(request, option):
    """The path of an option, which has to be there."""
    path = Path(request.config.getoption(option)).absolute()
    if not path.exists():
        pytest.fail(f"{path} is not there; --{option.replace('_', '-')} names another", pytrace=False)
    return path


@pytest.fixture(scope="session")
def binary(request):
    """The program that is tested."""
    return present(request, "binary")


def fresh_clone(request):
    """A copy of the tree as a fresh clone would be, always in the same place: cargo then builds the release once for all that run it."""
    folder = Path(request.config.getoption("clone")).absolute()
    copy_of(ROOT, folder)
    return folder


@pytest.fixture(scope="module")
def clone(request):
    return fresh_clone(request)


@pytest.fixture
def folder(tmp_path):
    """An empty folder for one test."""
    return tmp_path


@pytest.fixture(scope="session")
def aws(request):
    return present(request, "aws")


@pytest.fixture(scope="session")
def sops(request):
    return present(request, "sops")


@pytest.fixture(scope="session")
def aws_encryption_cli(request):
    return present(request, "aws_encryption_cli")


@pytest.fixture(scope="session")
def npm(request):
    return present(request, "npm")


@pytest.fixture(scope="session")
def archives(request, tmp_path_factory):
    """The folder with what dist/build makes."""
    return distribution.build(fresh_clone(request), tmp_path_factory.mktemp("archives"))


@pytest.fixture(scope="session")
def installed(archives, tmp_path_factory):
    """The root in which the archive of the program was installed."""
    return distribution.install_program(archives, tmp_path_factory.mktemp("installed"))


@pytest.fixture(scope="session")
def built_from_source(archives, tmp_path_factory):
    """The program that the archive of the source builds."""
    return distribution.build_source(archives, tmp_path_factory.mktemp("source"))
