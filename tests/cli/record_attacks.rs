//! What somebody can do who can write the vault and has no keystore: each attack edits `secret.json`, then a command runs.

use serde_json::{Value, json};

use crate::sandbox::Sandbox;

/// The ids of keys that an attacker would like to see used.
struct Keys {
    /// A partner's public key in us-east-1 and eu-west-1, imported for other secrets.
    partner_east: String,
    partner_europe: String,
    /// Another key of the keystore in eu-west-1.
    other: String,
    /// The key in eu-west-1 that the secret was moved away from.
    former: String,
    /// The one that it is under.
    current: String,
}

const DB: &str = "coldseal-vault/secrets/us-west-2/db/secret.json";
const CHANGED: &str = "secret.json was changed by another hand";
const BUNDLES: &str = "describe-secret --secret-id db --region us-west-2 --query Bundles[].[Region,KmsKeyId] --output text";

impl Sandbox {
    fn line(&self, line: &str) -> String {
        self.stdout(line).trim_end().to_owned()
    }

    fn record(&self) -> Value {
        serde_json::from_slice(&self.read(DB)).expect("JSON")
    }

    fn edit(&self, change: impl FnOnce(&mut Value)) {
        let mut record = self.record();
        change(&mut record);
        self.write(DB, record.to_string());
    }

    fn run(&self, line: &str) -> (Option<i32>, String) {
        let output = self.std(line).output().expect("the binary runs");
        (output.status.code(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    }
}

/// `db` in us-west-2 and eu-west-1, there once under another key than now, and keys for other purposes.
fn sandbox() -> (Sandbox, Keys) {
    let sandbox = Sandbox::new();
    sandbox.write("value", "top");
    let east = include_str!("../data/public-keys/rsa-2048.json").replace("ap-southeast-2", "us-east-1");
    sandbox.write("east.json", east);
    sandbox.write("europe.json", include_str!("../data/public-keys/p384.json"));
    let import = "kms import-public-key --query Keys[0].KeyId --output text";
    let [partner_east, partner_europe] = ["east", "europe"].map(|file| sandbox.line(&format!("{import} {file}.json")));
    let make = "kms create-key --region eu-west-1 --query KeyMetadata.Arn --output text";
    let [other, former, current] = [0; 3].map(|_| sandbox.line(make));
    let create = "create-secret --name db --secret-string file://value --region us-west-2 --kms-key-id embedded:alias/aws/secretsmanager --add-replica-regions";
    sandbox.ok(&format!("{create} Region=eu-west-1,KmsKeyId={former}"));
    sandbox.ok(&format!("rewrap --secret-id db --region eu-west-1 --to-key {current}"));
    (sandbox, Keys { partner_east, partner_europe, other, former, current })
}

/// Whether the record says that it is the keystore's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Tag {
    /// As it was: wrong for another record.
    Stays,
    Removed,
    OfOtherKeystore,
    Format1,
}

const TAGS: [Tag; 4] = [Tag::Stays, Tag::Removed, Tag::OfOtherKeystore, Tag::Format1];

fn replica(region: &str, key: &str, status: &str) -> Value {
    json!({ "Region": region, "KmsKeyId": key, "Status": status, "StatusMessage": "" })
}

type Edit = fn(&mut Value, &Keys);

/// Whether a record and its bundles show the edit to anybody, or only its tag does, to the holder of the keystore.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    ToAll,
    ByTag,
}

