//! `docs/aws.md`, "Fields of a secret": lengths and value sets, at, below and above each bound.

use serde_json::json;

use crate::account::{Account, too_short, too_small, violation, violation_of};

const INVALID: &str = "InvalidParameterException";
const VALIDATION: &str = "ValidationException";

/// Creates a secret without a value; the last argument may hold spaces.
const CREATE: &str = "create-secret --query Name";

#[test]
fn a_name_has_1_to_512_characters() {
    let account = Account::new();
    for length in [1, 512] {
        let name = "n".repeat(length);
        assert_eq!(account.json(&format!("{CREATE} --name {name}")), name);
    }
    account.does_not_send(&format!("{CREATE} --name"), Some(""), &too_short("Name", 0, 1));
    account.refuses(
        &format!("{CREATE} --name {}", "n".repeat(513)),
        VALIDATION,
        &violation("name", "have length less than or equal to 512"),
    );
}

#[test]
fn a_secret_id_has_1_to_2048_characters() {
    let account = Account::new();
    account.json(&format!("{CREATE} --name a"));
    for command in ["describe-secret", "get-secret-value", "replicate-secret-to-regions --add-replica-regions us-east-1"] {
        let refused = |id: &str| account.refusal_with(&format!("{command} --secret-id"), id);
        assert_eq!(refused(&"n".repeat(2048)).name, "ResourceNotFoundException", "{command}");
        let over = refused(&"n".repeat(2049));
        let message = violation("secretId", "have length less than or equal to 2048");
        assert_eq!((&over.name[..], over.message), (VALIDATION, message), "{command}");
        account.does_not_send(&format!("{command} --secret-id"), Some(""), &too_short("SecretId", 0, 1));
    }
}

#[test]
fn a_key_has_up_to_2048_characters_and_none_is_the_default_key() {
    let account = Account::new();
    // Empty is the default key.
    assert_eq!(account.json_with(&format!("{CREATE} --name a --kms-key-id"), ""), "a");
    let refused = |length: usize| account.refusal(&format!("{CREATE} --name b --kms-key-id {}", "k".repeat(length)));
    let longest = refused(2048);
    assert_eq!(longest.name, "NotFoundException");
    let over = refused(2049);
    let expected = violation("kmsKeyId", "have length less than or equal to 2048");
    assert_eq!((&over.name[..], over.message), (VALIDATION, expected));
}

#[test]
fn tokens_and_version_ids_have_32_to_64_characters() {
    let account = Account::new();
    for length in [32, 64] {
        let token = "t".repeat(length);
        let line = format!("create-secret --secret-string x --name n{length} --client-request-token {token} --query VersionId");
        assert_eq!(account.json(&line), token);
        let found = account.json(&format!("get-secret-value --secret-id n{length} --version-id {token} --query VersionId"));
        assert_eq!(found, token);
    }
    let create = |token: &str| format!("{CREATE} --name m --client-request-token {token}");
    let get = |token: &str| format!("get-secret-value --secret-id n32 --version-id {token}");
    let (short, long) = ("t".repeat(31), "t".repeat(65));
    account.does_not_send(&create(&short), None, &too_short("ClientRequestToken", 31, 32));
    account.does_not_send(&get(&short), None, &too_short("VersionId", 31, 32));
    let constraint = "have length less than or equal to 64";
    account.refuses(&create(&long), VALIDATION, &violation_of(&long, "clientRequestToken", constraint));
    account.refuses(&get(&long), VALIDATION, &violation_of(&long, "versionId", constraint));
}

#[test]
fn a_value_has_1_to_65536_bytes_and_one_kind() {
    let account = Account::new();
    for (kind, flag, file) in [("s", "--secret-string", "file://value"), ("b", "--secret-binary", "fileb://value")] {
        for length in [1, 65_536] {
            account.0.write("value", vec![b'x'; length]);
            account.json(&format!("create-secret --name {kind}{length} {flag} {file}"));
        }
        account.0.write("value", "");
        let none = format!("create-secret --name none {flag} {file}");
        // botocore measures no bytes.
        match kind {
            "s" => account.does_not_send(&none, None, &too_short("SecretString", 0, 1)),
            _ => account.refuses(&none, VALIDATION, &violation("secretBinary", "have length greater than or equal to 1")),
        }
        account.0.write("value", vec![b'x'; 65_537]);
        let (code, _, stderr) = account.run(&format!("create-secret --name over {flag} {file}"));
        assert!(code == Some(252) && stderr.contains(&format!("{file} holds 65537 bytes, more than 65536 bytes")), "{stderr}");
    }
    let (code, _, stderr) = account.run("create-secret --name both --secret-string a --secret-binary YQ==");
    assert!(code == Some(252) && stderr.contains("cannot be used with '--secret-binary <VALUE>'"), "{stderr}");
    let both = r#"{"Name":"both","SecretString":"a","SecretBinary":"YQ=="}"#;
    let (code, _, stderr) = account.run(&format!("create-secret --cli-input-json {both}"));
    let expected = "You can't specify both a binary secret value and a string secret value in the same secret.";
    assert!(code == Some(252) && stderr.contains(expected), "{stderr}");
}

