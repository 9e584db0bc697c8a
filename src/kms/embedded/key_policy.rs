//! Key policies: their grammar is checked, they are stored and shown. **Nothing here enforces one**: whoever opens the keystore may do
//! everything.

use serde_json::json;

use super::{
    key::{Key, KeyManager},
    state::EmbeddedKms,
};
use crate::{
    arn::KeyArn,
    error::{Constraint, KeyPropertyRefusal, RequestRefusal, Result, Violation},
    policy::{self, Policy},
    region::Region,
};

/// Longest key policy in bytes, as the quota of AWS KMS says.
const LIMIT: usize = 32 * 1024;
/// The only policy that a key has.
const NAME: &str = "default";

impl EmbeddedKms {
    /// [GetKeyPolicy](https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html) of a key id or key ARN: the JSON text as it
    /// was put, or the default policy.
    ///
    /// # Errors
    /// `NotFoundException` for another policy name than `default`; as for [`EmbeddedKms::resolve`].
    pub fn key_policy(&self, region: Region, key_id: &str, policy_name: Option<&str>) -> Result<String> {
        let key = self.named_by_id(region, key_id)?;
        check_name(policy_name)?;
        let key = key.embedded(None)?;
        Ok(shown(key.arn(), &key))
    }

    /// [PutKeyPolicy](https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html) for a key id or key ARN.
    ///
    /// # Errors
    /// `MalformedPolicyDocumentException`; `LimitExceededException` over 32 KB; `AccessDeniedException` for an AWS managed key; as for
    /// [`EmbeddedKms::key_policy`].
    pub fn put_key_policy(&mut self, region: Region, key_id: &str, policy_name: Option<&str>, policy: &str) -> Result<()> {
        let mut key = self.customer_key_mut(region, key_id, "PutKeyPolicy")?;
        check_name(policy_name)?;
        check_new(policy)?;
        key.change().policy = Some(policy.to_owned());
        Ok(())
    }
}

fn check_name(name: Option<&str>) -> Result<()> {
    if name.is_none_or(|name| name == NAME) {
        return Ok(());
    }
    Err(KeyPropertyRefusal::NoSuchPolicy.into())
}

/// The policy of a key as GetKeyPolicy shows it.
pub(super) fn shown(arn: &KeyArn, key: &Key) -> String {
    if let Some(policy) = &key.policy {
        return policy.clone();
    }
    let (partition, region, account) = (arn.region().partition(), arn.region(), arn.account());
    let policy = match key.manager {
        KeyManager::Customer => json!({
            "Version": "2012-10-17",
            "Id": "key-default-1",
            "Statement": [{
                "Sid": "Enable IAM User Permissions",
                "Effect": "Allow",
                "Principal": { "AWS": format!("arn:{partition}:iam::{account}:root") },
                "Action": "kms:*",
                "Resource": "*",
            }],
        }),
        KeyManager::Aws => json!({
            "Version": "2012-10-17",
            "Id": "auto-secretsmanager-2",
            "Statement": [{
                "Sid": "Use through Secrets Manager only",
                "Effect": "Allow",
                "Principal": { "AWS": "*" },
                "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
                "Resource": "*",
                "Condition": { "StringEquals": {
                    "kms:CallerAccount": account.as_str(),
                    "kms:ViaService": format!("secretsmanager.{region}.amazonaws.com"),
                } },
            }],
        }),
    };
    format!("{policy:#}")
}

/// Whether a text can be the policy of a key from now on.
///
/// # Errors
/// As for [`check`], with all that AWS checks of a policy's elements and principals.
pub(super) fn check_new(policy: &str) -> Result<()> {
    check(policy)?;
    let fault = |faults| RequestRefusal::MalformedPolicy(policy::first(faults).into_text());
    Policy::new(policy).map(drop).map_err(|faults| fault(faults).into())
}

/// Whether a text can be a key policy that is kept.
///
/// # Errors
/// `ValidationException`, `LimitExceededException`, `MalformedPolicyDocumentException`. They repeat nothing of the text but names of members.
pub(in crate::kms) fn check(policy: &str) -> Result<()> {
    if policy.is_empty() {
        return Err(Violation::new("policy", Constraint::LeastLength(1)).into());
    }
    if !policy.chars().all(|c| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{ff}')) {
        return Err(Violation::new("policy", Constraint::Pattern(r"[\u0009\u000A\u000D\u0020-\u00FF]+")).into());
    }
    if policy.len() > LIMIT {
        return Err(KeyPropertyRefusal::PolicyTooLong { length: policy.len(), limit: LIMIT }.into());
    }
    policy::check_grammar(policy)
}
