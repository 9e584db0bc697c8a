//! Whether a root is the newest, as far as whoever reads it can know: by what it has accepted before, or by what it was told to expect.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::manifest_digest::ManifestDigest;
use crate::{
    crypto::sha256,
    durable::{self, Lock},
    error::{Error, PackageRefusal, Result, SetupError},
    timestamp::Timestamp,
    vault::VaultId,
};

/// Bytes of a file of the state, at most.
const MAX_LENGTH: u64 = 64 * 1024;

/// What a machine that has seen nothing is told.
#[derive(Debug, Clone, Default)]
pub struct ExpectedRoot {
    /// The root has this counter, or a later one.
    pub counter: Option<u64>,
    /// The root is this one.
    pub sha256: Option<ManifestDigest>,
    /// The root is of this vault.
    pub vault_id: Option<VaultId>,
}

/// Whether it must be known that a root is the newest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FreshnessDemand {
    /// Where it is not known, that is told.
    #[default]
    Told,
    /// Where it is not known, the root is refused.
    Required,
}

/// How it is known that a root is not older than one that was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Freshness {
    /// A root of this vault was accepted before.
    Remembered,
    /// It has the counter or the digest that is expected.
    Expected,
    /// It is not known.
    NotChecked,
}

/// What a root is held against, and where the newest one that was accepted is remembered.
#[derive(Debug, Clone)]
pub struct FreshnessCheck {
    /// A directory of the user's, which is made when something is to be remembered.
    pub state: PathBuf,
    /// What is expected.
    pub expected: ExpectedRoot,
    /// What to do where nothing is known.
    pub demand: FreshnessDemand,
    /// The vault that may take another one's place.
    pub accepted_vault: Option<VaultId>,
}

