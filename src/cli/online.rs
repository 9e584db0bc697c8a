//! `--kms aws`: AWS KMS in place of the embedded one, and the flags that go with it.

use std::sync::Arc;
#[cfg(feature = "kms-client")]
use std::time::Duration;

#[cfg(feature = "kms-client")]
use super::ca_bundle::ca_bundle;
use super::{args::GlobalArgs, environment::Environment, failure::Outcome, profile::Profile, terminal::note, usage::UsageError};
#[cfg(feature = "kms-client")]
use crate::kms::{AwsKms, AwsKmsOptions};
use crate::{
    arn::AccountId,
    kms::OnlineKms,
    region::{Partition, Region},
};

/// AWS KMS, and how often it was called.
pub(crate) struct Online {
    pub(crate) kms: Arc<dyn OnlineKms>,
    counts: Arc<dyn Fn() -> (u64, u64)>,
}

impl Online {
    /// `counts` gives calls and retries.
    #[cfg_attr(not(feature = "kms-client"), expect(dead_code, reason = "a build without network code makes none"))]
    pub(crate) fn new(kms: Arc<dyn OnlineKms>, counts: impl Fn() -> (u64, u64) + 'static) -> Self {
        Self { kms, counts: Arc::new(counts) }
    }

    /// Gives calls and retries, when it is asked.
    pub(crate) fn counts(&self) -> Arc<dyn Fn() -> (u64, u64)> {
        Arc::clone(&self.counts)
    }
}

/// AWS KMS, where `--kms aws` or `COLDSEAL_KMS=aws` asks for it. Nothing is called yet.
pub(crate) fn online(global: &GlobalArgs, environment: &Environment, profile: &Profile) -> Outcome<Option<Online>> {
    refuse_what_has_no_like(global)?;
    if is_asked_for(global, environment)? {
        refuse_unsafe(global)?;
        let online = connect(global, environment, profile)?;
        note("kms: aws");
        return Ok(Some(online));
    }
    if global.endpoint_url.is_some() {
        note(
            "--endpoint-url is not used: keys are those of the embedded KMS, and nothing connects; --kms aws asks AWS KMS, or what answers in its place",
        );
    }
    let given = [("--kms-discovery", !global.kms_discovery.is_empty()), ("--max-attempts", global.max_attempts.is_some())];
    match given.into_iter().find(|(_, is_given)| *is_given) {
        Some((flag, _)) => Err(UsageError::new(format!("{flag} goes with --kms aws")).into()),
        None => Ok(None),
    }
}

/// Global options of the AWS CLI that would take the protection away from what goes to AWS KMS. Where nothing connects they do nothing.
fn refuse_unsafe(global: &GlobalArgs) -> Outcome {
    if global.aws.no_verify_ssl {
        let error = UsageError::new("--no-verify-ssl: whom data keys are sent to is always verified with --kms aws");
        return Err(error.with_hint("--ca-bundle FILE names the certificates to trust in place of the system's").into());
    }
    if global.aws.no_sign_request {
        return Err(UsageError::new("--no-sign-request: AWS KMS answers signed requests only; leave it out with --kms aws").into());
    }
    Ok(())
}

/// Global options of the AWS CLI that ask for what coldseal does not do.
fn refuse_what_has_no_like(global: &GlobalArgs) -> Outcome {
    if global.aws.cli_auto_prompt {
        note("--cli-auto-prompt does nothing here: the command is run as it was typed");
    }
    match global.aws.cli_error_format.as_deref() {
        None | Some("legacy" | "enhanced") => Ok(()),
        Some(_) => {
            let error = UsageError::new(
                "--cli-error-format: errors are lines of text here, with AWS's names of errors and the AWS CLI's exit codes",
            );
            Err(error.with_hint("--cli-error-format legacy, or none, gives these").into())
        }
    }
}

fn is_asked_for(global: &GlobalArgs, environment: &Environment) -> Outcome<bool> {
    let (source, value) = match &global.kms {
        Some(value) => ("--kms", Some(value.clone())),
        None => ("COLDSEAL_KMS", environment.text("COLDSEAL_KMS")),
    };
    match value.as_deref() {
        None | Some("embedded") => Ok(false),
        Some("aws") => Ok(true),
        Some(other) => Err(UsageError::new(format!("{source}: 'embedded' or 'aws', not '{}'", other.escape_debug())).into()),
    }
}

