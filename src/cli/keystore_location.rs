//! Where the keystore is.

use std::path::PathBuf;

use etcetera::BaseStrategy as _;

use super::{args::GlobalArgs, environment::Environment, failure::Outcome, usage::ConfigError};
use crate::kms::KeystoreLocation;

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
