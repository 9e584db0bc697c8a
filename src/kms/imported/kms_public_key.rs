//! One public key with the answer that it came in, checked.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

use crate::{
    arn::{AliasArn, KeyArn},
    crypto::{EcPublicKey, RsaPublicKey, sha256},
    error::{Error, ErrorCode, Result},
    kms::{
        key_id::is_key_id,
        key_spec::{KeySpec, KeyUsage},
        public_key::PublicKey,
    },
    region::Region,
};

/// The public key of a key in AWS KMS that can wrap data keys: RSA with the usage `ENCRYPT_DECRYPT`, or on a NIST curve with `KEY_AGREEMENT`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KmsPublicKey {
    arn: KeyArn,
    spec: KeySpec,
    public_key: PublicKey,
    /// All of the answer, as it came.
    answer: String,
}

/// The members of the answer that are looked at; all may be missing, so that the error can name the one that is.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    #[serde(default)]
    key_id: Option<String>,
    #[serde(default)]
    public_key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    customer_master_key_spec: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key_spec: Option<String>,
    #[serde(default)]
    key_usage: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    encryption_algorithms: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    key_agreement_algorithms: Vec<String>,
}

impl KmsPublicKey {
    /// Reads the JSON that `aws kms get-public-key` prints.
    ///
    /// # Errors
    /// `ValidationException` for what is not such JSON, lacks a member or contradicts itself; `InvalidArnException`;
    /// `InvalidKeyUsageException` for a key that unwraps nothing; `UnsupportedOperationException` for a key spec that wraps nothing.
    pub fn from_answer(json: &str) -> Result<Self> {
        let answer: Answer = serde_json::from_str(json).map_err(|error| not_json("GetPublicKey", &error))?;
        let arn = key_arn(required("KeyId", answer.key_id.as_deref())?)?;
        check_usage(required("KeyUsage", answer.key_usage.as_deref())?)?;
        let spec = spec(&answer)?;
        let usage = KeyUsage::parse(required("KeyUsage", answer.key_usage.as_deref())?)?;
        spec.check_usage(usage)?;
        check_algorithms(&answer, spec)?;
        let der = STANDARD.decode(required("PublicKey", answer.public_key.as_deref())?).map_err(|_| invalid("PublicKey is not base64"))?;
        let (found, public_key) = public_key(&der)?;
        if found != spec {
            return Err(invalid(format!("the key spec is {spec}, and the public key is one of {found}")));
        }
        Ok(Self { arn, spec, public_key, answer: json.to_owned() })
    }

    /// Takes a DER-encoded SubjectPublicKeyInfo, and makes the answer that GetPublicKey would give.
    ///
    /// # Errors
    /// `ValidationException` for what is not a public key of one of the key specs, or not of this usage.
    pub fn from_der(der: &[u8], arn: &KeyArn, usage: KeyUsage) -> Result<Self> {
        let (spec, _) = public_key(der)?;
        spec.check_usage(usage)?;
        let names = |algorithms: &[&str]| algorithms.iter().map(|name| (*name).to_owned()).collect();
        let answer = Answer {
            key_id: Some(arn.to_string()),
            public_key: Some(STANDARD.encode(der)),
            customer_master_key_spec: Some(spec.to_string()),
            key_spec: Some(spec.to_string()),
            key_usage: Some(usage.to_string()),
            encryption_algorithms: names(spec.encryption_algorithms()),
            key_agreement_algorithms: names(spec.key_agreement_algorithms()),
        };
        let json = serde_json::to_string(&answer).map_err(|_| Error::Misuse("an answer is always JSON"))?;
        Self::from_answer(&json)
    }

    /// The key's ARN in AWS.
    #[must_use]
    pub const fn arn(&self) -> &KeyArn {
        &self.arn
    }

    /// RSA or a NIST curve.
    #[must_use]
    pub const fn key_spec(&self) -> KeySpec {
        self.spec
    }

    /// The DER-encoded SubjectPublicKeyInfo.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        self.public_key.to_spki_der()
    }

    /// The public key itself.
    #[must_use]
    pub const fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// SHA-256 of [`KmsPublicKey::der`] in lower-case hex.
    #[must_use]
    pub fn sha256(&self) -> String {
        sha256(self.der())
    }

    /// The whole answer of GetPublicKey, as it was imported: JSON.
    #[must_use]
    pub fn answer(&self) -> &str {
        &self.answer
    }

    /// Whether both are the same key with the same public part; the answers may have been written down differently.
    #[must_use]
    pub fn is_same_key(&self, other: &Self) -> bool {
        self.arn == other.arn && self.public_key == other.public_key
    }
}

