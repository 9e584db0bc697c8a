//! Asymmetric keys, as far as `docs/aws.md` tells of them. Their key specs stand in [`crate::key_specs`], their states in [`crate::key_states`].

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::account::{Account, members};

pub(crate) const RSA_KEYS: [&str; 3] = ["RSA_2048", "RSA_3072", "RSA_4096"];
pub(crate) const CURVE_KEYS: [&str; 3] = ["ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521"];
const VALIDATION: &str = "ValidationException";
const DRY_RUN: &str = "The request would have succeeded, but the DryRun option is set.";

/// Makes a key; gives its metadata.
fn rsa(account: &Account, spec: &str) -> Value {
    account.key(&format!("--key-usage ENCRYPT_DECRYPT --key-spec {spec}"))
}

fn curve(account: &Account, spec: &str) -> Value {
    account.key(&format!("--key-usage KEY_AGREEMENT --key-spec {spec}"))
}

fn id_of(key: &Value) -> &str {
    key["KeyId"].as_str().expect("an id")
}

/// The DER of a key's public part, in the file `peer.der` of another account.
fn give_public_key(from: &Account, key: &Value, to: &Account) {
    let public_key = from.text(&format!("kms get-public-key --key-id {} --query PublicKey", id_of(key)));
    to.0.write("peer.der", STANDARD.decode(public_key).expect("base64"));
}

#[test]
fn oaep_limits_the_plaintext() {
    let account = Account::new();
    for (spec, sha1, sha256) in [("RSA_2048", 214, 190), ("RSA_3072", 342, 318), ("RSA_4096", 470, 446)] {
        let key = rsa(&account, spec);
        for (algorithm, limit) in [("RSAES_OAEP_SHA_1", sha1), ("RSAES_OAEP_SHA_256", sha256)] {
            let on_key = format!("--key-id {} --encryption-algorithm {algorithm}", id_of(&key));
            let encrypt = format!("kms encrypt --plaintext fileb://plain {on_key} --query CiphertextBlob");
            let longest = vec![7; limit];
            account.0.write("plain", &longest);
            let blob = STANDARD.decode(account.text(&encrypt)).expect("base64");
            // The bare ciphertext of RSA: as long as the modulus.
            assert_eq!(blob.len() * 8, spec.trim_start_matches("RSA_").parse::<usize>().expect("bits"));
            account.0.write("blob", blob);
            let opened = account.text(&format!("kms decrypt --ciphertext-blob fileb://blob {on_key} --query Plaintext"));
            assert_eq!(STANDARD.decode(opened).expect("base64"), longest);
            account.0.write("plain", vec![7; limit + 1]);
            let message = format!("Algorithm {algorithm} and key spec {spec} cannot encrypt data larger than {limit} bytes.");
            account.refuses(&encrypt, VALIDATION, &message);
        }
    }
}

#[test]
fn the_encryption_context_is_for_symmetric_keys() {
    let account = Account::new();
    account.0.write("plain", "x");
    let key = rsa(&account, "RSA_2048");
    let on_key = format!("--key-id {} --encryption-algorithm RSAES_OAEP_SHA_256", id_of(&key));
    let encrypt = format!("kms encrypt --plaintext fileb://plain {on_key}");
    let blob = account.text(&format!("{encrypt} --query CiphertextBlob"));
    for line in [encrypt, format!("kms decrypt --ciphertext-blob {blob} {on_key}")] {
        account.refuses(
            &format!("{line} --encryption-context a=b"),
            VALIDATION,
            "EncryptionContext is not supported when encrypting/decrypting with asymmetric CMKs.",
        );
    }
}

/// An alias stays with keys of one type and usage.
#[test]
fn an_alias_moves_to_the_same_type_and_usage() {
    let account = Account::new();
    let keys = [account.key(""), rsa(&account, "RSA_2048"), curve(&account, "ECC_NIST_P256")];
    for (number, key) in keys.iter().enumerate() {
        account.json(&format!("kms create-alias --alias-name alias/{number} --target-key-id {}", id_of(key)));
        for other in keys.iter().filter(|other| *other != key) {
            let refusal = account.refusal(&format!("kms update-alias --alias-name alias/{number} --target-key-id {}", id_of(other)));
            assert_eq!((&refusal.name[..], &refusal.operation[..]), (VALIDATION, "UpdateAlias"));
        }
    }
    // Another key spec of the same type and usage will do.
    let same = curve(&account, "ECC_NIST_P384");
    account.json(&format!("kms update-alias --alias-name alias/2 --target-key-id {}", id_of(&same)));
    assert_eq!(account.json("kms describe-key --key-id alias/2 --query KeyMetadata.Arn"), same["Arn"]);
}

