//! The keys that a command on a file names, as keyrings.

use crate::{
    arn::KeyArn,
    cli::{
        args::KeyArgs,
        context::Context,
        failure::{During as _, Outcome},
        kms_key::region_of,
        raw_aes_key::{RawAesKey, parse_raw_aes_key},
    },
    keyring::{AwsKmsDiscoveryKeyring, AwsKmsKeyring, Keyring},
    kms::EmbeddedKms,
};

/// The raw AES keys, read.
pub(super) fn raw_keys(args: &KeyArgs) -> Outcome<Vec<RawAesKey>> {
    args.raw_aes_key.iter().map(|word| parse_raw_aes_key(word)).collect()
}

/// The ARNs of the KMS keys.
pub(super) fn kms_keys(context: &Context, kms: &EmbeddedKms, args: &KeyArgs, operation: &'static str) -> Outcome<Vec<KeyArn>> {
    args.kms_key_id.iter().map(|key_id| kms.resolve(region_of(context, key_id)?, key_id).during(operation)).collect()
}

/// A keyring for each key.
pub(super) fn keyrings<'a>(kms: Option<&'a EmbeddedKms>, kms_keys: Vec<KeyArn>, raw_keys: Vec<RawAesKey>) -> Vec<Box<dyn Keyring + 'a>> {
    let mut keyrings: Vec<Box<dyn Keyring + 'a>> = Vec::new();
    if let Some(kms) = kms {
        for key in kms_keys {
            keyrings.push(Box::new(AwsKmsKeyring::new(kms, key)));
        }
    }
    for key in raw_keys {
        keyrings.push(Box::new(key.keyring));
    }
    keyrings
}

/// Keyrings to open with: where no key is named, whatever the keystore has.
pub(super) fn opening_keyrings<'a>(
    kms: Option<&'a EmbeddedKms>,
    kms_keys: Vec<KeyArn>,
    raw_keys: Vec<RawAesKey>,
) -> Vec<Box<dyn Keyring + 'a>> {
    match kms {
        Some(kms) if kms_keys.is_empty() && raw_keys.is_empty() => vec![Box::new(AwsKmsDiscoveryKeyring::new(kms))],
        _ => keyrings(kms, kms_keys, raw_keys),
    }
}
