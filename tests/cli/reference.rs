//! Completions and man pages, through the binary.

use std::{fs, path::Path, process::Command};

use crate::sandbox::Sandbox;

const SHELLS: [&str; 4] = ["bash", "zsh", "fish", "powershell"];

#[test]
fn each_shell_has_a_script_that_calls_the_program() {
    let sandbox = Sandbox::new();
    for shell in SHELLS {
        let script = sandbox.stdout(&format!("completions {shell}"));
        assert!(script.contains("COLDSEAL_COMPLETE") && script.contains("coldseal"), "{shell}: {script}");
        assert!(!script.contains(env!("CARGO_BIN_EXE_coldseal")), "{shell}: the script calls one machine's file");
    }
    sandbox.coldseal("completions csh").assert().code(252);
}

#[test]
fn the_bash_script_is_bash() {
    let sandbox = Sandbox::new();
    let script = sandbox.path("coldseal.bash");
    fs::write(&script, sandbox.stdout("completions bash")).expect("written");
    // The whole way: the script, its function, the program, and what bash would offer.
    let probe = format!(
        "source {}; COMP_WORDS=(coldseal inspect --vers); COMP_CWORD=2; _clap_complete_coldseal coldseal --reg inspect; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        script.display()
    );
    let path = format!("{}:/usr/bin:/bin", Path::new(env!("CARGO_BIN_EXE_coldseal")).parent().expect("a folder").display());
    let clean = Command::new("bash").arg("-n").arg(&script).output().expect("bash runs");
    assert!(clean.status.success() && clean.stderr.is_empty(), "{}", String::from_utf8_lossy(&clean.stderr));
    let offered = Command::new("bash").args(["--norc", "-c", &probe]).env("PATH", path).output().expect("bash runs");
    assert_eq!(String::from_utf8_lossy(&offered.stdout), "--region\n", "{}", String::from_utf8_lossy(&offered.stderr));
}

#[test]
fn commands_and_flags_complete() {
    let sandbox = Sandbox::new();
    assert_eq!(complete(&sandbox, &["get-se"]), ["get-secret-value"]);
    assert_eq!(complete(&sandbox, &["kms", "create-a"]), ["create-alias"]);
    assert_eq!(complete(&sandbox, &["get-secret-value", "--version-s"]), ["--version-stage"]);
}

#[test]
fn what_aws_has_comes_first_and_by_its_name() {
    let sandbox = Sandbox::new();
    let commands = complete(&sandbox, &[""]);
    let place = |name: &str| commands.iter().position(|offered| offered == name).unwrap_or_else(|| panic!("{name}: {commands:?}"));
    assert!(place("create-secret") < place("pack") && place("kms") < place("seal") && !commands.contains(&"create".to_owned()));
    assert_eq!(complete(&sandbox, &["cre"]), ["create-secret"]);
    assert_eq!(complete(&sandbox, &["create", "--kms-k"]), ["--kms-key-id"]);
    let flags = complete(&sandbox, &["create-secret", "--"]);
    let place = |name: &str| flags.iter().position(|offered| offered == name).unwrap_or_else(|| panic!("{name}: {flags:?}"));
    assert!(place("--client-request-token") < place("--secret-key-values") && place("--cli-input-json") < place("--region"));
}

#[test]
fn structures_and_files_complete() {
    let sandbox = Sandbox::new();
    sandbox.write("value.json", "an example");
    for (words, expected) in [
        (&["create-secret", "--tags", "K"][..], &["Key="][..]),
        (&["create-secret", "--tags", "Key=team,"], &["Key=team,Value="]),
        (&["kms", "create-key", "--tags", ""], &["TagKey=", "TagValue="]),
        (&["create-secret", "--add-replica-regions", "R"], &["Region="]),
        (&["seal", "--to", "Region=eu-west-1,K"], &["Region=eu-west-1,KmsKeyId="]),
        (&["list-secrets", "--filters", "K"], &["Key="]),
        (&["list-secrets", "--filters", "Key=tag"], &["Key=tag-key", "Key=tag-value"]),
        (&["put-secret-value", "--filters", "Key=name,"], &["Key=name,Values="]),
        (&["create-secret", "--rotation-rules", "A"], &["AutomaticallyAfterDays="]),
        (&["rotate-secret", "--rotation-rules", "ScheduleExpression=x,D"], &["ScheduleExpression=x,Duration="]),
        (&["rotate-secret", "--rotation-rules", "file://va"], &["file://value.json"]),
        (&["create-secret", "--generate-secret-string", "PasswordL"], &["PasswordLength="]),
        (&["create-secret", "--secret-string", "file:"], &["file://"]),
        (&["create-secret", "--secret-string", "file://va"], &["file://value.json"]),
        (&["create-secret", "--secret-string", "//va"], &["//value.json"]),
        (&["create-secret", "--cli-input-json", "file://va"], &["file://value.json"]),
    ] {
        assert_eq!(complete(&sandbox, words), expected, "{words:?}");
    }
}

