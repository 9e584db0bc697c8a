//! A service whose keys no file keeps.

use std::sync::{PoisonError, RwLock};

use super::{
    Answer, Service,
    dispatch::{State, dispatch},
};
use crate::{error::Result, kms::EmbeddedKms, region::Region};

/// For tests and fuzzing: the operations without a keystore.
#[doc(hidden)]
#[derive(Debug)]
pub struct ServiceInMemory(RwLock<EmbeddedKms>);

impl ServiceInMemory {
    /// The operations on this state.
    #[must_use]
    pub const fn new(kms: EmbeddedKms) -> Self {
        Self(RwLock::new(kms))
    }
}

impl Service for ServiceInMemory {
    fn answer(&self, region: Region, operation: &str, body: &[u8]) -> Answer {
        dispatch(self, region, operation, body)
    }
}

impl State for ServiceInMemory {
    fn read<T>(&self, work: impl FnOnce(&EmbeddedKms) -> T) -> Result<T> {
        Ok(work(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }

    fn change<T>(&self, work: impl FnOnce(&mut EmbeddedKms) -> Result<T>) -> Result<Result<T>> {
        Ok(work(&mut self.0.write().unwrap_or_else(PoisonError::into_inner)))
    }
}
