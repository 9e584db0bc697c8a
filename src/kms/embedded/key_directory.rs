//! What is known of keys by their ARNs and by their public parts.

use super::{key::Key, key_pair::KeyPair, state::EmbeddedKms};
use crate::{
    arn::KeyArn,
    crypto::EcPublicKey,
    error::Result,
    keyring::KeyDirectory,
    kms::{imported::KmsPublicKey, key_spec::KeySpec, public_key::PublicKey},
    region::Region,
};

impl EmbeddedKms {
    /// Refuses a key that nothing can be wrapped under now. An imported public key wraps whatever its state in AWS is.
    ///
    /// # Errors
    /// `NotFoundException`, `DisabledException`, `KMSInvalidStateException`, a Region that is not enabled.
    pub fn check_usable(&self, key: &KeyArn) -> Result<()> {
        self.any_key(key)?.require_usable()
    }

    /// True when what is wrapped under the key can be unwrapped here: it or a related multi-Region key is an embedded key that is enabled.
    #[must_use]
    pub fn can_unwrap(&self, key: &KeyArn) -> bool {
        self.is_usable(&self.key_for_decrypt(key))
    }

    /// The ARNs of the embedded keys that can be used.
    pub(crate) fn usable_arns(&self) -> impl Iterator<Item = KeyArn> {
        self.keys().map(|(region, key_id, _)| self.key_arn(region, key_id)).filter(|arn| self.is_usable(arn))
    }

    /// The key spec; `None` for a key that is not here.
    #[must_use]
    pub fn key_spec(&self, key: &KeyArn) -> Option<KeySpec> {
        self.any_key(key).ok().map(|key| key.spec())
    }

    /// The public part of an asymmetric key, embedded or imported; `None` for a symmetric one, and for one that is not there.
    #[must_use]
    pub fn public_key<'a>(&'a self, key: &'a KeyArn) -> Option<&'a PublicKey> {
        self.any_key(key).ok()?.public_key()
    }

    /// The key to decrypt with where a message names `named`: that key if it is here, whatever its state, else a related multi-Region key
    /// that can be used here. `named` itself where there is none.
    #[must_use]
    pub fn key_for_decrypt(&self, named: &KeyArn) -> KeyArn {
        if self.stored_key(named).is_some() {
            return named.clone();
        }
        let here = self.regions.keys().map(|region| self.key_arn(*region, named.key_id()));
        let mut related = here.filter(|key| key.matches_for_decrypt(named) && self.is_usable(key));
        related.next().unwrap_or_else(|| named.clone())
    }

    /// The ARNs of all imported public keys.
    pub(in crate::kms) fn imported_arns(&self) -> Vec<KeyArn> {
        self.imported_public_keys().map(|key| key.arn().clone()).collect()
    }

    /// The imported public keys that are this point: of a multi-Region key one in each Region.
    pub(in crate::kms) fn imported_with_point(&self, point: &EcPublicKey) -> Vec<KeyArn> {
        let der = point.to_spki_der();
        self.imported_public_keys().filter(|key| key.der() == der).map(|key| key.arn().clone()).collect()
    }

    /// The key of a Region with this public part: an embedded one before an imported one.
    pub(crate) fn key_with_point_in(&self, region: Region, point: &EcPublicKey) -> Option<KeyArn> {
        let embedded = self.keys().filter(|(place, _, key)| *place == region && has_point(key, point));
        let embedded = embedded.map(|(region, key_id, _)| self.key_arn(region, key_id)).next();
        embedded.or_else(|| self.imported_with_point(point).into_iter().find(|arn| arn.region() == region))
    }

    fn imported_public_keys(&self) -> impl Iterator<Item = &KmsPublicKey> {
        self.regions.values().flat_map(|state| state.imported.values()).map(|imported| &imported.public_key)
    }

    fn is_usable(&self, key: &KeyArn) -> bool {
        self.key(key).is_ok_and(|key| key.require_usable().is_ok())
    }
}

fn has_point(key: &Key, point: &EcPublicKey) -> bool {
    matches!(key.material.key_pair().map(KeyPair::public_key), Some(PublicKey::EllipticCurve(own)) if own == point)
}

impl KeyDirectory for EmbeddedKms {
    fn key_for_decrypt(&self, named: &KeyArn) -> KeyArn {
        Self::key_for_decrypt(self, named)
    }

    /// The key with this public part: one that can be used, before one that cannot, before an imported public key, with which KMS can do
    /// nothing but say so.
    fn key_with_public_key(&self, public_key: &EcPublicKey) -> Option<KeyArn> {
        let embedded: Vec<_> =
            self.keys().filter(|(_, _, key)| has_point(key, public_key)).map(|(region, key_id, _)| self.key_arn(region, key_id)).collect();
        let mut imported = self.imported_public_keys();
        let usable = embedded.iter().find(|arn| self.can_unwrap(arn));
        usable.or(embedded.first()).or_else(|| imported.find(|key| key.der() == public_key.to_spki_der()).map(KmsPublicKey::arn)).cloned()
    }
}
