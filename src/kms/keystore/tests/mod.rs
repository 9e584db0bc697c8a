#![allow(clippy::indexing_slicing, reason = "a test fails where an index is wrong")]

mod clock;
mod expired;
mod format;
mod full;
mod protection;
mod public_keys;

use std::{cell::Cell, fs, os::unix::fs::PermissionsExt as _, path::Path};

use tempfile::TempDir;

use super::{
    content,
    envelope::{self, Envelope},
    *,
};
use crate::{
    arn::{AccountId, KeyArn},
    durable::parent_of,
    error::{Error, Result},
    format::EncryptionContext,
    keyring::{CiphertextBlob, Kms as _},
    kms::EmbeddedKms,
    region::Region,
    secret::SecretBytes,
};

/// A keystore of format 1 and its key file, made once by an independent implementation of the layout (Python, `cryptography`).
const KEYSTORE_V1: &[u8] = include_bytes!("../../../../tests/data/keystore-v1.json");
const KEYSTORE_V1_KEY: &[u8] = include_bytes!("../../../../tests/data/keystore-v1.key");
/// The same keystore under the passphrase `correct horse`.
const KEYSTORE_V1_PASSPHRASE: &[u8] = include_bytes!("../../../../tests/data/keystore-v1-passphrase.json");

/// Fixed passphrases; counts how often the current one was asked for.
struct Fixed {
    current: &'static str,
    new: &'static str,
    asked: Cell<usize>,
}

impl Fixed {
    fn new(current: &'static str, new: &'static str) -> Self {
        Self { current, new, asked: Cell::new(0) }
    }
}

impl Passphrases for Fixed {
    fn current(&self) -> Result<SecretBytes> {
        self.asked.set(self.asked.get() + 1);
        Ok(SecretBytes::new(self.current.as_bytes().to_vec()))
    }

    fn new_passphrase(&self) -> Result<SecretBytes> {
        Ok(SecretBytes::new(self.new.as_bytes().to_vec()))
    }
}

/// No passphrase is needed.
struct Never;

impl Passphrases for Never {
    fn current(&self) -> Result<SecretBytes> {
        panic!("asked for a passphrase")
    }

    fn new_passphrase(&self) -> Result<SecretBytes> {
        panic!("asked for a new passphrase")
    }
}

fn west() -> Region {
    Region::new("us-west-2").expect("a Region of AWS")
}

fn place() -> (TempDir, KeystoreLocation) {
    let folder = TempDir::new().expect("a folder");
    let location = KeystoreLocation::new(folder.path().join("data/coldseal/keystore.json"));
    (folder, location)
}

fn put(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(parent_of(path)).expect("a folder");
    fs::write(path, bytes).expect("written");
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("mode set");
}

fn begin(location: &KeystoreLocation) -> KeystoreSession {
    KeystoreSession::begin(location, &Never, None).expect("begins")
}

/// A keystore with one key, that key, and something encrypted under it.
fn made() -> (TempDir, KeystoreLocation, KeyArn, CiphertextBlob) {
    let (folder, location) = place();
    let mut session = begin(&location);
    let key = session.kms_mut().create_key(west(), "").expect("made").arn;
    assert_eq!(session.commit().expect("commits").committed(), Committed::Created);
    let blob = session.kms().encrypt(&key, b"data", &EncryptionContext::new()).expect("encrypts");
    (folder, location, key, blob)
}

fn assert_opens(location: &KeystoreLocation, passphrases: &dyn Passphrases, key: &KeyArn, blob: &CiphertextBlob) {
    let kms = location.load(passphrases).expect("loads").expect("a keystore");
    assert_eq!(kms.decrypt(key, blob, &EncryptionContext::new()).expect("decrypts").expose(), b"data");
}

fn setup_message<T>(result: Result<T>) -> String {
    match result.map(drop).expect_err("refused") {
        Error::Setup(error) => error.to_string(),
        other => panic!("not an error of the set-up: {other:?}"),
    }
}

#[test]
fn keys_are_durable_once_committed_and_where_there_are_none() {
    let (_folder, location) = place();
    let mut session = begin(&location);
    // All keys may be in AWS KMS.
    assert_eq!(KeysDurable::unchanged(session.kms()).expect("no key to lose").committed(), Committed::Unchanged);
    let key = session.kms_mut().create_key(west(), "").expect("made").arn;
    let refused = KeysDurable::unchanged(session.kms()).expect_err("not written yet");
    assert!(matches!(refused, Error::Misuse(_)), "{refused}");
    let durable = session.commit().expect("commits");
    assert!(durable.committed() == Committed::Created && durable.kms().can_unwrap(&key));
    let loaded = location.load(&Never).expect("loads").expect("a keystore");
    assert!(KeysDurable::unchanged(&loaded).is_ok());
    session.kms_mut().create_key(west(), "").expect("made");
    assert!(KeysDurable::unchanged(session.kms()).is_err());
}

