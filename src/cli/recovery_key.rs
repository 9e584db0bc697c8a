//! `--recovery-key`, and the keys that open what it sealed.

use std::sync::Arc;

use super::{
    args::{OpeningKeyArgs, RawOpeningKeyArgs, WrapArgs},
    encryption_context::Purpose,
    failure::Outcome,
    files_in_use::FilesInUse,
    key_names::KeyNames,
    raw_aes_key::parse_raw_aes_key,
    raw_key::{KeyOption, RawKey},
    raw_rsa_key::{RawRsaPadding, parse_raw_rsa_key},
    usage::UsageError,
};
use crate::{
    error::Error,
    keyring::{Keyring, RsaEncryptionAlgorithm},
    kms::EmbeddedKms,
    vault::{KeyOptions, RecoveryKey},
};

const PARAMETER: &str = "--recovery-key";

/// A recovery key as it was named.
pub(crate) enum NamedRecoveryKey {
    Kms(String),
    Raw(RawKey),
}

/// `kms=KEY`, `aes=NAMESPACE/NAME=FILE` or `rsa=NAMESPACE/NAME=FILE`. To open, an RSA key has to be a private one.
pub(crate) fn parse_recovery_key(files: &FilesInUse, word: &str, purpose: Purpose) -> Outcome<NamedRecoveryKey> {
    match word.split_once('=') {
        Some(("kms", key)) if !key.is_empty() => Ok(NamedRecoveryKey::Kms(key.to_owned())),
        Some(("aes", named)) => parse_raw_aes_key(files, KeyOption::RecoveryAes, named).map(NamedRecoveryKey::Raw),
        Some(("rsa", named)) => {
            parse_raw_rsa_key(files, KeyOption::RecoveryRsa, named, (RawRsaPadding::default(), purpose)).map(NamedRecoveryKey::Raw)
        }
        _ => Err(UsageError::parameter(PARAMETER, "kms=KEY, aes=NAMESPACE/NAME=FILE or rsa=NAMESPACE/NAME=FILE").into()),
    }
}

/// How new bundles are wrapped, as the command line says it. The files that it names are read already, as they may be pipes: nobody waits for
/// input who has others wait for a lock.
pub(crate) struct Wrapping {
    recovery_keys: Vec<NamedRecoveryKey>,
    encryption_algorithm: Option<RsaEncryptionAlgorithm>,
}

impl Wrapping {
    pub(crate) fn read(files: &FilesInUse, args: &WrapArgs) -> Outcome<Self> {
        let keys = args.recovery_key.iter().map(|word| parse_recovery_key(files, word, Purpose::Seal));
        Ok(Self {
            recovery_keys: keys.collect::<Outcome<_>>()?,
            encryption_algorithm: args.encryption_algorithm.as_deref().and_then(RsaEncryptionAlgorithm::from_name),
        })
    }

    /// The names of recovery keys of KMS.
    pub(crate) fn kms_key_ids(&self) -> impl Iterator<Item = &str> {
        self.recovery_keys.iter().filter_map(|key| if let NamedRecoveryKey::Kms(key_id) = key { Some(key_id.as_str()) } else { None })
    }
}

/// The recovery keys, found; `open_with` is what opens besides.
pub(crate) fn key_options(
    names: KeyNames<'_>,
    mut kms: Option<&mut EmbeddedKms>,
    wrapping: &Wrapping,
    open_with: Vec<RawKey>,
) -> Outcome<KeyOptions> {
    let mut options = KeyOptions { open_with: keyrings(open_with), ..names.access.key_options() };
    for key in &wrapping.recovery_keys {
        options.recovery_keys.push(match key {
            NamedRecoveryKey::Raw(key) => RecoveryKey::Keyring(Box::new(Arc::clone(key))),
            NamedRecoveryKey::Kms(key_id) => {
                let kms = kms.as_deref_mut().ok_or(Error::Misuse("a recovery key of KMS is looked for where there is a KMS"))?;
                RecoveryKey::Kms(names.to_seal(kms, &options, key_id)?)
            }
        });
    }
    if let Some(algorithm) = wrapping.encryption_algorithm {
        options.encryption_algorithm = algorithm;
    }
    Ok(options)
}

/// The keys as the library takes them.
pub(crate) fn keyrings(keys: Vec<RawKey>) -> Vec<Box<dyn Keyring>> {
    keys.into_iter().map(|key| -> Box<dyn Keyring> { Box::new(key) }).collect()
}

/// `--kms-key-id` of a command on secrets: with which keys of AWS KMS bundles are opened. The keystore's own need not be named.
pub(crate) fn name_online_keys(names: KeyNames<'_>, kms: Option<&EmbeddedKms>, key_ids: &[String], options: &mut KeyOptions) -> Outcome {
    if !key_ids.is_empty() && names.access.online.is_none() {
        return Err(
            UsageError::new("--kms-key-id names a key of AWS KMS to open with: add --kms aws; the keystore's keys need no name").into()
        );
    }
    let empty;
    let kms = match kms {
        Some(kms) => kms,
        None => {
            empty = EmbeddedKms::new(options.account.clone())?;
            &empty
        }
    };
    for key_id in key_ids {
        let found = names.to_open(kms, options, key_id)?;
        if !found.is_embedded() {
            options.online_opening.keys.push(found.arn);
        }
    }
    Ok(())
}

/// The keys that open a secret's bundles besides the keystore.
pub(crate) fn opening_keys(files: &FilesInUse, args: &OpeningKeyArgs) -> Outcome<Vec<RawKey>> {
    raw_opening_keys(files, &args.raw)
}

/// The same where AWS KMS has no say.
pub(crate) fn raw_opening_keys(files: &FilesInUse, args: &RawOpeningKeyArgs) -> Outcome<Vec<RawKey>> {
    let aes = args.raw_aes_key.iter().map(|word| parse_raw_aes_key(files, KeyOption::RawAes, word));
    let how = (RawRsaPadding::default(), Purpose::Open);
    let rsa = args.raw_rsa_key.iter().map(|word| parse_raw_rsa_key(files, KeyOption::RawRsa, word, how));
    aes.chain(rsa).collect()
}

/// The recovery keys to open with: of those in KMS the keystore takes care.
pub(crate) fn opening_recovery_keys(files: &FilesInUse, words: &[String]) -> Outcome<Vec<RawKey>> {
    let mut keyrings = Vec::new();
    for word in words {
        if let NamedRecoveryKey::Raw(key) = parse_recovery_key(files, word, Purpose::Open)? {
            keyrings.push(key);
        }
    }
    Ok(keyrings)
}
