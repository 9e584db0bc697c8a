//! Flags that several commands on secrets have.

use std::collections::BTreeMap;

use clap::Args;

use crate::{
    cli::{
        args::RegionProblemArgs,
        encryption_context::{Purpose, parse_encryption_context},
        failure::{Failure, Outcome},
        paramfile::ParamFiles,
        replica_regions::parse_replica_regions,
        structures::{parse_structures, request_of},
        usage::UsageError,
    },
    protocol::secrets::{self, TAGS_MEMBER},
    suite::AlgorithmSuite,
    vault::{NameClash, OnProblem, ReplicaRegion, Tag},
};

/// What to do where a replica cannot take a new version.
#[derive(Debug, Args)]
pub(crate) struct PartialArgs {
    /// [coldseal] Do what can be done, record the other Regions as Failed, and exit 1
    #[arg(long)]
    partial: bool,
}

impl PartialArgs {
    pub(super) fn on_problem(&self) -> OnProblem {
        if self.partial { OnProblem::RecordFailed } else { OnProblem::FailWhole }
    }
}

/// Whether the bundles of a new version are signed.
#[derive(Debug, Args)]
pub(crate) struct SuiteArgs {
    /// [coldseal] Sign the bundles (suite 0x0578) [default: as those of the version in use]
    #[arg(long, overrides_with = "no_sign_message")]
    sign_message: bool,
    /// [coldseal] Do not sign the bundles (suite 0x0478)
    #[arg(long, overrides_with = "sign_message")]
    no_sign_message: bool,
}

impl SuiteArgs {
    /// `None` keeps that of the version in use.
    pub(super) fn asked(&self) -> Option<AlgorithmSuite> {
        (self.sign_message || self.no_sign_message).then(|| suite_of(self.sign_message))
    }
}

pub(super) fn replicas(files: &ParamFiles<'_>, words: &[String]) -> Outcome<Vec<ReplicaRegion>> {
    const PARAMETER: &str = "--add-replica-regions";
    if words.is_empty() {
        return Ok(Vec::new());
    }
    parse_replica_regions(files, PARAMETER, &files.words(PARAMETER, words)?)
}

pub(super) fn tags(files: &ParamFiles<'_>, words: &[String]) -> Outcome<Vec<Tag>> {
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let given = parse_structures(files, "--tags", &files.words("--tags", words)?, &[])?;
    let tags = secrets::tags(&request_of(&TAGS_MEMBER, given)?);
    // The vault checks them too; here it comes before anything is asked for or made.
    crate::vault::check_tags(&tags)?;
    Ok(tags)
}

pub(super) fn encryption_context(files: &ParamFiles<'_>, words: &[String]) -> Outcome<BTreeMap<String, String>> {
    const PARAMETER: &str = "--encryption-context";
    if words.is_empty() {
        return Ok(BTreeMap::new());
    }
    let parsed = parse_encryption_context(files, PARAMETER, &files.words(PARAMETER, words)?, Purpose::Seal)?;
    let pair = |(key, value): (String, Option<String>)| match value {
        Some(value) => Ok((key, value)),
        None => Err(Failure::from(UsageError::parameter(PARAMETER, "a key needs a value here"))),
    };
    parsed.into_iter().map(pair).collect()
}

pub(super) const fn name_clash(overwrites: bool) -> NameClash {
    if overwrites { NameClash::Overwrite } else { NameClash::Refuse }
}

pub(super) fn suite_of(signs: bool) -> AlgorithmSuite {
    if signs { AlgorithmSuite::Aes256GcmHkdfSha512CommitKeyEcdsaP384 } else { AlgorithmSuite::default() }
}

pub(super) fn on_problem(args: &RegionProblemArgs) -> OnProblem {
    if args.partial { OnProblem::RecordFailed } else { OnProblem::FailWhole }
}
