//! `--output` and `--query` of whole commands.

use snapbox::str;

use crate::sandbox::Sandbox;

#[test]
fn text_and_queries_are_those_of_the_aws_cli() {
    let sandbox = Sandbox::new();
    sandbox.ok("create-secret --name a --secret-string 1 --region us-west-2 --tags Key=k,Value=v --add-replica-regions us-east-1");
    sandbox.coldseal("describe-secret --secret-id a --output text --query [Name,Tags,ReplicationStatus]").assert().success().stdout_eq(
        str![[r#"
a
k	v
alias/aws/secretsmanager	us-east-1	InSync	Replication succeeded

"#]],
    );
    sandbox
        .coldseal("describe-secret --secret-id a --query {name:Name,regions:sort(ReplicationStatus[].Region)}")
        .assert()
        .success()
        .stdout_eq(str![[r#"
{
    "name": "a",
    "regions": [
        "us-east-1"
    ]
}

"#]]);
    sandbox.coldseal("describe-secret --secret-id a --query Nothing").assert().success().stdout_eq(str![[r#"
null

"#]]);
    sandbox.coldseal("describe-secret --secret-id a --query Nothing --output text").assert().success().stdout_eq(str![[r#"
None

"#]]);
    sandbox.coldseal("get-secret-value --secret-id a --output text").assert().success().stdout_eq(str![[r#"
arn:aws:secretsmanager:us-west-2:000000000000:secret:a-[SUFFIX]	[DATE]	a	1	[UUID]
VERSIONSTAGES	AWSCURRENT

"#]]);
}