#[test]
fn a_description_has_up_to_2048_characters() {
    let account = Account::new();
    for length in [0, 2048] {
        let line = format!("{CREATE} --name d{length} --description");
        assert_eq!(account.json_with(&line, &"d".repeat(length)), format!("d{length}"));
    }
    let over = format!("{CREATE} --name over --description {}", "d".repeat(2049));
    account.refuses(&over, VALIDATION, &violation("description", "have length less than or equal to 2048"));
}

#[test]
fn a_staging_label_has_1_to_256_characters() {
    let account = Account::new();
    account.json("create-secret --name a --secret-string x");
    let refused = |label: &str| account.refusal_with("get-secret-value --secret-id a --version-stage", label);
    for length in [1, 256] {
        assert_eq!(refused(&"l".repeat(length)).name, "ResourceNotFoundException");
    }
    let over = refused(&"l".repeat(257));
    assert_eq!((&over.name[..], over.message), (VALIDATION, violation("versionStage", "have length less than or equal to 256")));
    account.does_not_send("get-secret-value --secret-id a --version-stage", Some(""), &too_short("VersionStage", 0, 1));
}

#[test]
fn a_value_is_put_with_1_to_20_labels() {
    let account = Account::new();
    account.json("create-secret --name a --secret-string x");
    let labels = |count: usize| (0..count).map(|number| format!("l{number}")).collect::<Vec<_>>().join(" ");
    let put = |count: usize| format!("put-secret-value --secret-id a --secret-string y --version-stages {}", labels(count));
    // AWSCURRENT is a label of the secret, too.
    account.json(&put(19));
    account.refuses(&put(21), VALIDATION, &violation("versionStages", "have length less than or equal to 20"));
    account.does_not_send(
        r#"put-secret-value --secret-id a --secret-string y --version-stages []"#,
        None,
        &too_short("VersionStages", 0, 1),
    );
}

#[test]
fn a_page_of_values_has_1_to_20() {
    let account = Account::new();
    account.json("create-secret --name a --secret-string x");
    let batch = "batch-get-secret-value --filters Key=name,Values=a --max-results";
    for size in [1, 20] {
        assert_eq!(account.json(&format!("{batch} {size} --query SecretValues[].Name")), json!(["a"]));
    }
    account.refuses(&format!("{batch} 21"), VALIDATION, &violation_of("21", "maxResults", "have value less than or equal to 20"));
    account.does_not_send(&format!("{batch} 0"), None, &too_small("MaxResults", 0, 1));
    let ids = |count: usize| (0..count).map(|number| format!("s{number}")).collect::<Vec<_>>().join(" ");
    let errors = account.json(&format!("batch-get-secret-value --secret-id-list {} --query length(Errors)", ids(20)));
    assert_eq!(errors, json!(20));
    let over = format!("batch-get-secret-value --secret-id-list {}", ids(21));
    account.refuses(&over, VALIDATION, &violation("secretIdList", "have length less than or equal to 20"));
}

#[test]
fn a_region_of_1_to_128_characters_is_one_that_exists() {
    let account = Account::new();
    let add = |region: &str| format!("{CREATE} --name a --add-replica-regions Region={region}");
    let longest = format!("{}-1", "x".repeat(126));
    let (code, _, stderr) = account.run(&add(&longest));
    assert!(code == Some(254) && stderr.contains("there is no Region 'xxx"), "{stderr}");
    account.does_not_send(&add(""), None, &too_short("AddReplicaRegions[0].Region", 0, 1));
    let over = format!("x{longest}");
    let at = "addReplicaRegions.1.member.region";
    account.refuses(&add(&over), VALIDATION, &violation_of(&over, at, "have length less than or equal to 128"));
    account.refuses(&add("US-EAST-1"), VALIDATION, &violation_of("US-EAST-1", at, r"satisfy regular expression pattern: ^([a-z]+-)+\d+$"));
}

