//! The file format: what opens for ever, and what is refused.

use super::*;

#[test]
fn format_1_opens_for_ever() {
    let (_folder, location) = place();
    put(&location.keystore, KEYSTORE_V1);
    put(&location.key_file, KEYSTORE_V1_KEY);
    let kms = location.load(&Never).expect("loads").expect("a keystore");
    assert_eq!((kms.account().as_str(), kms.is_dirty()), ("111122223333", false));
    assert_eq!(kms.last_written().expect("written").to_string(), "2026-11-21T20:38:31.123000+00:00");
    assert!(kms.is_enabled(Region::new("af-south-1").expect("known")) && !kms.is_enabled(Region::new("ap-east-1").expect("known")));
    assert_eq!((kms.comparison_key().id(), kms.comparison_key().key().expose()), ("5555abcd-12ab-44cd-86ef-1234567890ab", &[0xCC; 32][..]));
    let key = kms.describe_key(west(), "alias/example").expect("there");
    assert_eq!((&key.key_id[..], &key.description[..], key.enabled), ("1234abcd-12ab-34cd-56ef-1234567890ab", "two versions", false));
    assert_eq!(key.current_key_material_id, Some("a2".repeat(32)));
    assert_eq!(kms.default_key(west()).expect("there").key_id(), "9876abcd-12ab-44cd-86ef-1234567890ab");
    // Written again, the content is the same to the byte.
    let envelope = Envelope::parse(&location.keystore, KEYSTORE_V1).expect("parses");
    let root_key = unlock::try_unwrap(&envelope, &SecretBytes::new(KEYSTORE_V1_KEY.to_vec())).expect("tries").expect("unwraps");
    let written = content::to_json(&kms, kms.last_written().expect("written")).expect("JSON");
    assert_eq!(written.expose(), envelope.open(&location.keystore, &root_key).expect("opens").expose());
}

#[test]
fn format_1_under_a_passphrase_opens_for_ever() {
    let (_folder, location) = place();
    put(&location.keystore, KEYSTORE_V1_PASSPHRASE);
    let passphrases = Fixed::new("correct horse", "");
    assert_eq!(location.load(&passphrases).expect("loads").expect("a keystore").account().as_str(), "111122223333");
    assert_eq!(passphrases.asked.get(), 1);
    let wrong = Fixed::new("correct horsf", "");
    assert!(setup_message(location.load(&wrong)).contains("does not open with this passphrase"));
    assert_eq!(wrong.asked.get(), 1);
}

#[test]
fn older_material_decrypts_and_the_newest_encrypts() {
    let (_folder, location) = place();
    put(&location.keystore, KEYSTORE_V1);
    put(&location.key_file, KEYSTORE_V1_KEY);
    let mut kms = location.load(&Never).expect("loads").expect("a keystore");
    kms.enable_key(west(), "1234abcd-12ab-34cd-56ef-1234567890ab").expect("enabled");
    let key = kms.resolve(west(), "alias/example").expect("there");
    let (id, context) = (b"1234abcd-12ab-34cd-56ef-1234567890ab", EncryptionContext::new());
    let old = SecretBytes::new((0..32).collect());
    let seal = |material_id: u8| {
        crate::kms::embedded::ciphertext::seal(&old, id, &[material_id; 32], &[9; 32], b"data", &context)
            .map(CiphertextBlob)
            .expect("seals")
    };
    assert_eq!(kms.decrypt(&key, &seal(0xA1), &context).expect("decrypts").expose(), b"data");
    for unknown in [0xA2, 0xA4] {
        assert!(matches!(kms.decrypt(&key, &seal(unknown), &context), Err(Error::Service(_))));
    }
    assert_eq!(kms.encrypt(&key, b"data", &context).expect("encrypts").0[37..69], [0xA2; 32]);
}

#[test]
fn any_changed_bit_is_refused_or_means_the_same() {
    let (_folder, location) = place();
    let path = &location.keystore;
    let original = Envelope::parse(path, KEYSTORE_V1).expect("parses");
    let key = SecretBytes::new(KEYSTORE_V1_KEY.to_vec());
    let mut refused = 0;
    for bit in 0..KEYSTORE_V1.len() * 8 {
        let mut changed = KEYSTORE_V1.to_vec();
        changed[bit / 8] ^= 1 << (bit % 8);
        let Ok(envelope) = Envelope::parse(path, &changed) else {
            refused += 1;
            continue;
        };
        let opened = unlock::try_unwrap(&envelope, &key).expect("tries").and_then(|root_key| envelope.open(path, &root_key).ok());
        assert!(opened.is_none() || envelope == original, "bit {bit}");
        refused += usize::from(opened.is_none());
    }
    // Only the white space at the end may be other white space.
    assert!(refused >= KEYSTORE_V1.len() * 8 - 8, "{refused}");
    for length in 0..KEYSTORE_V1.len() - 1 {
        assert!(Envelope::parse(path, &KEYSTORE_V1[..length]).is_err(), "{length} bytes");
    }
}

