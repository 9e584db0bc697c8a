//! Which Region a command works in.

use snapbox::str;

use crate::sandbox::Sandbox;

#[test]
fn the_order_is_flag_arn_variables_profile() {
    let sandbox = Sandbox::new();
    sandbox.write("config", "[default]\nregion = eu-north-1\n[profile work]\nregion = eu-west-3\n");
    sandbox.write("empty", "");
    let region = |line: &str, variables: &[(&str, &str)]| {
        let output = sandbox.std(line).env("AWS_CONFIG_FILE", "empty").envs(variables.iter().copied()).output().expect("runs");
        let text = String::from_utf8(output.stdout).expect("text");
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        text.split(':').nth(3).expect("an ARN").to_owned()
    };
    let create = "kms create-key --query KeyMetadata.Arn --output text";
    let all = [("AWS_REGION", "us-east-1"), ("AWS_DEFAULT_REGION", "us-east-2"), ("AWS_CONFIG_FILE", "config")];
    assert_eq!(region(&format!("{create} --region us-west-2"), &all), "us-west-2");
    assert_eq!(region(create, &all), "us-east-1");
    assert_eq!(region(create, &[("AWS_REGION", ""), all[1], all[2]]), "us-east-2");
    assert_eq!(region(create, &[all[2]]), "eu-north-1");
    assert_eq!(region(create, &[all[2], ("AWS_PROFILE", "work")]), "eu-west-3");
    assert_eq!(region(&format!("{create} --profile work"), &[all[2]]), "eu-west-3");
    // An ARN names its own Region, whatever the environment says.
    let arn = sandbox.stdout("kms list-keys --region us-west-2 --query Keys[0].KeyArn --output text");
    assert_eq!(region(&format!("kms describe-key --query KeyMetadata.Arn --output text --key-id {arn}"), &all), "us-west-2");
    sandbox.ok("create-secret --name a --secret-string 1 --region us-west-2");
    let secret = sandbox.stdout("list-secrets --query SecretList[0].ARN --output text");
    assert_eq!(region(&format!("describe-secret --query ARN --output text --secret-id {secret}"), &all), "us-west-2");
}

#[test]
fn an_arn_and_a_flag_that_disagree_are_both_named() {
    let sandbox = Sandbox::new();
    sandbox.ok("create-secret --name a --secret-string 1 --region us-west-2 --add-replica-regions us-east-1");
    let secret = sandbox.stdout("list-secrets --query SecretList[0].ARN --output text");
    let key = sandbox.stdout("kms list-keys --region us-west-2 --query Keys[0].KeyArn --output text");
    sandbox.coldseal(&format!("get-secret-value --region us-east-1 --secret-id {secret}")).assert().code(252).stdout_eq("").stderr_eq(
        str![[r#"
coldseal: the ARN names the Region us-west-2, and --region us-east-1; leave one of them out

"#]],
    );
    sandbox.coldseal(&format!("kms describe-key --region us-east-1 --key-id {key}")).assert().code(252).stdout_eq("").stderr_eq(str![[
        r#"
coldseal: the key's ARN names the Region us-west-2, and --region us-east-1; leave one of them out

"#
    ]]);
    sandbox.coldseal(&format!("get-secret-value --region us-west-2 --secret-id {secret}")).assert().success();
}

#[test]
fn without_a_region_some_commands_cannot_begin() {
    let sandbox = Sandbox::new();
    sandbox.write("key", [1; 32]);
    let missing = |line: &str| sandbox.coldseal(line).assert().code(253).stdout_eq("");
    missing("create-secret --name a --secret-string 1").stderr_eq(str![[r#"
coldseal: You must specify a region.
hint: --region us-west-2, or AWS_REGION, or 'region' in the AWS configuration file

"#]]);
    missing("kms create-key");
    missing("kms enable-region");
    sandbox.ok("kms create-key --region us-west-2");
    missing("kms describe-key --key-id alias/x");
    missing("seal key --kms-key-id alias/x");
    sandbox.write("config", "[default]\nregion = nowhere-1\n");
    sandbox.coldseal("kms create-key").env("AWS_CONFIG_FILE", "config").assert().code(252).stderr_eq(str![[r#"
coldseal: the profile's region: there is no Region 'nowhere-1'
hint: 'coldseal kms list-regions' shows those that there are

"#]]);
    sandbox.coldseal("kms create-key").env("AWS_REGION", "us-wst-2").assert().code(252).stderr_eq(str![[r#"
coldseal: AWS_REGION: there is no Region 'us-wst-2'; did you mean us-east-2, us-west-2?

"#]]);
    sandbox.coldseal("kms create-key --profile nobody").assert().code(253).stderr_eq(str![[r#"
coldseal: The config profile (nobody) could not be found
hint: profiles are read from [ROOT]/home/.aws/config; --profile, AWS_PROFILE or AWS_DEFAULT_PROFILE asked for this one

"#]]);
}

#[test]
fn a_name_that_several_regions_have_is_asked_about() {
    let sandbox = Sandbox::new();
    sandbox.ok("create-secret --name a --secret-string 1 --region us-west-2");
    sandbox.ok("create-secret --name a --secret-string 2 --region eu-west-1");
    sandbox.coldseal("get-secret-value --secret-id a").assert().code(254).stdout_eq("").stderr_eq(str![[r#"
An error occurred (InvalidRequestException) when calling the GetSecretValue operation: 'a' is a secret of its own in several Regions: eu-west-1, us-west-2
hint: name one with --region

"#]]);
    assert_eq!(sandbox.stdout("get-secret-value --secret-id a --region eu-west-1 --query SecretString --output text"), "2\n");
}