#[test]
fn get_public_key() {
    let account = Account::new();
    let (code, _, stderr) = account.run("kms get-public-key");
    assert!(code == Some(252) && stderr.contains("  --key-id <"), "{stderr}");
    for (key, algorithms) in
        [(rsa(&account, "RSA_2048"), "EncryptionAlgorithms"), (curve(&account, "ECC_NIST_P384"), "KeyAgreementAlgorithms")]
    {
        let alias = format!("alias/{algorithms}");
        account.json(&format!("kms create-alias --alias-name {alias} --target-key-id {}", id_of(&key)));
        let answer = account.json(&format!("kms get-public-key --key-id {}", id_of(&key)));
        assert_eq!(members(&answer), ["KeyId", "PublicKey", "CustomerMasterKeySpec", "KeySpec", "KeyUsage", algorithms]);
        assert_eq!(answer["KeyId"], key["Arn"]);
        for member in ["KeySpec", "CustomerMasterKeySpec", "KeyUsage", algorithms] {
            assert_eq!(answer[member], key[member], "{member}");
        }
        // A SubjectPublicKeyInfo: a sequence that begins with a sequence.
        let der = STANDARD.decode(answer["PublicKey"].as_str().expect("base64")).expect("base64");
        assert_eq!(der.first(), Some(&0x30));
        assert_eq!(account.json(&format!("kms get-public-key --key-id {alias}")), answer);
    }
    let symmetric = account.key("");
    assert_eq!(account.refusal(&format!("kms get-public-key --key-id {}", id_of(&symmetric))).name, "UnsupportedOperationException");
    assert_eq!(account.refusal("kms get-public-key --key-id arn:x").name, "InvalidArnException");
    assert_eq!(account.refusal("kms get-public-key --key-id alias/none").name, "NotFoundException");
}

#[test]
fn derive_shared_secret() {
    for (spec, bytes) in CURVE_KEYS.into_iter().zip([32, 48, 66]) {
        let [one, other] = [(); 2].map(|()| Account::new());
        let [key, peer] = [&one, &other].map(|account| curve(account, spec));
        give_public_key(&one, &key, &other);
        give_public_key(&other, &peer, &one);
        let derive = |key: &Value| {
            format!("kms derive-shared-secret --key-agreement-algorithm ECDH --public-key fileb://peer.der --key-id {}", id_of(key))
        };
        let answer = one.json(&derive(&key));
        assert_eq!(members(&answer), ["KeyId", "SharedSecret", "KeyAgreementAlgorithm", "KeyOrigin"]);
        assert_eq!(
            (&answer["KeyId"], &answer["KeyAgreementAlgorithm"], &answer["KeyOrigin"]),
            (&key["Arn"], &json!("ECDH"), &json!("AWS_KMS"))
        );
        // The x coordinate, which both sides get.
        let secret = STANDARD.decode(answer["SharedSecret"].as_str().expect("base64")).expect("base64");
        assert_eq!((secret.len(), &answer["SharedSecret"]), (bytes, &other.json(&derive(&peer))["SharedSecret"]), "{spec}");
        one.refuses(&format!("{} --dry-run", derive(&key)), "DryRunOperationException", DRY_RUN);
    }
}

#[test]
fn derive_shared_secret_refuses() {
    let account = Account::new();
    let key = curve(&account, "ECC_NIST_P256");
    give_public_key(&account, &key, &account);
    let derive = "kms derive-shared-secret --key-agreement-algorithm ECDH --public-key fileb://peer.der --key-id";
    for (left_out, flag) in
        [("--key-agreement-algorithm ECDH", "--key-agreement-algorithm"), ("--public-key fileb://peer.der", "--public-key")]
    {
        let (code, _, stderr) = account.run(&format!("{} {}", derive.replace(left_out, ""), id_of(&key)));
        assert!(code == Some(252) && stderr.contains(&format!("  {flag} <")), "{stderr}");
    }
    // The same curve, and the usage for it.
    let other = curve(&account, "ECC_NIST_P384");
    assert_eq!(account.refusal(&format!("{derive} {}", id_of(&other))).name, VALIDATION);
    for key in [rsa(&account, "RSA_2048"), account.key("")] {
        let message =
            format!("{} key usage is ENCRYPT_DECRYPT which is not valid for DeriveSharedSecret.", key["Arn"].as_str().expect("an ARN"));
        account.refuses(&format!("{derive} {}", id_of(&key)), "InvalidKeyUsageException", &message);
    }
    account.0.write("peer.der", "x");
    assert_eq!(account.refusal(&format!("{derive} {}", id_of(&key))).name, VALIDATION);
    assert_eq!(account.refusal(&format!("{derive} arn:x")).name, "InvalidArnException");
}

