"""Writes the licences of everything that the program is linked from, next to each other in one directory.

Usage: third_party.py TRIPLE DIRECTORY [CARGO OPTION]...

THIRD-PARTY.txt lists the crates with their licence expressions and gives each text once. The standard library's notices are copied from the
toolchain. On the gnu targets the C library is linked in too: its notice and its licence are copied where the system keeps them.
A crate without a text, and without a licence whose text can be given, is an error.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

LICENCE = re.compile(r"(licen[cs]e|copying|copyright|notice|unlicense)", re.IGNORECASE)
# Other licences of a choice, which is not made here; files of code; folders that are not linked.
NOT_TAKEN = re.compile(r"(GPL|\.(rs|py|go|pl|c|h|sh|toml|json)$)", re.IGNORECASE)
NOT_LINKED = {"tests", "test", "benches", "examples", "fuzz", "target"}
RULE = "=" * 100


def output_of(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def linked_packages(triple, options):
    """The packages below the root over normal dependencies, without procedural macros: what ends up in the program."""
    metadata = json.loads(output_of("cargo", "metadata", "--format-version", "1", "--locked", "--filter-platform", triple, *options))
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    root = metadata["resolve"]["root"]
    found, waiting = set(), [root]
    while waiting:
        package = waiting.pop()
        if package in found or any("proc-macro" in target["kind"] for target in packages[package]["targets"]):
            continue
        found.add(package)
        waiting += [dep["pkg"] for dep in nodes[package]["deps"] if any(kind["kind"] is None for kind in dep["dep_kinds"])]
    return sorted((packages[package] for package in found - {root}), key=lambda package: (package["name"], package["version"]))


def texts(package):
    """The licence texts in the sources of a package."""
    folder = Path(package["manifest_path"]).parent
    files = [
        path for path in sorted(folder.rglob("*"))
        if path.is_file() and LICENCE.match(path.name) and not NOT_TAKEN.search(path.name) and not NOT_LINKED.intersection(path.relative_to(folder).parts)
    ]
    found = [path.read_text(encoding="utf-8", errors="replace").strip() for path in files]
    return [text for text in found if len(text) > 200] or [mit_text(package)]


def mit_text(package):
    """MIT's text for a package that names the licence and has left the file out."""
    if "MIT" not in (package["license"] or ""):
        sys.exit(f"third_party.py: {package['name']} {package['version']} has no licence text")
    ours = Path("LICENSE-MIT").read_text(encoding="utf-8").strip()
    holders = ", ".join(package["authors"]) or f"the authors of {package['name']}"
    return re.sub(r"^Copyright.*$", f"Copyright (c) {holders}", ours, count=1, flags=re.MULTILINE)


def third_party(packages):
    users = {}
    for package in packages:
        for text in texts(package):
            key = hashlib.sha256(" ".join(text.split()).encode()).hexdigest()
            users.setdefault(key, (text, []))[1].append(f"{package['name']} {package['version']}")
    lines = ["coldseal contains these crates, under the licences named; the texts follow.", ""]
    lines += [f"{package['name']} {package['version']}  {package['license']}  {package['repository'] or ''}".rstrip() for package in packages]
    for text, names in sorted(users.values(), key=lambda entry: entry[1]):
        lines += ["", RULE, ", ".join(dict.fromkeys(names)), RULE, "", text]
    return "\n".join(lines) + "\n"


def copy_library_notices(directory, triple):
    rust = Path(output_of("rustc", "--print", "sysroot").strip()) / "share" / "doc" / "rust"
    notices = sorted(rust.glob("COPYRIGHT-library*")) or sorted(rust.glob("COPYRIGHT*"))
    if not notices:
        sys.exit(f"third_party.py: the standard library's notices are not in {rust}")
    shutil.copyfile(notices[0], directory / f"rust-{notices[0].name}")
    if triple.endswith("-gnu"):
        for source, name in [("/usr/share/doc/libc6/copyright", "glibc-COPYRIGHT.txt"), ("/usr/share/common-licenses/LGPL-2.1", "glibc-LGPL-2.1.txt")]:
            if not Path(source).is_file():
                sys.exit(f"third_party.py: the C library is linked in, and {source} is not there")
            shutil.copyfile(source, directory / name)


def main(triple, directory, *options):
    directory = Path(directory)
    directory.mkdir(parents=True)
    packages = linked_packages(triple, options)
    (directory / "THIRD-PARTY.txt").write_text(third_party(packages), encoding="utf-8")
    copy_library_notices(directory, triple)


if __name__ == "__main__":
    main(*sys.argv[1:])
