//! What clients of AWS are told of refusals: what AWS would say. Where the vault lies and what there is in other Regions is nobody's business but
//! that of whoever started the endpoint, and stands in its log.

use crate::{
    endpoint::dispatch::Unanswered,
    error::{
        AwsRefusal, Cause, Error, ErrorCode, Refusal, RegionProblem, RegionsRefusal, ReplicaRefusal, RequestRefusal, SecretRefusal,
        SetupError, Unvouched,
    },
    protocol::answer::Answer,
    vault::UnreadValue,
};

/// As [GetSecretValue](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html) has it.
const NOT_DECRYPTED: &str = "Secrets Manager can't decrypt the protected secret text using the provided KMS key.";
/// As [PutSecretValue](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html) has it.
const NOT_ENCRYPTED: &str = "Secrets Manager can't encrypt the protected secret text using the provided KMS key. \
    Check that the KMS key is available, enabled, and not in an invalid state.";
const NOT_COMPARED: &str = "the value on record was made with another keystore and cannot be compared here";

/// An operation's own error, as a client of AWS is told it.
pub(super) fn refused(error: Error) -> Unanswered {
    match error {
        Error::Service(refusal) => Unanswered::Refused(Box::new(told(*refusal))),
        error => Unanswered::Broken(error),
    }
}

/// An answer whose errors are as a client of AWS is told them.
pub(super) fn shown(answer: Answer) -> Answer {
    let Answer::Values(mut values) = answer else { return answer };
    for fault in &values.faults {
        tracing::error!(%fault, "a secret cannot be listed");
    }
    let unread = values.errors.into_iter().map(|UnreadValue { secret_id, error }| {
        let error = match error {
            Error::Service(refusal) => told(*refusal).into(),
            error => {
                tracing::error!(secret_id, %error, "a value could not be read");
                RequestRefusal::InternalService("The value cannot be read at the moment").into()
            }
        };
        UnreadValue { secret_id, error }
    });
    values.errors = unread.collect();
    Answer::Values(values)
}

/// AWS does not say where else a secret is; nor does an endpoint from which others may be out of sight.
fn told(refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::Secret(SecretRefusal::Elsewhere { .. } | SecretRefusal::ArnOfOtherRegion { .. } | SecretRefusal::ReplicaFailed { .. }) => {
            SecretRefusal::NotFound.into()
        }
        Refusal::Bundle(_) => instead(&refusal, NOT_DECRYPTED),
        Refusal::Secret(SecretRefusal::NotComparable(_) | SecretRefusal::NotReadable(_)) => instead(&refusal, NOT_COMPARED),
        Refusal::Regions(regions) => told_of_regions(&regions).into(),
        other => other,
    }
}

fn told_of_regions(refusal: &RegionsRefusal) -> AwsRefusal {
    let told = RegionsRefusal { problems: refusal.problems.iter().map(told_of_region).collect() };
    if told != *refusal {
        tracing::error!(%refusal, "a refusal, of which the answer says less");
    }
    AwsRefusal::new(secrets_code(refusal.code()), told.list())
}

/// What Secrets Manager calls that which AWS KMS has a name for.
const fn secrets_code(code: ErrorCode) -> ErrorCode {
    match code {
        ErrorCode::NotFoundException => ErrorCode::ResourceNotFoundException,
        ErrorCode::DisabledException
        | ErrorCode::KMSInvalidStateException
        | ErrorCode::InvalidKeyUsageException
        | ErrorCode::UnsupportedOperationException => ErrorCode::EncryptionFailure,
        ErrorCode::KMSInternalException | ErrorCode::KeyUnavailableException | ErrorCode::DependencyTimeoutException => {
            ErrorCode::InternalServiceError
        }
        other => other,
    }
}

fn told_of_region(problem: &RegionProblem) -> RegionProblem {
    let cause = match &problem.cause {
        // What is there may be out of sight.
        Cause::Replica(ReplicaRefusal::HasReplicas { .. }) => Cause::Replica(ReplicaRefusal::NameTaken),
        Cause::Replica(ReplicaRefusal::KeyNotVouchedFor { recorded, why: Unvouched::NotAuthentic(_) }) => {
            let why = Unvouched::NotAuthentic("it is not authentic".to_owned());
            Cause::Replica(ReplicaRefusal::KeyNotVouchedFor { recorded: recorded.clone(), why })
        }
        Cause::NoAnswer(_) | Cause::Setup(SetupError::NoCredentials(_)) => Cause::Aws(AwsRefusal::new(problem.code(), NOT_ENCRYPTED)),
        cause if is_local(cause) => Cause::Aws(AwsRefusal::new(problem.code(), "The Region cannot be served.")),
        cause => cause.clone(),
    };
    RegionProblem { place: problem.place.clone(), cause }
}

/// What may name files.
const fn is_local(cause: &Cause) -> bool {
    matches!(cause, Cause::Setup(_) | Cause::Told(_)) && !matches!(cause, Cause::Setup(SetupError::RegionNotEnabled(_)))
}

/// Another text under the same name; the log has all of it.
fn instead(refusal: &Refusal, message: &str) -> Refusal {
    tracing::error!(%refusal, "a refusal, of which the answer says less");
    AwsRefusal::new(refusal.code(), message).into()
}
