//! How the times of an answer are printed: as text in the reader's zone, or as `cli_timestamp_format` of a profile says.

use serde::Serialize;
use serde_json::Value;

use crate::{
    cli::{environment::Environment, profile::Profile, usage::UsageError, zone::Zone},
    timestamp::Timestamp,
};

/// Its members have names that the user chose.
pub(super) const NAMED_BY_USERS: &str = "EncryptionContext";

/// How times are printed.
#[derive(Debug)]
pub(crate) enum Times {
    /// As text, which is what version 2 of the AWS CLI does.
    Iso8601(Zone),
    /// As they come from the services: seconds since 1970.
    Wire,
}

impl Times {
    /// As text in UTC.
    #[cfg(test)]
    pub(crate) const UTC: Self = Self::Iso8601(Zone::UTC);

    /// As the profile says, in the environment's zone.
    pub(crate) fn of(profile: &Profile, environment: &Environment) -> Result<Self, UsageError> {
        match profile.setting("cli_timestamp_format") {
            None | Some("iso8601") => Ok(Self::Iso8601(Zone::of(environment))),
            Some("wire" | "none") => Ok(Self::Wire),
            Some(name) => Err(UsageError::new(format!("Unknown cli_timestamp_format value: {}", name.escape_debug()))
                .with_hint("cli_timestamp_format of the profile is wire or iso8601")),
        }
    }

    /// True where each time is a text, as answers have it.
    pub(crate) const fn are_text(&self) -> bool {
        matches!(self, Self::Iso8601(_))
    }

    /// The zone of texts that are not in UTC.
    pub(crate) fn zone(&self) -> Option<&Zone> {
        match self {
            Self::Iso8601(zone) => Some(zone).filter(|zone| !zone.is_utc()),
            Self::Wire => None,
        }
    }

    /// A document as a tree, with its times as they are printed.
    pub(crate) fn tree(&self, document: &impl Serialize) -> serde_json::Result<Value> {
        serde_json::to_value(document).map(|tree| self.printed(tree))
    }

    /// A tree with its times as they are printed.
    pub(crate) fn printed(&self, mut value: Value) -> Value {
        match (self, self.zone()) {
            (Self::Wire, _) => change(&mut value, &|text| text.parse().ok().map(Timestamp::seconds)),
            (Self::Iso8601(_), Some(zone)) => change(&mut value, &|text| shown(text, zone).map(Value::String)),
            (Self::Iso8601(_), None) => {}
        }
        value
    }
}

/// Whether a member is a point in time. All of AWS's and of ours are called so, and nothing else is but what users name.
pub(super) fn is_time(member: &str) -> bool {
    member.ends_with("Date") || member == "ValidTo"
}

/// The text of a time in a zone.
pub(super) fn shown(text: &str, zone: &Zone) -> Option<String> {
    zone.text(text.parse().ok()?)
}

fn change(value: &mut Value, of_time: &impl Fn(&str) -> Option<Value>) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| change(item, of_time)),
        Value::Object(members) => {
            for (name, value) in members.iter_mut().filter(|(name, _)| *name != NAMED_BY_USERS) {
                match value.as_str().filter(|_| is_time(name)).and_then(of_time) {
                    Some(printed) => *value = printed,
                    None => change(value, of_time),
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cli::output::{Strange, render_json};

    const DATE: &str = "2026-11-21T20:38:31.123000+00:00";

    fn document(shown: &Value) -> Value {
        json!({
            "CreatedDate": shown,
            "Name": DATE,
            "Description": "CreatedDate",
            "EncryptionContext": { "CreatedDate": DATE, "nested": { "EncryptionContext": { "ADate": DATE } } },
            "LastChangedDate": null,
            "DeletionDate": "not one",
            "List": [{ "RotationDate": shown, "Tags": [{ "Key": "CreatedDate", "Value": DATE }] }, DATE, [DATE]],
            "NextRotationDate": [DATE],
            "Map": { "ImportDate": { "Date": shown } },
        })
    }

    #[test]
    fn times_are_those_of_the_zone_and_nothing_else_is() {
        let zone = Zone::of(&Environment::fixed(&[("TZ", "IST-5:30")]));
        let (stored, local) = (document(&json!(DATE)), document(&json!("2026-11-22T02:08:31.123000+05:30")));
        let written = |document: &Value, zone| render_json(document, Strange::AsTheyAre, zone).expect("writes");
        assert_eq!(written(&stored, Some(&zone)), written(&local, None));
        assert_eq!(written(&stored, Some(&Zone::UTC)), written(&stored, None));
        assert_eq!(Times::Iso8601(zone).tree(&stored).expect("JSON"), local);
        assert_eq!(Times::UTC.tree(&stored).expect("JSON"), stored);
        assert_eq!(Times::Wire.tree(&stored).expect("JSON"), document(&json!(1_795_293_511.123)));
    }
}
