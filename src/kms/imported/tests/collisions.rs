//! The rules of the design: no import shadows anything, and a public key never changes.

use super::*;
use crate::error::SetupError;
use crate::kms::{Clock, CreateKey, WhatHappened};

fn statuses(done: &ImportedPublicKeys) -> (Vec<WhatHappened>, Vec<WhatHappened>) {
    (done.keys.iter().map(|key| key.status).collect(), done.aliases.iter().map(|alias| alias.status).collect())
}

/// The same answer with the public key of another one of that spec, made by swapping two files' keys.
fn with_other_public_key(json: &str, other: &str) -> String {
    let member =
        |json: &str| serde_json::from_str::<serde_json::Value>(json).expect("JSON")["PublicKey"].as_str().expect("text").to_owned();
    let spec = |json: &str| key(json).key_spec();
    let swapped = json.replace(&member(json), &member(other));
    swapped.replace(spec(json).name(), spec(other).name())
}

/// The answer under another ARN.
fn moved(json: &str, region: &str, account: &str, id: &str) -> String {
    let arn = format!("arn:aws:kms:{region}:{account}:key/{id}");
    json.replace(&key(json).arn().to_string(), &arn)
}

/// Makes an embedded key and gives it this id, which no operation does.
fn embed(kms: &mut EmbeddedKms, region: Region, id: &str) {
    let made = kms.create_key(region, "").expect("made").key_id;
    let state = kms.region_mut(region).expect("enabled");
    let key = state.keys.remove(&made).expect("just made");
    state.keys.insert(id.to_owned(), key);
}

#[test]
fn several_files_with_their_aliases_are_imported_at_once() {
    let mut kms = kms();
    let done = kms.import_public_keys(&request(&[ALIASES, RSA_4096, P384, RSA_2048])).expect("imported");
    assert_eq!(statuses(&done), (vec![WhatHappened::Added; 3], vec![WhatHappened::Added]));
    assert_eq!((done.passed_over, &done.keys[0].public_key_sha256), (1, &key(RSA_4096).sha256()));
    assert!(kms.is_dirty());
    assert_eq!(kms.resolve(region("us-east-1"), "alias/team").expect("there"), *key(RSA_4096).arn());
}

#[test]
fn an_identical_import_changes_nothing() {
    let mut kms = kms();
    kms.import_public_keys(&request(&[RSA_4096, ALIASES])).expect("imported");
    kms.dirty = false;
    let done = kms.import_public_keys(&request(&[RSA_4096, ALIASES, RSA_4096])).expect("imported");
    assert_eq!(statuses(&done), (vec![WhatHappened::Unchanged; 2], vec![WhatHappened::Unchanged]));
    assert!(!kms.is_dirty());
}

#[test]
fn another_public_key_under_a_known_arn_is_always_refused() {
    let mut kms = kms();
    kms.import_public_keys(&request(&[RSA_4096])).expect("imported");
    let other = with_other_public_key(RSA_4096, RSA_2048);
    let refused = ImportPublicKeys { replace_aliases: vec!["alias/team".to_owned()], ..request(&[&other]) };
    let parts = ["file-0", "never changes", &key(RSA_4096).sha256(), &key(RSA_2048).sha256()];
    assert_unchanged(&mut kms, &refused, ErrorCode::AlreadyExistsException, &parts);
    // The same within one import.
    assert_unchanged(&mut self::kms(), &request(&[RSA_4096, &other]), ErrorCode::AlreadyExistsException, &["file-1", "never changes"]);
}

#[test]
fn an_id_belongs_to_one_key() {
    let mut kms = kms();
    let embedded = kms.create_key(region("us-east-1"), "").expect("made");
    // In the keystore's account, then the ARN is the same too; and in another.
    for account in ["000000000000", "111122223333"] {
        let clash = moved(RSA_4096, "us-east-1", account, &embedded.key_id);
        assert_unchanged(&mut kms, &request(&[&clash]), ErrorCode::AlreadyExistsException, &["embedded key", &embedded.key_id]);
        let elsewhere = moved(RSA_4096, "us-east-2", account, &embedded.key_id);
        kms.import_public_keys(&request(&[&elsewhere])).expect("another Region");
        kms.delete_public_key(region("us-east-2"), &embedded.key_id).expect("removed");
    }
    kms.import_public_keys(&request(&[RSA_4096])).expect("imported");
    let clash = moved(RSA_4096, "us-east-1", "444455556666", key(RSA_4096).arn().key_id());
    assert_unchanged(&mut kms, &request(&[&clash]), ErrorCode::AlreadyExistsException, &["has the id of"]);
}

