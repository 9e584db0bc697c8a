//! Makes `tests/data/expired`, with which `kms purge` is tried through the binary: the deletion of its key was due long ago.

use super::*;
use crate::{
    kms::Clock,
    suite::AlgorithmSuite,
    timestamp::Timestamp,
    vault::{CreateSecret, DataKeyScope, KeyOptions, NameClash, OnProblem, PayloadKind, SecretValue, Vault},
};

#[test]
#[ignore = "writes tests/data/expired anew"]
fn make_the_expired_keystore() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/expired");
    if root.exists() {
        fs::remove_dir_all(&root).expect("removed");
    }
    let written: Timestamp = "2026-01-01T00:00:00Z".parse().expect("a time");
    let location = KeystoreLocation::new(root.join("keystore.json"));
    let mut session = begin(&location);
    session.kms_mut().clock = Clock::Fixed(written);
    let key = session.kms_mut().create_key(west(), "its deletion was due").expect("made").arn;
    session.kms_mut().create_alias(west(), "alias/expired", key.key_id()).expect("made");
    assert_eq!(session.commit().expect("commits").committed(), Committed::Created);
    let vault = Vault::new(root.join("vault"));
    for (name, kms_key_id) in [("needs/it", Some(key.to_string())), ("needs/another", None)] {
        let request = CreateSecret {
            name: name.to_owned(),
            value: Some(SecretValue::new(PayloadKind::String, SecretBytes::new(b"EXAMPLE".to_vec())).expect("a value")),
            region: west(),
            kms_key_id,
            replicas: Vec::new(),
            name_clash: NameClash::Refuse,
            description: None,
            resource_policy: None,
            rotation_rules: None,
            tags: Vec::new(),
            encryption_context: std::collections::BTreeMap::new(),
            client_request_token: None,
            data_key_scope: DataKeyScope::Shared,
            suite: AlgorithmSuite::default(),
            on_problem: OnProblem::FailWhole,
            account: None,
        };
        drop(vault.create_secret(&mut session, &KeyOptions::default(), &request).expect("created"));
    }
    drop(session);
    let (mut kms, unlocked) = unlock::unlock(&location, &Never).expect("opens").expect("a keystore");
    kms.clock = Clock::Fixed(written);
    kms.schedule_key_deletion(west(), key.key_id(), Some(7)).expect("scheduled");
    fs::write(&location.keystore, unlocked.seal(&kms, written).expect("sealed")).expect("written");
    for lock in [location.lock_file(), root.join("vault/.lock")] {
        fs::remove_file(lock).expect("removed");
    }
}
