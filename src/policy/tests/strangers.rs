//! A policy that is not open lets no stranger in: random policies beside what IAM would decide on requests of strangers.

use std::{collections::BTreeMap, net::Ipv4Addr};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::Policy;

const KEYS: [&str; 3] = ["aws:SourceAccount", "aws:PrincipalArn", "aws:UserAgent"];
const OPERATORS: [&str; 8] = [
    "StringEquals",
    "StringNotEquals",
    "StringLike",
    "StringNotLike",
    "StringEqualsIfExists",
    "StringNotEqualsIfExists",
    "ForAnyValue:StringEquals",
    "ForAllValues:StringEquals",
];
/// `known` is whom the writer of the policy means.
const VALUES: [&str; 4] = ["known", "kn*", "*", "other"];
/// What a stranger can bring along.
const OF_STRANGERS: [Option<&str>; 3] = [None, Some("other"), Some("stranger")];
const ACTIONS: [&str; 3] = ["secretsmanager:GetSecretValue", "secretsmanager:*", "*"];

fn test() -> impl Strategy<Value = (String, String, Value)> {
    let values = prop::collection::vec(prop::sample::select(&VALUES[..]), 1..3);
    let of_text = (prop::sample::select(&OPERATORS[..]), prop::sample::select(&KEYS[..]), values)
        .prop_map(|(operator, key, values)| (operator.to_owned(), key.to_owned(), json!(values)));
    let ranges = prop::collection::vec(prop::sample::select(&["192.0.2.0/24", "0.0.0.0/0", "128.0.0.0/1"][..]), 1..3);
    let of_addresses = (prop::sample::select(&["IpAddress", "NotIpAddress"][..]), ranges)
        .prop_map(|(operator, ranges)| (operator.to_owned(), "aws:SourceIp".to_owned(), json!(ranges)));
    prop_oneof![4 => of_text, 1 => of_addresses]
}

fn statement() -> impl Strategy<Value = Value> {
    let principals = prop::sample::select(vec![
        json!("*"),
        json!({ "AWS": "*" }),
        json!({ "AWS": "111122223333" }),
        json!({ "AWS": ["111122223333", "*"] }),
    ]);
    let effect = prop::sample::select(&["Allow", "Deny"][..]);
    let tests = prop::collection::vec(test(), 0..3);
    (effect, principals, any::<bool>(), prop::sample::select(&ACTIONS[..]), tests).prop_map(
        |(effect, principals, is_not, action, tests)| {
            let mut condition: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
            for (operator, key, values) in tests {
                condition.entry(operator).or_default().insert(key, values);
            }
            let is_named = principals.get("AWS").is_some_and(|names| names == "111122223333");
            let principal = if is_not && is_named { "NotPrincipal" } else { "Principal" };
            json!({ "Effect": effect, principal: principals, "Action": action, "Resource": "*", "Condition": condition })
        },
    )
}

/// The keys that a stranger's request has.
type Context = BTreeMap<&'static str, String>;

fn contexts() -> Vec<Context> {
    let mut contexts = Vec::new();
    for account in OF_STRANGERS {
        for principal in OF_STRANGERS {
            for agent in [None, Some("known"), Some("other")] {
                for address in [None, Some("198.51.100.1"), Some("203.0.113.1")] {
                    let keys = KEYS.into_iter().chain(["aws:SourceIp"]).zip([account, principal, agent, address]);
                    contexts.push(keys.filter_map(|(key, value)| Some((key, value?.to_owned()))).collect());
                }
            }
        }
    }
    contexts
}

fn is_in(range: &str, address: &str) -> bool {
    let (base, length) = range.split_once('/').expect("a range");
    let bits = |text: &str| u32::from(text.parse::<Ipv4Addr>().expect("an address"));
    let mask = u32::MAX.checked_shl(32 - length.parse::<u32>().expect("a length")).unwrap_or(0);
    bits(base) & mask == bits(address) & mask
}

fn is_like(pattern: &str, text: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == text, |start| text.starts_with(start))
}

/// Whether a test of a condition holds, as IAM's documentation of the operators says.
fn holds(operator: &str, values: &[&str], given: Option<&str>) -> bool {
    let equals = |given: &str| values.contains(&given);
    let like = |given: &str| values.iter().any(|pattern| is_like(pattern, given));
    match operator {
        "StringEquals" | "ForAnyValue:StringEquals" => given.is_some_and(equals),
        "StringEqualsIfExists" | "ForAllValues:StringEquals" => given.is_none_or(equals),
        "StringNotEquals" | "StringNotEqualsIfExists" => given.is_none_or(|given| !equals(given)),
        "StringLike" => given.is_some_and(like),
        "StringNotLike" => given.is_none_or(|given| !like(given)),
        "IpAddress" => given.is_some_and(|given| values.iter().any(|range| is_in(range, given))),
        "NotIpAddress" => given.is_none_or(|given| !values.iter().any(|range| is_in(range, given))),
        other => panic!("{other}"),
    }
}

/// Whether a statement applies to a principal of no account that a policy names, who asks for a value.
fn applies(statement: &Value, context: &Context) -> bool {
    let names_all = |principals: &Value| {
        principals == "*" || principals["AWS"] == "*" || principals["AWS"].as_array().is_some_and(|names| names.contains(&json!("*")))
    };
    let is_meant = statement.get("Principal").is_none_or(names_all);
    let condition = statement["Condition"].as_object().expect("an object");
    is_meant
        && condition.iter().all(|(operator, keys)| {
            keys.as_object().expect("an object").iter().all(|(key, values)| {
                let values: Vec<&str> = values.as_array().expect("a list").iter().filter_map(Value::as_str).collect();
                holds(operator, &values, context.get(key.as_str()).map(String::as_str))
            })
        })
}

/// As IAM decides: what a statement denies is denied, whatever else is allowed.
fn is_let_in(statements: &[Value], context: &Context) -> bool {
    let applies = |effect: &str| statements.iter().any(|statement| statement["Effect"] == effect && applies(statement, context));
    applies("Allow") && !applies("Deny")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_stranger_is_let_in_by_a_policy_that_is_not_open(statements in prop::collection::vec(statement(), 1..4)) {
        let policy = Policy::new(&json!({ "Statement": statements }).to_string()).expect("a policy");
        if policy.broad_access().is_none() {
            for context in contexts() {
                // An `other` that the policy names is no stranger.
                let names_other = statements.iter().any(|statement| statement["Condition"].to_string().contains("\"other\""));
                if names_other && context.values().any(|value| value == "other") {
                    continue;
                }
                prop_assert!(!is_let_in(&statements, &context), "{:?}", context);
            }
        }
    }
}