#[test]
fn all_regions_of_a_multi_region_key_have_one_public_key() {
    let mut kms = kms();
    let id = key(P521).arn().key_id().to_owned();
    kms.import_public_keys(&request(&[P521])).expect("imported");
    let replica = moved(P521, "eu-west-1", "111122223333", &id);
    kms.import_public_keys(&request(&[&replica])).expect("a replica");
    let forged = with_other_public_key(&moved(P521, "eu-west-2", "111122223333", &id), P384);
    assert_unchanged(&mut kms, &request(&[&forged]), ErrorCode::AlreadyExistsException, &["same multi-Region key"]);
    let of_others = with_other_public_key(&moved(P521, "eu-west-2", "444455556666", &id), P384);
    kms.import_public_keys(&request(&[&of_others])).expect("another account's");
    // A keystore with the forged one is refused too, in a Region that has keys here and in one that has none.
    for region in ["eu-west-1", "us-east-2"] {
        let mut other = self::kms();
        other.import_public_keys(&request(&[&with_other_public_key(&moved(P521, region, "111122223333", &id), P384)])).expect("imported");
        let before = format!("{kms:?}");
        let (code, message) = refusal(kms.import(other));
        assert!(code == ErrorCode::AlreadyExistsException && message.contains("another public key"), "{region}: {message}");
        assert_eq!(before, format!("{kms:?}"));
    }
    let mut other = self::kms();
    other.import_public_keys(&request(&[&moved(P521, "us-east-2", "111122223333", &id)])).expect("imported");
    kms.import(other).expect("the same public key");
}

#[test]
fn an_alias_is_taken_from_its_key_only_when_that_is_said() {
    for has_alias in ["embedded", "imported"] {
        let mut kms = kms();
        let east = region("us-east-1");
        let holder = if has_alias == "embedded" {
            kms.create_key(east, "").expect("made").key_id
        } else {
            let other = moved(RSA_2048, "us-east-1", "111122223333", key(RSA_2048).arn().key_id());
            kms.import_public_keys(&request(&[&other])).expect("imported").keys[0].key_id.key_id().to_owned()
        };
        kms.create_alias(east, "alias/team", &holder).expect("made");
        let refused = request(&[RSA_4096, ALIASES]);
        assert_unchanged(&mut kms, &refused, ErrorCode::AlreadyExistsException, &["alias/team", &holder]);
        let other = ImportPublicKeys { replace_aliases: vec!["alias/other".to_owned()], ..request(&[RSA_4096, ALIASES]) };
        assert_unchanged(&mut kms, &other, ErrorCode::AlreadyExistsException, &["alias/team"]);
        let replacing = ImportPublicKeys { replace_aliases: vec!["alias/team".to_owned()], ..request(&[RSA_4096, ALIASES]) };
        let done = kms.import_public_keys(&replacing).expect("replaced");
        assert_eq!(statuses(&done), (vec![WhatHappened::Added], vec![WhatHappened::Replaced]));
        assert_eq!(kms.resolve(east, "alias/team").expect("there"), *key(RSA_4096).arn());
        assert_eq!(statuses(&kms.import_public_keys(&replacing).expect("again")).1, [WhatHappened::Unchanged]);
    }
}

/// The list of aliases of the 4096-bit RSA key.
fn aliases(names: impl IntoIterator<Item = String>) -> String {
    let entry = |name: String| {
        let arn = format!("arn:aws:kms:us-east-1:111122223333:{name}");
        serde_json::json!({"AliasName": name, "AliasArn": arn, "TargetKeyId": key(RSA_4096).arn().key_id()})
    };
    serde_json::json!({"Aliases": names.into_iter().map(entry).collect::<Vec<_>>()}).to_string()
}

