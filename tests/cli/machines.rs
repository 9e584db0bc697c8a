//! `coldseal kms …` through the binary: two folders play two machines.

use std::{fs, path::Path, process::Output};

use serde_json::{Value, json};

use crate::sandbox::Sandbox;

/// A folder with a keystore and a vault of its own.
struct Machine(Sandbox);

impl Machine {
    fn new() -> Self {
        Self(Sandbox::new())
    }

    fn path(&self) -> &Path {
        self.0.root()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let command = &mut self.0.std("--keystore keystore.json");
        command.env("AWS_REGION", "us-west-2").args(arguments).output().expect("the binary runs")
    }

    fn done(&self, arguments: &[&str]) -> Value {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        if output.stdout.is_empty() { Value::Null } else { serde_json::from_slice(&output.stdout).expect("JSON") }
    }

    fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(254), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(output.stdout.is_empty(), "{arguments:?}");
        String::from_utf8(output.stderr).expect("text")
    }
}

fn text<'a>(document: &'a Value, member: &str) -> &'a str {
    document[member].as_str().expect(member)
}

#[test]
fn blobs_go_in_and_out_as_in_the_aws_cli() {
    let machine = Machine::new();
    let key = machine.done(&["kms", "create-key"])["KeyMetadata"].clone();
    let (id, arn) = (text(&key, "KeyId"), &key["Arn"]);
    fs::write(machine.path().join("plain"), b"\x00\xff").expect("written");
    fs::write(machine.path().join("plain.b64"), b"AP8=\n").expect("written");
    for plaintext in ["fileb://plain", "file://plain.b64", "AP8="] {
        let encrypted = machine.done(&["kms", "encrypt", "--key-id", id, "--plaintext", plaintext, "--encryption-context", "a=b"]);
        assert_eq!((&encrypted["KeyId"], text(&encrypted, "EncryptionAlgorithm")), (arn, "SYMMETRIC_DEFAULT"));
        let blob = text(&encrypted, "CiphertextBlob");
        let decrypt = ["kms", "decrypt", "--ciphertext-blob", blob, "--encryption-context"];
        let decrypted = machine.done(&[&decrypt[..], &["a=b"]].concat());
        assert_eq!(
            (text(&decrypted, "Plaintext"), &decrypted["KeyId"], &decrypted["KeyMaterialId"]),
            ("AP8=", arn, &key["CurrentKeyMaterialId"])
        );
        assert!(machine.refused(&[&decrypt[..], &["a=c"]].concat()).contains("(InvalidCiphertextException)"));
        assert!(machine.refused(&[&decrypt[..], &["a=b", "--dry-run"]].concat()).contains("(DryRunOperationException)"));
        let by_rsa = ["a=b", "--key-id", id, "--encryption-algorithm", "RSAES_OAEP_SHA_256"];
        assert!(machine.refused(&[&decrypt[..], &by_rsa].concat()).contains("(InvalidKeyUsageException)"));
        assert!(machine.refused(&[&decrypt[..], &["a=b", "--region", "eu-west-1"]].concat()).contains("(AccessDeniedException)"));
    }
    let other = machine.done(&["kms", "create-key", "--query", "KeyMetadata.KeyId"]);
    let other = other.as_str().expect("an id");
    let made = machine.done(&["kms", "generate-data-key", "--key-id", id, "--key-spec", "AES_128"]);
    assert_eq!(text(&made, "Plaintext").len(), 24);
    let again = machine.done(&["kms", "re-encrypt", "--ciphertext-blob", text(&made, "CiphertextBlob"), "--destination-key-id", other]);
    assert_eq!(&again["SourceKeyId"], arn);
    let decrypt = ["kms", "decrypt", "--ciphertext-blob", text(&again, "CiphertextBlob"), "--key-id"];
    assert_eq!(machine.done(&[&decrypt[..], &[other]].concat())["Plaintext"], made["Plaintext"]);
    assert!(machine.refused(&[&decrypt[..], &[id]].concat()).contains("(IncorrectKeyException)"));
    let without = machine.done(&["kms", "generate-data-key-without-plaintext", "--key-id", id, "--number-of-bytes", "1024"]);
    assert!(without.get("Plaintext").is_none() && without.get("CiphertextBlob").is_some());
    for lengths in [&["--number-of-bytes", "16", "--key-spec", "AES_256"][..], &[]] {
        let refused = machine.refused(&[&["kms", "generate-data-key", "--key-id", id], lengths].concat());
        assert!(refused.contains("operation: Please specify either number of bytes or key spec."), "{refused}");
    }
    assert_eq!(text(&machine.done(&["kms", "generate-random", "--number-of-bytes", "3"]), "Plaintext").len(), 4);
}