#[test]
fn tag_keys_have_1_to_128_characters_and_values_up_to_256() {
    let account = Account::new();
    for (key, value) in [(1, 0), (128, 256)] {
        let tag = format!("Key={},Value={}", "k".repeat(key), "v".repeat(value));
        account.json(&format!("{CREATE} --name t{key} --tags {tag}"));
    }
    let over = |key: usize, value: usize| format!("{CREATE} --name over --tags Key={},Value={}", "k".repeat(key), "v".repeat(value));
    account.does_not_send(&over(0, 0), None, &too_short("Tags[0].Key", 0, 1));
    let long = "k".repeat(129);
    account.refuses(&over(129, 0), VALIDATION, &violation_of(&long, "tags.1.member.key", "have length less than or equal to 128"));
    account.refuses(&over(1, 257), VALIDATION, &violation("tags.1.member.value", "have length less than or equal to 256"));
}

#[test]
fn a_status_has_a_message_of_1_to_4096_characters() {
    let account = Account::new();
    account.json("create-secret --name a --secret-string x --region eu-west-1");
    let line = "create-secret --name a --secret-string x --partial --add-replica-regions us-east-1 eu-west-1 --query ReplicationStatus";
    let (code, stdout, _) = account.run(line);
    let statuses: serde_json::Value = serde_json::from_str(&stdout).expect("JSON");
    let found: Vec<_> = statuses.as_array().expect("a list").iter().map(|entry| &entry["Status"]).collect();
    assert_eq!((code, found), (Some(1), vec![&json!("InSync"), &json!("Failed")]));
    for entry in statuses.as_array().expect("a list") {
        let length = entry["StatusMessage"].as_str().expect("a message").chars().count();
        assert!((1..=4096).contains(&length), "{entry}");
    }
}

#[test]
fn a_page_has_1_to_100_secrets_and_a_token() {
    let account = Account::new();
    for name in ["a", "b"] {
        account.json(&format!("{CREATE} --name {name}"));
    }
    for (count, listed) in [(1, 1), (100, 2)] {
        let names = account.json(&format!("list-secrets --max-results {count} --query SecretList[].Name"));
        assert_eq!(names.as_array().map(Vec::len), Some(listed));
    }
    account.does_not_send("list-secrets --max-results 0", None, &too_small("MaxResults", 0, 1));
    let message = violation_of("101", "maxResults", "have value less than or equal to 100");
    account.refuses("list-secrets --max-results 101", VALIDATION, &message);
    let token = account.text("list-secrets --max-results 1 --query NextToken");
    assert!((1..=4096).contains(&token.len()));
    assert_eq!(account.refusal("list-secrets --next-token x").name, "InvalidNextTokenException");
    let over = format!("list-secrets --next-token {}", "x".repeat(4097));
    account.refuses(&over, VALIDATION, &violation("nextToken", "have length less than or equal to 4096"));
}

