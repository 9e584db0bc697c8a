//! `rewrap` of secrets.

use snapbox::str;

use crate::sandbox::Sandbox;

fn with_secrets() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("value", "top");
    for name in ["a", "b"] {
        sandbox.ok(&format!("create-secret --name {name} --secret-string file://value --region us-west-2 --add-replica-regions eu-west-1"));
    }
    sandbox
}

fn bundle_keys(sandbox: &Sandbox, secret: &str) -> String {
    sandbox.stdout(&format!(
        "describe-secret --secret-id {secret} --region us-west-2 --query Bundles[].[Region,KmsKeyId,SHA256] --output text"
    ))
}

#[test]
fn all_secrets_of_a_region_move_to_another_key() {
    let sandbox = with_secrets();
    let key = sandbox.stdout("kms create-key --region eu-west-1 --query KeyMetadata.Arn --output text");
    let before = bundle_keys(&sandbox, "a");
    sandbox.coldseal(&format!("rewrap --all --to-key {} --query [Rewrapped[].Name,Failed]", key.trim())).assert().success().stdout_eq(
        str![[r#"
[
    [
        "a",
        "b"
    ],
    []
]

"#]],
    );
    let after = bundle_keys(&sandbox, "a");
    // The other Region follows under its own key: who could open the replica has the data key that they shared.
    let [before, after_key] = [&before, &after].map(|keys| keys.lines().next().and_then(|line| line.rsplit_once('\t')).expect("a row"));
    assert!(after.contains(key.trim()) && before.0 == after_key.0 && before.1 != after_key.1, "{after}");
    sandbox.coldseal("verify --open").assert().success().stdout_eq(str![[r#"
2 secrets, 4 bundles: sound
4 opened, 0 not openable here, 0 failed
not signed: this shows damage, not who made it

"#]]);
    sandbox
        .coldseal("get-secret-value --secret-id a --region eu-west-1 --query SecretString --output text")
        .assert()
        .success()
        .stdout_eq("top\n");
}

#[test]
fn one_secret_is_sealed_anew_under_the_keys_on_record() {
    let sandbox = with_secrets();
    let (a, b) = (bundle_keys(&sandbox, "a"), bundle_keys(&sandbox, "b"));
    sandbox.ok("rewrap --secret-id a");
    assert_ne!(bundle_keys(&sandbox, "a"), a);
    assert_eq!(bundle_keys(&sandbox, "b"), b);
    sandbox.ok("verify --open");
}

#[test]
fn a_key_that_cannot_be_used_fails_each_secret_and_changes_none() {
    let sandbox = with_secrets();
    let before = sandbox.files("coldseal-vault");
    sandbox.coldseal("rewrap --all --region eu-west-1 --to-key alias/none --query Failed[].Name").assert().code(1).stdout_eq(str![[r#"
[
    "a",
    "b"
]

"#]]);
    assert_eq!(sandbox.files("coldseal-vault"), before);
    sandbox.coldseal("rewrap").assert().code(252).stderr_eq(str![[r#"
coldseal: rewrap needs to know what for
hint: --to us-east-1 for a message, or --secret-id NAME or --all for secrets

"#]]);
}

#[test]
fn a_value_that_cannot_be_compared_is_told() {
    let sandbox = with_secrets();
    let path = sandbox.path("coldseal-vault/secrets/us-west-2/a/secret.json");
    let mut record: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).expect("readable")).expect("JSON");
    *record.pointer_mut("/Versions/0/ValueTag/KeyId").expect("a keystore's") = "another keystore's".into();
    std::fs::write(&path, record.to_string()).expect("written");
    let told = str![[r#"
coldseal: warning: another keystore made the value of a, so that nothing here tells whether what was sealed anew is still that value; 'coldseal verify --open' with that keystore does
coldseal: [..] bundles in [ROOT]/coldseal-vault

"#]];
    sandbox.coldseal("rewrap --secret-id a --query Name").assert().success().stderr_eq(told.clone());
    sandbox
        .coldseal("replicate-secret-to-regions --secret-id a --add-replica-regions us-east-1 --query ARN")
        .assert()
        .success()
        .stderr_eq(told);
    sandbox.coldseal("rewrap --secret-id b --query Name").assert().success().stderr_eq(str![[r#"
coldseal: 2 bundles in [ROOT]/coldseal-vault

"#]]);
}

#[test]
fn the_default_key_on_record_stays_whatever_is_chosen_later() {
    let sandbox = with_secrets();
    let keys =
        |sandbox: &Sandbox| sandbox.stdout("describe-secret --secret-id a --region us-west-2 --query Bundles[].KmsKeyId --output text");
    let before = keys(&sandbox);
    for region in ["us-west-2", "eu-west-1"] {
        let key = sandbox.stdout(&format!("kms create-key --region {region} --query KeyMetadata.KeyId --output text"));
        sandbox.ok(&format!("kms set-default-key --region {region} --key-id {}", key.trim_end()));
    }
    sandbox.ok("rewrap --secret-id a");
    assert_eq!(keys(&sandbox), before);
}