/// What of a root is remembered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct RememberedRoot {
    pub(super) counter: u64,
    #[serde(rename = "SHA256")]
    pub(super) sha256: ManifestDigest,
    pub(super) time: Timestamp,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct RememberedPlace {
    place: String,
    vault_id: VaultId,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct SignedCounter {
    counter: u64,
}

impl FreshnessCheck {
    /// With a state, and nothing expected.
    #[must_use]
    pub fn new(state: impl Into<PathBuf>) -> Self {
        Self { state: state.into(), expected: ExpectedRoot::default(), demand: FreshnessDemand::default(), accepted_vault: None }
    }

    /// Holds a root against what is known, and remembers it, durably, before this returns.
    pub(super) fn accept(&self, place: &Path, vault_id: &VaultId, root: &RememberedRoot) -> Result<Freshness> {
        let freshness = self.check(place, vault_id, root)?;
        self.remember(place, vault_id, root)?;
        Ok(freshness)
    }

    /// Holds a root against what is known.
    pub(super) fn check(&self, place: &Path, vault_id: &VaultId, root: &RememberedRoot) -> Result<Freshness> {
        self.check_expected(vault_id, root)?;
        let known: Option<RememberedRoot> = self.read(&self.vault_path(vault_id))?;
        self.check_known(place, vault_id, known.as_ref(), root)?;
        let is_expected = self.expected.counter.is_some() || self.expected.sha256.is_some();
        let freshness = match known {
            Some(_) => Freshness::Remembered,
            None if is_expected => Freshness::Expected,
            None => Freshness::NotChecked,
        };
        if freshness == Freshness::NotChecked && self.demand == FreshnessDemand::Required {
            return Err(PackageRefusal::FreshnessUnknown.into());
        }
        Ok(freshness)
    }

    /// The largest counter of a vault that was accepted or signed here.
    pub(super) fn known_counter(&self, vault_id: &VaultId) -> Result<Option<u64>> {
        let accepted = self.read::<RememberedRoot>(&self.vault_path(vault_id))?.map(|root| root.counter);
        let signed = self.read::<SignedCounter>(&self.signed_path(vault_id))?.map(|signed| signed.counter);
        Ok(accepted.max(signed))
    }

    /// Remembers the counter of a root that was made here: the next one is larger, wherever the vault's own went.
    pub(super) fn remember_own(&self, vault_id: &VaultId, counter: u64) -> Result<()> {
        if self.known_counter(vault_id)? >= Some(counter) {
            return Ok(());
        }
        let path = self.signed_path(vault_id);
        let write = || {
            durable::create_dir_all(durable::parent_of(&path))?;
            durable::replace(&path, &json(&SignedCounter { counter })?)
        };
        write().map_err(|error| unusable(&self.state, &error))
    }

    fn check_expected(&self, vault_id: &VaultId, root: &RememberedRoot) -> Result<()> {
        let ExpectedRoot { counter, sha256, vault_id: expected_vault } = &self.expected;
        if expected_vault.as_ref().is_some_and(|expected| expected != vault_id) {
            return Err(PackageRefusal::UnexpectedVault(vault_id.to_string()).into());
        }
        if sha256.as_ref().is_some_and(|expected| *expected != root.sha256) {
            return Err(PackageRefusal::UnexpectedRoot(root.sha256.to_string()).into());
        }
        match counter {
            Some(expected) if root.counter < *expected => {
                Err(PackageRefusal::CounterBelow { found: root.counter, expected: *expected }.into())
            }
            _ => Ok(()),
        }
    }

    fn check_known(&self, place: &Path, vault_id: &VaultId, known: Option<&RememberedRoot>, root: &RememberedRoot) -> Result<()> {
        if let Some(RememberedPlace { vault_id: other, .. }) = self.read(&self.place_path(place))?
            && other != *vault_id
            && self.accepted_vault.as_ref() != Some(vault_id)
        {
            return Err(
                PackageRefusal::OtherVault { found: vault_id.to_string(), known: other.to_string(), place: place.to_owned() }.into()
            );
        }
        known.map_or(Ok(()), |known| root.check_after(known))
    }

    /// Another process may have remembered a newer one meanwhile: that stays.
    pub(super) fn remember(&self, place: &Path, vault_id: &VaultId, root: &RememberedRoot) -> Result<()> {
        let of_place = RememberedPlace { place: place.display().to_string(), vault_id: vault_id.clone() };
        let is_known = self.read::<RememberedRoot>(&self.vault_path(vault_id))?.as_ref() == Some(root)
            && self.read::<RememberedPlace>(&self.place_path(place))?.is_some_and(|known| known.vault_id == *vault_id);
        if is_known {
            return Ok(());
        }
        let write = || {
            for folder in [VAULTS, PLACES] {
                durable::create_dir_all(&self.state.join(folder))?;
            }
            let _lock = Lock::exclusive(&self.state.join(LOCK))?;
            let newer: Option<RememberedRoot> = self.read(&self.vault_path(vault_id))?;
            self.check_known(place, vault_id, newer.as_ref(), root)?;
            durable::replace(&self.vault_path(vault_id), &json(root)?)?;
            durable::replace(&self.place_path(place), &json(&of_place)?)
        };
        write().map_err(|error| match error {
            Error::Io { .. } | Error::Damaged { .. } | Error::NotSynced { .. } => unusable(&self.state, &error),
            other => other,
        })
    }

    fn read<T: DeserializeOwned>(&self, path: &Path) -> Result<Option<T>> {
        let file = match durable::regular::open_regular(path) {
            Err(Error::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened.map_err(|error| unusable(&self.state, &error))?,
        };
        let mut bytes = Vec::new();
        io::Read::read_to_end(&mut io::Read::take(file, MAX_LENGTH), &mut bytes).map_err(|error| unusable(path, &error))?;
        let parsed = serde_json::from_slice(&bytes);
        parsed.map(Some).map_err(|error| unusable(path, &format!("not what was written there (line {})", error.line())))
    }

    fn vault_path(&self, vault_id: &VaultId) -> PathBuf {
        self.state.join(VAULTS).join(format!("{vault_id}.json"))
    }

    fn signed_path(&self, vault_id: &VaultId) -> PathBuf {
        self.state.join(SIGNED).join(format!("{vault_id}.json"))
    }

    fn place_path(&self, place: &Path) -> PathBuf {
        // A place that is reached by a link is the place that it leads to.
        let place = fs::canonicalize(place).unwrap_or_else(|_| place.to_owned());
        self.state.join(PLACES).join(format!("{}.json", sha256(place.as_os_str().as_encoded_bytes())))
    }
}

impl RememberedRoot {
    /// Refuses a root that is older than this one, or another with its counter.
    pub(super) fn check_after(&self, known: &Self) -> Result<()> {
        if self.counter < known.counter {
            return Err(PackageRefusal::Older { found: self.counter, known: known.counter }.into());
        }
        if self.counter == known.counter && self.sha256 != known.sha256 {
            return Err(PackageRefusal::OtherRoot(self.counter).into());
        }
        if self.time < known.time {
            return Err(PackageRefusal::BackDated { time: self.time, known: known.time }.into());
        }
        Ok(())
    }
}

const VAULTS: &str = "vaults";
const PLACES: &str = "places";
const SIGNED: &str = "signed";
const LOCK: &str = ".lock";

fn json<T: Serialize>(content: &T) -> Result<Vec<u8>> {
    let mut json = serde_json::to_vec_pretty(content).map_err(|_| Error::Misuse("what is remembered is always JSON"))?;
    json.push(b'\n');
    Ok(json)
}

fn unusable(path: &Path, why: &dyn std::fmt::Display) -> Error {
    SetupError::FreshnessState { path: path.to_owned(), why: why.to_string() }.into()
}
