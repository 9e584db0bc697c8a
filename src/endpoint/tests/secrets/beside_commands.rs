//! A vault and a keystore that commands change meanwhile, and others who ask at the same time.

use std::{fs, thread};

use super::*;

#[test]
fn each_side_sees_what_the_other_made() {
    let place = Place::new();
    let (served, command) = (place.writable(), place.writable());
    create(&command, "theirs");
    create(&served, "ours");
    for service in [&served, &command] {
        for name in ["theirs", "ours"] {
            assert_eq!(done(service, "GetSecretValue", &json!({ "SecretId": name }))["SecretString"], name);
        }
    }
}

#[test]
fn several_ask_at_once() {
    let place = Place::new();
    let service = place.writable();
    create(&service, "db");
    let ask_all = |worker: usize| {
        for number in 0..4 {
            create(&service, &format!("w{worker}-{number}"));
            let tags = json!({ "SecretId": "db", "Tags": [{ "Key": format!("{worker}-{number}"), "Value": "" }] });
            done(&service, "TagResource", &tags);
            assert_eq!(done_in(&service, europe(), "GetSecretValue", &json!({ "SecretId": "db" }))["SecretString"], "db");
        }
    };
    thread::scope(|scope| {
        for worker in 0..4 {
            scope.spawn(move || ask_all(worker));
        }
    });
    assert_eq!(names_in(&service, west()).len(), 17);
    let described = done(&service, "DescribeSecret", &json!({ "SecretId": "db" }));
    assert_eq!(described["Tags"].as_array().map(Vec::len), Some(16));
}

#[test]
fn a_bundle_that_does_not_open_is_a_decryption_failure() {
    let (place, other) = (Place::new(), Place::new());
    create(&place.writable(), "db");
    drop(other.writable());
    let service = SecretsService::new(place.vault.clone(), other.keystore.clone(), Box::new(KeyFileOnly), SecretsServiceOptions::default())
        .expect("opens");
    let (code, message) = refused(&service, "GetSecretValue", &json!({ "SecretId": "db" }));
    let expected = "Secrets Manager can't decrypt the protected secret text using the provided KMS key.";
    assert_eq!((code.as_str(), message.as_str()), ("DecryptionFailure", expected));
    // Nor is it said where the vault lies when that is not to be opened for a change.
    let value = done(&service, "BatchGetSecretValue", &json!({ "SecretIdList": ["db"] }));
    assert_eq!(value["Errors"], json!([{ "SecretId": "db", "ErrorCode": "DecryptionFailure", "Message": expected }]));
    let service = SecretsService::new(place.vault.clone(), other.keystore.clone(), Box::new(KeyFileOnly), writable()).expect("opens");
    let put = json!({ "SecretId": "db", "ClientRequestToken": format!("{:-<32}", "db"), "SecretString": "other" });
    let compared = "the value on record was made with another keystore and cannot be compared here";
    assert_eq!(refused(&service, "PutSecretValue", &put), ("InvalidRequestException".to_owned(), compared.to_owned()));
    let put = json!({ "SecretId": "db", "ClientRequestToken": TOKEN, "SecretString": "other" });
    assert_eq!(refused(&service, "PutSecretValue", &put), ("DecryptionFailure".to_owned(), expected.to_owned()));
}

#[test]
fn what_breaks_is_an_internal_error() {
    let place = Place::new();
    let service = place.writable();
    create(&service, "db");
    fs::remove_file(&place.keystore.keystore).expect("removed");
    for (operation, request) in [
        ("GetSecretValue", json!({ "SecretId": "db" })),
        ("CreateSecret", json!({ "Name": "x", "ClientRequestToken": TOKEN, "SecretString": "y" })),
    ] {
        let answer = send(&service, west(), operation, &request);
        let value = json_of(&answer);
        assert_eq!((answer.status, &value["__type"]), (500, &json!("InternalServiceError")), "{value}");
        assert_eq!(value["Message"], "The vault or its keys cannot be used at the moment");
    }
}