#[test]
fn a_region_gets_only_its_keys() {
    let [first, second] = [Machine::new(), Machine::new()];
    for region in ["us-west-2", "eu-west-1"] {
        let id = first.done(&["kms", "create-key", "--region", region, "--query", "KeyMetadata.KeyId"]);
        first.done(&["kms", "set-default-key", "--region", region, "--key-id", id.as_str().expect("an id")]);
    }
    fs::write(first.path().join("value"), "attack at dawn").expect("written");
    let create = ["create-secret", "--name", "plan", "--secret-string", "file://value", "--add-replica-regions", "Region=eu-west-1"];
    first.done(&create);
    let vault = first.path().join("coldseal-vault").display().to_string();
    let export = first.path().join("eu.json").display().to_string();
    let key_file = first.path().join("eu.key").display().to_string();
    let export_keys = ["kms", "export-keys", "--regions", "eu-west-1", "--output-file", &export, "--output-key-file", &key_file];
    first.done(&export_keys);
    assert_eq!(first.run(&export_keys).status.code(), Some(253), "nothing is overwritten");

    let import = ["kms", "import-keys", &export, "--input-key-file", &key_file];
    assert_eq!(second.done(&import)["ImportedKeys"].as_array().map(Vec::len), Some(1));
    assert_eq!(second.done(&import)["ImportedKeys"], json!([]));
    let get = ["get-secret-value", "--vault", &vault, "--secret-id", "plan", "--region"];
    assert_eq!(text(&second.done(&[&get[..], &["eu-west-1"]].concat()), "SecretString"), "attack at dawn");
    assert!(second.refused(&[&get[..], &["us-west-2"]].concat()).contains("(DecryptionFailure)"));
    // The export itself is a keystore, too.
    let direct = ["--keystore-key-file", &key_file, "list-secrets", "--vault", &vault];
    assert!(second.done(&direct)["SecretList"].is_array());
}

#[test]
fn a_rotated_key_is_handed_over_again() {
    let [first, second] = [Machine::new(), Machine::new()];
    let id = first.done(&["kms", "create-key", "--query", "KeyMetadata.KeyId"]);
    let id = id.as_str().expect("an id");
    let hand_over = |name: &str| {
        let [keys, key_file] = [format!("{name}.json"), format!("{name}.key")].map(|file| first.path().join(file).display().to_string());
        first.done(&["kms", "export-keys", "--output-file", &keys, "--output-key-file", &key_file]);
        vec!["kms".to_owned(), "import-keys".to_owned(), keys, "--input-key-file".to_owned(), key_file]
    };
    let import = |line: &[String]| second.run(&line.iter().map(String::as_str).collect::<Vec<_>>());
    let lists = |output: &Output| {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let document: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        ["ImportedKeys", "UpdatedKeys", "UnchangedKeys", "OlderKeys"].map(|list| document[list].as_array().map_or(9, Vec::len))
    };
    let before = hand_over("before");
    assert_eq!(lists(&import(&before)), [1, 0, 0, 0]);
    let encrypt = ["kms", "encrypt", "--key-id", id, "--plaintext", "AP8=", "--query", "CiphertextBlob", "--output", "text"];
    let old = first.run(&encrypt).stdout;
    first.done(&["kms", "rotate-key-on-demand", "--key-id", id]);
    let new = first.run(&encrypt).stdout;
    let [old, new] = [old, new].map(|blob| String::from_utf8(blob).expect("base64").trim().to_owned());
    assert!(second.refused(&["kms", "decrypt", "--ciphertext-blob", &new]).contains("(InvalidCiphertextException)"));
    let after = hand_over("after");
    let output = import(&after);
    assert_eq!(lists(&output), [0, 1, 0, 0]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("was rotated there: took its newer material over"));
    for blob in [&old, &new] {
        assert_eq!(text(&second.done(&["kms", "decrypt", "--ciphertext-blob", blob]), "Plaintext"), "AP8=");
    }
    assert_eq!(lists(&import(&after)), [0, 0, 1, 0]);
    let keystore = fs::read(second.path().join("keystore.json")).expect("read");
    let output = import(&before);
    assert_eq!(lists(&output), [0, 0, 0, 1]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("was rotated here after these keys were exported: it stays as it is"));
    assert_eq!(fs::read(second.path().join("keystore.json")).expect("read"), keystore);
    // Rotated on both sides: neither list is the other's beginning.
    first.done(&["kms", "rotate-key-on-demand", "--key-id", id]);
    second.done(&["kms", "rotate-key-on-demand", "--key-id", id]);
    let output = import(&hand_over("diverged"));
    assert_eq!(output.status.code(), Some(254));
    assert!(String::from_utf8_lossy(&output.stderr).contains(": another material"));
}

