//! Aliases.

use super::kinds::{ARN, KEY_ID, LIMIT, MARKER, listed};
use crate::{
    error::Result,
    kms::{EmbeddedKms, member_limits::ALIAS_NAME_LENGTH},
    page::PageRules,
    protocol::{
        answer::Answer,
        member::{Kind, Member, Pattern},
        operation::{Change, Operation, Paging, Run},
        request::Request,
    },
    region::Region,
};

const ALIAS_NAME: Kind = Kind::Text {
    length: ALIAS_NAME_LENGTH,
    pattern: Some(&Pattern {
        text: "^[a-zA-Z0-9:/_-]+$",
        matches: |text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b":/_-".contains(&byte)),
    }),
};
const ALIAS_AND_KEY: &[Member] = &[Member::required("AliasName", ALIAS_NAME), Member::required("TargetKeyId", KEY_ID)];

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::kms("CreateAlias", ALIAS_AND_KEY, &[], Run::ChangeKeys(create_alias)),
    Operation::kms("UpdateAlias", ALIAS_AND_KEY, &[], Run::ChangeKeys(update_alias)),
    Operation::kms("DeleteAlias", &[Member::required("AliasName", ALIAS_NAME)], &[], Run::ChangeKeys(delete_alias)),
    Operation::kms(
        "ListAliases",
        &[Member::optional("KeyId", KEY_ID), Member::optional("Limit", LIMIT), Member::optional("Marker", MARKER)],
        &listed(
            "Aliases",
            Kind::structures(&[
                Member::optional("AliasName", ALIAS_NAME),
                Member::optional("AliasArn", ARN),
                Member::optional("TargetKeyId", KEY_ID),
                Member::optional("CreationDate", Kind::Date),
                Member::optional("LastUpdatedDate", Kind::Date),
            ]),
        ),
        Run::Keys(list_aliases),
    )
    .paged(&Paging::of_kms(PageRules::LIST_ALIASES, "Aliases", &["AliasArn"])),
];

fn create_alias(region: Region, request: &Request) -> Result<Change<'_>> {
    let (alias, key_id) = (request.required_text("AliasName")?, request.key_id("TargetKeyId")?);
    Ok(Box::new(move |kms| kms.create_alias(region, alias, key_id).map(|()| Answer::Nothing)))
}

fn update_alias(region: Region, request: &Request) -> Result<Change<'_>> {
    let (alias, key_id) = (request.required_text("AliasName")?, request.key_id("TargetKeyId")?);
    Ok(Box::new(move |kms| kms.update_alias(region, alias, key_id).map(|()| Answer::Nothing)))
}

fn delete_alias(region: Region, request: &Request) -> Result<Change<'_>> {
    let alias = request.required_text("AliasName")?;
    Ok(Box::new(move |kms| kms.delete_alias(region, alias).map(|()| Answer::Nothing)))
}

fn list_aliases(kms: &EmbeddedKms, region: Region, request: &Request) -> Result<Answer> {
    Answer::list(kms.list_aliases(region, request.optional_key_id("KeyId")?)?)
}
