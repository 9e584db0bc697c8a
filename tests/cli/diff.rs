//! `diff`: two vaults, or roots, side by side.

use snapbox::str;

use crate::sandbox::Sandbox;

const CREATE: &str = "create-secret --region us-west-2 --add-replica-regions eu-west-1 --client-request-token";

fn token(digit: char) -> String {
    format!("{}-1111-4111-8111-111111111111", digit.to_string().repeat(8))
}

/// With a copy of the vault from before the changes.
fn changed() -> Sandbox {
    let sandbox = Sandbox::new();
    for (name, digit) in [("db", '1'), ("mail", '2'), ("queue", '3'), ("same", '4')] {
        sandbox.ok(&format!("{CREATE} {} --name {name} --secret-string one", token(digit)));
    }
    sandbox.copy("coldseal-vault", "before");
    sandbox.ok(&format!("put-secret-value --secret-id db --secret-string two --client-request-token {}", token('5')));
    sandbox.ok("update-secret --secret-id mail --description changed");
    sandbox.ok("remove-regions-from-replication --secret-id mail --remove-replica-regions eu-west-1");
    sandbox.ok("remove-regions-from-replication --secret-id queue --remove-replica-regions eu-west-1");
    sandbox.ok("delete-secret --secret-id queue --force-delete-without-recovery");
    sandbox.ok(&format!("{CREATE} {} --name late --secret-string one", token('6')));
    sandbox
}

