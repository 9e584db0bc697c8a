//! What every keyring does (specification, "Keyring Interface").

use std::sync::Arc;

use super::budget::UnwrapBudget;
use crate::{
    crypto::Random,
    error::{Cause, Error, ErrorCode, PassedOver, Result},
    format::{EncryptedDataKey, EncryptionContext},
    secret::DataKey,
};

/// What came of offering an encrypted data key to a keyring.
#[derive(Debug)]
pub enum Unwrapped {
    /// The data key.
    DataKey(DataKey),
    /// The EDK names another provider or key.
    NotForThisKeyring,
    /// The EDK names a key that the keyring could ask, and does not: the reason.
    PassedOver(PassedOver),
    /// The EDK fits, and its key was not used, or would not unwrap it; the reason has no detail and no secrets.
    Failed(Cause),
    /// The EDK fits, and does not unwrap. Deliberately without detail.
    DoesNotUnwrap,
    /// The keyring cannot unwrap anything for now: [`Error::Setup`], as where there are no credentials to call AWS KMS with.
    Stopped(Error),
}

impl Unwrapped {
    /// Tells why KMS would not use an asymmetric key. A ciphertext that does not decrypt looks like one that decrypts to something else.
    pub(super) fn refused(error: Error) -> Self {
        match error {
            Error::Setup(_) => Self::Stopped(error),
            Error::Decryption => Self::DoesNotUnwrap,
            Error::Service(refusal) if refusal.code() == ErrorCode::InvalidCiphertextException => Self::DoesNotUnwrap,
            other => Self::Failed(other.into()),
        }
    }
}

/// Something that wraps data keys, unwraps them, or both (specification, "Keyring Interface").
///
/// # Examples
/// A keyring of one's own: data keys are left with a deposit, and a message holds the number under which its own is kept.
///
/// ```
/// use std::{collections::HashMap, sync::Mutex};
///
/// use coldseal::{
///     DataKey, EncryptedDataKey, EncryptionContext, OpenOptions, Result, SealOptions, SecretBytes,
///     crypto::Random,
///     keyring::{Keyring, Unwrapped},
///     open, seal,
/// };
///
/// #[derive(Default)]
/// struct Deposit(Mutex<HashMap<Vec<u8>, SecretBytes>>);
///
/// impl Keyring for Deposit {
///     fn wrap(&self, data_key: &DataKey, _: &EncryptionContext, random: &dyn Random) -> Result<EncryptedDataKey> {
///         let mut number = vec![0; 16];
///         random.fill(&mut number)?;
///         self.0.lock().expect("no panic").insert(number.clone(), SecretBytes::new(data_key.expose().to_vec()));
///         Ok(EncryptedDataKey { provider_id: "deposit".to_owned(), provider_info: b"example".to_vec(), ciphertext: number })
///     }
///
///     fn unwrap(&self, edk: &EncryptedDataKey, _: &EncryptionContext) -> Unwrapped {
///         if edk.provider_id != "deposit" {
///             return Unwrapped::NotForThisKeyring;
///         }
///         let kept = self.0.lock().expect("no panic");
///         let data_key = kept.get(&edk.ciphertext).and_then(|key| DataKey::from_slice(key.expose()));
///         data_key.map_or(Unwrapped::DoesNotUnwrap, Unwrapped::DataKey)
///     }
/// }
///
/// # fn main() -> Result<()> {
/// let deposit = Deposit::default();
/// let (mut message, mut plaintext) = (Vec::new(), Vec::new());
/// seal(&b"attack at dawn"[..], &mut message, &[&deposit], &EncryptionContext::new(), SealOptions::default())?;
/// open(&message[..], &mut plaintext, &[&deposit], &OpenOptions::default())?;
/// assert_eq!(plaintext, b"attack at dawn");
/// assert!(open(&message[..], &mut plaintext, &[&Deposit::default()], &OpenOptions::default()).is_err());
/// # Ok(())
/// # }
/// ```
pub trait Keyring: Send + Sync {
    /// Makes a data key and wraps it.
    ///
    /// # Errors
    /// The wrapping key cannot be used, or no random bytes.
    fn generate(&self, context: &EncryptionContext, random: &dyn Random) -> Result<(DataKey, EncryptedDataKey)> {
        let data_key = DataKey::init_with(|key| random.fill(key))?;
        let edk = self.wrap(&data_key, context, random)?;
        Ok((data_key, edk))
    }

    /// Wraps a data key, bound to `context` where the kind of EDK binds it.
    ///
    /// # Errors
    /// The wrapping key cannot be used, or no random bytes.
    fn wrap(&self, data_key: &DataKey, context: &EncryptionContext, random: &dyn Random) -> Result<EncryptedDataKey>;

    /// Tries to unwrap an encrypted data key.
    fn unwrap(&self, edk: &EncryptedDataKey, context: &EncryptionContext) -> Unwrapped;

    /// As [`Keyring::unwrap`], where calls over a network and operations with private keys are taken from what is left for the message.
    fn unwrap_within(&self, edk: &EncryptedDataKey, context: &EncryptionContext, budget: &UnwrapBudget) -> Unwrapped {
        let _ = budget;
        self.unwrap(edk, context)
    }

    /// True where keys are used over a network: several such keyrings wrap at once, and they are the last to be asked to unwrap.
    fn is_online(&self) -> bool {
        false
    }
}

/// What leads to a keyring is one.
macro_rules! led_to {
    ($pointer:ty) => {
        impl<K: Keyring + ?Sized> Keyring for $pointer {
            fn generate(&self, context: &EncryptionContext, random: &dyn Random) -> Result<(DataKey, EncryptedDataKey)> {
                (**self).generate(context, random)
            }

            fn wrap(&self, data_key: &DataKey, context: &EncryptionContext, random: &dyn Random) -> Result<EncryptedDataKey> {
                (**self).wrap(data_key, context, random)
            }

            fn unwrap(&self, edk: &EncryptedDataKey, context: &EncryptionContext) -> Unwrapped {
                (**self).unwrap(edk, context)
            }

            fn unwrap_within(&self, edk: &EncryptedDataKey, context: &EncryptionContext, budget: &UnwrapBudget) -> Unwrapped {
                (**self).unwrap_within(edk, context, budget)
            }

            fn is_online(&self) -> bool {
                (**self).is_online()
            }
        }
    };
}

led_to!(&K);
led_to!(Arc<K>);
