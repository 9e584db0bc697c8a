//! `put-resource-policy`

use clap::Args;
use serde::Serialize;

use crate::cli::{args::SignedWritingArgs, commands::secret_entry::change_record, failure::Outcome, invocation::Invocation};

/// Give a secret its policy, in all of its Regions
///
/// Grammar, elements and the forms of principals are checked. The policy is stored and shown, and NOT enforced: whoever has the keys of a Region
/// opens its bundles. It says what Secrets Manager is to enforce once the secret is there.
///
/// --block-public-policy refuses a policy that is open to everyone: one that allows something to "*", with no condition that limits it to fixed
/// values of aws:SourceAccount, aws:SourceArn, aws:SourceOwner, aws:SourceVpc, aws:SourceVpce, aws:PrincipalAccount, aws:PrincipalArn,
/// aws:PrincipalOrgID or aws:userid, or to ranges of aws:SourceIp no broader than /8 (IPv6: /32), and no statement that denies everything to all
/// others. AWS asks an engine there that knows more; what passes here may still be refused there.
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(after_long_help = "Example:
  coldseal put-resource-policy --secret-id MySecret \\
      --resource-policy file://policy.json --block-public-policy")]
pub(crate) struct PutResourcePolicyArgs {
    /// The secret: name, ARN or partial ARN
    #[arg(long, value_name = "SECRET")]
    pub(crate) secret_id: String,
    /// The policy in JSON, or file://PATH; at most 20,480 characters
    #[arg(long, value_name = "JSON")]
    pub(crate) resource_policy: String,
    /// 'default', the only one
    #[arg(long, value_name = "NAME")]
    pub(crate) policy_name: Option<String>,
    /// Refuse a policy that is open to everyone
    #[arg(long, overrides_with = "_no_block_public_policy")]
    pub(crate) block_public_policy: bool,
    #[arg(long = "no-block-public-policy", hide = true)]
    #[serde(skip)]
    _no_block_public_policy: bool,
    #[command(flatten)]
    #[serde(skip)]
    pub(crate) signed: SignedWritingArgs,
}

pub(super) fn run(invocation: &Invocation, args: &PutResourcePolicyArgs) -> Outcome {
    change_record(invocation, &args.secret_id, args)
}
