//! `kms purge` of the key in `tests/data/expired`: last written on 2026-01-01, its deletion was due a week later.

use snapbox::str;

use crate::{sandbox::Sandbox, stored::copied};

fn expired() -> Sandbox {
    copied("expired")
}

/// The key's id.
fn key(sandbox: &Sandbox) -> String {
    let query = "describe-secret --secret-id needs/it --region us-west-2 --query KmsKeyId --output text";
    sandbox.stdout(query).trim_end().rsplit('/').next().expect("an ARN").to_owned()
}

#[test]
fn an_expired_key_is_refused_everywhere() {
    let sandbox = expired();
    let key = key(&sandbox);
    for line in [
        "get-secret-value --secret-id needs/it --region us-west-2".to_owned(),
        format!("kms describe-key --region us-west-2 --key-id {key}"),
        format!("kms cancel-key-deletion --region us-west-2 --key-id {key}"),
        "kms encrypt --region us-west-2 --key-id alias/expired --plaintext AA==".to_owned(),
    ] {
        let output = sandbox.std(&line).output().expect("runs");
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(254) && stderr.contains("its deletion was due on 2026-01-08"), "{line}: {stderr}");
    }
    sandbox.ok("get-secret-value --secret-id needs/another --region us-west-2");
}

#[test]
fn a_doubted_clock_removes_nothing_without_yes() {
    let sandbox = expired();
    let before = sandbox.read("keystore/keystore.json");
    sandbox.coldseal("kms purge").assert().code(252).stdout_eq("").stderr_eq(str![[r#"
coldseal: arn:aws:kms:us-west-2:000000000000:key/[UUID]: deleted on 2026-01-08T00:00:00+00:00
coldseal: secrets in coldseal-vault that cannot be opened without the key:
coldseal:   arn:aws:secretsmanager:us-west-2:000000000000:secret:needs/it-[SUFFIX]
coldseal: the clock says [DATE], which is more than 30 days after 2026-01-01T00:00:00+00:00, the latest time that the keystore believes; nothing was removed
hint: set the clock, or repeat the command with --yes

"#]]);
    assert!(sandbox.read("keystore/keystore.json") == before);
    let length = |sandbox: &Sandbox| sandbox.stdout("kms list-aliases --region us-west-2 --query length(Aliases)");
    assert_eq!(length(&sandbox), "1\n");
    sandbox.coldseal("kms purge --yes").assert().success().stdout_eq(str![[r#"
{
    "PurgedKeys": [
        "arn:aws:kms:us-west-2:000000000000:key/[UUID]"
    ],
    "DependentSecrets": [
        "arn:aws:secretsmanager:us-west-2:000000000000:secret:needs/it-[SUFFIX]"
    ]
}

"#]]);
    assert!(sandbox.read("keystore/keystore.json") != before);
    assert_eq!(length(&sandbox), "1\n");
    sandbox.coldseal("kms purge").assert().success().stderr_eq("coldseal: no key's deletion was due\n").stdout_eq(str![[r#"
{
    "PurgedKeys": []
}

"#]]);
    let refused = sandbox.std("get-secret-value --secret-id needs/it --region us-west-2").output().expect("runs");
    let stderr = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(refused.status.code() == Some(254) && stderr.contains("does not exist\n"), "{stderr}");
    sandbox.ok("get-secret-value --secret-id needs/another --region us-west-2");
}

#[test]
fn writes_under_a_doubted_clock_do_not_make_it_believed() {
    let sandbox = expired();
    let key = key(&sandbox);
    // The clock may be wrong at these writes too.
    for _ in 0..2 {
        sandbox.ok("kms create-key --region us-west-2");
        let refused = sandbox.std("kms purge").output().expect("runs");
        let stderr = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(refused.status.code() == Some(252) && stderr.contains("more than 30 days after 2026-01-01T00:00:00+00:00"), "{stderr}");
    }
    let purged = sandbox.stdout("kms purge --yes --query PurgedKeys[0] --output text");
    assert_eq!(purged, format!("arn:aws:kms:us-west-2:000000000000:key/{key}\n"));
}
