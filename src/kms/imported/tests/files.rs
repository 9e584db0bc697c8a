//! What a file can be, and what is wrong with it.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::*;
use crate::kms::{KeySpec, KeyUsage, imported::NamedKey};

const PEM: &[u8] = include_bytes!("../../../../tests/data/public-keys/rsa-3072.pem");
const DER: &[u8] = include_bytes!("../../../../tests/data/public-keys/p256.der");

#[test]
fn each_key_spec_is_read_with_its_usage_and_kept_whole() {
    for (json, spec, usage) in [
        (RSA_2048, KeySpec::Rsa2048, KeyUsage::EncryptDecrypt),
        (RSA_3072, KeySpec::Rsa3072, KeyUsage::EncryptDecrypt),
        (RSA_4096, KeySpec::Rsa4096, KeyUsage::EncryptDecrypt),
        (P256, KeySpec::EccNistP256, KeyUsage::KeyAgreement),
        (P384, KeySpec::EccNistP384, KeyUsage::KeyAgreement),
        (P521, KeySpec::EccNistP521, KeyUsage::KeyAgreement),
    ] {
        let key = key(json);
        assert_eq!((key.key_spec(), key.key_spec().usage(), key.answer()), (spec, usage, json));
        assert_eq!(key.sha256(), crate::crypto::sha256(key.der()));
        // Members that are not known here are kept too, and so is an answer without the member's newer name.
        let with_more = json.replacen('{', "{\"ResponseMetadata\": {\"RetryAttempts\": 0},", 1);
        assert!(super::key(&with_more).is_same_key(&key));
        assert_eq!(super::key(&with_more).answer(), with_more);
        let old = json.replacen("\"KeySpec\"", "\"FormerName\"", 1);
        assert_eq!(super::key(&old).key_spec(), spec);
    }
}

#[test]
fn der_and_pem_become_the_answer_that_aws_gives() {
    for (bytes, json, usage) in [(PEM, RSA_3072, "ENCRYPT_DECRYPT"), (DER, P256, "KEY_AGREEMENT")] {
        let expected = key(json);
        let named = NamedKey::new(&expected.arn().to_string(), Some(usage)).expect("named");
        let PublicKeyFile::Key(key) = PublicKeyFile::parse(bytes, Some(&named)).expect("read") else { panic!("a key") };
        assert!(key.is_same_key(&expected));
        let members = |json: &str| serde_json::from_str::<serde_json::Value>(json).expect("JSON");
        assert_eq!(members(key.answer()), members(json));
        let (code, message) = refusal(PublicKeyFile::parse(bytes, None));
        assert!(code == ErrorCode::ValidationException && message.contains("name the key's ARN"), "{message}");
        let other =
            NamedKey::new(&expected.arn().to_string(), Some(if usage == "KEY_AGREEMENT" { "ENCRYPT_DECRYPT" } else { "KEY_AGREEMENT" }));
        let (code, message) = refusal(PublicKeyFile::parse(bytes, Some(&other.expect("named"))));
        assert!(code == ErrorCode::ValidationException && message.contains("not compatible"), "{message}");
    }
    assert_eq!(refusal(NamedKey::new(&key(P256).arn().to_string(), Some("SIGN_VERIFY"))).0, ErrorCode::UnsupportedOperationException);
    let named = NamedKey::new(&key(P256).arn().to_string(), Some("KEY_AGREEMENT")).expect("named");
    assert!(refusal(PublicKeyFile::parse(P256.as_bytes(), Some(&named))).1.contains("names its key itself"));
}

/// As LocalStack and moto answer in the place of AWS KMS.
#[test]
fn an_answer_with_a_bare_id_is_of_the_key_that_is_named() {
    for json in [P256, RSA_2048] {
        let expected = key(json);
        let arn = expected.arn();
        let bare = json.replace(&arn.to_string(), arn.key_id());
        let named = NamedKey::new(&arn.to_string(), None).expect("named");
        // The ARN may stand there as well.
        for json in [&bare[..], json] {
            let PublicKeyFile::Key(key) = PublicKeyFile::parse(json.as_bytes(), Some(&named)).expect("read") else { panic!("a key") };
            assert!(key.is_same_key(&expected));
            assert!(KmsPublicKey::from_answer(key.answer()).expect("what is kept is whole").is_same_key(&expected));
        }
        let (code, message) = refusal(PublicKeyFile::parse(bare.as_bytes(), None));
        assert!(code == ErrorCode::InvalidArnException && message.contains("bare id"), "{message}");
        let other = arn.to_string().replace(arn.key_id(), "99999999-9999-4999-8999-999999999999");
        let other = NamedKey::new(&other, None).expect("named");
        for json in [&bare[..], json] {
            let (code, message) = refusal(PublicKeyFile::parse(json.as_bytes(), Some(&other)));
            assert!(code == ErrorCode::ValidationException && message.contains("another one"), "{message}");
        }
    }
    let named = NamedKey::new(&key(P256).arn().to_string(), None).expect("named");
    assert!(refusal(PublicKeyFile::parse(ALIASES.as_bytes(), Some(&named))).1.contains("names its key itself"));
    assert!(refusal(PublicKeyFile::parse(PEM, Some(&named))).1.contains("name the key's ARN and its usage"));
}