#[test]
fn encrypt_and_decrypt_under_rsa() {
    let account = Account::new();
    account.0.write("plain", "x");
    let key = rsa(&account, "RSA_2048");
    let other = rsa(&account, "RSA_2048");
    for algorithm in ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"] {
        let by = format!("--encryption-algorithm {algorithm}");
        let encrypt = format!("kms encrypt --plaintext fileb://plain --key-id {} {by}", id_of(&key));
        let made = account.json(&encrypt);
        assert_eq!(made, json!({ "CiphertextBlob": made["CiphertextBlob"], "KeyId": key["Arn"], "EncryptionAlgorithm": algorithm }));
        account.refuses(&format!("{encrypt} --dry-run"), "DryRunOperationException", DRY_RUN);
        let decrypt = format!("kms decrypt --ciphertext-blob {} {by}", made["CiphertextBlob"].as_str().expect("base64"));
        let opened = account.json(&format!("{decrypt} --key-id {}", id_of(&key)));
        assert_eq!(opened, json!({ "KeyId": key["Arn"], "Plaintext": "eA==", "EncryptionAlgorithm": algorithm }));
        // KeyId is required, as the ciphertext names no key.
        assert_eq!(account.refusal(&decrypt).name, VALIDATION);
        account.refuses(&format!("{decrypt} --key-id {}", id_of(&other)), "InvalidCiphertextException", "");
        account.refuses(&format!("{decrypt} --key-id {} --dry-run", id_of(&key)), "DryRunOperationException", DRY_RUN);
    }
    let message = "Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048.";
    account.refuses(&format!("kms encrypt --plaintext fileb://plain --key-id {}", id_of(&key)), "InvalidKeyUsageException", message);
}

#[test]
fn re_encrypt_between_kinds() {
    let account = Account::new();
    account.0.write("plain", "x");
    let (pair, symmetric) = (rsa(&account, "RSA_2048"), account.key(""));
    let (algorithm, by_default) = ("RSAES_OAEP_SHA_256", "SYMMETRIC_DEFAULT");
    let blob = account.text(&format!(
        "kms encrypt --plaintext fileb://plain --key-id {} --encryption-algorithm {algorithm} --query CiphertextBlob",
        id_of(&pair)
    ));
    let there = account.json(&format!(
        "kms re-encrypt --ciphertext-blob {blob} --source-key-id {} --source-encryption-algorithm {algorithm} --destination-key-id {}",
        id_of(&pair),
        id_of(&symmetric)
    ));
    let algorithms = |answer: &Value| ["Source", "Destination"].map(|side| answer[format!("{side}EncryptionAlgorithm")].clone());
    assert_eq!(algorithms(&there), [json!(algorithm), json!(by_default)]);
    let back = account.json(&format!(
        "kms re-encrypt --ciphertext-blob {} --destination-key-id {} --destination-encryption-algorithm {algorithm}",
        there["CiphertextBlob"].as_str().expect("base64"),
        id_of(&pair)
    ));
    assert_eq!(algorithms(&back), [json!(by_default), json!(algorithm)]);
    assert_eq!((&back["SourceKeyId"], &back["KeyId"]), (&symmetric["Arn"], &pair["Arn"]));
    // Only a symmetric key has versions of its material.
    assert_eq!(["Source", "Destination"].map(|side| back.get(format!("{side}KeyMaterialId")).is_some()), [true, false]);
}

#[test]
fn generate_data_key_takes_symmetric_keys_only() {
    let account = Account::new();
    for key in [rsa(&account, "RSA_2048"), curve(&account, "ECC_NIST_P256")] {
        for command in ["generate-data-key", "generate-data-key-without-plaintext"] {
            let refusal = account.refusal(&format!("kms {command} --key-spec AES_256 --key-id {}", id_of(&key)));
            assert_eq!(refusal.name, "InvalidKeyUsageException", "{command}");
        }
    }
}

/// Rotation is for symmetric keys.
#[test]
fn asymmetric_keys_do_not_rotate() {
    let account = Account::new();
    let key = curve(&account, "ECC_NIST_P256");
    for command in ["enable-key-rotation", "rotate-key-on-demand"] {
        assert_eq!(account.refusal(&format!("kms {command} --key-id {}", id_of(&key))).name, "UnsupportedOperationException", "{command}");
    }
}

/// A sibling has the same key pair.
#[test]
fn siblings_have_the_same_key_pair() {
    let account = Account::new();
    account.0.write("plain", "x");
    for (kind, usage) in [("RSA_2048", "ENCRYPT_DECRYPT"), ("ECC_NIST_P256", "KEY_AGREEMENT")] {
        let key = account.key(&format!("--multi-region --key-spec {kind} --key-usage {usage}"));
        let id = id_of(&key);
        account.json(&format!("kms replicate-key --key-id {id} --replica-region eu-west-1"));
        let [primary, replica] =
            ["us-west-2", "eu-west-1"].map(|region| account.json(&format!("kms get-public-key --region {region} --key-id {id}")));
        assert_eq!(primary["PublicKey"], replica["PublicKey"]);
        assert_ne!(primary["KeyId"], replica["KeyId"]);
        if usage == "ENCRYPT_DECRYPT" {
            let by = format!("--key-id {id} --encryption-algorithm RSAES_OAEP_SHA_256");
            let blob = account.text(&format!("kms encrypt --plaintext fileb://plain {by} --query CiphertextBlob"));
            let opened = account.text(&format!("kms decrypt --region eu-west-1 --ciphertext-blob {blob} {by} --query Plaintext"));
            assert_eq!(opened, "eA==");
        }
    }
}
