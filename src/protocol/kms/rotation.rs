//! Rotation.

use serde_json::json;

use super::kinds::{KEY_ID, LIMIT, MARKER};
use crate::{
    error::{RequestRefusal, Result},
    kms::EmbeddedKms,
    page::PageRules,
    protocol::{
        answer::Answer,
        member::{Kind, Member},
        operation::{Change, Operation, Paging, Run},
        request::Request,
    },
    region::Region,
};

const ROTATIONS_ONLY: &str = "ROTATIONS_ONLY";
const ONE_KEY: &[Member] = &[Member::required("KeyId", KEY_ID)];

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::kms(
        "EnableKeyRotation",
        &[Member::required("KeyId", KEY_ID), Member::optional("RotationPeriodInDays", Kind::Integer(90..=2560))],
        Run::ChangeKeys(enable_key_rotation),
    ),
    Operation::kms("DisableKeyRotation", ONE_KEY, Run::ChangeKeys(disable_key_rotation)),
    Operation::kms(
        "GetKeyRotationStatus",
        ONE_KEY,
        Run::Keys(|kms, region, request| Answer::document(&kms.key_rotation_status(region, request.key_id("KeyId")?)?)),
    ),
    Operation::kms(
        "ListKeyRotations",
        &[
            Member::required("KeyId", KEY_ID),
            Member::optional("IncludeKeyMaterial", Kind::OneOf(&["ALL_KEY_MATERIAL", ROTATIONS_ONLY])),
            Member::optional("Limit", LIMIT),
            Member::optional("Marker", MARKER),
        ],
        Run::Keys(list_key_rotations),
    )
    .paged(&Paging::of_kms(PageRules::LIST_KEY_ROTATIONS, "Rotations", &["RotationDate", "KeyMaterialId"])),
    Operation::kms("RotateKeyOnDemand", ONE_KEY, Run::ChangeKeys(rotate_key_on_demand)),
];

fn enable_key_rotation(region: Region, request: &Request) -> Result<Change<'_>> {
    let (key_id, period) = (request.key_id("KeyId")?, request.number("RotationPeriodInDays"));
    Ok(Box::new(move |kms| kms.enable_key_rotation(region, key_id, period).map(|()| Answer::Nothing)))
}

fn disable_key_rotation(region: Region, request: &Request) -> Result<Change<'_>> {
    let key_id = request.key_id("KeyId")?;
    Ok(Box::new(move |kms| kms.disable_key_rotation(region, key_id).map(|()| Answer::Nothing)))
}

fn rotate_key_on_demand(region: Region, request: &Request) -> Result<Change<'_>> {
    let key_id = request.key_id("KeyId")?;
    Ok(Box::new(move |kms| Answer::document(&json!({ "KeyId": kms.rotate_key_on_demand(region, key_id)? }))))
}

fn list_key_rotations(kms: &EmbeddedKms, region: Region, request: &Request) -> Result<Answer> {
    if let Some(other) = request.text("IncludeKeyMaterial").filter(|kind| *kind != ROTATIONS_ONLY) {
        return Err(RequestRefusal::RotationsOnly(other.to_owned()).into());
    }
    let rotations = kms.list_key_rotations(region, request.key_id("KeyId")?)?;
    Answer::list(rotations)
}
