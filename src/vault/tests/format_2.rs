//! Makes `tests/data/vault-v2`: a vault with what records of format 2 can have, and the keystore that opens it. `tests/cli/stored.rs` reads it.

use std::path::Path;

use super::*;
use crate::arn::KeyArn;

const SIGNED: AlgorithmSuite = AlgorithmSuite::Aes256GcmHkdfSha512CommitKeyEcdsaP384;
const POLICY: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": {"AWS": "arn:aws:iam::123456789012:role/Payroll"},
      "Action": "secretsmanager:GetSecretValue",
      "Resource": "*"
    }
  ]
}
"#;

struct Maker {
    vault: Vault,
    session: KeystoreSession,
}

/// The id of a version.
fn numbered(number: u8) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

fn days(days: i64) -> RotationRules {
    RotationRules::new(RotationRulesType { automatically_after_days: Some(days), ..RotationRulesType::default() }).expect("rules")
}

impl Maker {
    fn key(&mut self, place: &str, description: &str) -> KeyArn {
        self.session.kms_mut().create_key(region(place), description).expect("made").arn
    }

    fn create(&mut self, keys: &KeyOptions, request: &CreateSecret) {
        drop(self.vault.create_secret(&mut self.session, keys, request).expect("created"));
    }

    fn put(&mut self, request: PutSecretValue, number: u8, stages: &[&str]) {
        let version_stages = stages.iter().map(|stage| (*stage).to_owned()).collect();
        let request =
            PutSecretValue { client_request_token: Some(numbered(number)), version_stages, on_problem: OnProblem::RecordFailed, ..request };
        drop(self.vault.put_secret_value(&mut self.session, &request).expect("put"));
    }

