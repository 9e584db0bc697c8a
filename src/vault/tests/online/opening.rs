//! Which keys of AWS KMS are asked to open a bundle, where, and how often.

use super::*;
use crate::{
    crypto::{Curve, EcPrivateKey, EcPublicKey, Random, SystemRandom},
    error::{EdkOutcome, PassedOver},
    format::EncryptionContext,
    keyring::{
        AwsKmsDiscoveryKeyring, AwsKmsKeyring, CiphertextBlob, DiscoveryFilter, Keyring as _, Kms, RawEcdhKeyring, RsaEncryptionAlgorithm,
        UnwrapBudget, Unwrapped, unwrap_any,
    },
    kms::{CreateKey, KmsPublicKey, OnlineKey, OnlineKeyring, OnlineKms, PublicKey},
    secret::{DataKey, SecretBytes},
};

fn context() -> EncryptionContext {
    [("a", "b")].into_iter().collect()
}

fn accounts(ids: &[&str]) -> Vec<crate::arn::AccountId> {
    ids.iter().map(|id| id.parse().expect("an account")).collect()
}

#[test]
fn only_the_configured_account_is_asked() {
    let (fake, keys) = three_keys();
    let (fake, place) = (Arc::new(fake), Place::new());
    let unconfigured = || KeyOptions { online_opening: OnlineOpening::default(), ..with(&fake) };
    let change = place.create_with(&unconfigured(), &under(&arns(&keys))).expect("created");
    assert_eq!(change.public_only.len(), 3, "they do not open as things are");
    fake.take_calls();
    let parts = ["its account 111122223333 is not the configured one"];
    assert_refused(get(&place, &unconfigured(), "us-west-2"), ErrorCode::DecryptionFailure, &parts);
    let cn = region("cn-north-1").partition();
    let opening = OnlineOpening { partition: Some(cn), ..with(&fake).online_opening };
    let elsewhere = KeyOptions { online_opening: opening, ..with(&fake) };
    assert_refused(get(&place, &elsewhere, "us-west-2"), ErrorCode::DecryptionFailure, &["its partition aws is not the configured one"]);
    assert!(fake.take_calls().is_empty());
    let opening = OnlineOpening { accounts: accounts(&["444455556666", ACCOUNT]), ..OnlineOpening::default() };
    assert_eq!(get(&place, &KeyOptions { online_opening: opening, ..with(&fake) }, "us-west-2").expect("opens"), "top");
    let opening = OnlineOpening { keys: vec![keys[0].clone()], ..OnlineOpening::default() };
    let named = KeyOptions { online_opening: opening, ..with(&fake) };
    assert_eq!(get(&place, &named, "us-west-2").expect("named"), "top");
    fake.take_calls();
    assert!(get(&place, &named, "us-east-1").is_err() && fake.take_calls().is_empty(), "no other key is asked");
}

/// Whoever names a key by its ARN has said whose it is.
#[test]
fn an_account_that_no_arn_tells_is_told() {
    let (fake, keys) = three_keys();
    let (fake, place) = (Arc::new(fake), Place::new());
    let unconfigured = KeyOptions { account: crate::arn::AccountId::embedded(), online_opening: OnlineOpening::default(), ..with(&fake) };
    let alias_arn = format!("arn:aws:kms:us-east-1:{ACCOUNT}:alias/app");
    for (name, named, expected) in [
        ("by-arn", vec![keys[0].to_string(), alias_arn.clone(), keys[2].to_string()], &[][..]),
        ("by-alias", vec![keys[0].to_string(), alias_arn, "alias/app".to_owned()], &[ACCOUNT][..]),
        ("by-id", vec![keys[0].key_id().to_owned(), keys[1].to_string(), keys[2].to_string()], &[ACCOUNT][..]),
    ] {
        let change = place.create_with(&unconfigured, &CreateSecret { name: name.to_owned(), ..under(&named) }).expect("created");
        assert_eq!(change.public_only.len(), 3, "{name}: they do not open as things are");
        assert_eq!(change.unsaid_accounts.iter().map(|account| account.as_str()).collect::<Vec<_>>(), expected, "{name}");
    }
}

