//! Checks a vault, a secret's folder or a bundle, to the last byte, without any key; with a keystore, opens what it can too.

mod bundle;
mod secret;

use std::{
    fs::Metadata,
    path::{Path, PathBuf},
};

use serde::Serialize;

use self::bundle::Checker;
use super::{
    KeyOptions, Vault,
    family::{entries, looked_at},
    layout::{LOCK, MARKER, RECORD, SECRETS},
};
use crate::{
    error::{Damage, Error, Result, SetupError},
    kms::EmbeddedKms,
    region::Region,
};

const STRANGER: &str = "does not belong to the vault";

/// Something that `verify` has to say about a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Finding {
    /// The file or folder.
    #[serde(serialize_with = "crate::text::serialize_path")]
    pub path: PathBuf,
    /// What it is.
    pub message: String,
}

/// What came of opening bundles with a keystore.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OpenCounts {
    /// Opened, and the value is the one on record where that can be told.
    pub opened: u64,
    /// The keystore has not the key, or not enabled.
    pub not_openable_here: u64,
    /// The key is here, and the bundle does not open.
    pub failed: u64,
}

/// The bundles of Regions that were not asked about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OtherRegions {
    /// All of them.
    pub bundles: u64,
    /// Those among them whose file is not there.
    pub absent: u64,
}

/// What [`verify`] looks at, and with which keys.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct VerifyOptions<'a> {
    /// Opens what it can.
    pub kms: Option<&'a EmbeddedKms>,
    /// What opens besides; with AWS KMS, bundles under its keys are opened too.
    pub keys: Option<&'a KeyOptions>,
    /// Only the bundles for this Region; those for other Regions may be absent, and are counted.
    pub region: Option<Region>,
}

/// What was checked, and what is wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct VerifyReport {
    /// Secrets checked.
    pub secrets: u64,
    /// Bundles checked.
    pub bundles: u64,
    /// What is wrong.
    pub faults: Vec<Finding>,
    /// What is not wrong, but not needed: leftovers of a command that was cut short.
    pub notes: Vec<Finding>,
    /// With a keystore, what opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open: Option<OpenCounts>,
    /// With one Region asked about, what there is for the others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_regions: Option<OtherRegions>,
}

impl VerifyReport {
    /// True when nothing is wrong.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.faults.is_empty()
    }

    fn new(options: &VerifyOptions<'_>) -> Self {
        Self {
            open: (options.kms.is_some() || options.keys.is_some()).then(OpenCounts::default),
            other_regions: options.region.map(|_| OtherRegions::default()),
            ..Self::default()
        }
    }

    fn add(&mut self, other: Self) {
        self.secrets += other.secrets;
        self.bundles += other.bundles;
        self.faults.extend(other.faults);
        self.notes.extend(other.notes);
        if let (Some(counts), Some(more)) = (&mut self.open, other.open) {
            counts.opened += more.opened;
            counts.not_openable_here += more.not_openable_here;
            counts.failed += more.failed;
        }
        if let (Some(counts), Some(more)) = (&mut self.other_regions, other.other_regions) {
            counts.bundles += more.bundles;
            counts.absent += more.absent;
        }
    }
}

/// Verifies each path: a vault, the folder of a secret, or a bundle.
///
/// # Errors
/// A path that is none of these, or cannot be read at all; no credentials to call AWS KMS with. Faults are in the report.
pub fn verify(paths: &[PathBuf], options: VerifyOptions<'_>) -> Result<VerifyReport> {
    let mut checker = Checker::new(options);
    for path in paths {
        let look = |at: &Path| looked_at(at).map_err(|error| Error::io_at("looking at", at, error));
        let found = look(path)?;
        if look(&path.join(MARKER))?.is_some_and(|marker| marker.is_file()) {
            verify_vault(&mut checker, path)?;
        } else if look(&path.join(RECORD))?.is_some() {
            verify_secret_dir(&mut checker, path)?;
        } else if found.as_ref().is_some_and(Metadata::is_file) {
            checker.check_lone_bundle(path);
        } else if found.is_some() {
            return Err(SetupError::NothingToVerify(path.clone()).into());
        } else {
            return Err(SetupError::NothingThere(path.clone()).into());
        }
    }
    checker.finish()
}

fn verify_vault(checker: &mut Checker<'_>, root: &Path) -> Result<()> {
    let vault = Vault::new(root);
    if let Err(error) = vault.require() {
        checker.fault(root, error.to_string());
        return Ok(());
    }
    for entry in entries(root)? {
        if ![MARKER, LOCK, SECRETS].iter().any(|known| entry.file_name() == *known) {
            checker.note(&entry.path(), STRANGER);
        } else if entry.path().is_symlink() {
            checker.fault(&entry.path(), Damage::Link.to_string());
        }
    }
    let secrets = root.join(SECRETS);
    if secrets.is_symlink() {
        return Ok(());
    }
    for entry in entries(&secrets)? {
        let path = entry.path();
        match region_named(&path).filter(|_| path.is_dir() || path.is_symlink()) {
            Some(_) if path.is_symlink() => checker.fault(&path, Damage::Link.to_string()),
            Some(region) => verify_region(checker, &path, region)?,
            None => checker.note(&path, "not the folder of a Region"),
        }
    }
    checker.check_names(root);
    Ok(())
}

fn verify_region(checker: &mut Checker<'_>, dir: &Path, region: Region) -> Result<()> {
    for entry in entries(dir)? {
        let path = entry.path();
        if path.is_symlink() {
            checker.fault(&path, Damage::Link.to_string());
        } else if path.is_dir() {
            checker.check_secret(&path, region);
        } else {
            checker.note(&path, STRANGER);
        }
    }
    Ok(())
}

/// The Region that a folder is named after.
fn region_named(dir: &Path) -> Option<Region> {
    dir.file_name().and_then(|name| name.to_str()).and_then(Region::new)
}

fn verify_secret_dir(checker: &mut Checker<'_>, dir: &Path) -> Result<()> {
    // The folder's place says the primary Region: as it stands, or for `.` and the like after resolving.
    let absolute = std::fs::canonicalize(dir).map_err(|error| Error::io_at("reading", dir, error))?;
    let Some(region) = absolute.parent().and_then(region_named) else {
        return Err(SetupError::NotInRegionFolder(dir.to_owned()).into());
    };
    checker.check_secret(&absolute, region);
    Ok(())
}
