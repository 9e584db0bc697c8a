//! An imported key has the names of any key; what takes its private part is for AWS alone.

use super::*;
use crate::{
    format::EncryptionContext,
    keyring::{CiphertextBlob, Kms as _, RsaEncryptionAlgorithm},
    kms::{CreateKey, EncryptionAlgorithm, KeyDescription, KeySpec, KeyUsage},
};

fn imported() -> (EmbeddedKms, KeyArn, Region) {
    let mut kms = kms();
    kms.import_public_keys(&request(&[RSA_4096, ALIASES])).expect("imported");
    (kms, key(RSA_4096).arn().clone(), region("us-east-1"))
}

#[test]
fn arn_id_and_alias_name_it() {
    let (mut kms, arn, east) = imported();
    kms.create_alias(east, "alias/mine", arn.key_id()).expect("a local name");
    let names = [
        arn.to_string(),
        arn.key_id().to_owned(),
        "alias/team".to_owned(),
        "alias/mine".to_owned(),
        "arn:aws:kms:us-east-1:111122223333:alias/team".to_owned(),
    ];
    for name in &names {
        assert_eq!(kms.resolve(east, name).expect("there"), arn, "{name}");
        assert_eq!(refusal(kms.resolve(east, &format!("embedded:{name}"))).0, ErrorCode::NotFoundException, "{name}");
        assert_eq!(refusal(kms.resolve(region("us-east-2"), name)).0, ErrorCode::NotFoundException, "{name}");
        let KeyDescription::Imported(metadata) = kms.describe_any_key(east, name).expect("there") else { panic!("imported") };
        assert_eq!((metadata.public_key_sha256, metadata.arn), (key(RSA_4096).sha256(), arn.clone()));
    }
    assert_eq!(refusal(kms.resolve(east, "arn:aws:kms:us-east-1:000000000000:alias/team")).0, ErrorCode::NotFoundException);
    assert_eq!(refusal(kms.resolve(east, &arn.to_string().replace("111122223333", "444455556666"))).0, ErrorCode::NotFoundException);
    let embedded = kms.create_key(east, "").expect("made").arn;
    let mut listed: Vec<_> = kms.list_keys(east).expect("lists").into_iter().map(|entry| entry.key_arn).collect();
    assert!(listed.is_sorted_by(|a, b| a.to_string() < b.to_string()));
    listed.sort();
    let mut expected = vec![arn.clone(), embedded.clone()];
    expected.sort();
    assert_eq!(listed, expected);
    let aliases = kms.list_aliases(east, Some(&arn.to_string())).expect("lists");
    let aliases: Vec<_> = aliases.iter().map(|alias| alias.alias_arn.to_string()).collect();
    assert_eq!(aliases, ["arn:aws:kms:us-east-1:111122223333:alias/mine", "arn:aws:kms:us-east-1:111122223333:alias/team"]);
    assert_eq!(refusal(kms.update_alias(east, "alias/mine", embedded.key_id())).0, ErrorCode::ValidationException, "another type");
    let request = CreateKey { key_spec: KeySpec::Rsa2048, key_usage: Some(KeyUsage::EncryptDecrypt), ..CreateKey::default() };
    let same_type = kms.create_key_with(east, request).expect("made").arn;
    kms.update_alias(east, "alias/mine", same_type.key_id()).expect("moved");
    assert_eq!(kms.resolve(east, "alias/mine").expect("there"), same_type);
    kms.delete_alias(east, "alias/team").expect("a local name");
    assert_eq!(kms.set_default_key(east, arn.key_id()).expect("set"), Some(arn.clone()));
    assert_eq!(kms.chosen_default_key(east), Some(arn.clone()));
    assert!(kms.check_usable(&arn).is_ok() && !kms.can_unwrap(&arn) && kms.can_unwrap(&embedded));
}

#[test]
fn what_only_aws_can_do_is_refused_with_the_reason() {
    let (mut kms, arn, east) = imported();
    let id = arn.key_id();
    let (context, blob) = (EncryptionContext::new(), CiphertextBlob(vec![1]));
    let refused = [
        kms.enable_key(east, id),
        kms.disable_key(east, id),
        kms.schedule_key_deletion(east, id, None).map(drop),
        kms.cancel_key_deletion(east, id).map(drop),
        kms.rotate_key_on_demand(east, id).map(drop),
        kms.enable_key_rotation(east, id, None),
        kms.disable_key_rotation(east, id),
        kms.key_rotation_status(east, id).map(drop),
        kms.list_key_rotations(east, id).map(drop),
        kms.update_key_description(east, id, "x"),
        kms.tag_resource(east, id, vec![("a".into(), "b".into())]),
        kms.untag_resource(east, id, &["a".into()]),
        kms.list_resource_tags(east, id).map(drop),
        kms.key_policy(east, id, None).map(drop),
        kms.put_key_policy(east, id, None, "{}"),
        kms.replicate_key(east, id, region("eu-west-1"), CreateKey::default()).map(drop),
        kms.describe_key(east, id).map(drop),
        kms.decrypt(&arn, &blob, &context).map(drop),
    ];
    for (index, result) in refused.into_iter().enumerate() {
        let (code, message) = refusal(result);
        let is_explained = message.contains("for AWS KMS alone") && message.contains(&arn.to_string());
        assert!(code == ErrorCode::UnsupportedOperationException && is_explained, "{index}: {code}: {message}");
    }
}