#[test]
fn verify_opens_with_aws_and_a_refusal_is_no_fault() {
    let (fake, keys) = three_keys();
    let (fake, place) = (Arc::new(fake), Place::new());
    place.create_with(&with(&fake), &under(&arns(&keys))).expect("created");
    let verify = |keys: &KeyOptions| {
        let options = VerifyOptions { kms: Some(&place.kms()), keys: Some(keys), ..VerifyOptions::default() };
        verify_paths(&[place.vault.root().to_owned()], options)
    };
    let report = verify(&with(&fake)).expect("verified");
    assert_eq!((report.open.expect("counted").opened, report.is_sound()), (3, true));
    fake.refuse("us-east-1", Some(FakeRefusal::Denied));
    let report = verify(&with(&fake)).expect("verified");
    let counts = report.open.expect("counted");
    assert_eq!((counts.opened, counts.not_openable_here, counts.failed, report.is_sound()), (2, 1, 0, true));
    assert!(report.notes.iter().any(|note| note.message.contains("not authorized")));
    fake.refuse("us-east-1", Some(FakeRefusal::NoCredentials));
    assert!(matches!(verify(&with(&fake)), Err(Error::Setup(_))));
    let paths = [place.bundle("us-west-2")];
    let lone = verify_paths(&paths, VerifyOptions { keys: Some(&with(&fake)), ..VerifyOptions::default() }).expect("verified");
    assert_eq!(lone.open.expect("counted").opened, 1, "without a keystore");
    assert!(place.verify_open().is_sound());
}

/// Multi-Region keys are asked in the Region that was asked for, others where they are or not at all.
#[test]
fn a_region_that_is_given_is_where_keys_are_asked() {
    let mut fake = FakeKms::new();
    let (west, east) = (region("us-west-2"), region("us-east-1"));
    let multi = fake.kms.create_key_with(west, CreateKey { multi_region: true, ..CreateKey::default() }).expect("made").arn;
    fake.kms.replicate_key(west, multi.key_id(), east, CreateKey::default()).expect("replicated");
    let single = fake.make("us-west-2", KeySpec::default());
    let filter = || DiscoveryFilter::new(west.partition(), accounts(&[ACCOUNT]));
    for (key, expected) in
        [(&multi, Ok("Decrypt us-east-1")), (&single, Err("it is a key of us-west-2 alone, and us-east-1 was asked for"))]
    {
        let (_, edk) = AwsKmsKeyring::new(&fake, key.clone()).generate(&context(), &SystemRandom).expect("wraps");
        fake.take_calls();
        let keyring = AwsKmsDiscoveryKeyring::with_filter(&fake, filter()).in_region(east);
        match (keyring.unwrap(&edk, &context()), expected) {
            (Unwrapped::DataKey(_), Ok(call)) => assert_eq!(fake.take_calls(), [call]),
            (Unwrapped::PassedOver(why), Err(expected)) => assert_eq!((why.to_string().as_str(), fake.take_calls().len()), (expected, 0)),
            (other, _) => panic!("{key}: {other:?}"),
        }
        let anywhere = AwsKmsDiscoveryKeyring::with_filter(&fake, filter());
        assert!(matches!(anywhere.unwrap(&edk, &context()), Unwrapped::DataKey(_)));
        assert_eq!(fake.take_calls(), ["Decrypt us-west-2"]);
    }
}

