//! Tags.

use super::kinds::{KEY_ID, LIMIT, MARKER, TAG_KEY, TAGS, listed};
use crate::{
    error::Result,
    kms::EmbeddedKms,
    page::PageRules,
    protocol::{
        answer::Answer,
        member::{ANY_COUNT, Kind, Member},
        operation::{Change, Operation, Paging, Run},
        request::Request,
    },
    region::Region,
};

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::kms(
        "ListResourceTags",
        &[Member::required("KeyId", KEY_ID), Member::optional("Limit", LIMIT), Member::optional("Marker", MARKER)],
        &listed("Tags", TAGS),
        Run::Keys(list_resource_tags),
    )
    .paged(&Paging::of_kms(PageRules::LIST_RESOURCE_TAGS, "Tags", &["TagKey"])),
    Operation::kms("TagResource", &[Member::required("KeyId", KEY_ID), Member::required("Tags", TAGS)], &[], Run::ChangeKeys(tag_resource)),
    Operation::kms(
        "UntagResource",
        &[
            Member::required("KeyId", KEY_ID),
            Member::required("TagKeys", Kind::List { count: ANY_COUNT, of: &TAG_KEY, item: "TagKeyType" }),
        ],
        &[],
        Run::ChangeKeys(untag_resource),
    ),
];

fn list_resource_tags(kms: &EmbeddedKms, region: Region, request: &Request) -> Result<Answer> {
    Answer::list(kms.list_resource_tags(region, request.key_id("KeyId")?)?)
}

fn tag_resource(region: Region, request: &Request) -> Result<Change<'_>> {
    let (key_id, tags) = (request.key_id("KeyId")?, request.text_pairs("Tags", "TagKey", "TagValue"));
    Ok(Box::new(move |kms| kms.tag_resource(region, key_id, tags).map(|()| Answer::Nothing)))
}

fn untag_resource(region: Region, request: &Request) -> Result<Change<'_>> {
    let (key_id, keys) = (request.key_id("KeyId")?, request.texts("TagKeys"));
    Ok(Box::new(move |kms| kms.untag_resource(region, key_id, keys).map(|()| Answer::Nothing)))
}
