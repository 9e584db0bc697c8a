//! The calls to AWS KMS of a whole run.

use std::{num::NonZeroUsize, sync::Arc};

use crate::{
    kms::{LimitedKms, OnlineKms},
    vault::KeyOptions,
};

/// With so many calls in flight at once, over all secrets.
pub(super) fn limited(mut keys: KeyOptions, most: NonZeroUsize) -> KeyOptions {
    keys.online = keys.online.map(|online| Arc::new(LimitedKms::new(online, most.get())) as Arc<dyn OnlineKms>);
    keys
}
