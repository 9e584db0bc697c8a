//! An ARN that is taken is shown as it was written, and is the same when it is read again.
#![no_main]

use std::{fmt::Display, str::FromStr};

use coldseal::arn::{AliasArn, KeyArn, SecretArn};
use libfuzzer_sys::fuzz_target;

fn round_trip<T: FromStr + Display + PartialEq>(text: &str) -> Option<T> {
    let arn: T = text.parse().ok()?;
    let shown = arn.to_string();
    assert_eq!(shown, text);
    assert!(shown.parse().is_ok_and(|again: T| again == arn));
    Some(arn)
}

fuzz_target!(|text: &str| {
    let key = round_trip::<KeyArn>(text);
    let alias = round_trip::<AliasArn>(text);
    let secret = round_trip::<SecretArn>(text);
    assert!(usize::from(key.is_some()) + usize::from(alias.is_some()) + usize::from(secret.is_some()) <= 1, "one text, two kinds");
    assert!(key.is_none_or(|key| text.ends_with(key.key_id())));
    assert!(alias.is_none_or(|alias| text.ends_with(&alias.alias())));
    if let Some(secret) = secret {
        assert_eq!(secret.in_region(secret.region()), secret);
        assert!(secret.split_suffix().is_none_or(|(name, suffix)| secret.name_and_suffix() == format!("{name}-{suffix}")));
    }
});
