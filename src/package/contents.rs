//! What a vault holds, as a root is made of it.

use std::collections::BTreeMap;

use super::{
    cut::regions,
    manifest_root::{ManifestRoot, RegionPages},
    paginate::Spread,
};
use crate::{
    error::Result,
    region::Region,
    store::Listed,
    vault::{Family, SecretRecord, Vault, each_family},
};

/// The records of a vault, and what could not be read.
pub(super) fn records(vault: &Vault) -> Result<Listed<SecretRecord>> {
    each_family(vault, |Family(members)| members.into_iter().map(|member| member.record).collect::<Vec<_>>())
}

/// The pages that a root of these records has, Region by Region, in the order of their names.
pub(super) fn spread<'r>(records: &'r [SecretRecord], before: Option<&ManifestRoot>) -> Result<Vec<Spread<'r>>> {
    let mut of_region: BTreeMap<Region, Vec<&SecretRecord>> = BTreeMap::new();
    for record in records {
        for region in regions(record) {
            of_region.entry(region).or_default().push(record);
        }
    }
    let pages_before = |region| before.and_then(|root| root.pages_of(region)).map(|pages: &RegionPages| pages.pages.len());
    of_region.into_iter().map(|(region, records)| Spread::of(region, &records, pages_before(region))).collect()
}
