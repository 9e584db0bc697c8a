//! Any name and any token has a place of its own inside the vault.

use super::*;

#[test]
fn names_of_1_to_512_characters_are_taken() {
    let place = Place::new();
    let names = ["x", &"n".repeat(512), &"é".repeat(512), "../../../escape", "/etc/passwd", "con", ".", "..", "Ünïcödé/🔑", "a b."];
    for name in names {
        place.create(&request(name, &["eu-west-1"])).expect("created");
        assert_eq!(place.get(name, Some("eu-west-1")).expect("opens").name, name);
    }
    place.assert_clean();
    assert_eq!(place.vault.list_secrets(None).expect("listed").entries.len(), names.len());
    let beside: Vec<_> = fs::read_dir(place.folder.path()).expect("reads").map(|entry| entry.expect("readable").file_name()).collect();
    assert_eq!(beside.len(), 2, "the vault and the keystore's folder: {beside:?}");
}

#[test]
fn names_of_other_lengths_are_refused() {
    let place = Place::new();
    for (name, length) in [(String::new(), "0"), ("n".repeat(513), "513"), ("é".repeat(513), "513")] {
        assert_refused(place.create(&request(&name, &[])), ErrorCode::InvalidParameterException, &["1 to 512", length]);
    }
    let description = Some("d".repeat(2049));
    assert_refused(place.create(&CreateSecret { description, ..request("db", &[]) }), ErrorCode::InvalidParameterException, &["2048"]);
    assert!(!place.vault.root().exists());
}

#[test]
fn names_that_nobody_could_find_or_show_are_refused() {
    let place = Place::new();
    for name in ["a\0b", "a\nb", "\x1b]0;title\x07", "arn:aws:x", "arn:"] {
        assert_refused(place.create(&request(name, &[])), ErrorCode::InvalidParameterException, &["arn:", "control characters"]);
    }
    assert!(!place.vault.root().exists());
}

#[test]
fn names_that_differ_in_case_are_two_secrets() {
    let place = Place::new();
    for (name, value) in [("Twin", "upper"), ("twin", "lower")] {
        place.create(&CreateSecret { value: Some(text(value)), ..request(name, &[]) }).expect("created");
    }
    assert_eq!(place.get("Twin", None).expect("opens").value.expose(), b"upper");
    assert_eq!(place.get("twin", None).expect("opens").value.expose(), b"lower");
    let dirs: Vec<_> = ["Twin", "twin"].map(|name| place.dir("us-west-2", name).to_string_lossy().to_lowercase()).into();
    assert_ne!(dirs[0], dirs[1]);
}

#[test]
fn tokens_of_32_to_64_characters_become_version_ids() {
    let place = Place::new();
    let escape = "../../../../../../../etc/passwd-xx";
    let tokens = ["t".repeat(32), "t".repeat(64), "é".repeat(64), escape.to_owned(), format!("{}/", "/".repeat(31)), "A".repeat(32)];
    for (index, token) in tokens.iter().enumerate() {
        let name = format!("token-{index}");
        place.create(&CreateSecret { client_request_token: Some(token.clone()), ..request(&name, &[]) }).expect("created");
        assert_eq!(place.get(&name, None).expect("opens").version_id, *token);
    }
    place.assert_clean();
    let inside = place.vault.root().canonicalize().expect("resolves");
    for bundle in place.vault.describe_secret(None, "token-3", None).expect("described").bundles {
        assert!(bundle.path.canonicalize().expect("resolves").starts_with(&inside));
    }
    for token in ["t".repeat(31), "t".repeat(65), String::new(), "é".repeat(31)] {
        let request = CreateSecret { client_request_token: Some(token), ..request("other", &[]) };
        assert_refused(place.create(&request), ErrorCode::InvalidParameterException, &["ClientRequestToken", "32 to 64"]);
    }
}

#[test]
fn parameters_outside_their_limits_are_refused() {
    let place = Place::with_secret(&[]);
    let before = place.snapshot();
    let tags = |count: usize| (0..count).map(|number| Tag { key: format!("k{number}"), value: String::new() }).collect::<Vec<_>>();
    let tagged = |tags: Vec<Tag>| place.create(&CreateSecret { tags, ..request("tagged", &[]) });
    let tag = |key: &str, value: &str| Tag { key: key.to_owned(), value: value.to_owned() };
    let (invalid, validation) = (ErrorCode::InvalidParameterException, ErrorCode::ValidationException);
    assert_refused(tagged(tags(51)), invalid, &["51 tags", "at most 50"]);
    assert_refused(tagged(vec![tag("a", "1"), tag("a", "2")]), invalid, &["tag a is given twice"]);
    assert_refused(tagged(vec![tag("aws:a", "")]), invalid, &["reserved"]);
    assert_refused(tagged(vec![tag(&"k".repeat(129), "")]), validation, &["tags.1.member.key", "128"]);
    assert_refused(tagged(vec![tag("k", &"v".repeat(257))]), validation, &["tags.1.member.value", "256"]);
    let key = Some("k".repeat(2049));
    assert_refused(place.create(&CreateSecret { kms_key_id: key, ..request("key", &[]) }), validation, &["kmsKeyId", "2048"]);
    let replicas = vec![replica_under("us-east-1", &"k".repeat(2049))];
    assert_refused(place.replicate(&ReplicateSecret { replicas, ..replication(&[]) }), validation, &["us-east-1", "kmsKeyId", "2048"]);
    for secret_id in [String::new(), "n".repeat(2049)] {
        assert_refused(place.get(&secret_id, None), validation, &["secretId"]);
    }
    assert_eq!(place.snapshot(), before);
    tagged(tags(50)).expect("created");
}

#[cfg(unix)]
#[test]
fn files_and_folders_are_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::with_secret(&["eu-west-1"]);
    let mut paths = vec![place.vault.root().to_owned()];
    let mut seen = 0;
    while let Some(path) = paths.pop() {
        let metadata = fs::metadata(&path).expect("there");
        let expected = if metadata.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(metadata.permissions().mode() & 0o777, expected, "{}", path.display());
        if metadata.is_dir() {
            paths.extend(fs::read_dir(&path).expect("reads").map(|entry| entry.expect("readable").path()));
        }
        seen += 1;
    }
    assert_eq!(seen, 10, "five folders, the marker, the lock, the record and two bundles");
}
