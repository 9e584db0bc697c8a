//! One public key with the answer that it came in, checked.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    arn::{AliasArn, KeyArn},
    crypto::{EcPublicKey, RsaPublicKey, sha256},
    error::{Error, NotAKeyArn, PublicKeyRefusal, Result},
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
struct GetPublicKeyResponse {
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
        let answer: GetPublicKeyResponse = serde_json::from_str(json).map_err(|error| not_json("GetPublicKey", &error))?;
        let key_id = required("KeyId", answer.key_id.as_deref())?;
        if is_key_id(key_id) {
            return Err(PublicKeyRefusal::BareKeyId(key_id.to_owned()).into());
        }
        let arn = key_arn(key_id)?;
        check_usage(required("KeyUsage", answer.key_usage.as_deref())?)?;
        let spec = spec(&answer)?;
        let usage = KeyUsage::parse(required("KeyUsage", answer.key_usage.as_deref())?)?;
        spec.check_usage(usage)?;
        check_algorithms(&answer, spec)?;
        let der = STANDARD.decode(required("PublicKey", answer.public_key.as_deref())?).map_err(|_| PublicKeyRefusal::NotBase64)?;
        let (found, public_key) = public_key(&der)?;
        if found != spec {
            return Err(PublicKeyRefusal::OtherSpec { named: spec.name(), found: found.name() }.into());
        }
        Ok(Self { arn, spec, public_key, answer: json.to_owned() })
    }

    /// As [`KmsPublicKey::from_answer`] for the key with this ARN. Other services that answer in the place of AWS KMS have the bare id for `KeyId`: the
    /// answer that is kept has the ARN.
    ///
    /// # Errors
    /// `ValidationException` for the answer of another key; as for [`KmsPublicKey::from_answer`].
    pub fn from_answer_of(json: &str, arn: &KeyArn) -> Result<Self> {
        let mut answer: Map<String, Value> = serde_json::from_str(json).map_err(|error| not_json("GetPublicKey", &error))?;
        match answer.get_mut("KeyId") {
            Some(Value::String(key_id)) if *key_id == arn.key_id() => *key_id = arn.to_string(),
            Some(Value::String(key_id)) if *key_id != arn.to_string() => return Err(PublicKeyRefusal::OtherKeyId(arn.clone()).into()),
            _ => return Self::from_answer(json),
        }
        Self::from_answer(&Value::Object(answer).to_string())
    }

    /// Takes a DER-encoded SubjectPublicKeyInfo, and makes the answer that GetPublicKey would give.
    ///
    /// # Errors
    /// `ValidationException` for what is not a public key of one of the key specs, or not of this usage.
    pub fn from_der(der: &[u8], arn: &KeyArn, usage: KeyUsage) -> Result<Self> {
        let (spec, _) = public_key(der)?;
        spec.check_usage(usage)?;
        let names = |algorithms: &[&str]| algorithms.iter().map(|name| (*name).to_owned()).collect();
        let answer = GetPublicKeyResponse {
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

fn required<'a>(member: &'static str, value: Option<&'a str>) -> Result<&'a str> {
    value.ok_or_else(|| PublicKeyRefusal::MemberMissing(member).into())
}

/// Names the usage that a key must not have, and why.
fn check_usage(usage: &str) -> Result<()> {
    const OTHERS: [(&str, &str); 3] = [
        ("SIGN_VERIFY", "AWS KMS signs with it"),
        ("GENERATE_VERIFY_MAC", "AWS KMS makes authentication codes with it"),
        ("ENCAPSULATE_DECAPSULATE", "AWS KMS decapsulates with it, and no AWS Encryption SDK wraps data keys like that"),
    ];
    match OTHERS.into_iter().find(|(other, _)| *other == usage) {
        Some((usage, why)) => Err(PublicKeyRefusal::NeverUnwraps { usage, why }.into()),
        None => Ok(()),
    }
}

/// `KeySpec`, which older answers call `CustomerMasterKeySpec`.
fn spec(answer: &GetPublicKeyResponse) -> Result<KeySpec> {
    let (new, old) = (answer.key_spec.as_deref(), answer.customer_master_key_spec.as_deref());
    let spec = KeySpec::parse(required("KeySpec", new.or(old))?)?;
    if !spec.is_asymmetric() {
        return Err(PublicKeyRefusal::Symmetric(spec.name()).into());
    }
    if old.is_some_and(|old| old != spec.name()) {
        return Err(PublicKeyRefusal::SpecsDiffer.into());
    }
    Ok(spec)
}

/// AWS KMS has to take one of the algorithms that wrap. For key agreement there is one alone, which other services leave out of their answers.
fn check_algorithms(answer: &GetPublicKeyResponse, spec: KeySpec) -> Result<()> {
    let (member, listed, needed) = match spec.usage() {
        KeyUsage::EncryptDecrypt => ("EncryptionAlgorithms", &answer.encryption_algorithms, spec.encryption_algorithms()),
        KeyUsage::KeyAgreement => ("KeyAgreementAlgorithms", &answer.key_agreement_algorithms, spec.key_agreement_algorithms()),
    };
    if listed.is_empty() && spec.usage() == KeyUsage::KeyAgreement {
        return Ok(());
    }
    if let Some(missing) = needed.iter().find(|name| !listed.iter().any(|listed| listed == *name)) {
        return Err(PublicKeyRefusal::AlgorithmMissing { member, spec: spec.name(), needed, missing }.into());
    }
    Ok(())
}

/// A SubjectPublicKeyInfo with its key spec. It has to be the one encoding that AWS KMS gives, which the fingerprint is of.
fn public_key(der: &[u8]) -> Result<(KeySpec, PublicKey)> {
    let key = match (RsaPublicKey::from_spki_der(der), EcPublicKey::from_spki_der(der)) {
        (Ok(key), _) => PublicKey::Rsa(key),
        (_, Ok(key)) => PublicKey::EllipticCurve(key),
        _ => return Err(PublicKeyRefusal::NotDer.into()),
    };
    let spec = key.spec().ok_or(PublicKeyRefusal::ModulusLength)?;
    if key.to_spki_der() == der { Ok((spec, key)) } else { Err(PublicKeyRefusal::OtherEncoding.into()) }
}

/// A key ARN; another text is refused with what is wrong with it.
pub(super) fn key_arn(text: &str) -> Result<KeyArn> {
    let refuse = |what| Err(PublicKeyRefusal::Arn(what).into());
    if let Ok(arn) = text.parse::<KeyArn>() {
        return if is_key_id(arn.key_id()) { Ok(arn) } else { refuse(NotAKeyArn::KeyId) };
    }
    if text.parse::<AliasArn>().is_ok() {
        return refuse(NotAKeyArn::Alias);
    }
    let mut parts = text.split(':');
    let (partition, region) = (parts.nth(1), parts.nth(1).and_then(Region::new));
    match (partition, region) {
        (Some(_), Some(region)) if partition != Some(region.partition().id()) => refuse(NotAKeyArn::Partition(region)),
        _ => refuse(NotAKeyArn::Form),
    }
}

/// Says where, never what stands there.
pub(super) fn not_json(operation: &'static str, error: &serde_json::Error) -> Error {
    PublicKeyRefusal::NotAnswer { operation, line: error.line(), column: error.column() }.into()
}
