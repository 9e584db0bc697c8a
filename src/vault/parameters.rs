//! What Secrets Manager's service model demands of parameters, and its rules for tags.

use std::{collections::BTreeSet, ops::RangeInclusive};

use super::record::Tag;
use crate::error::{Constraint, Result, SecretRefusal, Violation};

const SECRET_ID: RangeInclusive<usize> = 1..=2048;
const VERSION_ID: RangeInclusive<usize> = 32..=64;
const VERSION_STAGE: RangeInclusive<usize> = 1..=256;
const TAG_KEY: RangeInclusive<usize> = 1..=128;
const TAG_VALUE: RangeInclusive<usize> = 0..=256;
const TAGS_PER_SECRET: usize = 50;
const RESERVED_TAG_PREFIX: &str = "aws:";

/// A name, ARN or partial ARN.
pub(super) fn check_secret_id(id: &str) -> Result<()> {
    check_length("secretId", id, &SECRET_ID)
}

pub(super) fn check_version_id(id: &str) -> Result<()> {
    check_length("versionId", id, &VERSION_ID)
}

pub(super) fn check_version_stage(label: &str) -> Result<()> {
    check_length("versionStage", label, &VERSION_STAGE)
}

/// The [rules for tags](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Tag.html): at most 50, no key twice (case
/// counts), none that begins with `aws:`, keys of 1 to 128 and values of 0 to 256 characters.
///
/// # Errors
/// `ValidationException` for lengths, `InvalidParameterException` for the rest.
pub(crate) fn check_tags(tags: &[Tag]) -> Result<()> {
    let mut keys = BTreeSet::new();
    for Tag { key, value } in tags {
        check_length("tags.member.key", key, &TAG_KEY)?;
        check_length("tags.member.value", value, &TAG_VALUE)?;
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
pub(super) fn check_tag_key(parameter: &str, key: &str) -> Result<()> {
    check_length(parameter, key, &TAG_KEY)?;
    require_not_reserved(key)
}

fn require_not_reserved(key: &str) -> Result<()> {
    if !key.get(..RESERVED_TAG_PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(RESERVED_TAG_PREFIX)) {
        return Ok(());
    }
    Err(SecretRefusal::TagOfAws(key.to_owned()).into())
}

/// Lengths count characters, as in AWS.
fn check_length(parameter: &str, value: &str, range: &RangeInclusive<usize>) -> Result<()> {
    let characters = value.chars().count();
    if characters < *range.start() {
        return Err(Violation::by(parameter, value, Constraint::LeastLength(*range.start())).into());
    }
    if characters > *range.end() {
        return Err(Violation::new(parameter, Constraint::MostLength(*range.end())).into());
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
