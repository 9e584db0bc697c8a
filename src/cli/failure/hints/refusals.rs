//! Refusals: by kind, and those of requests and of AWS itself.

use super::{
    hint::{Hint, one},
    keys, online, packages, public_keys, secrets, setup, signatures,
};
use crate::{
    cli::command_operation::CommandOperation,
    error::{AwsRefusal, Cause, Constraint, ErrorCode, Obstacle, PathStep, Refusal, RequestRefusal, Violation},
};

pub(super) fn hints(refusal: &Refusal, operation: CommandOperation) -> Vec<Hint> {
    match refusal {
        Refusal::Aws(refusal) => of_aws(refusal),
        Refusal::Key(refusal) => keys::of_key(refusal, operation),
        Refusal::KeyUse(refusal) => keys::of_use(refusal, operation),
        Refusal::KeyProperty(refusal) => keys::of_detail(refusal, operation),
        Refusal::PublicKey(refusal) => public_keys::hints(refusal),
        Refusal::Secret(refusal) => secrets::of_secret(refusal),
        Refusal::Package(refusal) => packages::hints(refusal),
        Refusal::Archive(refusal) => packages::of_archive(refusal),
        Refusal::Policy(refusal) => secrets::of_policy(refusal),
        Refusal::Bundle(refusal) => secrets::of_bundle(refusal),
        Refusal::Replica(refusal) => secrets::of_replica(refusal),
        Refusal::Regions(refusal) => refusal.problems.iter().flat_map(|problem| of_cause(&problem.cause, operation)).collect(),
        Refusal::Request(refusal) => of_request(refusal, operation),
        Refusal::InFile { refusal, .. } => hints(refusal, operation),
        Refusal::Signature(refusal) => signatures::of_signature(refusal),
        Refusal::SigningKey(refusal) => signatures::of_signing_key(refusal),
        Refusal::Authentication(_) => Vec::new(),
    }
}

/// What stands behind another refusal.
fn of_cause(cause: &Cause, operation: CommandOperation) -> Vec<Hint> {
    match cause {
        Cause::Aws(refusal) => of_aws(refusal),
        Cause::Key(refusal) => keys::of_key(refusal, operation),
        Cause::KeyUse(refusal) => keys::of_use(refusal, operation),
        Cause::Replica(refusal) => secrets::of_replica(refusal),
        Cause::Request(refusal) => of_request(refusal, operation),
        Cause::NoAnswer(no_answer) => one(match no_answer.obstacle {
            Obstacle::Tls(obstacle) => online::of_tls(obstacle),
            _ => "is the Region's endpoint reachable from here? --partial does the other Regions now",
        }),
        Cause::Setup(error) => setup::hints(error, operation),
        Cause::Told(_) => Vec::new(),
    }
}

/// What helps in AWS is not done with coldseal.
fn of_aws(refusal: &AwsRefusal) -> Vec<Hint> {
    match refusal.code() {
        ErrorCode::AccessDeniedException => one(
            "the key's policy, or an IAM policy, has to allow it: kms:GenerateDataKey in the primary Region, kms:Encrypt in the others, kms:Decrypt to open, and for aliases kms:DescribeKey",
        ),
        ErrorCode::NotFoundException => one("'aws kms list-keys' and 'aws kms list-aliases' show what there is, with the same --region"),
        ErrorCode::ThrottlingException | ErrorCode::ServiceUnavailableException | ErrorCode::KMSInternalException => {
            one("repeat the command; --max-attempts tries more often")
        }
        _ => Vec::new(),
    }
}

/// By the member that it is about.
fn of_violation(violation: &Violation) -> Option<&'static str> {
    let members =
        violation.path.steps().iter().rev().filter_map(|step| if let PathStep::Member(member) = step { Some(member) } else { None });
    let member = members.into_iter().next()?;
    match (&**member, &violation.broken) {
        ("Region" | "RemoveReplicaRegions" | "ReplicaRegion" | "PrimaryRegion", _) => {
            Some("'coldseal kms list-regions' shows those that there are")
        }
        ("SecretString" | "SecretBinary", Constraint::MostLength(_)) => Some("use 'coldseal seal' for larger payloads"),
        _ => None,
    }
}

fn of_request(refusal: &RequestRefusal, operation: CommandOperation) -> Vec<Hint> {
    match refusal {
        RequestRefusal::Invalid(_) if keys::is_about_alias(operation) => one(keys::ALIAS_GRAMMAR),
        RequestRefusal::Invalid(violations) => violations.iter().find_map(of_violation).map_or_else(Vec::new, one),
        RequestRefusal::MalformedPolicy(_) => one("'coldseal kms get-key-policy' shows a policy to start from"),
        RequestRefusal::OtherKindOfKeys { .. } if operation == CommandOperation::CreateKey => {
            one("'coldseal kms create-key --help' lists the key specs and key usages")
        }
        RequestRefusal::DryRun => one("leave --dry-run out to have it done"),
        RequestRefusal::ContextTooLong(_)
        | RequestRefusal::SizeOrSpec
        | RequestRefusal::SpecsDiffer
        | RequestRefusal::UsageMissing
        | RequestRefusal::UsageNotOfSpec { .. }
        | RequestRefusal::Marker
        | RequestRefusal::NextToken
        | RequestRefusal::OtherKindOfKeys { .. }
        | RequestRefusal::Sm2Algorithm { .. }
        | RequestRefusal::Member(_)
        | RequestRefusal::Origin { .. }
        | RequestRefusal::RotationsOnly(_)
        | RequestRefusal::Serialization(_)
        | RequestRefusal::UnknownOperation(_)
        | RequestRefusal::UnknownSecretsOperation(_)
        | RequestRefusal::NoToken
        | RequestRefusal::ReadingOnly { .. }
        | RequestRefusal::RegionNotServed { .. }
        | RequestRefusal::Route(_)
        | RequestRefusal::NotOptedIn(_)
        | RequestRefusal::ReplicaNotOptedIn(_)
        | RequestRefusal::State(_)
        | RequestRefusal::SizeMissing
        | RequestRefusal::Unavailable(_)
        | RequestRefusal::InternalService(_) => Vec::new(),
    }
}
