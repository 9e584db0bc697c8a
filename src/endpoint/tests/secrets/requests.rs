//! Requests and answers: their members, and what is refused.

use super::*;

#[test]
fn a_secret_is_made_read_listed_and_tagged() {
    let place = Place::new();
    let service = place.writable();
    let made = create(&service, "db");
    assert_eq!(made["VersionId"], format!("{:-<32}", "db"));
    assert_eq!(made["ReplicationStatus"][0]["Region"], "eu-west-1");
    assert!(made.get("Bundles").is_none(), "{made}");
    let arn = text(&made["ARN"]);
    for (region, arn) in [(west(), arn.clone()), (europe(), arn.replace("us-west-2", "eu-west-1"))] {
        let partial = arn.rsplit_once('-').expect("a suffix").0.to_owned();
        for secret_id in ["db".to_owned(), arn.clone(), partial] {
            let value = done_in(&service, region, "GetSecretValue", &json!({ "SecretId": secret_id }));
            assert_eq!(
                (&value["SecretString"], &value["ARN"], &value["VersionStages"]),
                (&json!("db"), &json!(arn), &json!(["AWSCURRENT"]))
            );
            assert!(value["CreatedDate"].is_number() && value.get("SecretBinary").is_none(), "{value}");
        }
        let described = done_in(&service, region, "DescribeSecret", &json!({ "SecretId": "db" }));
        assert_eq!((&described["PrimaryRegion"], &described["ARN"]), (&json!("us-west-2"), &json!(arn)));
        assert_eq!(names_in(&service, region), ["db"]);
    }
    done(&service, "TagResource", &json!({ "SecretId": "db", "Tags": [{ "Key": "team", "Value": "payroll" }] }));
    let described = done_in(&service, europe(), "DescribeSecret", &json!({ "SecretId": "db" }));
    assert_eq!(described["Tags"], json!([{ "Key": "team", "Value": "payroll" }]));
    assert_eq!(names_in(&service, region("us-east-1")), [""; 0]);
}

#[test]
fn bytes_are_base64() {
    let place = Place::new();
    let service = place.writable();
    done(&service, "CreateSecret", &json!({ "Name": "der", "ClientRequestToken": TOKEN, "SecretBinary": base64(&[0, 255, 7]) }));
    let value = done(&service, "GetSecretValue", &json!({ "SecretId": "der" }));
    assert_eq!((bytes(&value["SecretBinary"]), value.get("SecretString")), (vec![0, 255, 7], None));
}

#[test]
fn a_list_comes_in_pages() {
    let place = Place::new();
    let service = place.writable();
    let names: Vec<String> = (0..5).map(|number| format!("s{number}")).collect();
    for name in &names {
        create(&service, name);
    }
    let (mut seen, mut token) = (Vec::new(), Value::Null);
    for (count, is_more) in [(2, true), (2, true), (1, false)] {
        let page = done(&service, "ListSecrets", &json!({ "MaxResults": 2, "NextToken": token, "SortBy": "name" }));
        let listed = page["SecretList"].as_array().expect("a list");
        assert_eq!((listed.len(), page.get("NextToken").is_some(), page.get("Truncated")), (count, is_more, None), "{page}");
        assert!(listed.iter().all(|secret| secret["CreatedDate"].is_number() && secret["SecretVersionsToStages"].is_object()), "{page}");
        seen.extend(listed.iter().map(|secret| text(&secret["Name"])));
        token = page["NextToken"].clone();
    }
    assert_eq!(seen, names);
    let filtered = done(&service, "ListSecrets", &json!({ "Filters": [{ "Key": "name", "Values": ["s3"] }] }));
    assert_eq!(filtered["SecretList"].as_array().map(Vec::len), Some(1));
    for (request, code) in [
        (json!({ "MaxResults": 0 }), "ValidationException"),
        (json!({ "MaxResults": 101 }), "ValidationException"),
        (json!({ "NextToken": "not one" }), "InvalidNextTokenException"),
        (json!({ "Filters": [{ "Key": "colour", "Values": ["red"] }] }), "ValidationException"),
    ] {
        assert_eq!(refused(&service, "ListSecrets", &request).0, code, "{request}");
    }
}