#[test]
fn a_key_has_50_aliases_at_most() {
    let mut kms = kms();
    let (east, numbered) = (region("us-east-1"), |numbers: std::ops::Range<u8>| numbers.map(|number| format!("alias/n{number}")));
    let holder = kms.create_key(east, "").expect("made").key_id;
    kms.create_alias(east, "alias/n50", &holder).expect("made");
    assert_unchanged(&mut kms, &request(&[RSA_4096, &aliases(numbered(51..102))]), ErrorCode::LimitExceededException, &["51 aliases"]);
    let fits = aliases(numbered(0..50));
    kms.import_public_keys(&request(&[RSA_4096, &fits, &fits])).expect("50 aliases, each of them twice");
    kms.import_public_keys(&request(&[&fits])).expect("the same");
    let replacing = ImportPublicKeys { replace_aliases: vec!["alias/n50".to_owned()], ..request(&[&aliases(numbered(49..51))]) };
    assert_unchanged(&mut kms, &replacing, ErrorCode::LimitExceededException, &[key(RSA_4096).arn().key_id()]);
    kms.delete_alias(east, "alias/n0").expect("there");
    kms.import_public_keys(&replacing).expect("50 again");
    assert_eq!(refusal(kms.create_alias(east, "alias/n0", key(RSA_4096).arn().key_id())).0, ErrorCode::LimitExceededException);
}

#[test]
fn the_alias_of_a_key_that_was_deleted_is_free() {
    let mut kms = kms();
    let east = region("us-east-1");
    let deleted = kms.create_key(east, "").expect("made").key_id;
    kms.create_alias(east, "alias/team", &deleted).expect("made");
    kms.clock = Clock::Fixed("2026-11-01T00:00:00Z".parse().expect("a time"));
    kms.schedule_key_deletion(east, &deleted, Some(7)).expect("scheduled");
    kms.clock = Clock::Fixed("2026-11-09T00:00:00Z".parse().expect("a time"));
    kms.import_public_keys(&request(&[RSA_4096, ALIASES])).expect("imported");
    assert_eq!(kms.resolve(east, "alias/team").expect("there"), *key(RSA_4096).arn());
}

#[test]
fn one_bad_file_keeps_all_out() {
    let mut kms = kms();
    let taken = kms.create_key(region("us-west-2"), "").expect("made").key_id;
    let clash = moved(P256, "us-west-2", "111122223333", &taken);
    assert_unchanged(&mut kms, &request(&[RSA_4096, P384, &clash, ALIASES]), ErrorCode::AlreadyExistsException, &["file-2"]);
    let contradiction = ALIASES.replace("11111111-1111-4111-8111-111111111111", "77777777-7777-4777-8777-777777777777");
    let other = moved(RSA_2048, "us-east-1", "111122223333", "77777777-7777-4777-8777-777777777777");
    let both = request(&[RSA_4096, &other, ALIASES, &contradiction]);
    assert_unchanged(&mut kms, &both, ErrorCode::ValidationException, &["file-3", "names two keys"]);
}

#[test]
fn the_region_asked_for_and_the_arn_have_to_agree() {
    let mut kms = kms();
    let elsewhere = ImportPublicKeys { region: Some(region("us-west-2")), ..request(&[RSA_4096]) };
    assert_unchanged(&mut kms, &elsewhere, ErrorCode::InvalidArnException, &["us-east-1", "us-west-2"]);
    kms.import_public_keys(&ImportPublicKeys { region: Some(region("us-east-1")), ..request(&[RSA_4096, ALIASES]) }).expect("imported");
    let aliases = ImportPublicKeys { region: Some(region("us-west-2")), ..request(&[ALIASES]) };
    assert_unchanged(&mut kms, &aliases, ErrorCode::InvalidArnException, &["us-east-1", "us-west-2"]);
    let not_enabled = moved(P256, "af-south-1", "111122223333", key(P256).arn().key_id());
    let error = kms.import_public_keys(&request(&[&not_enabled])).expect_err("refused");
    assert!(matches!(&error, Error::Setup(SetupError::RegionNotEnabled(region)) if region.name() == "af-south-1"), "{error}");
}

