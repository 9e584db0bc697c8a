//! What is served: for reading or for changes, which secrets, which Regions, and keys beside them.

use super::*;
use crate::protocol::operation::Operation;

/// Whether an operation changes something, told apart from its entry.
fn is_reading(operation: &Operation) -> bool {
    ["Describe", "Get", "List", "BatchGet", "Validate"].iter().any(|verb| operation.name.starts_with(verb))
}

#[test]
fn what_changes_something_is_refused_unless_it_is_allowed() {
    let place = Place::new();
    create(&place.writable(), "db");
    let service = place.reading();
    for operation in crate::protocol::secrets::all() {
        let answer = send(&service, west(), operation.name, &json!({ "SecretId": "db" }));
        let value = json_of(&answer);
        assert_eq!(value["__type"] == "AccessDeniedException", !is_reading(operation), "{}: {value}", operation.name);
    }
    let (code, message) = refused(&service, "CreateSecret", &json!({ "Name": "x", "SecretString": "y", "ClientRequestToken": TOKEN }));
    assert_eq!(code, "AccessDeniedException");
    assert_eq!(message, "secretsmanager:CreateSecret changes something, and this endpoint is served for reading only");
    assert_eq!(names_in(&service, west()), ["db"]);
}

#[test]
fn keys_are_served_beside_it_where_that_is_asked_for() {
    let place = Place::new();
    let both: &[Service] = &[Service::SecretsManager, Service::Kms];
    let service = place.open(SecretsServiceOptions { services: both, ..writable() });
    let key = key_id(&service);
    done(&service, "CreateSecret", &json!({ "Name": "x", "SecretString": "y", "ClientRequestToken": TOKEN, "KmsKeyId": key }));
    let reading = place.open(SecretsServiceOptions { services: both, ..SecretsServiceOptions::default() });
    ask(&reading, "Encrypt", &json!({ "KeyId": key, "Plaintext": "eA==" }));
    let (code, message) = refusal_of(&call(&reading, west(), "CreateKey", b"{}"));
    assert_eq!(code, "AccessDeniedException");
    assert_eq!(message, "kms:CreateKey changes something, and this endpoint is served for reading only");
    let narrow = place.open(SecretsServiceOptions { services: both, ..only_in(&["eu-west-1"]) });
    let request = json!({ "KeyId": key }).to_string();
    assert_eq!(refusal_of(&call(&narrow, west(), "DescribeKey", request.as_bytes())).0, "NotFoundException");
    assert_eq!(ask(&narrow, "ListKeys", &json!({}))["Keys"], json!([]));
    assert_eq!(refusal_of(&call(&narrow, west(), "CreateKey", b"{}")).0, "AccessDeniedException");
    assert_eq!(reading.services(), both);
    assert_eq!(place.reading().services(), [Service::SecretsManager]);
}

#[test]
fn only_the_secrets_that_are_named_are_there() {
    let place = Place::new();
    let whole = place.writable();
    let arn = text(&create(&whole, "production/db")["ARN"]);
    let other = text(&create(&whole, "production/db2")["ARN"]);
    let partial = arn.rsplit_once('-').expect("a suffix").0.to_owned();
    let european = arn.replace("us-west-2", "eu-west-1");
    for (ids, in_west, in_europe) in [
        (vec!["production/db"], true, true),
        (vec![arn.as_str()], true, false),
        (vec![partial.as_str()], true, false),
        (vec![european.as_str()], false, true),
        (vec![arn.as_str(), european.as_str()], true, true),
        (vec!["production"], false, false),
        (vec!["none", "Production/db"], false, false),
    ] {
        let service = place.open(only(&ids));
        for (region, own, is_there) in [(west(), &arn, in_west), (europe(), &european, in_europe)] {
            assert_eq!(names_in(&service, region), if is_there { vec!["production/db"] } else { vec![] }, "{ids:?} {region}");
            for secret_id in ["production/db", own] {
                let request = json!({ "SecretId": secret_id });
                if is_there {
                    assert_eq!(done_in(&service, region, "GetSecretValue", &request)["SecretString"], "production/db");
                } else {
                    assert_eq!(refused_in(&service, region, "GetSecretValue", &request), not_found(), "{ids:?} {region}");
                }
            }
            for secret_id in ["production/db2", &other] {
                assert_eq!(refused_in(&service, region, "DescribeSecret", &json!({ "SecretId": secret_id })), not_found());
            }
        }
        let tags = json!({ "SecretId": "production/db2", "Tags": [{ "Key": "a", "Value": "b" }] });
        assert_eq!(refused(&service, "TagResource", &tags), not_found());
        let again = json!({ "Name": "production/db2", "ClientRequestToken": TOKEN, "SecretString": "forged" });
        assert_eq!(refused(&service, "CreateSecret", &again).0, "AccessDeniedException");
    }
    assert_eq!(done(&whole, "GetSecretValue", &json!({ "SecretId": "production/db2" }))["SecretString"], "production/db2");
    assert!(SecretSelection::of(&["arn:aws:kms:us-west-2:111122223333:key/x".to_owned()]).is_err());
}

