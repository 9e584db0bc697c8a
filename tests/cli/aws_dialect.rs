//! What a user of the AWS CLI types, through the binary: paging, filters, tables, prefix, global flags.

use std::process::Output;

use serde_json::Value;

use crate::sandbox::Sandbox;

struct Machine(Sandbox);

impl Machine {
    fn new() -> Self {
        Self(Sandbox::new())
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.0.std("").args(arguments).output().expect("the binary runs")
    }

    fn stdout(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.stdout(arguments)).expect("JSON")
    }

    /// The exit code and stderr of a command that prints nothing.
    fn failure(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let output = self.run(arguments);
        assert!(output.stdout.is_empty(), "{arguments:?}");
        (output.status.code(), String::from_utf8(output.stderr).expect("UTF-8"))
    }

    /// Secrets without values: their names and tags.
    fn with_secrets(names: &[(&str, &str)]) -> Self {
        let machine = Self::new();
        for (name, team) in names {
            machine.stdout(&["create-secret", "--name", name, "--region", "us-west-2", "--tags", &format!("Key=team,Value={team}")]);
        }
        machine
    }
}

fn names(list: &Value) -> Vec<&str> {
    list["SecretList"].as_array().expect("a list").iter().map(|entry| entry["Name"].as_str().expect("a name")).collect()
}

#[test]
fn max_items_and_starting_token_go_through_the_list() {
    let machine = Machine::with_secrets(&[("a", "x"), ("b", "y"), ("c", "x")]);
    let first = machine.json(&["list-secrets", "--max-items", "2"]);
    assert_eq!(names(&first), ["a", "b"]);
    let token = first["NextToken"].as_str().expect("there is more");
    let second = machine.json(&["list-secrets", "--max-items", "2", "--starting-token", token]);
    assert_eq!(names(&second), ["c"]);
    assert_eq!(second.get("NextToken"), None);
    assert_eq!(names(&machine.json(&["list-secrets", "--page-size", "1"])), ["a", "b", "c"]);

    let text = machine.stdout(&["list-secrets", "--max-items", "1", "--output", "text"]);
    let token = text.lines().last().and_then(|line| line.strip_prefix("NEXTTOKEN\t")).expect("the token has a line of its own");
    let rest = |token: &str| names(&machine.json(&["list-secrets", "--starting-token", token])).join(" ");
    assert_eq!(rest(token), "b c");
    // The AWS CLI's own form, which counts on from where a page of the service ended.
    assert_eq!(rest("eyJOZXh0VG9rZW4iOiBudWxsLCAiYm90b190cnVuY2F0ZV9hbW91bnQiOiAxfQ=="), "b c");
}

#[test]
fn one_page_is_what_the_service_gives() {
    let machine = Machine::with_secrets(&[("a", "x"), ("b", "y"), ("c", "x")]);
    let first = machine.json(&["list-secrets", "--max-results", "2"]);
    assert_eq!(names(&first), ["a", "b"]);
    let second = machine.json(&["list-secrets", "--next-token", first["NextToken"].as_str().expect("there is more")]);
    assert_eq!((names(&second), second.get("NextToken")), (vec!["c"], None));
    for region in ["us-west-2", "us-east-1"] {
        machine.stdout(&["kms", "create-key", "--region", region]);
    }
    let keys = machine.json(&["kms", "list-keys", "--limit", "1", "--region", "us-west-2"]);
    assert_eq!((keys["Keys"].as_array().map(Vec::len), &keys["Truncated"]), (Some(1), &Value::Bool(true)));
    let rest =
        machine.json(&["kms", "list-keys", "--marker", keys["NextMarker"].as_str().expect("there is more"), "--region", "us-west-2"]);
    assert_eq!((rest["Keys"].as_array().map(Vec::len), &rest["Truncated"]), (Some(1), &Value::Bool(false)));
    assert_ne!(keys["Keys"], rest["Keys"]);
    let aliases = machine.json(&["kms", "list-aliases", "--no-paginate"]);
    assert_eq!((aliases["Aliases"].as_array().map(Vec::len), &aliases["Truncated"]), (Some(1), &Value::Bool(false)));
    assert_eq!(
        machine.json(&["kms", "list-keys"]).as_object().map(|members| members.keys().cloned().collect()),
        Some(vec!["Keys".to_owned()])
    );
}

