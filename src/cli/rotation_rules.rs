//! `--rotation-rules`.

use serde_json::Value;

use super::paramfile::ParamFiles;
use super::structures::{parse_structure, take_string};
use super::usage::UsageError;
use crate::vault::RotationRulesType;

const DAYS: &str = "AutomaticallyAfterDays";
const DURATION: &str = "Duration";
const EXPRESSION: &str = "ScheduleExpression";

/// Shorthand (`AutomaticallyAfterDays=30`; `ScheduleExpression=rate(10 days),Duration=3h`), JSON, or `file://` with either. Whether the rules
/// hold together is checked with the rest of the request.
///
/// # Errors
/// Syntax, an unknown member, a member of another type, a file that cannot be read.
pub(crate) fn parse_rotation_rules(files: &ParamFiles<'_>, parameter: &str, value: &str) -> Result<RotationRulesType, UsageError> {
    let content = files.value(parameter, value)?;
    let mut rules = parse_structure(files, parameter, content.as_deref().unwrap_or(value))?;
    if let Some(unknown) = rules.keys().find(|key| ![DAYS, DURATION, EXPRESSION].contains(&key.as_str())) {
        let unknown = unknown.escape_debug();
        return Err(UsageError::parameter(
            parameter,
            format!("Unknown member \"{unknown}\", must be one of: {DAYS}, {DURATION}, {EXPRESSION}"),
        ));
    }
    let automatically_after_days = rules.remove(DAYS).map(|days| whole_number(parameter, &days)).transpose()?;
    Ok(RotationRulesType {
        automatically_after_days,
        duration: take_string(parameter, &mut rules, DURATION)?,
        schedule_expression: take_string(parameter, &mut rules, EXPRESSION)?,
    })
}

/// In shorthand a number is text.
fn whole_number(parameter: &str, days: &Value) -> Result<i64, UsageError> {
    let number = days.as_i64().or_else(|| days.as_str()?.parse().ok());
    number.ok_or_else(|| UsageError::parameter(parameter, format!("{DAYS} must be a whole number")))
}

#[cfg(test)]
mod tests {
    use super::super::environment::Environment;
    use super::*;

    fn parse(value: &str) -> Result<RotationRulesType, UsageError> {
        parse_rotation_rules(&ParamFiles::new(&Environment::fixed(&[])), "--rotation-rules", value)
    }

    #[test]
    fn every_form_is_read() {
        let days = RotationRulesType { automatically_after_days: Some(30), ..RotationRulesType::default() };
        for value in ["AutomaticallyAfterDays=30", r#"{"AutomaticallyAfterDays": 30}"#, "{\"AutomaticallyAfterDays\": 30}\n"] {
            assert_eq!(parse(value), Ok(days.clone()), "{value}");
        }
        let cron = RotationRulesType {
            automatically_after_days: None,
            duration: Some("2h".to_owned()),
            schedule_expression: Some("cron(0 16 1,15 * ? *)".to_owned()),
        };
        for value in [
            "ScheduleExpression='cron(0 16 1,15 * ? *)',Duration=2h",
            r"Duration=2h,ScheduleExpression=cron(0 16 1\,15 * ? *)",
            r#"{"ScheduleExpression": "cron(0 16 1,15 * ? *)", "Duration": "2h"}"#,
        ] {
            assert_eq!(parse(value), Ok(cron.clone()), "{value}");
        }
        let folder = tempfile::tempdir().expect("temporary directory");
        let file = folder.path().join("rules.json");
        std::fs::write(&file, r#"{"AutomaticallyAfterDays": 30}"#).expect("written");
        assert_eq!(parse(&format!("file://{}", file.display())), Ok(days));
    }

    #[test]
    fn anything_else_is_refused() {
        for (value, expected) in [
            ("AutomaticallyAfterDays=x", "AutomaticallyAfterDays must be a whole number"),
            (r#"{"AutomaticallyAfterDays": 1.5}"#, "AutomaticallyAfterDays must be a whole number"),
            (r#"{"AutomaticallyAfterDays": true}"#, "AutomaticallyAfterDays must be a whole number"),
            (r#"{"AutomaticallyAfterDays": null}"#, "AutomaticallyAfterDays must be a whole number"),
            (r#"{"Duration": 2}"#, "Duration must be a string"),
            ("ScheduleExpression=cron(0 16 1,15 * ? *)", "ScheduleExpression must be one string"),
            ("Days=1", "Unknown member \"Days\", must be one of: AutomaticallyAfterDays, Duration, ScheduleExpression"),
            ("rate(10 days)", "Expected '='"),
            ("{", "Invalid JSON"),
            ("file:///nonexistent/rules.json", "Unable to load paramfile"),
        ] {
            let error = parse(value).expect_err(value);
            assert!(
                error.message.starts_with("Error parsing parameter '--rotation-rules': ") && error.message.contains(expected),
                "{error}"
            );
        }
        let comma = parse("ScheduleExpression=cron(0 16 1,15 * ? *)").expect_err("a list");
        assert_eq!(comma.hint.as_deref(), Some("write \\, for a comma in a value"));
    }
}
