//! The key pairs of asymmetric keys.

use crate::{
    crypto::{EcPrivateKey, Random, RsaPrivateKey, constant_time_eq},
    error::{Error, Result},
    kms::{key_spec::KeySpec, public_key::PublicKey},
    secret::SecretBytes,
};

/// A private key with its public part.
#[derive(Debug)]
pub(in crate::kms) struct KeyPair {
    spec: KeySpec,
    public_key: PublicKey,
    /// PKCS#8 DER. It is parsed at each use, so that between uses no other form of it is in memory.
    private_key: SecretBytes,
}

impl KeyPair {
    /// A fresh one; `None` for the symmetric key spec. RSA keys take up to some seconds.
    pub(in crate::kms) fn generate(spec: KeySpec, random: &dyn Random) -> Result<Option<Self>> {
        let private_key = match (spec.modulus_bits(), spec.curve()) {
            (Some(bits), _) => RsaPrivateKey::generate(bits)?.to_pkcs8_der()?,
            (None, Some(curve)) => EcPrivateKey::generate(curve, random)?.to_pkcs8_der()?,
            (None, None) => return Ok(None),
        };
        Self::from_pkcs8(spec, private_key).map(Some)
    }

    /// A key pair from what [`KeyPair::private_key`] gave.
    pub(in crate::kms) fn from_pkcs8(spec: KeySpec, private_key: SecretBytes) -> Result<Self> {
        let public_key = match spec.modulus_bits() {
            Some(_) => PublicKey::Rsa(RsaPrivateKey::from_pkcs8_der(private_key.expose())?.public_key()?),
            None => PublicKey::EllipticCurve(EcPrivateKey::from_pkcs8_der(private_key.expose())?.public_key().clone()),
        };
        if public_key.spec() == Some(spec) {
            Ok(Self { spec, public_key, private_key })
        } else {
            Err(Error::Misuse("the private key is of another key spec"))
        }
    }

    pub(in crate::kms) const fn spec(&self) -> KeySpec {
        self.spec
    }

    pub(in crate::kms) const fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// PKCS#8 DER.
    pub(in crate::kms) const fn private_key(&self) -> &SecretBytes {
        &self.private_key
    }

    pub(in crate::kms) fn rsa_private_key(&self) -> Result<RsaPrivateKey> {
        RsaPrivateKey::from_pkcs8_der(self.private_key.expose())
    }

    pub(in crate::kms) fn ec_private_key(&self) -> Result<EcPrivateKey> {
        EcPrivateKey::from_pkcs8_der(self.private_key.expose())
    }

    pub(in crate::kms) fn duplicate(&self) -> Self {
        let private_key = SecretBytes::new(self.private_key.expose().to_vec());
        Self { spec: self.spec, public_key: self.public_key.clone(), private_key }
    }

    /// True when both are the same key.
    pub(in crate::kms) fn is(&self, other: &Self) -> bool {
        self.spec == other.spec && constant_time_eq(self.private_key.expose(), other.private_key.expose())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::SystemRandom;

    #[test]
    fn every_spec_makes_a_pair_that_is_read_again() {
        for spec in KeySpec::ALL.into_iter().filter(|spec| !matches!(spec, KeySpec::Rsa3072 | KeySpec::Rsa4096)) {
            let Some(pair) = KeyPair::generate(spec, &SystemRandom).expect("made") else {
                assert_eq!(spec, KeySpec::SymmetricDefault);
                continue;
            };
            assert_eq!(PublicKey::from_spki_der(spec, pair.public_key().to_spki_der()).expect("parses"), *pair.public_key());
            let again = KeyPair::from_pkcs8(spec, SecretBytes::new(pair.private_key().expose().to_vec())).expect("parses");
            assert!(again.is(&pair) && pair.duplicate().is(&pair));
            let other = KeyPair::generate(spec, &SystemRandom).expect("made").expect("asymmetric");
            assert!(!other.is(&pair) && other.public_key() != pair.public_key());
            for wrong in KeySpec::ALL.into_iter().filter(|wrong| *wrong != spec) {
                assert!(KeyPair::from_pkcs8(wrong, SecretBytes::new(pair.private_key().expose().to_vec())).is_err(), "{spec} as {wrong}");
                assert!(PublicKey::from_spki_der(wrong, pair.public_key().to_spki_der()).is_err(), "{spec} as {wrong}");
            }
        }
    }

    #[test]
    fn the_private_part_is_not_printed() {
        let pair = KeyPair::generate(KeySpec::EccNistP256, &SystemRandom).expect("made").expect("asymmetric");
        let printed = format!("{pair:?}");
        // The scalar's bytes as Debug would print them.
        let bytes = pair.private_key().expose().iter().skip(36).take(4).map(u8::to_string).collect::<Vec<_>>().join(", ");
        assert!(printed.contains("redacted") && !printed.contains(&bytes), "{printed}");
    }
}
