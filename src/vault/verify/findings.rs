//! What a check is asked for, and what it tells.

use std::{collections::BTreeMap, path::PathBuf};

use serde::Serialize;

use crate::{
    kms::EmbeddedKms,
    region::Region,
    vault::{KeyOptions, Progress},
};

/// What is said of something that no part of a vault is.
pub(super) const STRANGER: &str = "does not belong to the vault";

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

/// Which of a Region's bundles are there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BundlesThere {
    /// Those that are.
    pub here: u64,
    /// Those that are not.
    pub missing: u64,
}

/// What [`verify`](super::verify) looks at, and with which keys.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct VerifyOptions<'a> {
    /// Opens what it can.
    pub kms: Option<&'a EmbeddedKms>,
    /// What opens besides; with AWS KMS, bundles under its keys are opened too.
    pub keys: Option<&'a KeyOptions>,
    /// Only the bundles for this Region; those for other Regions may be absent, and are counted.
    pub region: Option<Region>,
    /// Is told of secrets, and of bundles by themselves, as they are checked.
    pub progress: Option<&'a dyn Progress>,
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
    /// The Regions of the secrets that were checked, each with whether bundles for it are there, and are missing; not part of the document.
    #[serde(skip)]
    pub regions: BTreeMap<Region, BundlesThere>,
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

    /// The Regions whose bundles are all there, where those of others are all missing: only these were brought here. None in any other case.
    #[must_use]
    pub fn brought_regions(&self) -> Vec<Region> {
        let is_whole = |there: &BundlesThere| there.here == 0 || there.missing == 0;
        if !self.regions.values().all(is_whole) || self.regions.values().all(|there| there.missing == 0) {
            return Vec::new();
        }
        self.regions.iter().filter(|(_, there)| there.missing == 0).map(|(region, _)| *region).collect()
    }

    pub(super) fn new(options: &VerifyOptions<'_>) -> Self {
        Self {
            open: (options.kms.is_some() || options.keys.is_some()).then(OpenCounts::default),
            other_regions: options.region.map(|_| OtherRegions::default()),
            ..Self::default()
        }
    }

    pub(super) fn add(&mut self, other: Self) {
        self.secrets += other.secrets;
        self.bundles += other.bundles;
        self.faults.extend(other.faults);
        self.notes.extend(other.notes);
        for (region, more) in other.regions {
            let there = self.regions.entry(region).or_default();
            there.here += more.here;
            there.missing += more.missing;
        }
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