/// Edits of keys and Regions, who can see them, the exit code of `rewrap --all`, and what is told.
const EDITS: [(&str, Edit, Shown, i32, &str); 10] = [
    (
        "a partner's key",
        |record, keys| record["ReplicationStatus"][0]["KmsKeyId"] = json!(keys.partner_europe),
        Shown::ToAll,
        0,
        "who wrote that is not known",
    ),
    (
        "a key of another purpose",
        |record, keys| record["ReplicationStatus"][0]["KmsKeyId"] = json!(keys.other),
        Shown::ToAll,
        0,
        "who wrote that is not known",
    ),
    (
        "the key of before",
        |record, keys| record["ReplicationStatus"][0]["KmsKeyId"] = json!(keys.former),
        Shown::ToAll,
        0,
        "who wrote that is not known",
    ),
    (
        "another name of a key in the primary Region",
        |record, _| record["KmsKeyId"] = json!("alias/none"),
        Shown::ByTag,
        0,
        "who wrote that is not known",
    ),
    (
        "a further Region in sync",
        |record, keys| push(record, replica("us-east-1", &keys.partner_east, "InSync")),
        Shown::ToAll,
        1,
        "us-east-1: only the record names its key",
    ),
    ("a further Region that failed", |record, keys| push(record, replica("us-east-1", &keys.partner_east, "Failed")), Shown::ByTag, 0, ""),
    ("a bundle's key", |record, keys| bundle_of(record, "eu-west-1")["KmsKeyId"] = json!(keys.partner_europe), Shown::ToAll, 0, ""),
    (
        "a bundle's list of keys",
        |record, keys| {
            let edk = json!([{ "ProviderId": "aws-kms-rsa", "Key": keys.partner_europe }]);
            bundle_of(record, "eu-west-1")["EncryptedDataKeys"] = edk;
        },
        Shown::ToAll,
        0,
        "",
    ),
    ("data keys of each Region", |record, _| record["DataKeyScope"] = json!("PerRegion"), Shown::ByTag, 0, ""),
    ("other pairs", |record, _| record["EncryptionContext"] = json!({ "k": "v" }), Shown::ToAll, 1, "encryption context"),
];

fn push(record: &mut Value, replica: Value) {
    record["ReplicationStatus"].as_array_mut().expect("a list").push(replica);
}

fn bundle_of<'a>(record: &'a mut Value, region: &str) -> &'a mut Value {
    let bundles = record["Versions"][0]["Bundles"].as_array_mut().expect("a list");
    bundles.iter_mut().find(|bundle| bundle["Region"] == region).expect("there")
}

fn put_tag(record: &mut Value, tag: Tag) {
    match tag {
        Tag::Stays => {}
        Tag::Removed => _ = record.as_object_mut().expect("an object").remove("RecordTag"),
        Tag::OfOtherKeystore => record["RecordTag"]["KeyId"] = json!("11111111-1111-4111-8111-111111111111"),
        Tag::Format1 => {
            put_tag(record, Tag::Removed);
            record["Format"] = json!(1);
        }
    }
}

/// What the bundles are under by their own headers, which `verify` compares with the record.
fn assert_keys_stay(sandbox: &Sandbox, keys: &Keys, context: &str) {
    let bundles = sandbox.line(BUNDLES);
    assert!(bundles.lines().count() == 2 && bundles.contains(&keys.current), "{context}: {bundles}");
    for key in [&keys.partner_east, &keys.partner_europe, &keys.other, &keys.former] {
        assert!(!bundles.contains(key.as_str()), "{context}: {bundles}");
    }
    let faults = sandbox.run("verify --query Faults[].Message --output text").1;
    assert!(!faults.contains("wrapped under the key on record"), "{context}: {faults}");
}

#[test]
fn who_writes_the_vault_chooses_no_key_and_adds_no_region() {
    let (sandbox, keys) = sandbox();
    let honest = sandbox.read(DB);
    let folder = sandbox.path("coldseal-vault");
    sandbox.copy("coldseal-vault", "saved");
    for (name, edit, shown, code, told) in EDITS {
        for tag in TAGS {
            std::fs::remove_dir_all(&folder).expect("removed");
            sandbox.copy("saved", "coldseal-vault");
            sandbox.write(DB, &honest);
            sandbox.edit(|record| {
                edit(record, &keys);
                put_tag(record, tag);
            });
            let context = format!("{name}, {tag:?}");
            // What is changed is told, where the keystore is at hand, and by what a bundle says also without it.
            let (verified, report) = sandbox.run("verify --open");
            let (is_told, said) = match tag {
                Tag::Stays => (true, CHANGED),
                Tag::OfOtherKeystore => (shown == Shown::ToAll, "has the tag of another keystore"),
                Tag::Removed | Tag::Format1 => (shown == Shown::ToAll, "has no tag"),
            };
            assert!(verified == Some(i32::from(is_told)) && report.contains(said), "{context}: {report}");
            assert_eq!(sandbox.run("verify").0, Some(i32::from(shown == Shown::ToAll)), "{context}");

            let before = sandbox.files("coldseal-vault");
            let (found, output) = sandbox.run("rewrap --all");
            assert!(found == Some(code) && output.contains(told), "{context}: {output}");
            if code == 0 {
                assert_keys_stay(&sandbox, &keys, &context);
                let value = sandbox.line("get-secret-value --secret-id db --region eu-west-1 --query SecretString --output text");
                assert_eq!(value, "top", "{context}");
            } else {
                assert_eq!(sandbox.files("coldseal-vault"), before, "{context}");
            }
            // Nobody's words get the keystore's tag by that.
            let after = sandbox.run("verify --open").1;
            assert!(after.contains(CHANGED) == (tag == Tag::Stays), "{context}: {after}");
            assert!(after.contains("tag"), "{context}: {after}");
        }
    }
}