#[test]
fn an_arn_with_another_suffix_is_another_secret() {
    let place = Place::new();
    let arn = text(&create(&place.writable(), "db")["ARN"]);
    let (stem, _) = arn.rsplit_once('-').expect("a suffix");
    let service = place.open(only(&[&format!("{stem}-Zz9Zz9")]));
    assert_eq!(names_in(&service, west()), [""; 0]);
    assert_eq!(refused(&service, "GetSecretValue", &json!({ "SecretId": "db" })), not_found());
    let again = json!({ "Name": "db", "ClientRequestToken": TOKEN, "SecretString": "forged" });
    assert_eq!(refused(&service, "CreateSecret", &again).0, "AccessDeniedException");
    // It was removed before, and the one that has its name is nobody's leftover.
    let deletion = json!({ "SecretId": format!("{stem}-Zz9Zz9"), "ForceDeleteWithoutRecovery": true });
    assert_eq!(done(&service, "DeleteSecret", &deletion)["Name"], "db");
    assert_eq!(done(&place.reading(), "GetSecretValue", &json!({ "SecretId": arn }))["SecretString"], "db");
    // By its name it may be made where it is not there yet.
    let service = place.open(only(&["later"]));
    create(&service, "later");
    assert_eq!(names_in(&service, west()), ["later"]);
}

#[test]
fn no_other_secret_gives_way_to_one_that_is_named_by_its_arn() {
    let place = Place::new();
    let whole = place.writable();
    let request = |value: &str| json!({ "Name": "db", "SecretString": value, "ClientRequestToken": TOKEN });
    let arn = text(&done(&whole, "CreateSecret", &request("ours"))["ARN"]);
    done_in(&whole, europe(), "CreateSecret", &request("theirs"));
    let replicate = json!({
        "SecretId": arn, "AddReplicaRegions": [{ "Region": "eu-west-1" }], "ForceOverwriteReplicaSecret": true,
    });
    assert_eq!(refused(&place.open(only(&[&arn])), "ReplicateSecretToRegions", &replicate).0, "AccessDeniedException");
    assert_eq!(done_in(&whole, europe(), "GetSecretValue", &json!({ "SecretId": "db" }))["SecretString"], "theirs");
    done(&place.open(only(&["db"])), "ReplicateSecretToRegions", &replicate);
    assert_eq!(done_in(&whole, europe(), "GetSecretValue", &json!({ "SecretId": "db" }))["SecretString"], "ours");
}

#[test]
fn a_replica_that_is_named_by_its_arn_is_promoted() {
    for is_partial in [false, true] {
        let place = Place::new();
        let european = text(&create(&place.writable(), "db")["ARN"]).replace("us-west-2", "eu-west-1");
        let named = if is_partial { european.rsplit_once('-').expect("a suffix").0 } else { &european };
        let service = place.open(only(&[named]));
        let promoted = done_in(&service, europe(), "StopReplicationToReplica", &json!({ "SecretId": european }));
        assert_eq!(promoted, json!({ "ARN": european }));
        let put = json!({ "SecretId": european, "SecretString": "new", "ClientRequestToken": TOKEN });
        done_in(&service, europe(), "PutSecretValue", &put);
        let whole = place.reading();
        let value = |region| done_in(&whole, region, "GetSecretValue", &json!({ "SecretId": "db" }))["SecretString"].clone();
        assert_eq!((value(europe()), value(west())), (json!("new"), json!("db")));
    }
}

