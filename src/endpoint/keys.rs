//! The operations of AWS KMS, on the embedded one.

use super::{
    JsonRequest,
    dispatch::{Unanswered, unknown_operation},
    reply::reply,
};
use crate::{
    error::{Error, RequestRefusal, Result},
    kms::{EmbeddedKms, LiveKeystore},
    protocol::{
        operation::{Operation, Run},
        request::Request,
    },
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

impl KmsState for LiveKeystore {
    fn read<T>(&self, work: impl FnOnce(&EmbeddedKms) -> T) -> Result<T> {
        self.read().map(|kms| work(&kms))
    }

    fn change<T>(&self, work: impl FnOnce(&mut EmbeddedKms) -> Result<T>) -> Result<Result<T>> {
        self.change(work)
    }
}

/// Does one operation on keys.
pub(super) fn carry_out(
    state: &impl KmsState,
    operation: &'static Operation,
    request: &JsonRequest<'_>,
) -> Result<SecretBytes, Unanswered> {
    let region = request.region;
    if !state.read(|kms| kms.is_enabled(region)).map_err(Unanswered::Broken)? {
        // What AWS answers in a Region that the account has not opted into.
        return Err(Unanswered::refused(RequestRefusal::NotOptedIn(region)));
    }
    let members = Request::parse(operation.input, request.body).map_err(refused)?;
    let answer = match operation.run {
        Run::Alone(answer) => answer(&members),
        Run::Keys(answer) => state.read(|kms| answer(kms, region, &members)).map_err(Unanswered::Broken)?,
        Run::ChangeKeys(prepare) => {
            let change = prepare(region, &members).map_err(refused)?;
            state.change(change).map_err(Unanswered::Broken)?
        }
        Run::Secrets(_) | Run::SealSecrets(_) | Run::ChangeRecord(_) => return Err(unknown_operation(request)),
    };
    answer.and_then(|answer| reply(operation, &members, answer)).map_err(refused)
}

/// An operation's own error.
fn refused(error: Error) -> Unanswered {
    match error {
        Error::Service(refusal) => Unanswered::Refused(refusal),
        // A key whose other Regions are in another keystore.
        Error::Setup(error) => Unanswered::refused(RequestRefusal::State(error)),
        error => Unanswered::Broken(error),
    }
}
