//! What an answer has to hold before it is used (specification, "AWS KMS Keyring", OnEncrypt and OnDecrypt).

use std::ops::RangeInclusive;

use aws_sdk_kms::{
    operation::get_public_key::GetPublicKeyOutput,
    primitives::Blob,
    types::{KeyMetadata, KeyUsageType},
};

use super::{
    super::{super::member_limits::CIPHERTEXT_LENGTH, OnlineKey},
    call::Call,
    failure::shown,
};
use crate::{
    arn::KeyArn,
    error::{Error, Result},
    keyring::CiphertextBlob,
    kms::PublicKey,
    secret::SecretBytes,
};

/// Takes the bytes over without a copy, before anything else is looked at: an answer that is refused is wiped too.
pub(super) fn secret(blob: Option<Blob>) -> SecretBytes {
    SecretBytes::new(blob.map(Blob::into_inner).unwrap_or_default())
}

/// The key of the answer is the key asked for.
pub(super) fn require_key(call: &Call<'_>, answered: Option<&str>) -> Result<()> {
    match answered {
        Some(key) if key == call.key => Ok(()),
        Some(key) => Err(other_key(call, key)),
        None => Err(call.no_answer("the answer names no key")),
    }
}

pub(super) fn require_length(call: &Call<'_>, secret: SecretBytes, lengths: RangeInclusive<usize>) -> Result<SecretBytes> {
    if lengths.contains(&secret.len()) {
        Ok(secret)
    } else {
        Err(call.no_answer("the answer holds no secret of a length that it can have"))
    }
}

pub(super) fn ciphertext(call: &Call<'_>, blob: Option<Blob>) -> Result<CiphertextBlob> {
    match blob.map(Blob::into_inner).unwrap_or_default() {
        blob if blob.is_empty() => Err(call.no_answer("its CiphertextBlob is empty")),
        blob if blob.len() > *CIPHERTEXT_LENGTH.end() => {
            Err(call.no_answer(format!("its CiphertextBlob is over {} bytes", CIPHERTEXT_LENGTH.end())))
        }
        blob => Ok(CiphertextBlob(blob)),
    }
}

/// A key of the Region asked in; of a key ARN or key id, that key.
pub(super) fn online_key(call: &Call<'_>, metadata: Option<KeyMetadata>) -> Result<OnlineKey> {
    let metadata = metadata.ok_or_else(|| call.no_answer("the answer has no KeyMetadata"))?;
    let named = metadata.arn.unwrap_or_default();
    let arn: KeyArn = named.parse().map_err(|_| call.no_answer(format!("the answer's Arn is not one of a KMS key: {}", shown(&named))))?;
    let is_alias = call.key.starts_with("alias/") || call.key.contains(":alias/");
    if arn.region() != call.region || !(is_alias || call.key == named || call.key == arn.key_id()) {
        return Err(other_key(call, &named));
    }
    // CreateKey's default, which what stands in for AWS KMS may leave out.
    let usage = metadata.key_usage.unwrap_or(KeyUsageType::EncryptDecrypt);
    let text = |value: Option<&str>| value.map(shown).unwrap_or_default();
    let spec = text(metadata.key_spec.as_ref().map(|spec| spec.as_str()));
    Ok(OnlineKey::new(arn, spec, shown(usage.as_str()), text(metadata.key_state.as_ref().map(|state| state.as_str()))))
}

/// The public part of a key that was described: of the key asked for, of its spec and usage, in the one encoding that AWS KMS gives.
pub(super) fn public_key(call: &Call<'_>, key: &OnlineKey, answer: &GetPublicKeyOutput) -> Result<PublicKey> {
    // What stands in for AWS KMS may have the bare id.
    if answer.key_id() != Some(key.arn.key_id()) {
        require_key(call, answer.key_id())?;
    }
    let spec = key.wrapping_spec().ok_or_else(|| call.no_answer("the key has no public part that wraps"))?;
    let has_usage = answer.key_usage().is_none_or(|usage| usage.as_str() == key.key_usage);
    let has_spec = answer.key_spec().is_none_or(|found| found.as_str() == key.key_spec);
    if !(has_usage && has_spec) {
        return Err(call.no_answer(format!("the answer is not of a key of {} for {}", key.key_spec, key.key_usage)));
    }
    let der = answer.public_key().map(Blob::as_ref).unwrap_or_default();
    let public_key = PublicKey::from_spki_der(spec, der).ok().filter(|public_key| public_key.to_spki_der() == der);
    public_key.ok_or_else(|| call.no_answer(format!("its PublicKey is not one of {spec}")))
}

fn other_key(call: &Call<'_>, named: &str) -> Error {
    call.no_answer(format!("the answer is of another key, {}", shown(named)))
}
