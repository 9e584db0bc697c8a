//! The operations on a keystore that commands use at the same time.

use super::{JsonRequest, JsonResponse, JsonService, dispatch::dispatch, keys::carry_out};
use crate::{
    arn::AccountId,
    error::Result,
    kms::{Committed, KeystoreLocation, LiveKeystore, Passphrases},
    protocol::operation::Service,
};

/// The embedded KMS as a service.
///
/// It sees what commands change meanwhile, and what it changes itself is durable before the answer goes out. The keystore is locked only for
/// the time of a change. A passphrase is asked for once, and again only when another one protects the keystore.
#[derive(Debug)]
pub struct KmsService {
    keystore: LiveKeystore,
    committed: Committed,
}

impl KmsService {
    /// Opens the keystore. Where there is none, makes one of this account, by default `000000000000`, as the first command that writes
    /// would.
    ///
    /// # Errors
    /// As for [`KeystoreSession::begin`](crate::kms::KeystoreSession::begin).
    pub fn new(location: KeystoreLocation, passphrases: Box<dyn Passphrases + Send + Sync>, account: Option<AccountId>) -> Result<Self> {
        let (keystore, committed) = LiveKeystore::open(location, passphrases, account)?;
        Ok(Self { keystore, committed })
    }

    /// Whether the keystore was made.
    pub const fn committed(&self) -> Committed {
        self.committed
    }
}

impl JsonService for KmsService {
    fn services(&self) -> &'static [Service] {
        &[Service::Kms]
    }

    fn answer(&self, request: &JsonRequest<'_>) -> JsonResponse {
        dispatch(request, |operation| carry_out(&self.keystore, operation, request))
    }
}
