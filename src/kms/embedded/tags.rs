//! Tags of keys.

use std::collections::BTreeMap;

use super::{EmbeddedKms, answers::Tag};
use crate::{
    error::{Error, ErrorCode, Result},
    region::Region,
};

/// Values by key.
pub(in crate::kms) type Tags = BTreeMap<String, String>;

const KEY_LIMIT: usize = 128;
const VALUE_LIMIT: usize = 256;
const TAGS_PER_KEY: usize = 50;
const RESERVED_PREFIX: &str = "aws:";

impl EmbeddedKms {
    /// [TagResource](https://docs.aws.amazon.com/kms/latest/APIReference/API_TagResource.html) of a key id or key ARN; a tag that is there
    /// gets the new value.
    ///
    /// # Errors
    /// `TagException` for keys, and over 50 tags; `ValidationException` for lengths; `KMSInvalidStateException` while its
    /// deletion is pending; `AccessDeniedException` for an AWS managed key; as for [`EmbeddedKms::resolve`].
    pub fn tag_resource(&mut self, region: Region, key_id: &str, tags: Vec<(String, String)>) -> Result<()> {
        let arn = self.managed_key(region, key_id, "TagResource")?;
        let mut changed = self.require_not_pending(&arn)?.tags.clone();
        add(&mut changed, tags)?;
        self.key_mut(&arn)?.tags = changed;
        Ok(())
    }

    /// [UntagResource](https://docs.aws.amazon.com/kms/latest/APIReference/API_UntagResource.html) of a key id or key ARN; keys of tags that
    /// are not there are passed over.
    ///
    /// # Errors
    /// As for [`EmbeddedKms::tag_resource`].
    pub fn untag_resource(&mut self, region: Region, key_id: &str, tag_keys: &[String]) -> Result<()> {
        let arn = self.managed_key(region, key_id, "UntagResource")?;
        tag_keys.iter().try_for_each(|key| check_key(key))?;
        let tags = &self.require_not_pending(&arn)?.tags;
        if tag_keys.iter().any(|key| tags.contains_key(key)) {
            self.key_mut(&arn)?.tags.retain(|key, _| !tag_keys.contains(key));
        }
        Ok(())
    }

    /// [ListResourceTags](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListResourceTags.html) of a key id or key ARN, in the order
    /// of the tags' keys.
    ///
    /// # Errors
    /// As for [`EmbeddedKms::resolve`].
    pub fn list_resource_tags(&self, region: Region, key_id: &str) -> Result<Vec<Tag>> {
        let arn = self.resolve_key_only(region, key_id)?;
        Ok(list(&self.key(&arn)?.tags))
    }
}

pub(in crate::kms) fn list(tags: &Tags) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag { tag_key: key.clone(), tag_value: value.clone() }).collect()
}

/// Adds tags, or none of them.
pub(in crate::kms) fn add(tags: &mut Tags, new: Vec<(String, String)>) -> Result<()> {
    let mut seen: Vec<&str> = Vec::new();
    for (key, value) in &new {
        check_key(key)?;
        if value.chars().count() > VALUE_LIMIT {
            return Err(Error::validation("tags.tagValue", &format!("Member must have length less than or equal to {VALUE_LIMIT}")));
        }
        if seen.contains(&key.as_str()) {
            return Err(Error::service(ErrorCode::TagException, "Duplicate tag keys"));
        }
        seen.push(key);
    }
    let count = tags.len().saturating_add(seen.iter().filter(|key| !tags.contains_key(**key)).count());
    if count > TAGS_PER_KEY {
        return Err(Error::service(ErrorCode::TagException, "Too many tags"));
    }
    tags.extend(new);
    Ok(())
}

/// Whether stored tags keep the rules that [`add`] has.
pub(in crate::kms) fn are_valid(tags: &Tags) -> bool {
    add(&mut Tags::new(), tags.clone().into_iter().collect()).is_ok()
}

fn check_key(key: &str) -> Result<()> {
    if key.is_empty() || key.chars().count() > KEY_LIMIT {
        let bound = if key.is_empty() { "greater than or equal to 1".to_owned() } else { format!("less than or equal to {KEY_LIMIT}") };
        return Err(Error::validation("tags.tagKey", &format!("Member must have length {bound}")));
    }
    if key.get(..RESERVED_PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(RESERVED_PREFIX)) {
        return Err(Error::service(ErrorCode::TagException, "Tags beginning with aws: are reserved"));
    }
    Ok(())
}
