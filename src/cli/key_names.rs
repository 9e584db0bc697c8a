//! What the name of a KMS key on a command line means: in which Region, and whose it is.

use super::{failure::Outcome, key_access::KeyAccess, regions::Regions, usage::UsageError};
use crate::{
    arn::KeyArn,
    kms::{
        EmbeddedKms,
        key_choice::{ChosenKey, KeyOrigin, KeyPurpose, Named, key_of_region},
    },
    vault::KeyOptions,
};

/// What names are looked up with, besides the keystore.
#[derive(Clone, Copy)]
pub(crate) struct KeyNames<'a> {
    pub(crate) access: &'a KeyAccess,
    pub(crate) regions: &'a Regions,
}

impl KeyNames<'_> {
    /// A key to seal with. With AWS KMS a name means a key there; that an embedded one is meant has to be said.
    /// The default key is made in `kms` where there is none yet.
    pub(crate) fn to_seal(self, kms: &mut EmbeddedKms, options: &KeyOptions, key_id: &str) -> Outcome<KeyArn> {
        let found = key_of_region(kms, options, self.regions.of_key(key_id)?, Named::ByCaller(Some(key_id)))?;
        if self.access.online.is_none() || found.origin != KeyOrigin::Embedded {
            return Ok(found.arn);
        }
        let name = found.name.escape_debug();
        let error = UsageError::new(format!("{name} is an embedded key, which AWS does not have, and with --kms aws that has to be said"));
        Err(error.with_hint(format!("'embedded:{name}' says that it is meant")).into())
    }

    /// A key to open with.
    pub(crate) fn to_open(self, kms: &EmbeddedKms, options: &KeyOptions, key_id: &str) -> Outcome<ChosenKey> {
        Ok(options.known(kms).find(self.regions.of_key(key_id)?, key_id, KeyPurpose::Unwrap)?)
    }
}
