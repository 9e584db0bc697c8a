//! Whose keys a command uses: the account's, and with `--kms aws` those in AWS KMS.

use std::sync::Arc;

use super::{
    args::GlobalArgs,
    environment::Environment,
    failure::Outcome,
    online::{Discovery, Online, online},
    profile::Profile,
    regions::Regions,
    usage::UsageError,
};
use crate::{arn::AccountId, kms::OnlineOpening, region::Region, vault::KeyOptions};

/// AWS KMS, and the accounts that keys are of.
pub(crate) struct KeyAccess {
    /// The configured account.
    pub(crate) account: Option<AccountId>,
    /// AWS KMS, with `--kms aws`.
    pub(crate) online: Option<Online>,
    discovery: Discovery,
}

impl KeyAccess {
    /// Nothing is called yet.
    pub(crate) fn new(global: &GlobalArgs, environment: &Environment, profile: &Profile) -> Outcome<Self> {
        let discovery = Discovery::parse(&global.kms_discovery)?;
        let online = online(global, environment, profile)?;
        Ok(Self { account: account(global, environment)?, online, discovery })
    }

    /// How data keys are wrapped and unwrapped, as the global flags have it.
    pub(crate) fn key_options(&self) -> KeyOptions {
        let configured = self.account.clone().unwrap_or_else(AccountId::embedded);
        let Discovery { accounts, partition } = &self.discovery;
        let accounts = if accounts.is_empty() { vec![configured.clone()] } else { accounts.clone() };
        let online_opening = OnlineOpening { accounts, partition: *partition, ..OnlineOpening::default() };
        let online = self.online.as_ref().map(|online| Arc::clone(&online.kms));
        KeyOptions { online, online_opening, account: configured, ..KeyOptions::default() }
    }

    /// The same for a message outside of a vault: keys of the Region that was asked for, in the partition of the one that is configured.
    pub(crate) fn key_options_for_message(&self, regions: &Regions) -> Outcome<KeyOptions> {
        let mut options = self.key_options();
        if options.online.is_some() {
            let configured = regions.configured()?;
            let opening = &mut options.online_opening;
            opening.region = regions.explicit();
            opening.partition = opening.partition.or(configured.map(Region::partition));
        }
        Ok(options)
    }
}

/// The account that `--account-id` or `COLDSEAL_ACCOUNT_ID` names.
fn account(global: &GlobalArgs, environment: &Environment) -> Result<Option<AccountId>, UsageError> {
    let (source, id) = match &global.account_id {
        Some(id) => ("--account-id", Some(id.clone())),
        None => ("COLDSEAL_ACCOUNT_ID", environment.text("COLDSEAL_ACCOUNT_ID")),
    };
    let refused = |_| UsageError::new(format!("{source}: an AWS account id has 12 digits"));
    id.map(|id| id.parse().map_err(refused)).transpose()
}
