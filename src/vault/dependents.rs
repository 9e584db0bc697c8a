//! Which secrets a KMS key is needed for.

use super::{Listed, Vault, family::Family, record::SecretRecord, walk::each_family};
use crate::{arn::KeyArn, error::Result};

impl Vault {
    /// The ARNs of the secrets with a bundle under one of these keys, in those bundles' Regions; none where there is no vault. What cannot be
    /// read may be another one.
    ///
    /// # Errors
    /// The vault cannot be read.
    pub fn secrets_under_keys(&self, keys: &[KeyArn]) -> Result<Listed<String>> {
        if !self.is_there()? {
            return Ok(Listed::default());
        }
        let names: Vec<_> = keys.iter().map(KeyArn::to_string).collect();
        let dependents =
            |family: Family| -> Vec<_> { family.present().flat_map(|(secret, _)| dependent_arns(&secret.record, &names)).collect() };
        let mut secrets = each_family(self, dependents)?;
        secrets.entries.sort_unstable();
        secrets.entries.dedup();
        Ok(secrets)
    }
}

fn dependent_arns(record: &SecretRecord, keys: &[String]) -> Vec<String> {
    let bundles = record.versions.iter().flat_map(|version| &version.bundles);
    bundles.filter(|bundle| keys.contains(&bundle.kms_key_id)).map(|bundle| record.arn.in_region(bundle.region).to_string()).collect()
}
