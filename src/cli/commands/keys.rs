//! The keys that a command on a file names, as keyrings.

use crate::{
    arn::KeyArn,
    cli::{
        args::KeyArgs,
        context::{Context, warn},
        encryption_context::Purpose,
        failure::{During as _, Outcome},
        kms_key::region_of,
        raw_aes_key::parse_raw_aes_key,
        raw_ecdh_key::parse_raw_ecdh_key,
        raw_key::RawKey,
        raw_rsa_key::parse_raw_rsa_key,
        recovery_key::warn_about_mixture,
    },
    keyring::{AwsKmsDiscoveryKeyring, Keyring},
    kms::EmbeddedKms,
    vault::{KeyOptions, RecoveryKey},
};

/// The raw keys, read.
pub(super) fn raw_keys(args: &KeyArgs, purpose: Purpose) -> Outcome<Vec<RawKey>> {
    let padding = args.raw_rsa_padding.unwrap_or_default();
    let aes = args.raw_aes_key.iter().map(|word| parse_raw_aes_key(word));
    let rsa = args.raw_rsa_key.iter().map(|word| parse_raw_rsa_key(word, padding, purpose));
    let ecdh = args.raw_ecdh_key.iter().map(|file| parse_raw_ecdh_key(file, purpose));
    aes.chain(rsa).chain(ecdh).collect()
}

/// The ARNs of the KMS keys.
pub(super) fn kms_keys(context: &Context, kms: &EmbeddedKms, args: &KeyArgs, operation: &'static str) -> Outcome<Vec<KeyArn>> {
    args.kms_key_id.iter().map(|key_id| kms.resolve(region_of(context, key_id)?, key_id).during(operation)).collect()
}

/// Keyrings to seal with: the KMS keys, then those of `options`, whatever they were given as.
pub(super) fn sealing_keyrings<'a>(
    kms: Option<&'a EmbeddedKms>,
    kms_keys: &[KeyArn],
    options: &'a KeyOptions,
) -> Vec<Box<dyn Keyring + 'a>> {
    let mut keyrings: Vec<Box<dyn Keyring + 'a>> = Vec::new();
    let recovery_keys = options.recovery_keys.iter().filter_map(|key| if let RecoveryKey::Kms(key) = key { Some(key) } else { None });
    if let Some(kms) = kms {
        for key in kms_keys.iter().chain(recovery_keys) {
            keyrings.push(kms.keyring_with(key.clone(), options.encryption_algorithm));
        }
    }
    for recovery_key in &options.recovery_keys {
        if let RecoveryKey::Keyring(keyring) = recovery_key {
            keyrings.push(Box::new(&**keyring));
        }
    }
    keyrings
}

/// Says at once where this machine cannot open a message again, and where another SDK would refuse the mixture of keys.
pub(super) fn warn_about_message(kms: &EmbeddedKms, kms_keys: &[KeyArn], options: &KeyOptions) {
    let mut all = kms_keys.to_vec();
    all.extend(options.recovery_keys.iter().filter_map(|key| if let RecoveryKey::Kms(key) = key { Some(key.clone()) } else { None }));
    let has_raw_keys = options.recovery_keys.iter().any(|key| matches!(key, RecoveryKey::Keyring(_)));
    if !has_raw_keys && all.iter().all(|key| kms.is_imported(key)) {
        warn("this machine cannot open the message again: only AWS KMS can (--recovery-key adds a key of yours)");
    }
    warn_about_mixture(kms, all.iter(), options);
}

/// A keyring for each key, to open with.
fn keyrings<'a>(kms: Option<&'a EmbeddedKms>, kms_keys: Vec<KeyArn>, raw_keys: Vec<RawKey>) -> Vec<Box<dyn Keyring + 'a>> {
    let mut keyrings: Vec<Box<dyn Keyring + 'a>> = Vec::new();
    if let Some(kms) = kms {
        for key in kms_keys {
            keyrings.push(kms.keyring(key));
        }
    }
    for key in raw_keys {
        keyrings.push(key.keyring);
    }
    keyrings
}

/// Keyrings to open with: where no key is named, whatever the keystore has.
pub(super) fn opening_keyrings<'a>(
    kms: Option<&'a EmbeddedKms>,
    kms_keys: Vec<KeyArn>,
    raw_keys: Vec<RawKey>,
) -> Vec<Box<dyn Keyring + 'a>> {
    match kms {
        Some(kms) if kms_keys.is_empty() && raw_keys.is_empty() => vec![Box::new(AwsKmsDiscoveryKeyring::new(kms))],
        _ => keyrings(kms, kms_keys, raw_keys),
    }
}