#[test]
fn an_rsa_key_encrypts_here_and_decrypts_in_aws() {
    let mut aws = EmbeddedKms::new("111122223333".parse().expect("an account")).expect("random bytes");
    let east = region("us-east-1");
    let request = CreateKey { key_spec: KeySpec::Rsa2048, key_usage: Some(KeyUsage::EncryptDecrypt), ..CreateKey::default() };
    let made = aws.create_key_with(east, request).expect("made").arn;
    let answer = serde_json::to_string(&aws.get_public_key(east, made.key_id()).expect("asymmetric")).expect("JSON");
    let mut kms = kms();
    kms.import_public_keys(&self::request(&[&answer, P384])).expect("imported");
    assert_eq!(serde_json::to_string(&kms.get_public_key(east, made.key_id()).expect("imported")).expect("JSON"), answer);
    let (algorithm, context) = (RsaEncryptionAlgorithm::RsaesOaepSha256, EncryptionContext::new());
    let blob = kms.encrypt_with(&made, EncryptionAlgorithm::Rsa(algorithm), b"data", &context).expect("encrypts");
    assert_eq!(aws.decrypt_rsa(&made, algorithm, &blob.0).expect("decrypts").expose(), b"data");
    let (code, message) = refusal(kms.decrypt_rsa(&made, algorithm, &blob.0));
    assert!(code == ErrorCode::UnsupportedOperationException && message.contains("for AWS KMS alone"), "{message}");
    let on_a_curve = kms.encrypt_with(key(P384).arn(), EncryptionAlgorithm::Rsa(algorithm), b"data", &context);
    assert_eq!(refusal(on_a_curve).0, ErrorCode::InvalidKeyUsageException);
    assert_eq!(refusal(kms.encrypt(&made, b"data", &context)).0, ErrorCode::InvalidKeyUsageException, "symmetric");
}

#[test]
fn it_can_be_removed_with_its_names() {
    let (mut kms, arn, east) = imported();
    kms.set_default_key(east, "alias/team").expect("set");
    let embedded = kms.create_key(east, "").expect("made").key_id;
    assert_eq!(refusal(kms.delete_public_key(east, &embedded)).0, ErrorCode::UnsupportedOperationException);
    assert_eq!(refusal(kms.delete_public_key(east, "alias/team")).0, ErrorCode::NotFoundException);
    assert_eq!(kms.delete_public_key(east, arn.key_id()).expect("removed"), arn);
    assert!(kms.chosen_default_key(east).is_none() && kms.list_aliases(east, None).expect("lists").is_empty());
    assert_eq!(refusal(kms.resolve(east, arn.key_id())).0, ErrorCode::NotFoundException);
    kms.import_public_keys(&request(&[RSA_4096])).expect("again");
}

#[test]
fn it_travels_with_its_region() {
    let (mut kms, arn, east) = imported();
    kms.set_default_key(east, "alias/team").expect("set");
    kms.import_public_keys(&request(&[P384])).expect("imported");
    let export = kms.export(&[east]).expect("exports");
    assert!(export.is_imported(&arn) && !export.is_imported(key(P384).arn()));
    assert_eq!(export.imported_public_key(&arn).expect("there").answer(), RSA_4096);
    let mut second = self::kms();
    let done = second.import(export).expect("imports");
    assert_eq!((done.added, done.unchanged), (vec![arn.clone()], vec![]));
    assert_eq!((second.resolve(east, "alias/team").expect("there"), second.chosen_default_key(east)), (arn.clone(), Some(arn.clone())));
    second.dirty = false;
    let done = second.import(kms.export(&[east]).expect("exports")).expect("imports");
    assert_eq!((done.added, done.unchanged, second.is_dirty()), (vec![], vec![arn.clone()], false));
    // Whose account a keystore is of matters to embedded keys alone.
    let mut third = EmbeddedKms::new("444455556666".parse().expect("an account")).expect("random bytes");
    assert_eq!(third.import(kms.export(&[east]).expect("exports")).expect("imports").added, [arn]);
    kms.create_key(east, "").expect("made");
    assert!(matches!(third.import(kms.export(&[east]).expect("exports")), Err(Error::Setup(_))));
}