#[test]
fn what_is_wrong_is_told_in_the_words_of_aws() {
    let place = Place::new();
    let service = place.writable();
    let arn = text(&create(&service, "db")["ARN"]);
    for (operation, request, code, message) in [
        ("GetSecretValue", json!({ "SecretId": "none" }), "ResourceNotFoundException", "Secrets Manager can't find the specified secret."),
        (
            "GetSecretValue",
            json!({ "SecretId": "db", "VersionStage": "AWSPENDING" }),
            "ResourceNotFoundException",
            "Secrets Manager can't find the specified secret value for staging label: AWSPENDING",
        ),
        (
            "GetSecretValue",
            json!({ "SecretId": "db", "VersionId": TOKEN }),
            "ResourceNotFoundException",
            &format!("Secrets Manager can't find the specified secret value for VersionId: {TOKEN}"),
        ),
        (
            "GetSecretValue",
            json!({}),
            "ValidationException",
            "1 validation error detected: Value null at 'secretId' failed to satisfy constraint: Member must not be null",
        ),
        ("GetSecretValue", json!({ "SecretId": 1 }), "SerializationException", "NUMBER_VALUE can not be converted to String at 'secretId'"),
    ] {
        let expected = (code.to_owned(), message.to_owned());
        assert_eq!(refused(&service, operation, &request), expected, "{operation} {request}");
    }
    let (code, message) = refused_in(&service, europe(), "TagResource", &json!({ "SecretId": "db", "Tags": [] }));
    assert_eq!(
        (code.as_str(), message.as_str()),
        ("InvalidParameterException", "Operation not permitted on a replica secret. Call must be made in primary secret's region.")
    );
    // A secret, or its ARN, of another Region: where else there is one is not said.
    for secret_id in ["db", &arn] {
        assert_eq!(refused_in(&service, region("us-east-1"), "GetSecretValue", &json!({ "SecretId": secret_id })), not_found());
    }
}

#[test]
fn what_is_not_made_is_told_in_the_words_of_aws() {
    let place = Place::new();
    let service = place.writable();
    let arn = text(&create(&service, "db")["ARN"]);
    let token = format!("{:-<32}", "db");
    for (operation, request, code, message) in [
        (
            "CreateSecret",
            json!({ "Name": "db", "SecretString": "x", "ClientRequestToken": TOKEN }),
            "ResourceExistsException",
            "The operation failed because the secret db already exists.",
        ),
        (
            "CreateSecret",
            json!({ "Name": "new", "SecretString": "x" }),
            "InvalidRequestException",
            "You must provide a ClientRequestToken value. We recommend a UUID-type value.",
        ),
        (
            "CreateSecret",
            json!({ "Name": "new", "SecretString": "x", "SecretBinary": "eA==", "ClientRequestToken": TOKEN }),
            "InvalidParameterException",
            "You can't specify both a binary secret value and a string secret value in the same secret.",
        ),
        (
            "CreateSecret",
            json!({ "Name": "new", "SecretString": "x", "ClientRequestToken": TOKEN, "Type": "SomePartner" }),
            "InvalidParameterException",
            "Managed external secrets, which have a Type, are not kept here.",
        ),
        (
            "UpdateSecret",
            json!({ "SecretId": "db", "ClientRequestToken": TOKEN, "Type": "SomePartner" }),
            "InvalidParameterException",
            "Managed external secrets, which have a Type, are not kept here.",
        ),
        (
            "CreateSecret",
            json!({ "Name": "db", "SecretString": "another", "ClientRequestToken": token }),
            "ResourceExistsException",
            &format!("You can't use ClientRequestToken {token} because that value is already in use for a version of secret {arn}."),
        ),
    ] {
        let expected = (code.to_owned(), message.to_owned());
        assert_eq!(refused(&service, operation, &request), expected, "{operation} {request}");
    }
    // The same request again is the same request.
    create(&service, "db");
}

