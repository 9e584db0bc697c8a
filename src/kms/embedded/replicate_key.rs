//! ReplicateKey.

use serde::Serialize;

use super::{
    create_key::CreateKey,
    describe_key::KeyMetadata,
    key::Key,
    key_handle::KeyRef,
    key_policy,
    key_state::KeyState,
    state::EmbeddedKms,
    tags::{self, KeyTag},
};
use crate::{
    error::{KeyRefusal, Result},
    region::Region,
    timestamp::Timestamp,
};

/// The answer of [ReplicateKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_ReplicateKey.html).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct ReplicatedKey {
    /// The replica, as AWS answers: in the state `Creating`, not enabled, without an id of its material. Here it can be used at once.
    pub replica_key_metadata: KeyMetadata,
    /// Its policy.
    pub replica_policy: String,
    /// Its tags; absent without any, as in AWS.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub replica_tags: Vec<KeyTag>,
}

impl EmbeddedKms {
    /// [ReplicateKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_ReplicateKey.html) of a key id or key ARN. Description, tags
    /// and policy of the replica are the request's, not the primary key's; its other members have no meaning here.
    ///
    /// # Errors
    /// `UnsupportedOperationException` unless it is a multi-Region primary key, and for another partition; `AlreadyExistsException`;
    /// `DisabledException` and `KMSInvalidStateException`; as for [`EmbeddedKms::create_key_with`]; either Region is not enabled;
    /// [`Error::Setup`](crate::Error::Setup) when a Region of the key is in another keystore only.
    pub fn replicate_key(&mut self, region: Region, key_id: &str, replica: Region, request: CreateKey) -> Result<ReplicatedKey> {
        let primary = self.customer_key(region, key_id, "ReplicateKey")?;
        self.require_enabled(replica)?;
        let multi_region = primary.multi_region_primary()?.clone();
        primary.require_usable()?;
        let arn = primary.arn();
        if replica.partition() != region.partition() {
            return Err(KeyRefusal::OtherPartition { key: arn.clone(), replica }.into());
        }
        let replica_arn = self.key_arn(replica, arn.key_id());
        if multi_region.regions().any(|known| known == replica) || self.has_id(replica, arn.key_id()) {
            return Err(KeyRefusal::Exists(replica_arn).into());
        }
        self.require_all_regions(&primary)?;
        let key = replica_of(&primary, request, self.now())?;
        let (policy, tags) = (key_policy::shown(&replica_arn, &key), tags::list(&key.tags));
        let arn = primary.into_arn();
        self.region_mut(replica)?.keys.insert(arn.key_id().to_owned(), key);
        self.for_each_region(&arn, |key| {
            key.multi_region.get_or_insert_with(|| multi_region.clone()).replicas.insert(replica);
        });
        let metadata = KeyMetadata::of(self, &self.key(&replica_arn)?);
        let metadata = KeyMetadata { enabled: false, key_state: KeyState::Creating, current_key_material_id: None, ..metadata };
        Ok(ReplicatedKey { replica_key_metadata: metadata, replica_policy: policy, replica_tags: tags })
    }
}

fn replica_of(primary: &KeyRef<'_>, mut request: CreateKey, now: Timestamp) -> Result<Key> {
    Ok(Key {
        tags: request.take_checked_tags()?,
        policy: request.policy,
        rotation: primary.rotation,
        multi_region: primary.multi_region.clone(),
        ..Key::new(primary.manager, request.description, primary.material.duplicate(), now)
    })
}
