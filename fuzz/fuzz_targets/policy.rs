//! Policies of keys and of secrets: no text makes a panic, both are of one grammar, and what passes a validation is not open to everyone.
#![no_main]

use std::cell::RefCell;

use coldseal::{
    arn::AccountId,
    kms::{CreateKey, EmbeddedKms},
    region::Region,
    vault::{PolicyCheck, ResourcePolicy},
};
use libfuzzer_sys::fuzz_target;

struct Key {
    kms: EmbeddedKms,
    region: Region,
    id: String,
}

thread_local! {
    static KEY: RefCell<Key> = RefCell::new(key());
}

fn key() -> Key {
    let region = Region::new("us-west-2").expect("a Region of AWS");
    let mut kms = EmbeddedKms::new(AccountId::embedded()).expect("random bytes");
    let id = kms.create_key_with(region, CreateKey::default()).expect("made").key_id;
    Key { kms, region, id }
}

fn is_policy_of_a_key(text: &str) -> bool {
    KEY.with_borrow_mut(|Key { kms, region, id }| {
        let is_taken = kms.put_key_policy(*region, id, None, text).is_ok();
        assert!(!is_taken || kms.key_policy(*region, id, None).is_ok_and(|policy| policy == text));
        is_taken
    })
}

fuzz_target!(|text: &str| {
    let of_a_secret = text.parse::<ResourcePolicy>();
    if let Ok(policy) = &of_a_secret {
        assert_eq!(policy.as_str(), text);
    }
    if let Ok(validation) = ResourcePolicy::validate(text) {
        let failed: Vec<_> = validation.validation_errors.iter().map(|failed| failed.check_name).collect();
        assert_eq!(validation.policy_validation_passed, failed.is_empty());
        match &of_a_secret {
            Ok(policy) => {
                assert!(failed.iter().all(|check| matches!(check, PolicyCheck::BroadAccess | PolicyCheck::Lockout)));
                assert_eq!(policy.require_not_public().is_err(), failed.contains(&PolicyCheck::BroadAccess));
            }
            Err(_) => assert!(!failed.is_empty() && !failed.contains(&PolicyCheck::BroadAccess)),
        }
    }
    // A secret's policy may have more characters of Unicode, and fewer of them.
    if is_policy_of_a_key(text) && text.chars().count() <= 20_480 {
        of_a_secret.expect("of the same grammar");
    }
});
