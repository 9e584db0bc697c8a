//! `docs/aws.md`, "Command lines": what users of the AWS CLI, and of age, sops and aws-encryption-cli, expect.

use std::{fs, path::Path};

use serde_json::{Value, json};

use crate::{account::Account, sandbox::Sandbox};

/// What is expected and tested beside what it is about: the topic, file, test.
pub(crate) const ELSEWHERE: &[(&str, &str, &str)] = &[
    ("values", "tests/cli/value.rs", "every_source_gives_its_bytes"),
    ("values", "tests/cli/value.rs", "what_cannot_be_a_value_is_refused"),
    ("shorthand", "tests/cli/create.rs", "every_form_of_replica_regions_is_taken"),
    ("shorthand", "tests/cli/create.rs", "structures_take_values_from_files"),
    ("requests", "tests/cli/aws_dialect.rs", "a_request_in_json_does_what_flags_do"),
    ("requests", "tests/cli/aws_dialect.rs", "a_skeleton_is_printed_and_nothing_done"),
    ("requests", "tests/cli/output.rs", "text_and_queries_are_those_of_the_aws_cli"),
    ("paging", "tests/cli/aws_dialect.rs", "max_items_and_starting_token_go_through_the_list"),
    ("paging", "tests/cli/aws_dialect.rs", "paging_that_cannot_be_is_refused"),
    ("settings", "tests/cli/region.rs", "the_order_is_flag_arn_variables_profile"),
    ("settings", "tests/cli/aws_dialect.rs", "global_flags_of_the_aws_cli_are_taken"),
    ("exit codes", "tests/cli/process.rs", "a_signal_while_sealing_leaves_nothing_behind"),
    ("input and output", "tests/cli/files.rs", "stdin_goes_to_stdout"),
    ("input and output", "tests/cli/files.rs", "a_failed_open_leaves_no_file"),
    ("files that are there", "tests/cli/files.rs", "nothing_is_overwritten_unasked_and_an_input_never"),
    ("binary output", "src/cli/output_file.rs", "a_terminal_gets_text_only"),
    ("secrets", "tests/cli/value.rs", "literals_are_warned_about_once"),
    ("secrets", "tests/cli/create.rs", "a_flag_after_secret_string_is_no_value"),
    ("secrets", "tests/cli/passphrase.rs", "a_passphrase_protects_and_gives_way_to_a_key_file"),
    ("encryption context", "tests/cli/files.rs", "contexts_are_demanded_by_pair_and_by_key"),
    ("signed messages", "tests/cli/signed.rs", "nothing_comes_out_of_one_with_a_wrong_signature"),
    ("help", "tests/cli/reference.rs", "each_shell_has_a_script_that_calls_the_program"),
    ("help", "tests/cli/reference.rs", "the_man_pages_are_one_for_each_command"),
];

#[test]
fn what_is_tested_elsewhere_is_tested() {
    for (topic, file, test) in ELSEWHERE {
        let source = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).expect(file);
        assert!(
            source.contains(&format!("#[test]\n    fn {test}(")) || source.contains(&format!("#[test]\nfn {test}(")),
            "{topic}: {file} {test}"
        );
    }
}

#[test]
fn flags_mirror_the_members_of_the_api() {
    let sandbox = Sandbox::new();
    for (command, flags) in [
        (
            "create-secret",
            &[
                "name",
                "client-request-token",
                "description",
                "kms-key-id",
                "secret-binary",
                "secret-string",
                "tags",
                "add-replica-regions",
                "force-overwrite-replica-secret",
            ][..],
        ),
        ("replicate-secret-to-regions", &["secret-id", "add-replica-regions", "force-overwrite-replica-secret"]),
        ("get-secret-value", &["secret-id", "version-id", "version-stage"]),
        ("describe-secret", &["secret-id"]),
        ("delete-secret", &["secret-id", "recovery-window-in-days", "force-delete-without-recovery"]),
        ("list-secrets", &["include-planned-deletion", "max-results", "next-token", "filters", "sort-order", "sort-by"]),
        ("kms create-key", &["policy", "description", "tags", "multi-region", "key-spec", "key-usage"]),
        ("kms get-public-key", &["key-id"]),
        ("kms derive-shared-secret", &["key-id", "key-agreement-algorithm", "public-key", "dry-run"]),
        ("kms encrypt", &["key-id", "plaintext", "encryption-context", "encryption-algorithm", "dry-run"]),
        ("kms schedule-key-deletion", &["key-id", "pending-window-in-days"]),
    ] {
        let help = sandbox.stdout(&format!("{command} --help"));
        for flag in flags {
            assert!(help.contains(&format!("--{flag}")), "{command}: --{flag}");
        }
    }
}

