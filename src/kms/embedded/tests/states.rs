//! Every state with every operation, as in the table "Key states of AWS KMS keys".

use super::*;
use crate::{keyring::RsaEncryptionAlgorithm, kms::embedded::MultiRegion};

const OK: Option<ErrorCode> = None;
const DISABLED: Option<ErrorCode> = Some(ErrorCode::DisabledException);
const INVALID: Option<ErrorCode> = Some(ErrorCode::KMSInvalidStateException);
const GONE: Option<ErrorCode> = Some(ErrorCode::NotFoundException);

type Operation = fn(&mut EmbeddedKms, &KeyArn, &CiphertextBlob) -> Result<()>;

/// Operation; what comes of it in the states Enabled, Disabled, PendingDeletion or PendingReplicaDeletion, and after the deletion.
const TABLE: &[(&str, Operation, [Option<ErrorCode>; 4])] = &[
    ("Encrypt", |kms, key, _| kms.encrypt(key, b"x", &context()).map(drop), [OK, DISABLED, INVALID, GONE]),
    ("Decrypt", |kms, key, blob| kms.decrypt(key, blob, &context()).map(drop), [OK, DISABLED, INVALID, GONE]),
    ("Decrypt without key id", |kms, _, blob| kms.decrypt_in(west(), None, blob, &context()).map(drop), [OK, DISABLED, INVALID, GONE]),
    ("GenerateDataKey", |kms, key, _| kms.generate_data_key(key, &context()).map(drop), [OK, DISABLED, INVALID, GONE]),
    ("GenerateDataKey of a length", |kms, key, _| kms.generate_data_key_of(key, 16, &context()).map(drop), [OK, DISABLED, INVALID, GONE]),
    (
        "ReplicateKey",
        |kms, key, _| kms.replicate_key(west(), key.key_id(), region("us-east-2"), CreateKey::default()).map(drop),
        [OK, DISABLED, INVALID, GONE],
    ),
    ("RotateKeyOnDemand", |kms, key, _| kms.rotate_key_on_demand(west(), key.key_id()).map(drop), [OK, DISABLED, INVALID, GONE]),
    ("EnableKeyRotation", |kms, key, _| kms.enable_key_rotation(west(), key.key_id(), None), [OK, DISABLED, INVALID, GONE]),
    ("DisableKeyRotation", |kms, key, _| kms.disable_key_rotation(west(), key.key_id()), [OK, DISABLED, INVALID, GONE]),
    ("GetKeyRotationStatus", |kms, key, _| kms.key_rotation_status(west(), key.key_id()).map(drop), [OK, OK, OK, GONE]),
    ("ListKeyRotations", |kms, key, _| kms.list_key_rotations(west(), key.key_id()).map(drop), [OK, OK, OK, GONE]),
    ("DescribeKey", |kms, key, _| kms.describe_key(west(), key.key_id()).map(drop), [OK, OK, OK, GONE]),
    ("GetKeyPolicy", |kms, key, _| kms.key_policy(west(), key.key_id(), None).map(drop), [OK, OK, OK, GONE]),
    ("PutKeyPolicy", |kms, key, _| kms.put_key_policy(west(), key.key_id(), None, &policies::minimal()), [OK, OK, OK, GONE]),
    ("ListAliases", |kms, key, _| kms.list_aliases(west(), Some(key.key_id())).map(drop), [OK, OK, OK, GONE]),
    ("ListResourceTags", |kms, key, _| kms.list_resource_tags(west(), key.key_id()).map(drop), [OK, OK, OK, GONE]),
    ("DeleteAlias", |kms, _, _| kms.delete_alias(west(), "alias/x"), [OK, OK, OK, GONE]),
    ("CreateAlias", |kms, key, _| kms.create_alias(west(), "alias/y", key.key_id()), [OK, OK, INVALID, GONE]),
    ("UpdateAlias to it", |kms, key, _| kms.update_alias(west(), "alias/other", key.key_id()), [OK, OK, INVALID, GONE]),
    ("UpdateKeyDescription", |kms, key, _| kms.update_key_description(west(), key.key_id(), "x"), [OK, OK, INVALID, GONE]),
    ("TagResource", |kms, key, _| kms.tag_resource(west(), key.key_id(), vec![("a".into(), "b".into())]), [OK, OK, INVALID, GONE]),
    ("UntagResource", |kms, key, _| kms.untag_resource(west(), key.key_id(), &["a".into()]), [OK, OK, INVALID, GONE]),
    ("EnableKey", |kms, key, _| kms.enable_key(west(), key.key_id()), [OK, OK, INVALID, GONE]),
    ("DisableKey", |kms, key, _| kms.disable_key(west(), key.key_id()), [OK, OK, INVALID, GONE]),
    ("ScheduleKeyDeletion", |kms, key, _| kms.schedule_key_deletion(west(), key.key_id(), None).map(drop), [OK, OK, INVALID, GONE]),
    ("CancelKeyDeletion", |kms, key, _| kms.cancel_key_deletion(west(), key.key_id()).map(drop), [INVALID, INVALID, OK, GONE]),
    ("SetDefaultKey", |kms, key, _| kms.set_default_key(west(), key.key_id()).map(drop), [OK, DISABLED, INVALID, GONE]),
];

