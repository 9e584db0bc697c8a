#!/usr/bin/env python3
"""Writes src/cli/words/aws_commands.txt: what may follow `aws`, one command a line, by the AWS CLI's own tables, with the operations of `aws kms` and
`aws secretsmanager` behind these. With them coldseal knows a command of AWS that it does not have from a word that was mistyped.

Needs PyPI awscli, which is version 1; what version 2 has besides is named here.
"""

import pathlib

from awscli.clidriver import create_clidriver

LIST = pathlib.Path(__file__).parent.parent / "src/cli/words/aws_commands.txt"
# Commands of version 2 that are no service's, by its guide.
VERSION_2 = {"cli-dev", "configure", "ddb", "history", "login", "logout", "sso"}


def main():
    table = create_clidriver()._get_command_table()
    names = set(table) | VERSION_2
    for service in ("kms", "secretsmanager"):
        names |= {f"{service} {operation}" for operation in table[service]._get_command_table()}
    LIST.write_text("".join(f"{name}\n" for name in sorted(names)))
    print(f"{len(names)} commands")


if __name__ == "__main__":
    main()
