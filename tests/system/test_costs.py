"""What inputs cost: four times as much of one takes no more than about four times the time, whatever it is; and bounds where the input asks for work.

Times are of the processor, and only compared with each other.
"""

import json
import os
import struct

import pytest

from support.coldseal import Coldseal, fail, write_secret
from support.notes import note

REGION = "us-west-2"
# Seconds of a processor that are no difference; and how much more than four times as much four times the input may take.
LEAST, TIMES = 0.25, 7
# What a process may hold, in KiB, for a small input; the larger one may take in proportion to its bytes.
MEMORY, PER_BYTE = 64 * 1024, 100


@pytest.fixture(scope="module")
def coldseal(binary, tmp_path_factory):
    coldseal = Coldseal(binary, tmp_path_factory.mktemp("costs"))
    coldseal.env["AWS_REGION"] = REGION
    coldseal.run("create-secret", "--name", "there", "--secret-string", "EXAMPLE")
    made = json.loads(coldseal.run("kms", "create-key", "--key-spec", "ECC_NIST_P256", "--key-usage", "KEY_AGREEMENT"))
    coldseal.key = made["KeyMetadata"]["KeyId"]
    (coldseal.folder / "answer.json").write_bytes(coldseal.run("kms", "get-public-key", "--key-id", coldseal.key))
    return coldseal


