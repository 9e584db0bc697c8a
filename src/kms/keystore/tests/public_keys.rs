//! A committed keystore with imported public keys: each later version has to open it.

use super::*;

const KEYSTORE: &[u8] = include_bytes!("../../../../tests/data/keystore-v1-public-keys.json");
const KEY: &[u8] = include_bytes!("../../../../tests/data/keystore-v1-public-keys.key");

fn opened() -> (TempDir, KeystoreLocation, EmbeddedKms) {
    let (folder, location) = place();
    put(&location.keystore, KEYSTORE);
    put(&location.key_file, KEY);
    let kms = location.load(&Never).expect("loads").expect("a keystore");
    (folder, location, kms)
}

fn json(kms: &EmbeddedKms) -> String {
    let written = content::to_json(kms, kms.last_written().expect("written")).expect("JSON");
    String::from_utf8(written.expose().to_vec()).expect("text")
}

#[test]
fn imported_public_keys_open_for_ever() {
    let (_folder, location, kms) = opened();
    let count: usize = ["us-east-1", "eu-west-1", "ap-southeast-2", "us-west-2"]
        .iter()
        .map(|name| {
            kms.list_keys(Region::new(name).expect("known")).expect("lists").iter().filter(|key| kms.is_imported(&key.key_arn)).count()
        })
        .sum();
    assert_eq!(count, 6);
    let east = Region::new("us-east-1").expect("known");
    let team = kms.resolve(east, "alias/team").expect("there");
    let answer = include_str!("../../../../tests/data/public-keys/rsa-4096.json");
    assert_eq!(kms.imported_public_key(&team).expect("imported").answer(), answer);
    assert!(!kms.is_imported(&kms.resolve(east, "alias/embedded").expect("there")));
    let europe = kms.chosen_default_key(Region::new("eu-west-1").expect("known")).expect("set");
    assert!(kms.is_imported(&europe));
    // Written again, the content is the same to the byte.
    let envelope = Envelope::parse(&location.keystore, KEYSTORE).expect("parses");
    let root_key = unlock::try_unwrap(&envelope, &SecretBytes::new(KEY.to_vec())).expect("tries").expect("unwraps");
    assert!(json(&kms).as_bytes() == envelope.open(&location.keystore, &root_key).expect("opens").expose(), "the same to the byte");
}

#[test]
fn imported_keys_that_break_a_rule_are_refused() {
    let (_folder, _location, kms) = opened();
    let json = json(&kms);
    parse_content(json.as_bytes()).expect("parses");
    let embedded = kms.resolve(Region::new("us-east-1").expect("known"), "alias/embedded").expect("there");
    for (from, to) in [
        ("us-east-1:111122223333:key/11111111", "us-east-2:111122223333:key/11111111"),
        ("ENCRYPT_DECRYPT", "SIGN_VERIFY"),
        ("RSA_4096", "RSA_3072"),
        ("key/11111111-1111-4111-8111-111111111111", &format!("key/{}", embedded.key_id())),
        ("key/55555555-5555-4555-8555-555555555555", "key/44444444-4444-4444-8444-444444444444"),
        ("\"targetKeyId\":\"11111111", "\"targetKeyId\":\"99999999"),
        ("\"defaultKeyId\":\"22222222", "\"defaultKeyId\":\"99999999"),
        ("\"importDate\"", "\"imported\""),
    ] {
        assert!(json.contains(from), "{from}");
        match parse_content(json.replace(from, to).as_bytes()) {
            Err(Error::Damaged { what, .. }) => assert!(!what.to_string().contains("11111111"), "{what}"),
            other => panic!("{to}: {other:?}"),
        }
    }
}
