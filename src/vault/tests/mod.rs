#![allow(clippy::indexing_slicing, reason = "a test fails where an index is wrong")]

mod all_or_nothing;
mod asymmetric;
mod batch;
mod batch_update;
mod binding;
mod crash;
mod create;
mod data_keys;
mod deletion;
mod format_1;
mod format_2;
#[cfg(target_os = "linux")]
mod links;
mod lookup;
mod many;
mod model;
mod names;
mod online;
mod overtaken;
mod overwrite;
mod permissions;
mod public_keys;
mod put_bundle;
mod put_secret_value;
mod record;
mod record_tag;
mod recovery;
mod region_keys;
mod remembered_lists;
mod remove_regions;
mod replicate;
mod rewrap;
mod stop_replication;
mod tags;
mod token;
mod update_secret;
mod verify;

use std::{collections::BTreeMap, fs, path::PathBuf, time::SystemTime};

use tempfile::TempDir;

use super::{reading::read_record, record::SecretRecord, verify::verify as verify_paths, *};
use crate::{
    error::ErrorCode,
    kms::{EmbeddedKms, KeysDurable, KeystoreLocation, KeystoreSession, Passphrases},
    region::Region,
    secret::SecretBytes,
    store::{NameKey, SecretKey, bundle_file, encode, local::layout},
    suite::AlgorithmSuite,
};

/// Key files protect the keystores of these tests.
struct Never;

impl Passphrases for Never {
    fn current(&self) -> Result<SecretBytes> {
        panic!("asked for a passphrase")
    }

    fn new_passphrase(&self) -> Result<SecretBytes> {
        panic!("asked for a new passphrase")
    }
}

/// A folder with a vault and a keystore, neither of them made yet.
struct Place {
    folder: TempDir,
    vault: Vault,
    keystore: KeystoreLocation,
}

/// Every file below a folder but the locks, with its content and the time of its last change.
type Snapshot = BTreeMap<PathBuf, (Vec<u8>, SystemTime)>;

impl Place {
    fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        let vault = Vault::new(folder.path().join("coldseal-vault"));
        let keystore = KeystoreLocation::new(folder.path().join("data/keystore.json"));
        Self { folder, vault, keystore }
    }

    /// A place with the secret `db` in us-west-2 and, as replicas, in `replicas`.
    fn with_secret(replicas: &[&str]) -> Self {
        let place = Self::new();
        place.create(&request("db", replicas)).expect("created");
        place
    }

    /// The same vault, on a machine with another keystore.
    fn elsewhere(&self) -> Self {
        let folder = TempDir::new().expect("a folder");
        let keystore = KeystoreLocation::new(folder.path().join("keystore.json"));
        Self { folder, vault: self.vault.clone(), keystore }
    }

    fn session(&self) -> KeystoreSession {
        KeystoreSession::begin(&self.keystore, &Never, None).expect("a keystore")
    }

    /// Changes the keystore and commits.
    fn keys<T>(&self, change: impl FnOnce(&mut EmbeddedKms) -> T) -> T {
        let mut session = self.session();
        let result = change(session.kms_mut());
        assert_ne!(session.commit().expect("commits").committed(), crate::kms::Committed::Unchanged);
        result
    }

    /// Makes a key and gives its id.
    fn make_key(&self, region: &str) -> String {
        self.keys(|kms| kms.create_key(self::region(region), "").expect("made").key_id)
    }

    fn kms(&self) -> EmbeddedKms {
        self.keystore.load(&Never).expect("loads").expect("a keystore")
    }

    fn create(&self, request: &CreateSecret) -> Result<SecretChange> {
        self.create_with(&KeyOptions::default(), request)
    }

    fn create_with(&self, keys: &KeyOptions, request: &CreateSecret) -> Result<SecretChange> {
        self.vault.create_secret(&mut self.session(), keys, request)
    }

    fn replicate(&self, request: &ReplicateSecret) -> Result<SecretChange> {
        self.vault.replicate_secret_to_regions(&mut self.session(), request)
    }

    fn put(&self, request: &PutSecretValue) -> Result<SecretChange> {
        self.vault.put_secret_value(&mut self.session(), request)
    }

    fn get(&self, secret_id: &str, region: Option<&str>) -> Result<SecretValueEntry> {
        self.vault.get_secret_value(&self.kms(), secret_id, region.map(self::region), &VersionSelector::default())
    }

    /// The value of `db` in a Region.
    fn value_in(&self, region: &str) -> String {
        let entry = self.get("db", Some(region)).expect("opens");
        String::from_utf8(entry.value.expose().to_vec()).expect("text")
    }

    fn dir(&self, primary: &str, name: &str) -> PathBuf {
        self.vault.store.place(Item::Secret(&key(primary, name)))
    }

    fn record(&self, primary: &str, name: &str) -> SecretRecord {
        read_record(&*self.vault.store, &key(primary, name)).expect("sound").expect("there")
    }

    /// Writes a record as a holder of the keystore leaves it.
    fn write_record(&self, record: &SecretRecord) {
        let mut record = record.clone();
        record.put_tag(self.kms().comparison_key()).expect("tagged");
        self.forge_record(&record);
    }

    /// Writes a record as somebody without the keystore does.
    fn forge_record(&self, record: &SecretRecord) {
        let path = self.dir(record.primary_region().name(), &record.name).join("secret.json");
        fs::write(path, serde_json::to_vec(record).expect("JSON")).expect("writes");
    }

    /// The file of a bundle of the only version of `db`.
    fn bundle(&self, region: &str) -> PathBuf {
        let record = self.record("us-west-2", "db");
        let version = &record.versions[0];
        let bundle = version.bundle(self::region(region)).expect("on record");
        self.dir("us-west-2", "db").join(encode(&version.version_id)).join(&bundle.file)
    }

    fn verify(&self) -> VerifyReport {
        verify_paths(&[self.vault.root().to_owned()], VerifyOptions::default()).expect("verifies")
    }

    fn verify_open(&self) -> VerifyReport {
        verify_paths(&[self.vault.root().to_owned()], VerifyOptions { kms: Some(&self.kms()), ..VerifyOptions::default() })
            .expect("verifies")
    }

    /// Verifies without and with the keystore: nothing is wrong, nothing lies about.
    fn assert_clean(&self) {
        for report in [self.verify(), self.verify_open()] {
            assert!(report.is_sound() && report.notes.is_empty(), "{report:?}");
        }
    }

    fn snapshot(&self) -> Snapshot {
        let mut snapshot = Snapshot::new();
        let mut folders = vec![self.folder.path().to_owned(), self.vault.root().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).into_iter().flatten() {
                let (path, metadata) = entry.and_then(|entry| Ok((entry.path(), entry.metadata()?))).expect("readable");
                if metadata.is_dir() {
                    snapshot.insert(path.clone(), (Vec::new(), SystemTime::UNIX_EPOCH));
                    folders.push(path);
                } else if !metadata.is_symlink() && path.extension().is_none_or(|extension| extension != "lock") && !path.ends_with(".lock")
                {
                    snapshot.insert(path.clone(), (fs::read(&path).expect("readable"), metadata.modified().expect("a time")));
                }
            }
        }
        snapshot
    }
}

