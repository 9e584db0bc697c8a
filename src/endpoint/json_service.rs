//! What stands between HTTP and the operations.

use serde_json::json;

use crate::{
    error::{ErrorCode, Refusal},
    region::Region,
    secret::SecretBytes,
};

/// An answer in AWS's JSON 1.1 protocol.
#[derive(Debug)]
pub struct JsonResponse {
    /// The HTTP status: 200, 400 or 500.
    pub status: u16,
    /// The JSON, which may hold keys.
    pub body: SecretBytes,
    /// The error's name, for the log.
    pub error: Option<ErrorCode>,
}

impl JsonResponse {
    /// The result of an operation.
    #[must_use]
    pub fn ok(body: Vec<u8>) -> Self {
        Self { status: 200, body: SecretBytes::new(body), error: None }
    }

    /// A refusal: `{"__type": NAME, "message": TEXT}`.
    #[must_use]
    pub fn refused(status: u16, error: &Refusal) -> Self {
        let body = json!({ "__type": error.code().to_string(), "message": error.to_string() });
        Self { status, body: SecretBytes::new(body.to_string().into_bytes()), error: Some(error.code()) }
    }
}

/// Answers requests whose signature was checked.
pub trait JsonService: Send + Sync + 'static {
    /// Does one operation, named as in `X-Amz-Target` behind `TrentService.`, in a Region. It may block.
    fn answer(&self, region: Region, operation: &str, body: &[u8]) -> JsonResponse;
}
