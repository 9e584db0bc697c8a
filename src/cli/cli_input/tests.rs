#![allow(clippy::indexing_slicing, reason = "tests index what they made")]

use clap::CommandFactory as _;
use serde_json::json;

use super::*;
use crate::cli::commands::{Command as CliCommand, CreateSecretArgs, SecretsCommand};

fn request(arguments: &[&str]) -> Result<CommandLine, String> {
    let arguments = [&["coldseal"], arguments].concat().into_iter().map(OsString::from).collect();
    parse(with_flags(Cli::command()), arguments, &Environment::fixed(&[])).map_err(|stop| match stop {
        ParseFailure::Words(told) => told.to_string(),
        ParseFailure::Clap(error) => error.to_string(),
        ParseFailure::Usage(_, error) => error.to_string(),
    })
}

fn create(arguments: &[&str]) -> (CreateSecretArgs, InputValues) {
    match request(&[&["create-secret"], arguments].concat()) {
        Ok(CommandLine::Run(run)) => match run.cli.command {
            CliCommand::Secrets(SecretsCommand::CreateSecret(args)) => (*args, run.values),
            other => panic!("{other:?}"),
        },
        Ok(CommandLine::Print(_, skeleton)) => panic!("{skeleton}"),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn members_become_flags() {
    let json = json!({
        "Name": "--name", "Description": "file://x", "KmsKeyId": null, "ForceOverwriteReplicaSecret": true,
        "Tags": [{"Key": "a", "Value": "b c"}], "AddReplicaRegions": [{"Region": "us-east-1"}],
        "SecretString": "file:///etc/hostname", "ResourcePolicy": "{}", "RotationRules": {"AutomaticallyAfterDays": 30},
    });
    let (args, values) = create(&["--cli-input-json", &json.to_string()]);
    assert_eq!((args.name.as_str(), args.description.as_deref(), args.kms_key_id), ("--name", Some("file://x"), None));
    assert!(args.regions.force_overwrite_replica_secret && args.value.secret_string.is_none());
    assert_eq!(args.tags.expect("tags"), [r#"[{"Key":"a","Value":"b c"}]"#]);
    assert_eq!(args.add_replica_regions.expect("Regions"), [r#"[{"Region":"us-east-1"}]"#]);
    assert_eq!((args.resource_policy.as_deref(), args.rotation_rules.as_deref()), (Some("{}"), Some(r#"{"AutomaticallyAfterDays":30}"#)));
    assert_eq!(values.string.expect("a value").expose(), b"file:///etc/hostname");
}

#[test]
fn flags_come_first() {
    let json = r#"{"Name": "json", "Description": "json", "ForceOverwriteReplicaSecret": true, "Tags": [{"Key": "json"}]}"#;
    let (args, _) = create(&["--cli-input-json", json, "--name", "typed", "--no-force-overwrite-replica-secret", "--tags", "Key=typed"]);
    assert_eq!((args.name.as_str(), args.description.as_deref()), ("typed", Some("json")));
    assert!(!args.regions.force_overwrite_replica_secret);
    assert_eq!(args.tags.expect("tags"), ["Key=typed"]);
}

#[test]
fn a_flag_says_what_a_member_says_otherwise() {
    let (args, _) = create(&[
        "--cli-input-json",
        r#"{"Name": 1, "Tags": "x", "ForceOverwriteReplicaSecret": 5}"#,
        "--name",
        "a",
        "--tags",
        "Key=a",
        "--no-force-overwrite-replica-secret",
    ]);
    assert_eq!(args.name, "a");
}

#[test]
fn members_do_for_flags_that_are_required() {
    for (json, flags) in [(r#"{"KeyId": "k", "KeySpec": "AES_256"}"#, &[][..]), (r#"{"KeyId": "k"}"#, &["--number-of-bytes", "32"])] {
        let typed = [&["kms", "generate-data-key", "--cli-input-json", json], flags].concat();
        assert!(request(&typed).is_ok(), "{typed:?}");
    }
    let missing = request(&["kms", "generate-data-key", "--cli-input-json", r#"{"KeySpec": "AES_256"}"#]);
    assert!(missing.err().is_some_and(|error| error.contains("Missing required parameter in input: \"KeyId\"")));
}

#[test]
fn what_does_not_fit_is_refused() {
    for (json, expected) in [
        ("{", "Error parsing parameter '--cli-input-json': Invalid JSON: EOF while parsing an object"),
        ("[]", "Invalid type: expecting an object, received a list"),
        (
            r#"{"name": "x"}"#,
            "Unknown parameter in input: \"name\", must be one of: Name, ClientRequestToken, Description, KmsKeyId, SecretBinary",
        ),
        (r#"{"Name": 1}"#, "Invalid type for parameter Name, value: 1, type: <class 'int'>, valid types: <class 'str'>"),
        (
            r#"{"Tags": "Key=a"}"#,
            "Invalid type for parameter Tags, value: Key=a, type: <class 'str'>, valid types: <class 'list'>, <class 'tuple'>",
        ),
        (r#"{"ForceOverwriteReplicaSecret": "true"}"#, "value: true, type: <class 'str'>, valid types: <class 'bool'>"),
        (r#"{"Description": "x"}"#, "Parameter validation failed:\nMissing required parameter in input: \"Name\""),
        (
            r#"{"Description": 1, "Tags": [{"Key": "", "Valu": 1}], "SecretString": ""}"#,
            "Parameter validation failed:\nMissing required parameter in input: \"Name\"\nInvalid type for parameter Description, value: 1, type: <class 'int'>, valid types: <class 'str'>\nUnknown parameter in Tags[0]: \"Valu\", must be one of: Key, Value\nInvalid length for parameter Tags[0].Key, value: 0, valid min length: 1\nInvalid length for parameter SecretString, value: 0, valid min length: 1",
        ),
        ("file:///nonexistent/x.json", "Unable to load paramfile"),
    ] {
        let error = request(&["create-secret", "--cli-input-json", json]).err().expect(json);
        assert!(error.contains(expected), "{json}: {error}");
    }
    assert!(request(&["verify", "--cli-input-json", "{}"]).is_err());
}

#[test]
fn the_skeleton_has_the_members_that_the_command_takes() {
    let skeleton = |arguments: &[&str]| match request(arguments) {
        Ok(CommandLine::Print(_, skeleton)) => skeleton,
        Ok(CommandLine::Run(_)) => panic!("{arguments:?} runs"),
        Err(error) => panic!("{error}"),
    };
    assert_eq!(
        skeleton(&["replicate-secret-to-regions", "--generate-cli-skeleton"]),
        json!({"SecretId": "", "AddReplicaRegions": [{"Region": "", "KmsKeyId": ""}], "ForceOverwriteReplicaSecret": true})
    );
    assert_eq!(skeleton(&["secretsmanager", "describe", "--generate-cli-skeleton", "input"]), json!({"SecretId": ""}));
    assert_eq!(skeleton(&["get-secret-value", "--generate-cli-skeleton"]), json!({"SecretId": "", "VersionId": "", "VersionStage": ""}));
    assert_eq!(skeleton(&["kms", "list-aliases", "--generate-cli-skeleton"]), json!({"KeyId": "", "Limit": 0, "Marker": ""}));
    let create = skeleton(&["create-secret", "--generate-cli-skeleton"]);
    assert_eq!((create.get("SecretBinary"), create.get("Type")), (Some(&Value::Null), None));
    let rules = json!({"AutomaticallyAfterDays": 0, "Duration": "", "ScheduleExpression": ""});
    assert_eq!((create.get("ResourcePolicy"), create.get("RotationRules")), (Some(&json!("")), Some(&rules)));
    let list = skeleton(&["list-secrets", "--generate-cli-skeleton"]);
    assert_eq!(list["Filters"][0]["Values"], json!([""]));
}

#[test]
fn a_sample_of_the_answer_needs_a_valid_request() {
    assert!(request(&["describe-secret", "--generate-cli-skeleton", "output"]).err().expect("no id").contains("--secret-id"));
    let Ok(CommandLine::Run(run)) = request(&["describe-secret", "--secret-id", "x", "--generate-cli-skeleton", "output"]) else {
        panic!("not run");
    };
    assert_eq!(run.sample.expect("a sample")["ARN"], "ARN");
}

#[test]
fn the_command_line_is_well_formed() {
    with_flags(Cli::command()).debug_assert();
}
