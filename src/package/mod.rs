//! Signed packages: who made a vault's content, that nothing of it is missing, and that it is the newest.
//!
//! A root names, for each Region, the pages of that Region by their SHA-256; a page has the entries of some of its secrets. One signature over a
//! root covers all of it. No value is in it, and nothing that is derived from one.

mod canonical_json;
mod contents;
mod cut;
mod diff;
mod differences;
mod export;
mod export_archive;
mod freshness;
#[cfg(fuzzing)]
pub mod fuzzing;
mod import;
mod manifest_digest;
mod manifest_files;
mod manifest_page;
mod manifest_root;
mod paginate;
mod part;
pub mod signature;
mod signed_bundle;
mod signed_root;
mod signed_store;
mod signed_writing;
mod signing;
mod verified;

#[cfg(test)]
mod tests;

pub use diff::{
    ChangedParts, ComparedContent, DiffSide, KeyDiff, LabelDiff, PackageDiff, SecretDiff, SecretDiffKind, VersionDiff, VersionDiffKind,
};
pub use differences::{DifferenceKind, EntryDifference};
pub use export::{ExportPlan, PackageExport, WrittenExport};
pub use export_archive::write_archive;
pub use freshness::{ExpectedRoot, Freshness, FreshnessCheck, FreshnessDemand};
pub use import::{ImportPlan, ImportedSecrets, PackageImport, part_in_archive};
pub use manifest_digest::{ManifestDigest, NotADigest};
pub use signed_bundle::SignedBundle;
pub use signed_root::{RootPassedOver, SignedRoot, TrustedSigners};
pub use signed_store::{SignedReading, SignedVault};
pub use signed_writing::SignedWriting;
pub use signing::{ChangeToSign, PackageSigning, SigningPlan, WrittenRoot};
pub use verified::{PackageReport, SignedBundleFault, verify_package};
