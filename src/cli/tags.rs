//! `--tags`.

use super::paramfile::ParamFiles;
use super::structures::{parse_structures, require_string, take_string};
use super::usage::UsageError;

/// A tag of a secret; not encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag {
    /// 1 to 128 characters.
    pub(crate) key: String,
    /// 0 to 256 characters.
    pub(crate) value: String,
}

/// Most tags of one secret.
const TAG_LIMIT: usize = 50;

/// `Key=a,Value=b …` or JSON, under the rules for tags of AWS resources.
///
/// # Errors
/// Syntax, an unknown member, lengths, a key that is given twice (case counts) or starts with `aws:`, more than 50 tags.
pub(crate) fn parse_tags(files: &ParamFiles<'_>, parameter: &str, args: &[String]) -> Result<Vec<Tag>, UsageError> {
    let mut tags: Vec<Tag> = Vec::new();
    for mut structure in parse_structures(files, parameter, args, &["Key", "Value"])? {
        let key = require_string(parameter, &mut structure, "Key")?;
        let value = take_string(parameter, &mut structure, "Value")?.unwrap_or_default();
        if !(1..=128).contains(&key.chars().count()) {
            return Err(UsageError::parameter(parameter, "Key must have 1 to 128 characters"));
        }
        if value.chars().count() > 256 {
            return Err(UsageError::parameter(parameter, format!("the value of tag {key} has more than 256 characters")));
        }
        if key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:")) {
            return Err(UsageError::parameter(parameter, format!("tag {key}: keys that begin with aws: are reserved")));
        }
        if tags.iter().any(|tag| tag.key == key) {
            return Err(UsageError::parameter(parameter, format!("tag {key} is given twice")));
        }
        tags.push(Tag { key, value });
    }
    if tags.len() > TAG_LIMIT {
        return Err(UsageError::parameter(parameter, format!("{} tags, a secret has at most {TAG_LIMIT}", tags.len())));
    }
    Ok(tags)
}

#[cfg(test)]
mod tests {
    use super::super::environment::Environment;
    use super::*;

    fn parse(args: &[&str]) -> Result<Vec<Tag>, String> {
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        parse_tags(&ParamFiles::new(&Environment::fixed(&[])), "--tags", &args).map_err(|error| error.message)
    }

    #[test]
    fn limits_hold_to_the_character() {
        let tag = |key: usize, value: usize| parse(&[&format!("Key={},Value={}", "é".repeat(key), "é".repeat(value))]);
        assert!(tag(1, 0).is_ok() && tag(128, 256).is_ok());
        assert!(tag(0, 1).is_err() && tag(129, 1).is_err() && tag(1, 257).is_err());
        let environment = Environment::fixed(&[]);
        let files = ParamFiles::new(&environment);
        let words: Vec<String> = (0..51).map(|number| format!("Key=k{number}")).collect();
        assert_eq!(parse_tags(&files, "--tags", words.get(..50).expect("50 of 51")).expect("50 tags").len(), 50);
        assert!(parse_tags(&files, "--tags", &words).expect_err("51 tags").message.contains("51 tags"));
    }

    #[test]
    fn keys_are_unique_and_not_reserved() {
        assert_eq!(parse(&["Key=a,Value=1", "Key=A,Value=2"]).expect("case counts").len(), 2);
        for (args, expected) in [
            (&["Key=a", "Key=a,Value=x"][..], "tag a is given twice"),
            (&["Key=aws:a"], "tag aws:a: keys that begin with aws: are reserved"),
            (&["Key=AWS:a"], "tag AWS:a: keys that begin with aws: are reserved"),
            (&["Value=a"], "Missing required parameter \"Key\""),
            (&["Key=a,Value=b,c"], "Value must be one string"),
            (&["Key=a,value=b"], "Unknown member \"value\" in item 1, must be one of: Key, Value"),
        ] {
            assert_eq!(parse(args), Err(format!("Error parsing parameter '--tags': {expected}")), "{args:?}");
        }
    }
}
