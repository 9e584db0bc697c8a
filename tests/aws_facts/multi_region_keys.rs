//! `docs/aws.md`, "Multi-Region keys".

use serde_json::{Value, json};

use crate::account::{Account, members};

/// A primary key in us-west-2, its replica in eu-west-1, and the answer of ReplicateKey.
fn replicated() -> (Account, String, Value) {
    let account = Account::new();
    account.0.write("plain", "x");
    let id = account.key("--multi-region --description primary --tags TagKey=a,TagValue=b")["KeyId"].as_str().expect("an id").to_owned();
    let answer = account.json(&format!("kms replicate-key --replica-region eu-west-1 --key-id {id}"));
    (account, id, answer)
}

fn described(account: &Account, id: &str, region: &str) -> Value {
    account.json(&format!("kms describe-key --region {region} --key-id {id} --query KeyMetadata"))
}

#[test]
fn multi_region_is_chosen_at_create_key() {
    let account = Account::new();
    let single = account.key("--no-multi-region");
    assert_eq!((&single["MultiRegion"], single.get("MultiRegionConfiguration")), (&json!(false), None));
    let id = single["KeyId"].as_str().expect("an id");
    account.refuses(
        &format!("kms replicate-key --key-id {id} --replica-region eu-west-1"),
        "UnsupportedOperationException",
        &format!("{} is not a multi-region primary key.", single["Arn"].as_str().expect("an ARN")),
    );
    let multi = account.key("--multi-region");
    assert!(multi["MultiRegion"] == true && multi["KeyId"].as_str().is_some_and(|id| id.starts_with("mrk-")), "{multi}");
    let configuration = &multi["MultiRegionConfiguration"];
    assert_eq!(members(configuration), ["MultiRegionKeyType", "PrimaryKey", "ReplicaKeys"]);
    assert_eq!((&configuration["MultiRegionKeyType"], &configuration["ReplicaKeys"]), (&json!("PRIMARY"), &json!([])));
    assert_eq!(configuration["PrimaryKey"], json!({ "Arn": multi["Arn"], "Region": "us-west-2" }));
}

#[test]
fn siblings_share_id_material_and_rotation() {
    let (account, id, _) = replicated();
    let rotate = format!("kms rotate-key-on-demand --key-id {id}");
    account.json(&rotate);
    account.json(&format!("kms enable-key-rotation --key-id {id} --rotation-period-in-days 90"));
    let [primary, replica] = ["us-west-2", "eu-west-1"].map(|region| described(&account, &id, region));
    for member in ["KeyId", "CurrentKeyMaterialId", "KeySpec", "KeyUsage", "Origin", "MultiRegion"] {
        assert_eq!(primary[member], replica[member], "{member}");
    }
    let status = |region: &str| {
        let members = "[KeyRotationEnabled,RotationPeriodInDays,NextRotationDate]";
        account.json(&format!("kms get-key-rotation-status --key-id {id} --region {region} --query {members}"))
    };
    assert_eq!((status("us-west-2"), status("us-west-2")[1].clone()), (status("eu-west-1"), json!(90)));
    // Only the primary key changes it.
    let arn = replica["Arn"].as_str().expect("an ARN");
    let message = format!("{arn} is not a multi-region primary key.");
    account.refuses(&format!("{rotate} --region eu-west-1"), "UnsupportedOperationException", &message);
}

#[test]
fn siblings_have_state_policy_aliases_and_tags_of_their_own() {
    let (account, id, _) = replicated();
    account.json(&format!("kms create-alias --alias-name alias/x --target-key-id {id}"));
    account.json(&format!("kms disable-key --key-id {id}"));
    let policy = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*"}}"#;
    account.0.write("policy", policy);
    account.json(&format!("kms put-key-policy --key-id {id} --policy file://policy"));
    let [primary, replica] = ["us-west-2", "eu-west-1"].map(|region| described(&account, &id, region));
    assert_eq!((&primary["KeyState"], &replica["KeyState"]), (&json!("Disabled"), &json!("Enabled")));
    assert_eq!((&primary["Description"], &replica["Description"]), (&json!("primary"), &json!("")));
    let own = |line: &str| account.json(&format!("kms {line} --region eu-west-1 --key-id {id}"));
    assert_eq!(own("list-aliases --query Aliases"), json!([]));
    assert_eq!(own("list-resource-tags --query Tags"), json!([]));
    assert_ne!(own("get-key-policy --query Policy"), json!(policy));
}

#[test]
fn there_is_one_sibling_in_a_region_of_one_partition() {
    let (account, id, _) = replicated();
    let replicate = |region: &str| account.refusal(&format!("kms replicate-key --key-id {id} --replica-region {region}"));
    for region in ["us-west-2", "eu-west-1"] {
        let refusal = replicate(region);
        let arn = format!("arn:aws:kms:{region}:000000000000:key/{id}");
        assert_eq!((&refusal.name[..], refusal.message), ("AlreadyExistsException", format!("{arn} already exists.")));
    }
    let elsewhere = replicate("cn-north-1");
    assert!(elsewhere.name == "UnsupportedOperationException" && elsewhere.message.ends_with("in the partition aws-cn"), "{elsewhere:?}");
}

