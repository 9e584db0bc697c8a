//! From the name of an operation to its entry in the table, and from what comes of it to the answer.

use super::{JsonRequest, JsonResponse};
use crate::{
    error::{Error, ErrorCode, Refusal, RequestRefusal},
    protocol::{
        self,
        operation::{Operation, Service},
    },
    secret::SecretBytes,
};

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Unanswered {
    /// What the caller asked for.
    Refused(Box<Refusal>),
    /// What the caller can do nothing about.
    Broken(Error),
}

impl Unanswered {
    pub(super) fn refused(refusal: impl Into<Refusal>) -> Self {
        Self::Refused(Box::new(refusal.into()))
    }
}

/// Does one operation of the table: `work` is what its service does.
pub(super) fn dispatch(
    request: &JsonRequest<'_>,
    work: impl FnOnce(&'static Operation) -> Result<SecretBytes, Unanswered>,
) -> JsonResponse {
    let JsonRequest { service, region, operation, .. } = *request;
    match protocol::find(service, operation).ok_or_else(|| unknown_operation(request)).and_then(work) {
        Ok(body) => JsonResponse { status: 200, body, error: None },
        Err(Unanswered::Refused(error)) => JsonResponse::refused_by(service, status(error.code()), &error),
        Err(Unanswered::Broken(error)) => {
            tracing::error!(operation, %region, %error, "the request could not be answered");
            let message = match service {
                Service::Kms => "The keystore cannot be used at the moment",
                Service::SecretsManager => "The vault or its keys cannot be used at the moment",
            };
            JsonResponse::refused_by(service, 500, &service.internal_error(message).into())
        }
    }
}

/// No entry of this name, or one that nothing here does.
pub(super) fn unknown_operation(request: &JsonRequest<'_>) -> Unanswered {
    let name: String = request.operation.chars().take(64).collect();
    Unanswered::refused(match request.service {
        Service::Kms => RequestRefusal::UnknownOperation(name),
        Service::SecretsManager => RequestRefusal::UnknownSecretsOperation(name),
    })
}

/// 500 for what a client may try again, as AWS has it.
const fn status(code: ErrorCode) -> u16 {
    match code {
        ErrorCode::KMSInternalException
        | ErrorCode::DependencyTimeoutException
        | ErrorCode::KeyUnavailableException
        | ErrorCode::InternalServiceError => 500,
        _ => 400,
    }
}
