//! From a parsed header to an authenticated one.

use std::borrow::Cow;

use super::{open_options::OpenOptions, region_binding::check_region, signature::Verifying};
use crate::{
    crypto::{FrameKey, HeaderKey, constant_time_eq, derive_message_keys},
    error::{ContextMismatch, EdkOutcome, Error, Result},
    format::{EncryptionContext, Header, HeaderLimits, ParsedHeader},
    keyring::{Keyring, unwrap_any},
    secret::DataKey,
};

/// A verified header with what opens its body.
pub(super) struct Authenticated {
    pub(super) header: Header,
    pub(super) key: FrameKey,
    pub(super) data_key: DataKey,
    /// Has seen the header; `None` without a signature.
    pub(super) verifying: Option<Verifying>,
}

/// Unwraps the data key and verifies the header, which is at the start of `bytes`: commitment first, then the header tag, then the demanded pairs.
pub(super) fn authenticate(parsed: ParsedHeader, bytes: &[u8], keyrings: &[&dyn Keyring], options: &OpenOptions) -> Result<Authenticated> {
    // Whether signature and public key go together is known before any key is asked for.
    let mut verifying = Verifying::of(&parsed.header)?;
    if let Some(verifying) = &mut verifying {
        verifying.update(bytes.get(..parsed.length()).expect("the header was parsed from these bytes"));
    }
    let unstored = unstored_pairs(&parsed.header, &options.reproduced_context)?;
    let authenticated = bytes.get(..parsed.authenticated_length).expect("the header was parsed from these bytes");
    let (key, data_key) = verify(&parsed, authenticated, keyrings, &unstored).map_err(|error| not_reproduced(error, &unstored))?;
    check_pairs(&parsed.header.encryption_context, options).map_err(Error::EncryptionContext)?;
    Ok(Authenticated { header: parsed.header, key, data_key, verifying })
}

/// The header of a message that is authentic under this data key: the commitment is the key's, and the tag verifies. No key is asked for, so
/// that whoever has the data key of one message can tell it of another that shares it.
pub(crate) fn authentic_header(message: &[u8], data_key: &DataKey) -> Result<Header> {
    let parsed = Header::parse(message, HeaderLimits::default())?;
    let authenticated = message.get(..parsed.authenticated_length).expect("the header was parsed from these bytes");
    frame_key(&parsed, authenticated, data_key)?;
    Ok(parsed.header)
}

/// The EDKs are bound to the stored and the other pairs together; the header tag is made over `header bytes || other pairs`.
fn verify(
    parsed: &ParsedHeader,
    authenticated: &[u8],
    keyrings: &[&dyn Keyring],
    unstored: &EncryptionContext,
) -> Result<(FrameKey, DataKey)> {
    let header = &parsed.header;
    let (mut context, mut aad) = (Cow::Borrowed(&header.encryption_context), Cow::Borrowed(authenticated));
    if !unstored.is_empty() {
        for (name, value) in unstored {
            context.to_mut().insert(name, value);
        }
        aad.to_mut().extend(unstored.to_bytes().map_err(Error::NotWritable)?);
    }
    let data_key = unwrap_any(keyrings, &header.encrypted_data_keys, header.suite, &context)?;
    Ok((frame_key(parsed, &aad, &data_key)?, data_key))
}

/// Verifies commitment and header tag.
fn frame_key(ParsedHeader { header, tag, .. }: &ParsedHeader, aad: &[u8], data_key: &DataKey) -> Result<FrameKey> {
    let (derived_key, commitment) = derive_message_keys(data_key.expose(), &header.message_id.0, header.suite.id());
    if !constant_time_eq(&commitment, &header.commitment) {
        return Err(Error::Decryption);
    }
    HeaderKey::new(derived_key).open_header(aad, tag)
}

/// The pairs given that the header does not store. What the message format sets for itself is always stored.
fn unstored_pairs(header: &Header, given: &EncryptionContext) -> Result<EncryptionContext> {
    let mut unstored = EncryptionContext::new();
    for (name, value) in given.iter().filter(|(name, _)| header.encryption_context.get(name).is_none()) {
        if EncryptionContext::is_reserved(name) {
            return Err(Error::EncryptionContext(ContextMismatch::Missing(name.to_owned())));
        }
        unstored.insert(name, value);
    }
    Ok(unstored)
}

/// Says that the pairs may be at fault, and not whether they are.
fn not_reproduced(error: Error, unstored: &EncryptionContext) -> Error {
    let may_be_the_pairs = match &error {
        Error::Decryption => true,
        Error::NoUsableKey(attempts) => attempts.iter().any(|attempt| attempt.outcome != EdkOutcome::NoKeyHere),
        _ => false,
    };
    if unstored.is_empty() || !may_be_the_pairs {
        return error;
    }
    Error::NotReproduced { keys: unstored.iter().map(|(name, _)| name.to_owned()).collect(), source: Box::new(error) }
}

fn check_pairs(context: &EncryptionContext, options: &OpenOptions) -> Result<(), ContextMismatch> {
    options.region.map_or(Ok(()), |region| check_region(context, region))?;
    for (name, value) in &options.reproduced_context {
        if context.get(name).is_some() {
            context.must_have(name, Some(value))?;
        }
    }
    options.required_context.iter().try_for_each(|(name, value)| context.must_have(name, value.as_deref()))
}
