//! UpdatePrimaryRegion.

use super::state::EmbeddedKms;
use crate::{
    error::{KeyRefusal, Result},
    region::Region,
};

impl EmbeddedKms {
    /// [UpdatePrimaryRegion](https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdatePrimaryRegion.html) of a key id or key ARN of the
    /// primary key: the replica in the Region `primary` becomes the primary key, and the primary key a replica. Nothing else of them changes.
    ///
    /// # Errors
    /// `UnsupportedOperationException` unless it is a multi-Region primary key, and where it is the one of that Region already;
    /// `NotFoundException` for a Region that has no replica; `DisabledException` and `KMSInvalidStateException` for either key; either Region
    /// is not enabled; [`Error::Setup`](crate::Error::Setup) when a Region of the key is in another keystore only; as for [`EmbeddedKms::resolve`].
    pub fn update_primary_region(&mut self, region: Region, key_id: &str, primary: Region) -> Result<()> {
        let key = self.customer_key(region, key_id, "UpdatePrimaryRegion")?;
        self.require_enabled(primary)?;
        let mut multi_region = key.multi_region_primary()?.clone();
        key.require_usable()?;
        let arn = key.arn();
        if primary == region {
            return Err(KeyRefusal::PrimaryAlready(arn.clone()).into());
        }
        let successor = self.key_arn(primary, arn.key_id());
        if !multi_region.replicas.remove(&primary) {
            return Err(KeyRefusal::NotFound(successor).into());
        }
        self.require_all_regions(&key)?;
        self.key(&successor)?.require_usable()?;
        multi_region.replicas.insert(region);
        multi_region.primary = primary;
        let arn = key.into_arn();
        self.for_each_region(&arn, |key| key.multi_region = Some(multi_region.clone()));
        Ok(())
    }
}
