//! The forms of [principals](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html). Whether one is there
//! cannot be told offline.

use super::{
    fault::PolicyFault,
    statement::{Principals, Statement},
};

/// The ends of the names of services.
const SERVICE_DOMAINS: [&str; 6] = [".amazonaws.com", ".amazonaws.com.cn", ".amazon.com", ".c2s.ic.gov", ".sc2s.sgov.gov", ".amazonaws.eu"];

const OF_AWS: &str = "\"*\", an account, or the whole ARN of an account, a user, a role or a session";

/// The principals that no policy can name, one of each kind in a statement.
pub(super) fn faults(statements: &[Statement]) -> impl Iterator<Item = PolicyFault> + '_ {
    statements.iter().flat_map(|statement| match statement.principals.listed() {
        Principals::Everyone => Vec::new(),
        Principals::Named(kinds) => kinds.iter().filter_map(|(kind, names)| fault(&statement.place, kind, names)).collect(),
    })
}

/// Checks the form of one principal of AWS.
///
/// # Errors
/// What it may be.
pub(super) fn check_of_aws(name: &str) -> Result<(), String> {
    if is_of_aws(name) { Ok(()) } else { Err(format!("It must be {OF_AWS}")) }
}

fn fault(place: &str, kind: &str, names: &[String]) -> Option<PolicyFault> {
    let (is_one, form): (fn(&str) -> bool, _) = match kind {
        "AWS" => (is_of_aws, OF_AWS),
        "Service" => (is_service, "the name of a service, such as lambda.amazonaws.com"),
        "Federated" => (is_provider, "the ARN or the domain of an identity provider"),
        _ => (is_canonical, "64 hex digits"),
    };
    let at = names.iter().position(|name| !is_one(name))?;
    let which = if names.len() == 1 { format!("Principal {kind}") } else { format!("Principal {kind} {}", at + 1) };
    let what = format!("{place}: {which} must be {form}");
    Some(if kind == "Service" { PolicyFault::ServicePrincipal(what) } else { PolicyFault::Principal(what) })
}

fn is_of_aws(name: &str) -> bool {
    name == "*" || is_account(name) || is_unique_id(name) || is_arn(name)
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// What stands in place of a principal that was deleted.
fn is_unique_id(text: &str) -> bool {
    text.starts_with('A') && (16..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

fn is_arn(text: &str) -> bool {
    let fields: Vec<&str> = text.splitn(6, ':').collect();
    let [scheme, partition, service, region, account, resource] = fields.as_slice() else { return false };
    let kinds: &[&str] = match *service {
        "iam" => &["user/", "role/"],
        "sts" => &["assumed-role/", "federated-user/"],
        _ => return false,
    };
    let is_named = kinds.iter().any(|kind| resource.strip_prefix(kind).is_some_and(is_name));
    let is_session = !resource.starts_with("assumed-role/") || resource.split('/').filter(|part| !part.is_empty()).count() >= 3;
    *scheme == "arn"
        && partition.split('-').next() == Some("aws")
        && region.is_empty()
        && is_account(account)
        && ((*service == "iam" && *resource == "root") || (is_named && is_session))
}

/// No wildcard stands for a part of a name.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic() && !b"*?".contains(&byte))
}

fn is_service(name: &str) -> bool {
    let is_label = |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    SERVICE_DOMAINS.iter().any(|domain| name.strip_suffix(domain).is_some_and(|service| service.split('.').all(is_label)))
}

fn is_provider(name: &str) -> bool {
    is_name(name) && (name.contains('.') || name.starts_with("arn:aws"))
}

fn is_canonical(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}
