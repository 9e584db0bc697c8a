//! Rotation.

use serde_json::json;

use super::kinds::{KEY_ID, LIMIT, MARKER};
use crate::{
    error::{Error, ErrorCode, Result},
    kms::{EmbeddedKms, RotationsListEntry},
    page::PageRules,
    protocol::{
        member::{Kind, Member},
        operation::{Change, Operation, Run},
        reply,
        request::Request,
    },
    region::Region,
    secret::SecretBytes,
};

const ROTATIONS_ONLY: &str = "ROTATIONS_ONLY";
const ONE_KEY: &[Member] = &[Member::required("KeyId", KEY_ID)];

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "EnableKeyRotation",
        members: &[Member::required("KeyId", KEY_ID), Member::optional("RotationPeriodInDays", Kind::Integer(90..=2560))],
        run: Run::Write(enable_key_rotation),
    },
    Operation { name: "DisableKeyRotation", members: ONE_KEY, run: Run::Write(disable_key_rotation) },
    Operation {
        name: "GetKeyRotationStatus",
        members: ONE_KEY,
        run: Run::Read(|kms, region, request| reply::public(&kms.key_rotation_status(region, request.key_id("KeyId")?)?)),
    },
    Operation {
        name: "ListKeyRotations",
        members: &[
            Member::required("KeyId", KEY_ID),
            Member::optional("IncludeKeyMaterial", Kind::OneOf(&["ALL_KEY_MATERIAL", ROTATIONS_ONLY])),
            Member::optional("Limit", LIMIT),
            Member::optional("Marker", MARKER),
        ],
        run: Run::Read(list_key_rotations),
    },
    Operation { name: "RotateKeyOnDemand", members: ONE_KEY, run: Run::Write(rotate_key_on_demand) },
];

fn enable_key_rotation(region: Region, request: &Request) -> Result<Change<'_>> {
    let (key_id, period) = (request.key_id("KeyId")?, request.number("RotationPeriodInDays"));
    Ok(Box::new(move |kms| kms.enable_key_rotation(region, key_id, period).map(|()| reply::nothing())))
}

fn disable_key_rotation(region: Region, request: &Request) -> Result<Change<'_>> {
    let key_id = request.key_id("KeyId")?;
    Ok(Box::new(move |kms| kms.disable_key_rotation(region, key_id).map(|()| reply::nothing())))
}

fn rotate_key_on_demand(region: Region, request: &Request) -> Result<Change<'_>> {
    let key_id = request.key_id("KeyId")?;
    Ok(Box::new(move |kms| reply::public(&json!({ "KeyId": kms.rotate_key_on_demand(region, key_id)? }))))
}

fn list_key_rotations(kms: &EmbeddedKms, region: Region, request: &Request) -> Result<SecretBytes> {
    if let Some(other) = request.text("IncludeKeyMaterial").filter(|kind| *kind != ROTATIONS_ONLY) {
        let message = format!("The embedded KMS lists rotations only, not {other}");
        return Err(Error::service(ErrorCode::UnsupportedOperationException, message));
    }
    let rotations = kms.list_key_rotations(region, request.key_id("KeyId")?)?;
    let id = |rotation: &RotationsListEntry| rotation.key_material_id.clone();
    reply::page(request, PageRules::LIST_KEY_ROTATIONS, "Rotations", &rotations, id)
}