#[test]
fn fingerprints_are_demanded_of_every_key() {
    let (rsa, p384) = (key(RSA_4096).sha256(), key(P384).sha256());
    let colons =
        rsa.to_uppercase().as_bytes().chunks(2).map(|pair| String::from_utf8_lossy(pair).into_owned()).collect::<Vec<_>>().join(":");
    let with = |fingerprints: &[&str], files: &[&str]| ImportPublicKeys {
        fingerprints: fingerprints.iter().map(|text| (*text).to_owned()).collect(),
        ..request(files)
    };
    for good in [with(&[&rsa], &[RSA_4096]), with(&[&colons], &[RSA_4096, ALIASES]), with(&[&p384, &colons], &[RSA_4096, P384])] {
        kms().import_public_keys(&good).expect("imported");
    }
    let mut other = kms();
    for (bad, part) in [
        (with(&[&rsa], &[P384]), "no fingerprint that was given"),
        (with(&[&rsa], &[RSA_4096, P384]), "file-1"),
        (with(&[&rsa, &p384], &[RSA_4096]), "no public key of the import has"),
        (with(&["abcd"], &[RSA_4096]), "64 hex digits"),
        (with(&[&format!("{rsa}00")], &[RSA_4096]), "64 hex digits"),
    ] {
        assert_unchanged(&mut other, &bad, ErrorCode::ValidationException, &[part]);
    }
}

#[test]
fn nothing_made_later_shadows_an_import() {
    let mut kms = kms();
    let (east, id) = (region("us-east-1"), key(RSA_4096).arn().key_id().to_owned());
    kms.import_public_keys(&request(&[RSA_4096, ALIASES])).expect("imported");
    let embedded = kms.create_key(east, "").expect("made").key_id;
    assert_eq!(refusal(kms.create_alias(east, "alias/team", &embedded)).0, ErrorCode::AlreadyExistsException);
    // A replica of an embedded multi-Region key, whose id an import has there.
    let primary = kms.create_key_with(region("us-west-2"), CreateKey { multi_region: true, ..CreateKey::default() }).expect("made").key_id;
    kms.import_public_keys(&request(&[&moved(P521, "us-east-1", "111122223333", &primary)])).expect("imported");
    assert_eq!(refusal(kms.replicate_key(region("us-west-2"), &primary, east, CreateKey::default())).0, ErrorCode::AlreadyExistsException);
    // A keystore whose embedded key has the id of an import, and one with another public key.
    let mut other = self::kms();
    embed(&mut other, east, &id);
    let (code, message) = refusal(kms.import(other));
    assert!(code == ErrorCode::AlreadyExistsException && message.contains("imported public key has its id"), "{message}");
    let mut other = self::kms();
    other.import_public_keys(&request(&[&with_other_public_key(RSA_4096, RSA_2048)])).expect("imported");
    let (code, message) = refusal(kms.import(other));
    assert!(code == ErrorCode::AlreadyExistsException && message.contains("another public key"), "{message}");
}

/// No operation leads there; were a keystore ever like that, neither key would be preferred.
#[test]
fn a_name_that_fits_twice_is_an_error() {
    let mut kms = kms();
    let (east, id) = (region("us-east-1"), key(RSA_4096).arn().key_id().to_owned());
    kms.import_public_keys(&request(&[RSA_4096, ALIASES])).expect("imported");
    embed(&mut kms, east, &id);
    for name in [&id[..], "alias/team"] {
        let (code, message) = refusal(kms.resolve(east, name));
        assert!(
            code == ErrorCode::ValidationException && message.starts_with(&format!("{name} is an embedded key and an imported public key")),
            "{message}"
        );
        assert_eq!(kms.resolve(east, &format!("embedded:{name}")).expect("the first"), kms.key_arn(east, &id));
    }
    // The ARNs differ by their accounts.
    assert_eq!(kms.resolve(east, &key(RSA_4096).arn().to_string()).expect("there"), *key(RSA_4096).arn());
}
