//! Refusals that are about secrets and Regions.

use super::*;

pub(super) fn secret_refusals() -> Vec<(Error, CommandOperation, u8, &'static [&'static str])> {
    let problem = |place: &str, error: Error| RegionProblem { place: place.to_owned(), cause: error.into() };
    let not_enabled = |name: &str| problem(name, SetupError::RegionNotEnabled(region(name)).into());
    let denied = AwsRefusal::new(ErrorCode::AccessDeniedException, "no").of_call("Encrypt", region("eu-west-1"), "alias/x");
    let taken = || ReplicaRefusal::NameTaken.into();
    let problems = vec![
        problem("eu-west-1", denied.into()),
        problem("us-east-1", taken()),
        problem("us-east-2", taken()),
        not_enabled("af-south-1"),
        not_enabled("me-south-1"),
    ];
    vec![
        (
            SecretRefusal::Exists("a".to_owned()).into(),
            CommandOperation::CreateSecret,
            254,
            &[
                "An error occurred (ResourceExistsException) when calling the CreateSecret operation: The operation failed because the secret a already exists.",
                "hint: 'coldseal describe-secret' shows the one that exists",
            ][..],
        ),
        (
            SecretRefusal::NotFound.into(),
            CommandOperation::GetSecretValue,
            254,
            &[
                "An error occurred (ResourceNotFoundException) when calling the GetSecretValue operation: Secrets Manager can't find the specified secret.",
                "hint: 'coldseal list-secrets' shows the secrets, 'coldseal describe-secret' a secret's Regions, versions and labels",
            ],
        ),
        (
            SecretRefusal::NameLength(0).into(),
            CommandOperation::CreateSecret,
            254,
            &[
                "An error occurred (InvalidParameterException) when calling the CreateSecret operation: Name: a secret's name has 1 to 512 characters, this one 0",
            ],
        ),
        (
            BundleRefusal::Missing("x".into()).into(),
            CommandOperation::GetSecretValue,
            254,
            &[
                "An error occurred (DecryptionFailure) when calling the GetSecretValue operation: reading x: the bundle is missing; another Region's may still open",
                "hint: 'coldseal verify --open' shows which bundles open here",
            ],
        ),
        (
            BundleRefusal::OnlyElsewhere { path: "x".into(), here: ["eu-west-1", "us-east-1"].map(region).to_vec() }.into(),
            CommandOperation::GetSecretValue,
            254,
            &[
                "An error occurred (DecryptionFailure) when calling the GetSecretValue operation: reading x: the bundle is missing; those for eu-west-1, us-east-1 are here",
                "hint: --region eu-west-1 opens the one for that Region",
                "hint: --region us-east-1 opens the one for that Region",
                "hint: 'coldseal verify --open' shows which bundles open here",
            ],
        ),
        (
            RegionsRefusal { problems }.into(),
            CommandOperation::CreateSecret,
            254,
            &[
                "An error occurred (AccessDeniedException) when calling the CreateSecret operation: 5 Regions have problems, and nothing was written:\n  eu-west-1: AccessDeniedException: Encrypt with alias/x: no\n  us-east-1: Secret with this name already exists in this region\n  us-east-2: Secret with this name already exists in this region\n  af-south-1: the Region af-south-1 is not enabled\n  me-south-1: the Region me-south-1 is not enabled",
                "hint: the key's policy, or an IAM policy, has to allow it: kms:GenerateDataKey in the primary Region, kms:Encrypt in the others, kms:Decrypt to open, and for aliases kms:DescribeKey",
                "hint: --force-overwrite-replica-secret replaces the secret that is there",
                "hint: 'coldseal kms enable-region af-south-1' enables it",
                "hint: 'coldseal kms enable-region me-south-1' enables it",
            ],
        ),
    ]
}
