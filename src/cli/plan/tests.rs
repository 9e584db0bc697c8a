use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    super::{environment::Environment, failure::Failure, paramfile::BinaryFormat},
    *,
};
use crate::{
    region::Region,
    suite::AlgorithmSuite,
    vault::{DataKeyScope, NameClash, PayloadKind, ReplicaRegion, Tag},
};

fn defaults() -> Defaults {
    Defaults {
        region: Region::new("us-west-2").expect("a Region"),
        kms_key_id: None,
        replicas: Vec::new(),
        tags: Vec::new(),
        name_clash: NameClash::Refuse,
        encryption_context: BTreeMap::new(),
        data_key_scope: DataKeyScope::Shared,
        suite: AlgorithmSuite::default(),
        account: None,
        binary_format: BinaryFormat::Base64,
        file_kind: None,
    }
}

const TOKEN: &str = "00000000-0000-4000-8000-000000000001";

fn entry_with(value: Value, defaults: &Defaults) -> Result<CreateSecret, String> {
    entry::request(value, defaults, &ParamFiles::new(&Environment::fixed(&[]))).map_err(|error| error.message)
}

fn entry(value: Value) -> Result<CreateSecret, String> {
    entry_with(value, &defaults())
}

fn value_of(request: &CreateSecret) -> Option<(PayloadKind, Vec<u8>)> {
    request.value.as_ref().map(|value| (value.kind(), value.expose().to_vec()))
}

#[test]
fn an_entry_is_a_request_as_aws_writes_it() {
    let request = entry(json!({
        "Name": "db", "ClientRequestToken": TOKEN, "Description": "d", "KmsKeyId": "alias/a", "SecretString": "s", "SecretBinary": null,
        "Tags": [{"Key": "k", "Value": "v"}], "AddReplicaRegions": [{"Region": "eu-west-1", "KmsKeyId": "alias/b"}, {"Region": "us-east-1"}],
        "ForceOverwriteReplicaSecret": true, "ResourcePolicy": "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\"}}",
        "RotationRules": {"AutomaticallyAfterDays": 30},
    }));
    let request = request.expect("a request");
    assert_eq!(value_of(&request), Some((PayloadKind::String, b"s".to_vec())));
    let replica = |region: &str, key: Option<&str>| ReplicaRegion { region: region.to_owned(), kms_key_id: key.map(str::to_owned) };
    assert_eq!(request.replicas, [replica("eu-west-1", Some("alias/b")), replica("us-east-1", None)]);
    assert_eq!(request.tags, [Tag { key: "k".to_owned(), value: "v".to_owned() }]);
    assert_eq!((request.name.as_str(), request.kms_key_id.as_deref()), ("db", Some("alias/a")));
    assert_eq!((request.client_request_token.as_deref(), request.description.as_deref()), (Some(TOKEN), Some("d")));
    assert!(request.name_clash == NameClash::Overwrite && request.resource_policy.is_some() && request.rotation_rules.is_some());
}

#[test]
fn what_an_entry_leaves_out_is_the_command_lines() {
    let tag = Tag { key: "k".to_owned(), value: String::new() };
    let replica = ReplicaRegion { region: "eu-west-1".to_owned(), kms_key_id: None };
    let defaults = Defaults {
        kms_key_id: Some("alias/a".to_owned()),
        replicas: vec![replica.clone()],
        tags: vec![tag.clone()],
        name_clash: NameClash::Overwrite,
        ..defaults()
    };
    let given = entry_with(json!({"Name": "a"}), &defaults).expect("a request");
    assert_eq!((given.kms_key_id.as_deref(), given.replicas, given.tags), (Some("alias/a"), vec![replica], vec![tag]));
    assert!(given.value.is_none() && given.name_clash == NameClash::Overwrite);
    let own = json!({"Name": "a", "KmsKeyId": "alias/b", "Tags": [{"Key": "x"}], "AddReplicaRegions": [{"Region": "us-east-1"}],
        "ForceOverwriteReplicaSecret": false});
    let own = entry_with(own, &defaults).expect("a request");
    assert_eq!(own.kms_key_id.as_deref(), Some("alias/b"));
    assert!(own.tags.iter().all(|tag| tag.key == "x") && own.replicas.iter().all(|replica| replica.region == "us-east-1"));
    assert_eq!(own.name_clash, NameClash::Refuse);
}