#[test]
fn nothing_is_written_before_the_commit_and_only_changes_after() {
    let (_folder, location) = place();
    assert!(location.load(&Never).expect("nothing wrong").is_none() && !location.keystore.parent().expect("a folder").exists());
    let mut session = begin(&location);
    assert!(!location.keystore.exists() && !location.key_file.exists());
    assert_eq!(session.commit().expect("commits").committed(), Committed::Created);
    assert!(session.kms().last_written().is_some());
    assert_eq!(session.commit().expect("commits").committed(), Committed::Unchanged);
    drop(session);
    for path in [&location.keystore, &location.key_file] {
        assert_eq!(fs::metadata(path).expect("there").permissions().mode() & 0o777, 0o600);
    }
    let before = (fs::read(&location.keystore).expect("read"), fs::read(&location.key_file).expect("read"));
    assert_eq!(before.1.len(), 32);
    let mut session = begin(&location);
    assert_eq!(session.commit().expect("commits").committed(), Committed::Unchanged);
    assert_eq!(fs::read(&location.keystore).expect("read"), before.0);
    session.kms_mut().ensure_default_key(west()).expect("made");
    assert_eq!(session.commit().expect("commits").committed(), Committed::Updated);
    assert_eq!(fs::read(&location.key_file).expect("read"), before.1);
    let key = session.into_kms().default_key(west());
    assert_eq!(location.load(&Never).expect("loads").expect("a keystore").default_key(west()), key);
}

#[test]
fn every_write_has_a_fresh_salt_and_keeps_slot_and_id() {
    let (_folder, location, ..) = made();
    let read = || Envelope::parse(&location.keystore, &fs::read(&location.keystore).expect("read")).expect("parses");
    let first = read();
    let mut session = begin(&location);
    session.kms_mut().create_key(west(), "").expect("made");
    let _ = session.commit().expect("commits");
    let second = read();
    assert_eq!((&first.header.keystore_id, &first.header.slot), (&second.header.keystore_id, &second.header.slot));
    assert_ne!(first.header_bytes, second.header_bytes);
}

#[test]
fn a_key_file_without_keystore_is_adopted_and_one_that_is_not_fit_is_refused() {
    let (_folder, location) = place();
    put(&location.key_file, &[7; 32]);
    let mut session = begin(&location);
    assert_eq!(session.commit().expect("commits").committed(), Committed::CreatedWithAdoptedKeyFile);
    assert_eq!(fs::read(&location.key_file).expect("read"), [7; 32]);
    drop(session);
    for length in [0, 31, 33] {
        put(&location.key_file, &vec![7; length]);
        assert!(setup_message(location.load(&Never)).contains("exactly 32 bytes"));
        fs::remove_file(&location.keystore).ok();
        assert!(setup_message(KeystoreSession::begin(&location, &Never, None)).contains("exactly 32 bytes"));
        put(&location.keystore, KEYSTORE_V1);
    }
}

#[test]
fn a_missing_wrong_or_readable_key_file_is_refused() {
    let (_folder, location, key, blob) = made();
    let bytes = fs::read(&location.key_file).expect("read");
    fs::set_permissions(&location.key_file, fs::Permissions::from_mode(0o640)).expect("mode set");
    assert!(setup_message(location.load(&Never)).contains("(mode 0640)"));
    put(&location.key_file, &[7; 32]);
    assert!(setup_message(location.load(&Never)).contains("does not open with the key file"));
    fs::remove_file(&location.key_file).expect("removed");
    let message = setup_message(location.load(&Never));
    assert!(message.contains(&location.key_file.display().to_string()) && message.contains("not there"), "{message}");
    assert!(setup_message(KeystoreSession::begin(&location, &Never, None)).contains("not there"));
    put(&location.key_file, &bytes);
    assert_opens(&location, &Never, &key, &blob);
}

