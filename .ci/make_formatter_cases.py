#!/usr/bin/env python3
"""Writes tests/data/formatters.json: documents, queries, and what the AWS CLI's own formatters print for them.

Needs PyPI awscli. `make_formatter_cases.py` writes the table; with --check it fails if the table would change.
"""

import argparse
import io
import json
import pathlib
import random
import sys
import types

import jmespath
from awscli.formatter import JSONFormatter, TableFormatter
from awscli.text import format_text

TABLE = pathlib.Path(__file__).parent.parent / "tests/data/formatters.json"

SECRET = {
    "ARN": "arn:aws:secretsmanager:us-west-2:000000000000:secret:production/DBWest-a1B2c3",
    "Name": "production/DBWest",
    "Description": "",
    "LastChangedDate": "2026-01-31T12:00:00.123000+00:00",
    "Tags": [{"Value": "db", "Key": "team"}, {"Key": "stage", "Value": "prod"}, {"Key": "empty", "Value": ""}],
    "VersionIdsToStages": {
        "b0000000-0000-4000-8000-000000000002": ["AWSCURRENT", "blue"],
        "a0000000-0000-4000-8000-000000000001": ["AWSPREVIOUS"],
    },
    "PrimaryRegion": "us-west-2",
    "ReplicationStatus": [
        {"Region": "us-east-1", "KmsKeyId": "alias/aws/secretsmanager", "Status": "InSync"},
        {"Region": "eu-west-1", "Status": "Failed", "StatusMessage": "key is disabled"},
    ],
    "Bundles": [
        {"Region": "us-west-2", "Path": "a/b.bundle", "Size": 612, "Opens": True},
        {"Region": "us-east-1", "Path": "a/c.bundle", "Size": 1024, "Opens": False},
        {"Region": "eu-west-1", "Path": None, "Size": 7, "Opens": None},
    ],
    "RotationEnabled": False,
}

VALUE = {
    "ARN": SECRET["ARN"],
    "Name": SECRET["Name"],
    "VersionId": "b0000000-0000-4000-8000-000000000002",
    "SecretString": '{"username": "saanvi", "password": "EXAMPLE-PASSWORD"}\n',
    "VersionStages": ["AWSCURRENT"],
    "CreatedDate": 1700000000.123,
}

DOCUMENTS = [
    ("empty object", {}),
    ("empty list", []),
    ("null", None),
    ("true", True),
    ("false", False),
    ("integer", 12),
    ("negative", -3),
    ("large integer", 18446744073709551615),
    ("smallest integer", -9223372036854775808),
    ("float", 1.5),
    ("whole float", 2.0),
    ("large float", 1e16),
    ("larger float", 1.25e20),
    ("small float", 0.00001),
    ("fourth decimal", 0.0001),
    ("string", "plain"),
    ("empty string", ""),
    ("string with newline", "a\nb\n"),
    ("string of every ASCII character", "".join(map(chr, range(128)))),
    ("unicode", "caf\u00e9 \u2028\u2029 \U0001f511 \ufeff"),
    ("slashes and quotes", 'a/b \\ "c" \'d\' </script>'),
    ("describe-secret", SECRET),
    ("get-secret-value", VALUE),
    ("empty containers inside", {"A": [], "B": {}, "C": [[]], "D": [{}], "E": {"F": {}}, "G": ""}),
    ("null members", {"B": None, "A": [None, None], "C": {"D": None}}),
    ("booleans and numbers", {"T": True, "F": False, "I": 0, "N": -1, "X": 1.0, "Y": 1e22}),
    ("list of scalars", ["b", "a", 1, None, True, 2.5]),
    ("list of lists", [["a", "b"], ["c"], []]),
    ("list of lists of lists", [[["a"], ["b", "c"]], [[1]]]),
    ("scalars and lists", ["a", ["b", "c"], "d", [["e"]]]),
    ("named scalars and lists", {"Item": ["a", ["b", "c"], "d", [["e"]]]}),
    ("named list of lists", {"Rows": [[1, 2], [3, 4]]}),
    ("list of structures", [{"b": 1, "a": 2}, {"a": 3, "c": 4}]),
    ("list of structures with lists", [{"Id": 1, "L": ["x", "y"]}, {"Id": 2, "L": []}, {"L": ["z"]}]),
    ("structure inside structure", {"Z": {"Y": {"X": 1}, "W": 2}, "V": 3}),
    ("structure without scalars", {"A": {"B": {"C": "deep"}}}),
    ("a member that is scalar here and not there", [{"A": 1}, {"A": [1, "it's", None]}, {"A": {"k": True, "q\"": 1.5}}]),
    ("a value printed by repr", [{"A": "x"}, {"A": ["\u00e9\u00a0\n\t\\\x7f\U0001f511\u0301", "'\""]}]),
    ("upper case of names", {"stra\u00dfe": ["x"], "\u00e9t\u00e9": {"a": 1}, "lower_case": ["y"]}),
    ("order of names", {"b": 1, "B": 2, "a": 3, "A": 4, "_": 5, "\u00e9": 6, "\U0001f511": 7, "\uffee": 8, "": 9}),
    ("tabs inside", {"A": "x\ty", "B": ["\t"]}),
    ("structures nested in lists", {"L": [{"M": [{"N": 1}, {"N": 2, "O": {"P": [1]}}]}, {"Q": 5}]}),
    ("tags", {"Tags": SECRET["Tags"]}),
    ("list of empty structures", [{}, {}]),
    ("a wide list", [{"Region": f"eu-west-{number}", "Path": "x" * 60, "Status": "InSync"} for number in range(1, 4)]),
    ("one wide row", {"L": [{"Region": "eu-west-1", "Path": "x" * 60, "Status": "InSync"}]}),
    ("80 columns", {"A": "x" * 32, "B": "y" * 37}),
    ("81 columns", {"A": "x" * 33, "B": "y" * 37}),
    ("East Asian widths", {"\u8a9e": "\u4e2d\u6587", "B": "caf\u00e9 \uff21 \uff71", "C": ["\u0301", "\u200b", "\uac00", "\u00b1\u2460"]}),
    ("structures after scalars", ["a", {"k": ["x"]}]),
    ("nested lists", ["a", [["b", ["c"]]], [[["d"]]]]),
    ("columns that divide unevenly", {"One": 1, "Three": 333, "Fivefive": [{"a": 1, "b": 22, "c": 333, "d": 4444, "e": 55555, "f": 6, "g": 7}]}),
]

