//! What is taken for an answer.

use aws_sdk_kms::primitives::Blob;

use super::{super::answer::secret, *};
use crate::{
    crypto::{Curve, EcPrivateKey, SystemRandom},
    error::{Error, Result},
    keyring::{CiphertextBlob, Kms as _},
    kms::{OnlineKey, OnlineKms as _},
};

/// The error that a call ends with, after one request: what cannot be used is not asked for again.
fn unused<T: fmt::Debug>(body: &Value, call: impl FnOnce(&AwsKms, &KeyArn) -> Result<T>) -> String {
    let memory = Memory::answering(ok(body));
    let error = call(&memory.kms(), &arn("us-east-1")).expect_err("an answer that may not be used");
    assert!(matches!(error, Error::NoAnswer { .. }), "{body}: {error:?}");
    assert_eq!(memory.sent().len(), 1, "{body}");
    error.to_string()
}

fn generate(kms: &AwsKms, key: &KeyArn) -> Result<()> {
    kms.generate_data_key(key, &context()).map(drop)
}

#[test]
fn a_data_key_is_used_only_if_everything_about_it_is_right() {
    let (own, other) = (arn("us-east-1").to_string(), arn("us-east-2").to_string());
    let answer = |key: &str, plaintext: &[u8], blob: &[u8]| json!({ "KeyId": key, "Plaintext": BASE64.encode(plaintext), "CiphertextBlob": BASE64.encode(blob) });
    let cases = [
        (answer(&other, &[7; 32], b"blob"), "the answer is of another key, arn:aws:kms:us-east-2:"),
        (answer(ID, &[7; 32], b"blob"), "the answer is of another key, 1234abcd-"),
        (answer("a\u{1b}[2Jb\n", &[7; 32], b"blob"), "the answer is of another key, a [2Jb"),
        (answer(&own, &[7; 31], b"blob"), "its Plaintext is not of 32 bytes"),
        (answer(&own, &[7; 64], b"blob"), "its Plaintext is not of 32 bytes"),
        (answer(&own, &[], b"blob"), "its Plaintext is not of 32 bytes"),
        (answer(&own, &[7; 32], b""), "its CiphertextBlob is empty"),
        (answer(&own, &[7; 32], &[1; 6145]), "its CiphertextBlob is over 6144 bytes"),
        (json!({}), "the answer names no key"),
        (json!({ "KeyId": own }), "its Plaintext is not of 32 bytes"),
    ];
    for (body, reason) in cases {
        let text = unused(&body, generate);
        assert!(text.starts_with(&format!("calling GenerateDataKey in us-east-1 with {own}: {reason}")), "{text}");
        assert!(!text.contains(&BASE64.encode([7; 32])) && !text.contains("BwcHBw"), "{text}");
    }
}

#[test]
fn a_secret_is_moved_and_not_copied() {
    let bytes = vec![7; 32];
    let place = bytes.as_ptr();
    assert_eq!(secret(Some(Blob::new(bytes))).expose().as_ptr(), place);
}

#[test]
fn the_other_answers_are_checked_too() {
    let other = arn("us-east-2").to_string();
    let own = arn("us-east-1").to_string();
    let (secret, blob) = (BASE64.encode([7; 32]), CiphertextBlob(b"blob".to_vec()));

    unused(&json!({ "KeyId": other, "CiphertextBlob": secret }), |kms, key| kms.encrypt(key, &[7; 32], &context()));
    unused(&json!({ "KeyId": own }), |kms, key| kms.encrypt(key, &[7; 32], &context()));
    unused(&json!({ "KeyId": other, "Plaintext": secret }), |kms, key| kms.decrypt(key, &blob, &context()));
    unused(&json!({ "KeyId": own }), |kms, key| kms.decrypt(key, &blob, &context()));
    unused(&json!({ "KeyId": own, "Plaintext": BASE64.encode([7; 4097]) }), |kms, key| kms.decrypt(key, &blob, &context()));

    let peer = EcPrivateKey::generate(Curve::P384, &SystemRandom).expect("a key");
    let derive = |kms: &AwsKms, key: &KeyArn| kms.derive_shared_secret(key, peer.public_key());
    unused(&json!({ "KeyId": own, "SharedSecret": secret }), derive);
    unused(&json!({ "KeyId": other, "SharedSecret": BASE64.encode([7; 48]) }), derive);
    let taken = Memory::answering(ok(&json!({ "KeyId": ID, "SharedSecret": BASE64.encode([7; 48]) })));
    assert_eq!(derive(&taken.kms(), &arn("us-east-1")).expect("a key by its id").expose(), [7; 48]);
}

