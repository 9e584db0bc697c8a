//! JSON, of a client or of the command line, as the values of members.

use base64::{Engine as _, decoded_len_estimate, engine::general_purpose::STANDARD};

use super::{
    json::{Json, Members, Text},
    member::{Kind, Member},
    validation::{MOST_TOLD, check_count, missing, unknown},
    value::{Structure, Value},
};
use crate::{
    error::{Constraint, MemberPath, MemberType, MistypedJson, ViolatingValue, Violation},
    format::EncryptionContext,
    secret::SecretBytes,
};

impl Kind {
    /// Converts a value and checks it; what is wrong goes to `violations`. `None` for a value of another type.
    pub(super) fn convert(&self, json: Json<'_>, path: &MemberPath, violations: &mut Vec<Violation>) -> Option<Value> {
        let value = match (self, json) {
            (Self::Text { .. } | Self::OneOf(_), Json::Text(text)) => Value::Text(text.as_str().to_owned()),
            (Self::SecretText(_), Json::Text(text)) => Value::Blob(SecretBytes::new(text.as_str().as_bytes().to_vec())),
            (Self::Integer(_), Json::Integer(number)) => Value::Integer(number),
            (Self::Boolean, Json::Boolean(value)) => Value::Boolean(value),
            (Self::Blob(_), Json::Text(text)) => {
                let Some(bytes) = decode(&text) else {
                    violations.push(Violation::new(path.clone(), Constraint::Base64));
                    return None;
                };
                Value::Blob(bytes)
            }
            (Self::Pairs, Json::Object(members)) => Value::Pairs(pairs(members, path, violations)),
            (Self::List { count, of, .. }, Json::List(items)) => {
                check_count(count, items.len(), path, violations);
                return Some(Value::Texts(each(of, items, path, violations, |value| match value {
                    Value::Text(text) => Some(text),
                    _ => None,
                })));
            }
            (Self::Structures { count, members }, Json::List(items)) => {
                check_count(count, items.len(), path, violations);
                return Some(Value::Structures(each(&Self::Structure(members), items, path, violations, |value| match value {
                    Value::Structure(structure) => Some(structure),
                    _ => None,
                })));
            }
            (Self::Structure(members), Json::Object(given)) => return Some(Value::Structure(structure(members, given, path, violations))),
            (_, json) => {
                let shown = (!self.is_secret()).then(|| json.to_value());
                let value = ViolatingValue::Json(MistypedJson { kind: json.kind(), shown });
                violations.push(Violation { path: path.clone(), value, broken: Constraint::Type(self.member_type()) });
                return None;
            }
        };
        self.check(&value, path, violations);
        Some(value)
    }

    /// A structure with something secret in it may be mistyped as text that holds it.
    fn is_secret(&self) -> bool {
        match self {
            Self::Blob(_) | Self::SecretText(_) => true,
            Self::Structure(members) => members.iter().any(|member| member.kind.is_secret()),
            _ => false,
        }
    }

    const fn member_type(&self) -> MemberType {
        match self {
            Self::Text { .. } | Self::SecretText(_) | Self::OneOf(_) => MemberType::String,
            Self::Integer(_) => MemberType::Integer,
            Self::Boolean => MemberType::Boolean,
            Self::Blob(_) => MemberType::Blob,
            Self::Pairs | Self::Map(_) => MemberType::Map,
            Self::List { .. } | Self::Structures { .. } => MemberType::List,
            Self::Structure(_) => MemberType::Structure,
            Self::Date => MemberType::Timestamp,
        }
    }
}

/// Converts the items of a list, until too much is wrong.
fn each<T>(
    kind: &Kind,
    items: Vec<Json<'_>>,
    path: &MemberPath,
    violations: &mut Vec<Violation>,
    take: impl Fn(Value) -> Option<T>,
) -> Vec<T> {
    let mut converted = Vec::new();
    for (at, item) in items.into_iter().enumerate() {
        if violations.len() >= MOST_TOLD {
            break;
        }
        converted.extend(kind.convert(item, &path.item(at), violations).and_then(&take));
    }
    converted
}

fn decode(text: &Text<'_>) -> Option<SecretBytes> {
    let text = text.as_str();
    let mut bytes = SecretBytes::zeroed(decoded_len_estimate(text.len()));
    let length = STANDARD.decode_slice(text, bytes.expose_mut()).ok()?;
    bytes.truncate(length);
    Some(bytes)
}

fn pairs(members: Members<'_>, path: &MemberPath, violations: &mut Vec<Violation>) -> EncryptionContext {
    const VALUE: Kind = Kind::ANY_TEXT;
    let mut context = EncryptionContext::new();
    for (key, value) in members {
        if violations.len() >= MOST_TOLD {
            break;
        }
        if let Some(Value::Text(value)) = VALUE.convert(value, &path.member(key.as_str().to_owned()), violations) {
            context.insert(key.as_str(), value);
        }
    }
    context
}

/// The members of a structure; `null` is as good as nothing.
fn structure(members: &'static [Member], mut given: Members<'_>, path: &MemberPath, violations: &mut Vec<Violation>) -> Structure {
    given.retain(|_, json| !matches!(json, Json::Null));
    violations.extend(members.iter().filter(|member| !given.contains_key(member.name)).filter_map(|member| missing(member, path)));
    let is_known = |name: &str| members.iter().any(|member| member.name == name);
    let known = || members.iter().map(|member| member.name).collect();
    violations
        .extend(given.keys().filter(|name| !is_known(name.as_str())).take(MOST_TOLD).map(|name| unknown(path, name.as_str(), known())));
    let mut values = Structure::new();
    for Member { name, kind, .. } in members {
        let value = given.remove(*name).and_then(|json| kind.convert(json, &path.member(*name), violations));
        values.extend(value.map(|value| (*name, value)));
    }
    values
}
