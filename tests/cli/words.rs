//! `alias aws=coldseal`: words and flags as the AWS CLI takes them, and no value that is shown where it was typed in the wrong place.

use std::process::Output;

use crate::sandbox::Sandbox;

const MARKER: &str = "s3cr3t-Marker";
const PEM: &str = "-----BEGIN PRIVATE KEY-----\nAAECAw==\n-----END PRIVATE KEY-----\n";

fn run(sandbox: &Sandbox, arguments: &[&str]) -> Output {
    sandbox.std("").args(arguments).env("AWS_REGION", "us-west-2").output().expect("the binary runs")
}

fn stdout(sandbox: &Sandbox, arguments: &[&str]) -> String {
    let output = run(sandbox, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_value_that_begins_with_a_dash_is_a_value() {
    let sandbox = Sandbox::new();
    for (name, value) in [("pem", PEM), ("number", "-5"), ("space", "-a b"), ("flag", "--region us-east-1"), ("list", "- a\n- b\n")] {
        stdout(
            &sandbox,
            &["create-secret", "--name", name, "--secret-string", value, "--description", "- the description", "--tags", "Key=a", "Key=b"],
        );
        assert_eq!(
            stdout(&sandbox, &["get-secret-value", "--secret-id", name, "--query", "SecretString", "--output", "text"]),
            format!("{value}\n")
        );
    }
    assert_eq!(
        stdout(&sandbox, &["describe-secret", "--secret-id", "pem", "--query", "Description", "--output", "text"]),
        "- the description\n"
    );
    let joined = run(&sandbox, &["create-secret", "--name", "joined", "--secret-string=--hunter2"]);
    assert!(joined.status.success(), "{}", stderr(&joined));
}

/// Of every flag of every command: `src/cli/words/tests.rs`. Here by the way that a user goes.
#[test]
fn a_value_in_the_wrong_place_is_not_shown() {
    let sandbox = Sandbox::new();
    let dashed = format!("--{MARKER}");
    let short = format!("-{MARKER}");
    let pair = format!("--{MARKER}=x");
    for line in [
        &["create-secret", "--name", "a", "--secret-string", &dashed][..],
        &["create-secret", "--name", "a", "--secret-string", &short],
        &["create-secret", "--name", "a", "--secret-string", "x", MARKER],
        &["create-secret", "--name", "a", MARKER],
        &["create-secret", "--name", "a", "--secret-string", &pair],
        &["create-secret", "--name", "a", "--secret-strng", MARKER],
        &["create-secret", "--name", "a", "--secret-string", MARKER, "--secret-binary", MARKER],
        &["create-secret", "--name", "a", "--secret-string", MARKER, "--secret-string", MARKER],
        &[MARKER],
        &["kms", MARKER],
        &["kms", "encrypt", "--key-id", "k", "--plaintext", &dashed],
        &["kms", "generate-random", "--number-of-bytes", MARKER],
        &["list-secrets", "--color", MARKER],
        &["--debug", MARKER],
    ] {
        let output = run(&sandbox, line);
        let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), stderr(&output));
        assert_eq!(output.status.code(), Some(252), "{line:?}: {told}");
        assert!(!told.contains(MARKER) && told.starts_with("error: "), "{line:?}: {told}");
    }
    // Without '=' it is a name, which is asked for; it may have been meant as a value.
    let named = run(&sandbox, &["create-secret", "--name", "a", "--secret-key-values", MARKER]);
    assert!(named.status.code() == Some(253) && !stderr(&named).contains(MARKER), "{}", stderr(&named));
}

