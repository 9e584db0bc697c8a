//! A service whose keys no file keeps.

use std::sync::{PoisonError, RwLock};

use super::{
    JsonResponse, JsonService,
    dispatch::{KmsState, dispatch},
};
use crate::{error::Result, kms::EmbeddedKms, region::Region};

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
    fn answer(&self, region: Region, operation: &str, body: &[u8]) -> JsonResponse {
        dispatch(self, region, operation, body)
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
