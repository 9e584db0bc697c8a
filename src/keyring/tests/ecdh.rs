//! Raw ECDH.

use super::*;

fn generate(curve: Curve) -> EcPrivateKey {
    EcPrivateKey::generate(curve, &SystemRandom).expect("generates")
}

/// A keyring with a private key, and an EDK for it.
fn pair(curve: Curve) -> (RawEcdhKeyring, EncryptedDataKey) {
    let key = generate(curve);
    let edk = RawEcdhKeyring::from_public_key(key.public_key().clone()).wrap(&data_key(), &context("a"), &SystemRandom).expect("wraps");
    (RawEcdhKeyring::from_private_key(key), edk)
}

#[test]
fn a_public_key_wraps_and_its_private_key_unwraps() {
    for curve in Curve::ALL {
        let (ours, edk) = pair(curve);
        assert_eq!((edk.provider_id.as_str(), edk.ciphertext.len()), ("raw-ecdh", 112));
        assert_eq!(edk.provider_info.len(), 1 + 2 * (4 + curve.point_length()));
        assert!(is_our_data_key(&ours.unwrap(&edk, &context("a"))));
        let kms = EncryptedDataKey { provider_id: AWS_KMS_ECDH_PROVIDER_ID.to_owned(), ..edk.clone() };
        assert!(is_our_data_key(&ours.unwrap(&kms, &context("a"))), "either provider id");
        // A private key wraps for itself.
        let own = ours.wrap(&data_key(), &EncryptionContext::new(), &SystemRandom).expect("wraps");
        assert!(is_our_data_key(&ours.unwrap(&own, &EncryptionContext::new())));
        assert_ne!(own.provider_info, edk.provider_info, "the sender is fresh each time");
    }
}

#[test]
fn an_edk_for_somebody_else_is_left_alone() {
    for curve in Curve::ALL {
        let (ours, edk) = pair(curve);
        for other in Curve::ALL {
            let other = RawEcdhKeyring::from_private_key(generate(other));
            assert!(matches!(other.unwrap(&edk, &context("a")), Unwrapped::NotForThisKeyring));
        }
        let public = RawEcdhKeyring::from_public_key(ours.public_key().clone());
        assert!(matches!(public.unwrap(&edk, &context("a")), Unwrapped::NotForThisKeyring));
        for provider_id in ["raw-ecdh ", "aws-kms", "aws-kms-rsa", ""] {
            let edk = EncryptedDataKey { provider_id: provider_id.to_owned(), ..edk.clone() };
            assert!(matches!(ours.unwrap(&edk, &context("a")), Unwrapped::NotForThisKeyring));
        }
    }
}

#[test]
fn every_failure_of_cryptography_has_one_reason() {
    for curve in Curve::ALL {
        let (ours, edk) = pair(curve);
        let mut reasons = vec![failure(ours.unwrap(&edk, &context("b"))), failure(ours.unwrap(&edk, &EncryptionContext::new()))];
        for position in 0..edk.ciphertext.len() {
            let mut changed = edk.clone();
            changed.ciphertext[position] ^= 1;
            reasons.push(failure(ours.unwrap(&changed, &context("a"))));
        }
        for length in (0..112).chain(113..120) {
            let mut ciphertext = edk.ciphertext.clone();
            ciphertext.resize(length, 0);
            reasons.push(failure(ours.unwrap(&EncryptedDataKey { ciphertext, ..edk.clone() }, &context("a"))));
        }
        assert!(reasons.iter().all(|reason| reason == "does not unwrap"), "{reasons:?}");
    }
}

#[test]
fn provider_information_is_exact() {
    for curve in Curve::ALL {
        let (ours, edk) = pair(curve);
        let with = |provider_info: Vec<u8>| EncryptedDataKey { provider_info, ..edk.clone() };
        for length in (0..edk.provider_info.len()).chain([edk.provider_info.len() + 1, 1000]) {
            let mut info = edk.provider_info.clone();
            info.resize(length, 0);
            assert_eq!(failure(ours.unwrap(&with(info), &context("a"))), "does not unwrap", "{length}");
        }
        for position in 0..edk.provider_info.len() {
            for bit in [0x01, 0x02, 0x80] {
                let mut info = edk.provider_info.clone();
                info[position] ^= bit;
                assert!(!is_our_data_key(&ours.unwrap(&with(info), &context("a"))), "byte {position}, bit {bit}");
            }
        }
        // The sender as uncompressed and as hybrid point.
        let sender = generate(curve);
        let uncompressed =
            &sender.public_key().to_spki_der()[sender.public_key().to_spki_der().len() - 2 * curve.coordinate_length() - 1..];
        for form in [4, 6, 7] {
            let mut info = edk.provider_info[..5 + curve.point_length()].to_vec();
            info.extend_from_slice(&u32::try_from(uncompressed.len()).expect("short").to_be_bytes());
            info.push(form);
            info.extend_from_slice(&uncompressed[1..]);
            assert_eq!(failure(ours.unwrap(&with(info), &context("a"))), "does not unwrap", "form {form}");
        }
    }
}

#[test]
fn the_point_shown_to_people_is_the_recipients() {
    let (ours, edk) = pair(Curve::P256);
    assert_eq!(display_provider_info(&edk), format!("recipient {}", hex::encode(ours.public_key().clone().to_compressed())));
    let malformed = EncryptedDataKey { provider_info: b"\x01nonsense".to_vec(), ..edk };
    assert_eq!(display_provider_info(&malformed), "\\u{1}nonsense");
}
