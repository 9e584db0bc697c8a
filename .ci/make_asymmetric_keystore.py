"""Writes a keystore with a key of each asymmetric key spec, from docs/formats.md alone, and the answers that coldseal has to give with it.

Usage: make_asymmetric_keystore.py FOLDER

Into FOLDER go keystore-v1-asymmetric.json, its .key and its .answers.json, as in tests/data, with fresh keys. test_interop_generated_data.py has
coldseal give those answers.
"""

import base64
import json
import os
import sys
import uuid
from datetime import datetime, timezone
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

NAME = "keystore-v1-asymmetric"
REGION, REPLICA_REGION = "us-west-2", "eu-west-1"
RSA = {"RSA_2048": 2048, "RSA_3072": 3072, "RSA_4096": 4096}
CURVES = {"ECC_NIST_P256": ec.SECP256R1(), "ECC_NIST_P384": ec.SECP384R1(), "ECC_NIST_P521": ec.SECP521R1()}
OAEP = {"RSAES_OAEP_SHA_1": hashes.SHA1(), "RSAES_OAEP_SHA_256": hashes.SHA256()}
MULTI_REGION, DEFAULT = "RSA_2048", "RSA_4096"
# Whole milliseconds: coldseal keeps no more, and has to write the same bytes again.
NOW = datetime.now(timezone.utc).replace(microsecond=125_000).isoformat(timespec="microseconds")


def b64(data):
    return base64.b64encode(data).decode()


def compact(document):
    return json.dumps(document, separators=(",", ":")).encode()


def public_der(private):
    return private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def key(description, id_, **content):
    head = {"id": id_, "manager": "CUSTOMER", "state": "Enabled", "description": description, "creationDate": NOW}
    return {**head, **content}


def key_pair(spec, private):
    der = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return {"keySpec": spec, "keyUsage": "ENCRYPT_DECRYPT" if spec in RSA else "KEY_AGREEMENT", "privateKey": b64(der)}


def state(pairs, ids):
    """The content of the keystore: the pairs and a symmetric key in one Region, one pair in another too. Lists are in the order of ids and names."""
    related = {"multiRegion": {"primaryRegion": REGION, "replicaRegions": [REPLICA_REGION]}}
    keys = [key(spec, ids[spec], keyPair=key_pair(spec, private), **(related if spec == MULTI_REGION else {})) for spec, private in pairs.items()]
    material = {"id": b64(os.urandom(32)), "creationDate": NOW, "key": b64(os.urandom(32))}
    keys.append(key("symmetric", ids["symmetric"], materials=[material]))
    replica = key("replica", ids[MULTI_REGION], keyPair=key_pair(MULTI_REGION, pairs[MULTI_REGION]), **related)
    alias = {name: {"name": f"alias/{name}", "targetKeyId": id_, "creationDate": NOW, "lastUpdatedDate": NOW} for name, id_ in ids.items()}
    return {
        "account": "111122223333",
        "lastWritten": NOW,
        "comparisonKey": {"id": str(uuid.uuid4()), "key": b64(os.urandom(32))},
        "optedInRegions": [],
        "regions": [
            {"region": REPLICA_REGION, "keys": [replica], "aliases": []},
            {
                "region": REGION,
                "keys": sorted(keys, key=lambda each: each["id"]),
                "aliases": [alias[name] for name in sorted(alias)],
                "defaultKeyId": ids[DEFAULT],
            },
        ],
    }


def hkdf(secret, salt, info):
    return HKDF(hashes.SHA512(), 32, salt, info).derive(secret)


def sealed(content, key_file):
    """The keystore's bytes. Each key is used once, so the IV is zeros; the header is authenticated as it stands in the file."""
    root, salt, content_salt, keystore_id = os.urandom(32), os.urandom(32), os.urandom(32), str(uuid.uuid4())
    slot = b"coldseal keystore v1 slot"
    wrapped = AESGCM(hkdf(key_file, salt, slot)).encrypt(bytes(12), root, slot + keystore_id.encode() + b"\x01" + salt)
    header = compact(
        {
            "format": 1,
            "keystoreId": keystore_id,
            "slot": {"keyFile": {"salt": b64(salt), "wrappedRootKey": b64(wrapped)}},
            "contentSalt": b64(content_salt),
        }
    )
    encrypted = AESGCM(hkdf(root, content_salt, b"coldseal keystore v1 content")).encrypt(bytes(12), content, header)
    return b'{"header":' + header + b',"content":"' + b64(encrypted).encode() + b'"}\n'


def answers(pairs, ids):
    """What these keys have to give: public keys, plaintexts of ciphertexts, secrets shared with public keys of others."""
    shown = [{"KeySpec": spec, "KeyId": ids[spec], "PublicKey": b64(public_der(private))} for spec, private in pairs.items()]
    ciphertexts, secrets = [], []
    for spec in RSA:
        for algorithm, digest in OAEP.items():
            plaintext = f"attack at dawn by {algorithm}"
            blob = pairs[spec].public_key().encrypt(plaintext.encode(), padding.OAEP(padding.MGF1(digest), digest, None))
            ciphertexts.append({"KeyId": ids[spec], "EncryptionAlgorithm": algorithm, "CiphertextBlob": b64(blob), "Plaintext": plaintext})
    for spec, curve in CURVES.items():
        other = ec.generate_private_key(curve)
        secret = other.exchange(ec.ECDH(), pairs[spec].public_key())
        secrets.append({"KeyId": ids[spec], "PublicKey": b64(public_der(other)), "SharedSecret": b64(secret)})
    return {"PublicKeys": shown, "Ciphertexts": ciphertexts, "SharedSecrets": secrets}


def main(folder):
    folder = Path(folder).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    pairs = {spec: rsa.generate_private_key(public_exponent=65537, key_size=bits) for spec, bits in RSA.items()}
    pairs |= {spec: ec.generate_private_key(curve) for spec, curve in CURVES.items()}
    ids = {name: str(uuid.uuid4()) for name in [*pairs, "symmetric"]} | {MULTI_REGION: f"mrk-{uuid.uuid4().hex}"}
    expected, key_file = answers(pairs, ids), os.urandom(32)
    files = {
        ".json": sealed(compact(state(pairs, ids)), key_file),
        ".key": key_file,
        ".answers.json": json.dumps(expected, indent=4).encode() + b"\n",
    }
    for suffix, content in files.items():
        path = folder / f"{NAME}{suffix}"
        path.write_bytes(content)
        path.chmod(0o600)


if __name__ == "__main__":
    main(*sys.argv[1:])
