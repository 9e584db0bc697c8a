"""The same requests through boto3 to moto_server and to `coldseal serve`: the answers are compared member by member, and every difference stands in a list, with
its reason."""

import base64
import datetime
import json
import re

import jmespath
import pytest
from botocore.exceptions import ClientError

from support.coldseal import Coldseal, fail
from support.conformance import comparable, differences
from support.endpoints import Moto, ServeSecrets
from support.notes import note
from test_conformance import FOLDER, listed

LINE = re.compile(r"(?:(?P<keep>\w+) = )?(?P<operation>\w+)(?:@(?P<region>[\w-]+))? (?P<request>\{.*?\})(?: => (?P<expression>.+))?")


def sections():
    """The lines of each section."""
    found = {}
    for line in (FOLDER / "secrets.requests").read_text(encoding="utf-8").splitlines():
        if line.startswith("= "):
            lines = found.setdefault(line[2:], [])
        elif line and not line.startswith("#"):
            lines.append(LINE.fullmatch(line) or fail(f"not a request: {line}"))
    return found


class Side:
    """Who answers, for one section."""

    def __init__(self, endpoint):
        self.endpoint, self.clients, self.kept, self.status = endpoint, {}, {}, None

    def ask(self, line):
        """What comes: an answer without what boto3 adds, or a refusal."""
        region = line["region"] or "us-west-2"
        if region not in self.clients:
            self.clients[region] = self.endpoint.client(region, "secretsmanager", parameter_validation=False)
        request = json.loads(re.sub(r"\$(\w+)", lambda name: self.kept[name[1]], line["request"]), object_hook=as_bytes)
        method = re.sub(r"(?<!^)([A-Z])", r"_\1", line["operation"]).lower()
        try:
            answer = getattr(self.clients[region], method)(**request)
        except ClientError as error:
            self.status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            return refusal(error.response)
        del answer["ResponseMetadata"]
        if line["keep"]:
            self.kept[line["keep"]] = jmespath.search(line["expression"], answer)
        return answer


def refusal(answer):
    """Name and text. moto has 404 for much that AWS answers with 400, and its own for what it does not handle."""
    return {"Error": {name: answer["Error"].get(name) for name in ("Code", "Message")}}


def as_bytes(document):
    return base64.b64decode(document["base64"]) if set(document) == {"base64"} else document


def plain(value):
    """As JSON has it; what is drawn is gone."""
    if isinstance(value, dict):
        return {name: "<drawn>" if name == "RandomPassword" else plain(member) for name, member in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, datetime.datetime):
        return "<time>"
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


@pytest.fixture(scope="module")
def moto(tmp_path_factory):
    with Moto(tmp_path_factory.mktemp("moto")) as moto:
        yield moto


def test_serve_answers_as_moto_does(binary, folder, moto):
    known, faults, count, differing = listed("secrets.differences"), [], 0, 0
    for number, (section, lines) in enumerate(sections().items()):
        coldseal = Coldseal(binary, folder / str(number))
        coldseal.env["COLDSEAL_ACCOUNT_ID"] = moto.account
        moto.reset()
        found = {}
        with ServeSecrets(coldseal, "--writable") as server:
            sides = [Side(server), Side(moto)]
            for line in lines:
                answers = [side.ask(line) for side in sides]
                if "Error" in answers[0] and sides[0].status != 400:
                    fail(f"{line[0]}: {sides[0].status} {answers[0]}")
                pair = (comparable(plain(answer), line["operation"]) for answer in answers)
                count += 1
                for difference in differences(*pair):
                    found.setdefault(f"{line[0]}: {difference}", answers)
        expected = known.pop(section, {})
        differing += len(expected)
        faults += [f"= {section}\n{one}\n  coldseal: {ours}\n  moto: {theirs}" for one, (ours, theirs) in found.items() if one not in expected]
        faults += [f"= {section}\nlisted, and occurs no more: {one}" for one in expected if one not in found]
    if known:
        fail(f"differences of no section: {sorted(known)}")
    if faults:
        fail(f"{len(faults)} differences are not as secrets.differences lists them:\n\n" + "\n\n".join(faults))
    note(f"{count} answers compared with moto's; {differing} known differences")
