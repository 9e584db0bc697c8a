//! Public keys of keys in AWS KMS: what they can do, and who has to do the rest.

use super::*;
use crate::kms::{ImportPublicKeys, PublicKeyFile};

const RSA_2048: &str = include_str!("../../../tests/data/public-keys/rsa-2048.json");
const P256: &str = include_str!("../../../tests/data/public-keys/p256.json");

/// The service with this key imported, its Region, and the answer of GetPublicKey that it came in.
fn imported(file: &str) -> (ServiceInMemory, Region, Value) {
    let mut kms = EmbeddedKms::new(ACCOUNT.parse().expect("an account")).expect("random bytes");
    let public = PublicKeyFile::parse(file.as_bytes(), None).expect("a file to import");
    kms.import_public_keys(&ImportPublicKeys { files: vec![("file".to_owned(), public)], ..ImportPublicKeys::default() })
        .expect("imported");
    let answer: Value = serde_json::from_str(file).expect("JSON");
    let arn: crate::arn::KeyArn = text(&answer["KeyId"]).parse().expect("a key ARN");
    (ServiceInMemory::new(kms), arn.region(), answer)
}

fn refuse_in(service: &ServiceInMemory, region: Region, operation: &str, request: &Value) -> (String, String) {
    let answer = call(service, region, operation, request.to_string().as_bytes());
    assert_eq!(answer.status, 400, "{operation}");
    refusal_of(&answer)
}

#[test]
fn the_public_part_answers_and_the_rest_is_for_aws() {
    let (service, region, answer) = imported(RSA_2048);
    let key = json!({ "KeyId": answer["KeyId"] });
    let public = ask_in(&service, region, "GetPublicKey", &key);
    assert_eq!((&public["PublicKey"], &public["KeyId"]), (&answer["PublicKey"], &answer["KeyId"]));
    let metadata = ask_in(&service, region, "DescribeKey", &key)["KeyMetadata"].clone();
    assert_eq!((&metadata["Arn"], &metadata["KeySpec"], &metadata["ImportDate"]), (&answer["KeyId"], &json!("RSA_2048"), &Value::Null));
    assert_eq!(ask_in(&service, region, "ListKeys", &json!({}))["Keys"][0]["KeyArn"], answer["KeyId"]);

    let request = json!({ "KeyId": answer["KeyId"], "Plaintext": "eA==", "EncryptionAlgorithm": "RSAES_OAEP_SHA_256" });
    let encrypted = ask_in(&service, region, "Encrypt", &request);
    assert_eq!(encrypted["KeyId"], answer["KeyId"]);
    let request =
        json!({ "KeyId": answer["KeyId"], "CiphertextBlob": encrypted["CiphertextBlob"], "EncryptionAlgorithm": "RSAES_OAEP_SHA_256" });
    for (operation, request) in [("Decrypt", &request), ("DisableKey", &key), ("ScheduleKeyDeletion", &key), ("GetKeyPolicy", &key)] {
        let (name, message) = refuse_in(&service, region, operation, request);
        assert_eq!(name, "UnsupportedOperationException", "{operation}");
        assert!(message.contains("is for AWS KMS alone"), "{message}");
    }
}

#[test]
fn a_public_key_on_a_curve_derives_nothing_here() {
    let (service, region, answer) = imported(P256);
    let request = json!({ "KeyId": answer["KeyId"], "KeyAgreementAlgorithm": "ECDH", "PublicKey": answer["PublicKey"] });
    let (name, message) = refuse_in(&service, region, "DeriveSharedSecret", &request);
    assert_eq!(name, "UnsupportedOperationException");
    assert!(message.contains("is for AWS KMS alone"), "{message}");
}
