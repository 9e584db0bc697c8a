//! The answers of DescribeKey. Each key is asked for once, also when several threads ask at once.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use super::super::OnlineKey;
use crate::{
    error::{Error, ErrorCode, Refusal, Result},
    parallel::lock,
    region::Region,
};

type Kept = Result<OnlineKey, Refusal>;
/// Locked while it is asked for, so that who else wants it waits.
type SharedAnswer = Arc<Mutex<Option<Kept>>>;

#[derive(Debug, Default)]
pub(super) struct DescribeKeyCache(Mutex<HashMap<(Region, String), SharedAnswer>>);

impl DescribeKeyCache {
    /// The answer that is kept, else what `ask` gives. An answer is kept under its ARN too.
    pub(super) fn get_or_ask(&self, region: Region, key_id: &str, ask: impl FnOnce() -> Result<OnlineKey>) -> Result<OnlineKey> {
        let place = self.place(region, key_id);
        let mut kept = lock(&place);
        if let Some(answer) = &*kept {
            return answer.clone().map_err(Error::from);
        }
        match ask() {
            Ok(key) => {
                *kept = Some(Ok(key.clone()));
                self.keep_under_arn(region, &key, &place);
                Ok(key)
            }
            Err(Error::Service(refusal)) if !may_pass(refusal.code()) => {
                *kept = Some(Err((*refusal).clone()));
                Err(Error::Service(refusal))
            }
            Err(error) => Err(error),
        }
    }

    fn place(&self, region: Region, key_id: &str) -> SharedAnswer {
        Arc::clone(lock(&self.0).entry((region, key_id.to_owned())).or_default())
    }

    /// Whoever is asking for the ARN at this moment goes on with a place of its own.
    fn keep_under_arn(&self, region: Region, key: &OnlineKey, place: &SharedAnswer) {
        lock(&self.0).entry((region, key.arn.to_string())).or_insert_with(|| Arc::clone(place));
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