#[test]
fn only_the_regions_that_are_named_are_there() {
    let place = Place::new();
    let arn = text(&create(&place.writable(), "db")["ARN"]);
    let service = place.open(only_in(&["eu-west-1"]));
    assert_eq!(names_in(&service, west()), [""; 0]);
    for secret_id in ["db", &arn] {
        assert_eq!(refused(&service, "GetSecretValue", &json!({ "SecretId": secret_id })), not_found());
    }
    assert_eq!(done_in(&service, europe(), "GetSecretValue", &json!({ "SecretId": "db" }))["SecretString"], "db");
    let (code, message) = refused(&service, "CreateSecret", &json!({ "Name": "x", "SecretString": "y", "ClientRequestToken": TOKEN }));
    assert_eq!(code, "AccessDeniedException");
    assert_eq!(message, "secretsmanager:CreateSecret changes something, and us-west-2 is not among the Regions that are served here");
}

#[test]
fn a_change_names_no_region_that_is_not_served() {
    let place = Place::new();
    let whole = place.writable();
    let request = |value: &str| json!({ "Name": "db", "SecretString": value, "ClientRequestToken": TOKEN });
    done(&whole, "CreateSecret", &request("ours"));
    done(&whole, "ReplicateSecretToRegions", &json!({ "SecretId": "db", "AddReplicaRegions": [{ "Region": "us-east-1" }] }));
    done_in(&whole, europe(), "CreateSecret", &request("theirs"));
    let service = place.open(only_in(&["us-west-2", "ap-south-1"]));
    let (added, removed) = (json!([{ "Region": "ap-south-1" }, { "Region": "eu-west-1" }]), json!(["us-east-1"]));
    for (operation, request, region) in [
        ("ReplicateSecretToRegions", json!({ "SecretId": "db", "AddReplicaRegions": added }), "eu-west-1"),
        (
            "ReplicateSecretToRegions",
            json!({ "SecretId": "db", "AddReplicaRegions": added, "ForceOverwriteReplicaSecret": true }),
            "eu-west-1",
        ),
        ("CreateSecret", json!({ "Name": "x", "SecretString": "y", "ClientRequestToken": TOKEN, "AddReplicaRegions": added }), "eu-west-1"),
        ("RemoveRegionsFromReplication", json!({ "SecretId": "db", "RemoveReplicaRegions": removed }), "us-east-1"),
    ] {
        let message = format!("secretsmanager:{operation} changes something, and {region} is not among the Regions that are served here");
        assert_eq!(refused(&service, operation, &request), ("AccessDeniedException".to_owned(), message));
    }
    assert_eq!(done_in(&whole, europe(), "GetSecretValue", &json!({ "SecretId": "db" }))["SecretString"], "theirs");
    assert_eq!(names_in(&whole, west()), ["db"]);
    done(&service, "ReplicateSecretToRegions", &json!({ "SecretId": "db", "AddReplicaRegions": [{ "Region": "ap-south-1" }] }));
    // What is changed in the primary Region reaches the others all the same.
    let put = json!({ "SecretId": "db", "SecretString": "new", "ClientRequestToken": OTHER_TOKEN });
    done(&service, "PutSecretValue", &put);
    for region in ["ap-south-1", "us-east-1"] {
        assert_eq!(done_in(&whole, super::region(region), "GetSecretValue", &json!({ "SecretId": "db" }))["SecretString"], "new");
    }
}

#[test]
fn what_is_not_there_is_made_for_changes_alone() {
    let place = Place::new();
    let open = |options| SecretsService::new(place.vault.clone(), place.keystore.clone(), Box::new(KeyFileOnly), options);
    let error = open(SecretsServiceOptions::default()).expect_err("no vault").to_string();
    assert!(error.starts_with("there is no vault at "), "{error}");
    assert!(!place.vault.exists() && !place.keystore.keystore.exists());
    place.vault.initialize().expect("made");
    let error = open(SecretsServiceOptions::default()).expect_err("no keystore").to_string();
    assert!(error.starts_with("there is no keystore at "), "{error}");
    assert!(!place.keystore.keystore.exists());
    let service = open(writable()).expect("makes them");
    assert_eq!(service.committed(), crate::kms::Committed::Created);
    assert_eq!(names_in(&service, west()), [""; 0]);
}