/// A multi-Region key with alias and ciphertext; another key with `alias/other`; 2026-11-01.
fn prepared() -> (EmbeddedKms, KeyArn, CiphertextBlob) {
    let mut kms = kms();
    kms.clock = Clock::Fixed(day("2026-11-01"));
    kms.believe_clock();
    let request = CreateKey { multi_region: true, ..CreateKey::default() };
    let key = kms.create_key_with(west(), request).expect("made").arn;
    kms.create_alias(west(), "alias/x", key.key_id()).expect("made");
    let other = kms.create_key(west(), "").expect("made").key_id;
    kms.create_alias(west(), "alias/other", &other).expect("made");
    let blob = kms.encrypt(&key, b"data", &context()).expect("encrypts");
    (kms, key, blob)
}

/// The same for an asymmetric key.
const ASYMMETRIC_TABLE: &[(&str, Operation, [Option<ErrorCode>; 4])] = &[
    ("Encrypt", |kms, key, _| kms.encrypt_with(key, BY_RSA, b"x", &EncryptionContext::new()).map(drop), [OK, DISABLED, INVALID, GONE]),
    (
        "Decrypt",
        |kms, key, blob| kms.decrypt_rsa(key, RsaEncryptionAlgorithm::RsaesOaepSha256, &blob.0).map(drop),
        [OK, DISABLED, INVALID, GONE],
    ),
    ("GetPublicKey", |kms, key, _| kms.get_public_key(west(), key.key_id()).map(drop), [OK, DISABLED, INVALID, GONE]),
    (
        "DeriveSharedSecret",
        |kms, key, _| kms.derive_shared_secret_in(west(), key.key_id(), b"").map(drop),
        [Some(ErrorCode::InvalidKeyUsageException), DISABLED, INVALID, GONE],
    ),
    (
        "RotateKeyOnDemand",
        |kms, key, _| kms.rotate_key_on_demand(west(), key.key_id()).map(drop),
        [Some(ErrorCode::UnsupportedOperationException), DISABLED, INVALID, GONE],
    ),
    (
        "ReplicateKey",
        |kms, key, _| kms.replicate_key(west(), key.key_id(), region("us-east-2"), CreateKey::default()).map(drop),
        [OK, DISABLED, INVALID, GONE],
    ),
    ("GetKeyRotationStatus", |kms, key, _| kms.key_rotation_status(west(), key.key_id()).map(drop), [OK, OK, OK, GONE]),
    ("DescribeKey", |kms, key, _| kms.describe_key(west(), key.key_id()).map(drop), [OK, OK, OK, GONE]),
    ("CreateAlias", |kms, key, _| kms.create_alias(west(), "alias/y", key.key_id()), [OK, OK, INVALID, GONE]),
    ("ScheduleKeyDeletion", |kms, key, _| kms.schedule_key_deletion(west(), key.key_id(), None).map(drop), [OK, OK, INVALID, GONE]),
    ("CancelKeyDeletion", |kms, key, _| kms.cancel_key_deletion(west(), key.key_id()).map(drop), [INVALID, INVALID, OK, GONE]),
    ("SetDefaultKey", |kms, key, _| kms.set_default_key(west(), key.key_id()).map(drop), [OK, DISABLED, INVALID, GONE]),
];

const BY_RSA: EncryptionAlgorithm = EncryptionAlgorithm::Rsa(RsaEncryptionAlgorithm::RsaesOaepSha256);

/// A multi-Region RSA key with ciphertext; 2026-11-01. Its private part is the committed one: making one for each case would take long.
fn prepared_asymmetric() -> (EmbeddedKms, KeyArn, CiphertextBlob) {
    let mut kms = asymmetric::stored();
    kms.clock = Clock::Fixed(day("2026-11-01"));
    kms.believe_clock();
    let key = kms.resolve(west(), "alias/RSA_2048").expect("there");
    for state in kms.regions.values_mut() {
        for key in state.keys.values_mut() {
            key.multi_region = key.multi_region.take().map(|multi_region| MultiRegion::primary(multi_region.primary));
        }
    }
    kms.regions.remove(&region("eu-west-1"));
    let blob = kms.encrypt_with(&key, BY_RSA, b"data", &EncryptionContext::new()).expect("encrypts");
    (kms, key, blob)
}

#[test]
fn every_operation_in_every_state() {
    each_in_every_state(TABLE, prepared);
    each_in_every_state(ASYMMETRIC_TABLE, prepared_asymmetric);
}

