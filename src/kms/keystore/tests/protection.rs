//! Changes of the slot, and where they may stop.

use super::*;

#[test]
fn the_protection_changes_and_what_it_protects_stays() {
    let (_folder, location, key, blob) = made();
    let old_key = fs::read(&location.key_file).expect("read");
    let root = |secret: &[u8]| {
        let envelope = Envelope::parse(&location.keystore, &fs::read(&location.keystore).expect("read")).expect("parses");
        unlock::try_unwrap(&envelope, &SecretBytes::new(secret.to_vec())).expect("tries").map(|root| root.expose().to_vec())
    };
    let root_key = root(&old_key).expect("unwraps");

    assert!(setup_message(location.change_protection(&Fixed::new("", ""), Protection::Passphrase)).contains("empty"));
    let changed = location.change_protection(&Fixed::new("", "one"), Protection::Passphrase).expect("changes");
    assert!(changed.left_behind.is_none() && !location.key_file.exists());
    assert_opens(&location, &Fixed::new("one", ""), &key, &blob);
    assert_eq!(root(b"one"), Some(root_key.clone()));

    location.change_protection(&Fixed::new("one", "two"), Protection::Passphrase).expect("changes");
    assert!(setup_message(location.load(&Fixed::new("one", ""))).contains("this passphrase"));

    put(&location.key_file, &old_key);
    assert!(setup_message(location.change_protection(&Fixed::new("two", ""), Protection::KeyFile)).contains("is there already"));
    let changed = location.change_protection(&Fixed::new("two", "three"), Protection::Passphrase).expect("changes");
    assert_eq!(changed.left_behind.as_deref(), Some(location.key_file.as_path()));
    fs::remove_file(&location.key_file).expect("removed");
    location.change_protection(&Fixed::new("three", ""), Protection::KeyFile).expect("changes");
    assert_opens(&location, &Never, &key, &blob);
    let new_key = fs::read(&location.key_file).expect("read");
    assert_eq!((root(&old_key), root(&new_key)), (None, Some(root_key)));
    assert!(!location.new_key_file().exists());
    let (_other, none) = place();
    assert!(setup_message(none.change_protection(&Never, Protection::KeyFile)).contains("there is no keystore"));
    assert!(!none.keystore.parent().expect("a folder").exists());
}

/// The files after each step of a change of the key file: `(keystore, key file, new key file)`, each before or after the change.
#[test]
fn a_change_of_the_key_file_may_stop_after_any_step() {
    let (_folder, location, key, blob) = made();
    let files = || (fs::read(&location.keystore).expect("read"), fs::read(&location.key_file).expect("read"));
    let (keystore, old) = files();
    location.change_protection(&Never, Protection::KeyFile).expect("changes");
    let (keystore_after, new) = files();
    let steps = [
        ("new key file written", &keystore, Some(&old), Some(&new)),
        ("keystore renamed", &keystore_after, Some(&old), Some(&new)),
        ("keystore renamed, from a passphrase", &keystore_after, None, Some(&new)),
        ("key file replaced", &keystore_after, Some(&new), Some(&new)),
        ("done", &keystore_after, Some(&new), None),
    ];
    let restore = |keystore: &[u8], key_file: Option<&Vec<u8>>, new_key_file: Option<&Vec<u8>>| {
        put(&location.keystore, keystore);
        for (path, bytes) in [(&location.key_file, key_file), (&location.new_key_file(), new_key_file)] {
            fs::remove_file(path).ok();
            if let Some(bytes) = bytes {
                put(path, bytes);
            }
        }
    };
    for (step, keystore, key_file, new_key_file) in steps {
        restore(keystore, key_file, new_key_file);
        assert_opens(&location, &Never, &key, &blob);
        let mut session = begin(&location);
        session.kms_mut().create_key(west(), "").expect("made");
        assert_eq!(session.commit().expect("commits").committed(), Committed::Updated, "{step}");
        drop(session);
        assert_opens(&location, &Never, &key, &blob);

        restore(keystore, key_file, new_key_file);
        location.change_protection(&Never, Protection::KeyFile).expect(step);
        assert_opens(&location, &Never, &key, &blob);
        assert!(!location.new_key_file().exists(), "{step}");

        restore(keystore, key_file, new_key_file);
        location.change_protection(&Fixed::new("", "one"), Protection::Passphrase).expect(step);
        assert_opens(&location, &Fixed::new("one", ""), &key, &blob);
        assert!(!location.new_key_file().exists() && !location.key_file.exists(), "{step}");
    }
    // From key file to passphrase: the old key file goes last.
    put(&location.key_file, &old);
    assert_opens(&location, &Fixed::new("one", ""), &key, &blob);
}

