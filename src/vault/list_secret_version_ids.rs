//! [ListSecretVersionIds](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecretVersionIds.html).

use serde::Serialize;

use super::{
    Vault,
    record::{SecretRecord, VersionRecord},
    stages::moves_with_the_key,
};
use crate::{
    arn::SecretArn,
    error::Result,
    kms::{DEFAULT_KEY_ALIAS, EmbeddedKms},
    page::ListOrder,
    region::Region,
    timestamp::Timestamp,
};

/// What stands in place of the default key.
const DEFAULT_ENCRYPTION_KEY: &str = "DefaultEncryptionKey";

/// The versions of a secret in a Region.
#[derive(Debug, Clone)]
pub struct SecretVersions {
    /// In the order in which they were made.
    pub versions: Vec<SecretVersionsListEntry>,
    /// The secret's ARN in that Region.
    pub arn: SecretArn,
    /// The secret's name.
    pub name: String,
}

/// One version. When it was read last is not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SecretVersionsListEntry {
    /// Its id.
    pub version_id: String,
    /// Its labels; without one it is deprecated.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub version_stages: Vec<String>,
    /// When it was made.
    pub created_date: Timestamp,
    /// The key that encrypts it in the Region: its ARN, or `DefaultEncryptionKey`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kms_key_ids: Vec<String>,
}

/// By the date of creation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ByCreation;

impl ListOrder<SecretVersionsListEntry> for ByCreation {
    fn name(&self) -> String {
        "Versions".to_owned()
    }

    fn position(&self, entry: &SecretVersionsListEntry) -> Vec<String> {
        vec![entry.created_date.to_string(), entry.version_id.clone()]
    }
}

/// Which versions are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ListedVersions {
    /// Those with a label.
    #[default]
    Labelled,
    /// Deprecated ones too.
    All,
}

impl Vault {
    /// Lists the versions of a secret as the Region that answers has them. `kms` tells which key is the default one.
    ///
    /// # Errors
    /// `ResourceNotFoundException`, no vault, or a damaged record.
    pub fn list_secret_version_ids(
        &self,
        kms: Option<&EmbeddedKms>,
        secret_id: &str,
        region: Option<Region>,
        listed: ListedVersions,
    ) -> Result<SecretVersions> {
        let (secret, region) = self.find(secret_id, region)?;
        let record = secret.record;
        let is_listed = |labels: &[String]| listed == ListedVersions::All || !labels.is_empty();
        let entries = record.versions_in(region).filter(|(_, labels)| is_listed(labels));
        let mut versions: Vec<_> = entries
            .map(|(version, labels)| SecretVersionsListEntry {
                version_id: version.version_id.clone(),
                version_stages: labels.to_vec(),
                created_date: version.created_date,
                kms_key_ids: kms_key_id(kms, &record, version, region).into_iter().collect(),
            })
            .collect();
        versions.sort_by_cached_key(|entry| ByCreation.position(entry));
        Ok(SecretVersions { versions, arn: record.arn.in_region(region), name: record.name })
    }
}

fn kms_key_id(kms: Option<&EmbeddedKms>, record: &SecretRecord, version: &VersionRecord, region: Region) -> Option<String> {
    let key = &version.bundle(region)?.kms_key_id;
    let is_default = match kms.and_then(|kms| kms.default_key(region)) {
        Some(default) => default.to_string() == *key,
        // The record tells it of those that go with the key on it.
        None => record.key_name(region) == DEFAULT_KEY_ALIAS && moves_with_the_key(version),
    };
    Some(if is_default { DEFAULT_ENCRYPTION_KEY.to_owned() } else { key.clone() })
}
