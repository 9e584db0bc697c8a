//! What Secrets Manager's service model demands of parameters, and its rules for tags.

use std::{collections::BTreeSet, ops::RangeInclusive};

use super::{
    limits::{
        DESCRIPTION_LENGTH, SECRET_ID_LENGTH, TAG_KEY_LENGTH, TAG_VALUE_LENGTH, VERSION_ID_LENGTH, VERSION_STAGE_COUNT,
        VERSION_STAGE_LENGTH,
    },
    record::Tag,
};
use crate::error::{Constraint, MemberPath, Result, SecretRefusal, Violation};

const TAGS_PER_SECRET: usize = 50;
const RESERVED_TAG_PREFIX: &str = "aws:";

/// A name, ARN or partial ARN.
pub(super) fn check_secret_id(id: &str) -> Result<()> {
    check_length("secretId", id, &SECRET_ID_LENGTH)
}

pub(super) fn check_version_id(id: &str) -> Result<()> {
    check_length("versionId", id, &VERSION_ID_LENGTH)
}

pub(super) fn check_version_stage(label: &str) -> Result<()> {
    check_length("versionStage", label, &VERSION_STAGE_LENGTH)
}

/// The labels of a new version: none, or up to 20.
pub(super) fn check_version_stages(labels: &[String]) -> Result<()> {
    if labels.len() > *VERSION_STAGE_COUNT.end() {
        return Err(Violation::new("versionStages", Constraint::MostLength(*VERSION_STAGE_COUNT.end())).into());
    }
    let path = |at| MemberPath::from("VersionStages").item(at);
    labels.iter().enumerate().try_for_each(|(at, label)| check_length(path(at), label, &VERSION_STAGE_LENGTH))
}

/// The token that becomes a version's id.
pub(super) fn check_token(token: Option<&str>) -> Result<()> {
    let characters = token.map(|token| token.chars().count());
    match characters.filter(|characters| !VERSION_ID_LENGTH.contains(characters)) {
        Some(characters) => Err(SecretRefusal::TokenLength(characters).into()),
        None => Ok(()),
    }
}

pub(super) fn check_description(description: Option<&str>) -> Result<()> {
    let is_within = |description: &str| DESCRIPTION_LENGTH.contains(&description.chars().count());
    if description.is_none_or(is_within) { Ok(()) } else { Err(SecretRefusal::DescriptionLength.into()) }
}

/// The [rules for tags](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Tag.html): at most 50, no key twice (case
/// counts), none that begins with `aws:`, keys of 1 to 128 and values of 0 to 256 characters.
///
/// # Errors
/// `ValidationException` for lengths, `InvalidParameterException` for the rest.
pub(crate) fn check_tags(tags: &[Tag]) -> Result<()> {
    let mut keys = BTreeSet::new();
    for (at, Tag { key, value }) in tags.iter().enumerate() {
        let tag = MemberPath::from("Tags").item(at);
        check_length(tag.member("Key"), key, &TAG_KEY_LENGTH)?;
        check_length(tag.member("Value"), value, &TAG_VALUE_LENGTH)?;
        require_not_reserved(key)?;
        if !keys.insert(key) {
            return Err(SecretRefusal::TagTwice(key.clone()).into());
        }
    }
    if tags.len() > TAGS_PER_SECRET {
        return Err(SecretRefusal::TooManyTags { count: tags.len(), limit: TAGS_PER_SECRET }.into());
    }
    Ok(())
}

/// What a tag's key has to keep wherever one is named.
pub(super) fn check_tag_key(path: MemberPath, key: &str) -> Result<()> {
    check_length(path, key, &TAG_KEY_LENGTH)?;
    require_not_reserved(key)
}

fn require_not_reserved(key: &str) -> Result<()> {
    if !key.get(..RESERVED_TAG_PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(RESERVED_TAG_PREFIX)) {
        return Ok(());
    }
    Err(SecretRefusal::TagOfAws(key.to_owned()).into())
}

/// Lengths count characters, as in AWS.
fn check_length(path: impl Into<MemberPath>, value: &str, range: &RangeInclusive<usize>) -> Result<()> {
    let characters = value.chars().count();
    if characters < *range.start() {
        return Err(Violation::by(path, value, Constraint::LeastLength(*range.start())).into());
    }
    if characters > *range.end() {
        return Err(Violation::new(path, Constraint::MostLength(*range.end())).into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, ErrorCode};

    fn tag(key: &str, value: &str) -> Tag {
        Tag { key: key.to_owned(), value: value.to_owned() }
    }

    fn refusal(result: Result<()>) -> (ErrorCode, String) {
        match result.expect_err("refused") {
            Error::Service(error) => (error.code(), error.to_string()),
            other => panic!("{other}"),
        }
    }

    #[test]
    fn lengths_hold_to_the_character() {
        type Check = fn(&str) -> Result<()>;
        for (check, least, most) in [
            (check_secret_id as Check, 1, 2048),
            (check_version_id, 32, 64),
            (check_version_stage, 1, 256),
            (|key| check_tags(&[tag(key, "")]), 1, 128),
            (|value| check_tags(&[tag("k", value)]), 0, 256),
        ] {
            for length in [least, most] {
                check(&"é".repeat(length)).expect("allowed");
            }
            let (code, message) = refusal(check(&"é".repeat(most + 1)));
            assert_eq!(code, ErrorCode::ValidationException);
            assert!(message.ends_with(&format!("Member must have length less than or equal to {most}")), "{message}");
            if let Some(length) = usize::checked_sub(least, 1) {
                let (code, message) = refusal(check(&"é".repeat(length)));
                assert_eq!(code, ErrorCode::ValidationException);
                assert!(message.ends_with(&format!("Member must have length greater than or equal to {least}")), "{message}");
            }
        }
    }

    #[test]
    fn tag_keys_are_few_unique_and_not_reserved() {
        check_tags(&[tag("a", "1"), tag("A", "2"), tag("aws", "3"), tag("x-aws:", "4")]).expect("case counts");
        let many: Vec<_> = (0..51).map(|number| tag(&format!("k{number}"), "")).collect();
        check_tags(many.get(..50).expect("50 of 51")).expect("50 tags");
        for (tags, expected) in [
            (&many[..], "51 tags, a secret has at most 50"),
            (&[tag("a", ""), tag("a", "x")], "tag a is given twice"),
            (&[tag("aws:a", "")], "tag aws:a: keys that begin with aws: are reserved"),
            (&[tag("AWS:a", "")], "tag AWS:a: keys that begin with aws: are reserved"),
        ] {
            assert_eq!(refusal(check_tags(tags)), (ErrorCode::InvalidParameterException, expected.to_owned()));
        }
    }
}
