//! `set-default-key`

use clap::Args;

use crate::{
    arn::KeyArn,
    cli::{args::kms::KeyIdArgs, commands::kms::entry::change, failure::Outcome, invocation::Invocation, terminal::note},
    kms::{
        DEFAULT_KEY_ALIAS,
        key_choice::{KeyOrigin, KeyPurpose},
    },
};

/// [coldseal] Choose the key that a Region uses where a command names none
///
/// 'alias/aws/secretsmanager' brings AWS's default back. An alias is followed now, not later. With --kms aws a key of AWS KMS can be chosen,
/// for commands with --kms aws.
#[derive(Debug, Args)]
pub(crate) struct SetDefaultKeyArgs {
    #[command(flatten)]
    pub(crate) key: KeyIdArgs,
}

pub(super) fn run(invocation: &Invocation, args: &SetDefaultKeyArgs) -> Outcome {
    let region = invocation.regions.of_key(&args.key.key_id)?;
    let (key_id, options) = (&args.key.key_id, invocation.access.key_options());
    let key = change(&invocation.keystore, |kms| {
        // A key that is here is set as such; with AWS KMS one there is set by its ARN, and 'alias/aws/secretsmanager' still means that none is.
        if options.online.is_none() || key_id == DEFAULT_KEY_ALIAS {
            return kms.set_default_key(region, key_id);
        }
        // An ARN says which key it is: AWS KMS need not be reached for that, and is asked of the key where it is to wrap.
        let purpose = if key_id.parse::<KeyArn>().is_ok() { KeyPurpose::Unwrap } else { KeyPurpose::Wrap };
        let found = options.known(kms).find(region, key_id, purpose)?;
        match found.origin {
            KeyOrigin::Aws { .. } => kms.set_default_key_in_aws(&found.arn).map(|()| Some(found.arn)),
            _ => kms.set_default_key(region, &found.arn.to_string()),
        }
    })?;
    match key {
        Some(key) => note(&format!("secrets in {region} use {key} where no key is named")),
        None => note(&format!("secrets in {region} use alias/aws/secretsmanager where no key is named")),
    }
    Ok(())
}