/// The secret's place in a store.
fn key(primary: &str, name: &str) -> SecretKey {
    SecretKey { name: NameKey::of(name), primary: region(primary) }
}

fn region(name: &str) -> Region {
    Region::new(name).expect("a Region of AWS")
}

fn text(value: &str) -> SecretValue {
    SecretValue::new(PayloadKind::String, SecretBytes::new(value.as_bytes().to_vec())).expect("a value")
}

fn replicas(regions: &[&str]) -> Vec<ReplicaRegion> {
    regions.iter().map(|region| ReplicaRegion { region: (*region).to_owned(), kms_key_id: None }).collect()
}

fn replica_under(region: &str, key: &str) -> ReplicaRegion {
    ReplicaRegion { region: region.to_owned(), kms_key_id: Some(key.to_owned()) }
}

/// A secret with the value `top` in us-west-2.
fn request(name: &str, regions: &[&str]) -> CreateSecret {
    CreateSecret { value: Some(text("top")), replicas: replicas(regions), ..CreateSecret::new(name, region("us-west-2")) }
}

/// `db` to further Regions.
fn replication(regions: &[&str]) -> ReplicateSecret {
    ReplicateSecret {
        secret_id: "db".to_owned(),
        region: None,
        replicas: replicas(regions),
        name_clash: NameClash::Refuse,
        on_problem: OnProblem::FailWhole,
        keys: KeyOptions::default(),
    }
}

/// A new value of `db`.
fn new_value(value: &str) -> PutSecretValue {
    PutSecretValue::new("db", text(value))
}

/// The AWS name and message of a refusal.
fn refusal<T>(result: Result<T>) -> (ErrorCode, String) {
    match result.map(drop).expect_err("refused") {
        Error::Service(error) => (error.code(), error.to_string()),
        other => panic!("not a refusal by AWS name: {other}"),
    }
}

/// Asserts a refusal by this name whose message has these parts.
fn assert_refused<T>(result: Result<T>, code: ErrorCode, parts: &[&str]) {
    let (found, message) = refusal(result);
    assert_eq!(found, code, "{message}");
    for part in parts {
        assert!(message.contains(part), "'{part}' is not in: {message}");
    }
}
