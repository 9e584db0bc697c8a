"""The page of `verify --report` in a browser: what is on it, what it asks for, and how it is laid out; with 3, 300 and 10,000 secrets."""

import json
import re
import struct
import subprocess
import zlib
from pathlib import Path

import pytest

from support.browser import Browser
from support.coldseal import Coldseal, expect

KEYS = Path(__file__).resolve().parent.parent / "data/signing"
REGIONS = ["us-west-2", "eu-west-1", "ap-southeast-2"]
COUNTS = [3, 300, 10_000]
# What a page may have for each bundle: its line of digests, and its part of a row.
MOST_BYTES = 600
SIGNER = "<i>alice</i>@example.com"


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    browser = Browser(tmp_path_factory.mktemp("browser") / "profile")
    yield browser
    browser.close()


def signed(binary, folder, count):
    """A machine with so many secrets, signed, and a page of them."""
    machine = Coldseal(binary, folder)
    plan = "".join(json.dumps({"Name": f"production/service-{number:05}/db", "SecretString": f"value {number}"}) + "\n" for number in range(count))
    (folder / "plan.jsonl").write_text(plan)
    machine.run("pack", "plan.jsonl", "--region", REGIONS[0], "--add-replica-regions", *REGIONS[1:])
    key = folder / "alice"
    key.write_bytes((KEYS / "ed25519").read_bytes())
    key.chmod(0o600)
    (folder / "signers").write_text(f'{SIGNER} namespaces="coldseal-manifest" {(KEYS / "ed25519.pub").read_text()}')
    machine.run("sign", "--signing-key", "alice", "--yes")
    return machine


def report(machine, *args, expect=0):
    page = machine.folder / "page.html"
    machine.run("verify", "--signers", "signers", "--report", page, "--force", *args, expect=expect)
    return page


@pytest.fixture(scope="module", params=COUNTS)
def counted(request, binary, tmp_path_factory):
    """A page of so many secrets, and the machine."""
    machine = signed(binary, tmp_path_factory.mktemp(f"report-{request.param}"), request.param)
    return request.param, machine, report(machine)


@pytest.fixture(scope="module")
def damaged(binary, tmp_path_factory):
    """A page of a vault with all kinds of faults, and the machine."""
    machine = signed(binary, tmp_path_factory.mktemp("report-damaged"), 6)
    vault = machine.folder / "coldseal-vault/secrets" / REGIONS[0]
    bundles = [sorted(secret.glob("*/*.bundle")) for secret in sorted(vault.iterdir())]
    changed = bytearray(bundles[0][0].read_bytes())
    changed[-1] ^= 1
    bundles[0][0].write_bytes(changed)
    bundles[1][0].unlink()
    record = bundles[2][0].parent.parent / "secret.json"
    record.write_text(record.read_text().replace('"Name"', '"Description": "forged",\n  "Name"', 1))
    subprocess.run(["rm", "-r", bundles[3][0].parent.parent], check=True)
    (bundles[4][0].parent.parent / "secret.json").write_text("{")
    machine.run("create-secret", "--name", "late", "--secret-string", "1", "--region", REGIONS[0])
    return machine, report(machine, "--open", expect=1)


def paeth(left, up, corner):
    return min((left, up, corner), key=lambda value: abs(left + up - corner - value))


def pixels(png):
    """The rows of a PNG of 8 bits for each of three or four colours, unfiltered."""
    at, data = 8, b""
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at:at + 8])
        content = png[at + 8:at + 8 + length]
        if kind == b"IHDR":
            width, height, _, colour = struct.unpack(">IIBB", content[:10])
        data += content if kind == b"IDAT" else b""
        at += 12 + length
    size, data = {2: 3, 6: 4}[colour], zlib.decompress(data)
    rows, up = [], bytes(width * size)
    for start in range(0, height * (width * size + 1), width * size + 1):
        kind, row = data[start], bytearray(size) + data[start + 1:start + 1 + width * size]
        guess = {
            0: lambda at: 0, 1: lambda at: row[at], 2: lambda at: up[at], 3: lambda at: (row[at] + up[at]) // 2,
            4: lambda at: paeth(row[at], up[at], up[at - size] if at >= size else 0),
        }[kind]
        for at in range(width * size) if kind else ():
            row[at + size] = row[at + size] + guess(at) & 255
        up = bytes(row[size:])
        rows.append([up[at:at + 3] for at in range(0, len(up), size)])
    return rows


def brightness(rows):
    """That of the colour which most of a picture has, and how many colours there are."""
    counts = {}
    for row in rows:
        for colour in row:
            counts[colour] = counts.get(colour, 0) + 1
    return sum(max(counts, key=counts.get)) / 3, len(counts)


def overflow(browser):
    """By how many pixels the page is wider than the window."""
    return browser.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def pages(pdf):
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def text(browser):
    """What people read, with what is closed."""
    browser.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    return browser.evaluate("document.body.innerText")


