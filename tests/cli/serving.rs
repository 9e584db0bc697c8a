//! `serve -- PROGRAM`: what the program gets, what is made, and what is told. Requests are those of `tests/system/test_serve_secrets_*.py`.

use crate::sandbox::Sandbox;

/// Prints the variables of a program that say where it is to go.
const SHOW: &str = "echo ${AWS_ENDPOINT_URL_SECRETS_MANAGER:+secrets} ${AWS_ENDPOINT_URL_KMS:+kms} ${AWS_REGION:-none}";

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.ok("create-secret --name db --secret-string 1 --region us-west-2 --add-replica-regions eu-west-1");
    sandbox
}

#[test]
fn a_program_goes_to_what_is_served_and_nowhere_else() {
    let sandbox = sandbox();
    for (flags, expected) in [
        ("", "secrets none\n"),
        ("--kms", "secrets kms none\n"),
        ("--kms embedded --writable", "secrets kms none\n"),
        ("--kms --region eu-west-1", "secrets kms eu-west-1\n"),
        ("--region us-west-2 eu-west-1 --secret-id db", "secrets us-west-2\n"),
        ("--region us-west-2 --region eu-west-1", "secrets us-west-2\n"),
    ] {
        let command = sandbox.coldseal(&format!("serve {flags} --")).args(["sh", "-c", SHOW]);
        command.assert().success().stdout_eq(expected.to_owned());
    }
}

#[test]
fn the_exit_code_is_that_of_the_program() {
    let sandbox = sandbox();
    sandbox.coldseal("serve --").args(["sh", "-c", "exit 7"]).assert().code(7).stdout_eq("");
    sandbox.coldseal("serve -- nosuch-program").assert().code(255);
}

#[test]
fn a_secret_that_is_not_there_is_named_at_the_start() {
    let sandbox = sandbox();
    let output = sandbox.coldseal("serve --secret-id db dc -- true").assert().success().get_output().clone();
    let stderr = String::from_utf8(output.stderr).expect("text");
    assert!(stderr.contains("--secret-id dc: there is no such secret") && !stderr.contains("--secret-id db"), "{stderr}");
    assert!(stderr.contains("for reading only; --writable allows changes"), "{stderr}");
}

#[test]
fn only_with_writable_is_a_vault_made() {
    let sandbox = Sandbox::new();
    sandbox.coldseal("serve --vault new -- true").assert().code(253);
    assert!(!sandbox.path("new").exists());
    let output = sandbox.coldseal("serve --vault new --writable -- true").assert().success().get_output().clone();
    let stderr = String::from_utf8(output.stderr).expect("text");
    assert!(
        stderr.contains("made the vault ") && stderr.contains("made the keystore ") && !stderr.contains("for reading only"),
        "{stderr}"
    );
    sandbox.coldseal("serve --vault new -- true").assert().success();
}
