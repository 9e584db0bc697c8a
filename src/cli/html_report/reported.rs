//! What a page tells.

use std::path::{Path, PathBuf};

use crate::{
    error::Result,
    package::{PackageReport, TrustedSigners},
    region::Region,
    timestamp::Timestamp,
    vault::{Finding, Vault, VaultInventory, VerifyReport},
};

/// All that a page tells.
pub(crate) struct HtmlReport<'a> {
    pub(crate) verified: &'a VerifyReport,
    /// What was verified, as it was named.
    pub(crate) paths: &'a [PathBuf],
    /// The one Region that was asked about.
    pub(crate) region: Option<Region>,
    /// Whose signatures count, with the file that says so; `None` where nobody is named.
    pub(crate) signers: Option<(&'a Path, &'a TrustedSigners)>,
    /// The vaults among the paths.
    pub(crate) vaults: Vec<ReportedVault<'a>>,
    /// When it was verified.
    pub(crate) time: Timestamp,
}

/// A vault as it was found.
pub(crate) struct ReportedVault<'a> {
    pub(crate) vault: &'a Vault,
    /// What it holds; an error where that cannot be listed.
    pub(crate) inventory: Result<VaultInventory>,
    /// What came of holding it against what was signed; `None` where nobody is named who may sign.
    pub(crate) signed: Option<Result<&'a PackageReport, &'a Finding>>,
}

impl ReportedVault<'_> {
    /// The root that counts with what differs from it, if there is one.
    pub(super) fn package(&self) -> Option<&PackageReport> {
        self.signed.and_then(Result::ok)
    }
}
