//! Tags.

use super::kinds::{KEY_ID, LIMIT, MARKER};
use crate::{
    error::Result,
    kms::{EmbeddedKms, Tag},
    page::PageRules,
    protocol::{
        member::{Kind, Member, TAG_KEY},
        operation::{Change, Operation, Run},
        reply,
        request::Request,
    },
    region::Region,
    secret::SecretBytes,
};

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "ListResourceTags",
        members: &[Member::required("KeyId", KEY_ID), Member::optional("Limit", LIMIT), Member::optional("Marker", MARKER)],
        run: Run::Read(list_resource_tags),
    },
    Operation {
        name: "TagResource",
        members: &[Member::required("KeyId", KEY_ID), Member::required("Tags", Kind::Tags)],
        run: Run::Write(tag_resource),
    },
    Operation {
        name: "UntagResource",
        members: &[Member::required("KeyId", KEY_ID), Member::required("TagKeys", Kind::List { count: 0..=usize::MAX, of: &TAG_KEY })],
        run: Run::Write(untag_resource),
    },
];

fn list_resource_tags(kms: &EmbeddedKms, region: Region, request: &Request) -> Result<SecretBytes> {
    let tags = kms.list_resource_tags(region, request.key_id("KeyId")?)?;
    reply::page(request, PageRules::LIST_RESOURCE_TAGS, "Tags", &tags, |tag: &Tag| tag.tag_key.clone())
}

fn tag_resource(region: Region, request: &Request) -> Result<Change<'_>> {
    let (key_id, tags) = (request.key_id("KeyId")?, request.tags("Tags"));
    Ok(Box::new(move |kms| kms.tag_resource(region, key_id, tags).map(|()| reply::nothing())))
}

fn untag_resource(region: Region, request: &Request) -> Result<Change<'_>> {
    let (key_id, keys) = (request.key_id("KeyId")?, request.texts("TagKeys"));
    Ok(Box::new(move |kms| kms.untag_resource(region, key_id, keys).map(|()| reply::nothing())))
}