#[test]
fn paging_that_cannot_be_is_refused() {
    let machine = Machine::with_secrets(&[("a", "x")]);
    machine.stdout(&["kms", "create-key", "--region", "us-west-2"]);
    for (arguments, code, expected) in [
        (
            &["list-secrets", "--no-paginate", "--max-items", "1"][..],
            252,
            "Cannot specify --no-paginate along with pagination arguments: --max-items",
        ),
        (
            &["list-secrets", "--next-token", "x", "--page-size", "1"],
            252,
            "Cannot specify --next-token along with pagination arguments: --page-size",
        ),
        (&["list-secrets", "--starting-token", "x"], 252, "Bad starting token: x"),
        (&["list-secrets", "--max-items", "0"], 252, "invalid value for '--max-items <COUNT>': it is not in 1.."),
        (
            &["list-secrets", "--next-token", "x"],
            254,
            "An error occurred (InvalidNextTokenException) when calling the ListSecrets operation",
        ),
        (
            &["list-secrets", "--max-results", "101"],
            254,
            "(ValidationException) when calling the ListSecrets operation: 1 validation error detected: Value '101' at 'maxResults'",
        ),
        (&["kms", "list-keys", "--marker", "x"], 254, "An error occurred (InvalidMarkerException) when calling the ListKeys operation"),
        (&["kms", "list-aliases", "--limit", "101"], 254, "Member must have value less than or equal to 100"),
    ] {
        let (exit, stderr) = machine.failure(arguments);
        assert_eq!(exit, Some(code), "{arguments:?}: {stderr}");
        assert!(stderr.contains(expected), "{arguments:?}: {stderr}");
    }
}

