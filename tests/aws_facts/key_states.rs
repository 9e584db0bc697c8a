//! `docs/aws.md`, "Key states": each operation in each state that a key of the embedded KMS can have, cell by cell.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::account::Account;

/// What comes of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cell {
    Done,
    /// `DisabledException`, "<ARN> is disabled."
    Disabled,
    /// `KMSInvalidStateException`, "<ARN> is pending deletion."
    Pending,
    /// `KMSInvalidStateException`, "<ARN> is not pending deletion."
    NotPending,
}

use Cell::{Disabled, Done, NotPending, Pending};

/// The states, in the order of the columns. The last one is `PendingDeletion`'s kin, of a primary key with replicas.
const STATES: [&str; 4] = ["Enabled", "Disabled", "PendingDeletion", "PendingReplicaDeletion"];

/// The operation on the key `KEY` with the ciphertext `BLOB`, and its cells.
type Row = (&'static str, [Cell; 4]);

const USED: [Cell; 4] = [Done, Disabled, Pending, Pending];
const READ: [Cell; 4] = [Done; 4];
const CHANGED: [Cell; 4] = [Done, Done, Pending, Pending];

const ENCRYPT_DECRYPT: &[Row] = &[
    ("encrypt --plaintext fileb://plain --key-id KEY", USED),
    ("decrypt --ciphertext-blob BLOB", USED),
    ("decrypt --ciphertext-blob BLOB --key-id KEY", USED),
    ("generate-data-key --key-spec AES_256 --key-id KEY", USED),
    ("generate-data-key-without-plaintext --number-of-bytes 32 --key-id KEY", USED),
    ("re-encrypt --ciphertext-blob BLOB --destination-key-id KEY", USED),
];
const UNDER_RSA: &[Row] = &[
    ("get-public-key --key-id KEY", USED),
    ("encrypt --plaintext fileb://plain --key-id KEY --encryption-algorithm RSAES_OAEP_SHA_256", USED),
    ("decrypt --ciphertext-blob BLOB --key-id KEY --encryption-algorithm RSAES_OAEP_SHA_256", USED),
];
const ON_A_CURVE: &[Row] = &[
    ("get-public-key --key-id KEY", USED),
    ("get-public-key --key-id alias/x", USED),
    ("derive-shared-secret --key-agreement-algorithm ECDH --public-key fileb://peer.der --key-id KEY", USED),
    ("replicate-key --replica-region ap-south-1 --key-id KEY", USED),
];
const REPLICATE_KEY: &[Row] = &[("replicate-key --replica-region ap-south-1 --key-id KEY", USED)];
const DESCRIBE_LIST_GET_DELETE_ALIAS: &[Row] = &[
    ("describe-key --key-id KEY", READ),
    ("describe-key --key-id alias/x", READ),
    ("list-keys", READ),
    ("list-aliases --key-id KEY", READ),
    ("list-resource-tags --key-id KEY", READ),
    ("list-key-rotations --key-id KEY", READ),
    ("get-key-rotation-status --key-id KEY", READ),
    ("get-key-policy --key-id KEY", READ),
    ("delete-alias --alias-name alias/x", READ),
];
const CREATE_ALIAS: &[Row] = &[
    ("create-alias --alias-name alias/y --target-key-id KEY", CHANGED),
    ("update-alias --alias-name alias/x --target-key-id KEY", CHANGED),
];
const ENABLE_DISABLE_KEY: &[Row] = &[("enable-key --key-id KEY", CHANGED), ("disable-key --key-id KEY", CHANGED)];
const SCHEDULE_KEY_DELETION: &[Row] = &[("schedule-key-deletion --pending-window-in-days 7 --key-id KEY", CHANGED)];
const CANCEL_KEY_DELETION: &[Row] = &[("cancel-key-deletion --key-id KEY", [NotPending, NotPending, Done, Done])];

/// A multi-Region key with an alias and a ciphertext, brought into a state.
struct Subject {
    account: Account,
    id: String,
    arn: String,
    blob: String,
}

impl Subject {
    fn in_state(state: &str) -> Self {
        Self::of_kind("", state)
    }

    /// A key of another kind than symmetric: flags of create-key. One on a curve has no ciphertext, and its public part is in `peer.der`.
    fn of_kind(kind: &str, state: &str) -> Self {
        let account = Account::new();
        account.0.write("plain", "x");
        let key = account.key(&format!("--multi-region {kind}"));
        let text = |member: &str| key[member].as_str().expect(member).to_owned();
        let (id, arn) = (text("KeyId"), text("Arn"));
        account.json(&format!("kms create-alias --alias-name alias/x --target-key-id {id}"));
        let encrypt = format!("kms encrypt --plaintext fileb://plain --key-id {id} --query CiphertextBlob");
        let blob = match key["KeySpec"].as_str() {
            Some("SYMMETRIC_DEFAULT") => account.text(&encrypt),
            Some(spec) if spec.starts_with("RSA_") => account.text(&format!("{encrypt} --encryption-algorithm RSAES_OAEP_SHA_256")),
            _ => {
                let public_key = account.text(&format!("kms get-public-key --key-id {id} --query PublicKey"));
                account.0.write("peer.der", STANDARD.decode(public_key).expect("base64"));
                String::new()
            }
        };
        let change: &[&str] = match state {
            "Enabled" => &[],
            "Disabled" => &["disable-key"],
            "PendingDeletion" => &["schedule-key-deletion"],
            "PendingReplicaDeletion" => &["replicate-key --replica-region eu-west-1", "schedule-key-deletion"],
            other => panic!("{other}"),
        };
        for command in change {
            account.json(&format!("kms {command} --key-id {id}"));
        }
        assert_eq!(account.json(&format!("kms describe-key --key-id {id} --query KeyMetadata.[KeyState,Enabled]"))[0], state);
        Self { account, id, arn, blob }
    }

    /// Runs the operation, and tells which cell it is.
    fn cell(&self, operation: &str) -> Cell {
        let line = format!("kms {}", operation.replace("KEY", &self.id).replace("BLOB", &self.blob));
        let (code, _, stderr) = self.account.run(&line);
        if code == Some(0) {
            return Done;
        }
        let refusal = self.account.refusal(&line);
        let says = |message: &str| refusal.message == format!("{} {message}", self.arn);
        match &refusal.name[..] {
            "DisabledException" if says("is disabled.") => Disabled,
            "KMSInvalidStateException" if says("is pending deletion.") => Pending,
            "KMSInvalidStateException" if says("is not pending deletion.") => NotPending,
            _ => panic!("{line}: {stderr}"),
        }
    }
}

fn check(rows: &[Row]) {
    check_kind("", rows);
}

fn check_kind(kind: &str, rows: &[Row]) {
    for (column, state) in STATES.iter().enumerate() {
        for (operation, cells) in rows {
            assert_eq!(Subject::of_kind(kind, state).cell(operation), cells[column], "{operation} in the state {state}");
        }
    }
}

#[test]
fn use_of_a_symmetric_key_in_each_state() {
    check(ENCRYPT_DECRYPT);
}

#[test]
fn use_of_an_rsa_key_in_each_state() {
    check_kind("--key-spec RSA_2048 --key-usage ENCRYPT_DECRYPT", UNDER_RSA);
}

#[test]
fn use_of_an_elliptic_curve_key_in_each_state() {
    check_kind("--key-spec ECC_NIST_P256 --key-usage KEY_AGREEMENT", ON_A_CURVE);
}

/// The message on a key usage that an operation does not go with.
#[test]
fn a_key_usage_that_does_not_fit_is_named() {
    let Subject { account, id, arn, .. } = Subject::of_kind("--key-spec ECC_NIST_P256 --key-usage KEY_AGREEMENT", "Enabled");
    let by = "--encryption-algorithm RSAES_OAEP_SHA_256";
    for (line, operation) in [
        ("encrypt --plaintext fileb://plain".to_owned(), "Encrypt"),
        (format!("encrypt --plaintext fileb://plain {by}"), "Encrypt"),
        (format!("decrypt --ciphertext-blob fileb://plain {by}"), "Decrypt"),
        ("generate-data-key --key-spec AES_256".to_owned(), "GenerateDataKey"),
    ] {
        let message = format!("{arn} key usage is KEY_AGREEMENT which is not valid for {operation}.");
        account.refuses(&format!("kms {line} --key-id {id}"), "InvalidKeyUsageException", &message);
    }
}

#[test]
fn replicate_key_in_each_state() {
    check(REPLICATE_KEY);
}

#[test]
fn reading_in_each_state() {
    check(DESCRIBE_LIST_GET_DELETE_ALIAS);
}

#[test]
fn aliases_in_each_state() {
    check(CREATE_ALIAS);
}

#[test]
fn enable_key_and_disable_key_in_each_state() {
    check(ENABLE_DISABLE_KEY);
}

#[test]
fn schedule_key_deletion_in_each_state() {
    check(SCHEDULE_KEY_DELETION);
}

#[test]
fn cancel_key_deletion_in_each_state() {
    check(CANCEL_KEY_DELETION);
}

/// Operations on one key act at once, so that no key is ever found while it is `Creating` or `Updating`.
#[test]
fn there_is_no_state_in_between() {
    let subject = Subject::in_state("Enabled");
    let account = &subject.account;
    account.json(&format!("kms replicate-key --replica-region eu-west-1 --key-id {}", subject.id));
    for region in ["us-west-2", "eu-west-1"] {
        let state = account.json(&format!("kms describe-key --region {region} --key-id {} --query KeyMetadata.KeyState", subject.id));
        assert_eq!(state, "Enabled", "{region}");
        account.json(&format!("kms encrypt --plaintext fileb://plain --region {region} --key-id {}", subject.id));
    }
}

#[test]
fn rotation_keeps_old_material() {
    let Subject { account, id, blob, .. } = Subject::in_state("Enabled");
    account.json(&format!("kms rotate-key-on-demand --key-id {id}"));
    let decrypt = format!("kms decrypt --ciphertext-blob {blob}");
    assert_eq!(account.json(&format!("{decrypt} --query Plaintext")), "eA==");
    // What it had encrypted is not wrapped again: it names the material of then.
    let current = account.json(&format!("kms describe-key --key-id {id} --query KeyMetadata.CurrentKeyMaterialId"));
    assert_ne!(account.json(&format!("{decrypt} --query KeyMaterialId")), current);
}
