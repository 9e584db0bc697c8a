//! The keyring of a key makes the encrypted data key of its kind, and opens it again.

use super::*;
use crate::{
    error::EdkOutcome,
    keyring::{AwsKmsDiscoveryKeyring, Keyring as _, UnwrapBudget, Unwrapped, unwrap_any},
    suite::AlgorithmSuite,
    timestamp::Timestamp,
};

fn opens(unwrapped: Unwrapped, data_key: &crate::secret::DataKey) -> bool {
    match unwrapped {
        Unwrapped::DataKey(opened) => opened.expose() == data_key.expose(),
        _ => false,
    }
}

#[test]
fn each_kind_of_key_wraps_and_unwraps() {
    let kms = stored();
    for spec in KeySpec::ALL {
        let arn = if spec.is_asymmetric() { key(&kms, spec) } else { symmetric(&kms) };
        let provider = match spec.usage() {
            _ if !spec.is_asymmetric() => "aws-kms",
            KeyUsage::EncryptDecrypt => "aws-kms-rsa",
            KeyUsage::KeyAgreement => "raw-ecdh",
        };
        let (data_key, edk) = kms.keyring(arn.clone()).generate(&context(), &SystemRandom).expect("wraps");
        assert_eq!(edk.provider_id, provider);
        assert!(opens(kms.keyring(arn.clone()).unwrap(&edk, &context()), &data_key), "{spec}");
        assert!(opens(AwsKmsDiscoveryKeyring::new(&kms).unwrap(&edk, &context()), &data_key), "{spec}");
        assert!(
            matches!(kms.keyring(arn.clone()).unwrap(&edk, &none()), Unwrapped::Failed(_) | Unwrapped::DoesNotUnwrap),
            "{spec}: another context"
        );
        for other in kms.list_keys(west()).expect("lists").into_iter().map(|entry| entry.key_arn) {
            assert_eq!(kms.is_wrapped_under(&edk, &other), Some(other == arn), "{spec}");
            if other != arn {
                assert!(matches!(kms.keyring(other).unwrap(&edk, &context()), Unwrapped::NotForThisKeyring), "{spec}");
            }
        }
        let elsewhere = EmbeddedKms::new(kms.account().clone()).expect("made");
        let expected = (spec.usage() == KeyUsage::EncryptDecrypt).then_some(true);
        assert_eq!(elsewhere.is_wrapped_under(&edk, &arn), expected, "{spec}");
    }
}

#[test]
fn a_message_for_key_pairs_of_the_keystore_costs_no_more_than_its_budget() {
    let kms = stored();
    let limit = usize::try_from(UnwrapBudget::PRIVATE_KEY_OPERATIONS).expect("small");
    for spec in KeySpec::ALL.into_iter().filter(|spec| spec.is_asymmetric()) {
        let arn = key(&kms, spec);
        let (_, mut edk) = kms.keyring(arn.clone()).generate(&context(), &SystemRandom).expect("wraps");
        edk.ciphertext[40] ^= 1;
        // An RSA key tries each of its two algorithms.
        let tried = if spec.usage() == KeyUsage::EncryptDecrypt { limit / 2 } else { limit };
        for keyring in [kms.keyring(arn.clone()), Box::new(AwsKmsDiscoveryKeyring::new(&kms))] {
            let unwrapped = unwrap_any(&[&*keyring], &vec![edk.clone(); limit + 4], AlgorithmSuite::default(), &context());
            let Err(Error::NoUsableKey(attempts)) = unwrapped else { panic!("{spec}: {unwrapped:?}") };
            let altered = attempts.iter().filter(|attempt| attempt.outcome == EdkOutcome::DoesNotUnwrap).count();
            assert_eq!(altered, tried, "{spec}");
        }
    }
}

#[test]
fn what_was_sent_from_a_key_in_kms_opens_too() {
    let kms = stored();
    for spec in CURVES {
        let arn = key(&kms, spec);
        let (data_key, mut edk) = kms.keyring(arn.clone()).generate(&context(), &SystemRandom).expect("wraps");
        // One layout; the provider id says where the sender's key is.
        edk.provider_id = "aws-kms-ecdh".to_owned();
        assert!(opens(kms.keyring(arn.clone()).unwrap(&edk, &context()), &data_key), "{spec}");
        assert!(opens(AwsKmsDiscoveryKeyring::new(&kms).unwrap(&edk, &context()), &data_key), "{spec}");
        assert_eq!(kms.is_wrapped_under(&edk, &arn), Some(true));
    }
}

#[test]
fn a_key_that_is_gone_or_disabled_wraps_nothing() {
    let mut kms = stored();
    let absent = kms.key_arn(west(), "1234abcd-12ab-34cd-56ef-1234567890ab");
    assert_eq!(refusal(kms.keyring(absent).generate(&context(), &SystemRandom)).0, ErrorCode::NotFoundException);
    for spec in KeySpec::ALL {
        let arn = if spec.is_asymmetric() { key(&kms, spec) } else { symmetric(&kms) };
        let (_, edk) = kms.keyring(arn.clone()).generate(&context(), &SystemRandom).expect("wraps");
        kms.disable_key(west(), arn.key_id()).expect("disabled");
        assert_eq!(refusal(kms.keyring(arn.clone()).generate(&context(), &SystemRandom)).0, ErrorCode::DisabledException);
        match kms.keyring(arn).unwrap(&edk, &context()) {
            Unwrapped::Failed(cause) => assert!(cause.to_string().contains("is disabled"), "{cause}"),
            other => panic!("{spec}: {other:?}"),
        }
    }
}

#[test]
fn a_key_whose_deletion_was_due_is_told() {
    let mut kms = kms();
    for spec in CURVES {
        let request = CreateKey { key_spec: spec, key_usage: Some(KeyUsage::KeyAgreement), ..CreateKey::default() };
        let arn = kms.create_key_with(west(), request).expect("made").arn;
        let (_, edk) = kms.keyring(arn.clone()).generate(&context(), &SystemRandom).expect("wraps");
        kms.schedule_key_deletion(west(), arn.key_id(), Some(7)).expect("scheduled");
        let now = kms.clock;
        kms.clock = Clock::Fixed(Timestamp::now_within_years().plus_days(8));
        match kms.keyring(arn).unwrap(&edk, &context()) {
            Unwrapped::Failed(cause) => assert!(cause.to_string().contains("its deletion was due"), "{spec}: {cause}"),
            other => panic!("{spec}: {other:?}"),
        }
        kms.clock = now;
    }
}

#[test]
fn each_region_of_a_key_opens_what_was_sent_to_its_point() {
    let mut kms = kms();
    let request =
        CreateKey { multi_region: true, key_spec: KeySpec::EccNistP256, key_usage: Some(KeyUsage::KeyAgreement), ..CreateKey::default() };
    let primary = kms.create_key_with(west(), request).expect("made").arn;
    let replica = kms.replicate_key(west(), primary.key_id(), region("eu-west-1"), CreateKey::default()).expect("replicated");
    let replica = replica.replica_key_metadata.arn;
    for (sealing, opening) in [(&primary, &primary), (&primary, &replica), (&replica, &primary), (&replica, &replica)] {
        let (data_key, edk) = kms.keyring(sealing.clone()).generate(&context(), &SystemRandom).expect("wraps");
        assert!(opens(kms.keyring(opening.clone()).unwrap(&edk, &context()), &data_key), "{sealing} {opening}");
    }
}
