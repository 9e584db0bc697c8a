//! What stands between HTTP and the operations.

use std::fmt;

use serde_json::json;

use crate::{
    error::{ErrorCode, Refusal},
    protocol::operation::Service,
    region::Region,
    secret::SecretBytes,
};

/// A request in AWS's JSON 1.1 protocol, whose signature was checked if one was asked for.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct JsonRequest<'a> {
    /// The service that it is for.
    pub service: Service,
    /// The Region that it is for.
    pub region: Region,
    /// What is asked for, named as in `X-Amz-Target` behind the service's prefix.
    pub operation: &'a str,
    /// The JSON, which may hold a value.
    pub body: &'a [u8],
}

impl<'a> JsonRequest<'a> {
    /// A request for an operation.
    #[must_use]
    pub const fn new(service: Service, region: Region, operation: &'a str, body: &'a [u8]) -> Self {
        Self { service, region, operation, body }
    }
}

impl fmt::Debug for JsonRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { service, region, operation, body } = self;
        write!(f, "JsonRequest({service:?}, {region}, {operation}, {} bytes, redacted)", body.len())
    }
}

/// An answer in AWS's JSON 1.1 protocol.
#[derive(Debug)]
pub struct JsonResponse {
    /// The HTTP status: 200, 400 or 500.
    pub status: u16,
    /// The JSON, which may hold keys and values.
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

    /// A refusal before a service has seen the request: `{"__type": NAME, "message": TEXT}`.
    #[must_use]
    pub fn refused(status: u16, error: &Refusal) -> Self {
        Self::with_message(status, error, "message")
    }

    /// A service's refusal: AWS Secrets Manager calls the text `Message`, AWS KMS `message`.
    #[must_use]
    pub fn refused_by(service: Service, status: u16, error: &Refusal) -> Self {
        Self::with_message(status, error, service.message_member())
    }

    fn with_message(status: u16, error: &Refusal, member: &str) -> Self {
        let body = json!({ "__type": error.code().to_string(), member: error.to_string() });
        Self { status, body: SecretBytes::new(body.to_string().into_bytes()), error: Some(error.code()) }
    }
}

/// Answers requests whose signature was checked.
pub trait JsonService: Send + Sync + 'static {
    /// The services that it answers for, one at least.
    fn services(&self) -> &'static [Service];

    /// Does one operation. It may block.
    fn answer(&self, request: &JsonRequest<'_>) -> JsonResponse;
}
