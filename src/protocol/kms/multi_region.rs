//! Keys of several Regions.

use super::{
    key_metadata::KEY_METADATA,
    keys::key_details,
    kinds::{DESCRIPTION, KEY_ID, POLICY, TAGS},
};
use crate::{
    error::{Constraint, RequestRefusal, Result, Violation},
    kms::EmbeddedKms,
    protocol::{
        answer::Answer,
        member::{Kind, Member, Pattern},
        operation::{Change, Operation, Run},
        request::{Caller, Request},
    },
    region::Region,
};

const REGION: Kind = Kind::Text { length: 1..=32, pattern: Some(&Pattern { text: r"^([a-z]+-){2,3}\d+$", matches: is_like_a_region }) };

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::kms(
        "ReplicateKey",
        &[
            Member::required("KeyId", KEY_ID),
            Member::required("ReplicaRegion", REGION),
            Member::optional("Policy", POLICY),
            Member::optional("BypassPolicyLockoutSafetyCheck", Kind::Boolean),
            Member::optional("Description", DESCRIPTION),
            Member::optional("Tags", TAGS),
        ],
        &[
            Member::optional("ReplicaKeyMetadata", KEY_METADATA),
            Member::optional("ReplicaPolicy", POLICY),
            Member::optional("ReplicaTags", TAGS),
        ],
        Run::ChangeKeys(replicate_key),
    ),
    Operation::kms(
        "UpdatePrimaryRegion",
        &[Member::required("KeyId", KEY_ID), Member::required("PrimaryRegion", REGION)],
        &[],
        Run::ChangeKeys(update_primary_region),
    ),
];

fn replicate_key(region: Region, request: &Request) -> Result<Change<'_>> {
    let (key_id, replica) = (request.key_id("KeyId")?, other_region(request, "ReplicaRegion")?);
    Ok(Box::new(move |kms| {
        require_enabled(kms, request, replica)?;
        Answer::document(&kms.replicate_key(region, key_id, replica, key_details(request))?)
    }))
}

fn update_primary_region(region: Region, request: &Request) -> Result<Change<'_>> {
    let (key_id, primary) = (request.key_id("KeyId")?, other_region(request, "PrimaryRegion")?);
    Ok(Box::new(move |kms| {
        require_enabled(kms, request, primary)?;
        kms.update_primary_region(region, key_id, primary).map(|()| Answer::Nothing)
    }))
}

fn other_region(request: &Request, member: &str) -> Result<Region> {
    let name = request.required_text(member)?;
    Region::new(name).ok_or_else(|| Violation::by(member, name, Constraint::Region).into())
}

/// AWS has no error for it that says as much; the command line has.
fn require_enabled(kms: &EmbeddedKms, request: &Request, region: Region) -> Result<()> {
    if request.caller() == Caller::CommandLine || kms.is_enabled(region) {
        return Ok(());
    }
    Err(RequestRefusal::ReplicaNotOptedIn(region).into())
}

/// `^([a-z]+-){2,3}\d+$`
fn is_like_a_region(text: &str) -> bool {
    let mut parts: Vec<&str> = text.split('-').collect();
    let number = parts.pop().unwrap_or_default();
    let is_word = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    (2..=3).contains(&parts.len()) && parts.iter().all(is_word) && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}
