//! Aliases, tags, policies and descriptions.

use serde_json::{Value, json};

use super::{change, policy_text, tags};
use crate::cli::{args::kms::DetailsCommand, failure::Outcome, invocation::Invocation, paging::LIST_RESOURCE_TAGS};

pub(super) fn run(invocation: &Invocation, command: DetailsCommand) -> Outcome {
    match command {
        DetailsCommand::UpdateAlias(args) => {
            let region = invocation.regions.of_key(&args.target_key_id)?;
            change(invocation, |kms| kms.update_alias(region, &args.alias_name, &args.target_key_id))
        }
        DetailsCommand::DeleteAlias(args) => {
            let region = invocation.regions.require()?;
            change(invocation, |kms| kms.delete_alias(region, &args.alias_name))
        }
        DetailsCommand::TagResource(args) => {
            let region = invocation.regions.of_key(&args.key.key_id)?;
            let tags = tags(invocation, &args.tags)?;
            change(invocation, |kms| kms.tag_resource(region, &args.key.key_id, tags))
        }
        DetailsCommand::UntagResource(args) => {
            let region = invocation.regions.of_key(&args.key.key_id)?;
            change(invocation, |kms| kms.untag_resource(region, &args.key.key_id, &args.tag_keys))
        }
        DetailsCommand::ListResourceTags(args) => {
            let region = invocation.regions.of_key(&args.key.key_id)?;
            let tags = invocation.keystore.read()?.list_resource_tags(region, &args.key.key_id)?;
            let tags: Vec<Value> = tags.iter().map(|tag| json!(tag)).collect();
            LIST_RESOURCE_TAGS.print(&invocation.printer, &tags, &args.paging.paging, args.paging.manual())
        }
        DetailsCommand::GetKeyPolicy(args) => {
            let region = invocation.regions.of_key(&args.key.key_id)?;
            let policy = invocation.keystore.read()?.key_policy(region, &args.key.key_id, args.policy_name.as_deref())?;
            invocation.printer.print(&json!({ "Policy": policy, "PolicyName": "default" }))
        }
        DetailsCommand::PutKeyPolicy(args) => {
            let region = invocation.regions.of_key(&args.key.key_id)?;
            let policy = policy_text(invocation, &args.policy)?;
            let name = args.policy_name.as_deref();
            change(invocation, |kms| kms.put_key_policy(region, &args.key.key_id, name, &policy))
        }
        DetailsCommand::UpdateKeyDescription(args) => {
            let region = invocation.regions.of_key(&args.key.key_id)?;
            change(invocation, |kms| kms.update_key_description(region, &args.key.key_id, &args.description))
        }
    }
}
