//! What names one key of a multi-Region key opens under another.

use super::*;
use crate::{
    crypto::SystemRandom,
    error::{Cause, KeyRefusal},
    format::EncryptedDataKey,
    keyring::{AwsKmsDiscoveryKeyring, AwsKmsKeyring, Keyring, Unwrapped},
};

/// A multi-Region key in two Regions, a key of one Region, and the hand-over of eu-west-1.
struct Place {
    first: EmbeddedKms,
    second: EmbeddedKms,
    primary: KeyArn,
    replica: KeyArn,
    single: KeyArn,
}

fn place() -> Place {
    let mut first = kms();
    let europe = region("eu-west-1");
    let primary = first.create_key_with(west(), CreateKey { multi_region: true, ..CreateKey::default() }).expect("made").arn;
    let replica = first.replicate_key(west(), primary.key_id(), europe, CreateKey::default()).expect("made").replica_key_metadata.arn;
    let single = first.create_key(west(), "").expect("made").arn;
    let second = first.export(&[europe]).expect("exports");
    Place { first, second, primary, replica, single }
}

/// A data key that is wrapped under this key.
fn wrapped(kms: &EmbeddedKms, key: &KeyArn) -> EncryptedDataKey {
    AwsKmsKeyring::new(kms, key.clone()).generate(&context(), &SystemRandom).expect("wraps").1
}

#[test]
fn an_edk_of_the_other_region_opens_under_the_key_at_hand() {
    let Place { first, second, primary, replica, .. } = place();
    let edk = wrapped(&first, &primary);
    for keyring in [&AwsKmsDiscoveryKeyring::new(&second) as &dyn Keyring, &AwsKmsKeyring::new(&second, replica.clone())] {
        assert!(matches!(keyring.unwrap(&edk, &context()), Unwrapped::DataKey(_)));
        assert!(matches!(keyring.unwrap(&edk, &EncryptionContext::new()), Unwrapped::Failed(_)));
    }
    assert_eq!(second.key_for_decrypt(&primary), replica);
    assert_eq!(first.key_for_decrypt(&primary), primary, "the one that is named goes first");
}

#[test]
fn keys_that_are_not_related_stay_apart() {
    let Place { first, second, primary, replica, single } = place();
    let edk = wrapped(&first, &single);
    assert!(matches!(AwsKmsKeyring::new(&second, replica.clone()).unwrap(&edk, &context()), Unwrapped::NotForThisKeyring));
    let Unwrapped::Failed(cause) = AwsKmsDiscoveryKeyring::new(&second).unwrap(&edk, &context()) else { panic!("not there") };
    assert_eq!(cause, Cause::Key(KeyRefusal::NotFound(single)));
    // The same id in another account is another key.
    let account = "444455556666".parse().expect("an account");
    let foreign = KeyArn::new(west(), account, primary.key_id());
    let edk = EncryptedDataKey { provider_info: foreign.to_string().into_bytes(), ..wrapped(&first, &primary) };
    assert!(matches!(AwsKmsKeyring::new(&second, replica).unwrap(&edk, &context()), Unwrapped::NotForThisKeyring));
    assert!(matches!(AwsKmsDiscoveryKeyring::new(&second).unwrap(&edk, &context()), Unwrapped::Failed(_)));
}

#[test]
fn a_key_that_is_disabled_is_not_gone_around() {
    let Place { mut first, mut second, primary, replica, .. } = place();
    let edk = wrapped(&first, &primary);
    second.disable_key(replica.region(), replica.key_id()).expect("disabled");
    assert!(matches!(AwsKmsDiscoveryKeyring::new(&second).unwrap(&edk, &context()), Unwrapped::Failed(_)));
    // Here the replica could, but the key that is named says no.
    first.disable_key(primary.region(), primary.key_id()).expect("disabled");
    let Unwrapped::Failed(cause) = AwsKmsDiscoveryKeyring::new(&first).unwrap(&edk, &context()) else { panic!("disabled") };
    assert_eq!(cause, Cause::Key(KeyRefusal::Disabled(primary)));
    assert!(matches!(AwsKmsKeyring::new(&first, replica).unwrap(&edk, &context()), Unwrapped::DataKey(_)), "whoever names the replica");
}
