//! EnableKey, DisableKey and UpdateKeyDescription.

use super::{key::check_description, state::EmbeddedKms};
use crate::{error::Result, region::Region};

impl EmbeddedKms {
    /// [EnableKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKey.html) of a key id or key ARN.
    ///
    /// # Errors
    /// As for [`EmbeddedKms::resolve`]; `AccessDeniedException` for an AWS managed key; `KMSInvalidStateException` while its deletion is
    /// pending.
    pub fn enable_key(&mut self, region: Region, key_id: &str) -> Result<()> {
        let mut key = self.customer_key_mut(region, key_id, "EnableKey")?;
        key.as_ref().require_not_pending()?;
        if !key.enabled {
            key.change().enabled = true;
        }
        Ok(())
    }

    /// [DisableKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_DisableKey.html) of a key id or key ARN.
    ///
    /// # Errors
    /// As for [`EmbeddedKms::enable_key`].
    pub fn disable_key(&mut self, region: Region, key_id: &str) -> Result<()> {
        let mut key = self.customer_key_mut(region, key_id, "DisableKey")?;
        key.as_ref().require_not_pending()?;
        if key.enabled {
            key.change().enabled = false;
        }
        Ok(())
    }

    /// [UpdateKeyDescription](https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdateKeyDescription.html).
    ///
    /// # Errors
    /// `ValidationException` over 8,192 characters; `KMSInvalidStateException` while its deletion is pending; `AccessDeniedException` for an
    /// AWS managed key; as for [`EmbeddedKms::resolve`].
    pub fn update_key_description(&mut self, region: Region, key_id: &str, description: &str) -> Result<()> {
        let mut key = self.customer_key_mut(region, key_id, "UpdateKeyDescription")?;
        check_description(description)?;
        key.as_ref().require_not_pending()?;
        description.clone_into(&mut key.change().description);
        Ok(())
    }
}
