//! One call: its name for people, and how often it was sent.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use aws_sdk_kms::{
    config::{ConfigBag, Intercept, RuntimeComponents, interceptors::BeforeTransmitInterceptorContextRef},
    error::BoxError,
};

use crate::{
    error::{Error, NoAnswer, Obstacle},
    region::Region,
};

/// An operation on a key in a Region.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call<'a> {
    pub(super) operation: &'static str,
    pub(super) region: Region,
    /// The key as it is asked for: an ARN, an id, an alias.
    pub(super) key: &'a str,
}

impl<'a> Call<'a> {
    pub(super) const fn new(operation: &'static str, region: Region, key: &'a str) -> Self {
        Self { operation, region, key }
    }

    /// No answer came that can be used.
    pub(super) fn no_answer(&self, reason: impl Into<String>) -> Error {
        self.stopped_by(Obstacle::Network, reason)
    }

    /// No answer came, since this stood in the way.
    pub(super) fn stopped_by(&self, obstacle: Obstacle, reason: impl Into<String>) -> Error {
        let Self { operation, region, key } = self;
        NoAnswer { doing: format!("calling {operation} in {region} with {key}"), reason: reason.into(), obstacle }.into()
    }
}

/// Counts the requests that are sent for one call.
#[derive(Debug, Clone, Default)]
pub(super) struct Transmits(Arc<AtomicU32>);

impl Transmits {
    pub(super) fn count(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Intercept for Transmits {
    fn name(&self) -> &'static str {
        "Transmits"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}