#[test]
fn the_account_is_fixed_when_the_keystore_is_made() {
    let (_folder, location) = place();
    let account = |text: &str| -> Option<AccountId> { Some(text.parse().expect("an account")) };
    let mut session = KeystoreSession::begin(&location, &Never, account("111122223333")).expect("begins");
    let _ = session.commit().expect("commits");
    drop(session);
    for fits in [None, account("111122223333")] {
        assert_eq!(KeystoreSession::begin(&location, &Never, fits).expect("begins").kms().account().as_str(), "111122223333");
    }
    let message = setup_message(KeystoreSession::begin(&location, &Never, account("444455556666")));
    assert!(message.contains("111122223333") && message.contains("444455556666"), "{message}");
}

#[test]
fn a_session_excludes_other_writers_and_no_readers() {
    let (_folder, location, key, blob) = made();
    let session = begin(&location);
    assert_opens(&location, &Never, &key, &blob);
    let lock = fs::File::open(location.lock_file()).expect("opens");
    assert!(lock.try_lock().is_err());
    drop(session);
    assert!(lock.try_lock().is_ok());
}

#[test]
fn a_copy_for_another_machine_is_a_keystore_like_any_other() {
    let (_folder, location, key, blob) = made();
    let kms = location.load(&Never).expect("loads").expect("a keystore");
    let export = kms.export(&[west()]).expect("exports");
    let (_other, there) = place();
    there.create(&export, &Never, Protection::KeyFile).expect("written");
    assert_opens(&there, &Never, &key, &blob);
    assert_ne!(fs::read(&there.key_file).expect("read"), fs::read(&location.key_file).expect("read"));
    assert!(setup_message(there.create(&export, &Never, Protection::KeyFile)).contains("is there already"));
    fs::remove_file(&there.keystore).expect("removed");
    assert!(setup_message(there.create(&export, &Never, Protection::KeyFile)).contains("keystore.key is there already"));
    fs::remove_file(&there.key_file).expect("removed");
    assert!(setup_message(there.create(&export, &Fixed::new("", ""), Protection::Passphrase)).contains("empty"));
    there.create(&export, &Fixed::new("", "one"), Protection::Passphrase).expect("written");
    assert!(!there.key_file.exists());
    assert_opens(&there, &Fixed::new("one", ""), &key, &blob);
    let mut session = begin(&there_with_own_key(&there));
    session.kms_mut().import(export).expect("imports");
    assert_eq!(session.commit().expect("commits").committed(), Committed::Created);
    drop(session);
    assert_opens(&there_with_own_key(&there), &Never, &key, &blob);
}

/// Another keystore in the same folder.
fn there_with_own_key(location: &KeystoreLocation) -> KeystoreLocation {
    KeystoreLocation::new(location.keystore.with_file_name("merged.json"))
}

#[test]
fn what_a_killed_write_left_is_swept_by_the_next_and_nothing_else_is() {
    let (_folder, location, key, _) = made();
    let beside = |name: &str| parent_of(&location.keystore).join(name);
    let left = beside(".coldseal-tmp-keystore.json-a1B2c3");
    let others = [beside(".coldseal-tmp-a1B2c3"), beside(".coldseal-tmp-other.json-a1B2c3"), beside("notes")];
    for path in others.iter().chain([&left]) {
        put(path, b"left");
    }
    let mut session = begin(&location);
    assert_eq!(session.commit().expect("commits").committed(), Committed::Unchanged);
    assert!(left.exists(), "what writes nothing sweeps nothing");
    session.kms_mut().update_key_description(west(), key.key_id(), "changed").expect("changed");
    assert_eq!(session.commit().expect("commits").committed(), Committed::Updated);
    drop(session);
    assert!(!left.exists() && others.iter().all(|path| path.exists()));
    put(&left, b"left");
    location.change_protection(&Fixed::new("", "new"), Protection::Passphrase).expect("changed");
    assert!(!left.exists() && others.iter().all(|path| path.exists()));
}

/// A keystore file up to its encryption; what parses is written as it was read.
fn parse_keystore(bytes: &[u8]) -> Result<()> {
    let path = Path::new("keystore");
    let envelope = Envelope::parse(path, bytes)?;
    let again = envelope::write_file(&envelope.header_bytes, &envelope.sealed_content)?;
    assert_eq!(envelope, Envelope::parse(path, &again)?);
    Ok(())
}

/// What is inside the encryption; what parses is written as it was read.
fn parse_content(bytes: &[u8]) -> Result<()> {
    let path = Path::new("keystore");
    let kms = content::parse(path, bytes)?;
    let written = kms.last_written().expect("stored content says when it was written");
    let again = content::to_json(&kms, written)?;
    let reread = content::to_json(&content::parse(path, again.expose())?, written)?;
    assert_eq!(again.expose(), reread.expose());
    Ok(())
}
