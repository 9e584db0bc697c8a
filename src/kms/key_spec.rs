//! Key specs and key usages: what a KMS key is made of, and what it may do
//! ([key spec reference](https://docs.aws.amazon.com/kms/latest/developerguide/symm-asymm-choose-key-spec.html)).

use std::fmt;

use serde::{Serialize, Serializer};

use crate::{
    crypto::Curve,
    error::{Constraint, RequestRefusal, Result, Violation},
};

/// The [key spec](https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html#KMS-CreateKey-request-KeySpec) of a KMS key: those
/// that can wrap a data key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum KeySpec {
    /// AES-256-GCM.
    #[default]
    SymmetricDefault,
    /// RSA with a modulus of 2,048 bits.
    Rsa2048,
    /// RSA with a modulus of 3,072 bits.
    Rsa3072,
    /// RSA with a modulus of 4,096 bits.
    Rsa4096,
    /// An elliptic curve key on P-256 (secp256r1).
    EccNistP256,
    /// An elliptic curve key on P-384 (secp384r1).
    EccNistP384,
    /// An elliptic curve key on P-521 (secp521r1).
    EccNistP521,
}

/// The [key usage](https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html#KMS-CreateKey-request-KeyUsage) of a KMS key:
/// those that can wrap a data key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum KeyUsage {
    /// Encrypt, Decrypt, ReEncrypt, and for symmetric keys GenerateDataKey.
    #[default]
    EncryptDecrypt,
    /// DeriveSharedSecret.
    KeyAgreement,
}

/// The other key specs of AWS, which sign, make MACs or encapsulate, or exist in China only.
const OTHER_SPECS: [&str; 13] = [
    "ECC_SECG_P256K1",
    "ECC_NIST_EDWARDS25519",
    "HMAC_224",
    "HMAC_256",
    "HMAC_384",
    "HMAC_512",
    "SM2",
    "ML_DSA_44",
    "ML_DSA_65",
    "ML_DSA_87",
    "ML_KEM_512",
    "ML_KEM_768",
    "ML_KEM_1024",
];

/// The other key usages of AWS.
const OTHER_USAGES: [&str; 3] = ["SIGN_VERIFY", "GENERATE_VERIFY_MAC", "ENCAPSULATE_DECAPSULATE"];

impl KeySpec {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::SymmetricDefault, Self::Rsa2048, Self::Rsa3072, Self::Rsa4096, Self::EccNistP256, Self::EccNistP384, Self::EccNistP521];

    /// The key spec with this name of AWS.
    ///
    /// # Errors
    /// `UnsupportedOperationException` for a key spec that only AWS has; `ValidationException` for one that AWS has not either.
    pub fn parse(name: &str) -> Result<Self> {
        parse("keySpec", "key spec", name, &Self::ALL.map(|spec| (spec.name(), spec)), &OTHER_SPECS)
    }

    /// The key spec that a CreateKey request asks for: by `KeySpec`, by its old name `CustomerMasterKeySpec`, or by neither.
    ///
    /// # Errors
    /// As for [`KeySpec::parse`]; `ValidationException` for two that differ.
    pub fn requested(key_spec: Option<&str>, customer_master_key_spec: Option<&str>) -> Result<Self> {
        if let (Some(name), Some(old_name)) = (key_spec, customer_master_key_spec)
            && name != old_name
        {
            return Err(RequestRefusal::SpecsDiffer.into());
        }
        key_spec.or(customer_master_key_spec).map_or(Ok(Self::default()), Self::parse)
    }

    /// AWS's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SymmetricDefault => "SYMMETRIC_DEFAULT",
            Self::Rsa2048 => "RSA_2048",
            Self::Rsa3072 => "RSA_3072",
            Self::Rsa4096 => "RSA_4096",
            Self::EccNistP256 => "ECC_NIST_P256",
            Self::EccNistP384 => "ECC_NIST_P384",
            Self::EccNistP521 => "ECC_NIST_P521",
        }
    }

    /// False for the key spec whose keys have one secret instead of a key pair.
    #[must_use]
    pub const fn is_asymmetric(self) -> bool {
        !matches!(self, Self::SymmetricDefault)
    }

    /// Length of the modulus in bits; `None` unless it is an RSA key.
    #[must_use]
    pub const fn modulus_bits(self) -> Option<u32> {
        match self {
            Self::Rsa2048 => Some(2048),
            Self::Rsa3072 => Some(3072),
            Self::Rsa4096 => Some(4096),
            _ => None,
        }
    }

    /// The RSA key spec with a modulus of this many bits.
    #[must_use]
    pub fn of_modulus_bits(bits: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|spec| spec.modulus_bits() == Some(bits))
    }

    /// The curve; `None` unless it is an elliptic curve key.
    #[must_use]
    pub const fn curve(self) -> Option<Curve> {
        match self {
            Self::EccNistP256 => Some(Curve::P256),
            Self::EccNistP384 => Some(Curve::P384),
            Self::EccNistP521 => Some(Curve::P521),
            _ => None,
        }
    }

    /// The key spec of this curve's keys.
    #[must_use]
    pub const fn of_curve(curve: Curve) -> Self {
        match curve {
            Curve::P256 => Self::EccNistP256,
            Curve::P384 => Self::EccNistP384,
            Curve::P521 => Self::EccNistP521,
        }
    }

    /// The only usage, among those known here, that keys of this spec can have.
    #[must_use]
    pub const fn usage(self) -> KeyUsage {
        match self {
            Self::SymmetricDefault | Self::Rsa2048 | Self::Rsa3072 | Self::Rsa4096 => KeyUsage::EncryptDecrypt,
            Self::EccNistP256 | Self::EccNistP384 | Self::EccNistP521 => KeyUsage::KeyAgreement,
        }
    }

    /// Refuses a key usage that keys of this spec cannot have.
    ///
    /// # Errors
    /// `ValidationException`.
    pub fn check_usage(self, usage: KeyUsage) -> Result<()> {
        if usage == self.usage() {
            return Ok(());
        }
        Err(RequestRefusal::UsageNotOfSpec { usage: usage.name(), spec: self.name() }.into())
    }

    /// What Encrypt and Decrypt take; nothing for keys of another usage.
    #[must_use]
    pub const fn encryption_algorithms(self) -> &'static [&'static str] {
        match self {
            Self::SymmetricDefault => &["SYMMETRIC_DEFAULT"],
            Self::Rsa2048 | Self::Rsa3072 | Self::Rsa4096 => &["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"],
            Self::EccNistP256 | Self::EccNistP384 | Self::EccNistP521 => &[],
        }
    }

    /// What DeriveSharedSecret takes; nothing for keys of another usage.
    #[must_use]
    pub const fn key_agreement_algorithms(self) -> &'static [&'static str] {
        match self.usage() {
            KeyUsage::EncryptDecrypt => &[],
            KeyUsage::KeyAgreement => &["ECDH"],
        }
    }
}

