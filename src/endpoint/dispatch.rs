//! From the name of an operation and the body of a request to the answer.

use super::{JsonResponse, reply::reply};
use crate::{
    error::{Error, ErrorCode, Refusal, RequestRefusal, Result},
    kms::EmbeddedKms,
    protocol::{
        self,
        operation::{Run, Service},
        request::Request,
    },
    region::Region,
    secret::SecretBytes,
};

/// Where the keys are.
pub(super) trait KmsState {
    /// Looks at the state, beside others who do.
    ///
    /// # Errors
    /// It cannot be had.
    fn read<T>(&self, work: impl FnOnce(&EmbeddedKms) -> T) -> Result<T>;

    /// Changes the state for good, or not at all.
    ///
    /// # Errors
    /// It cannot be had or kept; in the inner result the refusal.
    fn change<T>(&self, work: impl FnOnce(&mut EmbeddedKms) -> Result<T>) -> Result<Result<T>>;
}

/// Why there is no answer.
#[derive(Debug)]
enum Unanswered {
    /// What the caller asked for.
    Refused(Box<Refusal>),
    /// What the caller can do nothing about.
    Broken(Error),
}

/// Does one operation.
pub(super) fn dispatch(state: &impl KmsState, region: Region, operation: &str, body: &[u8]) -> JsonResponse {
    match run(state, region, operation, body) {
        Ok(body) => JsonResponse { status: 200, body, error: None },
        Err(Unanswered::Refused(error)) => JsonResponse::refused(status(error.code()), &error),
        Err(Unanswered::Broken(error)) => {
            tracing::error!(operation, %region, %error, "the request could not be answered");
            JsonResponse::refused(500, &RequestRefusal::Unavailable("The keystore cannot be used at the moment").into())
        }
    }
}

fn run(state: &impl KmsState, region: Region, name: &str, body: &[u8]) -> Result<SecretBytes, Unanswered> {
    let operation = protocol::find(Service::Kms, name).ok_or_else(|| unknown_operation(name))?;
    if !state.read(|kms| kms.is_enabled(region)).map_err(Unanswered::Broken)? {
        // What AWS answers in a Region that the account has not opted into.
        return Err(Unanswered::Refused(Box::new(RequestRefusal::NotOptedIn(region).into())));
    }
    let request = Request::parse(operation.input, body).map_err(refused)?;
    let answer = match operation.run {
        Run::Alone(answer) => answer(&request),
        Run::Keys(answer) => state.read(|kms| answer(kms, region, &request)).map_err(Unanswered::Broken)?,
        Run::ChangeKeys(prepare) => {
            let change = prepare(region, &request).map_err(refused)?;
            state.change(change).map_err(Unanswered::Broken)?
        }
        Run::Secrets(_) | Run::SealSecrets(_) | Run::ChangeRecord(_) => return Err(unknown_operation(name)),
    };
    answer.and_then(|answer| reply(operation, &request, answer)).map_err(refused)
}

/// An operation's own error.
fn refused(error: Error) -> Unanswered {
    match error {
        Error::Service(refusal) => Unanswered::Refused(refusal),
        // A key whose other Regions are in another keystore.
        Error::Setup(error) => Unanswered::Refused(Box::new(RequestRefusal::State(error).into())),
        error => Unanswered::Broken(error),
    }
}

fn unknown_operation(name: &str) -> Unanswered {
    let name: String = name.chars().take(64).collect();
    Unanswered::Refused(Box::new(RequestRefusal::UnknownOperation(name).into()))
}

/// 500 for what a client may try again, as AWS has it.
const fn status(code: ErrorCode) -> u16 {
    match code {
        ErrorCode::KMSInternalException | ErrorCode::DependencyTimeoutException | ErrorCode::KeyUnavailableException => 500,
        _ => 400,
    }
}
