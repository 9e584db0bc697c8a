//! What AWS itself answered.

use std::fmt;

use super::ErrorCode;
use crate::region::Region;

/// A refusal that came from AWS, or from another implementation of its services, in its own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwsRefusal {
    code: ErrorCode,
    call: Option<AwsCall>,
    message: String,
}

/// The call that was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
struct AwsCall {
    operation: &'static str,
    region: Region,
    key: String,
}

impl AwsRefusal {
    /// A refusal of this name, with the service's message, which may be empty.
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, call: None, message: message.into() }
    }

    /// The refusal with the operation that was called, the Region and the key as it was asked for.
    #[must_use]
    pub fn of_call(self, operation: &'static str, region: Region, key: impl Into<String>) -> Self {
        Self { call: Some(AwsCall { operation, region, key: key.into() }), ..self }
    }

    /// The service's name for it.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        self.code
    }

    /// What it displays where `place` stands before it: the Region is not said again.
    pub(super) fn in_place(&self, place: &str) -> String {
        let is_said = self.call.as_ref().is_some_and(|call| call.region.name() == place);
        if is_said { self.without_region() } else { self.to_string() }
    }

    fn without_region(&self) -> String {
        let call = self.call.as_ref().map(|AwsCall { operation, key, .. }| format!("{operation} with {key}"));
        let message = (!self.message.is_empty()).then(|| self.message.clone());
        call.into_iter().chain(message).collect::<Vec<_>>().join(": ")
    }
}

impl fmt::Display for AwsRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(call) = &self.call {
            write!(f, "{}, ", call.region)?;
        }
        f.write_str(&self.without_region())
    }
}

impl std::error::Error for AwsRefusal {}
