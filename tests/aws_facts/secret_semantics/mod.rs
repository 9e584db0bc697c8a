//! `docs/aws.md`, "How secrets behave". What concerns several Regions stands in [`replication`], what is drawn at random in [`passwords`], what
//! concerns versions and labels in [`versions`].

mod deletion;
mod passwords;
mod replication;
mod rotation;
mod versions;

use serde_json::{Value, json};

use crate::account::{Account, members};

const TOKEN: &str = "01234567890123456789012345678901";

/// AWS refuses other characters than letters, digits and `-/_+=.@!`; here they get a warning.
#[test]
fn names_that_aws_refuses_are_warned_about() {
    let account = Account::new();
    let create = |name: &str| {
        let command = account.0.std("create-secret --region us-west-2 --name").arg(name).output().expect("runs");
        (command.status.code(), String::from_utf8(command.stderr).expect("text"))
    };
    for name in ["aZ09-/_+=.@!", "../a"] {
        let (code, stderr) = create(name);
        assert!(code == Some(0) && !stderr.contains("would refuse this name"), "{name}: {stderr}");
    }
    for name in ["a b", "é", "a:b"] {
        let (code, stderr) = create(name);
        let expected = "warning: AWS Secrets Manager would refuse this name: it takes letters, digits and -/_+=.@!";
        assert!(code == Some(0) && stderr.contains(expected), "{name}: {stderr}");
    }
    // A hyphen and six characters at the end are taken for the suffix of an ARN.
    assert!(create("a-abcdef").1.contains("like an ARN's suffix: a partial ARN will not find it"));
    assert!(!create("a-abcde").1.contains("suffix"));
    for (name, is_found) in [("a-abcdef", false), ("a-abcde", true)] {
        let arn = account.text(&format!("describe-secret --secret-id {name} --query ARN"));
        assert_eq!(account.text(&format!("describe-secret --secret-id {arn} --query Name")), name);
        let partial = arn.rsplit_once('-').expect("a suffix").0;
        if is_found {
            assert_eq!(account.text(&format!("describe-secret --secret-id {partial} --query Name")), name);
        } else {
            account.refuses(
                &format!("describe-secret --secret-id {partial}"),
                "ResourceNotFoundException",
                "Secrets Manager can't find the specified secret.",
            );
        }
    }
    account.0.coldseal("verify").assert().success();
}

