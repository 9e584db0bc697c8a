#![allow(clippy::indexing_slicing, reason = "a test fails where an index is wrong")]

mod asymmetric;
mod model;
mod policies;
mod primary_region;
mod related;
mod rotation;
mod states;
mod transfer;

use super::*;
use crate::{
    arn::{AccountId, KeyArn},
    error::{Error, ErrorCode, Result, SetupError},
    format::EncryptionContext,
    keyring::{CiphertextBlob, Kms as _},
    kms::{EncryptionAlgorithm, KeySpec, KeyUsage, PublicKey},
    region::Region,
    timestamp::Timestamp,
};

fn region(name: &str) -> Region {
    Region::new(name).expect("a Region of AWS")
}

fn west() -> Region {
    region("us-west-2")
}

fn day(date: &str) -> Timestamp {
    format!("{date}T00:00:00Z").parse().expect("a time")
}

fn kms() -> EmbeddedKms {
    EmbeddedKms::new("111122223333".parse().expect("an account")).expect("random bytes")
}

fn context() -> EncryptionContext {
    [("SecretVersionId", "v-1")].into_iter().collect()
}

/// The AWS name and message of a refusal.
fn refusal<T>(result: Result<T>) -> (ErrorCode, String) {
    match result.map(drop).expect_err("refused") {
        Error::Service(error) => (error.code(), error.to_string()),
        other => panic!("not a refusal by AWS name: {other}"),
    }
}

#[test]
fn a_fresh_kms_is_dirty_and_lookups_leave_it_clean() {
    let mut kms = kms();
    assert!(kms.is_dirty() && kms.last_written().is_none());
    kms.dirty = false;
    assert!(kms.list_keys(west()).expect("lists").is_empty());
    assert!(kms.default_key(west()).is_none());
    assert!(!kms.enable_region(west()), "enabled by default");
    refusal(kms.create_alias(west(), "alias/x", "1234abcd-12ab-34cd-56ef-1234567890ab"));
    assert!(!kms.is_dirty());
    let first = kms.ensure_default_key(west()).expect("made");
    assert!(kms.is_dirty());
    kms.dirty = false;
    assert_eq!(kms.ensure_default_key(west()).expect("there"), first);
    assert_eq!(kms.default_key(west()), Some(first));
    assert!(!kms.is_dirty());
}

#[test]
fn every_operation_refuses_a_region_that_is_not_enabled() {
    let mut kms = kms();
    let cape = region("af-south-1");
    let id = "1234abcd-12ab-34cd-56ef-1234567890ab";
    let arn = KeyArn::new(cape, kms.account().clone(), id);
    let refused = [
        kms.create_key(cape, "").map(drop),
        kms.list_keys(cape).map(drop),
        kms.describe_key(cape, id).map(drop),
        kms.enable_key(cape, id),
        kms.disable_key(cape, id),
        kms.create_alias(cape, "alias/x", id),
        kms.list_aliases(cape, None).map(drop),
        kms.resolve(cape, id).map(drop),
        kms.ensure_default_key(cape).map(drop),
        kms.check_usable(&arn),
        kms.generate_data_key(&arn, &context()).map(drop),
        kms.encrypt(&arn, b"x", &context()).map(drop),
        kms.decrypt(&arn, &CiphertextBlob(vec![1]), &context()).map(drop),
    ];
    for result in refused {
        let error = result.expect_err("refused");
        assert!(matches!(&error, Error::Setup(SetupError::RegionNotEnabled(region)) if *region == cape), "{error}");
    }
    assert!(kms.enable_region(cape) && !kms.enable_region(cape));
    assert!(kms.enabled_regions().any(|enabled| enabled == cape));
    let key = kms.create_key(cape, "").expect("made");
    assert!(kms.list_keys(west()).expect("lists").is_empty());
    assert_eq!(kms.list_keys(cape).expect("lists")[0].key_arn, key.arn);
}

#[test]
fn describe_key_has_the_members_of_aws_in_their_order() {
    let mut kms = kms();
    let made = kms.create_key(west(), "for tests").expect("made");
    let described = kms.describe_key(west(), &made.key_id).expect("there");
    assert_eq!(described, made);
    let json = serde_json::to_value(&described).expect("JSON");
    let members: Vec<_> = json.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(
        members,
        [
            "AWSAccountId",
            "KeyId",
            "Arn",
            "CreationDate",
            "Enabled",
            "Description",
            "KeyUsage",
            "KeyState",
            "Origin",
            "KeyManager",
            "CustomerMasterKeySpec",
            "KeySpec",
            "EncryptionAlgorithms",
            "MultiRegion",
            "CurrentKeyMaterialId"
        ]
    );
    assert_eq!(json["Arn"], format!("arn:aws:kms:us-west-2:111122223333:key/{}", made.key_id));
    assert_eq!((&json["KeyState"], &json["KeyManager"], &json["Enabled"]), (&"Enabled".into(), &"CUSTOMER".into(), &true.into()));
    assert_eq!(json["CurrentKeyMaterialId"].as_str().map(str::len), Some(64));
    let id: uuid::Uuid = made.key_id.parse().expect("a UUID");
    assert_eq!((id.get_version_num(), made.key_id.len()), (4, 36));

    let long = "é".repeat(8192);
    assert_eq!(kms.create_key(west(), &long).expect("made").description, long);
    assert_eq!(refusal(kms.create_key(west(), &format!("{long}x"))).0, ErrorCode::ValidationException);
}

