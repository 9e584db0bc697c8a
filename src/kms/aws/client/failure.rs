//! The SDK's errors, by AWS's names.

use std::error::Error as StdError;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_kms::error::{ConnectorError, ProvideErrorMetadata, SdkError};

use super::{call::Call, tls};
use crate::error::{AwsRefusal, Error, ErrorCode, Obstacle, SetupError};

/// Longest text of an answer that an error repeats, in bytes.
const SHOWN: usize = 1024;

/// What the errors of all operations have.
pub(super) trait SdkFailure: ProvideErrorMetadata + StdError + Send + Sync + 'static {}

impl<E: ProvideErrorMetadata + StdError + Send + Sync + 'static> SdkFailure for E {}

/// What the SDK's error is here. Neither request nor answer is repeated, save AWS's own name and message.
pub(super) fn from_sdk<E: SdkFailure>(call: &Call<'_>, error: &SdkError<E>, attempts: u32) -> Error {
    if let Some(reason) = missing_credentials(error) {
        // The services that credentials come from are reached over TLS too, and other credentials would not help.
        return match tls::obstacle(error) {
            Some(obstacle) => call.stopped_by(Obstacle::Tls(obstacle), format!("no AWS credentials came: {reason}")),
            None => SetupError::NoCredentials(reason).into(),
        };
    }
    match error {
        SdkError::ServiceError(refusal) => {
            let status = refusal.raw().status().as_u16();
            match refusal.err().code() {
                Some(name) => refused(call, name, refusal.err().message().unwrap_or_default(), status),
                // What does not parse is not repeated: it may be the answer's plaintext.
                None => call.no_answer(format!("the answer, of HTTP status {status}, is not one of AWS KMS{}", after(attempts))),
            }
        }
        SdkError::ResponseError(_) => call.no_answer(format!("the answer broke off: {}{}", causes(error), after(attempts))),
        // Before anything is sent, what takes time is the credentials.
        SdkError::TimeoutError(_) if attempts == 0 => SetupError::NoCredentials("they took too long to come".to_owned()).into(),
        SdkError::TimeoutError(_) => call.no_answer(format!("no answer in time{}", after(attempts))),
        // The SDK's text for an endpoint that is no URL repeats the whole request, its plaintext included; the cause of that does not.
        _ if attempts == 0 => {
            let cause = chain(error).last().map(ToString::to_string).unwrap_or_default();
            call.no_answer(format!("no request was sent: {}", shown(&cause)))
        }
        _ => {
            let obstacle = tls::obstacle(error).map_or(Obstacle::Network, Obstacle::Tls);
            call.stopped_by(obstacle, format!("{}{}", causes(error), after(attempts)))
        }
    }
}

/// A refusal by AWS's name. One that [`ErrorCode`] has not stands in the message, under the code that says most nearly the same.
fn refused(call: &Call<'_>, name: &str, message: &str, status: u16) -> Error {
    let Call { operation, region, key } = call;
    let code = named(name).or_else(|| synonym(name)).unwrap_or_else(|| by_status(status));
    let other_name = (code.to_string() != name).then_some(name);
    let parts = other_name.into_iter().chain([message]).filter(|part| !part.is_empty()).map(shown);
    AwsRefusal::new(code, parts.collect::<Vec<_>>().join(": ")).of_call(operation, *region, *key).into()
}

/// The names that AWS KMS answers with to the operations that are called.
const NAMES: [ErrorCode; 27] = [
    ErrorCode::AccessDeniedException,
    ErrorCode::DependencyTimeoutException,
    ErrorCode::DisabledException,
    ErrorCode::DryRunOperationException,
    ErrorCode::ExpiredTokenException,
    ErrorCode::IncompleteSignatureException,
    ErrorCode::IncorrectKeyException,
    ErrorCode::InvalidArnException,
    ErrorCode::InvalidCiphertextException,
    ErrorCode::InvalidGrantTokenException,
    ErrorCode::InvalidKeyUsageException,
    ErrorCode::InvalidSignatureException,
    ErrorCode::KMSInternalException,
    ErrorCode::KMSInvalidStateException,
    ErrorCode::KeyUnavailableException,
    ErrorCode::LimitExceededException,
    ErrorCode::MissingAuthenticationTokenException,
    ErrorCode::NotAuthorizedException,
    ErrorCode::NotFoundException,
    ErrorCode::OptInRequired,
    ErrorCode::SerializationException,
    ErrorCode::ServiceUnavailableException,
    ErrorCode::ThrottlingException,
    ErrorCode::UnknownOperationException,
    ErrorCode::UnrecognizedClientException,
    ErrorCode::UnsupportedOperationException,
    ErrorCode::ValidationException,
];

