//! `--debug` of a whole session holds nothing secret.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::sandbox::Sandbox;

const PAYLOAD: &str = "EXAMPLE-PASSWORD-7c1f";
const PASSPHRASE: &str = "an example passphrase 93b0";

/// A secret as it is, in hex of both cases, and in base64 at each of the three alignments.
fn forms(secret: &[u8]) -> Vec<Vec<u8>> {
    let mut forms = vec![secret.to_vec(), hex::encode(secret).into_bytes(), hex::encode_upper(secret).into_bytes()];
    for shift in 0..3 {
        let mut shifted = vec![0; shift];
        shifted.extend_from_slice(secret);
        let encoded = STANDARD.encode(shifted).into_bytes();
        // The first and the last group hold neighbours' bits too.
        forms.push(encoded.get(4..encoded.len() - 4).expect("longer than two groups").to_vec());
    }
    forms.push(format!("{secret:?}").into_bytes());
    forms
}

#[test]
fn a_whole_session_shows_no_secret() {
    let sandbox = Sandbox::new();
    sandbox.write("value", PAYLOAD);
    sandbox.write("passphrase", PASSPHRASE);
    let raw_key: Vec<u8> = (100..132).collect();
    sandbox.write("raw.key", &raw_key);
    let mut trace = Vec::new();
    let mut lines = 0;
    let mut secrets: Vec<Vec<u8>> = vec![PAYLOAD.into(), PASSPHRASE.into(), raw_key];
    for line in [
        "create-secret --name a --secret-string file://value --region us-west-2 --add-replica-regions us-east-1",
        "replicate-secret-to-regions --secret-id a --add-replica-regions eu-west-1",
        "get-secret-value --secret-id a --region eu-west-1",
        "get-secret-value --secret-id a --version-stage NONE",
        "verify --open",
        "kms create-key --region us-west-2",
        "seal value --raw-aes-key a/b=raw.key --kms-key-id alias/aws/secretsmanager --region us-west-2 -o sealed",
        "open sealed -o opened",
        "open sealed --raw-aes-key a/b=raw.key -o opened2",
        "open sealed --raw-aes-key a/c=raw.key",
        "kms change-protection --to passphrase --new-passphrase-file passphrase",
        "get-secret-value --secret-id a --passphrase-file passphrase",
    ] {
        let output = sandbox.std(line).arg("--debug").output().expect("runs");
        if line.starts_with("create-secret") {
            secrets.push(sandbox.read("keystore/keystore.key"));
        }
        lines += output.stderr.iter().filter(|byte| **byte == b'\n').count();
        trace.extend(output.stderr);
    }
    assert!(lines >= 20, "the trace says something: {lines} lines");
    for secret in &secrets {
        for form in forms(secret) {
            assert!(!trace.windows(form.len()).any(|window| window == form), "a secret is in the trace");
        }
    }
    let text = String::from_utf8(trace).expect("text");
    assert!(text.contains("arn:aws:kms:"), "keys are named by ARN: {text}");
}
