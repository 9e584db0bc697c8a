//! `docs/aws.md`, "Key specs", the usages that go with each, and its algorithms.

use serde_json::{Value, json};

use crate::{
    account::Account,
    asymmetric_keys::{CURVE_KEYS, RSA_KEYS},
};

#[test]
fn symmetric_keys_need_no_key_spec() {
    let account = Account::new();
    account.0.write("plain", "x");
    let key = account.key("--key-spec SYMMETRIC_DEFAULT --key-usage ENCRYPT_DECRYPT");
    let members = ["KeySpec", "CustomerMasterKeySpec", "KeyUsage", "EncryptionAlgorithms", "Origin"].map(|name| &key[name]);
    let expected = [
        &json!("SYMMETRIC_DEFAULT"),
        &json!("SYMMETRIC_DEFAULT"),
        &json!("ENCRYPT_DECRYPT"),
        &json!(["SYMMETRIC_DEFAULT"]),
        &json!("AWS_KMS"),
    ];
    assert_eq!(members, expected);
    // Neither has to be said.
    let unsaid = account.key("");
    assert_eq!((&unsaid["KeySpec"], &unsaid["KeyUsage"]), (&key["KeySpec"], &key["KeyUsage"]));
    // AES-256-GCM: beside the plaintext a blob has version, key id, material id, salt and tag.
    let id = key["KeyId"].as_str().expect("an id");
    let blob = account.text(&format!("kms encrypt --plaintext fileb://plain --key-id {id} --query CiphertextBlob"));
    assert_eq!(blob.trim_end_matches('=').len() * 3 / 4, 1 + 36 + 32 + 32 + 1 + 16);
    // Another usage than encryption does not go with it.
    account.refuses(
        "kms create-key --key-usage KEY_AGREEMENT",
        "ValidationException",
        "KeyUsage KEY_AGREEMENT is not compatible with KeySpec SYMMETRIC_DEFAULT",
    );
    assert_eq!(account.refusal("kms create-key --key-usage SIGN_VERIFY").name, "UnsupportedOperationException");
    let [encrypt, decrypt] = [format!("encrypt --plaintext fileb://plain --key-id {id}"), format!("decrypt --ciphertext-blob {blob}")];
    for algorithm in ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"] {
        let message = format!("Algorithm {algorithm} is incompatible with key spec SYMMETRIC_DEFAULT.");
        for line in [&encrypt, &format!("{decrypt} --key-id {id}")] {
            account.refuses(&format!("kms {line} --encryption-algorithm {algorithm}"), "InvalidKeyUsageException", &message);
        }
    }
    // SM4 and SM2 are for Regions in China.
    for line in [&encrypt, &decrypt] {
        let refusal = account.refusal(&format!("kms {line} --encryption-algorithm SM2PKE"));
        assert_eq!(refusal.name, "UnsupportedOperationException", "{line}");
    }
}

#[test]
fn rsa_keys_encrypt() {
    for spec in RSA_KEYS {
        check_key_pair(spec, "ENCRYPT_DECRYPT", "EncryptionAlgorithms", &json!(["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"]));
    }
}

#[test]
fn nist_curves_agree_on_keys() {
    for spec in CURVE_KEYS {
        check_key_pair(spec, "KEY_AGREEMENT", "KeyAgreementAlgorithms", &json!(["ECDH"]));
    }
}

