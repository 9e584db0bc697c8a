//! What differs between a root and what a vault holds.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    cut::{CutRecord, cut},
    manifest_files::read_page,
    manifest_root::{ManifestRoot, RegionPages},
    paginate::Spread,
};
use crate::{arn::SecretArn, error::Result, region::Region, store::Store, vault::SecretRecord};

/// A secret of which a root says something else than its record.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EntryDifference {
    /// Its ARN in its primary Region.
    pub arn: SecretArn,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: DifferenceKind,
    /// Where.
    pub regions: Vec<Region>,
}

/// How a root and a record differ.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DifferenceKind {
    /// The root does not list it.
    NotListed,
    /// The root lists it, and it has no record.
    Missing,
    /// The record is older than what the root says.
    RolledBack {
        /// The members that differ.
        members: BTreeSet<String>,
    },
    /// The record says something else.
    Changed {
        /// The members that differ.
        members: BTreeSet<String>,
    },
}

/// The entries of both sides at one place, by name and primary Region.
type Sides<'r> = BTreeMap<(String, Region), (Option<CutRecord>, Option<&'r SecretRecord>)>;

/// Every secret that differs, in the order of names. Pages that are the same are not read.
///
/// # Errors
/// A page of the root that cannot be read, or is not the one that it names.
pub(super) fn differences(store: &dyn Store, root: Option<&ManifestRoot>, now: &[Spread<'_>]) -> Result<Vec<EntryDifference>> {
    let mut found: BTreeMap<(String, Region), EntryDifference> = BTreeMap::new();
    let regions: BTreeSet<Region> = root
        .into_iter()
        .flat_map(|root| &root.regions)
        .map(|pages| pages.region)
        .chain(now.iter().map(|spread| spread.pages.region))
        .collect();
    for region in regions {
        let spread = now.iter().find(|spread| spread.pages.region == region);
        for (place, (before, record)) in sides(store, root.and_then(|root| root.pages_of(region)), spread)? {
            let Some(kind) = kind_of(before.as_ref(), record, region) else { continue };
            let Some(arn) = record.map(|record| record.arn.clone()).or(before.map(|entry| entry.arn)) else { continue };
            found
                .entry(place)
                .and_modify(|known| {
                    known.regions.push(region);
                    known.kind = worse(known.kind.clone(), kind.clone());
                })
                .or_insert_with_key(|(name, _)| EntryDifference { arn, name: name.clone(), kind, regions: vec![region] });
        }
    }
    Ok(found.into_values().collect())
}

/// The entries and the records of those pages of a Region that are not the same.
fn sides<'r>(store: &dyn Store, pages: Option<&RegionPages>, spread: Option<&Spread<'r>>) -> Result<Sides<'r>> {
    let mut sides = Sides::new();
    let (before, now) = (pages.map_or(&[][..], |pages| &pages.pages), spread.map_or(&[][..], |spread| &spread.pages.pages));
    let is_same = |index: usize| before.len() == now.len() && before.get(index) == now.get(index);
    if let Some(pages) = pages {
        for index in (0..before.len()).filter(|index| !is_same(*index)) {
            for entry in read_page(store, pages, index)?.entries {
                let place = (entry.name.clone(), entry.arn.region());
                sides.entry(place).or_default().0 = Some(entry);
            }
        }
    }
    if let Some(spread) = spread {
        for index in (0..now.len()).filter(|index| !is_same(*index)) {
            for record in spread.records(index) {
                sides.entry((record.name.clone(), record.primary_region())).or_default().1 = Some(record);
            }
        }
    }
    Ok(sides)
}

fn kind_of(before: Option<&CutRecord>, now: Option<&SecretRecord>, region: Region) -> Option<DifferenceKind> {
    match (before, now) {
        (None, None) => None,
        (None, Some(_)) => Some(DifferenceKind::NotListed),
        (Some(_), None) => Some(DifferenceKind::Missing),
        (Some(before), Some(now)) => {
            let now = cut(now, region);
            let members = before.members_unlike(&now);
            if members.is_empty() {
                None
            } else if now.last_changed_date < before.last_changed_date {
                Some(DifferenceKind::RolledBack { members })
            } else {
                Some(DifferenceKind::Changed { members })
            }
        }
    }
}

/// A secret that is listed in one Region and not in another has changed its Regions.
fn worse(known: DifferenceKind, other: DifferenceKind) -> DifferenceKind {
    use DifferenceKind::{Changed, Missing, NotListed, RolledBack};
    let members_of = |kind: DifferenceKind| match kind {
        RolledBack { members } | Changed { members } => members,
        NotListed | Missing => BTreeSet::from(["ReplicationStatus".to_owned()]),
    };
    match (known, other) {
        (NotListed, NotListed) => NotListed,
        (Missing, Missing) => Missing,
        (known, other) => {
            let is_back = matches!(known, RolledBack { .. }) || matches!(other, RolledBack { .. });
            let members = members_of(known).into_iter().chain(members_of(other)).collect();
            if is_back { RolledBack { members } } else { Changed { members } }
        }
    }
}
