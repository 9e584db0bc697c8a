"""A copy of the tree, as a fresh clone would have it.

Usage: tree.py TREE DESTINATION
"""

import shutil
import sys
from pathlib import Path

# Built, generated or private: a fresh clone has none of these.
NOT_TRACKED = shutil.ignore_patterns(".git", "target", "artifacts", "coverage", "coldseal-vault", "*.bundle", "__pycache__", "mutants.out*")


def not_in_a_clone(folder, names):
    """What is left out of a folder; bundles that tests read are tracked."""
    return set() if "tests/data" in Path(folder).as_posix() else NOT_TRACKED(folder, names)


def copy_of(tree, destination):
    """Copies the tree as a fresh clone would have it, in place of an earlier copy. File times stay, so cargo rebuilds what has changed."""
    shutil.rmtree(destination, ignore_errors=True)
    shutil.copytree(tree, destination, ignore=not_in_a_clone, symlinks=True)


if __name__ == "__main__":
    copy_of(*sys.argv[1:])