#[test]
fn any_sibling_decrypts() {
    let (account, id, _) = replicated();
    for (from, to) in [("us-west-2", "eu-west-1"), ("eu-west-1", "us-west-2")] {
        let blob = account.text(&format!("kms encrypt --plaintext fileb://plain --region {from} --key-id {id} --query CiphertextBlob"));
        for key in ["", &format!("--key-id {id}")] {
            let opened = account.json(&format!("kms decrypt --region {to} --ciphertext-blob {blob} {key}"));
            let arn = format!("arn:aws:kms:{to}:000000000000:key/{id}");
            assert_eq!((&opened["Plaintext"], &opened["KeyId"]), (&json!("eA=="), &json!(arn)));
        }
        assert_eq!(account.refusal(&format!("kms decrypt --region us-east-1 --ciphertext-blob {blob}")).name, "AccessDeniedException");
    }
}

#[test]
fn replicate_key_answers_creating() {
    let (account, id, answer) = replicated();
    let replica = &answer["ReplicaKeyMetadata"];
    assert_eq!((&replica["KeyState"], &replica["Enabled"]), (&json!("Creating"), &json!(false)));
    // There is no material yet, and no list of no tags.
    assert_eq!((replica.get("CurrentKeyMaterialId"), members(&answer)), (None, vec!["ReplicaKeyMetadata", "ReplicaPolicy"]));
    let configuration = &replica["MultiRegionConfiguration"];
    let arn = |region: &str| format!("arn:aws:kms:{region}:000000000000:key/{id}");
    assert_eq!(
        configuration,
        &json!({
            "MultiRegionKeyType": "REPLICA",
            "PrimaryKey": { "Arn": arn("us-west-2"), "Region": "us-west-2" },
            "ReplicaKeys": [{ "Arn": arn("eu-west-1"), "Region": "eu-west-1" }],
        })
    );
    assert_eq!(described(&account, &id, "eu-west-1")["KeyState"], "Enabled");
}

/// The waiting period of a primary key begins when its last replica *is deleted*, not when that is scheduled.
#[test]
fn a_primary_waits_for_its_replicas_to_be_deleted() {
    let (account, id, _) = replicated();
    let answer = account.json(&format!("kms schedule-key-deletion --key-id {id} --pending-window-in-days 7"));
    assert_eq!(
        (members(&answer), &answer["KeyState"]),
        (vec!["KeyId", "KeyState", "PendingWindowInDays"], &json!("PendingReplicaDeletion"))
    );
    account.json(&format!("kms schedule-key-deletion --region eu-west-1 --key-id {id} --pending-window-in-days 7"));
    let primary = described(&account, &id, "us-west-2");
    assert_eq!((&primary["KeyState"], &primary["PendingDeletionWindowInDays"]), (&json!("PendingReplicaDeletion"), &json!(7)));
    assert_eq!((primary.get("DeletionDate"), &primary["Enabled"]), (None, &json!(false)));
    let replica = described(&account, &id, "eu-west-1");
    assert!(replica["KeyState"] == "PendingDeletion" && replica["DeletionDate"].is_string(), "{replica}");
}

/// Secrets Manager takes a multi-Region key for a key of its Region: each Region's bundle is wrapped under that Region's own.
#[test]
fn secrets_wrap_again_in_each_region() {
    let (account, id, _) = replicated();
    let create = format!("create-secret --name a --secret-string x --kms-key-id {id} --add-replica-regions Region=eu-west-1,KmsKeyId={id}");
    let made = account.json(&create);
    for (index, region) in ["us-west-2", "eu-west-1"].into_iter().enumerate() {
        assert_eq!(made["Bundles"][index]["KmsKeyId"], format!("arn:aws:kms:{region}:000000000000:key/{id}"));
    }
    account.json(&format!("kms disable-key --region us-west-2 --key-id {id}"));
    assert_eq!(account.json("get-secret-value --secret-id a --region eu-west-1 --query SecretString"), "x");
    assert_eq!(account.refusal("get-secret-value --secret-id a").name, "DecryptionFailure");
}

#[test]
fn aws_managed_keys_are_of_one_region() {
    let account = Account::new();
    account.json("create-secret --name a --secret-string x --add-replica-regions eu-west-1");
    for region in ["us-west-2", "eu-west-1"] {
        let key = described(&account, "alias/aws/secretsmanager", region);
        assert_eq!(key["MultiRegion"], false);
        let line =
            format!("kms replicate-key --replica-region us-east-1 --region {region} --key-id {}", key["KeyId"].as_str().expect("an id"));
        assert_eq!(account.refusal(&line).name, "AccessDeniedException");
    }
}

#[test]
fn update_primary_region_swaps_primary_and_replica() {
    let (account, id, _) = replicated();
    let [primary, replica] = ["us-west-2", "eu-west-1"].map(|region| described(&account, &id, region)["Arn"].clone());
    assert_eq!(account.json(&format!("kms update-primary-region --key-id {id} --primary-region eu-west-1")), Value::Null);
    for region in ["us-west-2", "eu-west-1"] {
        let configuration = described(&account, &id, region)["MultiRegionConfiguration"].clone();
        let kind = if region == "eu-west-1" { "PRIMARY" } else { "REPLICA" };
        assert_eq!(configuration["MultiRegionKeyType"], kind, "{region}");
        assert_eq!(configuration["PrimaryKey"], json!({ "Arn": replica, "Region": "eu-west-1" }));
        assert_eq!(configuration["ReplicaKeys"], json!([{ "Arn": primary, "Region": "us-west-2" }]));
    }
    account.refuses(
        &format!("kms update-primary-region --key-id {id} --primary-region eu-west-1"),
        "UnsupportedOperationException",
        &format!("{} is not a multi-region primary key.", primary.as_str().expect("an ARN")),
    );
}