def test_a_page_asks_for_nothing_and_is_as_wide_as_the_window(browser, counted):
    count, _, page = counted
    size, bundles = page.stat().st_size, count * len(REGIONS)
    expect(size < 64 * 1024 + bundles * MOST_BYTES, f"{count} secrets: {size} bytes")
    browser.look(1280)
    asked, wrong = browser.show(page)
    expect(asked == [page.as_uri()] and not wrong, f"{asked} {wrong}")
    expect(browser.evaluate("document.scripts.length + document.images.length + document.links.length") == browser.evaluate(
        "document.querySelectorAll('a[href^=\"#\"]').length"), "something that is no link to another part")
    for width in [1280, 390]:
        browser.look(width)
        expect(overflow(browser) == 0, f"{count} secrets at {width}: {overflow(browser)} pixels too wide")
    expect(browser.evaluate("document.querySelectorAll('.secrets tbody tr').length") == count, "a row for each secret")
    expect(browser.evaluate("[...document.querySelectorAll('table')].every(table => table.querySelector('th[scope]'))"), "a table without headings")
    expect(pages(browser.pdf()) > 0, "nothing to print")


def test_light_and_dark_differ_and_can_be_read(browser, counted):
    count, _, page = counted
    seen = {}
    for scheme in ["light", "dark"]:
        browser.look(480, scheme, height=400)
        browser.show(page)
        seen[scheme] = brightness(pixels(browser.screenshot()))
        worst = browser.evaluate(CONTRAST)
        expect(worst["ratio"] >= 4.5, f"{scheme}: {worst}")
    (light, colours), (dark, others) = seen["light"], seen["dark"]
    expect(light > 200 and dark < 60 and min(colours, others) > 20, f"{count} secrets: {seen}")


# The least contrast of a text with what it stands on, by the formula of WCAG 2.
CONTRAST = """(() => {
    const parts = colour => colour.match(/[\\d.]+/g).map(Number);
    const light = colour => {
        const [r, g, b] = parts(colour).slice(0, 3).map(part => part / 255).map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = element => {
        for (let at = element; at; at = at.parentElement) {
            const colour = getComputedStyle(at).backgroundColor;
            if ((parts(colour)[3] ?? 1) > 0) return colour;
        }
        return getComputedStyle(document.documentElement).backgroundColor;
    };
    let worst = { ratio: 100 };
    for (const element of [...document.querySelectorAll("body *")].slice(0, 500)) {
        if (![...element.childNodes].some(node => node.nodeType === 3 && node.data.trim())) continue;
        const [a, b] = [light(getComputedStyle(element).color), light(behind(element))];
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (ratio < worst.ratio) worst = { ratio, text: element.textContent.slice(0, 40) };
    }
    return worst;
})()"""


def test_names_of_others_stay_text(browser, counted):
    _, _, page = counted
    browser.show(page)
    expect(SIGNER in browser.evaluate("document.querySelector('.verdict').innerText"), "the signer's name as it is")
    expect(browser.evaluate("document.querySelectorAll('i').length") == 0, "the signer's name as markup")


def test_every_fault_is_told(browser, damaged):
    machine, page = damaged
    asked, wrong = browser.show(page)
    expect(asked == [page.as_uri()] and not wrong, f"{asked} {wrong}")
    told = text(browser)
    faults = json.loads(machine.run("verify", "--signers", "signers", "--open", "--output", "json", expect=1))["Faults"]
    expect(len(faults) >= 7, faults)
    for fault in faults:
        expect(fault["Message"] in told and fault["Path"] in told, f"not on the page: {fault}")
    for words in ["Not sound", "not listed", "missing", "changed since", "late", f"Faults ({len(faults)})"]:
        expect(words in told, words)
    for width in [1280, 390]:
        browser.look(width)
        expect(overflow(browser) == 0, f"{overflow(browser)} pixels too wide at {width}")


def test_the_page_says_how_ssh_keygen_shows_the_same(browser, binary, folder):
    machine = signed(binary, folder, COUNTS[0])
    browser.show(report(machine))
    commands = browser.evaluate("document.querySelector('footer pre').innerText")
    done = subprocess.run(["sh", "-ec", commands], cwd="/", env=machine.env, capture_output=True, text=True, check=False)
    expect(done.returncode == 0 and f'Good "coldseal-manifest" signature for {SIGNER}' in done.stdout, f"{commands}\n{done.stdout}{done.stderr}")
    root = json.loads(machine.run("verify", "--signers", "signers", "--output", "json"))["Manifests"][0]["SHA256"]
    expect(root in done.stdout and root in text(browser), done.stdout)
    lines = browser.evaluate("[...document.querySelectorAll('pre.lines')].map(lines => lines.textContent).join('')")
    done = subprocess.run(["sha256sum", "-c", "--strict"], cwd=machine.folder / "coldseal-vault", input=lines, capture_output=True, text=True, check=False)
    expect(done.returncode == 0 and done.stdout.count(": OK") == lines.count(".bundle") + lines.count(".json") > 9, done.stdout + done.stderr)
