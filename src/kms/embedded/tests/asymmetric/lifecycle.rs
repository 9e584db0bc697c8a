//! Asymmetric keys made, replicated, exported, and kept apart from others.

use super::*;

#[test]
fn keys_are_made_as_asked_for() {
    let mut kms = kms();
    let request = |key_spec, key_usage| CreateKey { key_spec, key_usage, ..CreateKey::default() };
    for spec in [KeySpec::Rsa2048, KeySpec::EccNistP256, KeySpec::EccNistP384, KeySpec::EccNistP521, KeySpec::SymmetricDefault] {
        let made = kms.create_key_with(west(), request(spec, Some(spec.usage()))).expect("made");
        assert_eq!((made.key_spec, made.key_usage, made.customer_master_key_spec), (spec, spec.usage(), spec));
        assert_eq!(made.current_key_material_id.is_some(), spec == KeySpec::SymmetricDefault);
        let others = KeyUsage::ALL.into_iter().filter(|usage| *usage != spec.usage());
        for usage in others {
            let message = format!("KeyUsage {usage} is not compatible with KeySpec {spec}");
            assert_eq!(refusal(kms.create_key_with(west(), request(spec, Some(usage)))), (ErrorCode::ValidationException, message));
        }
    }
    kms.create_key_with(west(), request(KeySpec::SymmetricDefault, None)).expect("the usage has a default");
    let message = "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.".to_owned();
    for spec in [KeySpec::Rsa4096, KeySpec::EccNistP384] {
        assert_eq!(refusal(kms.create_key_with(west(), request(spec, None))), (ErrorCode::ValidationException, message.clone()));
    }
    assert_eq!(kms.list_keys(west()).expect("lists").len(), 6);
}

#[test]
fn asymmetric_keys_do_not_rotate() {
    let mut kms = stored();
    for spec in [KeySpec::Rsa4096, KeySpec::EccNistP521] {
        let arn = key(&kms, spec);
        let refused = [
            ("RotateKeyOnDemand", refusal(kms.rotate_key_on_demand(west(), arn.key_id()))),
            ("EnableKeyRotation", refusal(kms.enable_key_rotation(west(), arn.key_id(), None))),
            ("DisableKeyRotation", refusal(kms.disable_key_rotation(west(), arn.key_id()))),
            ("ListKeyRotations", refusal(kms.list_key_rotations(west(), arn.key_id()))),
        ];
        for (operation, refused) in refused {
            let message = format!("{arn} key spec is {spec} which is not valid for {operation}.");
            assert_eq!(refused, (ErrorCode::UnsupportedOperationException, message));
        }
        assert!(!kms.key_rotation_status(west(), arn.key_id()).expect("status").key_rotation_enabled);
        kms.disable_key(west(), arn.key_id()).expect("disabled");
        assert_eq!(refusal(kms.rotate_key_on_demand(west(), arn.key_id())).0, ErrorCode::DisabledException);
    }
    kms.clock = Clock::Fixed(day("2040-01-01"));
    assert!(kms.rotate_due().expect("rotates").is_empty());
}

#[test]
fn all_regions_of_a_key_have_its_private_part() {
    let mut kms = stored();
    let arn = key(&kms, KeySpec::Rsa2048);
    let blob = kms.encrypt_with(&arn, EncryptionAlgorithm::Rsa(RsaesOaepSha1), b"data", &none()).expect("encrypts");
    let asia = region("ap-south-1");
    let made = kms.replicate_key(west(), arn.key_id(), asia, CreateKey::default()).expect("replicated").replica_key_metadata;
    assert_eq!((made.key_spec, made.current_key_material_id), (KeySpec::Rsa2048, None));
    for region in [region("eu-west-1"), asia] {
        let sibling = kms.key_arn(region, arn.key_id());
        assert_eq!(kms.decrypt_rsa(&sibling, RsaesOaepSha1, &blob.0).expect("decrypts").expose(), b"data");
        assert_eq!(kms.public_key(&sibling), kms.public_key(&arn));
    }
    assert!(kms.multi_region_keys_agree());
}

#[test]
fn private_parts_travel_and_another_one_is_a_conflict() {
    let kms = stored();
    let mut here = EmbeddedKms::new(kms.account().clone()).expect("made");
    let imported = here.import(kms.export(&[west()]).expect("exports")).expect("imports");
    assert_eq!(imported.added.len(), 7);
    for spec in RSA.into_iter().chain(CURVES) {
        assert_eq!(here.public_key(&key(&kms, spec)), kms.public_key(&key(&kms, spec)));
    }
    let blob =
        kms.encrypt_with(&key(&kms, KeySpec::Rsa3072), EncryptionAlgorithm::Rsa(RsaesOaepSha256), b"data", &none()).expect("encrypts");
    assert_eq!(here.decrypt_rsa(&key(&here, KeySpec::Rsa3072), RsaesOaepSha256, &blob.0).expect("decrypts").expose(), b"data");
    assert!(here.import(kms.export(&[west(), region("eu-west-1")]).expect("exports")).expect("imports").added.len() == 1);

    let mut other = stored();
    let request = CreateKey { key_spec: KeySpec::EccNistP256, key_usage: Some(KeyUsage::KeyAgreement), ..CreateKey::default() };
    let made = other.create_key_with(west(), request).expect("made").key_id;
    let id = key(&other, KeySpec::EccNistP256).key_id().to_owned();
    let state = other.regions.get_mut(&west()).expect("keys");
    let swapped = state.keys.remove(&made).expect("made").material;
    state.keys.get_mut(&id).expect("there").material = swapped;
    let (code, message) = refusal(here.import(other.export(&[west()]).expect("exports")));
    assert!(code == ErrorCode::AlreadyExistsException && message.contains(&id) && message.contains("another material"), "{message}");
}

#[test]
fn an_alias_stays_with_one_kind_of_key() {
    let mut kms = stored();
    let id = |spec| key(&stored(), spec).key_id().to_owned();
    kms.update_alias(west(), "alias/RSA_2048", &id(KeySpec::Rsa4096)).expect("the same kind");
    kms.update_alias(west(), "alias/ECC_NIST_P256", &id(KeySpec::EccNistP521)).expect("the same kind");
    for (alias, spec) in
        [("alias/RSA_2048", KeySpec::EccNistP256), ("alias/ECC_NIST_P384", KeySpec::Rsa2048), ("alias/symmetric", KeySpec::Rsa2048)]
    {
        let (code, message) = refusal(kms.update_alias(west(), alias, &id(spec)));
        assert!(code == ErrorCode::ValidationException && message.contains(alias), "{message}");
    }
    kms.delete_alias(west(), "alias/symmetric").expect("deleted");
    kms.create_alias(west(), "alias/symmetric", &id(KeySpec::Rsa2048)).expect("another one of the name");
}

#[test]
fn nothing_printed_holds_a_private_part() {
    let kms = stored();
    let printed = format!("{kms:?}");
    for spec in RSA.into_iter().chain(CURVES) {
        let arn = key(&kms, spec);
        let private = kms.key(&arn).expect("there").key_pair().expect("asymmetric").private_key();
        let start = format!("{:?}", &private.expose()[..16]);
        assert!(!printed.contains(start.trim_matches(['[', ']'])), "{spec}");
    }
    assert!(printed.contains("redacted"));
}