#[test]
fn flags_may_be_cut_short_and_help_may_be_a_word() {
    let sandbox = Sandbox::new();
    stdout(&sandbox, &["create-secret", "--na", "a", "--secret-s", "x", "--reg", "us-west-2"]);
    assert_eq!(stdout(&sandbox, &["describe-secret", "--secret", "a", "--que", "Name", "--out", "text"]), "a\n");
    for (line, usual) in [
        (&["help"][..], &["--help"][..]),
        (&["kms", "help"], &["kms", "--help"]),
        (&["create-secret", "help"], &["create-secret", "--help"]),
        (&["kms", "create-key", "help"], &["kms", "create-key", "--help"]),
        (&["secretsmanager", "describe-secret", "help"], &["secretsmanager", "describe-secret", "--help"]),
    ] {
        assert_eq!(stdout(&sandbox, line), stdout(&sandbox, usual), "{line:?}");
    }
    // A file of this name is one.
    sandbox.write("help", "not a message");
    assert_eq!(run(&sandbox, &["inspect", "help"]).status.code(), Some(254));
}

#[test]
fn global_options_that_do_nothing_here_are_taken() {
    let sandbox = Sandbox::new();
    stdout(&sandbox, &["create-secret", "--name", "a"]);
    let plain = stdout(&sandbox, &["list-secrets"]);
    let flags = [
        "--no-verify-ssl",
        "--no-sign-request",
        "--ca-bundle",
        "ca.pem",
        "--no-cli-auto-prompt",
        "--no-cli-pager",
        "--v2-debug",
        "--cli-error-format",
        "legacy",
        "--cli-read-timeout",
        "5",
        "--cli-connect-timeout",
        "5",
    ];
    let output = run(&sandbox, &[&["list-secrets"][..], &flags].concat());
    assert_eq!((String::from_utf8_lossy(&output.stdout).as_ref(), stderr(&output).as_str()), (plain.as_str(), ""));
    for (flags, note) in [
        (&["--endpoint-url", "http://localhost:4566"][..], "coldseal: --endpoint-url is not used"),
        (&["--cli-auto-prompt"], "coldseal: --cli-auto-prompt does nothing"),
    ] {
        let output = run(&sandbox, &[&["list-secrets"][..], flags].concat());
        assert_eq!(String::from_utf8_lossy(&output.stdout), plain);
        assert!(stderr(&output).starts_with(note), "{}", stderr(&output));
    }
    let key = stdout(&sandbox, &["kms", "create-key", "--query", "KeyMetadata.KeyId", "--output", "text"]);
    stdout(&sandbox, &["kms", "describe-key", "--key-id", key.trim(), "--grant-tokens", "a", "b"]);
    let dry = run(&sandbox, &["kms", "encrypt", "--key-id", key.trim(), "--plaintext", "AA==", "--grant-tokens", "a", "--dry-run"]);
    assert!(dry.status.code() == Some(254) && stderr(&dry).contains("(DryRunOperationException)"), "{}", stderr(&dry));
}

#[test]
fn results_are_printed_as_yaml_or_not_at_all() {
    let sandbox = Sandbox::new();
    stdout(&sandbox, &["create-secret", "--name", "a", "--description", "a: b", "--tags", "Key=team,Value=007"]);
    let yaml = stdout(
        &sandbox,
        &["describe-secret", "--secret-id", "a", "--output", "yaml", "--query", "{Tags: Tags, Name: Name, Description: Description}"],
    );
    assert_eq!(yaml, "Description: 'a: b'\nName: a\nTags:\n- Key: team\n  Value: '007'\n");
    assert_eq!(stdout(&sandbox, &["list-secrets", "--output", "off"]), "");
    assert_eq!(stdout(&sandbox, &["list-secrets", "--output", "yaml", "--query", "SecretList[?Name==`a`].Name"]), "- a\n");
}