#[test]
fn other_formats_members_and_costs_are_refused() {
    let path = Path::new("keystore.json");
    let text = std::str::from_utf8(KEYSTORE_V1_PASSPHRASE).expect("text");
    let parse = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        Envelope::parse(path, text.replace(from, to).as_bytes())
    };
    let newer = setup_message(parse("\"format\":1", "\"format\":2,\"later\":true"));
    assert!(newer.contains("format 2 is newer") && newer.contains("keystore.json"), "{newer}");
    let malformed = [
        ("\"format\":1", "\"format\":0"),
        ("\"format\":1", "\"format\":1,\"format\":1"),
        ("\"format\":1", "\"format\":1,\"later\":true"),
        ("{\"header\"", "{\"later\":true,\"header\""),
        ("\"kdf\"", "\"later\":1,\"kdf\""),
        ("argon2id", "argon2i"),
        ("7777abcd-", "7777abcd"),
        ("\"content\":\"", "\"content\":\"\\u0041"),
    ];
    for (from, to) in malformed {
        assert!(matches!(parse(from, to), Err(Error::Damaged { .. })), "{to}");
    }
    let costs = [
        ("65536", "4294967295"),
        ("65536", "19455"),
        ("65536", "262145"),
        ("65536", "1048576"),
        ("\"iterations\":3", "\"iterations\":9"),
        ("\"iterations\":3", "\"iterations\":16"),
        ("\"iterations\":3", "\"iterations\":17"),
        ("\"parallelism\":4", "\"parallelism\":9"),
    ];
    for (from, to) in costs {
        assert!(matches!(parse(from, to), Err(Error::Damaged { what, .. }) if what.to_string().contains("Argon2id")), "{to}");
    }
    // Within the bounds, but not what the root key was wrapped under.
    let (_folder, location) = place();
    put(&location.keystore, text.replace("\"iterations\":3", "\"iterations\":2").as_bytes());
    assert!(setup_message(location.load(&Fixed::new("correct horse", ""))).contains("this passphrase"));
    assert!(matches!(Envelope::parse(path, &vec![b' '; envelope::FILE_LIMIT + 1]), Err(Error::Damaged { .. })));
}

#[test]
fn content_that_breaks_a_rule_is_refused() {
    let (_folder, location) = place();
    let path = &location.keystore;
    let envelope = Envelope::parse(path, KEYSTORE_V1).expect("parses");
    let root_key = unlock::try_unwrap(&envelope, &SecretBytes::new(KEYSTORE_V1_KEY.to_vec())).expect("tries").expect("unwraps");
    let json = String::from_utf8(envelope.open(path, &root_key).expect("opens").expose().to_vec()).expect("text");
    parse_content(json.as_bytes()).expect("parses");
    parse_keystore(KEYSTORE_V1).expect("parses");
    for bit in 0..json.len() * 8 {
        let mut changed = json.clone().into_bytes();
        changed[bit / 8] ^= 1 << (bit % 8);
        // Another account or date is a fine state too; nothing may panic, and what parses is written as it was read.
        parse_content(&changed).ok();
    }
    let zeros = "A".repeat(43);
    let cases = [
        ("\"account\":\"1", "\"account\":\"x"),
        ("us-west-2", "us-west-9"),
        ("af-south-1", "af-south-9"),
        ("alias/example", "example"),
        ("\"targetKeyId\":\"1234", "\"targetKeyId\":\"4321"),
        ("\"id\":\"1234abcd-12ab", "\"id\":\"1234abcd-12a"),
        ("\"id\":\"9876abcd-12ab-44cd-86ef", "\"id\":\"1234abcd-12ab-34cd-56ef"),
        ("oqKioqKioqKioqKioqKioqKioqKioqKioqKioqKioqI=", "oaGhoaGhoaGhoaGhoaGhoaGhoaGhoaGhoaGhoaGhoaE="),
        ("\"key\":\"AAEC", "\"key\":\"\\u0041AEC"),
        ("\"key\":\"AAEC", "\"key\":\"AAAAAAEC"),
        ("zMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMw=", &zeros),
        ("\"Disabled\"", "\"Gone\""),
        ("\"lastWritten\"", "\"later\":1,\"lastWritten\""),
    ];
    for (from, to) in cases {
        assert!(json.contains(from), "{from}");
        match parse_content(json.replace(from, to).as_bytes()) {
            Err(Error::Damaged { what, .. }) => assert!(!what.to_string().contains("AEC") && !what.to_string().contains("Gone"), "{what}"),
            other => panic!("{to}: {other:?}"),
        }
    }
}