fn required<'a>(member: &str, value: Option<&'a str>) -> Result<&'a str> {
    value.ok_or_else(|| invalid(format!("the answer of GetPublicKey has no {member}")))
}

/// Names the usage that a key must not have, and why.
fn check_usage(usage: &str) -> Result<()> {
    let why = match usage {
        "SIGN_VERIFY" => "AWS KMS signs with it",
        "GENERATE_VERIFY_MAC" => "AWS KMS makes authentication codes with it",
        "ENCAPSULATE_DECAPSULATE" => "AWS KMS decapsulates with it, and no AWS Encryption SDK wraps data keys like that",
        _ => return Ok(()),
    };
    let message = format!(
        "the key's usage is {usage}: {why}, and it could never unwrap a data key. A key of the usage ENCRYPT_DECRYPT (RSA) or KEY_AGREEMENT (NIST curves) can"
    );
    Err(Error::service(ErrorCode::InvalidKeyUsageException, message))
}

/// `KeySpec`, which older answers call `CustomerMasterKeySpec`.
fn spec(answer: &Answer) -> Result<KeySpec> {
    let (new, old) = (answer.key_spec.as_deref(), answer.customer_master_key_spec.as_deref());
    let spec = KeySpec::parse(required("KeySpec", new.or(old))?)?;
    if !spec.is_asymmetric() {
        return Err(invalid(format!("the key spec {spec} has no public key")));
    }
    if old.is_some_and(|old| old != spec.name()) {
        return Err(invalid("KeySpec and CustomerMasterKeySpec contradict each other"));
    }
    Ok(spec)
}

/// AWS KMS has to take one of the algorithms that wrap.
fn check_algorithms(answer: &Answer, spec: KeySpec) -> Result<()> {
    let (member, listed, needed) = match spec.usage() {
        KeyUsage::EncryptDecrypt => ("EncryptionAlgorithms", &answer.encryption_algorithms, spec.encryption_algorithms()),
        KeyUsage::KeyAgreement => ("KeyAgreementAlgorithms", &answer.key_agreement_algorithms, spec.key_agreement_algorithms()),
    };
    if let Some(missing) = needed.iter().find(|name| !listed.iter().any(|listed| listed == *name)) {
        let message = format!("{member} of a key of the key spec {spec} has {}; the answer has not {missing}", needed.join(" and "));
        return Err(Error::service(ErrorCode::InvalidKeyUsageException, message));
    }
    Ok(())
}

/// A SubjectPublicKeyInfo with its key spec. It has to be the one encoding that AWS KMS gives, which the fingerprint is of.
fn public_key(der: &[u8]) -> Result<(KeySpec, PublicKey)> {
    let key = match (RsaPublicKey::from_spki_der(der), EcPublicKey::from_spki_der(der)) {
        (Ok(key), _) => PublicKey::Rsa(key),
        (_, Ok(key)) => PublicKey::EllipticCurve(key),
        _ => {
            let what = "the public key is not the DER of an RSA key, nor of one on P-256, P-384 or P-521 (SubjectPublicKeyInfo)";
            return Err(invalid(what));
        }
    };
    let spec = key.spec().ok_or_else(|| invalid("an RSA key of AWS KMS has 2,048, 3,072 or 4,096 bits, and this one another length"))?;
    if key.to_spki_der() == der { Ok((spec, key)) } else { Err(invalid("the public key is not encoded as AWS KMS does it")) }
}

/// A key ARN; another text is refused with what is wrong with it.
pub(super) fn key_arn(text: &str) -> Result<KeyArn> {
    let refuse = |what: String| Err(Error::service(ErrorCode::InvalidArnException, what));
    if let Ok(arn) = text.parse::<KeyArn>() {
        return if is_key_id(arn.key_id()) { Ok(arn) } else { refuse("the key ARN does not end in the id of a key".to_owned()) };
    }
    if text.parse::<AliasArn>().is_ok() {
        return refuse("that is the ARN of an alias; the ARN of the key is needed".to_owned());
    }
    let mut parts = text.split(':');
    let (partition, region) = (parts.nth(1), parts.nth(1).and_then(Region::new));
    match (partition, region) {
        (Some(_), Some(region)) if partition != Some(region.partition().id()) => {
            refuse(format!("the ARN names another partition than that of {region}, which is in {}", region.partition()))
        }
        _ => refuse("that is not the ARN of a KMS key in a Region that is known".to_owned()),
    }
}

pub(in crate::kms) fn invalid(message: impl Into<String>) -> Error {
    Error::service(ErrorCode::ValidationException, message)
}

/// Says where, never what stands there.
pub(super) fn not_json(operation: &str, error: &serde_json::Error) -> Error {
    invalid(format!("not the JSON that {operation} answers (line {}, column {})", error.line(), error.column()))
}