#[test]
fn a_description_is_of_the_key_asked_for() {
    let answer = |arn: &str| json!({ "KeyMetadata": { "Arn": arn, "KeyId": ID, "KeySpec": "RSA_2048" } });
    let own = arn("us-east-1").to_string();
    let other_id = own.replace("1234abcd", "4321abcd");
    let describe = |key: &'static str| move |kms: &AwsKms, _: &KeyArn| kms.describe_key(region("us-east-1"), key);

    unused(&json!({}), describe("alias/example"));
    unused(&answer("not an ARN"), describe("alias/example"));
    unused(&answer(&arn("us-east-2").to_string()), describe("alias/example"));
    unused(&answer(&other_id), describe(ID));
    unused(&answer(&other_id), |kms, key| kms.describe_key(key.region(), &key.to_string()));

    for key in ["alias/example", ID, "arn:aws:kms:us-east-1:111122223333:alias/example"] {
        let found = Memory::answering(ok(&answer(&own))).kms().describe_key(region("us-east-1"), key).expect("described");
        let expected = OnlineKey::new(arn("us-east-1"), "RSA_2048", "ENCRYPT_DECRYPT", "");
        assert_eq!(found, expected, "{key}");
    }
}

#[test]
fn a_public_key_is_of_the_key_asked_for() {
    let curve = EcPrivateKey::generate(Curve::P256, &SystemRandom).expect("a key").public_key().to_spki_der().to_vec();
    let other_curve = EcPrivateKey::generate(Curve::P384, &SystemRandom).expect("a key").public_key().to_spki_der().to_vec();
    let own = arn("us-east-1").to_string();
    let described = OnlineKey::new(arn("us-east-1"), "ECC_NIST_P256", "KEY_AGREEMENT", "Enabled");
    let answer = |key: &str, spec: &str, usage: &str, der: &[u8]| json!({ "KeyId": key, "KeySpec": spec, "KeyUsage": usage, "PublicKey": BASE64.encode(der) });
    let longer = [curve.as_slice(), &[0]].concat();
    let cases = [
        (answer(&arn("us-east-2").to_string(), "ECC_NIST_P256", "KEY_AGREEMENT", &curve), "the answer is of another key"),
        (json!({ "PublicKey": BASE64.encode(&curve) }), "the answer names no key"),
        (json!({ "KeyId": own }), "its PublicKey is not one of ECC_NIST_P256"),
        (answer(&own, "ECC_NIST_P256", "SIGN_VERIFY", &curve), "the answer is not of a key of ECC_NIST_P256 for KEY_AGREEMENT"),
        (answer(&own, "ECC_NIST_P384", "KEY_AGREEMENT", &curve), "the answer is not of a key of ECC_NIST_P256 for KEY_AGREEMENT"),
        (answer(&own, "ECC_NIST_P256", "KEY_AGREEMENT", &other_curve), "its PublicKey is not one of ECC_NIST_P256"),
        (answer(&own, "ECC_NIST_P256", "KEY_AGREEMENT", &longer), "its PublicKey is not one of ECC_NIST_P256"),
        (answer(&own, "ECC_NIST_P256", "KEY_AGREEMENT", b"not DER"), "its PublicKey is not one of ECC_NIST_P256"),
    ];
    for (body, reason) in cases {
        let text = unused(&body, |kms, _| kms.get_public_key(&described));
        assert!(text.starts_with(&format!("calling GetPublicKey in us-east-1 with {own}: {reason}")), "{text}");
    }
    // Other services have the bare id, and leave out what DescribeKey has told.
    for body in [answer(&own, "ECC_NIST_P256", "KEY_AGREEMENT", &curve), json!({ "KeyId": ID, "PublicKey": BASE64.encode(&curve) })] {
        let memory = Memory::answering(ok(&body));
        let kms = memory.kms();
        for _ in 0..2 {
            assert_eq!(kms.get_public_key(&described).expect("taken").to_spki_der(), curve);
        }
        let sent: Vec<_> = memory.sent().iter().map(|request| (request.operation().to_owned(), request.body.clone())).collect();
        assert_eq!(sent, [("GetPublicKey".to_owned(), json!({ "KeyId": own }))], "asked once");
    }
    let signing = OnlineKey::new(arn("us-east-1"), "ECC_NIST_P256", "SIGN_VERIFY", "Enabled");
    unused(&answer(&own, "ECC_NIST_P256", "SIGN_VERIFY", &curve), |kms, _| kms.get_public_key(&signing));
}