#[test]
fn every_form_of_a_name_finds_the_key_and_others_get_the_messages_of_aws() {
    let mut kms = kms();
    let key = kms.create_key(west(), "").expect("made");
    kms.create_alias(west(), "alias/a/b", &key.key_id).expect("made");
    let (id, arn) = (&key.key_id, key.arn.to_string());
    for name in [id.as_str(), &arn, "alias/a/b", "arn:aws:kms:us-west-2:111122223333:alias/a/b", &format!("embedded:{id}")] {
        assert_eq!(kms.resolve(west(), name).expect(name), key.arn);
    }
    let not_found = [
        ("x".to_owned(), "Invalid keyId 'x'".to_owned()),
        ("alias/none".to_owned(), "Alias arn:aws:kms:us-west-2:111122223333:alias/none is not found.".to_owned()),
        (
            "arn:aws:kms:us-west-2:444455556666:alias/a/b".to_owned(),
            "Alias arn:aws:kms:us-west-2:444455556666:alias/a/b is not found.".to_owned(),
        ),
        (arn.replace("111122223333", "444455556666"), format!("Key '{}' does not exist", arn.replace("111122223333", "444455556666"))),
        (arn.replace("us-west-2", "eu-west-1"), "Invalid arn eu-west-1".to_owned()),
        ("arn:aws:kms:eu-west-1:111122223333:alias/a/b".to_owned(), "Invalid arn eu-west-1".to_owned()),
    ];
    for (name, message) in not_found {
        assert_eq!(refusal(kms.resolve(west(), &name)), (ErrorCode::NotFoundException, message));
    }
    assert_eq!(refusal(kms.resolve(west(), "arn:aws:kms:nowhere:1:key/x")).0, ErrorCode::InvalidArnException);
    let elsewhere = format!("Key 'arn:aws:kms:eu-west-1:111122223333:key/{id}' does not exist");
    assert_eq!(refusal(kms.resolve(region("eu-west-1"), id)), (ErrorCode::NotFoundException, elsewhere));
    for managed in [kms.disable_key(west(), "alias/a/b"), kms.enable_key(west(), "arn:aws:kms:us-west-2:111122223333:alias/a/b")] {
        assert!(refusal(managed).1.starts_with("Invalid keyId "));
    }
}

#[test]
fn alias_rules() {
    let mut kms = kms();
    let key = kms.create_key(west(), "").expect("made");
    let longest = format!("alias/{}", "x".repeat(250));
    kms.create_alias(west(), &longest, &key.arn.to_string()).expect("256 characters");
    let long = format!("{longest}x");
    for name in ["", "x", "alias/", "Alias/x", "alias/a b", "alias/a:b", "alias/é", &long] {
        assert_eq!(refusal(kms.create_alias(west(), name, &key.key_id)).0, ErrorCode::ValidationException, "{name}");
    }
    assert_eq!(refusal(kms.create_alias(west(), "alias/aws/x", &key.key_id)).0, ErrorCode::NotAuthorizedException);
    assert_eq!(refusal(kms.create_alias(west(), "alias/x", &longest)).0, ErrorCode::ValidationException);
    let (code, message) = refusal(kms.create_alias(west(), &longest, &key.key_id));
    let expected = format!("An alias with the name arn:aws:kms:us-west-2:111122223333:{longest} already exists");
    assert_eq!((code, message), (ErrorCode::AlreadyExistsException, expected));

    for number in 1..50 {
        kms.create_alias(west(), &format!("alias/n{number}"), &key.key_id).expect("made");
    }
    assert_eq!(refusal(kms.create_alias(west(), "alias/n50", &key.key_id)).0, ErrorCode::LimitExceededException);
    let other = kms.create_key(west(), "").expect("made");
    kms.create_alias(west(), "alias/n50", &other.key_id).expect("another key's first");
    assert_eq!(kms.list_aliases(west(), None).expect("lists").len(), 51);
    let listed = kms.list_aliases(west(), Some(&other.key_id)).expect("lists");
    let json = serde_json::to_value(&listed).expect("JSON");
    let members: Vec<_> = json[0].as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(members, ["AliasName", "AliasArn", "TargetKeyId", "CreationDate", "LastUpdatedDate"]);
    assert_eq!((listed.len(), &listed[0].alias_name[..], &listed[0].target_key_id), (1, "alias/n50", &other.key_id));
    assert_eq!(refusal(kms.list_aliases(west(), Some("alias/n50"))).0, ErrorCode::NotFoundException);
}

