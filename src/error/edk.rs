//! What came of the encrypted data keys of a message that does not open.

use std::fmt;

use super::{Cause, ErrorCode};
use crate::{
    arn::{AccountId, KeyArn},
    region::{Partition, Region},
};

/// One encrypted data key that was looked at, for the list in [`Error::NoUsableKey`](super::Error::NoUsableKey).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EdkAttempt {
    /// The key provider id of the EDK, escaped for display.
    pub provider_id: String,
    /// The key that it names, escaped for display.
    pub key: String,
    /// What came of it.
    pub outcome: EdkOutcome,
}

/// What came of an encrypted data key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum EdkOutcome {
    /// No keyring at hand fits it.
    NoKeyHere,
    /// It names a key that could be asked, and was not.
    PassedOver(PassedOver),
    /// The key was not used, or would not unwrap it.
    Failed(Cause),
    /// The key is the one that it names, and does not unwrap it.
    DoesNotUnwrap,
}

impl EdkOutcome {
    /// True where its own key was used, and it is not what was wrapped under it.
    #[must_use]
    pub fn is_altered(&self) -> bool {
        match self {
            Self::DoesNotUnwrap => true,
            Self::Failed(cause) => cause.code() == Some(ErrorCode::InvalidCiphertextException),
            Self::NoKeyHere | Self::PassedOver(_) => false,
        }
    }
}

impl fmt::Display for EdkOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoKeyHere => f.write_str("no key at hand fits it"),
            Self::PassedOver(why) => f.write_str(&shorten(why.to_string())),
            Self::Failed(cause) => f.write_str(&shorten(cause.to_string())),
            // What every failure of cryptography is called, whatever it was.
            Self::DoesNotUnwrap => f.write_str("does not unwrap"),
        }
    }
}

/// Why a key that could be asked was not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PassedOver {
    /// A key of another account than those that are asked.
    #[error("its account {account} is not the configured one")]
    OtherAccount {
        /// The key's account.
        account: AccountId,
        /// The key's partition.
        partition: Partition,
    },
    /// A key of another partition than the one that is asked.
    #[error("its partition {partition} is not the configured one")]
    OtherPartition {
        /// The key's account.
        account: AccountId,
        /// The key's partition.
        partition: Partition,
    },
    /// A key of another Region than the only one that is asked.
    #[error("it is a key of {region} alone, and {asked} was asked for")]
    OtherRegion {
        /// The key's Region.
        region: Region,
        /// The Region that is asked.
        asked: Region,
    },
    /// A kind of EDK that messages with a signature have not.
    #[error("is not used in a signed message")]
    InSignedMessage,
    /// A point, and a key on record that may not be asked, or is known to have another point.
    #[error("the key on record is {0}, whose account is not the configured one, or whose point it is not")]
    OnRecord(KeyArn),
    /// A point that no key is known to have.
    #[error("AWS KMS finds no key by its point")]
    UnknownPoint,
}

impl fmt::Display for EdkAttempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.provider_id, self.key, self.outcome)
    }
}

/// What is told of a message none of whose encrypted data keys could be unwrapped.
pub(super) struct NoUsableKey<'a>(pub(super) &'a [EdkAttempt]);

impl fmt::Display for NoUsableKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no encrypted data key of the message can be unwrapped here")?;
        self.0.iter().try_for_each(|attempt| write!(f, "\n  {attempt}"))
    }
}

/// Longest text of a hostile header, or about it, that an error repeats, in bytes.
const SHOWN: usize = 256;

/// Text of bounded length.
pub(crate) fn shorten(text: String) -> String {
    shorten_to(text, SHOWN)
}

/// Text of at most so many bytes; what is longer ends in '…'.
pub(crate) fn shorten_to(text: String, limit: usize) -> String {
    if text.len() <= limit {
        return text;
    }
    let end = (0..=limit).rev().find(|end| text.is_char_boundary(*end)).expect("0 is a boundary of characters");
    format!("{}…", text.get(..end).expect("a boundary of characters"))
}
