"""coldseal and the official JavaScript SDK open each other's messages under raw AES and RSA keys."""

from support.javascript import node


def test_each_opens_the_messages_of_the_other(npm, binary, folder):
    node("raw_keys.mjs", npm, binary, folder)
