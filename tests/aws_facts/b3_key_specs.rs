//! Section B3: the key spec of symmetric keys.

use serde_json::json;

use crate::account::Account;

#[test]
fn b3_symmetric_default() {
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
    for usage in ["SIGN_VERIFY", "KEY_AGREEMENT"] {
        let (code, _, _) = account.run(&format!("kms create-key --key-usage {usage}"));
        assert_ne!(code, Some(0), "{usage}");
    }
    for algorithm in ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "SM2PKE"] {
        for line in [format!("encrypt --plaintext fileb://plain --key-id {id}"), format!("decrypt --ciphertext-blob {blob}")] {
            let refusal = account.refusal(&format!("kms {line} --encryption-algorithm {algorithm}"));
            assert_eq!(refusal.name, "InvalidKeyUsageException", "{line} {algorithm}");
        }
    }
}
