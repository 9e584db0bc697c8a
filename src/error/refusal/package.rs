//! Signed packages that are not taken, or not signed.

use std::path::PathBuf;

use super::{ErrorCode, region_names::region_names};
use crate::{region::Region, timestamp::Timestamp};

/// Why a root is not taken, or not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PackageRefusal {
    /// There is no root at all.
    #[error("nothing here is signed: {} has no root", .0.display())]
    NoRoot(PathBuf),
    /// There are roots, and none has the signatures that it takes; of the newest, why not.
    #[error("no root has enough signatures; that of counter {counter}: {why}")]
    NoneAccepted {
        /// The newest root's.
        counter: u64,
        /// What is wrong with it.
        why: String,
    },
    /// A newer root was accepted before.
    #[error("the root has counter {found}, and one with counter {known} was accepted before: this is an older package")]
    Older {
        /// The root's.
        found: u64,
        /// The newest one that was accepted.
        known: u64,
    },
    /// Another root with this counter was accepted before.
    #[error("another root with counter {0} was accepted before: two were signed under one number")]
    OtherRoot(u64),
    /// A newer root that says it is older in time.
    #[error("the root is of {time}, and the one before, which was accepted, of {known}")]
    BackDated {
        /// The root's.
        time: Timestamp,
        /// The newest one's that was accepted.
        known: Timestamp,
    },
    /// Another vault was here.
    #[error("the root is of the vault {found}, and {} was the place of the vault {known}", .place.display())]
    OtherVault {
        /// The vault id of the root.
        found: String,
        /// The one that was accepted here.
        known: String,
        /// Where.
        place: PathBuf,
    },
    /// The vault says that it is another one than its root does.
    #[error("the root is of the vault {0}, which this one is not")]
    RootOfOtherVault(String),
    /// The root's counter is below the one that is expected.
    #[error("the root has counter {found}, and {expected} or a later one is expected")]
    CounterBelow {
        /// The root's.
        found: u64,
        /// The least that is expected.
        expected: u64,
    },
    /// The root is not the one that is expected.
    #[error("the root has the SHA-256 {0}, which is not the one that is expected")]
    UnexpectedRoot(String),
    /// The root is not of the vault that is expected.
    #[error("the root is of the vault {0}, which is not the one that is expected")]
    UnexpectedVault(String),
    /// It has to be known that the root is the newest, and is not.
    #[error("whether the root is the newest is not known: no root of this vault was accepted before, and none is expected")]
    FreshnessUnknown,
    /// Changes whose author is not the keystore at hand.
    #[error("changed by another hand, as far as is known here: {}", names(.0))]
    ByOthers(Vec<String>),
    /// A secret that is not to be changed: nobody who counts vouches for what it says.
    #[error("'{}' was changed by another hand, as far as is known here, and is not as it was signed{}", .name.escape_debug(), because(.why.as_ref()))]
    NeitherOwnNorSigned {
        /// Its name.
        name: String,
        /// Why it is not known what was signed.
        why: Option<String>,
    },
    /// Nobody has changed a secret of this name by another hand.
    #[error("'{}' is not among what another hand changed", .0.escape_debug())]
    NotByOthers(String),
    /// The vault is not as it was shown.
    #[error("the vault was changed while its changes were shown; nothing was signed")]
    ChangedMeanwhile,
    /// Somebody else has put a root of this counter.
    #[error("somebody else has put a root with counter {0} meanwhile; nothing was signed")]
    Overtaken(u64),
    /// No number is left.
    #[error("no counter is left above {0}")]
    CounterExhausted(u64),
    /// A signature that is of none of the roots here.
    #[error("it is a signature of none of the roots here")]
    SignatureOfNone,
    /// What an older root says went with its pages, which signing removes once a newer root counts.
    #[error("what the root with counter {0} says is not here any more: its pages were removed when a newer one was signed")]
    Superseded(u64),
    /// A bundle that lies in the vault, and that the root does not name.
    #[error("the root with counter {0} names no such bundle")]
    BundleNotNamed(u64),
    /// A bundle in the place of one that the root names.
    #[error("this is not the bundle that the root with counter {0} names")]
    OtherBundle(u64),
    /// What was carried away is not changed, nor signed, where it was carried to.
    #[error("this is a part of a vault, for {}; it is changed and signed in the vault that it is of", region_names(.0))]
    Part(Vec<Region>),
    /// A part has not the Region.
    #[error("{asked} is not in this part of a vault, which is for {}", region_names(.part))]
    NotInPart {
        /// The Region asked for.
        asked: Region,
        /// Those that came along.
        part: Vec<Region>,
    },
    /// A secret came along for several Regions, none of them its primary one.
    #[error("'{}' came here for several Regions: {}", .name.escape_debug(), region_names(.regions))]
    SeveralRegions {
        /// Its name.
        name: String,
        /// Those that came along and have it.
        regions: Vec<Region>,
    },
    /// Nothing of a Region is signed.
    #[error("the root with counter {counter} has no secret in {region}")]
    NothingInRegion {
        /// The Region.
        region: Region,
        /// The root's.
        counter: u64,
    },
    /// A bundle that was signed is not there.
    #[error("the root names the bundle {}, which is not there", .0.display())]
    BundleMissing(PathBuf),
    /// A bundle is not the one that was signed.
    #[error("{} is not the bundle that was signed", .0.display())]
    BundleChanged(PathBuf),
    /// What is to be imported is no part of a vault, but a whole one.
    #[error("{} is no part of a vault that was exported", .0.display())]
    NotAPart(PathBuf),
    /// What is to take it in is no part, but a whole vault.
    #[error("{} is a vault of its own, and takes no part of one in", .0.display())]
    IntoWholeVault(PathBuf),
    /// A part of another vault is there.
    #[error("the part is of the vault {found}, and {} has a part of the vault {known}", .place.display())]
    PartOfOtherVault {
        /// The vault id of what is to be imported.
        found: String,
        /// That of what is there.
        known: String,
        /// Where.
        place: PathBuf,
    },
    /// A part for other Regions is there.
    #[error("the part is for {}, and the one that is there for {}", region_names(.found), region_names(.known))]
    PartForOtherRegions {
        /// The Regions of what is to be imported.
        found: Vec<Region>,
        /// Those of what is there.
        known: Vec<Region>,
    },
    /// A part has a record that does not say what was signed.
    #[error("the record of '{}' is not what was signed", .0.escape_debug())]
    RecordChanged(String),
    /// A part lacks a record.
    #[error("the root lists '{}', which has no record", .0.escape_debug())]
    RecordMissing(String),
    /// A part has a secret that the root does not list.
    #[error("'{}' is there, and the root does not list it", .0.escape_debug())]
    RecordNotListed(String),
    /// A part has a file that the root does not name.
    #[error("the root does not name {}", .0.display())]
    SurplusFile(PathBuf),
    /// What is there was changed since it was brought.
    #[error("changed here, which is not what was brought and signed: {}", names(.0))]
    LocalChanges(Vec<String>),
    /// What is there is not what was looked at.
    #[error("{} was changed meanwhile; repeat the import", .0.display())]
    TargetChanged(PathBuf),
    /// Roots are made of what is there, not of what was signed.
    #[error("what was signed is read, and not changed")]
    ReadOnly,
}

impl PackageRefusal {
    /// The service's name for it.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        ErrorCode::InvalidRequestException
    }
}

fn because(why: Option<&String>) -> String {
    why.map(|why| format!(": {why}")).unwrap_or_default()
}

fn names(names: &[String]) -> String {
    names.iter().map(|name| name.escape_debug().to_string()).collect::<Vec<_>>().join(", ")
}
