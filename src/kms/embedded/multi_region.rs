//! [Multi-Region keys](https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html): one id and one material in
//! several Regions of a partition; state, aliases, description, tags and policy are each Region's own.
//!
//! Each Region holds its copy of the material, so that its keys can be handed over without the others'. What changes the material or the
//! set of Regions therefore has to find all of them in one keystore.

use std::collections::{BTreeMap, BTreeSet};

use super::{CreateKey, EmbeddedKms, answers::ReplicatedKey, keys::Key, metadata::KeyMetadata, policy, states::KeyState, tags};
use crate::{
    arn::KeyArn,
    error::{Error, ErrorCode, Result},
    region::Region,
};

/// Where a multi-Region key is; every Region of it has the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::kms) struct MultiRegion {
    pub(in crate::kms) primary: Region,
    /// Without the primary Region.
    pub(in crate::kms) replicas: BTreeSet<Region>,
}

impl MultiRegion {
    pub(in crate::kms) const fn primary(region: Region) -> Self {
        Self { primary: region, replicas: BTreeSet::new() }
    }

    pub(in crate::kms) fn regions(&self) -> impl Iterator<Item = Region> {
        std::iter::once(self.primary).chain(self.replicas.iter().copied())
    }
}

impl Key {
    /// True for a primary key and for a key of one Region.
    pub(in crate::kms) fn is_primary_in(&self, region: Region) -> bool {
        self.multi_region.as_ref().is_none_or(|multi_region| multi_region.primary == region)
    }
}

impl EmbeddedKms {
    /// [ReplicateKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_ReplicateKey.html) of a key id or key ARN. Description, tags
    /// and policy of the replica are the request's, not the primary key's; its other members have no meaning here.
    ///
    /// # Errors
    /// `UnsupportedOperationException` unless it is a multi-Region primary key, and for another partition; `AlreadyExistsException`;
    /// `DisabledException` and `KMSInvalidStateException`; as for [`EmbeddedKms::create_key_with`]; either Region is not enabled;
    /// [`Error::Setup`] when a Region of the key is in another keystore only.
    pub fn replicate_key(&mut self, region: Region, key_id: &str, replica: Region, request: CreateKey) -> Result<ReplicatedKey> {
        let arn = self.managed_key(region, key_id, "ReplicateKey")?;
        self.require_enabled(replica)?;
        let multi_region = self.primary_key(&arn)?.clone();
        self.usable_key(&arn)?;
        if replica.partition() != region.partition() {
            let message = format!("{arn} cannot be replicated to {replica}, which is in the partition {}", replica.partition());
            return Err(Error::service(ErrorCode::UnsupportedOperationException, message));
        }
        let replica_arn = self.key_arn(replica, arn.key_id());
        if multi_region.regions().any(|known| known == replica) || self.has_id(replica, arn.key_id()) {
            let message = format!("{replica_arn} already exists.");
            return Err(Error::service(ErrorCode::AlreadyExistsException, message));
        }
        self.require_all_regions(&arn)?;
        let key = self.replica_of(&arn, request)?;
        let (policy, tags) = (policy::shown(&replica_arn, &key), tags::list(&key.tags));
        self.region_mut(replica)?.keys.insert(arn.key_id().to_owned(), key);
        self.for_each_region(&arn, |key| {
            key.multi_region.get_or_insert_with(|| multi_region.clone()).replicas.insert(replica);
        });
        let metadata = self.metadata(replica_arn)?;
        let metadata = KeyMetadata { enabled: false, key_state: KeyState::Creating, ..metadata };
        Ok(ReplicatedKey { replica_key_metadata: metadata, replica_policy: policy, replica_tags: tags })
    }