#[test]
fn a_related_multi_region_key_opens_the_other_regions_messages() {
    let [first, second] = [Machine::new(), Machine::new()];
    let id = first.done(&["kms", "create-key", "--multi-region", "--query", "KeyMetadata.KeyId"]);
    let id = id.as_str().expect("an id");
    let replica =
        first.done(&["kms", "replicate-key", "--key-id", id, "--replica-region", "eu-west-1", "--query", "ReplicaKeyMetadata.Arn"]);
    let replica = replica.as_str().expect("an ARN");
    let single = first.done(&["kms", "create-key", "--region", "eu-west-1", "--query", "KeyMetadata.Arn"]);
    fs::write(first.path().join("value"), "attack at dawn").expect("written");
    first.done(&["create-secret", "--name", "plan", "--secret-string", "file://value", "--kms-key-id", id]);
    first.done(&["seal", "value", "--kms-key-id", id, "-o", "sealed"]);
    let in_first = |name: &str| first.path().join(name).display().to_string();
    let (keys, key_file, sealed, vault) = (in_first("eu.json"), in_first("eu.key"), in_first("sealed"), in_first("coldseal-vault"));
    first.done(&["kms", "export-keys", "--regions", "eu-west-1", "--output-file", &keys, "--output-key-file", &key_file]);
    second.done(&["kms", "import-keys", &keys, "--input-key-file", &key_file]);
    // The message names the key in us-west-2; this machine has the one in eu-west-1.
    for key in [&[][..], &["--kms-key-id", replica]] {
        let opened = second.run(&[&["open", &sealed, "-o", "-"], key].concat());
        assert_eq!(
            (opened.status.success(), &opened.stdout[..]),
            (true, &b"attack at dawn"[..]),
            "{}",
            String::from_utf8_lossy(&opened.stderr)
        );
    }
    let get = ["get-secret-value", "--vault", &vault, "--secret-id", "plan", "--region", "us-west-2"];
    assert_eq!(text(&second.done(&get), "SecretString"), "attack at dawn");
    assert_eq!(second.done(&["verify", "--open", &vault, "--output", "json"])["Open"]["Opened"], 1);
    // A key that is not related does not.
    let error = second.refused(&["open", &sealed, "-o", "-", "--kms-key-id", single.as_str().expect("an ARN")]);
    assert!(error.contains("no key at hand fits it") && error.contains(id), "{error}");
    second.done(&["kms", "disable-key", "--region", "eu-west-1", "--key-id", id]);
    assert!(second.refused(&["open", &sealed, "-o", "-"]).contains("no encrypted data key of the message can be unwrapped here"));
    assert!(second.refused(&get).contains("(DecryptionFailure)"));
}

