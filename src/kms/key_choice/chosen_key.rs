//! A key that was chosen, with what is known of the choice.

use crate::{
    arn::KeyArn,
    kms::{DEFAULT_KEY_ALIAS, KeySpec, is_written_as_embedded},
    region::Region,
};

/// The key that a name means, or that a Region uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChosenKey {
    pub(crate) arn: KeyArn,
    /// As it was named; where it was not, the ARN of the key that was set as the Region's default, or the default alias.
    pub(crate) name: String,
    pub(crate) origin: KeyOrigin,
}

/// Where a key was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyOrigin {
    /// In the keystore, with its private part, and named without `embedded:`, or not at all.
    Embedded,
    /// The same, named with `embedded:`.
    WrittenOut,
    /// In the keystore, its public part alone: only AWS KMS opens what is wrapped under it.
    Imported,
    /// In AWS KMS; of a key to wrap under with its key spec, unless AWS KMS does not tell the caller.
    Aws { spec: Option<KeySpec> },
}

impl ChosenKey {
    pub(crate) fn region(&self) -> Region {
        self.arn.region()
    }

    /// `KmsKeyId` of a secret: AWS leaves it out for the default key.
    pub(crate) fn kms_key_id(&self) -> Option<String> {
        Some(self.name.clone()).filter(|name| name != DEFAULT_KEY_ALIAS)
    }

    /// True for an RSA key in AWS KMS that is not known from an import.
    pub(super) fn is_rsa_in_aws(&self) -> bool {
        matches!(self.origin, KeyOrigin::Aws { spec: Some(spec) } if spec.modulus_bits().is_some())
    }

    /// True for a key whose private part is in the keystore.
    pub(crate) fn is_embedded(&self) -> bool {
        matches!(self.origin, KeyOrigin::Embedded | KeyOrigin::WrittenOut)
    }
}

impl KeyOrigin {
    /// That of an embedded key with this name.
    pub(super) fn of_embedded(name: &str) -> Self {
        if is_written_as_embedded(name) { Self::WrittenOut } else { Self::Embedded }
    }
}
