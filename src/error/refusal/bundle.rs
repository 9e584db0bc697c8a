//! Bundles that do not open.

use std::path::PathBuf;

use super::{ErrorCode, region_names::region_names};
use crate::{
    error::edk::{EdkAttempt, NoUsableKey},
    region::Region,
};

/// A bundle of a secret that does not open, or whose value is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BundleRefusal {
    /// The version has no bundle for the Region.
    #[error("version {} has no bundle for {region}", .version_id.escape_debug())]
    NotOnRecord {
        /// The version.
        version_id: String,
        /// The Region.
        region: Region,
    },
    /// It is not in the store.
    #[error("reading {}: the bundle is missing; another Region's may still open", .0.display())]
    Missing(PathBuf),
    /// It is not in the store, and those for other Regions are, as where one Region's were carried to.
    #[error("reading {}: the bundle is missing; {} here", .path.display(), are(.here))]
    OnlyElsewhere {
        /// The bundle.
        path: PathBuf,
        /// The Regions whose bundles of the version are there.
        here: Vec<Region>,
    },
    /// It is not in the store, and no other one stands in for it.
    #[error("reading {}: the bundle is missing", .0.display())]
    MissingForGood(PathBuf),
    /// Another file than the one that was written.
    #[error("{}: size or SHA-256 is not the one on record: the file was changed or damaged", .0.display())]
    Changed(PathBuf),
    /// No key at hand opens it.
    #[error("{}: {}{}", .path.display(), NoUsableKey(.attempts), same_value(.others))]
    NoUsableKey {
        /// The bundle.
        path: PathBuf,
        /// What was tried.
        attempts: Vec<EdkAttempt>,
        /// The other Regions whose bundles hold the same value.
        others: Vec<Region>,
    },
    /// It is not a message that was sealed for its place.
    #[error("{}: {why}", .path.display())]
    DoesNotOpen {
        /// The bundle.
        path: PathBuf,
        /// Why, as the error tells it.
        why: String,
    },
    /// It opens, and its value is not the one on record.
    #[error(
        "the bundle for {region} of version {} opens, but its value is not the one on record: it was forged, or the record was changed; restore both from a copy",
        .version_id.escape_debug()
    )]
    Disproved {
        /// The Region.
        region: Region,
        /// The version.
        version_id: String,
    },
    /// It does not open, and no other Region's bundle tells its value.
    #[error(
        "{refusal}\nanother Region's bundle is not taken in place of that for {region}: each has its own data key, and only the keystore that made the value on record can tell whether they hold the same"
    )]
    NotFromElsewhere {
        /// Why it does not open.
        refusal: Box<BundleRefusal>,
        /// The Region.
        region: Region,
    },
}

impl BundleRefusal {
    /// The service's name for it.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        ErrorCode::DecryptionFailure
    }

    /// True where the bundle that was wanted is not in the store: a writer may have put another one in its place.
    pub(crate) fn is_missing(&self) -> bool {
        match self {
            Self::Missing(_) | Self::OnlyElsewhere { .. } | Self::MissingForGood(_) => true,
            Self::NotFromElsewhere { refusal, .. } => refusal.is_missing(),
            Self::NotOnRecord { .. } | Self::Changed(_) | Self::NoUsableKey { .. } | Self::DoesNotOpen { .. } | Self::Disproved { .. } => {
                false
            }
        }
    }
}

fn same_value(others: &[Region]) -> String {
    if others.is_empty() { String::new() } else { format!("\nthe bundles for {} hold the same value", region_names(others)) }
}

fn are(regions: &[Region]) -> String {
    let verb = if regions.len() == 1 { "that" } else { "those" };
    format!("{verb} for {} {}", region_names(regions), if regions.len() == 1 { "is" } else { "are" })
}
