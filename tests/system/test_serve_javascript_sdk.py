"""coldseal and the official JavaScript SDK open each other's messages under keys in `kms serve`."""

from support.javascript import node


def test_each_opens_the_messages_of_the_other(npm, binary, folder):
    node("served_keys.mjs", npm, binary, folder)