#[test]
fn the_default_key_is_aws_managed() {
    let mut kms = kms();
    let key = kms.ensure_default_key(west()).expect("made");
    let described = kms.describe_key(west(), "alias/aws/secretsmanager").expect("there");
    assert_eq!((&described.arn, described.key_manager), (&key, KeyManager::Aws));
    let id = key.key_id();
    for refused in [kms.disable_key(west(), id), kms.enable_key(west(), id), kms.create_alias(west(), "alias/mine", id)] {
        let (code, message) = refusal(refused);
        assert!(code == ErrorCode::AccessDeniedException && message.contains(&key.to_string()), "{message}");
    }
    let europe = kms.ensure_default_key(region("eu-west-1")).expect("made");
    assert_ne!(europe.key_id(), id);
}

#[test]
fn a_disabled_key_does_nothing_until_it_is_enabled() {
    let mut kms = kms();
    let key = kms.create_key(west(), "").expect("made").arn;
    let blob = kms.encrypt(&key, b"data", &context()).expect("encrypts");
    kms.disable_key(west(), key.key_id()).expect("disabled");
    let described = kms.describe_key(west(), key.key_id()).expect("there");
    assert_eq!((described.enabled, described.key_state), (false, KeyState::Disabled));
    let refused = [
        kms.check_usable(&key),
        kms.generate_data_key(&key, &context()).map(drop),
        kms.encrypt(&key, b"data", &context()).map(drop),
        kms.decrypt(&key, &blob, &context()).map(drop),
    ];
    for result in refused {
        assert_eq!(refusal(result), (ErrorCode::DisabledException, format!("{key} is disabled.")));
    }
    kms.enable_key(west(), &key.to_string()).expect("enabled");
    assert_eq!(kms.decrypt(&key, &blob, &context()).expect("decrypts").expose(), b"data");
}

#[test]
fn what_was_encrypted_opens_under_its_key_and_context_only() {
    let mut kms = kms();
    let [key, other] = [(); 2].map(|()| kms.create_key(west(), "").expect("made").arn);
    let (data_key, blob) = kms.generate_data_key(&key, &context()).expect("generates");
    assert_eq!(blob.0.len(), 1 + 36 + 32 + 32 + 32 + 16);
    assert_eq!(kms.decrypt(&key, &blob, &context()).expect("decrypts").expose(), data_key.expose());

    let message = "The key ID in the request does not identify a CMK that can perform this operation.";
    assert_eq!(refusal(kms.decrypt(&other, &blob, &context())), (ErrorCode::IncorrectKeyException, message.to_owned()));
    let in_europe = KeyArn::new(region("eu-west-1"), AccountId::clone(kms.account()), key.key_id());
    assert_eq!(refusal(kms.decrypt(&in_europe, &blob, &context())).0, ErrorCode::NotFoundException);

    let wrong_contexts = [EncryptionContext::new(), [("SecretVersionId", "v-2")].into_iter().collect()];
    for wrong in wrong_contexts {
        assert_eq!(refusal(kms.decrypt(&key, &blob, &wrong)), (ErrorCode::InvalidCiphertextException, String::new()));
    }
    // Version, material id, salt, ciphertext and tag; the key id is bytes 1 to 36.
    for changed in [0, 37, 69, 101, blob.0.len() - 1] {
        let mut changed_blob = blob.clone();
        changed_blob.0[changed] ^= 1;
        assert_eq!(
            refusal(kms.decrypt(&key, &changed_blob, &context())),
            (ErrorCode::InvalidCiphertextException, String::new()),
            "{changed}"
        );
    }
    assert_ne!(kms.encrypt(&key, b"x", &context()).expect("encrypts"), kms.encrypt(&key, b"x", &context()).expect("encrypts"));
}

#[test]
fn lengths_have_the_limits_of_aws() {
    let mut kms = kms();
    let key = kms.create_key(west(), "").expect("made").arn;
    for length in [1, 4096] {
        let plaintext = vec![7; length];
        let blob = kms.encrypt(&key, &plaintext, &context()).expect("encrypts");
        assert_eq!(kms.decrypt(&key, &blob, &context()).expect("decrypts").expose(), plaintext);
    }
    for length in [0, 4097] {
        assert_eq!(refusal(kms.encrypt(&key, &vec![7; length], &context())).0, ErrorCode::ValidationException);
    }
    for length in [0, 6145] {
        assert_eq!(refusal(kms.decrypt(&key, &CiphertextBlob(vec![1; length]), &context())).0, ErrorCode::ValidationException);
    }
    for length in [1, 101, 6144] {
        let refused = refusal(kms.decrypt(&key, &CiphertextBlob(vec![1; length]), &context()));
        assert_eq!(refused.0, ErrorCode::InvalidCiphertextException);
    }
}

#[test]
fn nothing_printed_holds_key_material() {
    let mut kms = kms();
    let key = kms.create_key(west(), "").expect("made");
    let printed = format!("{kms:?}");
    let key = kms.key(&key.arn).expect("there");
    let material = &key.materials().expect("symmetric").current().bytes;
    assert!(printed.contains("redacted") && !printed.contains(&format!("{:?}", material.expose())));
}
