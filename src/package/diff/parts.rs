//! What of a secret has changed.

use std::collections::{BTreeMap, BTreeSet};

use super::super::cut::cut;
use crate::{
    region::Region,
    vault::{BundleRecord, EdkRecord, SecretRecord, VersionRecord},
};

/// The parts of a secret that differ, each empty where it does not.
#[derive(Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChangedParts {
    /// Members of its metadata, by their names in the record.
    pub members: BTreeSet<String>,
    /// Regions that only the second side has.
    pub regions_added: Vec<Region>,
    /// Regions that only the first side has.
    pub regions_removed: Vec<Region>,
    /// Versions, in the order of the second side, then those that are gone.
    pub versions: Vec<VersionDiff>,
    /// Staging labels that moved.
    pub labels: Vec<LabelDiff>,
    /// Keys that the bundles are under, by Region.
    pub keys: Vec<KeyDiff>,
}

/// A version that differs.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VersionDiff {
    /// Its VersionId.
    pub version_id: String,
    /// How.
    pub kind: VersionDiffKind,
}

/// How a version differs.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum VersionDiffKind {
    /// Only the second side has it: a new value.
    NewValue,
    /// Only the first side has it.
    Gone,
    /// Both have it, with other bundles in these Regions: the same value, sealed anew.
    Resealed(BTreeSet<Region>),
    /// Only the second side has its bundles for these Regions.
    BundlesAdded(BTreeSet<Region>),
    /// Only the first side has its bundles for these Regions.
    BundlesGone(BTreeSet<Region>),
}

impl VersionDiffKind {
    /// False where what would differ by Region differs in none.
    fn is_in_some_region(&self) -> bool {
        match self {
            Self::NewValue | Self::Gone => true,
            Self::Resealed(regions) | Self::BundlesAdded(regions) | Self::BundlesGone(regions) => !regions.is_empty(),
        }
    }
}

/// A staging label that is on another version.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LabelDiff {
    /// The label.
    pub label: String,
    /// The VersionIds that it was on: one, or none.
    pub before: BTreeSet<String>,
    /// Those that it is on.
    pub after: BTreeSet<String>,
}

/// Keys that bundles of one Region are under.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyDiff {
    /// The Region.
    pub region: Region,
    /// Keys that only bundles of the second side are under: ARNs, or namespace and name of a key that is none of KMS.
    pub added: BTreeSet<String>,
    /// Keys that only bundles of the first side are under.
    pub removed: BTreeSet<String>,
}

impl ChangedParts {
    /// Compares a secret on both sides, each with the Regions that count; `None` where it is the same.
    pub(super) fn between(old: (&SecretRecord, &BTreeSet<Region>), new: (&SecretRecord, &BTreeSet<Region>)) -> Option<Self> {
        let ((before, old_regions), (after, new_regions)) = (old, new);
        let common: BTreeSet<Region> = old_regions.intersection(new_regions).copied().collect();
        let mut parts = Self {
            members: members(before, after),
            regions_added: new_regions.difference(old_regions).copied().collect(),
            regions_removed: old_regions.difference(new_regions).copied().collect(),
            versions: versions(before, after, &common),
            labels: labels(before, after),
            keys: common.iter().filter_map(|region| keys(before, after, *region)).collect(),
        };
        if !parts.regions_added.is_empty() || !parts.regions_removed.is_empty() {
            parts.members.remove(REPLICATION_STATUS);
        }
        (parts != Self::default()).then_some(parts)
    }
}

const REPLICATION_STATUS: &str = "ReplicationStatus";
const VERSIONS: &str = "Versions";

/// What has a part of its own is not among them.
fn members(before: &SecretRecord, after: &SecretRecord) -> BTreeSet<String> {
    // Bundles aside, an entry says the same in each Region.
    let of = |record: &SecretRecord| cut(record, record.primary_region());
    let mut members = of(before).members_unlike(&of(after));
    members.retain(|member| !["Bundles", "VersionStages", VERSIONS].contains(&member.as_str()));
    let is_other = |version: &VersionRecord| {
        let now = version_of(after, &version.version_id);
        now.is_some_and(|now| (now.created_date, now.payload) != (version.created_date, version.payload))
    };
    if before.versions.iter().any(is_other) {
        members.insert(VERSIONS.to_owned());
    }
    members
}

fn version_of<'r>(record: &'r SecretRecord, id: &str) -> Option<&'r VersionRecord> {
    record.versions.iter().find(|version| version.version_id == id)
}

fn versions(before: &SecretRecord, after: &SecretRecord, common: &BTreeSet<Region>) -> Vec<VersionDiff> {
    let mut versions = Vec::new();
    for version in &after.versions {
        let mut add = |kind| versions.push(VersionDiff { version_id: version.version_id.clone(), kind });
        let Some(old) = version_of(before, &version.version_id) else {
            add(VersionDiffKind::NewValue);
            continue;
        };
        let (mut resealed, mut added, mut gone) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for region in common {
            match (old.bundle(*region), version.bundle(*region)) {
                (Some(old), Some(new)) if old.sha256 != new.sha256 => resealed.insert(*region),
                (None, Some(_)) => added.insert(*region),
                (Some(_), None) => gone.insert(*region),
                _ => false,
            };
        }
        let kinds = [VersionDiffKind::Resealed(resealed), VersionDiffKind::BundlesAdded(added), VersionDiffKind::BundlesGone(gone)];
        kinds.into_iter().filter(VersionDiffKind::is_in_some_region).for_each(&mut add);
    }
    let gone = before.versions.iter().filter(|version| version_of(after, &version.version_id).is_none());
    versions.extend(gone.map(|version| VersionDiff { version_id: version.version_id.clone(), kind: VersionDiffKind::Gone }));
    versions
}

fn labels(before: &SecretRecord, after: &SecretRecord) -> Vec<LabelDiff> {
    let mut labels: BTreeMap<&str, [BTreeSet<String>; 2]> = BTreeMap::new();
    for (side, record) in [before, after].into_iter().enumerate() {
        for version in &record.versions {
            for label in &version.version_stages {
                if let Some(ids) = labels.entry(label).or_default().get_mut(side) {
                    ids.insert(version.version_id.clone());
                }
            }
        }
    }
    let moved = labels.into_iter().filter(|(_, [before, after])| before != after);
    moved.map(|(label, [before, after])| LabelDiff { label: label.to_owned(), before, after }).collect()
}

fn keys(before: &SecretRecord, after: &SecretRecord, region: Region) -> Option<KeyDiff> {
    let [before, after] = [before, after].map(|record| {
        let bundles = record.versions.iter().filter_map(|version| version.bundle(region));
        bundles.flat_map(keys_of).collect::<BTreeSet<String>>()
    });
    let [added, removed] =
        [(&after, &before), (&before, &after)].map(|(one, other)| one.difference(other).cloned().collect::<BTreeSet<_>>());
    (!added.is_empty() || !removed.is_empty()).then_some(KeyDiff { region, added, removed })
}

/// The keys that a bundle opens under.
fn keys_of(bundle: &BundleRecord) -> Vec<String> {
    if bundle.encrypted_data_keys.is_empty() {
        return vec![bundle.kms_key_id.clone()];
    }
    let key = |edk: &EdkRecord| edk.key_arn().map_or_else(|| named(edk), |arn| arn.to_string());
    bundle.encrypted_data_keys.iter().map(key).collect()
}

fn named(edk: &EdkRecord) -> String {
    let (provider, key) = edk.texts();
    format!("{provider}/{key}")
}