    /// [UpdatePrimaryRegion](https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdatePrimaryRegion.html) of a key id or key ARN of the
    /// primary key: the replica in the Region `primary` becomes the primary key, and the primary key a replica. Nothing else of them changes.
    ///
    /// # Errors
    /// `UnsupportedOperationException` unless it is a multi-Region primary key, and where it is the one of that Region already;
    /// `NotFoundException` for a Region that has no replica; `DisabledException` and `KMSInvalidStateException` for either key; either Region
    /// is not enabled; [`Error::Setup`] when a Region of the key is in another keystore only; as for [`EmbeddedKms::resolve`].
    pub fn update_primary_region(&mut self, region: Region, key_id: &str, primary: Region) -> Result<()> {
        let arn = self.managed_key(region, key_id, "UpdatePrimaryRegion")?;
        self.require_enabled(primary)?;
        let mut multi_region = self.primary_key(&arn)?.clone();
        self.usable_key(&arn)?;
        if primary == region {
            let message = format!("{arn} is the primary key already.");
            return Err(Error::service(ErrorCode::UnsupportedOperationException, message));
        }
        let successor = self.key_arn(primary, arn.key_id());
        if !multi_region.replicas.remove(&primary) {
            let message = format!("Key '{successor}' does not exist");
            return Err(Error::service(ErrorCode::NotFoundException, message));
        }
        self.require_all_regions(&arn)?;
        self.usable_key(&successor)?;
        multi_region.replicas.insert(region);
        multi_region.primary = primary;
        self.for_each_region(&arn, |key| key.multi_region = Some(multi_region.clone()));
        Ok(())
    }

    fn replica_of(&self, arn: &KeyArn, mut request: CreateKey) -> Result<Key> {
        let primary = self.key(arn)?;
        Ok(Key {
            tags: request.take_checked_tags()?,
            policy: request.policy,
            rotation: primary.rotation,
            multi_region: primary.multi_region.clone(),
            ..Key::new(primary.manager, request.description, primary.material.duplicate(), self.now())
        })
    }

    /// The key to decrypt with where a message names `named`: that key if it is here, whatever its state, else a related multi-Region key
    /// that can be used here. `named` itself where there is none.
    #[must_use]
    pub fn key_for_decrypt(&self, named: &KeyArn) -> KeyArn {
        if self.stored_key(named).is_some() {
            return named.clone();
        }
        let here = self.regions.keys().map(|region| self.key_arn(*region, named.key_id()));
        let mut related = here.filter(|key| key.matches_for_decrypt(named) && self.usable_key(key).is_ok());
        related.next().unwrap_or_else(|| named.clone())
    }

    fn primary_key(&self, arn: &KeyArn) -> Result<&MultiRegion> {
        let multi_region = self.key(arn)?.multi_region.as_ref().filter(|multi_region| multi_region.primary == arn.region());
        multi_region.ok_or_else(|| not_primary(arn))
    }

    /// Refuses a replica.
    pub(in crate::kms) fn require_primary(&self, arn: &KeyArn) -> Result<()> {
        if self.key(arn)?.is_primary_in(arn.region()) { Ok(()) } else { Err(not_primary(arn)) }
    }

    /// Refuses a change that some Regions of a multi-Region key would not get.
    pub(in crate::kms) fn require_all_regions(&self, arn: &KeyArn) -> Result<()> {
        let missing: Vec<_> = self.missing_regions(arn).into_iter().map(Region::name).collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(Error::setup(format!(
            "{arn} is also in {}, whose keys are not in this keystore; change it in the keystore that has all of its Regions",
            missing.join(", ")
        )))
    }

    /// The Regions of a multi-Region key that this keystore has not.
    pub(in crate::kms) fn missing_regions(&self, arn: &KeyArn) -> Vec<Region> {
        let Some(multi_region) = self.stored_key(arn).and_then(|key| key.multi_region.as_ref()) else { return Vec::new() };
        multi_region.regions().filter(|region| self.stored_key(&self.key_arn(*region, arn.key_id())).is_none()).collect()
    }

    /// Changes a key in all of its Regions.
    pub(in crate::kms) fn for_each_region(&mut self, arn: &KeyArn, mut change: impl FnMut(&mut Key)) {
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

    /// True when a key of either kind has the id there, deleted ones included.
    pub(in crate::kms) fn has_id(&self, region: Region, key_id: &str) -> bool {
        self.regions.get(&region).is_some_and(|state| state.keys.contains_key(key_id) || state.imported.contains_key(key_id))
    }

    /// A key, deleted or not.
    pub(in crate::kms) fn stored_key(&self, arn: &KeyArn) -> Option<&Key> {
        self.regions.get(&arn.region())?.keys.get(arn.key_id())
    }
}

fn not_primary(arn: &KeyArn) -> Error {
    Error::service(ErrorCode::UnsupportedOperationException, format!("{arn} is not a multi-region primary key."))
}