#[test]
fn an_arn_has_six_characters_of_its_own_and_the_region() {
    let account = Account::new();
    for region in ["us-west-2", "cn-north-1"] {
        let partition = if region == "us-west-2" { "aws" } else { "aws-cn" };
        let arn = account.text(&format!("create-secret --name dir/a --region {region} --account-id 111122223333 --query ARN"));
        let suffix = arn.strip_prefix(&format!("arn:{partition}:secretsmanager:{region}:111122223333:secret:dir/a-")).expect(&arn);
        assert!(suffix.len() == 6 && suffix.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{arn}");
    }
    // Made again, a secret has another suffix.
    let [first, second] = ["v1", "v2"].map(|vault| account.text(&format!("create-secret --name a --vault {vault} --query ARN")));
    assert_ne!(first, second);
    account.json("create-secret --name r --add-replica-regions us-east-1");
    let primary = account.text("describe-secret --secret-id r --query ARN");
    let replica = account.text("describe-secret --secret-id r --region us-east-1 --query ARN");
    assert_eq!(replica, primary.replace("us-west-2", "us-east-1"));
}

#[test]
fn the_token_is_the_version_id() {
    let account = Account::new();
    let version = |line: &str| account.text(&format!("create-secret --secret-string x --query VersionId {line}"));
    assert_eq!(version(&format!("--name a --client-request-token {TOKEN}")), TOKEN);
    let drawn = version("--name b");
    assert!(drawn.len() == 36 && drawn.as_bytes()[14] == b'4', "a UUID of version 4: {drawn}");
    assert_ne!(version("--name c"), drawn);
}

#[test]
fn the_same_token_and_value_make_no_new_version() {
    let account = Account::new();
    let create = format!("create-secret --name a --client-request-token {TOKEN} --secret-string");
    let first = account.json(&format!("{create} 1"));
    let files = account.0.files("coldseal-vault");
    assert_eq!(account.json(&format!("{create} 1")), first);
    assert_eq!(account.0.files("coldseal-vault"), files, "no new version");
    let arn = first["ARN"].as_str().expect("an ARN");
    account.refuses(
        &format!("{create} 2"),
        "ResourceExistsException",
        &format!("You can't use ClientRequestToken {TOKEN} because that value is already in use for a version of secret {arn}."),
    );
}

#[test]
fn a_name_is_taken_once_in_a_region() {
    let account = Account::new();
    account.json("create-secret --name a --secret-string 1 --add-replica-regions us-east-1");
    for region in ["us-west-2", "us-east-1"] {
        account.refuses(
            &format!("create-secret --name a --secret-string 1 --region {region}"),
            "ResourceExistsException",
            "The operation failed because the secret a already exists.",
        );
    }
    account.json("create-secret --name a --secret-string 1 --region eu-west-1");
    account.json("create-secret --name A --secret-string 1");
}

#[test]
fn the_first_version_is_awscurrent() {
    let account = Account::new();
    let id = account.text("create-secret --name a --secret-string 1 --query VersionId");
    let expected = json!({ id: ["AWSCURRENT"] });
    assert_eq!(account.json("describe-secret --secret-id a --query VersionIdsToStages"), expected);
    assert_eq!(account.json("list-secrets --query SecretList[0].SecretVersionsToStages"), expected);
}

#[test]
fn what_is_not_there_is_named() {
    let account = Account::new();
    account.refuses_without_vault();
    let id = account.text("create-secret --name a --secret-string 1 --query VersionId");
    let missing = "ResourceNotFoundException";
    let get = "get-secret-value --secret-id";
    for secret in ["b", "arn:aws:secretsmanager:us-west-2:111122223333:secret:a-abcdef"] {
        account.refuses(&format!("{get} {secret}"), missing, "Secrets Manager can't find the specified secret.");
    }
    let message = "Secrets Manager can't find the specified secret value for staging label: AWSPENDING";
    account.refuses(&format!("{get} a --version-stage AWSPENDING"), missing, message);
    let message = format!("Secrets Manager can't find the specified secret value for VersionId: {TOKEN}");
    account.refuses(&format!("{get} a --version-id {TOKEN}"), missing, &message);
    account.refuses(&format!("{get} a --version-id {TOKEN} --version-stage AWSCURRENT"), missing, &message);
    account.refuses(
        &format!("{get} a --version-id {id} --version-stage AWSPREVIOUS"),
        "InvalidRequestException",
        "You provided a VersionStage that is not associated to the provided VersionId.",
    );
    // In another Region the message goes on: where it is.
    let elsewhere = account.refusal(&format!("{get} a --region us-east-1"));
    let expected = "Secrets Manager can't find the specified secret. It is not in us-east-1, but in us-west-2.";
    assert_eq!((&elsewhere.name[..], &elsewhere.message[..]), (missing, expected));
}

impl Account {
    /// Where there is no vault there is no answer either.
    fn refuses_without_vault(&self) {
        assert_eq!(self.run("get-secret-value --secret-id a").0, Some(253));
    }
}

#[test]
fn a_secret_may_have_no_value() {
    let account = Account::new();
    let made = account.json("create-secret --name a");
    assert_eq!(members(&made), ["ARN", "Name", "Bundles"]);
    account.refuses(
        "get-secret-value --secret-id a",
        "ResourceNotFoundException",
        "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
    );
    assert_eq!(account.json("describe-secret --secret-id a --query VersionIdsToStages"), Value::Null);
}

#[test]
fn each_region_wraps_under_its_own_key_and_context() {
    let account = Account::new();
    let made = account.json("create-secret --name a --secret-string x --add-replica-regions us-east-1");
    let (arn, id) = (made["ARN"].as_str().expect("an ARN"), &made["VersionId"]);
    let mut wrapped = Vec::new();
    for (index, region) in ["us-west-2", "us-east-1"].into_iter().enumerate() {
        let bundle = &made["Bundles"][index];
        assert_eq!(bundle["Region"], region);
        let header = account.json(&format!("inspect {}", bundle["Path"].as_str().expect("a path")));
        let context = &header["EncryptionContext"];
        // The ARN is that of the Region, so the context differs from Region to Region.
        assert_eq!((&context["SecretARN"], &context["SecretVersionId"]), (&json!(arn.replace("us-west-2", region)), id));
        wrapped.push(bundle["KmsKeyId"].as_str().expect("a key").to_owned());
    }
    assert!(wrapped[0].contains(":us-west-2:") && wrapped[1].contains(":us-east-1:"), "{wrapped:?}");
}

#[test]
fn the_default_key_is_not_described() {
    let account = Account::new();
    let id = account.key_id();
    account.json("create-secret --name a --secret-string x --add-replica-regions us-east-1");
    account.json(&format!("create-secret --name b --secret-string x --kms-key-id {id}"));
    assert_eq!(account.json("list-secrets --query SecretList[].KmsKeyId"), json!([id]));
    for region in ["us-west-2", "us-east-1"] {
        assert_eq!(account.json(&format!("describe-secret --secret-id a --region {region} --query KmsKeyId")), Value::Null);
    }
    assert_eq!(account.json("describe-secret --secret-id a --query ReplicationStatus[0].KmsKeyId"), "alias/aws/secretsmanager");
    assert_eq!(account.json("describe-secret --secret-id b --query KmsKeyId"), json!(id));
}

#[test]
fn tags_are_unique_50_at_most_and_not_encrypted() {
    let account = Account::new();
    let create = |tags: &str| format!("create-secret --name a --query Name --tags {tags}");
    let tags = |count: usize| (0..count).map(|number| format!("Key=k{number}")).collect::<Vec<_>>().join(" ");
    let invalid = "InvalidParameterException";
    account.refuses(&create(&tags(51)), invalid, "51 tags, a secret has at most 50");
    account.refuses(&create("Key=a,Value=b Key=a"), invalid, "tag a is given twice");
    for reserved in ["aws:a", "AWS:a"] {
        let message = format!("tag {reserved}: keys that begin with aws: are reserved");
        account.refuses(&create(&format!("Key={reserved}")), invalid, &message);
    }
    assert!(!account.0.exists("coldseal-vault") && !account.0.exists("keystore"), "nothing was made");
    account.json(&create(&tags(50)));
    assert_eq!(account.json("describe-secret --secret-id a --query length(Tags)"), 50);
    account.json("create-secret --name b --tags Key=a,Value=1 Key=A,Value=2 Key=x-aws:");
    let expected = json!([{ "Key": "a", "Value": "1" }, { "Key": "A", "Value": "2" }, { "Key": "x-aws:", "Value": "" }]);
    assert_eq!(account.json("describe-secret --secret-id b --query Tags"), expected);
    // Not encrypted: they are there without any key.
    assert_eq!(account.json("describe-secret --secret-id b --keystore none --query Tags"), expected);
}

#[test]
fn a_value_of_65536_bytes_is_read_whole() {
    let account = Account::new();
    account.0.write("value", vec![b'x'; 65_536]);
    account.json("create-secret --name a --secret-string file://value");
    let value = account.text("get-secret-value --secret-id a --query SecretString");
    assert_eq!(value.len(), 65_536);
    account.0.write("value", vec![b'x'; 65_537]);
    assert_eq!(account.run("create-secret --name b --secret-string file://value").0, Some(252));
}
