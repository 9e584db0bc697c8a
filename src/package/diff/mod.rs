//! Two packages side by side, without any key: what is in one and not in the other, and what has changed. No value is looked at, nor anything that is
//! derived from one.

mod parts;
mod side;

use std::collections::{BTreeMap, BTreeSet};

pub use self::{
    parts::{ChangedParts, KeyDiff, LabelDiff, VersionDiff, VersionDiffKind},
    side::{ComparedContent, DiffSide},
};
use super::cut::regions;
use crate::{arn::SecretArn, region::Region, vault::SecretRecord};

/// What differs between two packages.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PackageDiff {
    /// Every secret that differs, in the order of names and primary Regions.
    pub secrets: Vec<SecretDiff>,
    /// How many are the same.
    pub same: usize,
    /// The Regions that were compared, where that are not all: a side has only some, or these were asked for.
    pub regions: Option<BTreeSet<Region>>,
}

/// A secret that differs.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SecretDiff {
    /// Its ARN in its primary Region; where both sides have it, as the second says.
    pub arn: SecretArn,
    /// Its name.
    pub name: String,
    /// Its Regions, on either side.
    pub regions: BTreeSet<Region>,
    /// What it is.
    pub kind: SecretDiffKind,
}

/// How a secret differs.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecretDiffKind {
    /// Only the second side has it.
    Added,
    /// Only the first side has it.
    Removed,
    /// The two say something else of it.
    Changed(ChangedParts),
}

impl PackageDiff {
    /// Compares two packages, in these Regions alone if they are named, and else in all that both sides have.
    #[must_use]
    pub fn between(before: &DiffSide, after: &DiffSide, asked: Option<Region>) -> Self {
        let compared = compared_regions(before, after, asked);
        let is_compared = |region: &Region| compared.as_ref().is_none_or(|compared| compared.contains(region));
        let (mut secrets, mut same) = (Vec::new(), 0);
        for ((name, _), (old, new)) in sides(before, after) {
            let seen = |record: Option<&SecretRecord>| record.into_iter().flat_map(regions).filter(is_compared).collect::<BTreeSet<_>>();
            let (of_old, of_new) = (seen(old), seen(new));
            let (old, new) = (old.filter(|_| !of_old.is_empty()), new.filter(|_| !of_new.is_empty()));
            let kind = match (old, new) {
                (None, None) => continue,
                (None, Some(_)) => SecretDiffKind::Added,
                (Some(_), None) => SecretDiffKind::Removed,
                (Some(old), Some(new)) => {
                    let Some(parts) = ChangedParts::between((old, &of_old), (new, &of_new)) else {
                        same += 1;
                        continue;
                    };
                    SecretDiffKind::Changed(parts)
                }
            };
            let Some(record) = new.or(old) else { continue };
            secrets.push(SecretDiff {
                arn: record.arn.clone(),
                name: name.to_owned(),
                regions: of_old.union(&of_new).copied().collect(),
                kind,
            });
        }
        Self { secrets, same, regions: compared }
    }
}

/// `None` for all.
fn compared_regions(before: &DiffSide, after: &DiffSide, asked: Option<Region>) -> Option<BTreeSet<Region>> {
    let asked = asked.map(|region| BTreeSet::from([region]));
    let limits = [before.part(), after.part(), asked.as_ref()];
    limits.into_iter().flatten().cloned().reduce(|one, other| one.intersection(&other).copied().collect())
}

/// The records of both sides, by name and primary Region.
type RecordsOfBoth<'s> = BTreeMap<(&'s str, Region), (Option<&'s SecretRecord>, Option<&'s SecretRecord>)>;

fn sides<'s>(before: &'s DiffSide, after: &'s DiffSide) -> RecordsOfBoth<'s> {
    let mut sides = RecordsOfBoth::new();
    for record in before.records() {
        sides.entry((&record.name, record.primary_region())).or_default().0 = Some(record);
    }
    for record in after.records() {
        sides.entry((&record.name, record.primary_region())).or_default().1 = Some(record);
    }
    sides
}