#[test]
fn up_to_10_filters_with_up_to_10_values() {
    let account = Account::new();
    account.json(&format!("{CREATE} --name a"));
    let filter = |values: usize, length: usize| format!("Key=name,Values={}", vec!["a".repeat(length); values].join(","));
    let list = |filters: &[String]| format!("list-secrets --query SecretList[].Name --filters {}", filters.join(" "));
    assert_eq!(account.json(&list(&vec![filter(10, 1); 10])), json!(["a"]));
    assert_eq!(account.json(&list(&[filter(1, 512)])), json!([]));
    assert_eq!(account.json(&list(&["Key=name,Values=!b".to_owned()])), json!(["a"]));
    let none = vec![r#"{"Key":"name","Values":[]}"#.to_owned()];
    account.does_not_send(&list(&none), None, &too_short("Filters[0].Values", 0, 1));
    for (filters, message) in [
        (vec![filter(1, 1); 11], violation("filters", "have length less than or equal to 10")),
        (vec![filter(11, 1)], violation("filters.1.member.values", "have length less than or equal to 10")),
        (vec![filter(1, 513)], violation("filters.1.member.values.1.member", "have length less than or equal to 512")),
        (
            vec!["Key=name,Values=a*".to_owned()],
            violation_of(
                "a*",
                "filters.1.member.values.1.member",
                r"satisfy regular expression pattern: ^\!?[a-zA-Z0-9 :_@\/\+\=\.\-\!]*$",
            ),
        ),
    ] {
        account.refuses(&list(&filters), VALIDATION, &message);
    }
}

#[test]
fn secrets_are_filtered_by_seven_keys() {
    let account = Account::new();
    account.json(&format!("{CREATE} --name a --description a --tags Key=a,Value=a"));
    let found =
        |key: &str, value: &str| account.json(&format!("list-secrets --filters Key={key},Values={value} --query SecretList[].Name"));
    for key in ["description", "name", "tag-key", "tag-value", "all"] {
        assert_eq!((found(key, "a"), found(key, "b")), (json!(["a"]), json!([])), "{key}");
    }
    assert_eq!((found("primary-region", "us-west-2"), found("owning-service", "a")), (json!(["a"]), json!([])));
    let values = "satisfy enum value set: [description, name, tag-key, tag-value, primary-region, owning-service, all]";
    account.refuses("list-secrets --filters Key=Name,Values=a", VALIDATION, &violation_of("Name", "filters.1.member.key", values));
}

#[test]
fn secrets_are_sorted_by_four_keys_in_two_orders() {
    let account = Account::new();
    for name in ["b", "a"] {
        account.json(&format!("{CREATE} --name {name}"));
    }
    let sorted = |arguments: &str| account.json(&format!("list-secrets --query SecretList[].Name {arguments}"));
    for (by, ascending) in [
        ("created-date", ["b", "a"]),
        ("last-changed-date", ["b", "a"]),
        // Reading leaves no trace in a vault, so the names decide.
        ("last-accessed-date", ["a", "b"]),
        ("name", ["a", "b"]),
    ] {
        let [first, second] = ascending;
        assert_eq!(sorted(&format!("--sort-by {by} --sort-order asc")), json!([first, second]), "{by}");
        assert_eq!(sorted(&format!("--sort-by {by} --sort-order desc")), json!([second, first]), "{by}");
    }
    let keys = "satisfy enum value set: [created-date, last-accessed-date, last-changed-date, name]";
    account.refuses("list-secrets --sort-by size", VALIDATION, &violation_of("size", "sortBy", keys));
    let orders = "satisfy enum value set: [asc, desc]";
    account.refuses("list-secrets --sort-order up", VALIDATION, &violation_of("up", "sortOrder", orders));
}

#[test]
fn a_resource_policy_has_1_to_20480_characters() {
    let account = Account::new();
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"secretsmanager:GetSecretValue","Resource":"*"}]}"#;
    let padded = |length: usize| format!("{policy}{}", " ".repeat(length - policy.len()));
    for (name, length) in [("least", policy.len()), ("most", 20_480)] {
        assert_eq!(account.json_with(&format!("{CREATE} --name {name} --resource-policy"), &padded(length)), name);
        assert_eq!(account.json(&format!("describe-secret --secret-id {name} --query ResourcePolicy")), padded(length));
    }
    let line = format!("{CREATE} --name over --resource-policy");
    let refusal = account.refusal_with(&line, &padded(20_481));
    assert_eq!((&refusal.name[..], refusal.message), (VALIDATION, violation("resourcePolicy", "have length less than or equal to 20480")));
    account.does_not_send(&line, Some(""), &too_short("ResourcePolicy", 0, 1));
    account.does_not_send("put-resource-policy --secret-id least --resource-policy", Some(""), &too_short("ResourcePolicy", 0, 1));
    // The name of the policy: its form, its length, and the only one that can be written.
    let put = |name: &str| format!("put-resource-policy --secret-id least --resource-policy {policy} --policy-name {name}");
    account.json(&put("default"));
    account.refuses(&put("a.b"), VALIDATION, &violation_of("a.b", "policyName", r"satisfy regular expression pattern: [0-9A-Za-z\-\_]+"));
    let long = "a".repeat(65);
    account.refuses(&put(&long), VALIDATION, &violation_of(&long, "policyName", "have length less than or equal to 64"));
    account.refuses(&put("other"), "InvalidParameterException", "The only policy of a secret is named 'default'");
}

/// Those of `RotateSecret`, which `create-secret` takes.
#[test]
fn rotation_rules_have_days_or_a_schedule() {
    let account = Account::new();
    let rules = |name: &str, rules: &str| account.json_with(&format!("{CREATE} --name {name} --rotation-rules"), rules);
    for (name, given) in [
        ("fewest-days", "AutomaticallyAfterDays=1"),
        ("most-days", "AutomaticallyAfterDays=1000"),
        ("rate", "ScheduleExpression=rate(4 hours)"),
        ("window", "AutomaticallyAfterDays=1,Duration=1h"),
    ] {
        assert_eq!(rules(name, given), name);
    }
    let over = format!("{CREATE} --name over --rotation-rules");
    for (given, expected) in [
        ("AutomaticallyAfterDays=0", too_small("RotationRules.AutomaticallyAfterDays", 0, 1)),
        ("ScheduleExpression=", too_short("RotationRules.ScheduleExpression", 0, 1)),
        ("AutomaticallyAfterDays=1,Duration=h", too_short("RotationRules.Duration", 1, 2)),
    ] {
        account.does_not_send(&over, Some(given), &expected);
    }
    for given in
        ["AutomaticallyAfterDays=1001", "AutomaticallyAfterDays=1,ScheduleExpression=rate(4 hours)", "AutomaticallyAfterDays=1,Duration=1d"]
    {
        let refusal = account.refusal_with(&over, given);
        assert!([VALIDATION, INVALID].contains(&&refusal.name[..]), "{given}: {}", refusal.name);
    }
}
