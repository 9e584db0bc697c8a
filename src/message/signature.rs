//! The signature of a message in suite `0x0578`: a running digest over header, header tag and body, beside the key that signs or verifies it.
//!
//! The public key is in the encryption context, which key wrapping authenticates. So whoever has a data key from elsewhere cannot make
//! a message of their own for its EDKs: they have not the private key, another public key does not fit the EDKs, and a message without
//! a signature whose context has a public key is refused.

use base64::{Engine as _, prelude::BASE64_STANDARD};

use crate::{
    crypto::{Sha384, SigningKey, VerifyingKey},
    error::{Error, FormatError, FormatProblem, Result},
    format::{EncryptionContext, Header, footer::footer_bytes},
};

const PUBLIC_KEY: &str = EncryptionContext::PUBLIC_KEY;

/// Makes the key of one message, and adds its public part to the message's pairs.
pub(super) fn generate_signing_key(context: &mut EncryptionContext) -> Result<SigningKey> {
    let key = SigningKey::generate()?;
    context.insert(PUBLIC_KEY, BASE64_STANDARD.encode(key.compressed_public_key()));
    Ok(key)
}

/// A message being signed.
#[derive(Debug)]
pub(super) struct Signing {
    key: SigningKey,
    digest: Sha384,
}

impl Signing {
    pub(super) fn new(key: SigningKey) -> Self {
        Self { key, digest: Sha384::default() }
    }

    pub(super) fn update(&mut self, parts: &[&[u8]]) {
        parts.iter().for_each(|part| self.digest.update(part));
    }

    pub(super) fn footer(self) -> Result<Vec<u8>> {
        footer_bytes(&self.key.sign(self.digest)?).map_err(Error::NotWritable)
    }
}

/// A signed message being read.
#[derive(Debug)]
pub(super) struct Verifying {
    key: VerifyingKey,
    digest: Sha384,
}

impl Verifying {
    /// For the message with this header; `None` without a signature (specification, "Default CMM", "Decrypt Materials").
    pub(super) fn of(header: &Header) -> Result<Option<Self>, FormatError> {
        let wrong = |problem| FormatError::new(PUBLIC_KEY, problem);
        match (header.suite.is_signed(), header.encryption_context.get(PUBLIC_KEY)) {
            (false, None) => Ok(None),
            (false, Some(_)) => Err(wrong(FormatProblem::NotOfSuite)),
            (true, None) => Err(wrong(FormatProblem::Missing)),
            (true, Some(text)) => {
                let key = BASE64_STANDARD.decode(text).ok().and_then(|point| VerifyingKey::from_compressed(&point));
                Ok(Some(Self { key: key.ok_or(wrong(FormatProblem::NotAPublicKey))?, digest: Sha384::default() }))
            }
        }
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        self.digest.update(bytes);
    }

    pub(super) fn verify(self, signature: &[u8]) -> Result<()> {
        self.key.verify(self.digest, signature)
    }
}
