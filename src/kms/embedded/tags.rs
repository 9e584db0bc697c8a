//! Tags of keys, and the rules for them.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    error::{KeyPropertyRefusal, MemberPath, Result},
    kms::member_limits::{TAG_KEY_LENGTH, TAG_VALUE_LENGTH, check_length},
};

/// Values by key.
pub(in crate::kms) type Tags = BTreeMap<String, String>;

const TAGS_PER_KEY: usize = 50;
const RESERVED_PREFIX: &str = "aws:";

/// A [tag](https://docs.aws.amazon.com/kms/latest/APIReference/API_Tag.html) of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct KeyTag {
    /// 1 to 128 characters, unique in a key.
    pub tag_key: String,
    /// 0 to 256 characters.
    pub tag_value: String,
}

pub(super) fn list(tags: &Tags) -> Vec<KeyTag> {
    tags.iter().map(|(key, value)| KeyTag { tag_key: key.clone(), tag_value: value.clone() }).collect()
}

/// Adds tags, or none of them.
pub(super) fn add(tags: &mut Tags, new: Vec<(String, String)>) -> Result<()> {
    let mut seen: Vec<&str> = Vec::new();
    for (at, (key, value)) in new.iter().enumerate() {
        let tag = MemberPath::from("Tags").item(at);
        check_key(&tag.member("TagKey"), key)?;
        check_length(tag.member("TagValue"), value.chars().count(), &TAG_VALUE_LENGTH)?;
        if seen.contains(&key.as_str()) {
            return Err(KeyPropertyRefusal::TagTwice.into());
        }
        seen.push(key);
    }
    let count = tags.len().saturating_add(seen.iter().filter(|key| !tags.contains_key(**key)).count());
    if count > TAGS_PER_KEY {
        return Err(KeyPropertyRefusal::TooManyTags.into());
    }
    tags.extend(new);
    Ok(())
}

/// Whether stored tags keep the rules that [`add`] has.
pub(in crate::kms) fn are_valid(tags: &Tags) -> bool {
    add(&mut Tags::new(), tags.clone().into_iter().collect()).is_ok()
}

pub(super) fn check_key(path: &MemberPath, key: &str) -> Result<()> {
    check_length(path.clone(), key.chars().count(), &TAG_KEY_LENGTH)?;
    if key.get(..RESERVED_PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(RESERVED_PREFIX)) {
        return Err(KeyPropertyRefusal::TagOfAws.into());
    }
    Ok(())
}
