//! Whose hand a record is from.

use serde_json::{Value, json};

use super::{family::parse_record, *};
use crate::vault::record::Replaced;

impl Place {
    fn hand(&self, primary: &str, name: &str) -> RecordHand {
        self.record(primary, name).hand(self.kms().comparison_key())
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&fs::read(self.dir("us-west-2", "db").join("secret.json")).expect("reads")).expect("JSON")
    }

    fn tag_db(&self, kms: Option<&EmbeddedKms>) {
        let tag = Tag { key: "team".to_owned(), value: "x".to_owned() };
        self.vault.tag_resource(kms, "db", None, &[tag]).expect("tagged");
    }

    /// The record as format 1 has it.
    fn make_format_1(&self) {
        let mut record = SecretRecord { record_tag: None, ..self.record("us-west-2", "db") };
        record.format = 1;
        self.forge_record(&record);
    }
}

/// A secret whose record has every member.
fn full() -> Place {
    let place = Place::new();
    let key = place.make_key("us-west-2");
    let recovery = place.kms().resolve(region("us-west-2"), &key).expect("there");
    let keys = KeyOptions { recovery_keys: vec![RecoveryKey::Kms(recovery)], ..KeyOptions::default() };
    let rules = RotationRulesType { automatically_after_days: Some(30), duration: Some("2h".to_owned()), ..RotationRulesType::default() };
    let request = CreateSecret {
        kms_key_id: Some(key),
        description: Some("text".to_owned()),
        tags: vec![Tag { key: "team".to_owned(), value: "a".to_owned() }],
        encryption_context: [("k".to_owned(), "v".to_owned())].into(),
        resource_policy: Some(
            r#"{"Statement": {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}}"#.parse().expect("a policy"),
        ),
        rotation_rules: Some(RotationRules::new(rules).expect("rules")),
        ..request("db", &["eu-west-1"])
    };
    place.create_with(&keys, &request).expect("created");
    let mut record = place.record("us-west-2", "db");
    let arn = record.arn.in_region(region("us-east-1"));
    record.replaces.push(Replaced { region: region("eu-west-1"), arn });
    place.write_record(&record);
    place
}

/// What a leaf can become and still be of its kind.
fn others(leaf: &Value) -> Vec<Value> {
    let replaced = [
        ("us-west-2", "us-west-1"),
        ("eu-west-1", "eu-west-2"),
        ("Shared", "PerRegion"),
        ("InSync", "Failed"),
        ("string", "binary"),
        ("2h", "3h"),
        ("Deny", "Allow"),
        ("00:00", "01:00"),
    ];
    match leaf {
        Value::String(text) => {
            let swapped = replaced.iter().filter(|(from, _)| text.contains(from)).map(|(from, to)| json!(text.replacen(from, to, 1)));
            swapped.chain([json!(format!("{text}x"))]).collect()
        }
        Value::Number(number) => vec![json!(number.as_u64().expect("an integer") + 1)],
        _ => Vec::new(),
    }
}

fn leaves(json: &Value, at: &str, found: &mut Vec<String>) {
    match json {
        Value::Object(members) => members.iter().for_each(|(name, value)| leaves(value, &format!("{at}/{name}"), found)),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, value)| leaves(value, &format!("{at}/{index}"), found)),
        _ => found.push(at.to_owned()),
    }
}

#[test]
fn a_tag_covers_every_member() {
    let place = full();
    let (sound, kms, secret) = (place.json(), place.kms(), key("us-west-2", "db"));
    let hand = |json: &Value| {
        let parsed = parse_record(&serde_json::to_vec(json).expect("JSON"), &secret);
        parsed.map(|record| record.hand(kms.comparison_key()))
    };
    assert_eq!(hand(&sound), Ok(RecordHand::Own));
    let (mut pointers, mut noticed) = (Vec::new(), Vec::new());
    leaves(&sound, "", &mut pointers);
    for pointer in &pointers {
        for other in others(sound.pointer(pointer).expect("there")) {
            let mut changed = sound.clone();
            *changed.pointer_mut(pointer).expect("there") = other.clone();
            match hand(&changed) {
                Ok(found) if pointer == "/RecordTag/KeyId" => assert_eq!(found, RecordHand::OtherKeystore),
                Ok(found) => assert_eq!(found, RecordHand::Changed, "{pointer}: {other}"),
                // What cannot be read says nothing.
                Err(_) => continue,
            }
            noticed.push(pointer.clone());
        }
    }
    // What only parses as it is: numbers of formats, names and files that must be those of their place, and what is given twice.
    let fixed = ["/Format", "/ARN", "/Name"];
    let fixed = |pointer: &str| fixed.contains(&pointer) || ["/Region", "/File", "/SHA256"].iter().any(|end| pointer.ends_with(end));
    let missed: Vec<_> = pointers.iter().filter(|pointer| !noticed.contains(pointer) && !fixed(pointer)).collect();
    assert!(missed.is_empty(), "{missed:?}");
    // A member that is absent is as much as one that is there.
    for member in [
        "Description",
        "KmsKeyId",
        "Tags",
        "EncryptionContext",
        "ResourcePolicy",
        "RotationRules",
        "ReplicationStatus",
        "Versions",
        "Replaces",
    ] {
        let mut changed = sound.clone();
        changed.as_object_mut().expect("an object").shift_remove(member).expect("there");
        assert_eq!(hand(&changed), Ok(RecordHand::Changed), "{member}");
    }
    let mut untagged = sound;
    untagged.as_object_mut().expect("an object").shift_remove("RecordTag").expect("there");
    assert_eq!(hand(&untagged), Ok(RecordHand::Untagged));
}

