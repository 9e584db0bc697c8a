#!/usr/bin/env python3
"""Writes src/cli/words/aws_commands.txt: what may follow `aws`, one command a line, by the AWS CLI's own tables, with the operations of `aws kms` and
`aws secretsmanager` behind these. With them coldseal knows a command of AWS that it does not have from a word that was mistyped.

Needs PyPI awscli, which is version 1; what version 2 and newer models of the services have besides is named here. `make_aws_commands.py` writes the file; with --check it fails if the file
has what the AWS CLI has no more, and tells how many newer commands there are.
"""

import argparse
import pathlib
import sys

from awscli.clidriver import create_clidriver

LIST = pathlib.Path(__file__).parent.parent / "src/cli/words/aws_commands.txt"
# Commands of version 2 that are no service's, by its guide.
VERSION_2 = {"cli-dev", "configure", "ddb", "history", "login", "logout", "sso"}
# Operations of botocore's models that the AWS CLI's own do not have yet.
NEWER = {
    "kms decapsulate",
    "kms encapsulate",
    "secretsmanager associate-cross-account-replica",
    "secretsmanager disassociate-cross-account-replica",
    "secretsmanager list-resource-policies",
}


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--check", action="store_true")
    is_check = arguments.parse_args().check
    table = create_clidriver()._get_command_table()
    names = set(table) | VERSION_2 | NEWER
    for service in ("kms", "secretsmanager"):
        names |= {f"{service} {operation}" for operation in table[service]._get_command_table()}
    if is_check:
        listed = set(LIST.read_text().splitlines())
        if gone := sorted(listed - names):
            sys.exit(f"{LIST.name} has what the AWS CLI has not: {gone}")
        print(f"{len(listed)} commands of the AWS CLI are known, {len(names - listed)} newer ones are not")
        return
    LIST.write_text("".join(f"{name}\n" for name in sorted(names)))
    print(f"{len(names)} commands")


if __name__ == "__main__":
    main()