#[test]
fn a_message_costs_sixteen_calls_at_most() {
    let mut fake = FakeKms::new();
    let keys: Vec<_> = (0..20).map(|_| fake.make("us-west-2", KeySpec::default())).collect();
    let wrap = |key: &KeyArn| AwsKmsKeyring::new(&fake, key.clone()).generate(&context(), &SystemRandom).expect("wraps").1;
    let edks: Vec<_> = keys.iter().map(wrap).collect();
    fake.take_calls();
    let discovery = AwsKmsDiscoveryKeyring::with_filter(&fake, DiscoveryFilter::new(region("us-west-2").partition(), accounts(&[ACCOUNT])));
    let other: EncryptionContext = [("a", "c")].into_iter().collect();
    let error = unwrap_any(&[&discovery], &edks, AlgorithmSuite::default(), &other).expect_err("another context");
    assert_eq!(fake.take_calls().len(), usize::try_from(UnwrapBudget::CALLS).expect("small"));
    assert!(error.to_string().contains("AWS KMS was called 16 times for this message"), "{error}");
    // The sixteenth may still be the one; the next message starts anew.
    let mut last = edks.clone();
    last[..15].iter_mut().for_each(|edk| edk.ciphertext.reverse());
    unwrap_any(&[&discovery], &last, AlgorithmSuite::default(), &context()).expect("opens");
    last[15].ciphertext.reverse();
    unwrap_any(&[&discovery], &last, AlgorithmSuite::default(), &context()).expect_err("the seventeenth is not asked");
    assert_eq!(fake.take_calls().len(), 32);
    // Two keyrings share what there is.
    unwrap_any(&[&discovery, &discovery], &edks, AlgorithmSuite::default(), &other).expect_err("another context");
    assert_eq!(fake.take_calls().len(), 16);
}

/// The keystore's keys are tried before any call, whatever the order of the message's keys.
#[test]
fn keys_at_hand_come_first() {
    let (fake, keys) = three_keys();
    let place = Place::new();
    let id = place.make_key("us-west-2");
    let kms = place.kms();
    let here = kms.resolve(region("us-west-2"), &id).expect("there");
    let (data_key, first) = AwsKmsKeyring::new(&fake, keys[0].clone()).generate(&context(), &SystemRandom).expect("wraps");
    let second = kms.keyring(here).wrap(&data_key, &context(), &SystemRandom).expect("wraps");
    fake.take_calls();
    let online = AwsKmsDiscoveryKeyring::with_filter(&fake, DiscoveryFilter::new(region("us-west-2").partition(), accounts(&[ACCOUNT])));
    let opened = unwrap_any(&[&online, &AwsKmsDiscoveryKeyring::new(&kms)], &[first, second], AlgorithmSuite::default(), &context());
    assert_eq!(opened.expect("opens").expose(), data_key.expose());
    assert!(fake.take_calls().is_empty());
}

/// A key of AWS KMS that only agrees on secrets.
struct OneCurveKey(EcPrivateKey);

impl Kms for OneCurveKey {
    fn generate_data_key(&self, _: &KeyArn, _: &EncryptionContext) -> Result<(DataKey, CiphertextBlob)> {
        panic!("not on a curve")
    }

    fn encrypt(&self, _: &KeyArn, _: &[u8], _: &EncryptionContext) -> Result<CiphertextBlob> {
        panic!("not on a curve")
    }

    fn decrypt(&self, _: &KeyArn, _: &CiphertextBlob, _: &EncryptionContext) -> Result<SecretBytes> {
        panic!("not on a curve")
    }

    fn decrypt_rsa(&self, _: &KeyArn, _: RsaEncryptionAlgorithm, _: &[u8]) -> Result<SecretBytes> {
        panic!("not on a curve")
    }

    fn derive_shared_secret(&self, _: &KeyArn, public_key: &EcPublicKey) -> Result<SecretBytes> {
        self.0.agree(public_key)
    }

    fn is_online(&self) -> bool {
        true
    }
}

impl OnlineKms for OneCurveKey {
    fn describe_key(&self, _: Region, _: &str) -> Result<OnlineKey> {
        panic!("the key is named by its ARN")
    }
}

/// Always the same bytes, so that the sender that a keyring draws can be drawn again.
struct SameBytes;

impl Random for SameBytes {
    fn fill(&self, dest: &mut [u8]) -> Result<()> {
        dest.fill(7);
        Ok(())
    }
}