/// `output`, `cli_binary_format` and `cli_timestamp_format` of a profile, and what comes before them.
#[test]
fn a_profile_says_how_values_are_read_and_results_printed() {
    let sandbox = Sandbox::new();
    let config = "[default]\noutput = text\n[profile raw]\ncli_binary_format = raw-in-base64-out\ncli_timestamp_format = wire\n";
    sandbox.write("config", config);
    let run = |arguments: &str, variables: &[(&str, &str)]| {
        let mut command = sandbox.std(arguments);
        command.env("AWS_CONFIG_FILE", "config").env("AWS_REGION", "us-west-2").envs(variables.iter().copied());
        let output = command.output().expect("the binary runs");
        assert!(output.status.success(), "{arguments}: {}", stderr(&output));
        String::from_utf8(output.stdout).expect("text")
    };
    for (profile, format, stored) in [
        ("default", "", "abcd"),
        ("raw", "", "YWJjZA=="),
        ("raw", "--cli-binary-format base64", "abcd"),
        ("default", "--cli-binary-format raw-in-base64-out", "YWJjZA=="),
    ] {
        let name = format!("{profile}{}", format.len());
        run(&format!("create-secret --name {name} --secret-binary abcd --profile {profile} {format}"), &[]);
        assert_eq!(
            run(&format!("get-secret-value --secret-id {name} --query SecretBinary --output text"), &[]),
            format!("{stored}\n"),
            "{name}"
        );
    }
    let name = "describe-secret --secret-id raw0 --query Name";
    assert_eq!(run(name, &[]), "raw0\n");
    assert_eq!(run(&format!("{name} --output json"), &[]), "\"raw0\"\n");
    assert_eq!(run(&format!("{name} --profile raw"), &[]), "\"raw0\"\n");
    assert_eq!(run(name, &[("AWS_DEFAULT_OUTPUT", "json")]), "\"raw0\"\n");
    // What is configured for AWS's answers makes no document of lines for people.
    assert!(run("verify", &[]).contains(": sound"));
    let seconds: f64 = run("list-secrets --profile raw --query SecretList[0].CreatedDate", &[]).trim().parse().expect("a number");
    assert!(seconds > 1.0e9, "{seconds}");
    let missing = sandbox.std("list-secrets --region us-west-2").env("AWS_PROFILE", "nobody").output().expect("runs");
    assert_eq!(
        (missing.status.code(), stderr(&missing).lines().next()),
        (Some(253), Some("coldseal: The config profile (nobody) could not be found"))
    );
}

/// Names that a message brings: nothing that a terminal obeys, and each can be named.
#[test]
fn a_message_names_keys_as_it_likes() {
    let sandbox = Sandbox::new();
    sandbox.write("key", [7; 32]);
    sandbox.write("payload", "payload");
    let hostile = "a\u{1b}]0;x\u{7}\u{202e}\ncoldseal: forged/c";
    let context = r#"{"\u001b[31mkey": "line\n\u009b31m"}"#;
    for (named, shown) in [("it's \"x\"/a\\=b", "it's \"x\"/a\\=b"), ("a\\/b/c/d", "a\\/b/c/d"), ("a\\\\/b", "a\\\\/b"), (hostile, hostile)]
    {
        let key = format!("{named}=key");
        stdout(&sandbox, &["seal", "payload", "--raw-aes-key", &key, "--encryption-context", context, "-o", "m", "--force"]);
        let spelled: String =
            serde_json::from_str(&stdout(&sandbox, &["inspect", "m", "--query", "EncryptedDataKeys[0].RawKey"])).expect("JSON");
        assert_eq!(spelled, shown);
        assert_eq!(stdout(&sandbox, &["open", "m", "--raw-aes-key", &format!("{spelled}=key")]), "payload");
        let mut printed = String::new();
        for format in ["json", "text", "table", "yaml"] {
            printed += &stdout(&sandbox, &["inspect", "m", "--output", format]);
            printed += &stdout(&sandbox, &["inspect", "m", "--output", format, "--query", "EncryptedDataKeys[0].ProviderId"]);
        }
        printed += &stderr(&run(&sandbox, &["open", "m", "--raw-aes-key", "other/key=key", "--debug"]));
        printed += &stderr(&run(&sandbox, &["open", "m", "--raw-aes-key", &key, "--encryption-context", &format!("{hostile}=x")]));
        // No line is one that the message wrote.
        assert!(!printed.contains("\ncoldseal: forged"), "{printed}");
        printed += &stderr(&run(&sandbox, &["open", hostile, "--raw-aes-key", &key]));
        let strange = printed.chars().find(|c| (c.is_control() && !matches!(c, '\n' | '\t')) || *c == '\u{202e}');
        assert_eq!(strange, None, "{printed}");
    }
}
