//! A plan gives what serde_json reads in it, each value with the line on which it begins, or the place of a fault and none of its content.
#![no_main]

#[path = "../../src/cli/plan/json_stream.rs"]
mod json_stream;

use json_stream::{StreamError, for_each};
use libfuzzer_sys::fuzz_target;
use serde_json::{Deserializer, Value};

/// All that the parser says of a fault.
const PHRASES: [&str; 20] = [
    "EOF while parsing a list",
    "EOF while parsing an object",
    "EOF while parsing a string",
    "EOF while parsing a value",
    "expected `:`",
    "expected `,` or `]`",
    "expected `,` or `}`",
    "expected ident",
    "expected value",
    "invalid escape",
    "invalid number",
    "number out of range",
    "invalid unicode code point",
    "control character (\\u0000-\\u001F) found while parsing a string",
    "key must be a string",
    "lone leading surrogate in hex escape",
    "trailing comma",
    "trailing characters",
    "unexpected end of hex escape",
    "recursion limit exceeded",
];

/// What serde_json reads by itself, up to the first fault.
fn read_at_once(plan: &[u8]) -> (Vec<Value>, bool) {
    let begin = plan.iter().find(|byte| !b" \t\r\n".contains(byte));
    if begin == Some(&b'[') {
        return match serde_json::from_slice(plan) {
            Ok(Value::Array(items)) => (items, true),
            _ => (Vec::new(), false),
        };
    }
    let (mut values, mut is_sound) = (Vec::new(), true);
    // Unlike its stream, a plan may have no white space between values.
    for value in Deserializer::from_slice(plan).into_iter::<Value>() {
        match value {
            Ok(value) => values.push(value),
            Err(_) => is_sound = false,
        }
        if !is_sound {
            break;
        }
    }
    (values, is_sound)
}

fuzz_target!(|plan: &[u8]| {
    let breaks = plan.iter().filter(|byte| **byte == b'\n').count() as u64;
    let (mut values, mut last) = (Vec::new(), 1);
    let read = for_each::<()>(plan, |line, value| {
        assert!(last <= line && line <= breaks + 1, "lines go on");
        last = line;
        values.push(value);
        Ok(())
    });
    let (expected, is_sound) = read_at_once(plan);
    match read {
        Ok(()) => assert!(!is_sound || values == expected),
        Err(StreamError::Syntax { line, what, .. }) => {
            assert!(!is_sound, "{what}");
            assert!(last <= line && line <= breaks + 1, "{line}: the fault is behind what was read");
            assert!(PHRASES.contains(&what.as_str()), "{what}");
        }
        Err(other) => panic!("{other:?}"),
    }
    // A refusal is the answer, and the end.
    let mut count = 0;
    let refused = for_each(plan, |_, _| {
        count += 1;
        Err(())
    });
    assert_eq!((count == 1, values.is_empty()), (matches!(refused, Err(StreamError::Refused(()))), count == 0));
});
