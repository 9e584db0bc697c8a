"""The official JavaScript SDK's client of AWS Secrets Manager, as it is, against `coldseal serve`."""

from support.javascript import node


def test_it_makes_reads_and_lists_secrets(npm, binary, folder):
    node("served_secrets.mjs", npm, binary, folder)