# (query, document); each key order differs from the sorted one somewhere.
QUERIES = [(query, SECRET) for query in (
    "@", "Name", "Missing", "Description", "RotationEnabled", "Tags", "Tags[0]", "Tags[-1].Key", "Tags[].Key", "Tags[*].[Value,Key]",
    "Tags[].{V:Value,K:Key}", "{Z:Name,A:ARN,M:Tags[0]}", "{a:Name,b:Missing,a:ARN}", "[Name,ARN]", "[Name,[ARN,[PrimaryRegion]]]",
    "VersionIdsToStages", "VersionIdsToStages.*", "VersionIdsToStages.*[]", "*", "keys(@)", "values(VersionIdsToStages)", "keys(VersionIdsToStages)",
    "VersionIdsToStages.\"a0000000-0000-4000-8000-000000000001\"[0]",
    "ReplicationStatus[?Status=='Failed']", "ReplicationStatus[?Status!='Failed'].Region", "ReplicationStatus[?Status=='Failed'].Region | [0]",
    "ReplicationStatus[?KmsKeyId].Region", "ReplicationStatus[?!KmsKeyId].Region", "ReplicationStatus[?StatusMessage==null].Region",
    "ReplicationStatus[?Region>'f'].Region", "ReplicationStatus[?Region<='eu-west-1'].Region", "LastChangedDate>'2025'",
    "LastChangedDate<'2025'", "Tags>Tags", "Bundles[?Size>`611`].Path", "Bundles[?Size>=`612.0`].Path", "Bundles[?Size==`612.0`].Region",
    "Bundles[?Size<`1000`&&Opens].Region", "Bundles[?Opens==`true`||Size==`7`].Region",
    "sum(Bundles[].Size)", "avg(Bundles[].Size)", "max(Bundles[].Size)", "min(Bundles[].Region)", "max_by(Bundles,&Size)", "min_by(Bundles,&Size).Path",
    "sort_by(Bundles,&Region)[].Region", "sort_by(Bundles,&Size)", "reverse(sort(Tags[].Key))", "map(&{V:Value,K:Key},Tags)", "length(@)", "length(Name)",
    "length(Tags)", "merge({z:Name},Tags[0],{a:ARN,Key:'other'})", "merge(@,{Name:'new'}).Name", "to_string(Tags[0])", "to_string(@.{b:`1.0`,a:'\u00e9\u007f\U0001f511',c:Tags})",
    "to_string(Name)", "to_number('12')", "to_number(' 1e3 ')", "to_number('x')", "to_number('true')", "to_number(Tags)", "type(@)", "type(Tags)",
    "abs(`-5`)", "abs(`-5.5`)", "ceil(`1.2`)", "floor(`-1.2`)", "ceil(`3`)", "avg(`[]`)", "sum(`[]`)", "sum(`[1, 0.5]`)", "max(`[]`)", "sort(`[3, 1.5, 2]`)",
    "contains(Name,'DB')", "contains(Tags[].Key,'team')", "contains(Tags,`{\"Key\": \"team\", \"Value\": \"db\"}`)", "Tags[0]==`{\"Key\": \"team\", \"Value\": \"db\"}`",
    "starts_with(Name,'prod')", "ends_with(Name,'x')", "join(', ',Tags[].Key)", "not_null(Missing,Name)", "to_array(Name)", "to_array(Tags[0])",
    "`[1, 2.5, null, true, {}, []]`", "'raw'", "`\"text\"`", "Tags[1:]", "Tags[::-1].Key", "Tags[:1]", "Tags[5]", "Tags[5:]", "[*]", "Tags[].Missing",
    "Tags[].[Missing]", "Name.foo", "!Missing", "!Name", "Missing||Name", "Name&&ARN", "Tags|[0]", "(Missing||Tags)[0].Value", "{x:Missing}",
    "[Tags,ReplicationStatus][]", "[Tags,[Tags]][][]", "Bundles[].{R:Region,P:Path,S:Size,O:Opens}", "Bundles[*].Opens", "{B:Bundles[*].{Z:Size,A:Opens}}",
    "`0`||'x'", "`1`==`true`", "`\"\"`||'empty'", "@.Tags[?Key=='stage']|[0].{V:Value,K:Key}", "reverse('abc')",
)] + [
    ("SecretString", VALUE), ("CreatedDate", VALUE), ("[VersionId,VersionStages]", VALUE), ("VersionStages[0]", VALUE),
    ("[*].b", DOCUMENTS[32][1]), ("[].[b,a,c]", DOCUMENTS[32][1]), ("length(@)", {"a": 1}), ("*", {"b": 1, "a": [2]}), ("*.x", {"b": {"x": 2}, "a": {"x": 1}}),
    ("@", {}), ("a", {"a": {}}), ("a", {"a": []}), ("a.b.c", {"a": {"b": {"c": {"z": 1, "y": 2}}}}), ("\"a b\".\"\u00e9\"", {"a b": {"\u00e9": 1}}),
    ("a", [1]), ("[0]", {"a": 1}), ("[0][1]", [[1, [2, {"z": 1, "a": 2}]]]),
]


