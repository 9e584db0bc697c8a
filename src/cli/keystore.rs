//! The keystore of a command: where it is, and how it is opened.

use std::path::PathBuf;

use etcetera::BaseStrategy as _;

use super::{
    args::GlobalArgs, environment::Environment, failure::Outcome, passphrase::PassphraseSources, terminal::note, usage::ConfigError,
};
use crate::{
    arn::AccountId,
    error::{Error, Result, SetupError},
    kms::{Committed, EmbeddedKms, KeystoreLocation, KeystoreSession},
};

/// The keystore, which need not be there yet.
pub(crate) struct Keystore {
    pub(crate) location: KeystoreLocation,
    pub(crate) passphrases: PassphraseSources,
    /// The account of its keys, where it was asked for.
    pub(crate) account: Option<AccountId>,
}

impl Keystore {
    /// A command that changes an existing keystore must not make one.
    pub(crate) fn require(&self) -> Result<()> {
        if self.location.keystore.exists() { Ok(()) } else { Err(self.missing()) }
    }

    fn missing(&self) -> Error {
        SetupError::NoKeystore(self.location.keystore.clone()).into()
    }

    /// The keystore for reading; there has to be one.
    pub(crate) fn read(&self) -> Result<EmbeddedKms> {
        self.read_if_any()?.ok_or_else(|| self.missing())
    }

    /// The keystore for reading, if there is one.
    pub(crate) fn read_if_any(&self) -> Result<Option<EmbeddedKms>> {
        self.location.load(&self.passphrases)
    }

    /// For a command on secrets, which may be of another account than the keystore; held until dropped.
    pub(crate) fn session_for_secrets(&self) -> Result<KeystoreSession> {
        KeystoreSession::begin(&self.location, &self.passphrases, self.account_for_secrets())
    }

    /// What such a session would begin with, where nothing is to be made or changed.
    pub(crate) fn preview_for_secrets(&self) -> Result<EmbeddedKms> {
        KeystoreSession::preview(&self.location, &self.passphrases, self.account_for_secrets())
    }

    fn account_for_secrets(&self) -> Option<AccountId> {
        self.account.clone().filter(|_| !self.location.keystore.exists())
    }

    /// For a command that may change its keys; held until dropped.
    pub(crate) fn session(&self) -> Result<KeystoreSession> {
        KeystoreSession::begin(&self.location, &self.passphrases, self.account.clone())
    }

    /// Says what a first use made, and what that means.
    pub(crate) fn note_made(&self, committed: &Committed) {
        let KeystoreLocation { keystore, key_file, .. } = &self.location;
        let made = match committed {
            Committed::Created => format!("made the keystore {} and its key file {}", keystore.display(), key_file.display()),
            Committed::CreatedWithAdoptedKeyFile => {
                format!("made the keystore {} with the key file {} that was there", keystore.display(), key_file.display())
            }
            Committed::Updated | Committed::Unchanged => return,
        };
        note(&format!(
            "{made}; whoever copies both files can open everything ('coldseal kms change-protection --to passphrase' asks for a passphrase instead)"
        ));
    }

    /// The same where the session may have made it before the command failed.
    pub(crate) fn note_made_by(&self, session: &mut KeystoreSession) {
        if let Some(committed) = session.take_made() {
            self.note_made(&committed);
        }
    }
}

/// As the flags say, or the environment, or else in the user's data directory; with links followed.
pub(super) fn keystore_location(global: &GlobalArgs, environment: &Environment) -> Outcome<KeystoreLocation> {
    let keystore = match global.keystore.clone().or_else(|| environment.path("COLDSEAL_KEYSTORE")) {
        Some(path) => path,
        None => {
            let base = etcetera::choose_base_strategy();
            let unknown = |_| {
                ConfigError::new("the user's data directory is not known")
                    .with_hint("name the keystore with --keystore or COLDSEAL_KEYSTORE")
            };
            base.map_err(unknown)?.data_dir().join("coldseal").join("keystore.json")
        }
    };
    // Messages name whole paths.
    let mut location = KeystoreLocation::new(std::path::absolute(&keystore).unwrap_or(keystore));
    // What is written takes a file's place: a link's file, that is, and not the link's.
    let named = location.keystore.clone();
    location.keystore = followed(named.clone())?;
    if !location.key_file.exists() && location.keystore != named {
        location.key_file = KeystoreLocation::new(location.keystore.clone()).key_file;
    }
    if let Some(key_file) = global.keystore_key_file.clone().or_else(|| environment.path("COLDSEAL_KEYSTORE_KEY_FILE")) {
        location.key_file = std::path::absolute(&key_file).unwrap_or(key_file);
    }
    location.key_file = followed(location.key_file)?;
    location.key_file_access = environment.files().secret_access();
    Ok(location)
}

/// Where a link leads; any other path as it is.
fn followed(path: PathBuf) -> Outcome<PathBuf> {
    if !path.is_symlink() {
        return Ok(path);
    }
    let lost = |_| ConfigError::new(format!("{}: is a link to what is not there; is what it leads to mounted?", path.display()));
    Ok(std::fs::canonicalize(&path).map_err(lost)?)
}

/// Another keystore than the one in use, with its own key file where one is named.
pub(crate) fn other_location(environment: &Environment, keystore: PathBuf, key_file: Option<PathBuf>) -> KeystoreLocation {
    let mut location = KeystoreLocation::new(keystore);
    location.key_file_access = environment.files().secret_access();
    if let Some(key_file) = key_file {
        location.key_file = key_file;
    }
    location
}
