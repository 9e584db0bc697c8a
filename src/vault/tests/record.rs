//! Records that are not what was written.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    family::{Family, Located, parse_record},
    list::list_entry,
    *,
};
use crate::{store::Records, text::BorrowedText};

/// Changes the JSON of a sound record and gives what is said about it.
fn fault(change: impl FnOnce(&mut Value)) -> String {
    let place = Place::with_secret(&["eu-west-1"]);
    let path = place.dir("us-west-2", "db").join("secret.json");
    let mut json: Value = serde_json::from_slice(&fs::read(&path).expect("reads")).expect("JSON");
    change(&mut json);
    fs::write(&path, serde_json::to_vec(&json).expect("JSON")).expect("written");
    let error = place.get("db", None).expect_err("damaged");
    let Error::Damaged { path: named, what } = error else { panic!("not damaged: {error}") };
    assert_eq!(named, path);
    let report = place.verify();
    assert!(report.faults.len() == 1 && report.faults[0].message.contains(&what.to_string()), "{report:?}");
    what.to_string()
}

#[test]
fn every_kind_of_broken_record_is_named_without_its_content() {
    const NEEDLE: &str = "NEEDLE";
    let bundle = |json: &mut Value, member: &str, value: Value| json["Versions"][0]["Bundles"][0][member] = value;
    let position = "not the JSON of a secret (line 1, column";
    let cases: [(&str, String); 24] = [
        ("format 3 is not known to this version", fault(|json| json["Format"] = json!(3))),
        ("a record of format 1 has no tag", fault(|json| json["Format"] = json!(1))),
        (position, fault(|json| json["RecordTag"][NEEDLE] = json!(1))),
        (position, fault(|json| json["RecordTag"] = json!(NEEDLE))),
        (position, fault(|json| json["Format"] = json!(NEEDLE))),
        (position, fault(|json| json[NEEDLE] = json!(1))),
        (position, fault(|json| json["ARN"] = json!(NEEDLE))),
        (position, fault(|json| json["CreatedDate"] = json!(NEEDLE))),
        (position, fault(|json| json["DataKeyScope"] = json!(NEEDLE))),
        (position, fault(|json| json["ResourcePolicy"] = json!(NEEDLE))),
        (position, fault(|json| json["RotationRules"] = json!({ "ScheduleExpression": NEEDLE }))),
        (position, fault(|json| json["RotationRules"] = json!({ "AutomaticallyAfterDays": 1, NEEDLE: 1 }))),
        (position, fault(|json| json["RotationRules"] = json!({ "AutomaticallyAfterDays": 1001 }))),
        (position, fault(|json| bundle(json, "Region", json!(NEEDLE)))),
        (position, fault(|json| bundle(json, NEEDLE, json!(1)))),
        (position, fault(|json| *json = json!([NEEDLE]))),
        ("the ARN has no suffix", fault(|json| json["ARN"] = json!("arn:aws:secretsmanager:us-west-2:000000000000:secret:db"))),
        ("is not that of its folder", fault(|json| json["Name"] = json!(NEEDLE))),
        ("is not that of its folder", fault(|json| json["ARN"] = json!("arn:aws:secretsmanager:us-east-1:000000000000:secret:db-abc123"))),
        ("a file name that is not its own", fault(|json| bundle(json, "File", json!("../../secret.json")))),
        ("a file name that is not its own", fault(|json| bundle(json, "SHA256", json!(NEEDLE)))),
        ("a Region occurs twice", fault(|json| json["ReplicationStatus"][0]["Region"] = json!("us-west-2"))),
        (
            "a VersionId or a staging label occurs twice",
            fault(|json| {
                let version = json["Versions"][0].clone();
                json["Versions"].as_array_mut().expect("a list").push(version);
            }),
        ),
        (
            "names a key of another Region",
            fault(|json| {
                bundle(json, "KmsKeyId", json!("arn:aws:kms:eu-west-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab"));
            }),
        ),
    ];
    for (expected, found) in cases {
        assert!(found.contains(expected) && !found.contains(NEEDLE), "'{expected}' is not in: {found}");
    }
}

#[test]
fn a_file_name_made_of_a_crafted_hash_leads_nowhere() {
    let sha256 = format!("../../../../etc/{}", "x".repeat(48));
    let found = fault(|json| {
        let file = bundle_file(region("us-west-2"), &sha256);
        assert!(file.contains("../"), "the attack");
        let bundle = &mut json["Versions"][0]["Bundles"][0];
        bundle["SHA256"] = json!(sha256);
        bundle["File"] = json!(file);
    });
    assert!(found.contains("a file name that is not its own"), "{found}");
}

#[test]
fn a_record_that_was_cut_short_is_damaged() {
    let place = Place::with_secret(&[]);
    let path = place.dir("us-west-2", "db").join("secret.json");
    let bytes = fs::read(&path).expect("reads");
    for length in 0..bytes.len() - 2 {
        assert!(parse_record(&bytes[..length], &key("us-west-2", "db")).is_err(), "{length}");
    }
    fs::write(&path, &bytes[..bytes.len() / 2]).expect("written");
    for error in [
        place.get("db", None).map(drop).expect_err("damaged"),
        place.create(&request("db", &[])).map(drop).expect_err("damaged"),
        place.replicate(&replication(&["eu-west-1"])).map(drop).expect_err("damaged"),
        place.vault.list_secrets(None).and_then(Listed::whole).map(drop).expect_err("damaged"),
    ] {
        assert!(matches!(&error, Error::Damaged { path: named, .. } if *named == path), "{error}");
    }
    assert_eq!(fs::read(&path).expect("reads"), bytes[..bytes.len() / 2], "no writer touches it");
}

