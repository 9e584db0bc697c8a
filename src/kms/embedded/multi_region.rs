//! [Multi-Region keys](https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html): one id and one material in
//! several Regions of a partition; state, aliases, description, tags and policy are each Region's own.
//!
//! Each Region holds its copy of the material, so that its keys can be handed over without the others'. What changes the material or the
//! set of Regions therefore has to find all of them in one keystore.

use std::collections::BTreeMap;

use super::{
    key::{Key, MultiRegion},
    key_handle::KeyRef,
    state::EmbeddedKms,
};
use crate::{
    arn::KeyArn,
    error::{Error, KeyRefusal, Result, SetupError},
    region::Region,
};

impl KeyRef<'_> {
    /// Refuses a replica.
    pub(super) fn require_primary(&self) -> Result<()> {
        if self.is_primary_in(self.arn().region()) { Ok(()) } else { Err(not_primary(self.arn())) }
    }

    /// The Regions of a multi-Region primary key.
    pub(super) fn multi_region_primary(&self) -> Result<&MultiRegion> {
        let multi_region = self.multi_region.as_ref().filter(|multi_region| multi_region.primary == self.arn().region());
        multi_region.ok_or_else(|| not_primary(self.arn()))
    }
}

impl EmbeddedKms {
    /// Refuses a change that some Regions of a multi-Region key would not get.
    pub(super) fn require_all_regions(&self, key: &KeyRef<'_>) -> Result<()> {
        let regions: Vec<_> = self.missing_regions(key.arn().key_id(), key).collect();
        if regions.is_empty() { Ok(()) } else { Err(SetupError::RegionsElsewhere { key: key.arn().clone(), regions }.into()) }
    }

    /// The Regions of a multi-Region key that this keystore has not.
    pub(super) fn missing_regions<'a>(&'a self, key_id: &'a str, key: &'a Key) -> impl Iterator<Item = Region> + 'a {
        let regions = key.multi_region.iter().flat_map(MultiRegion::regions);
        regions.filter(move |region| !self.regions.get(region).is_some_and(|state| state.keys.contains_key(key_id)))
    }

    /// Changes a key in all of its Regions.
    pub(super) fn for_each_region(&mut self, arn: &KeyArn, mut change: impl FnMut(&mut Key)) {
        for (region, state) in &mut self.regions {
            if let Some(key) = state.keys.get_mut(arn.key_id())
                && (*region == arn.region() || key.multi_region.is_some())
            {
                change(key);
            }
        }
        self.dirty = true;
    }

    /// Whether every multi-Region key is the same in all the Regions that are here.
    pub(in crate::kms) fn multi_region_keys_agree(&self) -> bool {
        let mut first: BTreeMap<&str, &Key> = BTreeMap::new();
        self.regions.values().flat_map(|state| &state.keys).filter(|(_, key)| key.multi_region.is_some()).all(|(key_id, key)| {
            let first = first.entry(key_id).or_insert(key);
            first.multi_region == key.multi_region && first.rotation == key.rotation && first.material.is(&key.material)
        })
    }
}

fn not_primary(arn: &KeyArn) -> Error {
    KeyRefusal::NotPrimary(arn.clone()).into()
}