impl KeyUsage {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::EncryptDecrypt, Self::KeyAgreement];

    /// The key usage with this name of AWS.
    ///
    /// # Errors
    /// `UnsupportedOperationException` for a key usage that only AWS has; `ValidationException` for one that AWS has not either.
    pub fn parse(name: &str) -> Result<Self> {
        parse("keyUsage", "key usage", name, &Self::ALL.map(|usage| (usage.name(), usage)), &OTHER_USAGES)
    }

    /// AWS's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::EncryptDecrypt => "ENCRYPT_DECRYPT",
            Self::KeyAgreement => "KEY_AGREEMENT",
        }
    }
}

fn parse<T: Copy>(parameter: &str, what: &'static str, name: &str, known: &[(&'static str, T)], others: &[&'static str]) -> Result<T> {
    if let Some((_, value)) = known.iter().find(|(known, _)| *known == name) {
        return Ok(*value);
    }
    let known: Vec<_> = known.iter().map(|(known, _)| *known).collect();
    if others.contains(&name) {
        return Err(RequestRefusal::OtherKindOfKeys { what, name: name.to_owned(), known }.into());
    }
    Err(Violation::new(parameter, Constraint::OneOf([known.as_slice(), others].concat())).into())
}

impl fmt::Display for KeySpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Display for KeyUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Serialize for KeySpec {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl Serialize for KeyUsage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, ErrorCode};

    fn refusal<T>(result: Result<T>) -> (ErrorCode, String) {
        match result.map(drop) {
            Err(Error::Service(error)) => (error.code(), error.to_string()),
            other => panic!("not a refusal by AWS name: {other:?}"),
        }
    }

    #[test]
    fn names_are_read_as_they_are_written() {
        for spec in KeySpec::ALL {
            assert_eq!(KeySpec::parse(spec.name()).expect("known"), spec);
            assert_eq!(serde_json::to_value(spec).expect("JSON"), spec.name());
        }
        for usage in KeyUsage::ALL {
            assert_eq!(KeyUsage::parse(usage.name()).expect("known"), usage);
            assert_eq!(serde_json::to_value(usage).expect("JSON"), usage.name());
        }
    }

    #[test]
    fn what_only_aws_has_and_what_nobody_has_are_told_apart() {
        for name in OTHER_SPECS {
            let (code, message) = refusal(KeySpec::parse(name));
            assert_eq!(code, ErrorCode::UnsupportedOperationException, "{name}");
            assert!(message.contains(name) && message.contains("RSA_4096"), "{message}");
        }
        for name in OTHER_USAGES {
            assert_eq!(refusal(KeyUsage::parse(name)).0, ErrorCode::UnsupportedOperationException, "{name}");
        }
        for name in ["", "rsa_2048", "RSA_1024", " RSA_2048"] {
            let (code, message) = refusal(KeySpec::parse(name));
            assert_eq!(code, ErrorCode::ValidationException, "{name}");
            assert!(message.contains("at 'keySpec'") && message.contains("RSA_2048, RSA_3072") && message.contains("SM2"), "{message}");
            assert_eq!(refusal(KeyUsage::parse(name)).0, ErrorCode::ValidationException, "{name}");
        }
    }

    #[test]
    fn each_spec_has_one_usage_and_its_algorithms() {
        for spec in KeySpec::ALL {
            spec.check_usage(spec.usage()).expect("goes together");
            let other = KeyUsage::ALL.into_iter().find(|usage| *usage != spec.usage()).expect("two usages");
            let message = format!("KeyUsage {other} is not compatible with KeySpec {spec}");
            assert_eq!(refusal(spec.check_usage(other)), (ErrorCode::ValidationException, message));
            assert_eq!(spec.encryption_algorithms().is_empty(), spec.usage() == KeyUsage::KeyAgreement);
            assert_eq!(spec.key_agreement_algorithms().is_empty(), spec.usage() == KeyUsage::EncryptDecrypt);
            assert_eq!(spec.modulus_bits().and_then(KeySpec::of_modulus_bits), spec.modulus_bits().map(|_| spec));
        }
        assert_eq!(KeySpec::of_modulus_bits(1024), None);
    }
}
