//! What to take and what to demand while a message is opened.

use super::Threads;
use crate::{
    format::{EncryptionContext, HeaderLimits},
    region::Region,
};

/// What to take and what to demand.
#[derive(Debug, Clone)]
pub struct OpenOptions {
    /// Limits on the header.
    pub header_limits: HeaderLimits,
    /// Longest content of one frame or single block, in bytes; 16 MiB by default. It has to fit in memory, since nothing unverified is given out.
    pub max_content_length: u64,
    /// Pairs that the encryption context must have: a key, and its value unless any will do.
    pub required_context: Vec<(String, Option<String>)>,
    /// The Region that the message must be for, if it tells one: by [`REGION_PAIR`](super::REGION_PAIR), by the `SecretARN` of a secret's
    /// bundle, or by both.
    pub region: Option<Region>,
    /// Pairs that the message is bound to, whether it stores them or not: a stored one must have this value; the others are authenticated as
    /// the required pairs of the specification's "Required Encryption Context CMM", which a header leaves out.
    pub reproduced_context: EncryptionContext,
    /// How many threads decrypt; frames come out in their order whatever this is.
    pub threads: Threads,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self {
            header_limits: HeaderLimits::default(),
            max_content_length: 16 * 1024 * 1024,
            required_context: Vec::new(),
            region: None,
            reproduced_context: EncryptionContext::new(),
            threads: Threads::ONE,
        }
    }
}
