"""Verifies a signed vault, or a part, by docs/formats.md and ssh-keygen alone: signatures, chain, completeness, and the digests of bundles.

    python3 docs/verify.py VAULT ALLOWED_SIGNERS [THRESHOLD]
"""

import hashlib
import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path

LEFT_OUT = ("Format", "PackedFrom", "PartRegions", "RecordTag", "RotationCancelled")
DEVICES = {"con", "prn", "aux", "nul", *(f"{name}{digit}" for name in ("com", "lpt") for digit in range(10))}


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def is_plain(value):
    """Whether there is nothing but objects, lists, strings and numbers."""
    if isinstance(value, (dict, list)):
        return all(map(is_plain, value.values() if isinstance(value, dict) else value))
    return isinstance(value, (str, int)) and not isinstance(value, bool)


def canonical(content, text):
    """The content, if these are the bytes that it has."""
    def once(pairs):
        names = [name for name, _ in pairs]
        assert names == sorted(set(names)) and all(name.isascii() for name in names), "members"
        return dict(pairs)

    def number(digits):
        assert digits.isdigit() and int(digits) < 2**53, "a number"
        return int(digits)

    def none(word):
        raise AssertionError(f"{word} is no number here")

    parsed = json.loads(text, object_pairs_hook=once, parse_int=number, parse_float=none, parse_constant=none)
    written = json.dumps(parsed, ensure_ascii=False, separators=(",", ":"))
    assert written.encode() == text and is_plain(parsed), f"{content} is not canonical"
    return parsed


def encoded(name):
    """A name as a folder has it."""
    def one(byte):
        letter = chr(byte)
        other = f"+{letter.lower()}" if "A" <= letter <= "Z" else f"%{byte:02x}"
        return letter if letter in "abcdefghijklmnopqrstuvwxyz0123456789-_" else other

    text = "".join(map(one, name.encode()))
    if len(text) > 120:
        return f"{text[:80]}~{sha256(name.encode())[:32]}"
    return f"%{ord(text[0]):02x}{text[1:]}" if text in DEVICES else text


def signed_by(root, signers, manifests):
    """The principals whose signatures of a root hold."""
    content = (manifests / f"{root}.json").read_bytes()
    time = datetime.fromisoformat(canonical("the root", content)["Time"])
    found = set()
    for signature in manifests.glob(f"{root}.*.sig"):
        who = subprocess.run(["ssh-keygen", "-Y", "find-principals", "-f", signers, "-s", signature], capture_output=True, text=True)
        for principal in who.stdout.split():
            checked = ["ssh-keygen", "-Y", "verify", "-f", signers, "-I", principal, "-n", "coldseal-manifest", "-s", signature]
            checked += ["-O", f"verify-time={time:%Y%m%d%H%M%S}Z"]
            if subprocess.run(checked, input=content, capture_output=True).returncode == 0:
                found.add(principal)
    return found


def entries(root, manifests, part):
    """Each entry of a root with its Region; of a part, in the Regions that came along."""
    regions = [region["Region"] for region in root["Regions"]]
    assert regions == sorted(set(regions)), "the order of Regions"
    for region in (region for region in root["Regions"] if region["Region"] in (part or regions)):
        for index, digest in enumerate(pages := region["Pages"]):
            content = (manifests / "pages" / f"{digest}.json").read_bytes()
            assert sha256(content) == digest, f"page {digest}"
            page = canonical(f"page {digest}", content)
            assert (page["Format"], page["Region"]) == (1, region["Region"]), f"page {digest}"
            places = [(entry["Name"].encode(), entry["ARN"].split(":")[3]) for entry in page["Entries"]]
            assert places == sorted(set(places)), f"the order of page {digest}"
            for entry in page["Entries"]:
                hashed = hashlib.sha256(encoded(entry["Name"]).encode()).digest()
                assert int.from_bytes(hashed[:4], "big") % len(pages) == index, f"{entry['Name']} is on another page"
                yield region["Region"], entry


def cut(record, region):
    entry = {name: value for name, value in record.items() if name not in LEFT_OUT and value != []}
    if record.get("RotationCancelled"):
        entry["RotationState"] = "Cancelled"
    if context := entry.pop("EncryptionContext", None):
        entry["EncryptionContext"] = [{"Key": key, "Value": context[key]} for key in sorted(context, key=str.encode)]
    replicas = []
    for replica in record.get("ReplicationStatus", []):
        stages = replica.pop("VersionIdsToStages", {})
        listed = [{"VersionId": key, "VersionStages": stages[key]} for key in sorted(stages, key=str.encode)]
        replicas.append(replica | ({"VersionIdsToStages": listed} if listed else {}))
    versions = []
    for version in record.get("Versions", []):
        versions.append({name: value for name, value in version.items() if name not in ("ValueTag", "Bundles") and value != []})
        for bundle in version["Bundles"]:
            if bundle["Region"] == region:
                versions[-1]["Bundle"] = {name: value for name, value in bundle.items() if name not in ("Region", "File") and value != []}
    return entry | ({"ReplicationStatus": replicas} if replicas else {}) | ({"Versions": versions} if versions else {})


def main(vault, signers, threshold=1):
    vault, manifests = Path(vault), Path(vault) / "manifests"
    roots = sorted((int(path.stem) for path in manifests.glob("*.json")), reverse=True)
    newest = next(root for root in roots if len(signed_by(root, signers, manifests)) >= int(threshold))
    root = canonical("the root", (manifests / f"{newest}.json").read_bytes())
    marker = json.loads((vault / "coldseal.json").read_text())
    assert (root["Format"], root["Counter"], root["VaultId"]) == (1, newest, marker["VaultId"]), "the root, or the vault's id"
    part = marker.get("Regions", [])
    known = {sha256((manifests / f"{older}.json").read_bytes()): older for older in roots if older < newest}
    faults, listed = [], set()
    for region, entry in entries(root, manifests, part):
        name = entry["Name"]
        listed.add((region, folder := vault / "secrets" / entry["ARN"].split(":")[3] / encoded(name)))
        record = folder / "secret.json"
        if not record.exists():
            faults.append(f"missing: {name} ({region})")
        elif (content := json.loads(record.read_text())).get("PartRegions", []) != part or cut(content, region) != entry:
            faults.append(f"changed since: {name} ({region})")
        for version in entry.get("Versions", []):
            if bundle := version.get("Bundle"):
                path = folder / encoded(version["VersionId"]) / f"{region}.{bundle['SHA256'][:16]}.bundle"
                content = path.read_bytes() if path.exists() else b""
                if (len(content), sha256(content)) != (bundle["Size"], bundle["SHA256"]):
                    faults.append(f"not the bundle that was signed: {path}")
    for record in vault.glob("secrets/*/*/secret.json"):
        content = json.loads(record.read_text())
        regions = [record.parts[-3], *(replica["Region"] for replica in content.get("ReplicationStatus", []))]
        here = [region for region in regions if region in (part or regions)]
        faults += [f"not listed: {content['Name']} ({region})" for region in here if (region, record.parent) not in listed]
    print("\n".join(faults))
    chain = f"root {known[root['Previous']]} before it" if root.get("Previous") in known else "no root before it here"
    print(f"root {newest} of {root['Time']}, signed by {', '.join(sorted(signed_by(newest, signers, manifests)))}; {chain}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
