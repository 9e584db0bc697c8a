//! A service whose keys no file keeps.

use std::sync::{PoisonError, RwLock};

use super::{
    JsonRequest, JsonResponse, JsonService,
    dispatch::dispatch,
    keys::{KmsState, carry_out},
};
use crate::{error::Result, kms::EmbeddedKms, protocol::operation::Service};

/// The embedded KMS behind the protocol of AWS KMS, without a socket and without a keystore: for tests of software that calls AWS KMS, over an
/// HTTP client in memory. What changes is kept as long as it lives.
#[derive(Debug)]
pub struct ServiceInMemory(RwLock<EmbeddedKms>);

impl ServiceInMemory {
    /// The operations on this state.
    #[must_use]
    pub const fn new(kms: EmbeddedKms) -> Self {
        Self(RwLock::new(kms))
    }
}

impl JsonService for ServiceInMemory {
    fn services(&self) -> &'static [Service] {
        &[Service::Kms]
    }

    fn answer(&self, request: &JsonRequest<'_>) -> JsonResponse {
        dispatch(request, |operation| carry_out(self, operation, request))
    }
}

impl KmsState for ServiceInMemory {
    fn read<T>(&self, work: impl FnOnce(&EmbeddedKms) -> T) -> Result<T> {
        Ok(work(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }

    fn change<T>(&self, work: impl FnOnce(&mut EmbeddedKms) -> Result<T>) -> Result<Result<T>> {
        Ok(work(&mut self.0.write().unwrap_or_else(PoisonError::into_inner)))
    }
}
