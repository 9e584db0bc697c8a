//! Key policies: stored and shown, never enforced.

use serde_json::json;

use super::kinds::{KEY_ID, LIMIT, MARKER, POLICY, listed};
use crate::{
    error::Result,
    kms::EmbeddedKms,
    page::PageRules,
    protocol::{
        answer::Answer,
        member::{ANY_COUNT, Kind, Member, Pattern},
        operation::{Change, Operation, Paging, Run},
        request::Request,
    },
    region::Region,
};

const POLICY_NAME: Kind = Kind::Text {
    length: 1..=128,
    pattern: Some(&Pattern {
        text: r"[\w]+",
        matches: |text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'),
    }),
};
/// The only policy that a key has.
const ONLY_NAME: &str = "default";

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::kms(
        "GetKeyPolicy",
        &[Member::required("KeyId", KEY_ID), Member::optional("PolicyName", POLICY_NAME)],
        &[Member::optional("Policy", POLICY), Member::optional("PolicyName", POLICY_NAME)],
        Run::Keys(get_key_policy),
    ),
    Operation::kms(
        "ListKeyPolicies",
        &[Member::required("KeyId", KEY_ID), Member::optional("Limit", LIMIT), Member::optional("Marker", MARKER)],
        &listed("PolicyNames", Kind::List { count: ANY_COUNT, of: &POLICY_NAME, item: "PolicyNameType" }),
        Run::Keys(list_key_policies),
    )
    .paged(&Paging::of_kms(PageRules::LIST_KEYS, "PolicyNames", &[])),
    Operation::kms(
        "PutKeyPolicy",
        &[
            Member::required("KeyId", KEY_ID),
            Member::optional("PolicyName", POLICY_NAME),
            Member::required("Policy", POLICY),
            Member::optional("BypassPolicyLockoutSafetyCheck", Kind::Boolean),
        ],
        &[],
        Run::ChangeKeys(put_key_policy),
    ),
];

fn get_key_policy(kms: &EmbeddedKms, region: Region, request: &Request) -> Result<Answer> {
    let policy = kms.key_policy(region, request.key_id("KeyId")?, request.text("PolicyName"))?;
    Answer::document(&json!({ "Policy": policy, "PolicyName": ONLY_NAME }))
}

fn list_key_policies(kms: &EmbeddedKms, region: Region, request: &Request) -> Result<Answer> {
    kms.key_policy(region, request.key_id("KeyId")?, None)?;
    Answer::list([ONLY_NAME])
}

fn put_key_policy(region: Region, request: &Request) -> Result<Change<'_>> {
    let (key_id, name, policy) = (request.key_id("KeyId")?, request.text("PolicyName"), request.required_text("Policy")?);
    Ok(Box::new(move |kms| kms.put_key_policy(region, key_id, name, policy).map(|()| Answer::Nothing)))
}
