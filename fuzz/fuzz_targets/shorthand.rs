//! Shorthand that is taken, written out with quotes and brackets everywhere, means the same.
#![no_main]

#[path = "../../src/cli/shorthand/syntax.rs"]
mod syntax;

use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};
use syntax::{Fault, is_key_character, parse};

fn written(members: &Map<String, Value>) -> String {
    let member = |(key, value): (&String, &Value)| {
        assert!(key.chars().all(is_key_character));
        format!("{key}={}", value_written(value))
    };
    members.iter().map(member).collect::<Vec<_>>().join(",")
}

fn value_written(value: &Value) -> String {
    match value {
        Value::String(text) => format!("'{}'", text.replace('\\', r"\\").replace('\'', r"\'")),
        Value::Array(items) => format!("[{}]", items.iter().map(value_written).collect::<Vec<_>>().join(",")),
        Value::Object(members) => format!("{{{}}}", written(members)),
        other => panic!("shorthand has no {other}"),
    }
}

fuzz_target!(|word: &str| {
    match parse::<()>(word, None) {
        Ok(members) => assert_eq!(parse::<()>(&written(&members), None), Ok(members)),
        Err(Fault::Syntax { at, .. }) => assert!(at <= word.chars().count(), "a place in the word"),
        Err(Fault::Load(())) => panic!("there is nothing to load with"),
    }
    // A loader sees what stands behind a sign, and its refusal is the answer.
    let mut asked = 0;
    let mut load = |value: &str| {
        asked += 1;
        if value.len() > 8 { Err(value.len()) } else { Ok(Some("loaded".to_owned())) }
    };
    let loaded = parse(word, Some(&mut load));
    assert!(asked == 0 || word.contains('@'));
    assert!(!matches!(loaded, Err(Fault::Load(length)) if length <= 8));
});