/// The agreement is the same from both sides: the AWS KMS ECDH keyring of an SDK has its own key in AWS KMS as the sender.
#[test]
fn the_sender_in_aws_opens_what_it_sent() {
    let key: KeyArn = format!("arn:aws:kms:us-west-2:{ACCOUNT}:key/11111111-2222-4333-8444-555555555555").parse().expect("an ARN");
    for curve in Curve::ALL {
        let generate = |random: &dyn Random| EcPrivateKey::generate(curve, random).expect("generated");
        let (recipient, data_key) = (generate(&SystemRandom), DataKey::from_slice(&[5; 32]).expect("32 bytes"));
        let keyring = RawEcdhKeyring::from_public_key(recipient.public_key().clone());
        let mut edk = keyring.wrap(&data_key, &context(), &SameBytes).expect("wraps");
        edk.provider_id = "aws-kms-ecdh".to_owned();
        let opening = OnlineOpening { keys: vec![key.clone()], ..OnlineOpening::default() };
        for (private, opens) in [(generate(&SameBytes), true), (recipient, true), (generate(&SystemRandom), false)] {
            let online = OneCurveKey(private);
            let unwrapped = OnlineKeyring::new(&online, None, &opening, None).unwrap(&edk, &context());
            let is_opened = matches!(&unwrapped, Unwrapped::DataKey(opened) if opened.expose() == data_key.expose());
            assert!(is_opened == opens && (opens || matches!(unwrapped, Unwrapped::DoesNotUnwrap)), "{curve:?}: {unwrapped:?}");
        }
    }
}

/// AWS KMS finds no key by its point: the imported key tells, or the caller, or the record under the account's rule.
#[test]
fn ecdh_needs_to_be_told_the_key() {
    let mut fake = FakeKms::new();
    let curve = fake.make("eu-west-1", KeySpec::EccNistP384);
    let other = fake.make("eu-west-1", KeySpec::EccNistP384);
    let Some(PublicKey::EllipticCurve(point)) = fake.kms.public_key(&curve).cloned() else { panic!("on a curve") };
    let (data_key, edk) = RawEcdhKeyring::from_public_key(point).generate(&context(), &SystemRandom).expect("wraps");
    let place = Place::new();
    let answer = fake.kms.get_public_key(curve.region(), curve.key_id()).expect("asymmetric");
    let key = KmsPublicKey::from_answer(&serde_json::to_string(&answer).expect("JSON")).expect("an answer");
    let file = (String::new(), crate::kms::PublicKeyFile::Key(key));
    let request = crate::kms::ImportPublicKeys { files: vec![file], ..crate::kms::ImportPublicKeys::default() };
    place.keys(|kms| kms.import_public_keys(&request).expect("imported"));
    let (kms, europe) = (place.kms(), region("eu-west-1"));
    let none = OnlineOpening::default();
    let configured = OnlineOpening { accounts: accounts(&[ACCOUNT]), ..OnlineOpening::default() };
    let named = OnlineOpening { keys: vec![curve.clone()], ..OnlineOpening::default() };
    let misnamed = OnlineOpening { keys: vec![other.clone()], ..OnlineOpening::default() };
    let unwrap = |knows: bool, opening: &OnlineOpening, recorded: Option<&KeyArn>| {
        let keyring = OnlineKeyring::new(&fake, knows.then_some(&kms), opening, Some((europe, recorded.cloned())));
        let unwrapped = match keyring.unwrap(&edk, &context()) {
            Unwrapped::DataKey(opened) => Ok(opened.expose() == data_key.expose()),
            Unwrapped::PassedOver(why) => Err(EdkOutcome::PassedOver(why)),
            Unwrapped::Failed(cause) => Err(EdkOutcome::Failed(cause)),
            Unwrapped::DoesNotUnwrap => Err(EdkOutcome::DoesNotUnwrap),
            other => panic!("{other:?}"),
        };
        (unwrapped, fake.take_calls().len())
    };
    assert_eq!(unwrap(true, &none, None), (Ok(true), 1), "imported, whoever's it is");
    assert_eq!(unwrap(false, &named, None), (Ok(true), 1));
    assert_eq!(unwrap(false, &configured, Some(&curve)), (Ok(true), 1), "on record, of the configured account");
    let (refused, calls) = unwrap(false, &none, Some(&curve));
    assert_eq!((refused, calls), (Err(EdkOutcome::PassedOver(PassedOver::OnRecord(curve.clone()))), 0), "another account");
    let (refused, calls) = unwrap(false, &configured, None);
    assert_eq!((refused, calls), (Err(EdkOutcome::PassedOver(PassedOver::UnknownPoint)), 0), "nothing tells");
    // As the recipient, and as the sender.
    assert_eq!(unwrap(false, &misnamed, None), (Err(EdkOutcome::DoesNotUnwrap), 2));
}
