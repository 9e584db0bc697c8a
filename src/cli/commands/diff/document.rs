//! What differs, as a document.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use serde::Serialize;

use super::named_side::NamedSide;
use crate::{
    package::{ChangedParts, PackageDiff, SecretDiff, SecretDiffKind, VersionDiff, VersionDiffKind},
    region::Region,
};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DiffDocument<'a> {
    before: SideDocument<'a>,
    after: SideDocument<'a>,
    secrets: Vec<SecretDiffDocument<'a>>,
    same: usize,
    /// Absent where all were compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    compared_regions: Option<&'a BTreeSet<Region>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct SideDocument<'a> {
    #[serde(serialize_with = "crate::text::serialize_path")]
    path: PathBuf,
    #[serde(skip_serializing_if = "Option::is_none")]
    vault_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    counter: Option<u64>,
    #[serde(rename = "SHA256", skip_serializing_if = "Option::is_none")]
    sha256: Option<&'a str>,
    /// Of a part of a package, the Regions that it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<&'a BTreeSet<Region>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct SecretDiffDocument<'a> {
    name: &'a str,
    #[serde(rename = "ARN")]
    arn: String,
    difference: &'static str,
    regions: &'a BTreeSet<Region>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    changes: Option<ChangesDocument<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ChangesDocument<'a> {
    members: &'a BTreeSet<String>,
    regions_added: &'a [Region],
    regions_removed: &'a [Region],
    versions: Vec<VersionDocument<'a>>,
    version_stages: Vec<LabelDocument<'a>>,
    keys: Vec<KeysDocument<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct VersionDocument<'a> {
    version_id: &'a str,
    difference: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    regions: Option<&'a BTreeSet<Region>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct LabelDocument<'a> {
    version_stage: &'a str,
    moved_from: &'a BTreeSet<String>,
    moved_to: &'a BTreeSet<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct KeysDocument<'a> {
    region: Region,
    added: &'a BTreeSet<String>,
    removed: &'a BTreeSet<String>,
}

impl<'a> DiffDocument<'a> {
    pub(super) fn of(before: &'a NamedSide, after: &'a NamedSide, diff: &'a PackageDiff) -> Self {
        Self {
            before: side(before),
            after: side(after),
            secrets: diff.secrets.iter().map(secret).collect(),
            same: diff.same,
            compared_regions: diff.regions.as_ref(),
        }
    }
}

fn side(named: &NamedSide) -> SideDocument<'_> {
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let root = named.side.root();
    SideDocument {
        path: absolute(&named.path),
        vault_id: named.side.vault_id().map(|id| id.as_str()),
        counter: root.map(|(counter, _)| *counter),
        sha256: root.map(|(_, sha256)| sha256.as_str()),
        part: named.side.part(),
    }
}

fn secret(secret: &SecretDiff) -> SecretDiffDocument<'_> {
    let (difference, changes) = match &secret.kind {
        SecretDiffKind::Added => ("Added", None),
        SecretDiffKind::Removed => ("Removed", None),
        SecretDiffKind::Changed(parts) => ("Changed", Some(changes(parts))),
    };
    SecretDiffDocument { name: &secret.name, arn: secret.arn.to_string(), difference, regions: &secret.regions, changes }
}

fn changes(parts: &ChangedParts) -> ChangesDocument<'_> {
    let labels = parts.labels.iter();
    let keys = parts.keys.iter();
    ChangesDocument {
        members: &parts.members,
        regions_added: &parts.regions_added,
        regions_removed: &parts.regions_removed,
        versions: parts.versions.iter().map(version).collect(),
        version_stages: labels
            .map(|label| LabelDocument { version_stage: &label.label, moved_from: &label.before, moved_to: &label.after })
            .collect(),
        keys: keys.map(|keys| KeysDocument { region: keys.region, added: &keys.added, removed: &keys.removed }).collect(),
    }
}

fn version(version: &VersionDiff) -> VersionDocument<'_> {
    let (difference, regions) = match &version.kind {
        VersionDiffKind::NewValue => ("NewValue", None),
        VersionDiffKind::Gone => ("Gone", None),
        VersionDiffKind::Resealed(regions) => ("Resealed", Some(regions)),
        VersionDiffKind::BundlesAdded(regions) => ("BundlesAdded", Some(regions)),
        VersionDiffKind::BundlesGone(regions) => ("BundlesGone", Some(regions)),
    };
    VersionDocument { version_id: &version.version_id, difference, regions }
}
