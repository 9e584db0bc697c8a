//! What each role is allowed, held against the calls that are made: AWS KMS is played by a KMS in memory.

use std::{collections::BTreeSet, sync::Arc};

use serde_json::{Value, json};

use super::{
    online::{REGIONS, arns, three_keys, under, uses, with},
    *,
};
use crate::arn::KeyArn;

fn permissions(place: &Place, role: PermissionRole, change: impl FnOnce(&mut PermissionsRequest)) -> Result<Permissions> {
    let mut request = PermissionsRequest::new(role, vec!["db".to_owned()]);
    change(&mut request);
    let kms = place.keystore.load(&Never).expect("loads");
    place.vault.permissions(kms.as_ref(), &request)
}

fn json_of(permissions: &Permissions) -> Value {
    serde_json::to_value(permissions).expect("JSON")
}

/// Operation and Region of everything that a policy allows for keys, but what asks no more than which key it is.
fn allowed(permissions: &Permissions) -> BTreeSet<String> {
    let statements = permissions.policy_document.statement.iter();
    let pairs = statements.flat_map(|statement| {
        let region = statement.resource[0].parse::<KeyArn>().expect("one key").region();
        statement.action.iter().map(move |action| format!("{} {region}", action.trim_start_matches("kms:")))
    });
    pairs.filter(|pair| !pair.starts_with("DescribeKey")).collect()
}

#[test]
fn each_role_is_allowed_the_calls_that_its_commands_make() {
    let (fake, keys) = three_keys();
    let (fake, place) = (Arc::new(fake), Place::new());
    let made = |calls: Vec<String>| calls.into_iter().collect::<BTreeSet<_>>();
    place.create_with(&with(&fake), &under(&arns(&keys))).expect("created");
    let packer = permissions(&place, PermissionRole::Packer, |_| ()).expect("some");
    assert_eq!(allowed(&packer), made(uses(&fake)));
    for region in REGIONS {
        place
            .vault
            .get_secret_value_by(Some(&place.kms()), &with(&fake), "db", Some(self::region(region)), &VersionSelector::default())
            .expect("opens");
        let opener = permissions(&place, PermissionRole::Opener, |asked| asked.region = Some(self::region(region))).expect("some");
        assert_eq!(allowed(&opener), made(uses(&fake)), "{region}");
    }
    // A replica is added, everything is sealed anew, a Region alone is, and a Region moves to another key.
    let replicator = permissions(&place, PermissionRole::Replicator, |_| ()).expect("some");
    let mut calls = BTreeSet::new();
    for region in [None, Some("us-west-2"), Some("eu-west-1")] {
        let request = RewrapSecret { region: region.map(self::region), keys: with(&fake), ..RewrapSecret::new("db") };
        place.vault.rewrap_secret(&mut place.session(), &request).expect("rewrapped");
        calls.extend(uses(&fake));
    }
    assert!(calls.is_subset(&allowed(&replicator)), "{calls:?}\n{:?}", allowed(&replicator));
    let unused: Vec<_> = allowed(&replicator).difference(&calls).cloned().collect();
    // A Region alone that was sealed as a replica, and is sealed by itself.
    assert_eq!(unused, ["Encrypt us-east-1"; 0], "{calls:?}");
}

