//! What `--generate-cli-skeleton` prints, as the AWS CLI makes it of the types of members.

use serde_json::{Map, Value, json};

use crate::protocol::member::{Kind, Member};

/// A request to fill in; null for bytes.
pub(super) fn request<'a>(members: impl IntoIterator<Item = &'a Member>) -> Value {
    object(members, |member| match &member.kind {
        Kind::OneOf(names) => json!(member.sample.or(names.last().copied())),
        kind => blank(kind),
    })
}

fn blank(kind: &Kind) -> Value {
    match kind {
        Kind::Text { .. } | Kind::SecretText(_) => json!(""),
        Kind::OneOf(names) => json!(names.last()),
        Kind::Integer(_) => json!(0),
        Kind::Boolean => json!(true),
        Kind::Blob(_) => Value::Null,
        Kind::Pairs => json!({ "KeyName": "" }),
        Kind::Map(of) => json!({ "KeyName": blank(of) }),
        Kind::List { of, .. } => json!([blank(of)]),
        Kind::Structures { members, .. } => json!([request(*members)]),
        Kind::Structure(members) => request(*members),
        Kind::Date => json!(EPOCH),
    }
}

/// A sample of an answer, where text stands as the name of its member.
pub(super) fn answer(members: &[Member]) -> Value {
    object(members, |member| sample(member.name, &member.kind))
}

fn sample(name: &str, kind: &Kind) -> Value {
    match kind {
        Kind::Text { .. } | Kind::SecretText(_) | Kind::OneOf(_) => json!(name),
        Kind::List { of, item, .. } => json!([sample(item, of)]),
        Kind::Map(of) => json!({ "KeyName": sample(name, of) }),
        Kind::Structures { members, .. } => json!([answer(members)]),
        Kind::Structure(members) => answer(members),
        kind => blank(kind),
    }
}

/// The date that the AWS CLI shows.
const EPOCH: &str = "1970-01-01T00:00:00";

fn object<'a>(members: impl IntoIterator<Item = &'a Member>, value: impl Fn(&Member) -> Value) -> Value {
    Value::Object(members.into_iter().map(|member| (member.name.to_owned(), value(member))).collect::<Map<_, _>>())
}
