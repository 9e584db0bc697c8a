//! A secret of format 1 becomes one of format 2 with its first change: whichever call of the store is the last one, it is as before, or as after.

use std::{path::Path, sync::Arc};

use super::*;
use crate::{
    store::{
        Commit, NameChange, RecordChange, Store,
        local::LocalStore,
        memory::{InjectedFault, MemoryStore, Writers},
    },
    vault::family::{Located, parse_record},
};

/// More than any change makes.
const CALLS: u64 = 80;
const NAME: &str = "production/DBWest";

/// `tests/data/vault-v1`: a keystore that opens it, and all that its vault has.
struct Stored {
    _folder: TempDir,
    keystore: KeystoreLocation,
    secrets: Vec<RecordChange>,
    names: Vec<NameKey>,
}

impl Stored {
    fn read() -> Self {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/vault-v1");
        let folder = TempDir::new().expect("a folder");
        let keystore = KeystoreLocation::new(folder.path().join("keystore.json"));
        for (name, to) in [("keystore.json", &keystore.keystore), ("keystore.key", &keystore.key_file)] {
            fs::copy(data.join(name), to).expect("copied");
            #[cfg(unix)]
            fs::set_permissions(to, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("set");
        }
        let local = LocalStore::new(data.join("vault"));
        let (mut secrets, mut names) = (Vec::new(), Vec::new());
        for key in local.secrets().expect("listed").entries {
            let mut records = crate::store::Records::default();
            local.read(&key.name, &[key.primary], &mut records).expect("read");
            let bytes = records.get(key.primary).expect("there").to_vec();
            let located = Located { record: parse_record(&bytes, &key).expect("sound"), key };
            let blobs = located.blobs().into_iter().map(|blob| {
                let content = local.open(&blob).expect("readable").expect("there").read(1 << 20).expect("read");
                (blob, content)
            });
            secrets.push(RecordChange {
                primary: located.key.primary,
                before: None,
                named_before: Vec::new(),
                named_after: located.blobs(),
                blobs: blobs.collect(),
                after: Some(bytes),
            });
            names.push(located.key.name);
        }
        Self { _folder: folder, keystore, secrets, names }
    }

    /// The same in memory.
    fn in_memory(&self, writers: Writers) -> (Arc<MemoryStore>, Vault) {
        let store = Arc::new(MemoryStore::new(writers));
        let vault = Vault::over(Arc::clone(&store) as Arc<dyn Store>);
        vault.initialize().expect("made");
        for (name, secret) in self.names.iter().zip(&self.secrets) {
            let secret = RecordChange {
                before: None,
                named_before: Vec::new(),
                named_after: secret.named_after.clone(),
                blobs: secret.blobs.clone(),
                after: secret.after.clone(),
                ..*secret
            };
            let change = NameChange { name: name.clone(), stamp: crate::store::Stamp::default(), records: vec![secret] };
            let writer = store.writer().expect("nobody else writes");
            assert_eq!(change::write(&*writer, change).expect("written"), Commit::Done);
        }
        let _ = store.calm();
        (store, vault)
    }
}

/// A change, and whether a record is as after it.
type FirstChange = (&'static str, fn(&Vault, &mut KeystoreSession) -> Result<()>, fn(&SecretRecord) -> bool);

const CHANGES: [FirstChange; 7] = [
    (
        "tag",
        |vault, session| vault.tag_resource(Some(session.kms()), NAME, None, &[Tag { key: "stage".to_owned(), value: "prod".to_owned() }]),
        |record| record.tags.len() == 2,
    ),
    (
        "put",
        |vault, session| vault.put_secret_value(session, &PutSecretValue::new(NAME, text("another"))).map(drop),
        |record| record.versions.len() == 2,
    ),
    (
        "update",
        |vault, session| {
            let request = UpdateSecret { description: Some("another".to_owned()), ..UpdateSecret::new(NAME) };
            vault.update_secret(session, &request).map(drop)
        },
        |record| record.description.as_deref() == Some("another"),
    ),
    (
        "replicate",
        |vault, session| vault.replicate_secret_to_regions(session, &ReplicateSecret::new(NAME, replicas(&["eu-west-1"]))).map(drop),
        |record| record.replication_status.len() == 3,
    ),
    (
        "remove",
        |vault, session| vault.remove_regions_from_replication(Some(session.kms()), NAME, None, &["us-east-1".to_owned()]).map(drop),
        |record| record.replication_status.len() == 1,
    ),
    (
        "rewrap",
        |vault, session| vault.rewrap_secret(session, &RewrapSecret { accept_record: true, ..RewrapSecret::new(NAME) }).map(drop),
        |record| record.record_tag.is_some(),
    ),
    (
        "rotate",
        |vault, session| {
            let rules = RotationRulesType { automatically_after_days: Some(30), ..RotationRulesType::default() };
            vault.set_rotation_rules(Some(session.kms()), (NAME, None), &RotationRules::new(rules)?, None).map(drop)
        },
        |record| record.rotation_rules.is_some(),
    ),
];

/// The record as it is, and its bytes.
fn found(vault: &Vault) -> (Vec<u8>, SecretRecord) {
    let read = vault.read_name(NAME).expect("readable");
    let secret = read.family.members().next().expect("there");
    (read.records.get(secret.key.primary).expect("there").to_vec(), secret.record.clone())
}

/// Every bundle opens and the vault is sound, whichever record there is.
fn assert_sound(vault: &Vault, session: &KeystoreSession, what: &str) {
    let report = vault.verify(VerifyOptions::default()).expect("verifies");
    assert!(report.is_sound(), "{what}: {report:?}");
    let record = found(vault).1;
    let replicas = record.replication_status.iter().map(|replica| replica.region);
    let expected = if record.versions.len() == 1 { r#"{"username": "saanvi", "password": "EXAMPLE-PASSWORD"}"# } else { "another" };
    for region in replicas.chain([record.primary_region()]) {
        let entry = vault.get_secret_value(session.kms(), NAME, Some(region), &VersionSelector::default());
        assert_eq!(entry.expect("opens").value.expose(), expected.as_bytes(), "{what} in {region}");
    }
}

fn stopped_at_each_call(stored: &Stored, writers: Writers, (name, change, is_after): FirstChange) {
    let mut session = KeystoreSession::begin(&stored.keystore, &Never, None).expect("begins");
    for call in 1..=CALLS {
        for (stays, fault) in [(false, InjectedFault::Down), (true, InjectedFault::Down)] {
            let what = format!("{name}, stopped at call {call}: {fault:?}, {writers:?}");
            let (store, vault) = stored.in_memory(writers);
            let before = found(&vault).0;
            store.fail_at(call, fault);
            let done = change(&vault, &mut session);
            let calls = store.calm();
            store.cut_power(|| stays);
            let (bytes, record) = found(&vault);
            if bytes == before {
                assert!(record.format == 1 && done.is_err(), "{what}");
            } else {
                assert!(record.format == 2 && is_after(&record), "{what}: {record:?}");
            }
            let is_over = calls < call && done.is_ok();
            assert_sound(&vault, &session, &what);
            // Whoever comes next finds nothing in the way.
            change(&vault, &mut session).unwrap_or_else(|error| panic!("{what}: {error}"));
            let record = found(&vault).1;
            assert!(record.format == 2, "{what}: {record:?}");
            if is_over {
                return;
            }
        }
    }
    panic!("{name} makes more calls than are stopped");
}

#[test]
fn the_first_change_is_done_whole_or_not_at_all() {
    let stored = Stored::read();
    for writers in [Writers::Locked, Writers::Racing] {
        CHANGES.into_iter().for_each(|change| stopped_at_each_call(&stored, writers, change));
    }
}
