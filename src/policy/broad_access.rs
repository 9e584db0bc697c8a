//! Whether a policy gives access to everyone.
//!
//! AWS asks an engine that reasons over all requests. Here the rules decide that AWS has written down: for
//! [secrets](https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_secret-policy.html), and
//! [for S3](https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status),
//! to which that page refers. A policy is taken for open until it is shown that each statement that allows something to everyone is limited to
//! fixed values: values without a wildcard and without a policy variable.

use std::net::IpAddr;

use super::statement::{ConditionTest, Effect, Meant, Statement};

/// The keys that limit whoever asks, in lower case: those of both pages that are not about buckets, and the account beside user, role and
/// organization, as a principal.
const LIMITING_KEYS: [&str; 9] = [
    "aws:sourcearn",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:sourceaccount",
    "aws:sourceowner",
    "aws:principalorgid",
    "aws:principalarn",
    "aws:principalaccount",
    "aws:userid",
];
/// The length of the range of all private addresses, fc00::/7. Those of IPv4 are none of them broader than /8.
const PRIVATE_V6: u8 = 7;
const SOURCE_IP: &str = "aws:sourceip";
/// Operators that hold for the values alone: a request without the key does not pass.
const POSITIVE: [&str; 5] = ["StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike"];
/// Operators that hold for all but the values: what they deny is denied to a request without the key too.
const NEGATIVE: [&str; 5] = ["StringNotEquals", "StringNotEqualsIgnoreCase", "StringNotLike", "ArnNotEquals", "ArnNotLike"];

/// The place of the first statement that allows something to everyone.
pub(super) fn first(statements: &[Statement]) -> Option<&str> {
    if statements.iter().any(denies_strangers) {
        return None;
    }
    let is_open = |statement: &&Statement| {
        statement.effect == Effect::Allow && statement.is_about_everyone() && !statement.condition.iter().any(limits)
    };
    statements.iter().find(is_open).map(|statement| statement.place.as_str())
}

/// Whether a test holds for fixed values only.
fn limits(test: &ConditionTest) -> bool {
    let operator = test.operator.strip_prefix("ForAnyValue:").unwrap_or(&test.operator);
    if operator == "IpAddress" { is_of_narrow_ranges(test) } else { POSITIVE.contains(&operator) && is_of_fixed_values(test) }
}

/// Whether a statement denies everything to all but fixed values.
fn denies_strangers(statement: &Statement) -> bool {
    // Tests hold together: of two, each lets some strangers pass.
    let [test] = statement.condition.as_slice() else { return false };
    let operator = test.operator.strip_suffix("IfExists").unwrap_or(&test.operator);
    let is_but_for_fixed =
        if operator == "NotIpAddress" { is_of_narrow_ranges(test) } else { NEGATIVE.contains(&operator) && is_of_fixed_values(test) };
    let is_all = |actions: &Meant<Vec<String>>| matches!(actions, Meant::These(list) if list.iter().any(|action| covers_all(action)));
    let is_any_resource = matches!(&statement.resources, Meant::These(list) if list.iter().any(|resource| resource == "*"));
    statement.effect == Effect::Deny && statement.leaves_no_one_out() && is_all(&statement.actions) && is_any_resource && is_but_for_fixed
}

fn covers_all(action: &str) -> bool {
    action == "*" || action.eq_ignore_ascii_case("secretsmanager:*")
}

fn is_of_fixed_values(test: &ConditionTest) -> bool {
    let is_limiting = LIMITING_KEYS.iter().any(|key| test.key.eq_ignore_ascii_case(key));
    let is_fixed = |value: &String| !value.is_empty() && !value.contains(['*', '?']) && !value.contains("${");
    is_limiting && all(test, is_fixed)
}

fn is_of_narrow_ranges(test: &ConditionTest) -> bool {
    test.key.eq_ignore_ascii_case(SOURCE_IP) && all(test, |value| is_narrow(value))
}

fn all(test: &ConditionTest, is_one: impl Fn(&String) -> bool) -> bool {
    !test.values.is_empty() && test.values.iter().all(|value| value.as_ref().is_some_and(&is_one))
}

/// An address, or a range that is not broader than /8 (IPv4) or /32 (IPv6), or private.
fn is_narrow(range: &str) -> bool {
    let (address, length) = match range.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (range, None),
    };
    let Ok(address) = address.parse::<IpAddr>() else { return false };
    let (bits, least) = match address {
        IpAddr::V4(_) => (32, 8),
        IpAddr::V6(address) if address.is_unique_local() => (128, PRIVATE_V6),
        IpAddr::V6(_) => (128, 32),
    };
    length.is_none_or(|length| length.parse::<u8>().is_ok_and(|length| (least..=bits).contains(&length)))
}
