//! The keys that the command line names for sealing secrets and for opening what is there.

use crate::{
    cli::{
        args::{OpeningKeyArgs, WrapArgs},
        failure::Outcome,
        invocation::Invocation,
        raw_key::RawKey,
        recovery_key::{Wrapping, key_options, name_online_keys, opening_keys},
    },
    kms::EmbeddedKms,
    vault::KeyOptions,
};

/// What the command line says of keys; their files are read already.
pub(super) struct GivenKeys<'a> {
    wrapping: Wrapping,
    opening: Vec<RawKey>,
    online: &'a [String],
}

impl<'a> GivenKeys<'a> {
    pub(super) fn read(invocation: &Invocation, wrap: &WrapArgs, opening: &'a OpeningKeyArgs) -> Outcome<Self> {
        let files = invocation.inputs.in_use();
        Ok(Self { wrapping: Wrapping::read(files, wrap)?, opening: opening_keys(files, opening)?, online: &opening.kms_key_id })
    }

    pub(super) fn found(self, invocation: &Invocation, kms: &mut EmbeddedKms) -> Outcome<KeyOptions> {
        let names = invocation.key_names();
        let mut keys = key_options(names, Some(&mut *kms), self.wrapping, self.opening)?;
        name_online_keys(names, Some(kms), self.online, &mut keys)?;
        Ok(keys)
    }
}