#[test]
fn secrets_are_named_by_the_context_and_keys_by_their_arns() {
    let (fake, keys) = three_keys();
    let (fake, place) = (Arc::new(fake), Place::new());
    place.create_with(&with(&fake), &under(&arns(&keys))).expect("created");
    let arn = place.record("us-west-2", "db").arn;
    let west = json_of(&permissions(&place, PermissionRole::Opener, |_| ()).expect("some"));
    let condition = json!({ "StringEquals": { "kms:EncryptionContext:SecretARN": [arn.to_string()] } });
    let expected = json!({
        "PolicyDocument": { "Version": "2012-10-17", "Statement": [{
            "Sid": "ColdsealOpener1",
            "Effect": "Allow",
            "Action": ["kms:Decrypt"],
            "Resource": [keys[0].to_string()],
            "Condition": condition,
        }] },
        "KeyPolicyStatements": [{ "KeyId": keys[0].to_string(), "Statement": [{
            "Sid": "ColdsealOpener1",
            "Effect": "Allow",
            "Principal": { "AWS": "arn:aws:iam::111122223333:root" },
            "Action": ["kms:Decrypt"],
            "Resource": ["*"],
            "Condition": condition,
        }] }],
    });
    assert_eq!(west, expected);
    let role = "arn:aws:iam::111122223333:role/Payroll";
    let named = json_of(&permissions(&place, PermissionRole::Opener, |asked| asked.principal = Some(role.to_owned())).expect("some"));
    assert_eq!(named["KeyPolicyStatements"][0]["Statement"][0]["Principal"]["AWS"], role);
    assert_eq!(named["PolicyDocument"], expected["PolicyDocument"]);
    let refused = permissions(&place, PermissionRole::Opener, |asked| asked.principal = Some("me".to_owned()));
    assert_eq!(refusal(refused).0, ErrorCode::MalformedPolicyDocumentException);
}

#[test]
fn embedded_and_imported_keys_take_no_permission_to_seal() {
    let place = Place::with_secret(&["eu-west-1"]);
    let refused = permissions(&place, PermissionRole::Packer, |_| ());
    assert_eq!(refusal(refused).0, ErrorCode::InvalidRequestException);
    // Without the keystore the default keys are known all the same.
    let request = PermissionsRequest::new(PermissionRole::Opener, vec!["db".to_owned()]);
    assert_eq!(refusal(place.vault.permissions(None, &request)).0, ErrorCode::InvalidRequestException);
    let key: KeyArn = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab".parse().expect("an ARN");
    let named = permissions(&place, PermissionRole::Packer, |asked| asked.keys.push(key.clone())).expect("some");
    assert_eq!(allowed(&named), BTreeSet::from(["GenerateDataKey us-west-2".to_owned()]));
    assert_eq!(named.left_out.len(), 1);
    assert!(named.left_out[0].to_string().starts_with("db: eu-west-1: its key is one of the embedded KMS"), "{}", named.left_out[0]);
}

#[test]
fn a_secret_that_is_to_be_made_is_named_without_its_suffix() {
    let place = Place::new();
    let key = |region: &str| -> KeyArn { format!("arn:aws:kms:{region}:111122223333:key/{region}").parse().expect("an ARN") };
    let asked = |region: Option<&str>, keys: &[&str]| {
        permissions(&place, PermissionRole::Packer, |asked| {
            asked.region = region.map(self::region);
            asked.keys = keys.iter().map(|region| key(region)).collect();
        })
    };
    let planned = asked(Some("us-west-2"), &["eu-west-1", "us-west-2"]).expect("some");
    assert_eq!(allowed(&planned), BTreeSet::from(["Encrypt eu-west-1".to_owned(), "GenerateDataKey us-west-2".to_owned()]));
    let document = json_of(&planned);
    let conditions: Vec<_> =
        document["PolicyDocument"]["Statement"].as_array().expect("a list").iter().map(|one| &one["Condition"]).collect();
    let pattern = |region: &str| {
        json!({ "StringLike": { "kms:EncryptionContext:SecretARN": [
        format!("arn:aws:secretsmanager:{region}:111122223333:secret:db-??????")
    ] } })
    };
    for region in ["eu-west-1", "us-west-2"] {
        assert!(conditions.contains(&&pattern(region)), "{document}");
    }
    assert!(asked(None, &["eu-west-1"]).is_ok(), "one Region is the primary one");
    for (region, keys) in [(None, &["eu-west-1", "us-west-2"][..]), (Some("us-east-1"), &["us-west-2"])] {
        assert_eq!(refusal(asked(region, keys)).0, ErrorCode::InvalidParameterException);
    }
    assert!(matches!(asked(None, &[]), Err(Error::Setup(SetupError::NoVault(_)))), "no key, no plan");
    assert!(!place.vault.root().exists());
}