#[test]
fn a_region_that_failed_is_tried_again_under_a_key_that_somebody_names() {
    let (sandbox, keys) = sandbox();
    let replicate = "replicate-secret-to-regions --secret-id db --add-replica-regions Region=us-east-1";
    sandbox.edit(|record| push(record, replica("us-east-1", &keys.partner_east, "Failed")));
    let (code, output) = sandbox.run(replicate);
    assert!(code == Some(254) && output.contains("only the record names its key") && output.contains("KmsKeyId=KEY"), "{output}");
    let partial = sandbox.run(&format!("{replicate} --partial")).0;
    assert_eq!(partial, Some(254));
    let (code, output) = sandbox.run(&format!("{replicate},KmsKeyId=embedded:alias/aws/secretsmanager"));
    assert_eq!(code, Some(0), "{output}");
    assert!(!sandbox.line(BUNDLES).contains(&keys.partner_east));
}

/// What a writer of the vault can do, so that SECURITY.md says no more than what holds.
#[test]
fn what_a_writer_of_the_vault_can_do_is_told_with_the_keystore() {
    let edits: [(&str, Edit); 4] = [
        ("Description", |record, _| record["Description"] = json!("forged")),
        ("Tags", |record, _| record["Tags"] = json!([{ "Key": "team", "Value": "forged" }])),
        ("VersionIdsToStages", |record, _| record["Versions"][0]["VersionStages"] = json!(["forged"])),
        ("RotationRules", |record, _| record["RotationRules"] = json!({ "AutomaticallyAfterDays": 77 })),
    ];
    let (sandbox, keys) = sandbox();
    let honest = sandbox.read(DB);
    for (member, edit) in edits {
        sandbox.write(DB, &honest);
        sandbox.edit(|record| edit(record, &keys));
        let shown = sandbox.line(&format!("describe-secret --secret-id db --region us-west-2 --query {member}"));
        assert!(shown.contains("forged") || shown.contains("77"), "{shown}");
        assert_eq!(sandbox.run("verify").0, Some(0), "{member}: nobody can tell without the keystore");
        let (code, report) = sandbox.run("verify --open");
        assert!(code == Some(1) && report.contains(CHANGED), "{member}: {report}");
    }
    // A secret that is gone is missed by nobody, and an older state with its own tag is as good as the newest.
    sandbox.write(DB, &honest);
    let folder = sandbox.path("coldseal-vault");
    sandbox.copy("coldseal-vault", "saved");
    sandbox.ok("tag-resource --secret-id db --tags Key=team,Value=new");
    std::fs::remove_dir_all(&folder).expect("removed");
    sandbox.copy("saved", "coldseal-vault");
    assert_eq!(sandbox.run("verify --open").0, Some(0));
    std::fs::remove_dir_all(sandbox.path("coldseal-vault/secrets/us-west-2/db")).expect("removed");
    assert_eq!(sandbox.run("verify --open").0, Some(0));
}

#[test]
fn a_record_that_is_accepted_gets_the_tag_and_no_key_of_its_choice() {
    let (sandbox, keys) = sandbox();
    sandbox.edit(|record| {
        record["Description"] = json!("from elsewhere");
        record["ReplicationStatus"][0]["KmsKeyId"] = json!(keys.partner_europe);
        push(record, replica("us-east-1", &keys.partner_east, "Failed"));
        put_tag(record, Tag::Format1);
    });
    let (code, output) = sandbox.run("rewrap --all --accept-record");
    assert_eq!(code, Some(0), "{output}");
    assert_keys_stay(&sandbox, &keys, "accepted");
    assert!(!sandbox.line("describe-secret --secret-id db --query ReplicationStatus").contains("us-east-1"));
    let (code, report) = sandbox.run("verify --open");
    assert!(code == Some(0) && !report.contains("tag"), "{report}");
    // From now on the record counts.
    sandbox.ok("tag-resource --secret-id db --tags Key=a,Value=b");
    sandbox.ok("rewrap --secret-id db");
    assert!(!sandbox.run("verify --open").1.contains("tag"));
}

