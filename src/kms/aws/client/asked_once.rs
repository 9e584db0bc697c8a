//! Answers about keys. Each is asked for once, also when several threads ask at once.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use crate::{
    error::{Error, ErrorCode, Refusal, Result},
    parallel::lock,
    region::Region,
};

/// Locked while it is asked for, so that who else wants it waits.
type SharedAnswer<T> = Arc<Mutex<Option<Result<T, Refusal>>>>;

/// The answers of one operation, by the Region and the key's name there.
#[derive(Debug)]
pub(super) struct AskedOnce<T>(Mutex<HashMap<(Region, String), SharedAnswer<T>>>);

impl<T> Default for AskedOnce<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> AskedOnce<T> {
    /// The answer that is kept, else what `ask` gives. An answer is kept under the name that `also` gives too.
    pub(super) fn get_or_ask(
        &self,
        region: Region,
        key_id: &str,
        ask: impl FnOnce() -> Result<T>,
        also: impl FnOnce(&T) -> String,
    ) -> Result<T> {
        let place = self.place(region, key_id);
        let mut kept = lock(&place);
        if let Some(answer) = &*kept {
            return answer.clone().map_err(Error::from);
        }
        match ask() {
            Ok(answer) => {
                *kept = Some(Ok(answer.clone()));
                // Whoever is asking by that name at this moment goes on with a place of its own.
                lock(&self.0).entry((region, also(&answer))).or_insert_with(|| Arc::clone(&place));
                Ok(answer)
            }
            Err(Error::Service(refusal)) if !may_pass(refusal.code()) => {
                *kept = Some(Err((*refusal).clone()));
                Err(Error::Service(refusal))
            }
            Err(error) => Err(error),
        }
    }

    /// The answer that is kept. It waits for one that is being asked for.
    pub(super) fn kept(&self, region: Region, key_id: &str) -> Option<T> {
        let place = Arc::clone(lock(&self.0).get(&(region, key_id.to_owned()))?);
        let kept = lock(&place);
        kept.as_ref()?.as_ref().ok().cloned()
    }

    fn place(&self, region: Region, key_id: &str) -> SharedAnswer<T> {
        Arc::clone(lock(&self.0).entry((region, key_id.to_owned())).or_default())
    }
}

/// Refusals that say nothing about the key.
const fn may_pass(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::DependencyTimeoutException
            | ErrorCode::KMSInternalException
            | ErrorCode::KeyUnavailableException
            | ErrorCode::LimitExceededException
            | ErrorCode::ServiceUnavailableException
            | ErrorCode::ThrottlingException
    )
}
