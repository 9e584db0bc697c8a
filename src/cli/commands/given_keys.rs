//! The keys that the command line names for sealing secrets and for opening what is there.

use crate::{
    cli::{
        args::{KeyArgs, OpeningKeyArgs, RawOpeningKeyArgs, WrapArgs},
        commands::{keys::raw_keys, secret_opening::SecretOpening},
        encryption_context::Purpose,
        failure::Outcome,
        files_in_use::FilesInUse,
        invocation::Invocation,
        key_names::KeyNames,
        raw_key::RawKey,
        recovery_key::{Wrapping, key_options, name_online_keys, opening_keys, raw_opening_keys},
    },
    kms::EmbeddedKms,
    vault::{KeyOptions, NewVersionCheck},
};

/// What the command line says of keys. Their files are read already and once, as they may be pipes, and however often the keys are used.
pub(super) struct GivenKeys<'a> {
    wrapping: Wrapping,
    opening: Vec<RawKey>,
    online: &'a [String],
}

impl<'a> GivenKeys<'a> {
    pub(super) fn read(files: &FilesInUse, wrap: &WrapArgs, opening: &'a OpeningKeyArgs) -> Outcome<Self> {
        Ok(Self { wrapping: Wrapping::read(files, wrap)?, opening: opening_keys(files, opening)?, online: &opening.kms_key_id })
    }

    /// Where AWS KMS has no say in what is opened.
    pub(super) fn read_raw(files: &FilesInUse, wrap: &WrapArgs, opening: &RawOpeningKeyArgs) -> Outcome<Self> {
        Ok(Self { wrapping: Wrapping::read(files, wrap)?, opening: raw_opening_keys(files, opening)?, online: &[] })
    }

    /// Where the keys to open with are those of a command on messages.
    pub(super) fn read_of_message(files: &FilesInUse, wrap: &WrapArgs, opening: &'a KeyArgs) -> Outcome<Self> {
        let wrapping = Wrapping::read(files, wrap)?;
        Ok(Self { wrapping, opening: raw_keys(files, opening, Purpose::Open)?, online: &opening.kms_key_id })
    }

    /// The keys, found, for a command that seals and opens.
    pub(super) fn to_seal(&self, names: KeyNames<'_>, kms: &mut EmbeddedKms) -> Outcome<KeyOptions> {
        let mut keys = key_options(names, Some(&mut *kms), &self.wrapping, self.opening.clone())?;
        name_online_keys(names, Some(kms), self.online, &mut keys)?;
        Ok(keys)
    }

    /// What opens secrets before anything is sealed.
    pub(super) fn to_open(&self, invocation: &Invocation) -> Outcome<SecretOpening> {
        SecretOpening::with(invocation, self.opening.clone(), self.online)
    }

    /// Tells what a new version would be refused for whatever its value is, before anybody has worked for one.
    pub(super) fn check_new_version(&self, invocation: &Invocation, asked: &NewVersionCheck<'_>) -> Outcome {
        let mut kms = invocation.keystore.preview_for_secrets()?;
        let keys = self.to_seal(invocation.key_names(), &mut kms)?;
        Ok(invocation.vault.check_new_version(&mut kms, &keys, asked)?)
    }
}