type Table = [(&'static str, Operation, [Option<ErrorCode>; 4])];

fn each_in_every_state(table: &Table, prepared: fn() -> (EmbeddedKms, KeyArn, CiphertextBlob)) {
    type IntoState = fn(&mut EmbeddedKms, &KeyArn);
    let states: [(usize, IntoState); 5] = [
        (0, |_, _| {}),
        (1, |kms, key| kms.disable_key(west(), key.key_id()).expect("disabled")),
        (2, |kms, key| drop(kms.schedule_key_deletion(west(), key.key_id(), Some(7)).expect("scheduled"))),
        (2, |kms, key| {
            kms.replicate_key(west(), key.key_id(), region("eu-west-1"), CreateKey::default()).expect("replicated");
            kms.schedule_key_deletion(west(), key.key_id(), Some(7)).expect("scheduled");
        }),
        (3, |kms, key| {
            kms.schedule_key_deletion(west(), key.key_id(), Some(7)).expect("scheduled");
            kms.clock = Clock::Fixed(day("2026-11-08"));
        }),
    ];
    for (column, into_state) in states {
        for (name, operation, expected) in table {
            let (mut kms, key, blob) = prepared();
            into_state(&mut kms, &key);
            let code = match operation(&mut kms, &key, &blob) {
                Ok(()) => None,
                Err(Error::Service(error)) => Some(error.code()),
                Err(other) => panic!("{name}: {other}"),
            };
            assert_eq!(code, expected[column], "{name} in state {column}");
        }
    }
}

#[test]
fn a_deletion_waits_can_be_cancelled_and_takes_effect_by_the_clock() {
    let (mut kms, key, blob) = prepared();
    for (days, bound) in [(0, "greater than or equal to 7"), (6, "greater than or equal to 7"), (31, "less than or equal to 30")] {
        let message = format!(
            "1 validation error detected: Value '{days}' at 'pendingWindowInDays' failed to satisfy constraint: Member must have value {bound}"
        );
        assert_eq!(refusal(kms.schedule_key_deletion(west(), key.key_id(), Some(days))), (ErrorCode::ValidationException, message));
    }
    let deletion = kms.schedule_key_deletion(west(), &key.to_string(), None).expect("scheduled");
    assert_eq!((deletion.deletion_date, deletion.pending_window_in_days), (Some(day("2026-12-01")), 30));
    let described = kms.describe_key(west(), "alias/x").expect("there");
    assert_eq!(
        (described.key_state, described.enabled, described.deletion_date),
        (KeyState::PendingDeletion, false, Some(day("2026-12-01")))
    );
    assert_eq!(refusal(kms.encrypt(&key, b"x", &context())).1, format!("{key} is pending deletion."));

    kms.clock = Clock::Fixed(day("2026-12-01"));
    assert_eq!(refusal(kms.resolve(west(), "alias/x").and_then(|key| kms.check_usable(&key))).0, ErrorCode::NotFoundException);
    assert_eq!((kms.list_keys(west()).expect("lists").len(), kms.list_aliases(west(), None).expect("lists").len()), (1, 1));
    assert_eq!(refusal(kms.update_alias(west(), "alias/x", key.key_id())).0, ErrorCode::NotFoundException);
    assert!(kms.stored_key(&key).is_some(), "the bytes stay");

    kms.clock = Clock::Fixed(day("2026-11-30"));
    assert_eq!(kms.cancel_key_deletion(west(), key.key_id()).expect("the clock was wrong"), key);
    assert_eq!(kms.describe_key(west(), key.key_id()).expect("there").key_state, KeyState::Disabled);
    kms.enable_key(west(), key.key_id()).expect("enabled");
    assert_eq!(kms.decrypt(&key, &blob, &context()).expect("decrypts").expose(), b"data");
}

#[test]
fn a_primary_key_waits_for_its_replicas() {
    let (mut kms, key, _) = prepared();
    let [europe, asia] = ["eu-west-1", "ap-south-1"].map(region);
    for replica in [europe, asia] {
        kms.replicate_key(west(), key.key_id(), replica, CreateKey::default()).expect("replicated");
    }
    let deletion = kms.schedule_key_deletion(west(), key.key_id(), Some(7)).expect("scheduled");
    assert_eq!((deletion.deletion_date, deletion.key_state), (None, KeyState::PendingReplicaDeletion));
    let described = kms.describe_key(west(), key.key_id()).expect("there");
    assert_eq!((described.key_state, described.pending_deletion_window_in_days), (KeyState::PendingReplicaDeletion, Some(7)));
    kms.schedule_key_deletion(europe, key.key_id(), Some(7)).expect("scheduled");
    kms.schedule_key_deletion(asia, key.key_id(), Some(9)).expect("scheduled");
    for (date, state) in [("2026-11-09", KeyState::PendingReplicaDeletion), ("2026-11-10", KeyState::PendingDeletion)] {
        kms.clock = Clock::Fixed(day(date));
        assert_eq!(kms.describe_key(west(), key.key_id()).expect("there").key_state, state, "{date}");
    }
    let described = kms.describe_key(west(), key.key_id()).expect("there");
    assert_eq!(described.deletion_date, Some(day("2026-11-17")));
    assert!(described.multi_region_configuration.expect("multi-Region").replica_keys.is_empty());
    kms.clock = Clock::Fixed(day("2026-11-17"));
    assert!(kms.describe_key(west(), key.key_id()).is_err());
}
