//! A message is for the Region that it tells, once it is authenticated.

use super::{keyring, open_with};
use crate::{
    error::{ContextMismatch, Error, Result},
    format::EncryptionContext,
    message::{
        OpenOptions, REGION_PAIR, Rewrapper, SECRET_ARN, SealOptions, for_region, open_held, open_slice, rewrap, seal, told_regions,
    },
    region::Region,
};

const WEST: &str = "us-west-2";
const WEST_ARN: &str = "arn:aws:secretsmanager:us-west-2:111122223333:secret:a-a1b2c3";
const EAST_ARN: &str = "arn:aws:secretsmanager:us-east-1:111122223333:secret:a-a1b2c3";
const NO_REGION_ARN: &str = "arn:aws:secretsmanager:mars-1:111122223333:secret:a-a1b2c3";

fn context(pairs: &[(&str, &str)]) -> EncryptionContext {
    pairs.iter().copied().collect()
}

fn region(name: &str) -> Region {
    Region::new(name).expect("a Region")
}

fn sealed(pairs: &[(&str, &str)]) -> Vec<u8> {
    let mut message = Vec::new();
    seal(&b"payload"[..], &mut message, &[&keyring(1)], &context(pairs), SealOptions::default()).expect("sealed");
    message
}

fn demanding(name: &str) -> OpenOptions {
    OpenOptions { region: Some(region(name)), ..OpenOptions::default() }
}

/// The key of the pair that is at fault.
fn refused_for<T>(result: Result<T>) -> Option<String> {
    match result {
        Ok(_) => None,
        Err(Error::EncryptionContext(ContextMismatch::Value(key))) => Some(key),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn every_pair_that_tells_a_region_must_tell_the_one_demanded() {
    for (pairs, expected) in [
        (&[][..], None),
        (&[("purpose", "us-east-1")], None),
        (&[(REGION_PAIR, WEST)], None),
        (&[(SECRET_ARN, WEST_ARN)], None),
        (&[(REGION_PAIR, WEST), (SECRET_ARN, WEST_ARN)], None),
        (&[(REGION_PAIR, "us-east-1")], Some(REGION_PAIR)),
        (&[(REGION_PAIR, "")], Some(REGION_PAIR)),
        (&[(REGION_PAIR, "mars-1")], Some(REGION_PAIR)),
        (&[(SECRET_ARN, EAST_ARN)], Some(SECRET_ARN)),
        (&[(SECRET_ARN, NO_REGION_ARN)], Some(SECRET_ARN)),
        (&[(SECRET_ARN, "a")], Some(SECRET_ARN)),
        (&[(REGION_PAIR, WEST), (SECRET_ARN, EAST_ARN)], Some(SECRET_ARN)),
        (&[(REGION_PAIR, "us-east-1"), (SECRET_ARN, WEST_ARN)], Some(REGION_PAIR)),
    ] {
        let (message, key, options) = (sealed(pairs), keyring(1), demanding(WEST));
        let expected = expected.map(str::to_owned);
        let (result, plaintext) = open_with(&message[..], &[&key], &options);
        assert_eq!((plaintext.is_empty(), refused_for(result)), (expected.is_some(), expected.clone()), "{pairs:?}");
        assert_eq!(refused_for(open_slice(&message, &mut Vec::new(), &[&key], &options)), expected, "{pairs:?}");
        assert_eq!(refused_for(Rewrapper::begin(&message[..], &[&key], &options)), expected, "{pairs:?}");
        let again = None::<fn() -> Result<&'static [u8]>>;
        assert_eq!(refused_for(open_held(&message[..], again, Vec::new(), &[&key], &options)), expected, "{pairs:?}");
        assert_eq!(refused_for(open_with(&message[..], &[&key], &OpenOptions::default()).0), None, "{pairs:?}");
    }
}

/// Which Region a message tells is looked at once it is known to be whole.
#[test]
fn an_altered_header_is_told_before_another_region() {
    let mut message = sealed(&[(REGION_PAIR, "us-east-1")]);
    let at = message.windows(9).position(|bytes| bytes == b"us-east-1").expect("stored");
    message[at..at + 9].copy_from_slice(b"us-west-2");
    let (result, plaintext) = open_with(&message[..], &[&keyring(1)], &demanding(WEST));
    assert!(!matches!(result, Ok(_) | Err(Error::EncryptionContext(_))) && plaintext.is_empty());
}

#[test]
fn what_a_message_tells_is_one_region_or_two() {
    for (pairs, expected) in [
        (&[][..], &[][..]),
        (&[(REGION_PAIR, WEST)], &[WEST]),
        (&[(SECRET_ARN, EAST_ARN)], &["us-east-1"]),
        (&[(REGION_PAIR, WEST), (SECRET_ARN, WEST_ARN)], &[WEST]),
        (&[(REGION_PAIR, WEST), (SECRET_ARN, EAST_ARN)], &[WEST, "us-east-1"]),
        (&[(REGION_PAIR, "mars-1\u{1b}[2J"), (SECRET_ARN, "a")], &[]),
    ] {
        assert_eq!(told_regions(&context(pairs)).iter().map(|region| region.name()).collect::<Vec<_>>(), expected, "{pairs:?}");
    }
}

#[test]
fn a_secrets_message_that_goes_to_another_region_names_its_arn_there() {
    let moved = for_region(&context(&[(SECRET_ARN, WEST_ARN), ("purpose", "test")]), region("us-east-1"));
    assert_eq!(moved, context(&[(SECRET_ARN, EAST_ARN), ("purpose", "test"), (REGION_PAIR, "us-east-1")]));
    let (message, mut output) = (sealed(&[(SECRET_ARN, WEST_ARN)]), Vec::new());
    let options = SealOptions::default();
    rewrap(&message[..], &mut output, &[&keyring(1)], &demanding(WEST), &[&keyring(2)], Some(&moved), options).expect("rewrapped");
    assert_eq!(refused_for(open_with(&output[..], &[&keyring(2)], &demanding("us-east-1")).0), None);
    assert_eq!(refused_for(open_with(&output[..], &[&keyring(2)], &demanding(WEST)).0), Some(REGION_PAIR.to_owned()));
}
