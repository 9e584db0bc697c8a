//! One secret from its creation to its end, over three Regions, with everything verified after each step.

use serde_json::Value;

use crate::sandbox::Sandbox;

/// The secret in a vault, and what is expected of it.
struct Life {
    sandbox: Sandbox,
    steps: usize,
}

impl Life {
    fn new() -> Self {
        Self { sandbox: Sandbox::new(), steps: 0 }
    }

    /// One step: a command that has to succeed, then everything there is, opened and compared.
    fn step(&mut self, line: &str) -> Value {
        let printed = self.sandbox.stdout(line);
        self.steps += 1;
        let verified = self.sandbox.stdout("verify --open --output json");
        let report: Value = serde_json::from_str(&verified).expect("JSON");
        assert_eq!(report["Faults"], serde_json::json!([]), "step {}: {line}: {verified}", self.steps);
        serde_json::from_str(&printed).unwrap_or(Value::String(printed))
    }

    /// A step that is refused with this error, and changes nothing.
    fn refused(&mut self, line: &str, code: &str) {
        let before = self.sandbox.files("coldseal-vault");
        let output = self.sandbox.std(line).output().expect("the binary runs");
        self.steps += 1;
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(254), "step {}: {line}: {stderr}", self.steps);
        assert!(stderr.contains(&format!("({code})")), "step {}: {line}: {stderr}", self.steps);
        assert_eq!(self.sandbox.files("coldseal-vault"), before, "step {}: {line}", self.steps);
    }

    /// What each of the Regions reads of a version.
    fn reads(&self, regions: &[&str], stage: &str, expected: &str) {
        for region in regions {
            let value = self.sandbox.stdout(&format!(
                "get-secret-value --secret-id db --region {region} --version-stage {stage} --query SecretString --output text"
            ));
            assert_eq!(value, format!("{expected}\n"), "{region}, {stage}");
        }
    }

    /// The Regions that have no secret of the name.
    fn is_absent_in(&self, region: &str) {
        let output = self.sandbox.std(&format!("get-secret-value --secret-id db --region {region}")).output().expect("the binary runs");
        assert_eq!(output.status.code(), Some(254), "{region}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn value(&self, content: &str) -> String {
        self.sandbox.write("value", content);
        "file://value".to_owned()
    }
}

const WEST: &str = "us-west-2";
const EAST: &str = "us-east-1";
const EUROPE: &str = "eu-west-1";
const ALL: [&str; 3] = [WEST, EAST, EUROPE];

#[test]
fn from_creation_to_deletion_every_region_reads_what_it_should_and_nothing_else() {
    let mut life = Life::new();
    values_change(&mut life);
    labels_move(&mut life);
    keys_and_regions_change(&mut life);
    a_replica_goes_its_own_way(&mut life);
    deletion_and_return(&mut life);
    assert!(life.steps >= 40, "{} steps", life.steps);
}

fn values_change(life: &mut Life) {
    let one = life.value("one");
    let created = life.step(&format!(
        "create-secret --name db --secret-string {one} --region {WEST} --add-replica-regions {EAST} {EUROPE} --description first --tags Key=team,Value=web --encryption-context purpose=test"
    ));
    assert_eq!(created["Bundles"].as_array().map(Vec::len), Some(3));
    life.reads(&ALL, "AWSCURRENT", "one");
    let two = life.value("two");
    let token = "0f8fad5b-d9cb-469f-a165-70867728950e";
    let put = format!("put-secret-value --secret-id db --secret-string {two} --client-request-token {token}");
    assert_eq!(life.step(&put)["VersionId"], token);
    life.reads(&ALL, "AWSCURRENT", "two");
    life.reads(&ALL, "AWSPREVIOUS", "one");
    let before = life.sandbox.files("coldseal-vault");
    assert_eq!(life.step(&put)["VersionId"], token);
    assert_eq!(life.sandbox.files("coldseal-vault"), before, "the same request again writes nothing");
    life.value("another");
    life.refused(&put, "ResourceExistsException");
    life.refused(&format!("put-secret-value --secret-id db --secret-string file://value --region {EAST}"), "InvalidParameterException");
    life.step("update-secret --secret-id db --description second");
    assert_eq!(life.step("describe-secret --secret-id db")["Description"], "second");
    life.step("tag-resource --secret-id db --tags Key=stage,Value=test");
    life.step("untag-resource --secret-id db --tag-keys team");
    let described = life.step(&format!("describe-secret --secret-id db --region {EUROPE}"));
    assert_eq!(described["Tags"], serde_json::json!([{ "Key": "stage", "Value": "test" }]), "a replica has the tags");
    life.reads(&ALL, "AWSCURRENT", "two");
}