#[test]
fn secret_names_complete_from_the_vault_that_is_named() {
    let sandbox = Sandbox::new();
    sandbox.write("value", "an example");
    for name in ["production/web", "production/db", "test/db"] {
        sandbox.ok(&format!("create-secret --name {name} --secret-string file://value --region us-west-2"));
    }
    assert_eq!(complete(&sandbox, &["get-secret-value", "--secret-id", ""]), ["production/db", "production/web", "test/db"]);
    assert_eq!(complete(&sandbox, &["describe-secret", "--secret-id", "prod"]), ["production/db", "production/web"]);
    assert_eq!(complete(&sandbox, &["get-secret-value", "--secret-id=te"]), ["--secret-id=test/db"]);
    assert!(complete(&sandbox, &["get-secret-value", "--region", "eu-west-1", "--secret-id", ""]).is_empty());
    assert!(complete(&sandbox, &["--vault", "elsewhere", "get-secret-value", "--secret-id", ""]).is_empty());
    fs::rename(sandbox.path("coldseal-vault"), sandbox.path("elsewhere")).expect("renamed");
    assert_eq!(complete(&sandbox, &["--vault=elsewhere", "get-secret-value", "--secret-id", "te"]), ["test/db"]);
    // Names need no keystore.
    fs::remove_dir_all(sandbox.path("keystore")).expect("removed");
    assert_eq!(complete(&sandbox, &["--vault", "elsewhere", "get-secret-value", "--secret-id", "te"]), ["test/db"]);
}

#[test]
fn regions_complete() {
    let sandbox = Sandbox::new();
    assert_eq!(complete(&sandbox, &["list-secrets", "--region", "eu-west-"]), ["eu-west-1", "eu-west-2", "eu-west-3"]);
    assert_eq!(complete(&sandbox, &["create-secret", "--add-replica-regions", "us-gov"]), ["us-gov-east-1", "us-gov-west-1"]);
    let second = ["create-secret", "--add-replica-regions", "Region=us-east-1", "Region=af"];
    assert_eq!(complete(&sandbox, &second), ["Region=af-south-1"]);
    assert_eq!(complete(&sandbox, &["kms", "enable-region", "af"]), ["af-south-1"]);
}

#[test]
fn keys_complete_unless_a_passphrase_would_be_needed() {
    let sandbox = Sandbox::new();
    let key = sandbox.stdout("kms create-key --region us-west-2 --query KeyMetadata.KeyId --output text").trim().to_owned();
    sandbox.ok(&format!("kms create-alias --region us-west-2 --alias-name alias/team --target-key-id {key}"));
    assert_eq!(complete(&sandbox, &["seal", "--kms-key-id", "alias/t"]), ["alias/team"]);
    assert_eq!(complete(&sandbox, &["seal", "--region", "us-west-2", "--kms-key-id", "alias/t"]), ["alias/team"]);
    assert!(complete(&sandbox, &["seal", "--region", "eu-west-1", "--kms-key-id", "alias/t"]).is_empty());
    assert_eq!(complete(&sandbox, &["kms", "disable-key", "--region", "us-west-2", "--key-id", ""]), [key]);

    sandbox.write("passphrase", "an example, not a good passphrase");
    sandbox.ok("kms change-protection --to passphrase --new-passphrase-file passphrase");
    assert!(complete(&sandbox, &["seal", "--kms-key-id", "alias/t"]).is_empty());
    assert!(complete(&sandbox, &["--passphrase-file", "passphrase", "seal", "--kms-key-id", "alias/t"]).is_empty());
}

#[test]
fn the_man_pages_are_one_for_each_command() {
    let sandbox = Sandbox::new();
    sandbox.ok("man --output-dir share/man1");
    let all = [sandbox.all_commands(), sandbox.commands("secretsmanager")].concat();
    let mut commands: Vec<_> = all.iter().map(|command| format!("coldseal-{}", command.replace(' ', "-"))).collect();
    commands.push("coldseal".to_owned());
    let mut pages: Vec<_> = fs::read_dir(sandbox.path("share/man1")).expect("made").map(|page| page.expect("readable").path()).collect();
    pages.sort_by_key(|page| page.file_stem().map(std::ffi::OsStr::to_owned));
    commands.sort();
    let names: Vec<_> = pages.iter().map(|page| page.file_stem().expect("named").to_str().expect("UTF-8").to_owned()).collect();
    assert_eq!(names, commands);
    for page in &pages {
        let text = fs::read_to_string(page).expect("readable");
        assert!(text.contains(".TH ") && text.contains("vault"), "{}", page.display());
        let synopsis = text.split_once(".SH SYNOPSIS\n").and_then(|(_, rest)| rest.split_once("\n.SH ")).expect("a synopsis").0;
        assert!(
            synopsis.starts_with("coldseal") && synopsis.lines().count() <= 2 && synopsis.len() < 200,
            "{}: {synopsis}",
            page.display()
        );
    }
    let first: Vec<_> = pages.iter().map(|page| fs::read(page).expect("readable")).collect();
    sandbox.ok("man --output-dir share/man1");
    assert!(pages.iter().zip(first).all(|(page, before)| fs::read(page).expect("readable") == before), "pages differ from run to run");
}

/// What is offered in place of the last word, as the bash script asks for it.
fn complete(sandbox: &Sandbox, words: &[&str]) -> Vec<String> {
    let mut command = sandbox.std("-- coldseal");
    command.env("COLDSEAL_COMPLETE", "bash").env("_CLAP_IFS", "\n").env("_CLAP_COMPLETE_INDEX", words.len().to_string());
    let output = command.args(words).output().expect("the binary runs");
    assert!(output.status.success() && output.stderr.is_empty(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8").lines().map(str::to_owned).collect()
}