#[test]
fn booleans_have_a_no_form() {
    let account = Account::new();
    account.0.write("plain", "x");
    let id = account.key_id();
    account.0.write("policy", account.text(&format!("kms get-key-policy --key-id {id} --query Policy")));
    for line in [
        "create-secret --name a --no-force-overwrite-replica-secret".to_owned(),
        "replicate-secret-to-regions --secret-id a --add-replica-regions us-east-1 --no-force-overwrite-replica-secret".to_owned(),
        "list-secrets --no-include-planned-deletion".to_owned(),
        "kms create-key --no-multi-region --no-bypass-policy-lockout-safety-check".to_owned(),
        format!("kms put-key-policy --key-id {id} --policy file://policy --no-bypass-policy-lockout-safety-check"),
        format!("kms encrypt --key-id {id} --plaintext fileb://plain --no-dry-run"),
    ] {
        account.json(&line);
        // The last one counts, as in the AWS CLI.
        let (word, no) = line.rsplit_once(" --no-").map(|(rest, flag)| (format!("{rest} --{flag}"), flag)).expect("a boolean");
        let (code, _, stderr) = account.run(&format!("{word} --no-{no}"));
        assert!(code == Some(0) || stderr.contains("already exists"), "{line}: {stderr}");
    }
}

#[test]
fn home_and_variables_in_paths() {
    let account = Account::new();
    fs::create_dir(account.0.path("home")).expect("made");
    account.0.write("home/value", "line\n");
    for (name, path) in [("a", "file://~/value"), ("b", "file://$HOME/value"), ("c", "file://${HOME}/value")] {
        account.json(&format!("create-secret --name {name} --secret-string {path}"));
        // As it stands there, line end included.
        account.0.ok(&format!("get-secret-value --secret-id {name} --output-file {name}"));
        assert_eq!(account.0.read(name), b"line\n", "{path}");
    }
}

