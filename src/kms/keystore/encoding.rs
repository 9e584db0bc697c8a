//! Binary values as text in JSON.

use std::{borrow::Cow, fmt};

use base64::{Engine as _, display::Base64Display, engine::general_purpose::STANDARD};
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

/// 32 secret bytes as base64, borrowed to be written, owned when read. No copy but its own is made.
#[derive(Debug)]
pub(super) enum Secret<'a> {
    Borrowed(&'a [u8]),
    Owned(SecretBytes),
}

impl Secret<'_> {
    const LENGTH: usize = 32;

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

impl Serialize for Secret<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&Base64Display::new(self.expose(), &STANDARD))
    }
}

impl<'de> Deserialize<'de> for Secret<'_> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = SecretBytes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("32 bytes in base64")
            }

            // Borrowed only: text with escapes would pass through a buffer that nobody wipes, and none is ever written.
            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<SecretBytes, E> {
                let mut bytes = SecretBytes::zeroed(Secret::LENGTH + 2);
                match STANDARD.decode_slice(text, bytes.expose_mut()) {
                    Ok(Secret::LENGTH) => bytes.truncate(Secret::LENGTH),
                    _ => return Err(E::custom("not 32 bytes in base64")),
                }
                Ok(bytes)
            }
        }

        deserializer.deserialize_str(Visitor).map(Self::Owned)
    }
}