    /// Labels of all kinds, a Region that failed and goes on with versions of before, a rotation that was finished and one that was not.
    fn orders(&mut self) {
        let own = self.key("us-west-2", "an example");
        self.session.kms_mut().create_alias(region("us-west-2"), "alias/orders", own.key_id()).expect("made");
        let failing = self.key("eu-west-1", "disabled for a while");
        let request = CreateSecret {
            value: Some(text(r#"{"username": "saanvi", "password": "EXAMPLE-1"}"#)),
            kms_key_id: Some("alias/orders".to_owned()),
            replicas: [replicas(&["us-east-1"]), vec![replica_under("eu-west-1", failing.key_id())]].concat(),
            description: Some("an example".to_owned()),
            tags: vec![Tag { key: "team".to_owned(), value: "web".to_owned() }],
            resource_policy: Some(POLICY.parse().expect("a policy")),
            rotation_rules: Some(days(30)),
            client_request_token: Some(numbered(1)),
            ..request("production/orders", &[])
        };
        self.create(&KeyOptions::default(), &request);
        let bytes = SecretValue::new(PayloadKind::Binary, SecretBytes::new(vec![0, 1, 2, 0xfd, 0xfe, 0xff])).expect("a value");
        self.put(PutSecretValue::new("production/orders", bytes), 2, &[]);
        self.put(PutSecretValue::new("production/orders", text("blue")), 3, &["blue"]);
        self.session.kms_mut().disable_key(region("eu-west-1"), failing.key_id()).expect("disabled");
        self.put(PutSecretValue::new("production/orders", text("EXAMPLE-4")), 4, &["AWSPENDING"]);
        let at = ("production/orders", None);
        let begun = self.vault.begin_rotation(Some(self.session.kms()), &KeyOptions::default(), at, Some(&numbered(4))).expect("begun");
        self.vault.finish_rotation(Some(self.session.kms()), &begun).expect("finished");
        self.put(PutSecretValue::new("production/orders", text("EXAMPLE-5")), 5, &["AWSPENDING"]);
        self.session.kms_mut().enable_key(region("eu-west-1"), failing.key_id()).expect("enabled");
    }

    /// A data key for each Region, signed bundles, a recovery key, and pairs that are bound to them.
    fn apart(&mut self) {
        let recovery = self.key("us-east-1", "for emergencies");
        let keys = KeyOptions { recovery_keys: vec![RecoveryKey::Kms(recovery)], ..KeyOptions::default() };
        let request = CreateSecret {
            value: Some(text("EXAMPLE-APART")),
            encryption_context: [("purpose".to_owned(), "example".to_owned())].into(),
            data_key_scope: DataKeyScope::PerRegion,
            suite: SIGNED,
            client_request_token: Some(numbered(1)),
            ..request("production/apart", &["eu-west-1", "ap-northeast-1"])
        };
        self.create(&keys, &request);
        self.put(PutSecretValue { keys, ..PutSecretValue::new("production/apart", text("EXAMPLE-APART-2")) }, 2, &[]);
    }

    /// A replica that became a secret of its own, and another value on both sides since.
    fn promoted(&mut self) {
        let request = CreateSecret {
            value: Some(text("EXAMPLE-BEFORE")),
            client_request_token: Some(numbered(1)),
            ..request("moved/on", &["eu-west-1"])
        };
        self.create(&KeyOptions::default(), &request);
        let stop = StopReplication::new("moved/on", region("eu-west-1"));
        self.vault.stop_replication_to_replica(Some(self.session.kms()), &KeyOptions::default(), &stop).expect("stopped");
        for (place, value) in [("us-west-2", "EXAMPLE-WEST"), ("eu-west-1", "EXAMPLE-EU")] {
            let request = PutSecretValue { region: Some(region(place)), ..PutSecretValue::new("moved/on", text(value)) };
            self.put(request, 2, &[]);
        }
    }

    /// Marked for deletion until the last year, so that no test comes too late.
    fn marked(&mut self) {
        let request =
            CreateSecret { value: Some(text("EXAMPLE-OLD")), client_request_token: Some(numbered(1)), ..request("retired/db", &[]) };
        self.create(&KeyOptions::default(), &request);
        self.vault.delete_secret(Some(self.session.kms()), &DeleteSecret::new("retired/db")).expect("marked");
        let mut record = read_record(&*self.vault.store, &key("us-west-2", "retired/db")).expect("sound").expect("there");
        let planned = record.planned_deletion.as_mut().expect("marked");
        planned.deletion_date = "9999-12-31T00:00:00Z".parse().expect("a time");
        record.put_tag(self.session.kms().comparison_key()).expect("tagged");
        let path = self.vault.store.place(Item::Record(&key("us-west-2", "retired/db")));
        fs::write(path, record.to_json().expect("JSON")).expect("written");
    }

    /// Without a value, with a rotation that was turned off, and with a Region that never had it.
    fn empty(&mut self) {
        let disabled = self.key("eu-west-1", "disabled");
        self.session.kms_mut().disable_key(region("eu-west-1"), disabled.key_id()).expect("disabled");
        let request = CreateSecret {
            value: None,
            replicas: [replicas(&["us-east-1"]), vec![replica_under("eu-west-1", disabled.key_id())]].concat(),
            rotation_rules: Some(days(90)),
            on_problem: OnProblem::RecordFailed,
            ..request("to/come", &[])
        };
        self.create(&KeyOptions::default(), &request);
        self.vault.cancel_rotate_secret(Some(self.session.kms()), "to/come", None).expect("cancelled");
    }
}

#[test]
#[ignore = "writes tests/data/vault-v2 anew"]
fn make_the_vault_of_format_2() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/vault-v2");
    if root.exists() {
        fs::remove_dir_all(&root).expect("removed");
    }
    let session = KeystoreSession::begin(&KeystoreLocation::new(root.join("keystore.json")), &Never, None).expect("begins");
    let mut maker = Maker { vault: Vault::new(root.join("vault")), session };
    maker.orders();
    maker.apart();
    maker.promoted();
    maker.marked();
    maker.empty();
    let _ = maker.session.commit().expect("written");
    drop(maker);
    for folder in [root.clone(), root.join("vault")] {
        for entry in fs::read_dir(folder).expect("readable") {
            let path = entry.expect("readable").path();
            if path.to_string_lossy().ends_with(".lock") {
                fs::remove_file(path).expect("removed");
            }
        }
    }
}
