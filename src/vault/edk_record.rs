//! What a record keeps of an encrypted data key.

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    arn::KeyArn,
    crypto::{Curve, EcPublicKey},
    format::EncryptedDataKey,
    keyring::{
        AWS_KMS_ECDH_PROVIDER_ID, AWS_KMS_PROVIDER_ID, AWS_KMS_RSA_PROVIDER_ID, KeyDirectory as _, RAW_ECDH_PROVIDER_ID,
        display_provider_info, ecdh_recipient_point,
    },
    kms::EmbeddedKms,
    region::Region,
};

/// An encrypted data key of a bundle, on record where a bundle has others than the one under its Region's symmetric key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EdkRecord {
    provider_id: String,
    key: EdkKey,
}

/// The key that an EDK names.
#[derive(Debug, Clone, PartialEq, Eq)]
enum EdkKey {
    /// An ARN, or a raw key's name, as `inspect` shows it.
    Name(String),
    /// The recipient's compressed point, of an EDK of ECDH.
    Recipient(Vec<u8>),
}

/// In format 1: an object with two strings.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Stored<'a> {
    provider_id: Cow<'a, str>,
    key: Cow<'a, str>,
}

/// What stands before the hex digits of a point.
const RECIPIENT: &str = "recipient ";

impl EdkRecord {
    /// Its provider id and its key, as a record has them.
    pub(crate) fn texts(&self) -> (String, String) {
        let Stored { provider_id, key } = Stored::from(self);
        (provider_id.into_owned(), key.into_owned())
    }

    /// The reverse of [`EdkRecord::texts`].
    pub(crate) fn of_texts(provider_id: String, key: String) -> Self {
        Stored { provider_id: Cow::Owned(provider_id), key: Cow::Owned(key) }.into()
    }

    pub(crate) fn of(edk: &EncryptedDataKey) -> Self {
        let recipient = ecdh_recipient_point(edk).map(|point| EdkKey::Recipient(point.to_owned()));
        Self { provider_id: edk.provider_id.clone(), key: recipient.unwrap_or_else(|| EdkKey::Name(display_provider_info(edk))) }
    }

    /// That under a symmetric key.
    pub(crate) fn under_symmetric_key(key: &str) -> Self {
        Self { provider_id: AWS_KMS_PROVIDER_ID.to_owned(), key: EdkKey::Name(key.to_owned()) }
    }

    /// The KMS key of this Region that it is under. One of ECDH names a point: then the keystore has to have the key.
    pub(crate) fn key_in(&self, region: Region, kms: &EmbeddedKms) -> Option<KeyArn> {
        let key = match (self.provider_id.as_str(), &self.key) {
            (AWS_KMS_PROVIDER_ID | AWS_KMS_RSA_PROVIDER_ID, EdkKey::Name(_)) => self.key_arn(),
            (_, EdkKey::Recipient(point)) => kms.key_with_point_in(region, &public_key(point)?),
            _ => None,
        };
        key.filter(|key| key.region() == region)
    }

    /// True for an EDK that AWS KMS, or the embedded one, makes under a symmetric key.
    pub(crate) fn is_under_symmetric_key(&self) -> bool {
        self.provider_id == AWS_KMS_PROVIDER_ID
    }

    /// The KMS key that it names.
    pub(crate) fn key_arn(&self) -> Option<KeyArn> {
        match &self.key {
            EdkKey::Name(name) => name.parse().ok(),
            EdkKey::Recipient(_) => None,
        }
    }

    /// True when the keystore can unwrap it.
    pub(crate) fn opens_with(&self, kms: &EmbeddedKms) -> bool {
        self.kms_key(kms).is_some_and(|key| kms.can_unwrap(&key))
    }

    /// The KMS key that it is under. One of ECDH names a point: then the keystore has to have the key.
    pub(crate) fn kms_key(&self, kms: &EmbeddedKms) -> Option<KeyArn> {
        match (self.provider_id.as_str(), &self.key) {
            (AWS_KMS_PROVIDER_ID | AWS_KMS_RSA_PROVIDER_ID, EdkKey::Name(_)) => self.key_arn(),
            (_, EdkKey::Recipient(point)) => public_key(point).and_then(|recipient| kms.key_with_public_key(&recipient)),
            _ => None,
        }
    }
}

fn public_key(point: &[u8]) -> Option<EcPublicKey> {
    let curve = Curve::ALL.into_iter().find(|curve| curve.point_length() == point.len())?;
    EcPublicKey::from_compressed(curve, point).ok()
}

/// As it is told to people.
impl fmt::Display for EdkRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Stored { provider_id, key } = Stored::from(self);
        write!(f, "{provider_id} {key}")
    }
}

impl<'a> From<&'a EdkRecord> for Stored<'a> {
    fn from(EdkRecord { provider_id, key }: &'a EdkRecord) -> Self {
        let key = match key {
            EdkKey::Name(name) => Cow::Borrowed(name.as_str()),
            EdkKey::Recipient(point) => Cow::Owned(format!("{RECIPIENT}{}", hex::encode(point))),
        };
        Self { provider_id: Cow::Borrowed(provider_id), key }
    }
}

impl From<Stored<'_>> for EdkRecord {
    fn from(Stored { provider_id, key }: Stored<'_>) -> Self {
        let is_ecdh = matches!(&*provider_id, RAW_ECDH_PROVIDER_ID | AWS_KMS_ECDH_PROVIDER_ID);
        let digits = is_ecdh.then(|| key.strip_prefix(RECIPIENT)).flatten();
        // Other digits than those that are written here stay the text that they are.
        let point = digits.and_then(|digits| hex::decode(digits).ok().filter(|point| hex::encode(point) == digits));
        let key = point.map_or_else(|| EdkKey::Name(key.into_owned()), EdkKey::Recipient);
        Self { provider_id: provider_id.into_owned(), key }
    }
}

impl Serialize for EdkRecord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Stored::from(self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for EdkRecord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Stored::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(provider_id: &str, key: &str) -> EdkRecord {
        serde_json::from_value(serde_json::json!({ "ProviderId": provider_id, "Key": key })).expect("a record")
    }

    #[test]
    fn what_format_1_holds_is_written_as_it_was_read() {
        for (provider_id, key, is_point) in [
            ("aws-kms", "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab", false),
            ("home", "recipient 02ab", false),
            ("raw-ecdh", "recipient 02ab", true),
            ("aws-kms-ecdh", "recipient 02ab", true),
            ("raw-ecdh", "recipient 02AB", false),
            ("raw-ecdh", "recipient 02a", false),
            ("raw-ecdh", "\\u{0}", false),
        ] {
            let record = record(provider_id, key);
            assert_eq!(matches!(record.key, EdkKey::Recipient(_)), is_point, "{provider_id} {key}");
            let written = serde_json::to_string(&record).expect("JSON");
            assert_eq!(written, format!("{{\"ProviderId\":\"{provider_id}\",\"Key\":{}}}", serde_json::json!(key)));
            assert_eq!(record.to_string(), format!("{provider_id} {key}"));
        }
    }

    #[test]
    fn other_members_are_refused() {
        let json = r#"{"ProviderId":"home","Key":"backup","More":1}"#;
        assert!(serde_json::from_str::<EdkRecord>(json).is_err());
    }
}
