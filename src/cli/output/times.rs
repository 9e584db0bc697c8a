//! `cli_timestamp_format` of a profile: how the times of an answer are printed.

use std::str::FromStr;

use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::{cli::usage::UsageError, timestamp::Timestamp};

/// The members of answers that are points in time.
const TIMES: [&str; 11] = [
    "CreatedDate",
    "CreationDate",
    "DeletedDate",
    "DeletionDate",
    "LastAccessedDate",
    "LastChangedDate",
    "LastRotatedDate",
    "LastUpdatedDate",
    "NextRotationDate",
    "RotationDate",
    "ValidTo",
];

/// How times are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TimestampFormat {
    /// As text, which is what version 2 of the AWS CLI does.
    Iso8601,
    /// As they come from the services: seconds since 1970.
    Wire,
}

impl FromStr for TimestampFormat {
    type Err = UsageError;

    fn from_str(name: &str) -> Result<Self, UsageError> {
        match name {
            "iso8601" => Ok(Self::Iso8601),
            "wire" | "none" => Ok(Self::Wire),
            _ => Err(UsageError::new(format!("Unknown cli_timestamp_format value: {}", name.escape_debug()))
                .with_hint("cli_timestamp_format of the profile is wire or iso8601")),
        }
    }
}

impl TimestampFormat {
    /// Makes the times of a document what they are printed as.
    pub(crate) fn apply(self, document: &mut Value) {
        if self == Self::Wire {
            to_seconds(document);
        }
    }
}

fn to_seconds(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(to_seconds),
        Value::Object(members) => {
            for (name, value) in members.iter_mut() {
                let time = value.as_str().filter(|_| TIMES.contains(&name.as_str())).and_then(|text| text.parse::<Timestamp>().ok());
                match time {
                    Some(time) => *value = seconds(time),
                    None => to_seconds(value),
                }
            }
        }
        _ => {}
    }
}

/// With milliseconds as a fraction.
fn seconds(time: Timestamp) -> Value {
    json!((time.utc() - OffsetDateTime::UNIX_EPOCH).as_seconds_f64())
}
