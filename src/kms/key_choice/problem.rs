//! Regions whose key does not do: told together, and some of them recorded.

use super::chosen_key::ChosenKey;
use crate::{
    error::{Cause, Error, KeyUseRefusal, RegionProblem, RegionsRefusal, Result, SetupError},
    kms::{EmbeddedKms, PublicKey},
    region::Region,
    suite::AlgorithmSuite,
};

/// A Region that a command cannot serve.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    /// The Region as it was named, and what is wrong.
    pub(crate) told: Box<RegionProblem>,
    /// The Region and the key to record, where `--partial` may record it: the fault can be mended and the command repeated.
    pub(crate) retry: Option<(Region, String)>,
}

impl Problem {
    /// A Region's problem, with what to record of it.
    pub(crate) fn of(place: impl Into<String>, error: Error, retry: Option<(Region, String)>) -> Self {
        let told = Box::new(RegionProblem { place: place.into(), cause: error.into() });
        let retry = retry.filter(|_| missing_credentials(&told).is_none());
        Self { told, retry }
    }
}

/// What every Region lacks.
fn missing_credentials(problem: &RegionProblem) -> Option<&SetupError> {
    match &problem.cause {
        Cause::Setup(error @ SetupError::NoCredentials(_)) => Some(error),
        _ => None,
    }
}

/// What a Region's key would not do; an error that is no Region's comes back as it is.
pub(crate) fn wrap_problem(chosen: &ChosenKey, error: Error) -> Result<Problem> {
    match error {
        Error::Service(_) | Error::NoAnswer { .. } | Error::Setup(SetupError::NoCredentials(_)) => {
            Ok(Problem::of(chosen.region().name(), error, Some((chosen.region(), chosen.name.clone()))))
        }
        other => Err(other),
    }
}

/// Refuses an RSA key for a signed bundle; another key mends it.
pub(crate) fn check_suite(kms: &EmbeddedKms, chosen: ChosenKey, suite: AlgorithmSuite) -> Result<ChosenKey, Problem> {
    let is_rsa = || chosen.is_rsa_in_aws() || matches!(kms.public_key(&chosen.arn), Some(PublicKey::Rsa(_)));
    if !suite.is_signed() || !is_rsa() {
        return Ok(chosen);
    }
    let region = chosen.region();
    Err(Problem::of(region.name(), KeyUseRefusal::RsaForSigned(chosen.arn).into(), Some((region, chosen.name))))
}

/// [`check_suite`] for Regions that passed the other checks; all that have such a key are listed.
pub(crate) fn check_suite_of_all(kms: &EmbeddedKms, chosen: &[ChosenKey], suite: AlgorithmSuite) -> Result<()> {
    let problems: Vec<_> = chosen.iter().filter_map(|key| check_suite(kms, key.clone(), suite).err()).collect();
    if problems.is_empty() { Ok(()) } else { Err(refusal(&problems)) }
}

/// One error for all problems: the code of the first, every Region listed. What all Regions lack is one error.
pub(crate) fn refusal(problems: &[Problem]) -> Error {
    if let Some(error) = problems.iter().find_map(|problem| missing_credentials(&problem.told)) {
        return error.clone().into();
    }
    RegionsRefusal { problems: problems.iter().map(|problem| RegionProblem::clone(&problem.told)).collect() }.into()
}