#[test]
fn a_region_that_cannot_take_a_secret_is_told_by_names_of_secrets_manager() {
    let place = Place::new();
    let service = place.open(SecretsServiceOptions { services: &[Service::SecretsManager, Service::Kms], ..writable() });
    let key = key_id(&service);
    ask(&service, "DisableKey", &json!({ "KeyId": key }));
    let arn = format!("arn:aws:kms:us-west-2:000000000000:key/{key}");
    for (key, replica, code, message) in [
        (Some(key.as_str()), None, "EncryptionFailure", format!("us-west-2: {arn} is disabled.")),
        (
            Some("alias/none"),
            None,
            "ResourceNotFoundException",
            "us-west-2: Alias arn:aws:kms:us-west-2:000000000000:alias/none is not found.".to_owned(),
        ),
        (None, Some("af-south-1"), "InvalidParameterException", "af-south-1: the Region af-south-1 is not enabled".to_owned()),
        (
            None,
            Some("us-west-2"),
            "InvalidParameterException",
            "us-west-2: Invalid replica region. It is the primary Region of the secret.".to_owned(),
        ),
    ] {
        let mut request = json!({ "Name": "x", "SecretString": "y", "ClientRequestToken": TOKEN });
        if let Some(key) = key {
            request["KmsKeyId"] = json!(key);
        }
        if let Some(replica) = replica {
            request["AddReplicaRegions"] = json!([{ "Region": replica }]);
        }
        assert_eq!(refused(&service, "CreateSecret", &request), (code.to_owned(), message));
    }
}

#[test]
fn no_error_repeats_a_value() {
    let place = Place::new();
    let service = place.writable();
    let value = "EXAMPLE-PASSWORD".repeat(5000);
    for request in [
        json!({ "Name": "x", "ClientRequestToken": TOKEN, "SecretString": value }),
        json!({ "Name": "x", "ClientRequestToken": TOKEN, "SecretBinary": value }),
        json!({ "Name": "x", "ClientRequestToken": TOKEN, "SecretString": ["EXAMPLE-PASSWORD"] }),
        json!({ "Name": "x", "ClientRequestToken": "short", "SecretString": "EXAMPLE-PASSWORD" }),
    ] {
        let (_, message) = refused(&service, "CreateSecret", &request);
        assert!(!message.contains("EXAMPLE"), "{message}");
    }
    let request = JsonRequest::new(Service::SecretsManager, west(), "CreateSecret", b"EXAMPLE");
    assert!(!format!("{request:?}").contains("EXAMPLE"));
}

#[test]
fn operations_that_are_not_there_are_named() {
    let place = Place::new();
    let service = place.writable();
    for name in ["ListKeys", "getSecretValue", "", "secretsmanager.GetSecretValue", "\u{1b}[2J"] {
        let answer = send(&service, west(), name, &json!({}));
        let value = json_of(&answer);
        assert_eq!((answer.status, &value["__type"]), (400, &json!("UnknownOperationException")));
        let message = text(&value["Message"]);
        assert!(message.contains(&name.escape_debug().to_string()) && !message.contains('\u{1b}'), "{message}");
    }
}

/// Whatever an entry of the table is asked, what comes is JSON with AWS's names.
#[test]
fn every_operation_has_an_answer_to_any_request() {
    let place = Place::new();
    let service = place.writable();
    create(&service, "db");
    let deep = format!("{}{}", "[".repeat(2000), "]".repeat(2000));
    let bodies = ["", "{}", "[]", "{", "null", "\"x\"", "{\"SecretId\":\"db\",\"SecretId\":\"db\"}", "{\"SecretId\":\"../../etc\"}", &deep];
    for operation in crate::protocol::secrets::all() {
        for body in bodies {
            let request = JsonRequest::new(Service::SecretsManager, west(), operation.name, body.as_bytes());
            let answer = service.answer(&request);
            let value = json_of(&answer);
            match answer.error {
                None => model::SECRETS.check_answer(operation.name, &value),
                Some(code) => {
                    assert_eq!((answer.status, text(&value["__type"])), (400, code.to_string()), "{} {body}: {value}", operation.name);
                    model::SECRETS.check_error(operation.name, &code.to_string());
                }
            }
        }
    }
}
