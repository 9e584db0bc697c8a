//! `--tags`.

use super::paramfile::ParamFiles;
use super::structures::{parse_structures, require_string, take_string};
use super::usage::UsageError;
use crate::vault::Tag;

/// `Key=a,Value=b …` or JSON. The rules for tags are the vault's.
///
/// # Errors
/// Syntax, an unknown member, no `Key`.
pub(crate) fn parse_tags(files: &ParamFiles<'_>, parameter: &str, args: &[String]) -> Result<Vec<Tag>, UsageError> {
    let tag = |mut structure| {
        let key = require_string(parameter, &mut structure, "Key")?;
        let value = take_string(parameter, &mut structure, "Value")?.unwrap_or_default();
        Ok(Tag { key, value })
    };
    parse_structures(files, parameter, args, &["Key", "Value"])?.into_iter().map(tag).collect()
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
    fn a_tag_has_a_key_and_perhaps_a_value() {
        let tag = |key: &str, value: &str| Tag { key: key.to_owned(), value: value.to_owned() };
        assert_eq!(parse(&["Key=a,Value=1", "Key=A"]), Ok(vec![tag("a", "1"), tag("A", "")]));
        for (args, expected) in [
            (&["Value=a"][..], "Missing required parameter \"Key\""),
            (&["Key=a,Value=b,c"], "Value must be one string"),
            (&["Key=a,value=b"], "Unknown member \"value\" in item 1, must be one of: Key, Value"),
        ] {
            assert_eq!(parse(args), Err(format!("Error parsing parameter '--tags': {expected}")), "{args:?}");
        }
    }
}
