//! `tag-resource` and `untag-resource` of a secret.

use crate::sandbox::Sandbox;

const TAGS: &str = "describe-secret --secret-id db --query Tags[].[Key,Value] --output text";

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("value", "x");
    let create =
        "create-secret --name db --secret-string file://value --region us-west-2 --add-replica-regions eu-west-1 --tags Key=a,Value=1";
    sandbox.coldseal(create).assert().success();
    sandbox
}

#[test]
fn every_form_of_tags_is_taken_and_every_region_shows_them() {
    let sandbox = sandbox();
    sandbox.write("tags.json", r#"[{"Key": "c", "Value": "x, y"}, {"Key": "d"}]"#);
    for tags in ["Key=a,Value=2 Key=b", "file://tags.json"] {
        sandbox.coldseal(&format!("tag-resource --secret-id db --tags {tags}")).assert().success().stdout_eq("").stderr_eq("");
    }
    let expected = "a\t2\nb\t\nc\tx, y\nd\t\n";
    assert_eq!(sandbox.stdout(TAGS), expected);
    assert_eq!(sandbox.stdout(&format!("{TAGS} --region eu-west-1")), expected);
    sandbox.coldseal("secretsmanager untag-resource --secret-id db --tag-keys a c none").assert().success().stdout_eq("").stderr_eq("");
    assert_eq!(sandbox.stdout(TAGS), "b\t\nd\t\n");
    sandbox.coldseal("verify --open").assert().success();
}

#[test]
fn every_form_of_tag_keys_is_taken() {
    for keys in [&["a", "b"][..], &[r#"["a", "b"]"#], &["file://keys.json"]] {
        let sandbox = sandbox();
        sandbox.write("keys.json", "[\n    \"a\",\n    \"b\"\n]\n");
        sandbox.coldseal("tag-resource --secret-id db --tags Key=b Key=c").assert().success();
        sandbox.coldseal("untag-resource --secret-id db --tag-keys").args(keys).assert().success().stdout_eq("").stderr_eq("");
        assert_eq!(sandbox.stdout(TAGS), "c\t\n", "{keys:?}");
    }
    let refused = sandbox().coldseal("untag-resource --secret-id db --tag-keys").arg("[1]").assert().code(252);
    refused.stderr_eq("coldseal: Parameter validation failed:\nInvalid type for parameter TagKeys[0], value: 1, type: <class 'int'>, valid types: <class 'str'>\n");
}

#[test]
fn a_request_in_json_does_the_same_and_no_keystore_is_needed() {
    let sandbox = sandbox();
    let arn = sandbox.stdout("describe-secret --secret-id db --query ARN --output text");
    sandbox.write("request.json", format!(r#"{{"SecretId": "{}", "Tags": [{{"Key": "e", "Value": "5"}}]}}"#, arn.trim()));
    sandbox.coldseal("tag-resource --cli-input-json file://request.json --keystore nowhere.json").assert().success();
    sandbox.coldseal(&format!("untag-resource --secret-id {} --tag-keys a --keystore nowhere.json", arn.trim())).assert().success();
    assert_eq!(sandbox.stdout(TAGS), "e\t5\n");
    assert!(!sandbox.exists("nowhere.json"));
    let skeleton = sandbox.stdout("untag-resource --generate-cli-skeleton");
    assert_eq!(skeleton, "{\n    \"SecretId\": \"\",\n    \"TagKeys\": [\n        \"\"\n    ]\n}\n");
}

#[test]
fn tag_keys_of_a_key_take_the_same_forms() {
    let sandbox = Sandbox::new();
    let create = "kms create-key --region us-west-2 --tags TagKey=a,TagValue=1 TagKey=b,TagValue=2 TagKey=c,TagValue=3";
    let key = sandbox.stdout(&format!("{create} --query KeyMetadata.KeyId --output text"));
    let untag = format!("kms untag-resource --region us-west-2 --key-id {} --tag-keys", key.trim());
    sandbox.write("keys.json", r#"["b"]"#);
    sandbox.coldseal(&untag).arg(r#"["a"]"#).assert().success();
    sandbox.coldseal(&untag).arg("file://keys.json").assert().success();
    let list = format!("kms list-resource-tags --region us-west-2 --key-id {} --query Tags[].TagKey --output text", key.trim());
    assert_eq!(sandbox.stdout(&list), "c\n");
}
