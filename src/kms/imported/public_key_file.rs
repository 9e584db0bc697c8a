//! What a file to be imported can be: JSON of GetPublicKey or of ListAliases, or a public key as DER or PEM.

use serde::Deserialize;
use serde_json::Value;

use super::kms_public_key::{KmsPublicKey, key_arn, not_json};
use crate::{
    arn::{AliasArn, KeyArn},
    crypto::KeyFile,
    error::{PublicKeyRefusal, Result},
    kms::key_spec::KeyUsage,
};

/// What `aws kms get-public-key` or `aws kms list-aliases` printed, or a public key file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicKeyFile {
    /// A public key.
    Key(KmsPublicKey),
    /// The ARN of each alias, and the id of the key that it names.
    Aliases(Vec<(AliasArn, String)>),
}

/// What a file may not tell of its key: DER and PEM neither ARN nor usage, and some JSON the id alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedKey {
    arn: KeyArn,
    usage: Option<KeyUsage>,
}

impl NamedKey {
    /// A key ARN, and the name of a usage, which JSON tells itself.
    ///
    /// # Errors
    /// `InvalidArnException`; as for [`KeyUsage::parse`].
    pub fn new(arn: &str, usage: Option<&str>) -> Result<Self> {
        Ok(Self { arn: key_arn(arn)?, usage: usage.map(KeyUsage::parse).transpose()? })
    }
}

impl PublicKeyFile {
    /// Longest file that is read, in bytes.
    pub const LIMIT: usize = 16 * 1024 * 1024;

    /// Reads a file; JSON begins with a brace, PEM with dashes. DER and PEM need all of `named`, JSON its ARN where it has the bare id of its key.
    ///
    /// # Errors
    /// As for [`KmsPublicKey::from_answer_of`] and [`KmsPublicKey::from_der`].
    pub fn parse(bytes: &[u8], named: Option<&NamedKey>) -> Result<Self> {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
            return Err(PublicKeyRefusal::Utf16.into());
        }
        let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
        match (first, named) {
            (Some(b'{'), Some(NamedKey { usage: Some(_), .. })) => Err(PublicKeyRefusal::NamedTwice.into()),
            (Some(b'{'), named) => parse_json(bytes, named.map(|named| &named.arn)),
            (Some(b'-'), Some(named)) => from_der(&from_pem(bytes)?, named),
            (Some(0x30), Some(named)) => from_der(bytes, named),
            (Some(b'-' | 0x30), None) => Err(PublicKeyRefusal::NotNamed.into()),
            _ => Err(PublicKeyRefusal::UnknownFile.into()),
        }
    }
}

fn from_der(der: &[u8], named: &NamedKey) -> Result<PublicKeyFile> {
    let usage = named.usage.ok_or(PublicKeyRefusal::NotNamed)?;
    KmsPublicKey::from_der(der, &named.arn, usage).map(PublicKeyFile::Key)
}

fn from_pem(bytes: &[u8]) -> Result<Vec<u8>> {
    match KeyFile::parse(bytes) {
        Ok(KeyFile::RsaPublic(key)) => Ok(key.to_spki_der().to_vec()),
        Ok(KeyFile::EcPublic(key)) => Ok(key.to_spki_der().to_vec()),
        _ => Err(PublicKeyRefusal::NotOnePem.into()),
    }
}

fn parse_json(bytes: &[u8], arn: Option<&KeyArn>) -> Result<PublicKeyFile> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape {
        aliases: Option<Vec<Value>>,
    }
    let text = std::str::from_utf8(bytes).map_err(|_| PublicKeyRefusal::NotUtf8)?;
    let shape: Shape = serde_json::from_str(text).map_err(|error| not_json("GetPublicKey or ListAliases", &error))?;
    match (shape.aliases, arn) {
        (Some(_), Some(_)) => Err(PublicKeyRefusal::NamedTwice.into()),
        (Some(entries), None) => {
            Ok(PublicKeyFile::Aliases(entries.into_iter().filter_map(|entry| alias(entry).transpose()).collect::<Result<_>>()?))
        }
        (None, Some(arn)) => KmsPublicKey::from_answer_of(text, arn).map(PublicKeyFile::Key),
        (None, None) => KmsPublicKey::from_answer(text).map(PublicKeyFile::Key),
    }
}

/// An entry of ListAliases; `None` for an alias of AWS that has no key yet.
fn alias(entry: Value) -> Result<Option<(AliasArn, String)>> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct ListedAlias {
        alias_arn: AliasArn,
        target_key_id: Option<String>,
    }
    let entry: ListedAlias = serde_json::from_value(entry).map_err(|_| PublicKeyRefusal::NotAnAlias)?;
    Ok(entry.target_key_id.map(|target| (entry.alias_arn, target)))
}
