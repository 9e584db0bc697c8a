//! The operations on a keystore that commands use at the same time.

use super::{
    JsonResponse, JsonService,
    dispatch::{KmsState, dispatch},
};
use crate::{
    arn::AccountId,
    error::Result,
    kms::{Committed, EmbeddedKms, KeystoreLocation, LiveKeystore, Passphrases},
    region::Region,
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
    fn answer(&self, region: Region, operation: &str, body: &[u8]) -> JsonResponse {
        dispatch(&self.keystore, region, operation, body)
    }
}

impl KmsState for LiveKeystore {
    fn read<T>(&self, work: impl FnOnce(&EmbeddedKms) -> T) -> Result<T> {
        self.read().map(|kms| work(&kms))
    }

    fn change<T>(&self, work: impl FnOnce(&mut EmbeddedKms) -> Result<T>) -> Result<Result<T>> {
        self.change(work)
    }
}