#[test]
fn deleting_a_key_names_the_secrets_that_need_it() {
    let machine = Machine::new();
    let id = machine.done(&["kms", "create-key", "--query", "KeyMetadata.KeyId"]);
    let id = id.as_str().expect("an id");
    fs::write(machine.path().join("value"), "x").expect("written");
    machine.done(&["create-secret", "--name", "needs/it", "--secret-string", "file://value", "--kms-key-id", id]);
    machine.done(&["create-secret", "--name", "other", "--secret-string", "file://value"]);
    let output = machine.run(&["kms", "schedule-key-deletion", "--key-id", id, "--pending-window-in-days", "7"]);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && stderr.contains("secret:needs/it-") && !stderr.contains("secret:other-"), "{stderr}");
    assert!(machine.refused(&["kms", "enable-key", "--key-id", id]).contains("is pending deletion."));
    assert_eq!(machine.done(&["kms", "purge"])["PurgedKeys"], json!([]), "not yet");
    machine.done(&["kms", "cancel-key-deletion", "--key-id", id]);
    machine.done(&["kms", "enable-key", "--key-id", id]);
    machine.done(&["get-secret-value", "--secret-id", "needs/it"]);
}

#[test]
fn details_of_a_key_are_kept_and_shown() {
    let machine = Machine::new();
    let policy = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}}"#;
    let made = machine.done(&["kms", "create-key", "--multi-region", "--tags", "TagKey=a,TagValue=b", "--policy", policy]);
    let id = text(&made["KeyMetadata"], "KeyId");
    assert_eq!(text(&machine.done(&["kms", "get-key-policy", "--key-id", id]), "Policy"), policy);
    assert!(machine.refused(&["kms", "put-key-policy", "--key-id", id, "--policy", "{}"]).contains("(MalformedPolicyDocumentException)"));
    machine.done(&["kms", "tag-resource", "--key-id", id, "--tags", r#"[{"TagKey":"c","TagValue":""}]"#]);
    machine.done(&["kms", "untag-resource", "--key-id", id, "--tag-keys", "a"]);
    assert_eq!(machine.done(&["kms", "list-resource-tags", "--key-id", id])["Tags"], json!([{ "TagKey": "c", "TagValue": "" }]));
    machine.done(&["kms", "update-key-description", "--key-id", id, "--description", "new"]);
    let replica = machine.done(&["kms", "replicate-key", "--key-id", id, "--replica-region", "eu-west-1"]);
    assert_eq!(replica["ReplicaKeyMetadata"]["KeyState"], "Creating");
    machine.done(&["kms", "rotate-key-on-demand", "--key-id", id]);
    machine.done(&["kms", "enable-key-rotation", "--key-id", id]);
    let status = machine.done(&["kms", "get-key-rotation-status", "--key-id", id, "--region", "eu-west-1"]);
    assert_eq!((&status["KeyRotationEnabled"], &status["RotationPeriodInDays"]), (&json!(true), &json!(365)));
    machine.done(&["kms", "disable-key-rotation", "--key-id", id]);
    machine.done(&["kms", "create-alias", "--alias-name", "alias/x", "--target-key-id", id]);
    machine.done(&["kms", "update-alias", "--alias-name", "alias/x", "--target-key-id", id]);
    assert_eq!(machine.done(&["kms", "describe-key", "--key-id", "alias/x"])["KeyMetadata"]["Description"], "new");
    machine.done(&["kms", "delete-alias", "--alias-name", "alias/x"]);
    assert!(machine.refused(&["kms", "delete-alias", "--alias-name", "alias/x"]).contains("(NotFoundException)"));
    assert_eq!(machine.done(&["kms", "list-key-rotations", "--key-id", id])["Rotations"][0]["RotationType"], "ON_DEMAND");
    let regions = machine.done(&["kms", "list-regions", "--query", "Regions[?RegionName=='af-south-1'].[Enabled, OptIn]"]);
    assert_eq!(regions, json!([[false, true]]));
}