#[cfg(feature = "kms-client")]
fn connect(global: &GlobalArgs, environment: &Environment, profile: &Profile) -> Outcome<Online> {
    let options = AwsKmsOptions {
        ca_bundle: ca_bundle(global.aws.ca_bundle.as_deref(), environment, profile)?,
        profile: global.profile.clone(),
        endpoint_url: global.endpoint_url.clone(),
        max_attempts: global.max_attempts,
        connect_timeout: global.cli_connect_timeout.map(Duration::from_secs),
        read_timeout: global.cli_read_timeout.map(Duration::from_secs),
    };
    let kms = Arc::new(AwsKms::new(options)?);
    let counted = Arc::clone(&kms);
    Ok(Online::new(kms, move || {
        let counts = counted.calls();
        (counts.calls, counts.retries)
    }))
}

#[cfg(not(feature = "kms-client"))]
fn connect(_: &GlobalArgs, _: &Environment, _: &Profile) -> Outcome<Online> {
    let error = super::usage::ConfigError::new("--kms aws: this build has no network code");
    Err(error.with_hint("a build with the feature 'aws', which is on by default, has it; --kms embedded uses the keystore").into())
}

/// Whose keys `--kms-discovery` lets be asked.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Discovery {
    pub(crate) accounts: Vec<AccountId>,
    pub(crate) partition: Option<Partition>,
}

impl Discovery {
    /// `account=111122223333[,account=…][,partition=aws]`, any number of them.
    pub(crate) fn parse(words: &[String]) -> Result<Self, UsageError> {
        const PARAMETER: &str = "--kms-discovery";
        let mut discovery = Self::default();
        for part in words.iter().flat_map(|word| word.split(',')) {
            match part.split_once('=') {
                Some(("account", account)) => {
                    let refused = |_| UsageError::parameter(PARAMETER, "an AWS account id has 12 digits");
                    discovery.accounts.push(account.parse().map_err(refused)?);
                }
                Some(("partition", id)) => {
                    let known = Region::all().map(Region::partition).find(|known| known.id() == id);
                    let refused = || UsageError::parameter(PARAMETER, format!("there is no partition '{}'", id.escape_debug()));
                    let partition = known.ok_or_else(refused)?;
                    if discovery.partition.replace(partition).is_some_and(|other| other != partition) {
                        return Err(UsageError::parameter(PARAMETER, "credentials are of one partition, and two are named"));
                    }
                }
                _ => return Err(UsageError::parameter(PARAMETER, "account=111122223333[,partition=aws]; repeat account= for several")),
            }
        }
        if discovery.accounts.is_empty() && discovery.partition.is_some() {
            return Err(UsageError::parameter(PARAMETER, "name the account too: account=111122223333"));
        }
        Ok(discovery)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Discovery, String> {
        Discovery::parse(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()).map_err(|error| error.message)
    }

    #[test]
    fn discovery_names_accounts_and_one_partition() {
        let two = parse(&["account=111122223333,partition=aws-cn", "account=444455556666,partition=aws-cn"]).expect("two accounts");
        assert_eq!(two.accounts.iter().map(AccountId::as_str).collect::<Vec<_>>(), ["111122223333", "444455556666"]);
        assert_eq!(two.partition.map(Partition::id), Some("aws-cn"));
        assert_eq!(parse(&[]), Ok(Discovery::default()));
        for (words, part) in [
            (&["account=1"][..], "12 digits"),
            (&["account=111122223333,partition=mars"], "no partition 'mars'"),
            (&["account=111122223333,partition=aws", "partition=aws-cn"], "two are named"),
            (&["partition=aws"], "name the account too"),
            (&["111122223333"], "account=111122223333[,partition=aws]"),
            (&[""], "account=111122223333[,partition=aws]"),
        ] {
            let message = parse(words).expect_err("refused");
            assert!(message.contains(part), "{words:?}: {message}");
        }
    }
}