#[test]
fn a_key_file_that_another_keystore_needs_stays() {
    let (_folder, location, key, blob) = made();
    let other = KeystoreLocation::new(location.keystore.with_file_name("other.json"));
    let mut session = begin(&other);
    assert_eq!(session.commit().expect("commits").committed(), Committed::CreatedWithAdoptedKeyFile);
    drop(session);
    assert!(setup_message(location.change_protection(&Never, Protection::KeyFile)).contains("other.json"));
    assert_opens(&location, &Never, &key, &blob);
    let changed = location.change_protection(&Fixed::new("", "one"), Protection::Passphrase).expect("changes");
    assert_eq!(changed.left_behind.as_deref(), Some(location.key_file.as_path()));
    assert!(other.load(&Never).expect("loads").is_some());
    // Interrupted changes of the other one leave files that are its own.
    fs::rename(&other.key_file, other.new_key_file()).expect("renamed");
    assert!(setup_message(location.change_protection(&Fixed::new("one", "two"), Protection::Passphrase)).contains("other.json"));
    assert!(other.load(&Never).expect("loads").is_some());
}

/// Answers with one passphrase after the other, and does something whenever it is asked.
struct WhenAsked<F> {
    answers: Cell<&'static [&'static str]>,
    work: F,
}

impl<F: Fn(usize)> Passphrases for WhenAsked<F> {
    fn current(&self) -> Result<SecretBytes> {
        let (first, rest) = self.answers.get().split_first().expect("asked once more than expected");
        self.answers.set(rest);
        (self.work)(rest.len());
        Ok(SecretBytes::new(first.as_bytes().to_vec()))
    }

    fn new_passphrase(&self) -> Result<SecretBytes> {
        self.current()
    }
}

#[test]
fn whoever_is_asked_for_a_passphrase_keeps_no_one_waiting() {
    let (_folder, location, key, blob) = made();
    let is_free = || fs::File::open(location.lock_file()).expect("there").try_lock().is_ok();
    let asking = |answers| WhenAsked { answers: Cell::new(answers), work: |_| assert!(is_free()) };
    location.change_protection(&asking(&["one"]), Protection::Passphrase).expect("changes");
    location.change_protection(&asking(&["one", "two"]), Protection::Passphrase).expect("changes");
    let session = KeystoreSession::begin(&location, &asking(&["two"]), None).expect("begins");
    assert!(!is_free());
    drop(session);

    // Another one changes the passphrase while this one types: then the new one is asked for.
    let change = |left| {
        if left == 1 {
            location.change_protection(&Fixed::new("two", "three"), Protection::Passphrase).expect("nobody holds the lock");
        }
    };
    let mut session =
        KeystoreSession::begin(&location, &WhenAsked { answers: Cell::new(&["two", "three"]), work: change }, None).expect("begins");
    session.kms_mut().create_key(west(), "").expect("made");
    assert_eq!(session.commit().expect("commits").committed(), Committed::Updated);
    drop(session);
    assert_opens(&location, &Fixed::new("three", ""), &key, &blob);
}