fn labels_move(life: &mut Life) {
    let three = life.value("three");
    let pending = life.step(&format!("put-secret-value --secret-id db --secret-string {three} --version-stages AWSPENDING"));
    life.reads(&ALL, "AWSCURRENT", "two");
    life.reads(&ALL, "AWSPENDING", "three");
    let id = pending["VersionId"].as_str().expect("an id");
    let label = "update-secret-version-stage --secret-id db --version-stage AWSCURRENT";
    life.refused(&format!("{label} --move-to-version-id {id}"), "InvalidParameterException");
    life.step(&format!("{label} --move-to-version-id {id} --remove-from-version-id 0f8fad5b-d9cb-469f-a165-70867728950e"));
    life.reads(&ALL, "AWSCURRENT", "three");
    life.reads(&ALL, "AWSPREVIOUS", "two");
    life.step(&format!("update-secret-version-stage --secret-id db --version-stage BLUE --move-to-version-id {id}"));
    life.reads(&ALL, "BLUE", "three");
    life.step(&format!("update-secret-version-stage --secret-id db --version-stage BLUE --remove-from-version-id {id}"));
    life.refused("get-secret-value --secret-id db --version-stage BLUE", "ResourceNotFoundException");
    let four = life.value("four");
    life.step(&format!("update-secret --secret-id db --secret-string {four}"));
    life.reads(&ALL, "AWSCURRENT", "four");
    life.reads(&ALL, "AWSPREVIOUS", "three");
    let versions = life.step("list-secret-version-ids --secret-id db --include-deprecated");
    assert_eq!(versions["Versions"].as_array().map(Vec::len), Some(4));
    life.step(&format!("rewrap --secret-id db --region {EUROPE}"));
    life.reads(&ALL, "AWSCURRENT", "four");
}

fn keys_and_regions_change(life: &mut Life) {
    let key = life.step(&format!("kms create-key --region {EUROPE}"));
    let key = key["KeyMetadata"]["KeyId"].as_str().expect("an id").to_owned();
    life.step(&format!("rewrap --secret-id db --region {EUROPE} --to-key {key}"));
    life.step(&format!("kms create-alias --region {WEST} --alias-name alias/new --target-key-id {}", {
        let key = life.sandbox.stdout(&format!("kms create-key --region {WEST} --query KeyMetadata.KeyId --output text"));
        key.trim().to_owned()
    }));
    life.step("update-secret --secret-id db --kms-key-id alias/new");
    life.reads(&ALL, "AWSCURRENT", "four");
    life.reads(&ALL, "AWSPREVIOUS", "three");
    life.step("replicate-secret-to-regions --secret-id db --add-replica-regions ap-southeast-2");
    life.reads(&["ap-southeast-2"], "AWSCURRENT", "four");
    life.reads(&["ap-southeast-2"], "AWSPREVIOUS", "three");
    life.step("remove-regions-from-replication --secret-id db --remove-replica-regions ap-southeast-2");
    life.is_absent_in("ap-southeast-2");
    let five = life.value("five");
    life.step(&format!("put-secret-value --secret-id db --secret-string {five}"));
    life.reads(&ALL, "AWSCURRENT", "five");
    life.is_absent_in("ap-southeast-2");
}

fn a_replica_goes_its_own_way(life: &mut Life) {
    life.refused(&format!("delete-secret --secret-id db --region {WEST}"), "InvalidParameterException");
    life.refused(&format!("delete-secret --secret-id db --region {EAST}"), "InvalidParameterException");
    let promoted = life.step(&format!("stop-replication-to-replica --secret-id db --region {EUROPE}"));
    assert!(promoted["ARN"].as_str().expect("an ARN").starts_with("arn:aws:secretsmanager:eu-west-1:"));
    life.reads(&ALL, "AWSCURRENT", "five");
    let own = life.value("of its own");
    life.step(&format!("put-secret-value --secret-id db --region {EUROPE} --secret-string {own}"));
    life.reads(&[EUROPE], "AWSCURRENT", "of its own");
    life.reads(&[EUROPE], "AWSPREVIOUS", "five");
    life.reads(&[WEST, EAST], "AWSCURRENT", "five");
    life.step(&format!("remove-regions-from-replication --secret-id db --region {WEST} --remove-replica-regions {EAST}"));
    life.is_absent_in(EAST);
    life.reads(&[WEST], "AWSCURRENT", "five");
}

fn deletion_and_return(life: &mut Life) {
    life.step(&format!("delete-secret --secret-id db --region {WEST} --recovery-window-in-days 7"));
    life.refused(&format!("get-secret-value --secret-id db --region {WEST}"), "InvalidRequestException");
    life.refused(&format!("put-secret-value --secret-id db --region {WEST} --secret-string file://value"), "InvalidRequestException");
    life.refused(&format!("tag-resource --secret-id db --region {WEST} --tags Key=a,Value=b"), "InvalidRequestException");
    life.refused(&format!("create-secret --name db --region {WEST} --secret-string file://value"), "InvalidRequestException");
    life.reads(&[EUROPE], "AWSCURRENT", "of its own");
    life.step(&format!("restore-secret --secret-id db --region {WEST}"));
    life.reads(&[WEST], "AWSCURRENT", "five");
    life.step(&format!("delete-secret --secret-id db --region {WEST} --force-delete-without-recovery"));
    life.is_absent_in(WEST);
    let anew = life.value("anew");
    life.step(&format!("create-secret --name db --region {WEST} --secret-string {anew}"));
    life.reads(&[WEST], "AWSCURRENT", "anew");
    life.reads(&[EUROPE], "AWSCURRENT", "of its own");
    for region in [WEST, EUROPE] {
        life.step(&format!("delete-secret --secret-id db --region {region} --force-delete-without-recovery"));
    }
    life.step("purge --yes");
    assert_eq!(life.sandbox.files("coldseal-vault"), ["coldseal-vault/.lock", "coldseal-vault/coldseal.json"], "nothing of it is left");
}
