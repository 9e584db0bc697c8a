//! The policies, as [IAM](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html) reads them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{
    grants::{Grants, KeyUseScope, Together},
    request::PermissionRole,
    resource::{ArnPattern, pattern_of},
};
use crate::{arn::KeyArn, region::Region};

/// Most characters of a managed policy, white space not counted, by the
/// [quota of IAM](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
pub const MANAGED_POLICY_LENGTH: usize = 6144;
const VERSION: &str = "2012-10-17";
const CONTEXT_KEY: &str = "kms:EncryptionContext:SecretARN";
const VIA_SERVICE: &str = "kms:ViaService";

/// A policy for an IAM identity: a user, a group or a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct IdentityPolicy {
    /// `2012-10-17`.
    pub version: &'static str,
    /// At least one.
    pub statement: Vec<AllowStatement>,
}

/// Statements for the policy of a KMS key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct KeyPolicyStatements {
    /// ARN of the key.
    pub key_id: KeyArn,
    /// What is to stand in its policy, beside what stands there.
    pub statement: Vec<AllowStatement>,
}

/// A statement that allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AllowStatement {
    /// Letters and digits, each once in a policy.
    pub sid: String,
    /// `Allow`.
    pub effect: &'static str,
    /// Whom a resource's policy allows it; none in an identity's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal: Option<BTreeMap<&'static str, String>>,
    /// What is allowed.
    pub action: Vec<&'static str>,
    /// ARNs, or patterns of them.
    pub resource: Vec<String>,
    /// By operator, then by key.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub condition: BTreeMap<&'static str, BTreeMap<&'static str, Vec<String>>>,
}

impl IdentityPolicy {
    /// Characters, as IAM counts them.
    #[must_use]
    pub fn length(&self) -> usize {
        let json = serde_json::to_string(self).unwrap_or_default();
        json.chars().filter(|letter| !letter.is_ascii_whitespace()).count()
    }
}

pub(super) fn identity_policy(role: PermissionRole, grants: &Grants) -> IdentityPolicy {
    let mut statement = Vec::new();
    for Together { actions, secrets } in grants.secrets() {
        let resource = secrets.iter().map(|secret| secret.pattern.clone()).collect();
        statement.push(allow(role, statement.len(), actions, resource, BTreeMap::new()));
    }
    for (key, uses) in grants.keys() {
        for (scope, Together { actions, secrets }) in uses {
            statement.push(allow(role, statement.len(), actions, vec![pattern_of(&key.to_string())], condition(scope, secrets)));
        }
    }
    IdentityPolicy { version: VERSION, statement }
}

pub(super) fn key_statements(role: PermissionRole, grants: &Grants, principal: Option<&str>) -> Vec<KeyPolicyStatements> {
    let of_key = |(key, uses): (&KeyArn, Vec<(KeyUseScope, Together<'_>)>)| {
        let root = || format!("arn:{}:iam::{}:root", key.region().partition(), key.account());
        let whom = principal.map_or_else(root, str::to_owned);
        let statement = uses.into_iter().enumerate().map(|(at, (scope, Together { actions, secrets }))| AllowStatement {
            principal: Some(BTreeMap::from([("AWS", whom.clone())])),
            ..allow(role, at, actions, vec!["*".to_owned()], condition(scope, secrets))
        });
        KeyPolicyStatements { key_id: key.clone(), statement: statement.collect() }
    };
    grants.keys().map(of_key).collect()
}

fn allow(
    role: PermissionRole,
    at: usize,
    action: Vec<&'static str>,
    resource: Vec<String>,
    condition: BTreeMap<&'static str, BTreeMap<&'static str, Vec<String>>>,
) -> AllowStatement {
    AllowStatement { sid: format!("Coldseal{role:?}{}", at + 1), effect: "Allow", principal: None, action, resource, condition }
}

fn condition(scope: KeyUseScope, secrets: &BTreeSet<ArnPattern>) -> BTreeMap<&'static str, BTreeMap<&'static str, Vec<String>>> {
    let mut condition: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
    let services = match scope {
        KeyUseScope::Unbound => return condition,
        KeyUseScope::Context => Vec::new(),
        KeyUseScope::ViaSecretsManager(region) => services(region),
    };
    if !services.is_empty() {
        condition.entry("StringEquals").or_default().insert(VIA_SERVICE, services);
    }
    let literals: Option<Vec<_>> = secrets.iter().map(|secret| secret.literal.clone()).collect();
    let patterns = || secrets.iter().map(|secret| secret.pattern.clone()).collect();
    let (operator, names) = literals.map_or_else(|| ("StringLike", patterns()), |literals| ("StringEquals", literals));
    condition.entry(operator).or_default().insert(CONTEXT_KEY, names);
    condition
}

/// The names that Secrets Manager has to AWS KMS in a Region.
fn services(region: Region) -> Vec<String> {
    let name = format!("secretsmanager.{region}.amazonaws.com");
    // Both are seen there.
    if region.partition().id() == "aws-cn" { vec![name.clone(), format!("{name}.cn")] } else { vec![name] }
}
