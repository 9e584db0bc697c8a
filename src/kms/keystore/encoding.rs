//! Binary values as text in JSON.

use std::{borrow::Cow, fmt};

use base64::{Engine as _, decoded_len_estimate, display::Base64Display, engine::general_purpose::STANDARD};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::secret::SecretBytes;

/// `N` bytes that are not secret, as base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Base64<const N: usize>(pub(super) [u8; N]);

impl<const N: usize> Serialize for Base64<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&Base64Display::new(&self.0, &STANDARD))
    }
}

impl<'de, const N: usize> Deserialize<'de> for Base64<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let decoded = STANDARD.decode(Cow::<str>::deserialize(deserializer)?.as_bytes()).ok();
        decoded.and_then(|bytes| bytes.try_into().ok()).map(Self).ok_or_else(|| de::Error::custom("not base64 of the right length"))
    }
}

/// `MIN` to `MAX` secret bytes as base64, borrowed to be written, owned when read. No copy but its own is made.
#[derive(Debug)]
pub(super) enum SecretText<'a, const MIN: usize, const MAX: usize> {
    Borrowed(&'a [u8]),
    Owned(SecretBytes),
}

/// 32 bytes.
pub(super) type Secret32<'a> = SecretText<'a, 32, 32>;
/// A private key: up to 8 KiB of DER.
pub(super) type SecretDer<'a> = SecretText<'a, 1, { 8 * 1024 }>;

impl<const MIN: usize, const MAX: usize> SecretText<'_, MIN, MAX> {
    fn expose(&self) -> &[u8] {
        match self {
            Self::Borrowed(bytes) => bytes,
            Self::Owned(bytes) => bytes.expose(),
        }
    }

    /// The bytes that were read.
    pub(super) fn into_bytes(self) -> SecretBytes {
        match self {
            Self::Borrowed(bytes) => SecretBytes::new(bytes.to_vec()),
            Self::Owned(bytes) => bytes,
        }
    }
}

impl<const MIN: usize, const MAX: usize> Serialize for SecretText<'_, MIN, MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&Base64Display::new(self.expose(), &STANDARD))
    }
}

impl<'de, const MIN: usize, const MAX: usize> Deserialize<'de> for SecretText<'_, MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<const MIN: usize, const MAX: usize>;

        impl<'de, const MIN: usize, const MAX: usize> de::Visitor<'de> for Visitor<MIN, MAX> {
            type Value = SecretBytes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{MIN} to {MAX} bytes in base64")
            }

            // Borrowed only: text with escapes would pass through a buffer that nobody wipes, and none is ever written.
            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<SecretBytes, E> {
                let refused = || E::custom("not base64 of the right length");
                if text.len() > MAX * 2 {
                    return Err(refused());
                }
                let mut bytes = SecretBytes::zeroed(decoded_len_estimate(text.len()));
                let length = STANDARD.decode_slice(text, bytes.expose_mut()).ok().filter(|length| (MIN..=MAX).contains(length));
                bytes.truncate(length.ok_or_else(refused)?);
                Ok(bytes)
            }
        }

        deserializer.deserialize_str(Visitor::<MIN, MAX>).map(Self::Owned)
    }
}