fn named(name: &str) -> Option<ErrorCode> {
    NAMES.into_iter().find(|code| code.to_string() == name)
}

/// Other names for the same, from the [common errors](https://docs.aws.amazon.com/kms/latest/APIReference/CommonErrors.html) and from what
/// the SDKs take for throttling.
fn synonym(name: &str) -> Option<ErrorCode> {
    Some(match name {
        "AccessDenied" | "NotAuthorized" => ErrorCode::AccessDeniedException,
        "ExpiredToken" => ErrorCode::ExpiredTokenException,
        "IncompleteSignature" => ErrorCode::IncompleteSignatureException,
        "InvalidClientTokenId" => ErrorCode::UnrecognizedClientException,
        "MissingAuthenticationToken" => ErrorCode::MissingAuthenticationTokenException,
        "RequestExpired" | "RequestTimeTooSkewed" | "SignatureDoesNotMatch" => ErrorCode::InvalidSignatureException,
        "RequestLimitExceeded"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "SlowDown"
        | "ThrottledException"
        | "Throttling"
        | "TooManyRequestsException" => ErrorCode::ThrottlingException,
        "ServiceUnavailable" => ErrorCode::ServiceUnavailableException,
        "ValidationError" => ErrorCode::ValidationException,
        // The key's material is in a key store outside of AWS KMS, which does not answer.
        _ if ["CloudHsm", "CustomKeyStore", "Xks"].iter().any(|store| name.starts_with(store)) => ErrorCode::KMSInvalidStateException,
        _ => return None,
    })
}

const fn by_status(status: u16) -> ErrorCode {
    match status {
        401 | 403 => ErrorCode::AccessDeniedException,
        429 => ErrorCode::ThrottlingException,
        500.. => ErrorCode::KMSInternalException,
        _ => ErrorCode::ValidationException,
    }
}

/// Why the chain gave no credentials, in its own words.
fn missing_credentials(error: &(dyn StdError + 'static)) -> Option<String> {
    let credentials = chain(error).find(|cause| cause.is::<CredentialsError>())?;
    Some(shown(&joined(chain(credentials))))
}

/// What is behind the SDK's error, down to the operating system's. The SDK's own names for it, `dispatch failure` and `other`, say nothing.
fn causes(error: &(dyn StdError + 'static)) -> String {
    shown(&joined(chain(error).skip(1).filter(|cause| !cause.is::<ConnectorError>())))
}

pub(super) fn chain<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// Texts that repeat the one after them are left out.
fn joined<'a>(causes: impl Iterator<Item = &'a (dyn StdError + 'static)>) -> String {
    let mut texts: Vec<String> = Vec::new();
    for text in causes.map(ToString::to_string) {
        if !texts.last().is_some_and(|last| last.contains(&text)) {
            texts.push(text);
        }
    }
    texts.join(": ")
}

fn after(attempts: u32) -> String {
    if attempts > 1 { format!(", after {attempts} attempts") } else { String::new() }
}

/// Text of an answer, for people: one line of bounded length, without control characters.
pub(super) fn shown(text: &str) -> String {
    let words = text.split(|character: char| character.is_whitespace() || character.is_control());
    let line = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    match (0..=SHOWN).rev().find(|end| line.is_char_boundary(*end)).and_then(|end| line.get(..end)) {
        Some(start) if start.len() < line.len() => format!("{start}…"),
        _ => line,
    }
}
