//! [TagResource](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_TagResource.html) and
//! [UntagResource](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UntagResource.html). A secret has one record, so that all of
//! its Regions have the same tags.

use super::{
    Vault,
    parameters::{check_tag_key, check_tags},
    record::Tag,
};
use crate::{
    error::{MemberPath, Result},
    kms::EmbeddedKms,
    region::Region,
};

impl Vault {
    /// Adds tags to a secret; a tag that is there gets the new value. Nothing is written where nothing changes. `kms` is the keystore at hand:
    /// without it the record loses its tag, so that keys and Regions on it count for nothing until it is accepted.
    ///
    /// # Errors
    /// `ValidationException` and `InvalidParameterException` for the tags, over 50 of them included; `InvalidParameterException` in a replica's
    /// Region; `ResourceNotFoundException`.
    pub fn tag_resource(&self, kms: Option<&EmbeddedKms>, secret_id: &str, region: Option<Region>, tags: &[Tag]) -> Result<()> {
        check_tags(tags)?;
        self.change_tags(kms, secret_id, region, |present| add_tags(present, tags))
    }

    /// Removes tags from a secret; keys of tags that are not there are passed over. Nothing is written where nothing changes.
    ///
    /// # Errors
    /// As for [`Vault::tag_resource`].
    pub fn untag_resource(&self, kms: Option<&EmbeddedKms>, secret_id: &str, region: Option<Region>, tag_keys: &[String]) -> Result<()> {
        tag_keys.iter().enumerate().try_for_each(|(at, key)| check_tag_key(MemberPath::from("TagKeys").item(at), key))?;
        self.change_tags(kms, secret_id, region, |present| present.retain(|tag| !tag_keys.contains(&tag.key)))
    }

    fn change_tags(
        &self,
        kms: Option<&EmbeddedKms>,
        secret_id: &str,
        region: Option<Region>,
        change: impl Fn(&mut Vec<Tag>),
    ) -> Result<()> {
        let changed = self.change_record(kms, secret_id, region, |record| {
            let before = record.tags.clone();
            change(&mut record.tags);
            if record.tags == before { Ok(()) } else { check_tags(&record.tags) }
        });
        changed.map(drop)
    }
}

/// A tag that is there gets the new value.
pub(super) fn add_tags(present: &mut Vec<Tag>, tags: &[Tag]) {
    for tag in tags {
        match present.iter_mut().find(|known| known.key == tag.key) {
            Some(known) => known.value.clone_from(&tag.value),
            None => present.push(tag.clone()),
        }
    }
}