#[test]
fn space_and_order_of_members_do_not_count() {
    let place = full();
    let mut members: Vec<_> = place.json().as_object().expect("an object").clone().into_iter().collect();
    members.reverse();
    let reversed = serde_json::to_vec(&Value::Object(members.into_iter().collect())).expect("JSON");
    fs::write(place.dir("us-west-2", "db").join("secret.json"), [b"\n  ".as_slice(), &reversed].concat()).expect("written");
    assert_eq!(place.hand("us-west-2", "db"), RecordHand::Own);
}

#[test]
fn a_record_of_format_1_becomes_one_of_format_2_with_its_first_change() {
    let place = Place::with_secret(&["eu-west-1"]);
    place.make_format_1();
    assert_eq!(place.value_in("eu-west-1"), "top");
    assert_eq!((place.json()["Format"].clone(), place.hand("us-west-2", "db")), (json!(1), RecordHand::Untagged));
    place.tag_db(Some(&place.kms()));
    // Nobody vouches for what it said before.
    assert_eq!((place.json()["Format"].clone(), place.hand("us-west-2", "db")), (json!(2), RecordHand::Untagged));
    assert!(place.verify().is_sound() && place.verify().notes.is_empty());
    let report = place.verify_open();
    assert!(report.is_sound() && report.notes[0].message.contains("has no tag"), "{report:?}");
}

#[test]
fn a_change_keeps_the_tag_where_it_verifies_and_makes_none_where_it_does_not() {
    let place = Place::with_secret(&["eu-west-1"]);
    place.tag_db(Some(&place.kms()));
    assert_eq!(place.hand("us-west-2", "db"), RecordHand::Own);
    place.assert_clean();
    // Without the keystore nobody can make a tag: what is left is none, and no wrong one.
    let mut removed = place.record("us-west-2", "db");
    removed.tags.clear();
    place.write_record(&removed);
    place.tag_db(None);
    assert_eq!(place.hand("us-west-2", "db"), RecordHand::Untagged);

    let other = place.elsewhere();
    other.make_key("us-west-2");
    place.write_record(&removed);
    let report = other.verify_open();
    assert!(report.is_sound() && report.notes[0].message.contains("has the tag of another keystore"), "{report:?}");
    other.tag_db(Some(&other.kms()));
    assert_eq!(place.hand("us-west-2", "db"), RecordHand::Untagged);

    place.forge_record(&SecretRecord { description: Some("forged".to_owned()), ..removed });
    place.write_record(&place.record("us-west-2", "db"));
    let mut forged = place.record("us-west-2", "db");
    forged.description = Some("forged again".to_owned());
    place.forge_record(&forged);
    place.tag_db(Some(&place.kms()));
    assert_eq!(place.hand("us-west-2", "db"), RecordHand::Changed, "it is told until somebody accepts it");
    let report = place.verify_open();
    assert!(report.faults.len() == 1 && report.faults[0].message.contains("changed by another hand"), "{report:?}");
}

