//! A vault held against what was signed.

use std::path::Path;

use serde::Serialize;

use crate::{
    cli::{args::FreshnessArgs, failure::Outcome, signed_reading},
    error::{Error, Refusal},
    package::{DifferenceKind, EntryDifference, Freshness, PackageReport, SignedBundleFault, TrustedSigners, verify_package},
    region::Region,
    vault::{Finding, Vault, VerifyReport},
};

/// The root that counts, as part of the report's document.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ManifestDocument {
    counter: u64,
    #[serde(rename = "SHA256")]
    sha256: String,
    vault_id: String,
    time: String,
    signers: Vec<String>,
    freshness: &'static str,
    /// Counters of the roots before it that are here.
    chain: Vec<u64>,
}

impl ManifestDocument {
    fn of(package: &PackageReport) -> Self {
        Self {
            counter: package.root.counter,
            sha256: package.root.sha256.to_string(),
            vault_id: package.root.vault_id.to_string(),
            time: package.root.time.to_string(),
            signers: package.root.principals.clone(),
            freshness: match package.freshness {
                Freshness::Remembered => "Remembered",
                Freshness::Expected => "Expected",
                _ => "NotChecked",
            },
            chain: package.chain.clone(),
        }
    }
}

/// What came of it.
pub(super) struct SignedPart {
    /// In one line.
    pub(super) told: String,
    /// The root that counts with what differs from it; else what refuses the vault.
    pub(super) held: Result<PackageReport, Finding>,
}

impl SignedPart {
    /// The root for the document.
    pub(super) fn manifest(&self) -> Option<ManifestDocument> {
        self.held.as_ref().ok().map(ManifestDocument::of)
    }
}

/// Holds a vault against the newest root that counts, and adds what is wrong to the report.
pub(super) fn check(
    vault: &Vault,
    trusted: &TrustedSigners,
    freshness: &FreshnessArgs,
    region: Option<Region>,
    report: &mut VerifyReport,
) -> Outcome<SignedPart> {
    let freshness = signed_reading::freshness_check(freshness)?;
    match verify_package(vault, trusted, &freshness, region) {
        Ok(package) => {
            add(vault, &package, report);
            let told = signed_reading::told(&package.root, package.freshness);
            Ok(SignedPart { told, held: Ok(package) })
        }
        Err(error @ (Error::Service(_) | Error::Damaged { .. })) => {
            let finding = refused(vault.root(), &error);
            report.faults.push(finding.clone());
            Ok(SignedPart { told: "nothing is known to be signed".to_owned(), held: Err(finding) })
        }
        Err(error) => Err(error.into()),
    }
}

fn refused(root: &Path, error: &Error) -> Finding {
    match error {
        Error::Damaged { path, what } => Finding { path: path.clone(), message: what.to_string() },
        other => Finding { path: root.to_owned(), message: other.refusal().map_or_else(|| other.to_string(), Refusal::to_string) },
    }
}

fn add(vault: &Vault, package: &PackageReport, report: &mut VerifyReport) {
    let finding = |path: &Path, message: String| Finding { path: path.to_owned(), message };
    for passed_over in &package.passed_over {
        let message = format!("root {} is not taken: {}", passed_over.counter, refused(vault.root(), &passed_over.why).message);
        report.notes.push(finding(vault.root(), message));
    }
    for refused in &package.root.refused {
        let message = format!("a signature of root {} does not count: {}: {}", package.root.counter, refused.key, refused.refusal);
        report.notes.push(finding(vault.root(), message));
    }
    for difference in &package.differences {
        report.faults.push(finding(&package.place_of(vault, difference), message(difference)));
    }
    for (path, fault) in &package.bundles {
        let message = match fault {
            SignedBundleFault::Missing => "missing: the root names it",
            _ => "changed since: it is not the bundle that was signed",
        };
        report.faults.push(finding(path, message.to_owned()));
    }
}

fn message(difference: &EntryDifference) -> String {
    let regions: Vec<_> = difference.regions.iter().map(|region| region.name()).collect();
    let regions = regions.join(", ");
    let listed = |members: &std::collections::BTreeSet<String>| members.iter().cloned().collect::<Vec<_>>().join(", ");
    match &difference.kind {
        DifferenceKind::NotListed => format!("not listed: no signed root has it ({regions})"),
        DifferenceKind::Missing => format!("missing: the root lists it ({regions})"),
        DifferenceKind::RolledBack { members } => format!("rolled back: older than what was signed: {} ({regions})", listed(members)),
        DifferenceKind::Changed { members } => format!("changed since: {} ({regions})", listed(members)),
    }
}