def cost(coldseal, *args):
    """Seconds of the processor, KiB of memory, exit code and stderr of one command."""
    log = coldseal.folder / "stderr"
    with open(log, "wb") as stderr, open(coldseal.folder / "stdout", "wb") as stdout, open(os.devnull, "rb") as nothing:
        actions = [(os.POSIX_SPAWN_DUP2, given.fileno(), number) for number, given in enumerate((nothing, stdout, stderr))]
        here = os.getcwd()
        os.chdir(coldseal.folder)
        pid = os.posix_spawn(coldseal.binary, [coldseal.binary, *args], coldseal.env, file_actions=actions)
        os.chdir(here)
    _, status, usage = os.wait4(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code < 0 or code == 101:
        fail(f"{args}: {code} {log.read_bytes()[:500]}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss, code, log.read_bytes()


def listed(item, between=","):
    return lambda count: between.join(item.replace("%d", str(number)) for number in range(count))


def wrapped(before, item, after):
    return lambda count: before + listed(item)(count) + after


CREATE = ("create-secret", "--name", "new", "--secret-string", "file://value")
PACK = ("pack", "input")
INPUTS = {
    "a plan of scalars": (listed("0", " "), PACK),
    "a plan of objects": (listed("{}", "\n"), PACK),
    "a plan that is a list": (wrapped("[", "{}", "]"), PACK),
    "a plan with a name again and again": (listed('{"Name":"a"}', "\n"), PACK),
    "a plan's entry of many members": (wrapped("{", '"a%d":null', "}"), PACK),
    "a plan's tags": (wrapped('{"Name":"a","Tags":[', '{"Key":"%d"}', "]}"), PACK),
    "a plan's Regions": (wrapped('{"Name":"a","SecretString":"x","AddReplicaRegions":[', '{"Region":"r%d"}', "]}"), PACK),
    "a request's Regions": (wrapped('{"Name":"a","AddReplicaRegions":[', '{"Region":"r%d"}', "]}"), ("create-secret", "--cli-input-json", "file://input")),
    "a request's members": (wrapped("{", '"a%d":1', "}"), ("create-secret", "--cli-input-json", "file://input")),
    "Regions as JSON": (wrapped("[", '{"Region":"r%d"}', "]"), (*CREATE, "--add-replica-regions", "file://input")),
    "tags as JSON": (wrapped("[", '{"Key":"k%d"}', "]"), (*CREATE, "--tags", "file://input")),
    "tags as shorthand": (listed("k%d=v"), (*CREATE, "--tags", "file://input")),
    "a list in shorthand": (wrapped("Key=a,Value=", "x", ""), (*CREATE, "--tags", "file://input")),
    "nested shorthand": (wrapped("Key=", "{a", ""), (*CREATE, "--tags", "file://input")),
    "an encryption context as JSON": (wrapped("{", '"k%d":"v"', "}"), (*CREATE, "--encryption-context", "file://input")),
    "an encryption context as shorthand": (listed("k%d=v"), (*CREATE, "--encryption-context", "file://input")),
    "a context of kms": (wrapped("{", '"k%d":"v"', "}"),
                         ("kms", "generate-data-key", "--key-id", "alias/aws/secretsmanager", "--key-spec", "AES_256", "--encryption-context", "file://input")),
    "a schedule": (wrapped('{"ScheduleExpression":"cron(', "1", ' * * * ? *)"}'), (*CREATE, "--rotation-rules", "file://input")),
    "a policy": (wrapped('{"Statement":[', "{}", "]}"), (*CREATE, "--resource-policy", "file://input")),
    "a key file of many blocks": (listed("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", ""), ("seal", "value", "--raw-ecdh-key", "input", "-o", "out")),
    "an answer with a public key": (wrapped('{"KeyId":"', "a", '"}'), ("kms", "import-public-key", "input")),
    "a list of aliases": (wrapped('{"Aliases":[', '{"AliasName":"alias/a%d","AliasArn":"arn:aws:kms:us-west-2:000000000000:alias/a%d","TargetKeyId":"KEY"}', "]}"),
                          ("kms", "import-public-key", "answer.json", "input", "--keystore", "other.json")),
}


@pytest.mark.parametrize("name", INPUTS)
def test_four_times_the_input_takes_four_times_the_time(coldseal, name):
    make, command = INPUTS[name]
    (coldseal.folder / "value").write_text("EXAMPLE")
    taken = []
    for count in (10_000, 40_000):
        text = make(count).replace('"KEY"', f'"{coldseal.key}"')
        (coldseal.folder / "input").write_text(text)
        taken.append((len(text), *cost(coldseal, *command)))
    (_, small, _, _, _), (length, large, memory, code, told) = taken
    note(f"{name}: {small:.2f} s, four times as much {large:.2f} s, {memory >> 10} MiB, exit code {code}")
    if large > TIMES * max(small, LEAST):
        fail(f"{name}: {small:.2f} s, and four times as much {large:.2f} s: {told[:300]}")
    if memory > MEMORY + PER_BYTE * length // 1024:
        fail(f"{name}: {memory} KiB for {length} bytes")
    # What is wrong is told of each part of it.
    if len(told) > 25 * length + 10_000:
        fail(f"{name}: {len(told)} bytes on stderr for {length} bytes")


def message(ciphertexts, provider, info):
    """The header of a message with these encrypted data keys, as anybody can write it; its tag is wrong."""
    def vector(value):
        return struct.pack(">H", len(value)) + value

    keys = b"".join(vector(provider) + vector(info) + vector(ciphertext) for ciphertext in ciphertexts)
    head = b"\x02\x04\x78" + bytes(32) + b"\0\0" + struct.pack(">H", len(ciphertexts)) + keys
    return head + b"\x02" + struct.pack(">I", 4096) + bytes(32) + bytes(16)


def test_a_message_for_an_rsa_key_costs_sixteen_operations(coldseal):
    made = json.loads(coldseal.run("kms", "create-key", "--key-spec", "RSA_4096", "--key-usage", "ENCRYPT_DECRYPT"))
    arn = made["KeyMetadata"]["Arn"].encode()
    taken = []
    for count in (8, 16, 128):
        (coldseal.folder / "message").write_bytes(message([os.urandom(512) for _ in range(count)], b"aws-kms-rsa", arn))
        seconds, _, code, told = cost(coldseal, "open", "message", "-o", "out")
        if code != 254 or (b"with private keys were made for this message" in told) != (count > 8):
            fail(f"{count}: {code} {told[-500:]}")
        taken.append(seconds)
    note(f"messages with 8, 16 and 128 encrypted data keys for an RSA key: {', '.join(f'{seconds:.2f} s' for seconds in taken)}")
    if taken[2] > 2 * max(taken[0], LEAST):
        fail(f"128 encrypted data keys cost {taken[2]:.2f} s, 8 cost {taken[0]:.2f} s")


def test_a_keystore_asks_for_no_more_work_than_its_bounds(coldseal, binary, folder):
    other = Coldseal(binary, folder)
    write_secret(other.folder / "passphrase", b"an example, not a good passphrase\n")
    other.run("kms", "create-key", "--region", REGION)
    other.run("kms", "change-protection", "--to", "passphrase", "--new-passphrase-file", "passphrase")
    keystore = next(other.folder.glob("home/**/keystore.json"))
    text = keystore.read_text()
    before, _, _, _ = cost(other, "kms", "list-keys", "--region", REGION, "--passphrase-file", "passphrase")
    for old, new in (('"memoryKib":65536', '"memoryKib":1048576'), ('"iterations":3', '"iterations":16'), ('"memoryKib":65536', '"memoryKib":4294967295')):
        if old not in text:
            fail(f"no {old} in {text[:400]}")
        keystore.write_text(text.replace(old, new))
        seconds, memory, code, told = cost(other, "kms", "list-keys", "--region", REGION, "--passphrase-file", "passphrase")
        if code != 254 or b"Argon2id parameters are outside 19 MiB to 256 MiB, 2 to 8 iterations" not in told:
            fail(f"{new}: {code} {told}")
        if seconds > before + LEAST or memory > MEMORY:
            fail(f"{new}: refused after {seconds:.2f} s with {memory} KiB")
    keystore.write_text(text.replace('"memoryKib":65536', '"memoryKib":262144').replace('"iterations":3', '"iterations":8'))
    seconds, _, code, told = cost(other, "kms", "list-keys", "--region", REGION, "--passphrase-file", "passphrase")
    if code != 253 or b"passphrase" not in told:
        fail(f"the largest cost that is taken: {code} {told}")
    note(f"a changed keystore costs {seconds:.1f} s at most, its own passphrase {before:.1f} s")