/// For key agreement there is one algorithm alone, and LocalStack does not list it.
#[test]
fn the_only_algorithm_need_not_be_listed() {
    let mut answer: serde_json::Value = serde_json::from_str(P384).expect("JSON");
    answer.as_object_mut().expect("an object").remove("KeyAgreementAlgorithms").expect("there");
    assert!(KmsPublicKey::from_answer(&answer.to_string()).expect("taken").is_same_key(&key(P384)));
    let mut answer: serde_json::Value = serde_json::from_str(RSA_2048).expect("JSON");
    answer.as_object_mut().expect("an object").remove("EncryptionAlgorithms").expect("there");
    assert_eq!(refusal(KmsPublicKey::from_answer(&answer.to_string())).0, ErrorCode::InvalidKeyUsageException);
}

#[test]
fn files_of_another_kind_are_refused() {
    let named = NamedKey::new(&key(P256).arn().to_string(), Some("KEY_AGREEMENT")).expect("named");
    let label = |name: &str| String::from_utf8(PEM.to_vec()).expect("text").replace("PUBLIC KEY", name).into_bytes();
    let twice = [PEM, PEM].concat();
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(P256.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    for (bytes, part) in [
        (&b""[..], "neither JSON"),
        (b"not a key", "neither JSON"),
        (STANDARD.encode(DER).as_bytes(), "neither JSON"),
        (&label("RSA PRIVATE KEY"), "PUBLIC KEY"),
        (&label("PRIVATE KEY"), "PUBLIC KEY"),
        (&label("CERTIFICATE"), "PUBLIC KEY"),
        (&twice, "PUBLIC KEY"),
        (b"-----BEGIN PUBLIC KEY-----\n!!!!\n-----END PUBLIC KEY-----\n", "PUBLIC KEY"),
        (&DER[..DER.len() - 1], "not the DER"),
        (&[DER, b"\0"].concat(), "not the DER"),
        (&utf16, "UTF-16"),
    ] {
        let (code, message) = refusal(PublicKeyFile::parse(bytes, Some(&named)));
        assert!(code == ErrorCode::ValidationException && message.contains(part), "{part}: {message}");
    }
    for (json, part) in [
        ("{", "not the JSON that GetPublicKey or ListAliases answers (line 1"),
        ("{}", "no KeyId"),
        ("{\"Aliases\": [{}]}", "no AliasArn"),
        ("{\"Aliases\": 1}", "not the JSON"),
        ("{\"Keys\": []}", "no KeyId"),
    ] {
        let (code, message) = refusal(PublicKeyFile::parse(json.as_bytes(), None));
        assert!(code == ErrorCode::ValidationException && message.contains(part), "{json}: {message}");
    }
    assert!(matches!(PublicKeyFile::parse(&[b"\xEF\xBB\xBF", P256.as_bytes()].concat(), None), Ok(PublicKeyFile::Key(_))));
    let PublicKeyFile::Aliases(aliases) = file(ALIASES) else { panic!("aliases") };
    assert_eq!(aliases.len(), 2, "an alias of AWS without key is none");
}

/// Changes of an answer that make it one that must not be imported: what is replaced, by what, the error's name and part of its message.
const REFUSED: [(&str, &str, &str, ErrorCode, &str); 22] = [
    (RSA_2048, "ENCRYPT_DECRYPT", "SIGN_VERIFY", ErrorCode::InvalidKeyUsageException, "signs with it"),
    (P384, "KEY_AGREEMENT", "SIGN_VERIFY", ErrorCode::InvalidKeyUsageException, "signs with it"),
    (P384, "KEY_AGREEMENT", "GENERATE_VERIFY_MAC", ErrorCode::InvalidKeyUsageException, "authentication codes"),
    (P384, "KEY_AGREEMENT", "ENCAPSULATE_DECAPSULATE", ErrorCode::InvalidKeyUsageException, "decapsulates"),
    (P384, "KEY_AGREEMENT", "ENCRYPT_DECRYPT", ErrorCode::ValidationException, "not compatible with KeySpec ECC_NIST_P384"),
    (RSA_2048, "ENCRYPT_DECRYPT", "KEY_AGREEMENT", ErrorCode::ValidationException, "not compatible with KeySpec RSA_2048"),
    (RSA_2048, "ENCRYPT_DECRYPT", "encrypt", ErrorCode::ValidationException, "keyUsage"),
    (RSA_2048, "RSA_2048", "HMAC_256", ErrorCode::UnsupportedOperationException, "HMAC_256"),
    (RSA_2048, "RSA_2048", "ML_KEM_768", ErrorCode::UnsupportedOperationException, "ML_KEM_768"),
    (RSA_2048, "RSA_2048", "SYMMETRIC_DEFAULT", ErrorCode::ValidationException, "no public key"),
    (RSA_2048, "RSA_2048", "RSA_4096", ErrorCode::ValidationException, "the public key is one of RSA_2048"),
    (P384, "ECC_NIST_P384", "ECC_NIST_P256", ErrorCode::ValidationException, "the public key is one of ECC_NIST_P384"),
    (RSA_2048, "\"KeySpec\": \"RSA_2048\"", "\"KeySpec\": \"RSA_3072\"", ErrorCode::ValidationException, "contradict"),
    (RSA_2048, "RSAES_OAEP_SHA_256", "RSASSA_PSS_SHA_256", ErrorCode::InvalidKeyUsageException, "has not RSAES_OAEP_SHA_256"),
    (RSA_2048, "EncryptionAlgorithms", "SigningAlgorithms", ErrorCode::InvalidKeyUsageException, "EncryptionAlgorithms"),
    (P384, "ECDH", "ECDSA_SHA_384", ErrorCode::InvalidKeyUsageException, "has not ECDH"),
    (RSA_2048, "ap-southeast-2", "ap-southeast-9", ErrorCode::InvalidArnException, "Region that is known"),
    (RSA_2048, "arn:aws:", "arn:aws-cn:", ErrorCode::InvalidArnException, "another partition than that of ap-southeast-2, which is in aws"),
    (RSA_2048, ":key/", ":alias/", ErrorCode::InvalidArnException, "alias"),
    (RSA_2048, "key/33333333-", "key/", ErrorCode::InvalidArnException, "id of a key"),
    (RSA_2048, "\"PublicKey\": \"M", "\"PublicKey\": \"!", ErrorCode::ValidationException, "not base64"),
    (RSA_2048, "\"PublicKey\": \"MI", "\"PublicKey\": \"MM", ErrorCode::ValidationException, "not the DER"),
];

#[test]
fn what_could_never_be_unwrapped_is_refused_with_the_reason() {
    for (json, from, to, code, part) in REFUSED {
        assert!(json.contains(from), "{from}");
        let (found, message) = refusal(KmsPublicKey::from_answer(&json.replace(from, to)));
        assert!(found == code && message.contains(part), "{from} -> {to}: {found}: {message}");
    }
    for member in ["KeyId", "PublicKey", "KeyUsage"] {
        let (code, message) = refusal(KmsPublicKey::from_answer(&RSA_2048.replace(&format!("\"{member}\""), "\"Other\"")));
        assert_eq!((code, &message[..]), (ErrorCode::ValidationException, &format!("the answer of GetPublicKey has no {member}")[..]));
    }
}

#[test]
fn points_that_are_not_on_the_curve_or_not_encoded_as_aws_does_are_refused() {
    let json = |der: &[u8]| P256.replace(&STANDARD.encode(DER), &STANDARD.encode(der));
    let point = DER.len() - 65;
    let mut off_curve = DER.to_vec();
    off_curve[DER.len() - 1] ^= 1;
    let mut hybrid = DER.to_vec();
    hybrid[point] = 6 | (DER[DER.len() - 1] & 1);
    // A compressed point, with the lengths before it made right: 26 bytes of header, then 02 or 03 and x.
    let mut compressed = DER[..point].to_vec();
    compressed.extend([2 | (DER[DER.len() - 1] & 1)].iter().chain(&DER[point + 1..point + 33]));
    compressed[1] -= 32;
    compressed[point - 2] -= 32;
    for der in [&off_curve, &hybrid, &compressed] {
        let (code, message) = refusal(KmsPublicKey::from_answer(&json(der)));
        assert_eq!(code, ErrorCode::ValidationException, "{message}");
    }
    key(&json(DER));
}
