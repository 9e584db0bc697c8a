//! The keys that a command on a file names, as keyrings.

use crate::{
    arn::KeyArn,
    cli::{
        args::KeyArgs,
        encryption_context::Purpose,
        failure::Outcome,
        files_in_use::FilesInUse,
        key_names::KeyNames,
        raw_aes_key::parse_raw_aes_key,
        raw_ecdh_key::parse_raw_ecdh_key,
        raw_key::{KeyOption, RawKey},
        raw_rsa_key::parse_raw_rsa_key,
    },
    error::Error,
    keyring::{AwsKmsDiscoveryKeyring, Keyring},
    kms::EmbeddedKms,
    vault::{KeyOptions, Openers, RecoveryKey},
};

/// The raw keys, read.
pub(super) fn raw_keys(files: &FilesInUse, args: &KeyArgs, purpose: Purpose) -> Outcome<Vec<RawKey>> {
    let padding = args.raw_rsa_padding.unwrap_or_default();
    let aes = args.raw_aes_key.iter().map(|word| parse_raw_aes_key(files, KeyOption::RawAes, word));
    let rsa = args.raw_rsa_key.iter().map(|word| parse_raw_rsa_key(files, KeyOption::RawRsa, word, (padding, purpose)));
    let ecdh = args.raw_ecdh_key.iter().map(|file| parse_raw_ecdh_key(files, file, purpose));
    aes.chain(rsa).chain(ecdh).collect()
}

/// The KMS keys to seal with; a default key among them is made where there is none yet.
pub(super) fn kms_keys(names: KeyNames<'_>, kms: &mut EmbeddedKms, options: &KeyOptions, args: &KeyArgs) -> Outcome<Vec<KeyArn>> {
    args.kms_key_id.iter().map(|key_id| names.to_seal(kms, options, key_id)).collect()
}

/// What opens a message.
pub(super) struct OpeningKeys {
    /// With the keys of AWS KMS that were named.
    options: KeyOptions,
    /// The keys that were named and are the keystore's.
    kms_keys: Vec<KeyArn>,
    raw_keys: Vec<RawKey>,
    /// Where none was named: whatever the message names.
    is_discovering: bool,
}

impl OpeningKeys {
    /// Finds the keys that were named.
    pub(super) fn find(names: KeyNames<'_>, kms: Option<&EmbeddedKms>, args: &KeyArgs, raw_keys: Vec<RawKey>) -> Outcome<Self> {
        let mut options = names.access.key_options_for_message(names.regions)?;
        let is_discovering = args.kms_key_id.is_empty() && raw_keys.is_empty();
        let (mut kms_keys, mut online_keys) = (Vec::new(), Vec::new());
        for key_id in &args.kms_key_id {
            let kms = kms.ok_or(Error::Misuse("a KMS key is looked for where there is a KMS"))?;
            let found = names.to_open(kms, &options, key_id)?;
            let is_here = names.access.online.is_none() || found.is_embedded();
            if is_here { kms_keys.push(found.arn) } else { online_keys.push(found.arn) }
        }
        if online_keys.is_empty() && !is_discovering {
            options.online = None;
        }
        // A key that was named is asked where it is.
        options.online_opening.region = options.online_opening.region.filter(|_| online_keys.is_empty());
        options.online_opening.keys = online_keys;
        Ok(Self { options, kms_keys, raw_keys, is_discovering })
    }

    /// The keyrings, and those of `more`.
    pub(super) fn openers<'a>(&'a self, kms: Option<&'a EmbeddedKms>, more: Vec<&'a dyn Keyring>) -> Openers<'a> {
        let mut keyrings: Vec<Box<dyn Keyring + 'a>> = Vec::new();
        if let Some(kms) = kms {
            keyrings.extend(self.kms_keys.iter().map(|key| kms.keyring(key.clone())));
            if self.is_discovering {
                keyrings.push(Box::new(AwsKmsDiscoveryKeyring::new(kms)));
            }
        }
        for key in &self.raw_keys {
            keyrings.push(Box::new(&**key));
        }
        for keyring in more {
            keyrings.push(Box::new(keyring));
        }
        Openers::new(keyrings, kms, &self.options)
    }
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
            keyrings.push(options.known(kms).keyring(key, options.encryption_algorithm));
        }
    }
    for recovery_key in &options.recovery_keys {
        if let RecoveryKey::Keyring(keyring) = recovery_key {
            keyrings.push(Box::new(&**keyring));
        }
    }
    keyrings
}
