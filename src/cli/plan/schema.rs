//! `docs/plan.schema.json`, made of the table of operations: what a plan is for editors and for tools that make plans.
#![allow(clippy::indexing_slicing, reason = "a JSON value grows the member that is set")]

use std::path::Path;

use serde_json::{Map, Value, json};

use super::entry;
use crate::protocol::member::{Kind, Member, Need};

const PLACE: &str = "docs/plan.schema.json";

fn schema() -> Value {
    let mut entry = object(entry::members(), Nulls::Taken);
    if let Some(members) = entry.as_object_mut() {
        members.insert(
            "description".to_owned(),
            json!("A request of CreateSecret, as 'coldseal create-secret --generate-cli-skeleton' prints one."),
        );
        let text = json!({"type": "string"});
        let both = json!({"required": ["SecretString", "SecretBinary"], "properties": {"SecretString": text, "SecretBinary": text}});
        members.insert("not".to_owned(), both);
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A plan of coldseal pack",
        "description": "A list of requests, or one of them: in JSON Lines each line is one. Regions, keys and names are checked by 'coldseal pack --dry-run'.",
        "oneOf": [{"$ref": "#/$defs/entry"}, {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/entry"}}],
        "$defs": {"entry": entry},
    })
}

/// Whether a member that need not be there may be null.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Nulls {
    Taken,
    Refused,
}

fn object(members: impl Iterator<Item = &'static Member>, nulls: Nulls) -> Value {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for member in members {
        let mut of = of_kind(&member.kind);
        if member.need == Need::Optional {
            if nulls == Nulls::Taken {
                of["type"] = json!([of["type"], "null"]);
            }
        } else {
            required.push(member.name);
        }
        if let Some(words) = words(member.name) {
            of["description"] = json!(words);
        }
        properties.insert(member.name.to_owned(), of);
    }
    let mut object = json!({"type": "object", "properties": properties, "additionalProperties": false});
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    object
}

fn of_kind(kind: &'static Kind) -> Value {
    match kind {
        Kind::Text { length, pattern } => {
            let mut text = json!({"type": "string", "minLength": length.start(), "maxLength": length.end()});
            if let Some(pattern) = pattern {
                text["pattern"] = json!(pattern.text);
            }
            text
        }
        Kind::SecretText(length) => json!({"type": "string", "minLength": length.start(), "maxLength": length.end()}),
        // Base64, or the name of a file.
        Kind::Blob(length) => json!({"type": "string", "minLength": length.start()}),
        Kind::Boolean => json!({"type": "boolean"}),
        Kind::Integer(range) => json!({"type": "integer", "minimum": range.start(), "maximum": range.end()}),
        // An empty list is as good as none, as a skeleton has it.
        Kind::Structures { members, .. } => json!({"type": "array", "items": object(members.iter(), Nulls::Refused)}),
        Kind::Structure(members) => object(members.iter(), Nulls::Refused),
        Kind::OneOf(_) | Kind::Pairs | Kind::List { .. } | Kind::Map(_) | Kind::Date => {
            panic!("no request of CreateSecret has one: {kind:?}")
        }
    }
}

/// What the type does not say.
fn words(member: &str) -> Option<&'static str> {
    Some(match member {
        "Name" => "The secret's name, each once in a plan.",
        "ClientRequestToken" => "The VersionId of the value; drawn where there is none.",
        "KmsKeyId" => "A key's id, ARN or alias in the primary Region or the replica's; without one --kms-key-id or the default key.",
        "SecretString" => "Text, or file://PATH of it, from the current directory.",
        "SecretBinary" => "Base64, file://PATH of base64, or fileb://PATH of bytes, from the current directory.",
        "Tags" => "At most 50, each key once; without the member --tags.",
        "AddReplicaRegions" => "Without the member --add-replica-regions.",
        "ForceOverwriteReplicaSecret" => {
            "Whether a secret of this name in a replica Region is replaced; without the member --force-overwrite-replica-secret."
        }
        "ResourcePolicy" => "The JSON of a policy, as text. Its grammar is checked; it is stored, not enforced.",
        "RotationRules" => "Stored; nothing rotates by itself.",
        _ => return None,
    })
}

#[test]
fn the_file_is_what_the_table_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PLACE);
    let made = format!("{}\n", serde_json::to_string_pretty(&schema()).expect("JSON"));
    if std::env::var_os("SNAPSHOTS").is_some_and(|action| action == "overwrite") {
        std::fs::write(&path, &made).expect("written");
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(there == made, "{PLACE} is not what the table says: SNAPSHOTS=overwrite writes it anew");
}

#[test]
fn an_entry_has_the_members_that_create_secret_has_flags_for() {
    let names: Vec<_> = entry::members().map(|member| member.name).collect();
    assert_eq!(names.len(), 11);
    assert!(!names.contains(&"Type") && names.contains(&"RotationRules"));
}
