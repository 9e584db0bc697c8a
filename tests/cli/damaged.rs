//! One that is damaged, or may not be read, among sound ones: these are done, it is named, and the exit code says so.

use std::fs;

use snapbox::str;

use crate::{sandbox::Sandbox, stored::copied};

const RECORD: &str = "coldseal-vault/secrets/us-west-2/bad/secret.json";

/// Two sound secrets and a damaged one.
fn with_damaged() -> Sandbox {
    let sandbox = Sandbox::new();
    for name in ["a", "bad", "z"] {
        sandbox.ok(&format!("create-secret --name {name} --secret-string 1 --region us-west-2 --add-replica-regions eu-west-1"));
    }
    sandbox.write(RECORD, "{");
    sandbox
}

#[test]
fn a_list_has_the_sound_ones() {
    let sandbox = with_damaged();
    let told = str![[r#"
coldseal: warning: coldseal-vault/secrets/us-west-2/bad/secret.json: not the JSON of a secret (line 1, column 1)
coldseal: hint: restore the file from a copy; 'coldseal verify' checks a vault

"#]];
    for line in [
        "list-secrets --query SecretList[].Name --output text",
        "list-secrets --region eu-west-1 --query SecretList[].Name --output text",
        "list-secrets --max-results 2 --query SecretList[].Name --output text",
    ] {
        sandbox.coldseal(line).assert().code(1).stdout_eq("a\tz\n").stderr_eq(told.clone());
    }
    // The names of others are not touched by it, nor is what is made anew.
    for line in [
        "describe-secret --secret-id a",
        "get-secret-value --secret-id z --region eu-west-1",
        "replicate-secret-to-regions --secret-id a --add-replica-regions us-east-1",
        "create-secret --name new --secret-string 1 --region us-west-2",
    ] {
        sandbox.ok(line);
    }
}

#[test]
fn many_are_counted_and_the_first_named() {
    let sandbox = with_damaged();
    for number in 10..25 {
        let folder = format!("coldseal-vault/secrets/us-west-2/bad{number}");
        fs::create_dir(sandbox.path(&folder)).expect("made");
        sandbox.write(&format!("{folder}/secret.json"), "{");
    }
    let output = sandbox.std("list-secrets --query SecretList[].Name --output text").output().expect("runs");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stdout).as_ref()), (Some(1), "a\tz\n"), "{stderr}");
    assert_eq!(stderr.matches("not the JSON of a secret").count(), 10, "{stderr}");
    assert!(
        stderr.contains("warning: 6 more cannot be read; 'coldseal verify' names all") && stderr.matches("hint: ").count() == 1,
        "{stderr}"
    );
}

#[test]
fn a_region_that_cannot_be_listed_hides_no_other() {
    let sandbox = Sandbox::new();
    for (name, region) in [("a", "us-west-2"), ("b", "eu-west-1")] {
        sandbox.ok(&format!("create-secret --name {name} --secret-string 1 --region {region}"));
    }
    // Not a folder, and so not to be listed, by root either.
    fs::remove_dir_all(sandbox.path("coldseal-vault/secrets/us-west-2")).expect("removed");
    sandbox.write("coldseal-vault/secrets/us-west-2", "");
    for line in ["list-secrets --query SecretList[].Name --output text", "rewrap --all --query Rewrapped[].Name --output text"] {
        let output = sandbox.std(line).output().expect("runs");
        assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stdout).as_ref()), (Some(1), "b\n"), "{line}: {output:?}");
    }
    let listed = sandbox.std("list-secrets").output().expect("runs");
    assert!(String::from_utf8_lossy(&listed.stderr).contains("coldseal-vault/secrets/us-west-2: "), "{listed:?}");
}

#[test]
fn rewrap_of_all_does_the_sound_ones() {
    let sandbox = with_damaged();
    sandbox.coldseal("rewrap --all --query [Rewrapped[].Name,Failed]").assert().code(1).stdout_eq(str![[r#"
[
    [
        "a",
        "z"
    ],
    [
        {
            "Message": "coldseal-vault/secrets/us-west-2/bad/secret.json: not the JSON of a secret (line 1, column 1)"
        }
    ]
]

"#]]);
    assert_eq!(sandbox.read(RECORD), b"{");
}

#[test]
fn what_needs_a_key_is_told_as_far_as_it_can_be_read() {
    let sandbox = with_damaged();
    let key = sandbox.stdout("kms create-key --region us-west-2 --query KeyMetadata.KeyId --output text");
    let key = key.trim_end();
    sandbox.ok(&format!("create-secret --name needs --secret-string 1 --region us-west-2 --kms-key-id {key}"));
    let output = sandbox.std(&format!("kms schedule-key-deletion --region us-west-2 --key-id {key}")).output().expect("runs");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && stderr.contains(":secret:needs-"), "{stderr}");
    assert!(
        stderr.contains("warning: what cannot be read may need the key too: coldseal-vault/secrets/us-west-2/bad/secret.json: "),
        "{stderr}"
    );

    let sandbox = copied("expired");
    fs::create_dir_all(sandbox.path("coldseal-vault/secrets/us-west-2/bad")).expect("made");
    sandbox.write(RECORD, "{");
    let output = sandbox.std("kms purge --yes --query length(DependentSecrets)").output().expect("runs");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stdout).as_ref()), (Some(1), "1\n"), "{stderr}");
    assert!(stderr.contains(":secret:needs/it-") && stderr.contains("bad/secret.json: not the JSON of a secret"), "{stderr}");
    assert!(sandbox.stdout("kms purge --query PurgedKeys").contains("[]"));
}

#[test]
fn an_entry_of_a_plan_whose_record_is_damaged_fails_alone() {
    let sandbox = with_damaged();
    sandbox.write("plan", "{\"Name\": \"bad\", \"SecretString\": \"1\"}\n{\"Name\": \"new\", \"SecretString\": \"1\"}\n");
    let output = sandbox.std("pack plan --region us-west-2 --query [Name,Status] --output text").output().expect("runs");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!((output.status.code(), stdout.as_str()), (Some(1), "bad\tFailed\nnew\tCreated\n"), "{stderr}");
    assert!(stderr.contains("bad/secret.json: not the JSON of a secret"), "{stderr}");
    assert_eq!(sandbox.read(RECORD), b"{");
}

#[test]
fn verify_checks_the_rest_of_a_vault() {
    let sandbox = with_damaged();
    fs::create_dir(sandbox.path("coldseal-vault/secrets/us-east-1")).expect("made");
    let output = sandbox.std("verify --query [Secrets,Bundles,length(Faults)] --output text").output().expect("runs");
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stdout).as_ref()), (Some(1), "3\t4\t1\n"), "{output:?}");
}

#[cfg(unix)]
#[test]
fn completion_offers_the_sound_ones() {
    let sandbox = with_damaged();
    let words = ["coldseal", "get-secret-value", "--secret-id", ""];
    let mut command = sandbox.std("--");
    command.args(words).env("COLDSEAL_COMPLETE", "bash").env("_CLAP_IFS", "\n").env("_CLAP_COMPLETE_INDEX", "3");
    let output = command.output().expect("runs");
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(stdout.lines().collect::<Vec<_>>(), ["a", "z"], "{output:?}");
}
