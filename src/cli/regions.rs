//! Which Region a command works in.

use super::{
    args::GlobalArgs,
    environment::Environment,
    failure::{Failure, Outcome, unknown_region},
    profile::Profile,
    usage::{ConfigError, UsageError},
};
use crate::{
    arn::{AliasArn, KeyArn, SecretArn},
    error::ReplicaRefusal,
    kms::EMBEDDED_PREFIX,
    region::Region,
};

/// The Region that was asked for, and those that are configured.
pub(crate) struct Regions {
    /// `--region`.
    explicit: Option<Region>,
    environment: Environment,
    profile: Profile,
}

impl Regions {
    pub(crate) fn new(global: &GlobalArgs, environment: &Environment, profile: Profile) -> Result<Self, UsageError> {
        Ok(Self {
            explicit: global.region.as_deref().map(|name| parse_region("--region", name)).transpose()?,
            environment: environment.clone(),
            profile,
        })
    }

    /// `--region`, if it was given.
    pub(crate) const fn explicit(&self) -> Option<Region> {
        self.explicit
    }

    /// `--region`, else the environment's or the profile's Region.
    pub(crate) fn configured(&self) -> Outcome<Option<Region>> {
        if self.explicit.is_some() {
            return Ok(self.explicit);
        }
        for variable in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
            if let Some(name) = self.environment.text(variable) {
                return Ok(Some(parse_region(variable, &name)?));
            }
        }
        let configured = self.profile.setting("region");
        configured.map(|name| parse_region("the profile's region", name)).transpose().map_err(Failure::from)
    }

    /// Like [`Regions::configured`], where there has to be one.
    pub(crate) fn require(&self) -> Outcome<Region> {
        let missing = || {
            ConfigError::new("You must specify a region.")
                .with_hint("--region us-west-2, or AWS_REGION, or 'region' in the AWS configuration file")
        };
        self.configured()?.ok_or_else(|| missing().into())
    }

    /// For a command on an existing secret: an ARN names its own, and only an explicit `--region` may disagree with it.
    pub(crate) fn of_secret(&self, secret_id: &str) -> Outcome<Option<Region>> {
        if !secret_id.starts_with("arn:") {
            return self.configured();
        }
        let named = secret_id.parse::<SecretArn>().ok().map(|arn| arn.region());
        match (named, self.explicit) {
            (Some(named), Some(explicit)) if named != explicit => {
                Err(UsageError::new(format!("the ARN names the Region {named}, and --region {explicit}; leave one of them out")).into())
            }
            (_, explicit) => Ok(explicit),
        }
    }

    /// For a command on a key: a key's or alias's ARN names its Region, and an explicit `--region` must not disagree with it; anything else
    /// needs a Region.
    pub(crate) fn of_key(&self, key_id: &str) -> Outcome<Region> {
        let key_id = key_id.strip_prefix(EMBEDDED_PREFIX).unwrap_or(key_id);
        let named = key_id.parse::<KeyArn>().map(|arn| arn.region()).or_else(|_| key_id.parse::<AliasArn>().map(|arn| arn.region())).ok();
        match (named, self.explicit) {
            (Some(named), Some(explicit)) if named != explicit => {
                Err(UsageError::new(format!("the key's ARN names the Region {named}, and --region {explicit}; leave one of them out"))
                    .into())
            }
            (Some(named), _) => Ok(named),
            (None, _) => self.require(),
        }
    }
}

/// `source` is what names it: a flag, a variable.
pub(crate) fn parse_region(source: &str, name: &str) -> Result<Region, UsageError> {
    Region::new(name).ok_or_else(|| {
        let error = UsageError::new(format!("{source}: {}", ReplicaRefusal::UnknownRegion(name.to_owned())));
        UsageError { hint: unknown_region(name).map(str::to_owned), ..error }
    })
}