#[test]
fn filters_and_order_reach_the_list() {
    let machine = Machine::with_secrets(&[("prod/b", "x"), ("prod/a", "y"), ("test/a", "x")]);
    for (arguments, expected) in [
        (&["--filters", "Key=name,Values=prod"][..], &["prod/b", "prod/a"][..]),
        (&["--filters", "Key=name,Values=prod", "Key=tag-value,Values=x"], &["prod/b"]),
        (&["--filters", "Key=name,Values=prod,test", "--include-planned-deletion"], &["prod/b", "prod/a", "test/a"]),
        (&["--filters", r#"[{"Key": "name", "Values": ["!prod"]}]"#], &["test/a"]),
        (&["--sort-by", "name", "--sort-order", "desc", "--no-include-planned-deletion"], &["test/a", "prod/b", "prod/a"]),
        (&["--sort-by", "created-date"], &["prod/b", "prod/a", "test/a"]),
    ] {
        let list = machine.json(&[&["list-secrets"], arguments].concat());
        assert_eq!(names(&list), expected, "{arguments:?}");
    }
    for (arguments, code, expected) in [
        (&["--filters", "Key=size,Values=1"][..], 254, "[description, name, tag-key, tag-value, primary-region, owning-service, all]"),
        (&["--filters", "Key=name"], 254, "Value null at 'filters.1.member.values' failed to satisfy constraint: Member must not be null"),
        (
            &["--filters", r#"{"Key": "name", "Values": [1]}"#],
            252,
            "Invalid type for parameter Filters[0].Values[0], value: 1, type: <class 'int'>, valid types: <class 'str'>",
        ),
        (&["--sort-order", "up"], 254, "at 'sortOrder' failed to satisfy constraint"),
    ] {
        let (exit, stderr) = machine.failure(&[&["list-secrets"], arguments].concat());
        assert_eq!(exit, Some(code), "{arguments:?}: {stderr}");
        assert!(stderr.contains(expected), "{arguments:?}: {stderr}");
    }
}

#[test]
fn the_services_name_may_stand_before_the_command() {
    let machine = Machine::with_secrets(&[("a", "x")]);
    let short = machine.stdout(&["describe-secret", "--secret-id", "a"]);
    assert_eq!(machine.stdout(&["secretsmanager", "describe-secret", "--secret-id", "a"]), short);
    assert_eq!(machine.stdout(&["--region", "us-west-2", "secretsmanager", "describe", "--secret-id", "a"]), short);
    let (exit, _) = machine.failure(&["secretsmanager", "verify"]);
    assert_eq!(exit, Some(252));
    let (_, stderr) = machine.failure(&["secretsmanager", "describe-secret", "--secret-id", "b"]);
    assert!(stderr.contains("when calling the DescribeSecret operation"), "{stderr}");
}

#[test]
fn global_flags_of_the_aws_cli_are_taken() {
    let machine = Machine::with_secrets(&[("a", "x")]);
    let flags = ["--no-cli-pager", "--color", "on", "--no-paginate", "--debug", "--cli-binary-format", "base64", "--output", "json"];
    let plain = machine.stdout(&["list-secrets"]);
    assert_eq!(machine.stdout(&[&["list-secrets"][..], &flags].concat()), plain);
    assert_eq!(machine.stdout(&[&flags[..], &["list-secrets"]].concat()), plain);
}

#[test]
fn tables_carry_the_operations_name() {
    let machine = Machine::with_secrets(&[("a", "x")]);
    let table = machine.stdout(&["list-secrets", "--output", "table", "--query", "SecretList[].[Name,join(':', [Name, 'us-west-2'])]"]);
    assert_eq!(
        table,
        "----------------------\n|     ListSecrets    |\n+----+---------------+\n|  a |  a:us-west-2  |\n+----+---------------+\n"
    );
    let colored = machine.stdout(&["list-secrets", "--output", "table", "--query", "SecretList[].Name", "--color", "on"]);
    assert!(colored.contains("|  \u{1b}[1m\u{1b}[34ma\u{1b}[0m"), "{colored}");
    assert!(!machine.stdout(&["list-secrets", "--output", "table"]).contains('\u{1b}'));
}

#[test]
fn a_request_in_json_does_what_flags_do() {
    let machine = Machine::new();
    let request = r#"{"Name": "s", "SecretString": "file://is not a file", "Tags": [{"Key": "team", "Value": "x"}],
        "AddReplicaRegions": [{"Region": "eu-west-1"}], "ClientRequestToken": "11111111-2222-4333-8444-555555555555"}"#;
    machine.0.write("request.json", request);
    let output = machine.run(&["create-secret", "--cli-input-json", "file://request.json", "--region", "us-west-2"]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !stderr.contains("can be read by others"), "{stderr}");
    let value = machine.json(&["get-secret-value", "--cli-input-json", r#"{"SecretId": "s"}"#, "--region", "eu-west-1"]);
    assert_eq!(
        (&value["SecretString"], &value["VersionId"]),
        (&Value::from("file://is not a file"), &Value::from("11111111-2222-4333-8444-555555555555"))
    );
    let described = machine.json(&["describe-secret", "--cli-input-json", r#"{"SecretId": "x"}"#, "--secret-id", "s"]);
    assert_eq!(described["Tags"][0]["Value"], "x");

    let binary = r#"{"Name": "b", "SecretBinary": "AAEC"}"#;
    let output = machine.run(&["secretsmanager", "create-secret", "--cli-input-json", binary, "--region", "us-west-2"]);
    assert!(
        String::from_utf8_lossy(&output.stderr)
            .contains("warning: --cli-input-json: SecretBinary on the command line can be read by others")
    );
    assert_eq!(machine.json(&["get-secret-value", "--secret-id", "b"])["SecretBinary"], "AAEC");
    let both = r#"{"Name": "c", "SecretBinary": "AAEC", "SecretString": "x"}"#;
    let (exit, stderr) = machine.failure(&["create-secret", "--cli-input-json", both, "--region", "us-west-2"]);
    assert!(exit == Some(252) && stderr.contains("both a binary secret value and a string secret value"), "{stderr}");
}

/// Junk is told in lines and memory that do not grow with it.
#[test]
fn of_a_thousand_unknown_members_a_hundred_are_told() {
    let machine = Machine::new();
    let members: Vec<String> = (0..1000).map(|number| format!("\"a{number}\":0")).collect();
    machine.0.write("junk", format!("{{{}}}", members.join(",")));
    let (code, told) = machine.failure(&["create-secret", "--region", "us-west-2", "--cli-input-json", "file://junk"]);
    assert_eq!((code, told.matches("Unknown parameter in input").count()), (Some(252), 100), "{told}");
}

#[test]
fn a_text_may_stand_in_a_file() {
    let machine = Machine::new();
    machine.0.write("text", "read by the payroll service\n");
    machine.0.write("name", "production/db");
    machine.stdout(&["create-secret", "--name", "file://name", "--description", "file://text", "--region", "us-west-2"]);
    let described = machine.json(&["describe-secret", "--secret-id", "production/db"]);
    assert_eq!(described["Description"], "read by the payroll service\n");
    let key = machine.json(&["kms", "create-key", "--description", "file://text", "--region", "us-west-2"]);
    assert_eq!(key["KeyMetadata"]["Description"], "read by the payroll service\n");
    for (value, expected) in
        [("file://none", "Unable to load paramfile file://none"), ("fileb://text", "takes text, and fileb:// gives bytes")]
    {
        let (code, told) = machine.failure(&["update-secret", "--secret-id", "production/db", "--description", value]);
        assert!(code == Some(252) && told.contains(expected), "{told}");
    }
}

#[test]
fn a_skeleton_is_printed_and_nothing_done() {
    let machine = Machine::new();
    let printed = machine.stdout(&["describe-secret", "--generate-cli-skeleton"]);
    assert_eq!(printed, "{\n    \"SecretId\": \"\"\n}\n");
    let sample =
        machine.stdout(&["create-secret", "--name", "x", "--generate-cli-skeleton", "output", "--query", "ReplicationStatus[0].Region"]);
    assert_eq!(sample, "\"Region\"\n");
    assert!(std::fs::read_dir(machine.0.root()).expect("readable").next().is_none());
}
