//! The object that a secret's value is, whose members become variables and files: it is taken where serde_json takes it and no name stands twice,
//! and its members are those that serde_json reads.
#![no_main]

use std::collections::BTreeMap;

use coldseal::vault::fuzzing::members;
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};

fuzz_target!(|text: &[u8]| {
    let Some(members) = members(text) else { return };
    let count = members.len();
    let by_name: BTreeMap<String, String> = members.into_iter().collect();
    assert_eq!(by_name.len(), count, "no name stands twice");
    // It goes deeper than serde_json, and takes numbers of any size.
    if let Ok(expected) = serde_json::from_slice::<Map<String, Value>>(text) {
        assert_eq!(expected.len(), count);
        for (name, json) in by_name {
            let value: Value = serde_json::from_str(&json).expect("JSON of its own");
            assert_eq!(expected.get(&name), Some(&value));
        }
    }
});
