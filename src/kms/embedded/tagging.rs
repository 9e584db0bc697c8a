//! TagResource, UntagResource, ListResourceTags.

use super::{
    state::EmbeddedKms,
    tags::{self, KeyTag},
};
use crate::{
    error::{MemberPath, Result},
    region::Region,
};

impl EmbeddedKms {
    /// [TagResource](https://docs.aws.amazon.com/kms/latest/APIReference/API_TagResource.html) of a key id or key ARN; a tag that is there
    /// gets the new value.
    ///
    /// # Errors
    /// `TagException` for keys, and over 50 tags; `ValidationException` for lengths; `KMSInvalidStateException` while its
    /// deletion is pending; `AccessDeniedException` for an AWS managed key; as for [`EmbeddedKms::resolve`].
    pub fn tag_resource(&mut self, region: Region, key_id: &str, tags: Vec<(String, String)>) -> Result<()> {
        let mut key = self.customer_key_mut(region, key_id, "TagResource")?;
        key.as_ref().require_not_pending()?;
        let mut changed = key.tags.clone();
        tags::add(&mut changed, tags)?;
        key.change().tags = changed;
        Ok(())
    }

    /// [UntagResource](https://docs.aws.amazon.com/kms/latest/APIReference/API_UntagResource.html) of a key id or key ARN; keys of tags that
    /// are not there are passed over.
    ///
    /// # Errors
    /// As for [`EmbeddedKms::tag_resource`].
    pub fn untag_resource(&mut self, region: Region, key_id: &str, tag_keys: &[String]) -> Result<()> {
        let mut key = self.customer_key_mut(region, key_id, "UntagResource")?;
        tag_keys.iter().enumerate().try_for_each(|(at, key)| tags::check_key(&MemberPath::from("TagKeys").item(at), key))?;
        key.as_ref().require_not_pending()?;
        if tag_keys.iter().any(|tag_key| key.tags.contains_key(tag_key)) {
            key.change().tags.retain(|tag_key, _| !tag_keys.contains(tag_key));
        }
        Ok(())
    }

    /// [ListResourceTags](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListResourceTags.html) of a key id or key ARN, in the order
    /// of the tags' keys.
    ///
    /// # Errors
    /// As for [`EmbeddedKms::resolve`].
    pub fn list_resource_tags(&self, region: Region, key_id: &str) -> Result<Vec<KeyTag>> {
        Ok(tags::list(&self.embedded_key(region, key_id)?.tags))
    }
}
