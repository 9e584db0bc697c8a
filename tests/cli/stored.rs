//! `docs/formats.md` keeps its word: what an earlier version wrote opens; and `docs/errors.md` has every name.

use std::{fs, path::Path};

use crate::sandbox::Sandbox;

fn stored() -> Sandbox {
    copied("vault-v1")
}

impl Sandbox {
    /// Copies a folder, from here or elsewhere, to a name that need not be there.
    pub(crate) fn copy(&self, from: impl AsRef<Path>, to: &str) {
        fn walk(from: &Path, to: &Path) {
            fs::create_dir_all(to).expect("made");
            for entry in fs::read_dir(from).unwrap_or_else(|error| panic!("reading {}: {error}", from.display())) {
                let entry = entry.expect("readable");
                let target = to.join(entry.file_name());
                if entry.path().is_dir() {
                    walk(&entry.path(), &target);
                } else {
                    fs::copy(entry.path(), target).expect("copied");
                }
            }
        }
        walk(&self.root().join(from), &self.path(to));
    }
}

/// A copy of a folder of `tests/data` with the modes that a checkout does not keep.
pub(crate) fn copied(data: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(data);
    sandbox.copy(data.join("vault"), "coldseal-vault");
    fs::create_dir(sandbox.path("keystore")).expect("made");
    for name in ["keystore.json", "keystore.key"] {
        let bytes = fs::read(data.join(name)).unwrap_or_else(|error| panic!("reading {name}: {error}"));
        let copied = sandbox.write(&format!("keystore/{name}"), bytes);
        #[cfg(unix)]
        fs::set_permissions(copied, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("set");
        #[cfg(not(unix))]
        drop(copied);
    }
    sandbox
}

#[test]
fn the_vault_of_format_1_is_sound_and_opens() {
    let sandbox = stored();
    let report = sandbox.stdout("verify --open");
    assert!(report.contains("\n2 secrets, 5 bundles: sound\n5 opened, 0 not openable here, 0 failed\n"), "{report}");
    assert_eq!(report.matches("secret.json has no tag").count(), 2, "{report}");
    for region in ["us-west-2", "us-east-1", "af-south-1"] {
        sandbox.ok(&format!("get-secret-value --secret-id production/DBWest --region {region} --output-file text --force"));
        assert_eq!(sandbox.read("text"), br#"{"username": "saanvi", "password": "EXAMPLE-PASSWORD"}"#, "{region}");
    }
    for region in ["us-west-2", "eu-west-1"] {
        sandbox.ok(&format!("get-secret-value --secret-id production/key.der --region {region} --output-file bytes --force"));
        assert_eq!(sandbox.read("bytes"), [0, 1, 2, 0xfd, 0xfe, 0xff], "{region}");
    }
}

#[test]
fn the_vault_of_format_1_is_written_on() {
    let sandbox = stored();
    sandbox.ok("replicate-secret-to-regions --secret-id production/DBWest --add-replica-regions Region=eu-west-1");
    sandbox.ok("kms create-key --region eu-west-1");
    let report = sandbox.stdout("verify --open");
    assert!(report.contains("\n2 secrets, 6 bundles: sound\n6 opened, 0 not openable here, 0 failed\n"), "{report}");
    // The key that was there, under the name that it had.
    let described = sandbox.stdout("kms describe-key --region us-west-2 --key-id alias/team --query KeyMetadata.Description --output text");
    assert_eq!(described, "an example\n");
}

/// The first change makes it one of format 2, and nobody vouches for the record of before until it is accepted.
#[test]
fn a_secret_of_format_1_becomes_one_of_format_2() {
    let sandbox = stored();
    let path = "coldseal-vault/secrets/us-west-2/production%2f+d+b+west/secret.json";
    let is_of = |format: &str| String::from_utf8(sandbox.read(path)).expect("text").contains(&format!("\"Format\": {format},"));
    assert!(is_of("1"));
    sandbox.ok("tag-resource --secret-id production/DBWest --tags Key=team,Value=a");
    assert!(is_of("2") && sandbox.stdout("verify --open").matches("secret.json has no tag").count() == 2);
    sandbox.ok("rewrap --secret-id production/DBWest --accept-record");
    assert_eq!(sandbox.stdout("verify --open").matches("secret.json has no tag").count(), 1);
    sandbox.ok("rewrap --all --accept-record");
    assert!(sandbox.stdout("verify --open").starts_with("2 secrets, 5 bundles: sound\n5 opened"));
}

#[test]
fn policy_and_rotation_rules_of_format_1_are_read() {
    let sandbox = Sandbox::new();
    sandbox.copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/vault-v1-rules/vault"), "coldseal-vault");
    assert!(sandbox.stdout("verify").starts_with("2 secrets, 0 bundles: sound\n"));
    let query = "--query RotationRules.[AutomaticallyAfterDays,Duration,ScheduleExpression] --output text --secret-id";
    assert_eq!(sandbox.stdout(&format!("describe-secret {query} production/ruled")), "None\t3h\tcron(0 8 1,15 * ? *)\n");
    assert_eq!(sandbox.stdout(&format!("describe-secret {query} days")), "30\tNone\tNone\n");
    let policy = sandbox.stdout("describe-secret --secret-id production/ruled --region eu-west-1 --query ResourcePolicy --output text");
    assert!(policy.starts_with("{\n  \"Version\": \"2012-10-17\",\n") && policy.contains("role/Payroll"), "{policy}");
}

/// Labels of all kinds, a Region that goes on with versions of before, a data key for each Region, a replica that became a secret of its own.
#[test]
fn the_vault_of_format_2_is_sound_and_opens() {
    let sandbox = copied("vault-v2");
    let report = sandbox.stdout("verify --open");
    assert!(report.starts_with("6 secrets, 24 bundles: sound\n24 opened, 0 not openable here, 0 failed\n"), "{report}");
    assert!(!report.contains("has no tag"), "{report}");
    let (orders, bytes) = ("production/orders", &[0, 1, 2, 0xfd, 0xfe, 0xff][..]);
    let first = &br#"{"username": "saanvi", "password": "EXAMPLE-1"}"#[..];
    for (secret, regions, label, expected) in [
        (orders, &["us-west-2", "us-east-1"][..], "AWSCURRENT", &b"EXAMPLE-4"[..]),
        (orders, &["us-west-2", "us-east-1"], "AWSPREVIOUS", bytes),
        (orders, &["us-west-2", "us-east-1"], "AWSPENDING", b"EXAMPLE-5"),
        (orders, &["us-west-2", "us-east-1", "eu-west-1"], "blue", b"blue"),
        (orders, &["eu-west-1"], "AWSCURRENT", bytes),
        (orders, &["eu-west-1"], "AWSPREVIOUS", first),
        ("production/apart", &["us-west-2", "eu-west-1", "ap-northeast-1"], "AWSCURRENT", b"EXAMPLE-APART-2"),
        ("production/apart", &["us-west-2", "eu-west-1", "ap-northeast-1"], "AWSPREVIOUS", b"EXAMPLE-APART"),
        ("moved/on", &["us-west-2", "eu-west-1"], "AWSPREVIOUS", b"EXAMPLE-BEFORE"),
        ("moved/on", &["us-west-2"], "AWSCURRENT", b"EXAMPLE-WEST"),
        ("moved/on", &["eu-west-1"], "AWSCURRENT", b"EXAMPLE-EU"),
    ] {
        for region in regions {
            let line =
                format!("get-secret-value --secret-id {secret} --region {region} --version-stage {label} --output-file value --force");
            sandbox.ok(&line);
            assert_eq!(sandbox.read("value"), expected, "{line}");
        }
    }
    let unlabelled = "get-secret-value --secret-id production/orders --version-id 00000000-0000-4000-8000-000000000001 --output-file value";
    sandbox.ok(&format!("{unlabelled} --region us-east-1 --force"));
    assert_eq!(sandbox.read("value"), first);
    for (line, refusal) in [
        ("get-secret-value --secret-id production/orders --region eu-west-1 --version-stage AWSPENDING", "ResourceNotFoundException"),
        ("get-secret-value --secret-id retired/db --region us-west-2", "InvalidRequestException"),
        ("get-secret-value --secret-id to/come --region us-west-2", "ResourceNotFoundException"),
        ("get-secret-value --secret-id to/come --region eu-west-1", "ResourceNotFoundException"),
    ] {
        let output = sandbox.std(line).output().expect("runs");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(254) && told.contains(refusal), "{line}: {told}");
    }
}

#[test]
fn what_records_of_format_2_say_is_read() {
    let sandbox = copied("vault-v2");
    for (secret, query, expected) in [
        ("production/orders", "Description", "an example"),
        ("production/orders", "KmsKeyId", "alias/orders"),
        ("production/orders", "Tags[].[Key,Value]", "team\tweb"),
        ("production/orders", "RotationRules.AutomaticallyAfterDays", "30"),
        ("production/orders", "type(LastRotatedDate)", "string"),
        ("production/orders", "ReplicationStatus[].[Region,Status]", "us-east-1\tInSync\neu-west-1\tFailed"),
        ("production/orders", "contains(ResourcePolicy,'role/Payroll')", "True"),
        ("production/apart", "EncryptionContext.purpose", "example"),
        ("production/apart", "ReplicationStatus[].Status", "InSync\tInSync"),
        ("retired/db", "DeletionDate", "9999-12-31T00:00:00+00:00"),
        ("to/come", "RotationRules.AutomaticallyAfterDays", "90"),
        ("to/come", "RotationDueDate", "None"),
        ("to/come", "ReplicationStatus[].[Region,Status]", "us-east-1\tInSync\neu-west-1\tFailed"),
    ] {
        let described = sandbox.stdout(&format!("describe-secret --region us-west-2 --secret-id {secret} --output text --query {query}"));
        assert_eq!(described, format!("{expected}\n"), "{secret}: {query}");
    }
    let listed = sandbox.stdout("list-secrets --region eu-west-1 --query SecretList[].Name --output text");
    assert_eq!(listed.split_whitespace().collect::<Vec<_>>(), ["production/orders", "production/apart", "moved/on"]);
}

#[test]
fn the_vault_of_format_2_is_written_on() {
    let sandbox = copied("vault-v2");
    let value = |secret: &str, region: &str| {
        sandbox.stdout(&format!("get-secret-value --secret-id {secret} --region {region} --query SecretString --output text"))
    };
    sandbox.write("next", "EXAMPLE-NEXT");
    for (status, line) in [
        // A Region that failed stays so.
        (1, "put-secret-value --secret-id production/orders --secret-string file://next"),
        (0, "replicate-secret-to-regions --secret-id production/orders --add-replica-regions Region=eu-west-1"),
        (0, "put-secret-value --secret-id production/apart --secret-string file://next"),
        (0, "update-secret --secret-id production/orders --description another --kms-key-id alias/aws/secretsmanager"),
        (1, "put-secret-value --secret-id to/come --secret-string file://next"),
        (0, "restore-secret --secret-id retired/db"),
        (0, "update-secret --secret-id retired/db --secret-string file://next"),
        (0, "delete-secret --secret-id moved/on --region us-west-2"),
        (0, "delete-secret --secret-id moved/on --region eu-west-1 --force-delete-without-recovery"),
        (0, "stop-replication-to-replica --secret-id production/apart --region ap-northeast-1"),
        (0, "rewrap --secret-id production/orders"),
    ] {
        let output = sandbox.std(line).output().expect("runs");
        assert_eq!(output.status.code(), Some(status), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        let report = sandbox.stdout("verify --open");
        assert!(report.contains(": sound\n") && report.contains(" 0 not openable here, 0 failed\n"), "{line}: {report}");
        assert!(!report.contains("has no tag"), "{line}: {report}");
    }
    for (secret, regions) in [
        ("production/orders", &["us-west-2", "us-east-1", "eu-west-1"][..]),
        ("production/apart", &["us-west-2", "eu-west-1", "ap-northeast-1"]),
        ("to/come", &["us-west-2", "us-east-1"]),
        ("retired/db", &["us-west-2"]),
    ] {
        for region in regions {
            assert_eq!(value(secret, region), "EXAMPLE-NEXT\n", "{secret} in {region}");
        }
    }
    let left = sandbox.stdout("list-secrets --include-planned-deletion --query SecretList[?DeletionDate].Name --output text");
    assert_eq!(left, "moved/on\n");
}

#[test]
fn every_error_name_has_a_way_out() {
    let page = include_str!("../../docs/errors.md");
    let source = include_str!("../../src/error/code.rs");
    let variants = source.split_once("pub enum ErrorCode {").and_then(|(_, rest)| rest.split_once("\n}")).expect("the enum").0;
    let names: Vec<_> = variants.lines().filter_map(|line| line.trim().strip_suffix(',')).filter(|name| !name.starts_with("//")).collect();
    assert!(names.len() > 20 && names.contains(&"DecryptionFailure"), "{names:?}");
    let table = page.split_once("## Names that AWS has").and_then(|(_, rest)| rest.split_once("\n## ")).expect("the table").0;
    for shown in table.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`')) {
        assert!(names.contains(&shown.0), "{} is in docs/errors.md, and is no error of the program", shown.0);
    }
    for name in names {
        let row = page
            .lines()
            .find(|line| line.starts_with(&format!("| `{name}` |")))
            .unwrap_or_else(|| panic!("{name} is not in docs/errors.md"));
        let cells: Vec<_> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        assert!(cells.len() == 3 && cells.iter().all(|cell| !cell.is_empty()), "{row}");
    }
}