#[test]
fn two_vaults_are_compared_without_a_key() {
    let sandbox = changed();
    sandbox.coldseal("diff before coldseal-vault --keystore nowhere").assert().code(1).stderr_eq("").stdout_eq(str![[r#"
before: before
after: coldseal-vault
changed: db (eu-west-1, us-west-2)
  metadata: LastChangedDate
  new value: [UUID]
  label AWSCURRENT: [UUID] -> [UUID]
  label AWSPREVIOUS: none -> [UUID]
added: late (eu-west-1, us-west-2)
changed: mail (eu-west-1, us-west-2)
  metadata: Description, LastChangedDate
  Regions: - eu-west-1
removed: queue (eu-west-1, us-west-2)
1 added, 1 removed, 2 changed, 1 the same

"#]]);
    sandbox.coldseal("diff before before").assert().success().stderr_eq("").stdout_eq(str![[r#"
before: before
after: before
0 added, 0 removed, 0 changed, 4 the same

"#]]);
    let query = "Secrets[].[Name,Difference,Regions[0]]";
    let output =
        sandbox.std(&format!("diff before coldseal-vault --region eu-west-1 --output text --query {query}")).output().expect("runs");
    let text = String::from_utf8(output.stdout).expect("text");
    assert_eq!(
        (output.status.code(), text.as_str()),
        (Some(1), "db\tChanged\teu-west-1\nlate\tAdded\teu-west-1\nmail\tRemoved\teu-west-1\nqueue\tRemoved\teu-west-1\n")
    );
    sandbox.coldseal("diff before coldseal-vault --region ap-southeast-2").assert().success().stdout_eq(str![[r#"
before: before
after: coldseal-vault
0 added, 0 removed, 0 changed, 0 the same
compared in ap-southeast-2 alone

"#]]);
}

#[test]
fn a_version_that_is_sealed_anew_names_its_keys() {
    let sandbox = Sandbox::new();
    sandbox.ok(&format!("{CREATE} {} --name db --secret-string one", token('1')));
    sandbox.copy("coldseal-vault", "before");
    let key = sandbox.stdout("kms create-key --region eu-west-1 --query KeyMetadata.Arn --output text");
    sandbox.ok(&format!("rewrap --secret-id db --region eu-west-1 --to-key {}", key.trim()));
    let output = sandbox.std("diff before coldseal-vault --output json").output().expect("runs");
    let diff: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let secret = &diff["Secrets"][0];
    assert_eq!(
        (output.status.code(), &secret["Difference"], &secret["RegionsAdded"]),
        (Some(1), &"Changed".into(), &serde_json::json!([]))
    );
    let version = serde_json::json!([{"VersionId": token('1'), "Difference": "Resealed", "Regions": ["eu-west-1", "us-west-2"]}]);
    assert_eq!(secret["Versions"], version, "{secret}");
    assert_eq!(
        (&secret["Keys"][0]["Region"], &secret["Keys"][0]["Added"]),
        (&"eu-west-1".into(), &serde_json::json!([key.trim()])),
        "{secret}"
    );
}

#[test]
fn a_vault_is_compared_with_its_roots() {
    let sandbox = Sandbox::new();
    sandbox.ok(&format!("{CREATE} {} --name db --secret-string one", token('1')));
    let key = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/signing/ed25519");
    sandbox.write("alice", std::fs::read(&key).expect("a test key"));
    sandbox.coldseal("diff").assert().code(254).stdout_eq("").stderr_eq(str![[r#"
An error occurred (InvalidRequestException) when calling the Diff operation: nothing here is signed: [ROOT]/coldseal-vault has no root
hint: 'coldseal sign --signing-key KEY' signs a vault

"#]]);
    sandbox.ok("sign --signing-key alice --yes");
    sandbox.ok("tag-resource --secret-id db --tags Key=a,Value=b");
    sandbox.coldseal("diff").assert().code(1).stderr_eq("").stdout_eq(str![[r#"
before: coldseal-vault, root 1
after: coldseal-vault
changed: db (eu-west-1, us-west-2)
  metadata: LastChangedDate, Tags
0 added, 0 removed, 1 changed, 0 the same

"#]]);
    sandbox.coldseal("diff --signed coldseal-vault coldseal-vault").assert().success();
    sandbox.ok("sign --signing-key alice --yes");
    sandbox.coldseal("diff").assert().success();
    let roots = "diff coldseal-vault/manifests/1.json coldseal-vault/manifests/2.json --output text --query [Before.Counter,After.Counter,Secrets[0].Members[1]]";
    let output = sandbox.std(roots).output().expect("runs");
    assert_eq!((output.status.code(), String::from_utf8(output.stdout).expect("text").as_str()), (Some(1), "1\t2\tTags\n"));
    // Who is known to count as a signer has the newest root take the place of the older ones.
    let public = String::from_utf8(std::fs::read(key.with_extension("pub")).expect("a test key")).expect("text");
    sandbox.write("allowed_signers", format!("alice namespaces=\"coldseal-manifest\" {public}"));
    sandbox.ok("tag-resource --secret-id db --tags Key=b,Value=c");
    sandbox.ok("sign --signing-key alice --signers allowed_signers --yes");
    sandbox.coldseal("diff coldseal-vault/manifests/1.json coldseal-vault").assert().code(254).stdout_eq("").stderr_eq(str![[r#"
An error occurred (InvalidRequestException) when calling the Diff operation: what the root with counter 1 says is not here any more: its pages were removed when a newer one was signed
hint: compare with a copy or an export from then; before the next 'coldseal sign', 'coldseal diff' shows what it would sign

"#]]);
    sandbox.coldseal("diff alice coldseal-vault").assert().code(253).stdout_eq("").stderr_eq(str![[r#"
coldseal: alice is neither a vault nor a root of one, which is manifests/COUNTER.json in its folder

"#]]);
    sandbox.coldseal("diff nothing coldseal-vault").assert().code(253).stdout_eq("").stderr_eq(str![[r#"
coldseal: there is no vault at [ROOT]/nothing
hint: name two folders of vaults or exports, or roots: manifests/COUNTER.json in such a folder

"#]]);
}

#[test]
fn a_hostile_name_moves_nothing_on_a_terminal() {
    let sandbox = Sandbox::new();
    sandbox.ok(&format!("{CREATE} {} --name db --secret-string one", token('1')));
    sandbox.copy("coldseal-vault", "before");
    let path = "coldseal-vault/secrets/us-west-2/db/secret.json";
    let label = String::from_utf8(sandbox.read(path)).expect("UTF-8").replace("\"AWSCURRENT\"", "\"AWSCURRENT\", \"\\u001b[31m\\u202e\"");
    sandbox.write(path, label);
    for flags in ["", "--output json"] {
        let output = sandbox.std(&format!("diff before coldseal-vault {flags}")).output().expect("runs");
        let text = String::from_utf8(output.stdout).expect("text");
        assert!(output.status.code() == Some(1) && text.contains("[31m") && !text.contains(['\u{1b}', '\u{202e}']), "{text:?}");
    }
}
