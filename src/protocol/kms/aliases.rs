//! Aliases.

use super::kinds::{KEY_ID, LIMIT, MARKER};
use crate::{
    error::Result,
    kms::{AliasListEntry, EmbeddedKms},
    page::PageRules,
    protocol::{
        member::{Kind, Member, Pattern},
        operation::{Change, Operation, Run},
        reply,
        request::Request,
    },
    region::Region,
    secret::SecretBytes,
};

const ALIAS_NAME: Kind = Kind::Text {
    length: 1..=256,
    pattern: Some(&Pattern {
        text: "^[a-zA-Z0-9:/_-]+$",
        matches: |text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b":/_-".contains(&byte)),
    }),
};
const ALIAS_AND_KEY: &[Member] = &[Member::required("AliasName", ALIAS_NAME), Member::required("TargetKeyId", KEY_ID)];

pub(super) const OPERATIONS: &[Operation] = &[
    Operation { name: "CreateAlias", members: ALIAS_AND_KEY, run: Run::Write(create_alias) },
    Operation { name: "UpdateAlias", members: ALIAS_AND_KEY, run: Run::Write(update_alias) },
    Operation { name: "DeleteAlias", members: &[Member::required("AliasName", ALIAS_NAME)], run: Run::Write(delete_alias) },
    Operation {
        name: "ListAliases",
        members: &[Member::optional("KeyId", KEY_ID), Member::optional("Limit", LIMIT), Member::optional("Marker", MARKER)],
        run: Run::Read(list_aliases),
    },
];

fn create_alias(region: Region, request: &Request) -> Result<Change<'_>> {
    let (alias, key_id) = (request.required_text("AliasName")?, request.key_id("TargetKeyId")?);
    Ok(Box::new(move |kms| kms.create_alias(region, alias, key_id).map(|()| reply::nothing())))
}

fn update_alias(region: Region, request: &Request) -> Result<Change<'_>> {
    let (alias, key_id) = (request.required_text("AliasName")?, request.key_id("TargetKeyId")?);
    Ok(Box::new(move |kms| kms.update_alias(region, alias, key_id).map(|()| reply::nothing())))
}

fn delete_alias(region: Region, request: &Request) -> Result<Change<'_>> {
    let alias = request.required_text("AliasName")?;
    Ok(Box::new(move |kms| kms.delete_alias(region, alias).map(|()| reply::nothing())))
}

fn list_aliases(kms: &EmbeddedKms, region: Region, request: &Request) -> Result<SecretBytes> {
    let aliases = kms.list_aliases(region, request.optional_key_id("KeyId")?)?;
    reply::page(request, PageRules::LIST_ALIASES, "Aliases", &aliases, |alias: &AliasListEntry| alias.alias_arn.to_string())
}