/// `db` of us-west-2 leaves eu-west-1, because `db` of us-east-1 says that it took its place.
#[test]
fn what_leaves_a_region_on_somebody_elses_word_has_no_tag() {
    for (is_forged, expected) in [(false, RecordHand::Own), (true, RecordHand::Untagged)] {
        let place = Place::with_secret(&["eu-west-1"]);
        place.create(&CreateSecret { region: region("us-east-1"), ..request("db", &["ap-south-1"]) }).expect("created");
        let mut east = place.record("us-east-1", "db");
        east.replaces.push(Replaced { region: region("ap-south-1"), arn: place.record("us-west-2", "db").arn });
        let mut west = place.record("us-west-2", "db");
        let mut replica = west.replication_status[0].clone();
        replica.region = region("ap-south-1");
        west.replication_status.push(replica);
        place.write_record(&west);
        if is_forged {
            place.forge_record(&east);
        } else {
            place.write_record(&east);
        }
        let mut session = place.session();
        let request = ReplicateSecret { region: Some(region("us-east-1")), ..replication(&["ca-central-1"]) };
        place.vault.replicate_secret_to_regions(&mut session, &request).expect("replicated");
        drop(session);
        assert!(place.record("us-west-2", "db").replica(region("ap-south-1")).is_none());
        assert_eq!(place.hand("us-west-2", "db"), expected, "{is_forged}");
    }
}

#[test]
fn a_value_that_is_not_the_one_on_record_is_not_given() {
    let place = Place::with_secret(&["eu-west-1"]);
    assert!(place.get("db", None).expect("opens").is_compared);
    let mut record = place.record("us-west-2", "db");
    record.versions[0].value_tag.as_mut().expect("a tag").tag = "00".repeat(32);
    place.write_record(&record);
    for place_name in [None, Some("eu-west-1")] {
        assert_refused(place.get("db", place_name), ErrorCode::DecryptionFailure, &["its value is not the one on record"]);
    }
    // Where nobody can tell, that is said.
    record.versions[0].value_tag.as_mut().expect("a tag").key_id = "another keystore's".to_owned();
    place.write_record(&record);
    assert!(!place.get("db", None).expect("opens").is_compared);
}

/// What SECURITY.md says that a writer of the vault can do: a record without a tag of a secret in one Region says of data keys what it likes.
#[test]
fn what_nobody_can_tell_of_one_region() {
    let place = Place::new();
    place.create(&CreateSecret { data_key_scope: DataKeyScope::PerRegion, ..request("db", &[]) }).expect("created");
    let mut record = SecretRecord { record_tag: None, ..place.record("us-west-2", "db") };
    record.data_key_scope = DataKeyScope::Shared;
    place.forge_record(&record);
    place.replicate(&replication(&["eu-west-1"])).expect("replicated");
    assert_eq!(place.record("us-west-2", "db").data_key_scope, DataKeyScope::Shared);
    // In two Regions the bundles tell: they have no data key in common.
    let place = Place::new();
    place.create(&CreateSecret { data_key_scope: DataKeyScope::PerRegion, ..request("db", &["us-east-1"]) }).expect("created");
    let mut record = SecretRecord { record_tag: None, ..place.record("us-west-2", "db") };
    record.data_key_scope = DataKeyScope::Shared;
    place.forge_record(&record);
    let parts = ["us-east-1: only the record names its key", "its bundle does not tell"];
    assert_refused(place.rewrap(None, None), ErrorCode::InvalidParameterException, &parts);
}

/// The bytes that a tag is made over, written by hand after the description of the format.
#[test]
fn a_tag_is_made_as_the_format_says() {
    let place = Place::new();
    let mut session = place.session();
    session.kms_mut().ensure_default_key(region("us-west-2")).expect("made");
    let _ = session.commit().expect("written");
    drop(session);
    let json = concat!(
        r#"{"Format":2,"ARN":"arn:aws:secretsmanager:us-west-2:000000000000:secret:db-abc123","Name":"db","Description":"a \"b\" \\ \n\u0001é","#,
        r#""CreatedDate":"2026-11-21T20:38:31.123000+00:00","LastChangedDate":"2026-11-21T20:38:32+00:00","Tags":[{"Key":"k","Value":""}],"#,
        r#""EncryptionContext":{"a":"1","b":"2"},"DataKeyScope":"Shared","ReplicationStatus":[{"Region":"eu-west-1","KmsKeyId":"alias/a","#,
        r#""Status":"Failed","StatusMessage":"why"}]}"#
    );
    let mut record = parse_record(json.as_bytes(), &key("us-west-2", "db")).expect("sound");
    let kms = place.kms();
    record.put_tag(kms.comparison_key()).expect("tagged");
    let expected = hex::encode(kms.comparison_key().key().tag(&[b"coldseal secret record v2", json.as_bytes()]));
    assert_eq!(record.record_tag.expect("a tag").tag, expected);
}
