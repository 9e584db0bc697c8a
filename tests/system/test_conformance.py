"""The same command lines to the real AWS CLI, in front of moto_server, and to coldseal; every difference stands in a list, with its reason.

A few sections of calls run unless all are asked for:

    python -m pytest tests/system/test_conformance.py --all-calls
"""

from pathlib import Path

import pytest

from support.coldseal import fail
from support.conformance import FORMATS, Ours, Theirs, read_sections, run_section
from support.endpoints import Moto
from support.notes import note

FOLDER = Path(__file__).parent / "conformance"


def listed(file="differences"):
    """The differences that are known, by section, each with its reason."""
    known, section = {}, None
    for line in (FOLDER / file).read_text(encoding="utf-8").splitlines():
        if line.startswith("= "):
            section = known.setdefault(line.strip("= "), {})
        elif line.strip() and not line.startswith("#"):
            difference, separator, reason = line.partition(" -- ")
            if not separator or not reason.strip():
                fail(f"a difference without a reason: {line}")
            if difference in section:
                fail(f"listed twice: {difference}")
            section[difference] = reason
    return known


@pytest.fixture(scope="module")
def moto(tmp_path_factory):
    with Moto(tmp_path_factory.mktemp("moto")) as moto:
        yield moto


def test_coldseal_answers_as_the_aws_cli_does(request, binary, folder, moto):
    all_sections = [section for path in sorted(FOLDER.glob("*.calls")) for section in read_sections(path)]
    known = listed()
    if unknown := set(known) - {section.name for section in all_sections}:
        fail(f"differences of no section: {sorted(unknown)}")
    sections = [section for section in all_sections if section.is_short or request.config.getoption("all_calls")]
    count, faults = 0, []
    for number, section in enumerate(sections):
        unlike, found = set(), {}
        for output in FORMATS:
            place = folder / f"{number}-{output}"
            sides = (Ours(binary, place / "ours", moto.account), Theirs(moto, place / "theirs"))
            for call, outcomes, differences in run_section(section, sides, output, unlike):
                count += 1
                found.update({difference: (call, outcomes) for difference in differences if difference not in found})
        expected = known.get(section.name, {})
        for difference, (call, (ours, theirs)) in found.items():
            if difference not in expected:
                faults.append(f"= {section.name}\n{difference}\n  {call.line}\n  coldseal {ours.code}: {ours.stdout}{ours.stderr}\n  aws {theirs.code}: {theirs.stdout}{theirs.stderr}")
        faults += [f"= {section.name}\nlisted, and occurs no more: {difference}" for difference in expected if difference not in found]
    if faults:
        fail(f"{len(faults)} differences are not as {FOLDER.name}/differences lists them:\n\n" + "\n\n".join(faults))
    note(f"{count} answers compared in {len(sections)} sections; {sum(len(known.get(section.name, {})) for section in sections)} known differences")