#[test]
fn a_newer_vault_is_refused() {
    let place = Place::with_secret(&[]);
    for (marker, expected) in [("{\"Format\": 2}", "format 2 is not known to this version"), ("{", "not the JSON"), ("", "not the JSON")] {
        fs::write(place.vault.root().join("coldseal.json"), marker).expect("written");
        let errors =
            [place.get("db", None).map(drop).expect_err("refused"), place.create(&request("x", &[])).map(drop).expect_err("refused")];
        for error in errors {
            assert!(matches!(&error, Error::Damaged { what, .. } if what.to_string().contains(expected)), "{error}");
        }
        assert!(place.verify().faults[0].message.contains(expected));
    }
}

fn with_rules(regions: &[&str]) -> CreateSecret {
    let policy = r#"{"Statement": {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}}"#;
    let rules = RotationRulesType { schedule_expression: Some("rate(4 hours)".to_owned()), ..RotationRulesType::default() };
    CreateSecret {
        resource_policy: Some(policy.parse().expect("a policy")),
        rotation_rules: Some(RotationRules::new(rules).expect("rules")),
        ..request("db", regions)
    }
}

/// A secret's policy and rules are in its record, and a replica that comes later gets the policy.
#[test]
fn policy_and_rotation_rules_are_kept() {
    let place = Place::new();
    let request = with_rules(&[]);
    place.create(&request).expect("created");
    place.replicate(&replication(&["eu-west-1"])).expect("replicated");
    place.assert_clean();
    let describe = |region: &str| place.vault.describe_secret(None, "db", Some(self::region(region))).expect("there");
    let (primary, replica) = (describe("us-west-2"), describe("eu-west-1"));
    assert_eq!((&primary.resource_policy, &primary.rotation_rules), (&request.resource_policy, &request.rotation_rules));
    assert_eq!((primary.rotation_enabled, primary.rotation_due_date > Some(primary.created_date)), (Some(false), true));
    assert_eq!(replica.resource_policy, request.resource_policy);
    assert_eq!((replica.rotation_enabled, replica.rotation_rules, replica.rotation_due_date), (None, None, None));
    let bytes = fs::read(place.dir("us-west-2", "db").join("secret.json")).expect("reads");
    let parse = |bytes: &[u8]| parse_record(bytes, &key("us-west-2", "db")).expect("sound");
    let record = parse(&bytes);
    assert_eq!(parse(&record.to_json().expect("JSON")), record, "is written as it was read");
}

/// Lists look at records whose texts stay where they were read.
#[test]
fn a_list_and_a_command_find_the_same_records_sound() {
    let place = Place::with_secret(&["eu-west-1"]);
    let record = place.record("us-west-2", "db");
    let text = String::from_utf8(record.to_json().expect("JSON")).expect("UTF-8").replace("\"InSync\"", "\"InS\\u0079nc\"");
    let (name, key) = (NameKey::of("db"), key("us-west-2", "db"));
    let mut sound = 0;
    for at in 0..text.len() {
        for byte in *b"\"}0x" {
            let mut changed = text.as_bytes().to_vec();
            changed[at] = byte;
            let mut records = Records::default();
            records
                .add(key.primary, |bytes| {
                    bytes.extend(&changed);
                    Ok(true)
                })
                .expect("added");
            let looked = Family::<BorrowedText<'_>>::parse(&*place.vault.store, &name, &records);
            let parsed = parse_record(&changed, &key);
            assert_eq!(looked.is_ok(), parsed.is_ok(), "{at}");
            let (Ok(looked), Ok(parsed)) = (looked, parsed) else { continue };
            sound += 1;
            let seen: Vec<_> =
                looked.seen().map(|(record, _)| serde_json::to_value(list_entry(&record, key.primary)).expect("JSON")).collect();
            let owned = Family(vec![Located { key: key.clone(), record: parsed }]);
            let own: Vec<_> =
                owned.seen().map(|(record, _)| serde_json::to_value(list_entry(&record, key.primary)).expect("JSON")).collect();
            assert_eq!(seen, own);
        }
    }
    assert!(sound > 100, "{sound}");
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        "\\PC{0,70}".prop_map(Value::from)
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        let member = prop_oneof!["[A-Z][A-Za-z]{0,9}", Just("Format".to_owned()), Just("Versions".to_owned()), Just("ARN".to_owned())];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((member, inner), 0..6).prop_map(|members| Value::Object(members.into_iter().collect()))
        ]
    })
}

proptest! {
    #[test]
    fn any_bytes_are_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(parse_record(&bytes, &key("us-west-2", "db")).is_err());
    }

    #[test]
    fn any_json_is_refused_without_a_panic(json in any_json()) {
        prop_assert!(parse_record(&serde_json::to_vec(&json).expect("JSON"), &key("us-west-2", "db")).is_err());
    }
}

#[test]
fn members_of_any_kind_are_refused_or_sound() {
    let place = Place::new();
    place.create(&with_rules(&["eu-west-1"])).expect("created");
    let sound = serde_json::to_value(place.record("us-west-2", "db")).expect("JSON");
    let pointers = [
        "Format",
        "ARN",
        "Name",
        "CreatedDate",
        "ResourcePolicy",
        "RotationRules",
        "ReplicationStatus",
        "Versions",
        "Versions/0/Bundles",
        "Versions/0/ValueTag/Tag",
    ];
    proptest!(|(index in 0..pointers.len(), value in any_json())| {
        let mut json = sound.clone();
        *json.pointer_mut(&format!("/{}", pointers[index])).expect("a member") = value;
        if let Ok(record) = parse_record(&serde_json::to_vec(&json).expect("JSON"), &key("us-west-2", "db")) {
            prop_assert_eq!(record.name, "db");
        }
    });
}