def random_value(source, depth):
    kind = source.randrange(9 if depth else 6)
    if kind == 0:
        return source.choice([None, True, False])
    if kind == 1:
        return source.choice([0, 1, -1, source.randrange(-(10**12), 10**12)])
    if kind == 2:  # digits that a JSON parser without exact rounding reads back exactly
        return source.choice([0.5, 1e-7, 123456.75, float(f"{source.random() * 10 ** source.randrange(-8, 21):.12g}")])
    if kind <= 5:
        return "".join(source.choice("abcXYZ09 -_/'\"\\\n\t\u00e9\u00df\u4e2d\U0001f511\u00a0") for _ in range(source.randrange(8)))
    if kind == 6:
        return [random_value(source, depth - 1) for _ in range(source.randrange(4))]
    names = source.sample(["Name", "ARN", "b", "a", "Zeta", "\u00e9", "x y", "_"], source.randrange(5))
    value = {name: random_value(source, depth - 1) for name in names}
    return value if kind == 7 else [value, {name: random_value(source, depth - 1) for name in reversed(names)}]


def as_json(value):
    stream = io.StringIO()
    JSONFormatter(types.SimpleNamespace(query=None))._format_response("", value, stream)
    return stream.getvalue()


def as_text(value):
    stream = io.StringIO()
    try:
        format_text(value, stream)
    except AttributeError:  # a list of structures and other things
        return None
    return stream.getvalue()


def as_table(value):
    """In 80 columns, which is what the AWS CLI takes without a terminal."""
    stream = io.StringIO()
    arguments = types.SimpleNamespace(query=None, color="off")
    formatter = TableFormatter(arguments)
    formatter.table._terminal_width = 80
    try:
        formatter._format_response("DescribeSecret", value, stream)
    except (IndexError, TypeError, ValueError):  # rows of different lengths, a list of structures and other things
        return None
    return stream.getvalue()


def case(name, document, query=None):
    result = jmespath.search(query, document) if query is not None else document
    return {"name": name, "document": document, "query": query, "json": as_json(result), "text": as_text(result), "table": as_table(result)}


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--check", action="store_true")
    check = arguments.parse_args().check
    source = random.Random(20260131)
    cases = [case(name, document) for name, document in DOCUMENTS]
    cases += [case(f"query {query}", document, query) for query, document in QUERIES]
    cases += [case(f"random {number}", random_value(source, 4)) for number in range(60)]
    table = json.dumps(cases, indent=1) + "\n"
    if not check:
        TABLE.parent.mkdir(parents=True, exist_ok=True)
        TABLE.write_text(table)
    elif TABLE.read_text() != table:
        sys.exit(f"{TABLE} is not what this script makes")
    print(f"{len(cases)} cases")


main()