#[test]
fn a_publisher_is_allowed_what_its_secrets_have() {
    let place = Place::new();
    let policy = r#"{"Statement":{"Effect":"Deny","Principal":"*","Action":"secretsmanager:DeleteSecret","Resource":"*"}}"#;
    place.create(&request("db", &[])).expect("created");
    place
        .create(&CreateSecret {
            tags: vec![Tag { key: "a".to_owned(), value: "b".to_owned() }],
            resource_policy: Some(policy.parse().expect("a policy")),
            ..request("more", &["eu-west-1"])
        })
        .expect("created");
    let account = "111122223333".parse().expect("an account");
    let publisher = permissions(&place, PermissionRole::Publisher, |asked| {
        asked.secret_ids.push("more".to_owned());
        asked.account = Some(account);
        asked.keys.push("arn:aws:kms:eu-west-1:111122223333:key/k".parse().expect("an ARN"));
    });
    let publisher = json_of(&publisher.expect("some"));
    let statements = publisher["PolicyDocument"]["Statement"].as_array().expect("a list");
    let of = |action: &str| -> Vec<&Value> {
        let has = |statement: &&Value| statement["Action"].as_array().expect("a list").iter().any(|one| one == action);
        statements.iter().filter(has).flat_map(|statement| statement["Resource"].as_array().expect("a list")).collect()
    };
    let arn = |region: &str, name: &str| json!(format!("arn:aws:secretsmanager:{region}:111122223333:secret:{name}-??????"));
    assert_eq!(of("secretsmanager:CreateSecret"), [&arn("us-west-2", "db"), &arn("us-west-2", "more")]);
    assert_eq!(of("secretsmanager:GetSecretValue"), [&arn("eu-west-1", "more"), &arn("us-west-2", "db"), &arn("us-west-2", "more")]);
    for action in ["TagResource", "PutResourcePolicy", "ReplicateSecretToRegions"] {
        assert_eq!(of(&format!("secretsmanager:{action}")), [&arn("us-west-2", "more")], "{action}");
    }
    assert!(of("secretsmanager:UpdateSecret").is_empty() && of("secretsmanager:DeleteSecret").is_empty());
    // Embedded keys stay here; Secrets Manager seals under its own key, or under the one that was named.
    let keyed: Vec<_> = statements.iter().filter(|statement| statement.get("Condition").is_some()).collect();
    assert_eq!(keyed.len(), 1, "{publisher}");
    assert_eq!(keyed[0]["Action"], json!(["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"]));
    assert_eq!(keyed[0]["Condition"]["StringEquals"], json!({ "kms:ViaService": ["secretsmanager.eu-west-1.amazonaws.com"] }));
    assert_eq!(keyed[0]["Condition"]["StringLike"], json!({ "kms:EncryptionContext:SecretARN": [arn("eu-west-1", "more")] }));
}

#[test]
fn the_length_is_that_of_the_text_without_white_space() {
    let place = Place::new();
    let key: KeyArn = "arn:aws:kms:us-west-2:111122223333:key/k".parse().expect("an ARN");
    let of = |count: usize| {
        let asked = permissions(&place, PermissionRole::Packer, |asked| {
            asked.secret_ids = (0..count).map(|number| format!("name {number:03}")).collect();
            asked.keys.push(key.clone());
        });
        let document = asked.expect("some").policy_document;
        let text = serde_json::to_string_pretty(&document).expect("JSON");
        assert_eq!(document.length(), text.chars().filter(|letter| !letter.is_whitespace()).count());
        document.length()
    };
    assert!(of(10) < MANAGED_POLICY_LENGTH && of(100) > MANAGED_POLICY_LENGTH);
}

/// A key's id may be written by whoever writes the vault: it names one key, and no others.
#[test]
fn no_id_of_a_key_is_a_pattern() {
    let place = Place::with_secret(&[]);
    let key: KeyArn = "arn:aws:kms:us-west-2:111122223333:key/*?${aws:username}".parse().expect("an ARN");
    let named = permissions(&place, PermissionRole::Opener, |asked| asked.keys.push(key.clone())).expect("some");
    let [statement] = &named.policy_document.statement[..] else { panic!("{named:?}") };
    assert_eq!(statement.resource, ["arn:aws:kms:us-west-2:111122223333:key/${*}${?}${$}{aws:username}"]);
}
