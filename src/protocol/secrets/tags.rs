//! Tags of a secret.

use super::{
    kinds::{SECRET_ID, TAG_KEY, TAGS},
    seal::tags,
};
use crate::{
    error::Result,
    protocol::{
        answer::Answer,
        member::{ANY_COUNT, Kind, Member},
        operation::{Operation, Run, Secrets},
        request::Request,
    },
};

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::secrets(
        "TagResource",
        &[Member::required("SecretId", SECRET_ID), Member::required("Tags", TAGS)],
        &[],
        Run::ChangeRecord(tag_resource),
    ),
    Operation::secrets(
        "UntagResource",
        &[
            Member::required("SecretId", SECRET_ID),
            Member::required("TagKeys", Kind::List { count: ANY_COUNT, of: &TAG_KEY, item: "TagKeyType" }),
        ],
        &[],
        Run::ChangeRecord(untag_resource),
    ),
];

fn tag_resource(secrets: &Secrets<'_>, request: &Request) -> Result<Answer> {
    let Secrets { vault, kms, region, .. } = *secrets;
    vault.tag_resource(kms, request.required_text("SecretId")?, region, &tags(request)).map(|()| Answer::Nothing)
}

fn untag_resource(secrets: &Secrets<'_>, request: &Request) -> Result<Answer> {
    let Secrets { vault, kms, region, .. } = *secrets;
    vault.untag_resource(kms, request.required_text("SecretId")?, region, request.texts("TagKeys")).map(|()| Answer::Nothing)
}