#[test]
fn shorthand() {
    let account = Account::new();
    let create = |name: &str, tags: &str| account.json_with(&format!("create-secret --name {name} --query Name --tags"), tags);
    for (name, tags, value) in [
        ("a", "Key=k,Value=v", "v"),
        ("b", r"Key=k,Value=v\,w", "v,w"),
        ("c", r#"Key=k,Value="v, w""#, "v, w"),
        ("d", "Key=k,Value='v, w'", "v, w"),
        ("e", r#"[{"Key": "k", "Value": "v=w"}]"#, "v=w"),
        ("f", r#"{"Key": "k", "Value": ""}"#, ""),
    ] {
        create(name, tags);
        assert_eq!(
            account.json(&format!("describe-secret --secret-id {name} --query Tags")),
            json!([{ "Key": "k", "Value": value }]),
            "{tags}"
        );
    }
    let (code, _, stderr) = account.run("create-secret --name x --tags Key=a,Key=b");
    let pointer = stderr.lines().find(|line| line.trim() == "^").expect("a pointer");
    assert_eq!((code, pointer.find('^')), (Some(252), Some("Key=a,".len())), "{stderr}");
    assert!(stderr.contains("Second instance of key \"Key\""), "{stderr}");
}

#[test]
fn requests_in_json_output_formats_and_no_pager() {
    let account = Account::new();
    account.0.write("request.json", r#"{"Name": "json", "Description": "d"}"#);
    // Flags win over the document.
    let made = account.json("create-secret --cli-input-json file://request.json --name flag");
    assert_eq!(made["Name"], "flag");
    assert_eq!(account.json("describe-secret --secret-id flag --query Description"), "d");
    // JSON unless another format is asked for; no pager runs.
    let output = account.0.std("list-secrets --no-cli-pager").env("AWS_PAGER", "false").output().expect("runs");
    assert!(output.status.success() && serde_json::from_slice::<Value>(&output.stdout).is_ok());
    let (code, yaml, _) = account.run("list-secrets --output yaml --query SecretList[].Name");
    assert_eq!((code, yaml.as_str()), (Some(0), "- flag\n"));
    assert_eq!(account.run("list-secrets --output xml").0, Some(252));
}

#[test]
fn pages_are_joined() {
    let account = Account::new();
    for name in ["a", "b", "c"] {
        account.json(&format!("create-secret --name {name}"));
    }
    assert_eq!(account.json("list-secrets --page-size 1 --query SecretList[].Name"), json!(["a", "b", "c"]));
    let part = account.json("list-secrets --max-items 2");
    assert_eq!(part["SecretList"].as_array().map(Vec::len), Some(2));
    let token = part["NextToken"].as_str().expect("a token");
    assert_eq!(account.json(&format!("list-secrets --starting-token {token} --query SecretList[].Name")), json!(["c"]));
}

#[test]
fn no_endpoint_is_called_and_the_region_of_an_arn_counts() {
    let account = Account::new();
    let key = account.key("");
    let arn = key["Arn"].as_str().expect("an ARN");
    let command = |line: &str| {
        let mut command = account.0.std(line);
        command.env("AWS_REGION", "eu-west-1");
        for name in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_KMS", "AWS_ENDPOINT_URL_SECRETS_MANAGER"] {
            command.env(name, "http://127.0.0.1:1");
        }
        command.output().expect("runs")
    };
    assert!(command(&format!("kms describe-key --key-id {arn}")).status.success());
    assert_eq!(command(&format!("kms describe-key --key-id {}", key["KeyId"].as_str().expect("an id"))).status.code(), Some(254));
    account.json("create-secret --name a");
    let (code, _, stderr) = account.run("list-secrets --endpoint-url http://127.0.0.1:1");
    assert!(code == Some(0) && stderr.contains("--endpoint-url is not used"), "{stderr}");
}

#[test]
fn exit_codes() {
    let account = Account::new();
    assert_eq!(account.run("list-secrets").0, Some(253), "no vault");
    account.json("create-secret --name a --secret-string x --add-replica-regions us-east-1");
    account.json("create-secret --name a --secret-string x --region eu-west-1");
    for (line, code) in [
        ("list-secrets", 0),
        ("create-secret --name b --secret-string x --add-replica-regions eu-west-1 ap-south-1 --partial", 0),
        ("replicate-secret-to-regions --secret-id a --add-replica-regions eu-west-1 --partial", 1),
        ("list-secrets --no-such-flag", 252),
        ("no-such-command", 252),
        ("list-secrets --profile nobody", 253),
        ("kms create-key --keystore-key-file none", 253),
        ("get-secret-value --secret-id none", 254),
        ("get-secret-value --secret-id a --output-file none/out", 255),
    ] {
        let (found, _, stderr) = account.run(line);
        assert_eq!(found, Some(code), "{line}: {stderr}");
    }
    let bundle = account.text("describe-secret --secret-id a --query Bundles[0].Path");
    fs::write(bundle, "changed").expect("written");
    assert_eq!(account.run("verify").0, Some(1), "a bad bundle");
    assert_eq!(account.run("get-secret-value --secret-id a").0, Some(254), "tampering");
    let (_, _, stderr) = account.run("get-secret-value --secret-id none");
    assert!(stderr.starts_with("An error occurred (ResourceNotFoundException) when calling the GetSecretValue operation: "), "{stderr}");
}

#[test]
fn output_is_json_of_the_api() {
    let account = Account::new();
    account.json("create-secret --name a --secret-string x --tags Key=k,Value=v");
    let (_, stdout, _) = account.run("describe-secret --secret-id a");
    let lines: Vec<&str> = stdout.lines().collect();
    assert!(
        lines[1].starts_with("    \"ARN\": \"") && stdout.contains("\n    \"Tags\": [\n        {\n            \"Key\": \"k\",\n"),
        "{stdout}"
    );
    let date = account.text("describe-secret --secret-id a --query CreatedDate");
    let form = regex::Regex::new(r"^2\d{3}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d+\+00:00$").expect("a regular expression");
    assert!(form.is_match(&date), "{date}");
}

/// Files with the answers of GetPublicKey, and one with those of ListAliases.
#[test]
fn files_of_get_public_key() {
    let account = Account::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/public-keys");
    let names = ["p256.json", "p384.json", "rsa-2048.json"];
    let files = names.map(|name| folder.join(name).display().to_string());
    let aliases = folder.join("aliases.json");
    let imported = account.json(&format!("kms import-public-key {} {}", files.join(" "), aliases.display()));
    let arns: Vec<_> = names
        .iter()
        .map(|name| serde_json::from_slice::<Value>(&fs::read(folder.join(name)).expect(name)).expect("JSON")["KeyId"].clone())
        .collect();
    let found: Vec<_> = imported["Keys"].as_array().expect("a list").iter().map(|key| key["KeyId"].clone()).collect();
    assert_eq!(found, arns);
    for (name, arn) in names.iter().zip(&arns) {
        let arn = arn.as_str().expect("an ARN");
        let region = arn.split(':').nth(3).expect("a Region");
        let kept = account.json(&format!("kms get-public-key --region {region} --key-id {arn}"));
        assert_eq!(kept, serde_json::from_slice::<Value>(&fs::read(folder.join(name)).expect(name)).expect("JSON"), "{name}");
    }
}

#[test]
fn variables_stand_for_flags() {
    let account = Account::new();
    let create = "create-secret --name a --secret-string x --query ARN --output text";
    let mut command = account.0.std(create);
    command.env("AWS_REGION", "us-west-2").env("COLDSEAL_ACCOUNT_ID", "111122223333");
    for (name, path) in [("COLDSEAL_VAULT", "v"), ("COLDSEAL_KEYSTORE", "k.json"), ("COLDSEAL_KEYSTORE_KEY_FILE", "k.key")] {
        command.env(name, account.0.path(path));
    }
    let output = command.args(["--vault", "flag"]).output().expect("runs");
    let arn = String::from_utf8(output.stdout).expect("text");
    assert!(arn.starts_with("arn:aws:secretsmanager:us-west-2:111122223333:secret:a-"), "{arn}");
    let made = ["flag/coldseal.json", "v", "k.json", "k.key", "coldseal-vault"].map(|path| account.0.exists(path));
    assert_eq!(made, [true, false, true, true, false], "a flag wins over its variable");
}

#[test]
fn encrypted_data_keys_are_limited() {
    let account = Account::new();
    account.0.write("plain", "x");
    account.0.write("key", [7; 32]);
    let keys = |count: usize| (0..count).map(|number| format!("--raw-aes-key n/k{number}=key")).collect::<Vec<_>>().join(" ");
    let open = |name: &str, limit: &str| account.run(&format!("open {name} --raw-aes-key n/k0=key {limit}"));
    for count in [2, 128] {
        assert_eq!(account.run(&format!("seal plain {} -o m{count}", keys(count))).0, Some(0));
        assert_eq!(open(&format!("m{count}"), "").1, "x", "128 by default");
    }
    let (code, _, stderr) = account.run(&format!("seal plain {} -o m129", keys(129)));
    assert!(code == Some(255) && stderr.contains("encrypted data key count: 129 is over the limit of 128"), "{stderr}");
    assert!(!account.0.exists("m129"));
    let (code, stdout, stderr) = open("m2", "--max-encrypted-data-keys 1");
    let expected = "coldseal: malformed message: encrypted data key count: 2 is over the limit of 1\nhint: raise the limit with --max-encrypted-data-keys\n";
    assert_eq!((code, &stdout[..], &stderr[..]), (Some(254), "", expected));
    assert_eq!(open("m2", "--max-encrypted-data-keys 2").1, "x");
}

#[test]
fn version() {
    let (code, stdout, stderr) = Account::new().run("--version");
    assert_eq!((code, &stdout[..], &stderr[..]), (Some(0), &format!("coldseal {}\n", env!("CARGO_PKG_VERSION"))[..], ""));
}

/// As version 2 prints them: ISO 8601 in the zone of whoever reads, with its offset at that time.
#[test]
fn times_are_those_of_the_local_zone() {
    let account = Account::new();
    let id = account.key("--multi-region")["KeyId"].as_str().expect("an id").to_owned();
    account.json(&format!("kms create-alias --alias-name alias/a --target-key-id {id}"));
    account.json(&format!("kms enable-key-rotation --key-id {id}"));
    account.json(&format!("kms rotate-key-on-demand --key-id {id}"));
    account.json_with(
        "create-secret --name s --secret-string x --encryption-context CreatedDate=2026-01-31T12:00:00+00:00 --rotation-rules",
        "AutomaticallyAfterDays=30",
    );
    let in_zone = |tz: &str, line: &str| {
        let output = account.0.std(line).env("AWS_REGION", "us-west-2").env("TZ", tz).output().expect("runs");
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    };
    let of_key = |command: &str| format!("kms {command} --key-id {id}");
    let date = regex::Regex::new(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+[+-][0-9:]+").expect("a regular expression");
    for (line, dates) in [
        ("describe-secret --secret-id s".to_owned(), 3),
        ("get-secret-value --secret-id s".to_owned(), 1),
        ("list-secrets".to_owned(), 3),
        ("list-secrets --query SecretList[].CreatedDate".to_owned(), 1),
        ("list-secrets --query SecretList[0].[CreatedDate,LastChangedDate]".to_owned(), 2),
        ("kms create-key".to_owned(), 1),
        (of_key("describe-key"), 1),
        (of_key("list-aliases"), 2),
        (of_key("list-key-rotations"), 1),
        (of_key("get-key-rotation-status"), 1),
        (format!("{} --replica-region us-east-1", of_key("replicate-key")), 1),
        (format!("{} --region us-east-1", of_key("schedule-key-deletion")), 1),
    ] {
        for format in if line.contains("create-key") || line.contains("us-east-1") { &["json"][..] } else { &["json", "text", "table"] } {
            let printed = in_zone("IST-5:30", &format!("{line} --output {format}"));
            // The user's own value stays as it is.
            let printed = printed.replace("2026-01-31T12:00:00+00:00", "");
            let found: Vec<_> = date.find_iter(&printed).map(|found| found.as_str()).collect();
            assert!(found.len() == dates && found.iter().all(|date| date.ends_with("+05:30")), "{line}: {printed}");
        }
    }
    // The same time, whatever the zone; and UTC where there is none.
    let created = |tz: &str| in_zone(tz, "describe-secret --secret-id s --query CreatedDate --output text");
    let utc: coldseal::Timestamp = created("UTC").trim_end().parse().expect("a time");
    for (tz, offset) in [("IST-5:30", "+05:30"), ("EDT4", "-04:00"), ("", "+00:00"), ("No/Such/Zone", "+00:00")] {
        let text = created(tz);
        assert!(text.trim_end().ends_with(offset), "{tz}: {text}");
        assert_eq!(text.trim_end().parse(), Ok(utc), "{tz}");
    }
}
