//! Rotation.

use serde_json::json;

use super::kinds::{EXPIRATION_MODEL, KEY_ID, KEY_MATERIAL_ID, LIMIT, MARKER, ONE_KEY_ID, ROTATION_PERIOD, listed};
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

const ROTATION: &[Member] = &[
    Member::optional("KeyId", KEY_ID),
    Member::optional("KeyMaterialId", KEY_MATERIAL_ID),
    Member::optional("KeyMaterialDescription", Kind::text(0..=256)),
    Member::optional("ImportState", Kind::OneOf(&["IMPORTED", "PENDING_IMPORT"])),
    Member::optional(
        "KeyMaterialState",
        Kind::OneOf(&["NON_CURRENT", "CURRENT", "PENDING_ROTATION", "PENDING_MULTI_REGION_IMPORT_AND_ROTATION"]),
    ),
    Member::optional("ExpirationModel", EXPIRATION_MODEL),
    Member::optional("ValidTo", Kind::Date),
    Member::optional("RotationDate", Kind::Date),
    Member::optional("RotationType", Kind::OneOf(&["AUTOMATIC", "ON_DEMAND"])),
];

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::kms(
        "EnableKeyRotation",
        &[Member::required("KeyId", KEY_ID), Member::optional("RotationPeriodInDays", ROTATION_PERIOD)],
        &[],
        Run::ChangeKeys(enable_key_rotation),
    ),
    Operation::kms("DisableKeyRotation", ONE_KEY, &[], Run::ChangeKeys(disable_key_rotation)),
    Operation::kms(
        "GetKeyRotationStatus",
        ONE_KEY,
        &[
            Member::optional("KeyRotationEnabled", Kind::Boolean),
            Member::optional("KeyId", KEY_ID),
            Member::optional("RotationPeriodInDays", ROTATION_PERIOD),
            Member::optional("NextRotationDate", Kind::Date),
            Member::optional("OnDemandRotationStartDate", Kind::Date),
        ],
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
        &listed("Rotations", Kind::structures(ROTATION)),
        Run::Keys(list_key_rotations),
    )
    .paged(&Paging::of_kms(PageRules::LIST_KEY_ROTATIONS, "Rotations", &["RotationDate", "KeyMaterialId"])),
    Operation::kms("RotateKeyOnDemand", ONE_KEY, ONE_KEY_ID, Run::ChangeKeys(rotate_key_on_demand)),
];

fn enable_key_rotation(region: Region, request: &Request) -> Result<Change<'_>> {
    let (key_id, period) = (request.key_id("KeyId")?, request.number("RotationPeriodInDays")?);
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
