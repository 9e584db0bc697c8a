//! Aliases, tags, policies and descriptions.

use serde_json::{Value, json};

use super::{change, policy_text, tags};
use crate::cli::{args::kms::DetailsCommand, context::Context, failure::Outcome, kms_key::region_of, paging::LIST_RESOURCE_TAGS};

pub(super) fn run(context: &Context, command: DetailsCommand) -> Outcome {
    match command {
        DetailsCommand::UpdateAlias(args) => {
            let region = region_of(context, &args.target_key_id)?;
            change(context, |kms| kms.update_alias(region, &args.alias_name, &args.target_key_id))
        }
        DetailsCommand::DeleteAlias(args) => {
            let region = context.require_region()?;
            change(context, |kms| kms.delete_alias(region, &args.alias_name))
        }
        DetailsCommand::TagResource(args) => {
            let region = region_of(context, &args.key.key_id)?;
            let tags = tags(context, &args.tags)?;
            change(context, |kms| kms.tag_resource(region, &args.key.key_id, tags))
        }
        DetailsCommand::UntagResource(args) => {
            let region = region_of(context, &args.key.key_id)?;
            change(context, |kms| kms.untag_resource(region, &args.key.key_id, &args.tag_keys))
        }
        DetailsCommand::ListResourceTags(args) => {
            let region = region_of(context, &args.key.key_id)?;
            let tags = context.kms()?.list_resource_tags(region, &args.key.key_id)?;
            let tags: Vec<Value> = tags.iter().map(|tag| json!(tag)).collect();
            LIST_RESOURCE_TAGS.print(context, &tags, &args.paging.paging, args.paging.manual())
        }
        DetailsCommand::GetKeyPolicy(args) => {
            let region = region_of(context, &args.key.key_id)?;
            let policy = context.kms()?.key_policy(region, &args.key.key_id, args.policy_name.as_deref())?;
            context.print(&json!({ "Policy": policy, "PolicyName": "default" }))
        }
        DetailsCommand::PutKeyPolicy(args) => {
            let region = region_of(context, &args.key.key_id)?;
            let policy = policy_text(context, &args.policy)?;
            let name = args.policy_name.as_deref();
            change(context, |kms| kms.put_key_policy(region, &args.key.key_id, name, &policy))
        }
        DetailsCommand::UpdateKeyDescription(args) => {
            let region = region_of(context, &args.key.key_id)?;
            change(context, |kms| kms.update_key_description(region, &args.key.key_id, &args.description))
        }
    }
}