/// A key with this spec has this usage and these algorithms, and another one of the usages that are here is refused.
fn check_key_pair(spec: &str, usage: &str, member: &str, algorithms: &Value) {
    let account = Account::new();
    let key = account.key(&format!("--key-spec {spec} --key-usage {usage}"));
    let members = ["KeySpec", "CustomerMasterKeySpec", "KeyUsage", "Origin"].map(|name| &key[name]);
    assert_eq!(members, [&json!(spec), &json!(spec), &json!(usage), &json!("AWS_KMS")]);
    let others = ["EncryptionAlgorithms", "KeyAgreementAlgorithms", "SigningAlgorithms", "CurrentKeyMaterialId"];
    for name in others.into_iter().filter(|name| *name != member) {
        assert_eq!(key.get(name), None, "{spec}: {name}");
    }
    assert_eq!(&key[member], algorithms, "{spec}");
    let other = if usage == "KEY_AGREEMENT" { "ENCRYPT_DECRYPT" } else { "KEY_AGREEMENT" };
    account.refuses(
        &format!("kms create-key --key-spec {spec} --key-usage {other}"),
        "ValidationException",
        &format!("KeyUsage {other} is not compatible with KeySpec {spec}"),
    );
    let refusal = account.refusal(&format!("kms create-key --key-spec {spec} --key-usage SIGN_VERIFY"));
    assert_eq!(refusal.name, "UnsupportedOperationException", "{spec}");
    assert_eq!(account.json("kms list-keys --query length(Keys)"), 1, "a refused request makes no key");
}

#[test]
fn key_pairs_need_a_key_usage() {
    let account = Account::new();
    for spec in RSA_KEYS.iter().chain(&CURVE_KEYS) {
        account.refuses(
            &format!("kms create-key --key-spec {spec}"),
            "ValidationException",
            "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.",
        );
    }
}

/// What only AWS has is told apart from what nobody has.
#[test]
fn key_specs_that_only_aws_has_are_told_apart() {
    let account = Account::new();
    for (spec, usage) in [
        ("ECC_SECG_P256K1", "SIGN_VERIFY"),
        ("ECC_NIST_EDWARDS25519", "SIGN_VERIFY"),
        ("HMAC_224", "GENERATE_VERIFY_MAC"),
        ("HMAC_512", "GENERATE_VERIFY_MAC"),
        ("ML_DSA_44", "SIGN_VERIFY"),
        ("ML_DSA_87", "SIGN_VERIFY"),
        ("ML_KEM_512", "ENCAPSULATE_DECAPSULATE"),
        ("ML_KEM_1024", "ENCAPSULATE_DECAPSULATE"),
        ("SM2", "ENCRYPT_DECRYPT"),
    ] {
        let refusal = account.refusal(&format!("kms create-key --key-spec {spec} --key-usage {usage}"));
        assert_eq!(refusal.name, "UnsupportedOperationException", "{spec}");
        assert!(refusal.message.contains(spec), "{}", refusal.message);
    }
    assert_eq!(account.refusal("kms create-key --key-spec RSA_1024 --key-usage ENCRYPT_DECRYPT").name, "ValidationException");
}

/// KMS cannot warn of a public key whose usage or algorithm does not match; what was wrapped under it would be lost.
#[test]
fn a_public_key_that_does_not_match_is_refused() {
    let account = Account::new();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/public-keys/rsa-2048.json");
    let answer = std::fs::read_to_string(file).expect("a file");
    for (from, to) in
        [("ENCRYPT_DECRYPT", "SIGN_VERIFY"), ("RSAES_OAEP_SHA_256", "RSASSA_PSS_SHA_256"), ("EncryptionAlgorithms", "SigningAlgorithms")]
    {
        assert!(answer.contains(from), "{from}");
        account.0.write("key.json", answer.replace(from, to));
        let refusal = account.refusal("kms import-public-key key.json");
        assert_eq!((&refusal.name[..], &refusal.operation[..]), ("InvalidKeyUsageException", "ImportPublicKey"), "{to}");
    }
    account.0.write("key.json", answer.replace("RSA_2048", "RSA_3072"));
    assert_eq!(account.refusal("kms import-public-key key.json").name, "ValidationException");
    // The whole answer is kept.
    account.0.write("key.json", &answer);
    let arn = account.json("kms import-public-key key.json --query Keys[0].KeyId");
    let arn = arn.as_str().expect("an ARN");
    let region = arn.split(':').nth(3).expect("a Region");
    let kept = account.json(&format!("kms get-public-key --region {region} --key-id {arn}"));
    assert_eq!(kept, serde_json::from_str::<Value>(&answer).expect("JSON"));
}
