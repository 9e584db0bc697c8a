//! What is sent.

use super::*;
use crate::{
    crypto::{Curve, EcPrivateKey, SystemRandom},
    error::Error,
    keyring::{CiphertextBlob, Kms as _, RsaEncryptionAlgorithm},
    kms::{CallCounts, OnlineKms as _},
};

#[test]
fn each_operation_sends_what_the_specification_says() {
    let memory = Memory::new(|request, _| success(request));
    let kms = memory.kms();
    let key = arn("eu-west-1");
    let pairs = json!({ "purpose": "example", "stage": "test" });

    let (data_key, blob) = kms.generate_data_key(&key, &context()).expect("answered");
    assert_eq!((data_key.expose(), blob), (&[7; 32], CiphertextBlob(b"blob".to_vec())));
    assert_eq!(kms.encrypt(&key, data_key.expose(), &context()).expect("answered").0, b"blob");
    let blob = CiphertextBlob(b"other blob".to_vec());
    assert_eq!(kms.decrypt(&key, &blob, &context()).expect("answered").expose(), [7; 32]);
    assert_eq!(kms.decrypt_rsa(&key, RsaEncryptionAlgorithm::RsaesOaepSha1, b"rsa").expect("answered").expose(), [7; 32]);
    let peer = EcPrivateKey::generate(Curve::P256, &SystemRandom).expect("a key");
    assert_eq!(kms.derive_shared_secret(&key, peer.public_key()).expect("answered").expose(), [9; 32]);
    kms.describe_key(region("eu-west-1"), "alias/example").expect("answered");

    let arn = key.to_string();
    let spki = BASE64.encode(peer.public_key().to_spki_der());
    let expected = [
        // NumberOfBytes, and no KeySpec.
        ("GenerateDataKey", json!({ "KeyId": arn, "NumberOfBytes": 32, "EncryptionContext": pairs })),
        ("Encrypt", json!({ "KeyId": arn, "Plaintext": BASE64.encode([7; 32]), "EncryptionContext": pairs })),
        ("Decrypt", json!({ "KeyId": arn, "CiphertextBlob": BASE64.encode("other blob"), "EncryptionContext": pairs })),
        ("Decrypt", json!({ "KeyId": arn, "CiphertextBlob": BASE64.encode("rsa"), "EncryptionAlgorithm": "RSAES_OAEP_SHA_1" })),
        ("DeriveSharedSecret", json!({ "KeyId": arn, "KeyAgreementAlgorithm": "ECDH", "PublicKey": spki })),
        ("DescribeKey", json!({ "KeyId": "alias/example" })),
    ];
    let sent = memory.sent();
    assert_eq!(sent.len(), expected.len());
    for (request, (operation, body)) in sent.iter().zip(expected) {
        assert_eq!((request.operation(), &request.body), (operation, &body));
        assert_eq!((request.uri.as_str(), request.region.as_str()), ("https://kms.eu-west-1.amazonaws.com/", "eu-west-1"));
        assert!(request.authorization.contains("/kms/aws4_request"), "{}", request.authorization);
    }
    assert_eq!(kms.calls(), CallCounts { calls: 6, retries: 0 });
}

#[test]
fn an_empty_context_is_left_out() {
    let memory = Memory::new(|request, _| success(request));
    memory.kms().generate_data_key(&arn("us-east-1"), &EncryptionContext::new()).expect("answered");
    assert_eq!(memory.sent().first().expect("a request").body, json!({ "KeyId": arn("us-east-1").to_string(), "NumberOfBytes": 32 }));
}

#[test]
fn an_endpoint_serves_every_region() {
    let memory = Memory::new(|request, _| success(request));
    let kms = memory.kms_with(AwsKmsOptions { endpoint_url: Some("http://127.0.0.1:4567".to_owned()), ..AwsKmsOptions::default() });
    for name in ["eu-west-1", "cn-north-1"] {
        kms.generate_data_key(&arn(name), &context()).expect("answered");
        let request = memory.sent().pop().expect("a request");
        assert_eq!((request.uri.as_str(), request.region.as_str()), ("http://127.0.0.1:4567/", name));
    }
}

#[test]
fn time_limits_reach_the_http_client() {
    let seconds = |seconds| Some(Duration::from_secs(seconds));
    let cases = [
        ((None, None), (Some(Duration::from_millis(3100)), seconds(60))),
        ((seconds(1), seconds(2)), (seconds(1), seconds(2))),
        // As for the AWS CLI: zero is without limit.
        ((seconds(0), seconds(0)), (None, None)),
    ];
    for ((connect_timeout, read_timeout), expected) in cases {
        let memory = Memory::new(|request, _| success(request));
        let kms = memory.kms_with(AwsKmsOptions { connect_timeout, read_timeout, ..AwsKmsOptions::default() });
        kms.generate_data_key(&arn("us-east-1"), &context()).expect("answered");
        assert_eq!(*lock(&memory.limits), [expected]);
    }
}

#[test]
fn what_aws_kms_would_not_take_is_not_sent() {
    let memory = Memory::new(|request, _| success(request));
    let kms = memory.kms();
    let key = arn("us-east-1");
    assert!(kms.encrypt(&key, &[0; 4097], &context()).is_err());
    assert!(kms.decrypt(&key, &CiphertextBlob(vec![0; 6145]), &context()).is_err());
    assert!(kms.decrypt_rsa(&key, RsaEncryptionAlgorithm::RsaesOaepSha256, &[]).is_err());
    assert_eq!((memory.sent(), kms.calls()), (Vec::new(), CallCounts::default()));
}

#[test]
fn nothing_is_set_up_before_the_first_call() {
    let kms = AwsKms::new(AwsKmsOptions { profile: Some("example".to_owned()), ..AwsKmsOptions::default() }).expect("options that can be");
    assert!(lock(&kms.connection).is_none());
    assert!(!format!("{kms:?}").is_empty());
}

#[test]
fn options_that_cannot_be_are_refused() {
    let endpoint = |url: &str| AwsKmsOptions { endpoint_url: Some(url.to_owned()), ..AwsKmsOptions::default() };
    for options in [
        AwsKmsOptions { max_attempts: Some(0), ..AwsKmsOptions::default() },
        endpoint(""),
        endpoint("https://"),
        endpoint("127.0.0.1:4567"),
        endpoint("file:///tmp"),
    ] {
        assert!(matches!(AwsKms::new(options.clone()), Err(Error::Setup(_))), "{options:?}");
    }
}
