//! Policies of keys and of secrets: no text makes a panic, and both are of one grammar.
#![no_main]

use coldseal::{kms::parse_key_policy, vault::ResourcePolicy};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let of_a_secret = text.parse::<ResourcePolicy>();
    if let Ok(policy) = &of_a_secret {
        assert_eq!(policy.as_str(), text);
    }
    // A secret's policy may have more characters of Unicode, and fewer of them.
    if parse_key_policy(text).is_ok() && text.chars().count() <= 20_480 {
        of_a_secret.expect("of the same grammar");
    }
});