#[test]
fn values_come_from_files_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("value");
    fs::write(&path, "eA==\n").expect("written");
    let path = path.display();
    for (member, value, expected) in [
        ("SecretString", format!("file://{path}"), (PayloadKind::String, &b"eA==\n"[..])),
        ("SecretBinary", format!("fileb://{path}"), (PayloadKind::Binary, b"eA==\n")),
        ("SecretBinary", format!("file://{path}"), (PayloadKind::Binary, b"x")),
        ("SecretBinary", "eA==".to_owned(), (PayloadKind::Binary, b"x")),
        ("SecretString", "-".to_owned(), (PayloadKind::String, b"-")),
    ] {
        let request = entry(json!({"Name": "a", member: value})).expect("a request");
        assert_eq!(value_of(&request), Some((expected.0, expected.1.to_vec())), "{member}: {value}");
    }
}

#[test]
fn anything_else_is_refused_without_its_content() {
    for (value, expected) in [
        (json!("TOPSECRET"), "Invalid type: expecting an object"),
        (json!({}), "Missing required parameter in input: \"Name\""),
        (json!({"Name": null}), "Missing required parameter in input: \"Name\""),
        (json!({"Name": 5}), "Invalid type for parameter Name, type: <class 'int'>, valid types: <class 'str'>"),
        (
            json!({"Name": 5, "KmsKeyId": ["TOPSECRET"], "ClientRequestToken": "TOPSECRET"}),
            "Invalid type for parameter Name, type: <class 'int'>, valid types: <class 'str'>; Invalid type for parameter KmsKeyId, type: <class 'list'>, valid types: <class 'str'>; Invalid length for parameter ClientRequestToken, value: 9",
        ),
        (
            json!({"Name": "a", "ClientRequestToken": "TOPSECRET"}),
            "Invalid length for parameter ClientRequestToken, value: 9, valid min length: 32",
        ),
        (json!({"Name": "a", "AddReplicaRegions": [{"Region": "TOPSECRET"}]}), "Value at 'addReplicaRegions.1.member.region' failed"),
        (json!({"Name": "a", "Names": "b"}), "Unknown parameter in input: \"Names\", must be one of: Name, "),
        (
            json!({"Name": "a", "SecretString": ["TOPSECRET"]}),
            "Invalid type for parameter SecretString, type: <class 'list'>, valid types: <class 'str'>",
        ),
        (json!({"Name": "a", "SecretString": ""}), "'SecretString': a secret value needs at least 1 byte"),
        (json!({"Name": "a", "SecretString": "TOPSECRET", "SecretBinary": "eA=="}), "You can't specify both"),
        (json!({"Name": "a", "SecretBinary": "TOPSECRET!"}), "'SecretBinary': Invalid base64"),
        (json!({"Name": "a", "SecretString": "x".repeat(65_537)}), "'SecretString': the value has 65537 bytes"),
        (json!({"Name": "a", "SecretString": "file:///nonexistent/v"}), "Unable to load paramfile file:///nonexistent/v"),
        (json!({"Name": "a", "SecretString": "file://-"}), "cannot come from stdin"),
        (json!({"Name": "a", "SecretBinary": "-"}), "cannot come from stdin"),
        (json!({"Name": "a", "Tags": {"Key": "a"}}), "Invalid type for parameter Tags, type: <class 'dict'>, valid types: <class 'list'>"),
        (
            json!({"Name": "a", "Tags": [{"Value": "a"}]}),
            "Value null at 'tags.1.member.key' failed to satisfy constraint: Member must not be null",
        ),
        (
            json!({"Name": "a", "AddReplicaRegions": ["us-east-1"]}),
            "Invalid type for parameter AddReplicaRegions[0], type: <class 'str'>, valid types: <class 'dict'>",
        ),
        (
            json!({"Name": "a", "ForceOverwriteReplicaSecret": "yes"}),
            "Invalid type for parameter ForceOverwriteReplicaSecret, type: <class 'str'>, valid types: <class 'bool'>",
        ),
        (json!({"Name": "a", "ResourcePolicy": "TOPSECRET"}), "'ResourcePolicy': "),
        (
            json!({"Name": "a", "RotationRules": "TOPSECRET"}),
            "Invalid type for parameter RotationRules, type: <class 'str'>, valid types: <class 'dict'>",
        ),
    ] {
        let shown = value.to_string();
        let message = entry(value).expect_err(&shown);
        assert!(message.contains(expected) && !message.contains("TOPSECRET"), "{shown}: {message}");
    }
    assert!(entry(json!({"Name": "a", "Tags": [], "AddReplicaRegions": []})).expect("a request").tags.is_empty());
}