#[test]
fn a_value_that_is_not_the_one_on_record_is_not_printed() {
    let (sandbox, _) = sandbox();
    let get = "get-secret-value --secret-id db --region eu-west-1 --query SecretString --output text";
    assert_eq!(sandbox.run(get), (Some(0), "top\n".to_owned()));
    sandbox.edit(|record| record["Versions"][0]["ValueTag"]["Tag"] = json!("00".repeat(32)));
    let (code, output) = sandbox.run(get);
    assert!(code == Some(254) && output.contains("its value is not the one on record") && !output.contains("top\n"), "{output}");
    let (code, output) = sandbox.run(&format!("{get} --output-file value.out"));
    assert!(code == Some(254) && !sandbox.exists("value.out"), "{output}");
    sandbox.edit(|record| record["Versions"][0]["ValueTag"]["KeyId"] = json!("another keystore's"));
    sandbox
        .coldseal(get)
        .assert()
        .success()
        .stdout_eq("top\n")
        .stderr_eq("coldseal: whether this is the value on record is not known here: only the keystore that made it can tell\n");
}

/// Where it is said who may sign, nobody goes on from a record that neither the keystore nor a signer vouches for.
#[test]
fn with_signers_no_change_is_made_on_somebody_elses_words() {
    let (sandbox, _) = sandbox();
    let signing = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/signing");
    sandbox.write("alice", std::fs::read(signing.join("ed25519")).expect("a test key"));
    let public = std::fs::read_to_string(signing.join("ed25519.pub")).expect("a test key");
    sandbox.write("signers", format!("alice namespaces=\"coldseal-manifest\" {public}"));
    sandbox.write("plan.jsonl", r#"{"Name":"db","SecretString":"other"}"#);
    sandbox.write("policy", r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}}"#);
    let changes = [
        "put-secret-value --secret-id db --secret-string other",
        "update-secret --secret-id db --description other",
        "update-secret-version-stage --secret-id db --version-stage mine --move-to-version-id VERSION",
        "tag-resource --secret-id db --tags Key=a,Value=b",
        "put-resource-policy --secret-id db --resource-policy file://policy",
        "rotate-secret --secret-id db --rotation-rules AutomaticallyAfterDays=30",
        "replicate-secret-to-regions --secret-id db --add-replica-regions Region=us-east-1,KmsKeyId=embedded:alias/aws/secretsmanager",
        "remove-regions-from-replication --secret-id db --remove-replica-regions eu-west-1",
        "stop-replication-to-replica --secret-id db --region eu-west-1",
        "rewrap --secret-id db",
    ];
    let version = sandbox.line("describe-secret --secret-id db --query keys(VersionIdsToStages)[0] --output text");
    sandbox.edit(|record| record["Description"] = json!("forged"));
    let refused = |line: &str| {
        let before = sandbox.files("coldseal-vault/secrets");
        let record = sandbox.read(DB);
        let (code, output) = sandbox.run(&format!("{} --signers signers", line.replace("VERSION", &version)));
        assert_eq!(code, Some(254), "{line}: {output}");
        assert!(
            output.contains("'db' was changed by another hand, as far as is known here, and is not as it was signed"),
            "{line}: {output}"
        );
        assert_eq!((sandbox.files("coldseal-vault/secrets"), sandbox.read(DB)), (before, record), "{line}");
        output
    };
    for line in changes {
        let output = refused(line);
        assert!(output.contains("has no root") && output.contains("coldseal sign --accept NAME"), "{line}: {output}");
    }
    let (code, output) = sandbox.run("pack plan.jsonl --region us-west-2 --signers signers");
    assert!(code == Some(1) && output.contains("'db' was changed by another hand"), "{output}");
    assert_eq!(sandbox.run("rewrap --all --signers signers").0, Some(1));
    assert_eq!(sandbox.record()["Description"], "forged");
    // A signer has looked at it, and says that it is right.
    sandbox.ok("sign --signing-key alice --yes --accept db");
    sandbox.ok("tag-resource --secret-id db --tags Key=a,Value=b --signers signers");
    // So it was signed, and is not any more; nor is it the keystore's own.
    refused("untag-resource --secret-id db --tag-keys a");
    sandbox.ok("rewrap --secret-id db --accept-record --signers signers");
    sandbox.ok("untag-resource --secret-id db --tag-keys a --signers signers");
}
