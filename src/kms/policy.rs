//! Key policies: their grammar is checked, they are stored and shown. **Nothing here enforces one**: whoever opens the keystore may do
//! everything.

use serde_json::{Map, Value, json};

use super::{
    EmbeddedKms,
    keys::{Key, KeyManager, validation},
};
use crate::{
    arn::KeyArn,
    error::{Error, ErrorCode, Result},
    region::Region,
};

/// Longest key policy in bytes, as the quota of AWS KMS says.
const LIMIT: usize = 32 * 1024;
/// The only policy that a key has.
const NAME: &str = "default";
const VERSIONS: [&str; 2] = ["2012-10-17", "2008-10-17"];
const STATEMENT_MEMBERS: [&str; 9] =
    ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];
const PRINCIPALS: [&str; 4] = ["AWS", "Service", "Federated", "CanonicalUser"];

impl EmbeddedKms {
    /// [GetKeyPolicy](https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html) of a key id or key ARN: the JSON text as it
    /// was put, or the default policy.
    ///
    /// # Errors
    /// `NotFoundException` for another policy name than `default`; as for [`EmbeddedKms::resolve`].
    pub fn key_policy(&self, region: Region, key_id: &str, policy_name: Option<&str>) -> Result<String> {
        let arn = self.resolve_key_only(region, key_id)?;
        check_name(policy_name)?;
        Ok(shown(&arn, self.key(&arn)?))
    }

    /// [PutKeyPolicy](https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html) for a key id or key ARN.
    ///
    /// # Errors
    /// `MalformedPolicyDocumentException`; `LimitExceededException` over 32 KB; `AccessDeniedException` for an AWS managed key; as for
    /// [`EmbeddedKms::key_policy`].
    pub fn put_key_policy(&mut self, region: Region, key_id: &str, policy_name: Option<&str>, policy: &str) -> Result<()> {
        let arn = self.managed_key(region, key_id, "PutKeyPolicy")?;
        check_name(policy_name)?;
        check(policy)?;
        self.key_mut(&arn)?.policy = Some(policy.to_owned());
        Ok(())
    }
}

fn check_name(name: Option<&str>) -> Result<()> {
    if name.is_none_or(|name| name == NAME) {
        return Ok(());
    }
    Err(Error::service(ErrorCode::NotFoundException, "No such policy exists; the only policy of a key is named 'default'"))
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

/// Whether a text can be a key policy.
///
/// # Errors
/// `ValidationException`, `LimitExceededException`, `MalformedPolicyDocumentException`. They repeat nothing of the text but names of members.
pub(super) fn check(policy: &str) -> Result<()> {
    if policy.is_empty() {
        return Err(validation("policy", "Member must have length greater than or equal to 1"));
    }
    if !policy.chars().all(|c| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{ff}')) {
        let pattern = r"[\u0009\u000A\u000D\u0020-\u00FF]+";
        return Err(validation("policy", &format!("Member must satisfy regular expression pattern: {pattern}")));
    }
    if policy.len() > LIMIT {
        let message = format!("The key policy has {} bytes, more than {LIMIT}", policy.len());
        return Err(Error::service(ErrorCode::LimitExceededException, message));
    }
    grammar(policy).map_err(|what| Error::service(ErrorCode::MalformedPolicyDocumentException, what))
}

/// The [grammar of policies](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html) for a policy that is attached
/// to a resource: JSON, members, and the kinds of their values.
fn grammar(policy: &str) -> Result<(), String> {
    let value: Value = serde_json::from_str(policy)
        .map_err(|error| format!("The policy is not JSON (line {}, column {})", error.line(), error.column()))?;
    let Value::Object(members) = value else { return Err("The policy is not a JSON object".to_owned()) };
    known_members("The policy", &members, &["Version", "Id", "Statement"])?;
    match members.get("Version") {
        None => {}
        Some(Value::String(version)) if VERSIONS.contains(&version.as_str()) => {}
        Some(_) => return Err(format!("Version must be {}", VERSIONS.join(" or "))),
    }
    if members.get("Id").is_some_and(|id| !id.is_string()) {
        return Err("Id must be a string".to_owned());
    }
    match members.get("Statement") {
        Some(Value::Array(statements)) if !statements.is_empty() => {
            statements.iter().enumerate().try_for_each(|(at, value)| statement(&format!("Statement {}", at + 1), value))
        }
        Some(value @ Value::Object(_)) => statement("Statement", value),
        _ => Err("Statement must be an object, or a list with at least one".to_owned()),
    }
}

fn statement(place: &str, value: &Value) -> Result<(), String> {
    let Value::Object(members) = value else { return Err(format!("{place}: not a JSON object")) };
    known_members(place, members, &STATEMENT_MEMBERS)?;
    if members.get("Sid").is_some_and(|sid| !sid.is_string()) {
        return Err(format!("{place}: Sid must be a string"));
    }
    match members.get("Effect").and_then(Value::as_str) {
        Some("Allow" | "Deny") => {}
        _ => return Err(format!("{place}: Effect must be Allow or Deny")),
    }
    principal(place, one_of(place, members, ["Principal", "NotPrincipal"])?)?;
    for names in [["Action", "NotAction"], ["Resource", "NotResource"]] {
        if !is_text(one_of(place, members, names)?) {
            return Err(format!("{place}: {} must be a string, or a list of strings", names.join(" or ")));
        }
    }
    members.get("Condition").map_or(Ok(()), |condition| self::condition(place, condition))
}

fn known_members(place: &str, members: &Map<String, Value>, known: &[&str]) -> Result<(), String> {
    match members.keys().find(|member| !known.contains(&member.as_str())) {
        Some(unknown) => Err(format!("{place}: unknown member '{}'; there may be {}", unknown.escape_debug(), known.join(", "))),
        None => Ok(()),
    }
}

fn one_of<'a>(place: &str, members: &'a Map<String, Value>, names: [&str; 2]) -> Result<&'a Value, String> {
    match names.map(|name| members.get(name)) {
        [Some(value), None] | [None, Some(value)] => Ok(value),
        _ => Err(format!("{place}: exactly one of {} is needed", names.join(" and "))),
    }
}

fn principal(place: &str, value: &Value) -> Result<(), String> {
    match value {
        Value::String(everyone) if everyone == "*" => Ok(()),
        Value::Object(kinds) if !kinds.is_empty() => {
            known_members(&format!("{place}: Principal"), kinds, &PRINCIPALS)?;
            if kinds.values().all(is_text) { Ok(()) } else { Err(format!("{place}: a principal must be a string, or a list of strings")) }
        }
        _ => Err(format!("{place}: Principal must be \"*\" or an object with {}", PRINCIPALS.join(", "))),
    }
}

fn condition(place: &str, value: &Value) -> Result<(), String> {
    let scalar = |value: &Value| value.is_string() || value.is_boolean() || value.is_number();
    let operand = |value: &Value| scalar(value) || value.as_array().is_some_and(|list| list.iter().all(scalar));
    let operator = |value: &Value| value.as_object().is_some_and(|keys| keys.values().all(operand));
    if value.as_object().is_some_and(|operators| operators.values().all(operator)) {
        Ok(())
    } else {
        Err(format!("{place}: Condition must be an object of operators, each an object of keys with values"))
    }
}

/// A string, or a list of strings with at least one.
fn is_text(value: &Value) -> bool {
    value.is_string() || value.as_array().is_some_and(|list| !list.is_empty() && list.iter().all(Value::is_string))
}