/// The plan or directory at `path`.
fn opened(path: &Path) -> Result<PlanSource, Failure> {
    PlanSource::open(&ParamFiles::new(&Environment::fixed(&[])), path, HiddenFiles::LeftOut)
}

/// The places and names that a source gives.
fn visited(source: &PlanSource, defaults: &Defaults) -> Result<Vec<(EntryPlace, Option<PayloadKind>)>, Failure> {
    let mut found = Vec::new();
    source.visit(defaults, &ParamFiles::new(&Environment::fixed(&[])), |PlanEntry { place, request, .. }| {
        found.push((place, request.ok().and_then(|request| request.value).map(|value| value.kind())));
        Ok(())
    })?;
    Ok(found)
}

#[test]
fn a_source_is_a_plan_a_pipe_or_a_directory_and_is_read_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let plan = folder.path().join("plan.jsonl");
    fs::write(&plan, "{\"Name\":\"a\",\"SecretString\":\"x\"}\n\n{\"Name\":1}\n").expect("written");
    let expected = vec![(EntryPlace::Line(1), Some(PayloadKind::String)), (EntryPlace::Line(3), None)];
    let held = PlanSource::Held(SecretBytes::new(fs::read(&plan).expect("read")));
    for source in [opened(&plan).expect("a plan"), held] {
        for _ in 0..2 {
            assert_eq!(visited(&source, &defaults()).expect("read"), expected);
        }
    }
    let files = folder.path().join("files");
    fs::create_dir(&files).expect("made");
    assert_eq!(visited(&opened(&files).expect("a directory"), &defaults()).expect("empty"), vec![]);
    fs::write(files.join("bytes"), b"\xff").expect("written");
    fs::write(files.join("text"), "é").expect("written");
    let kinds = |defaults: &Defaults| {
        visited(&opened(&files).expect("a directory"), defaults).expect("read").into_iter().map(|(_, kind)| kind).collect::<Vec<_>>()
    };
    assert_eq!(kinds(&defaults()), [Some(PayloadKind::Binary), Some(PayloadKind::String)]);
    assert_eq!(kinds(&Defaults { file_kind: Some(PayloadKind::Binary), ..defaults() }), [Some(PayloadKind::Binary); 2]);
    for (text, expected) in [
        ("{\"Name\": \"a\"}\n{\"SecretString\": TOPSECRET}", "line 2, column 18 of the plan: Invalid JSON: expected value"),
        ("{\"SecretString\": \"TOPSECRET", "line 1, column 27 of the plan: Invalid JSON: EOF while parsing a string"),
    ] {
        match visited(&PlanSource::Held(SecretBytes::new(text.into())), &defaults()) {
            Err(Failure::Usage(error)) => assert_eq!(error.message, expected),
            other => panic!("{other:?}"),
        }
    }
    assert!(matches!(opened(&folder.path().join("missing")), Err(Failure::Usage(_))));
}
