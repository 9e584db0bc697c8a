//! The policy of a secret.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::limits::RESOURCE_POLICY_LENGTH;
use crate::{
    error::{Constraint, Error, Result, Violation},
    policy,
};

const LIMIT: usize = *RESOURCE_POLICY_LENGTH.end();

/// A [resource-based policy](https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html): 1 to 20,480
/// characters of JSON in the grammar of policies, kept as they were given. **Nothing here enforces it.**
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ResourcePolicy(String);

impl ResourcePolicy {
    /// The policy as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ResourcePolicy {
    type Error = Error;

    /// # Errors
    /// `ValidationException` for the length, `MalformedPolicyDocumentException` for the grammar.
    fn try_from(text: String) -> Result<Self> {
        const PARAMETER: &str = "resourcePolicy";
        if text.is_empty() {
            return Err(Violation::new(PARAMETER, Constraint::LeastLength(1)).into());
        }
        if text.chars().count() > LIMIT {
            return Err(Violation::new(PARAMETER, Constraint::MostLength(LIMIT)).into());
        }
        policy::check_grammar(&text)?;
        Ok(Self(text))
    }
}

impl FromStr for ResourcePolicy {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::try_from(text.to_owned())
    }
}

impl From<ResourcePolicy> for String {
    fn from(policy: ResourcePolicy) -> Self {
        policy.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;

    const MINIMAL: &str =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"secretsmanager:*","Resource":"*"}}"#;

    fn code(text: &str) -> Option<ErrorCode> {
        match text.parse::<ResourcePolicy>() {
            Ok(policy) => {
                assert_eq!(policy.as_str(), text);
                None
            }
            Err(Error::Service(error)) => Some(error.code()),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn limits_and_grammar() {
        // Of two bytes each, and not in the character set of key policies.
        let padded = |length: usize| {
            let id = "ā".repeat(length - MINIMAL.chars().count() - 8);
            MINIMAL.replacen("\"Version\"", &format!("\"Id\":\"{id}\",\"Version\""), 1)
        };
        assert_eq!(padded(LIMIT).chars().count(), LIMIT);
        for text in [MINIMAL.to_owned(), format!(" {MINIMAL}\n"), padded(LIMIT)] {
            assert_eq!(code(&text), None, "{text}");
        }
        for (text, expected) in [
            (String::new(), ErrorCode::ValidationException),
            (padded(LIMIT + 1), ErrorCode::ValidationException),
            ("{".to_owned(), ErrorCode::MalformedPolicyDocumentException),
            (MINIMAL.replace("\"Principal\":\"*\",", ""), ErrorCode::MalformedPolicyDocumentException),
            (MINIMAL.replace("Deny", "deny"), ErrorCode::MalformedPolicyDocumentException),
        ] {
            assert_eq!(code(&text), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_policy_is_stored_as_a_json_string() {
        let policy: ResourcePolicy = MINIMAL.parse().expect("sound");
        let json = serde_json::to_string(&policy).expect("JSON");
        assert_eq!(serde_json::from_str::<ResourcePolicy>(&json).expect("reads"), policy);
        assert!(serde_json::from_str::<ResourcePolicy>("\"{}\"").is_err());
    }
}
