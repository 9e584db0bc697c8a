//! What a new version would be refused for whatever its value is: found out before anybody makes one.

use super::{Vault, new_version::VersionSealing, plan::OnProblem, region_keys::AskedKey};
use crate::{
    error::{Result, SecretRefusal},
    kms::{EmbeddedKms, key_choice::KeyOptions},
    region::Region,
    suite::AlgorithmSuite,
};

/// A version that is to be made, and whose value is not there yet.
#[derive(Debug)]
#[non_exhaustive]
pub struct NewVersionCheck<'a> {
    /// Name, ARN or partial ARN.
    pub secret_id: &'a str,
    /// The Region of the request; must be the primary.
    pub region: Option<Region>,
    /// As in [`PutSecretValue`](super::PutSecretValue). Where it is that of a version that is there, its value has to be seen first.
    pub client_request_token: Option<&'a str>,
    /// As in [`UpdateSecret`](super::UpdateSecret).
    pub kms_key_id: Option<&'a str>,
    /// The suite of the bundles; `None` keeps that of the version in use.
    pub suite: Option<AlgorithmSuite>,
    /// What is done when a replica's Region cannot take it.
    pub on_problem: OnProblem,
}

impl<'a> NewVersionCheck<'a> {
    /// A version that is to be in use.
    #[must_use]
    pub fn new(secret_id: &'a str) -> Self {
        Self { secret_id, region: None, client_request_token: None, kms_key_id: None, suite: None, on_problem: OnProblem::default() }
    }
}

impl Vault {
    /// Refuses what [`Vault::put_secret_value`] and [`Vault::update_secret`] would refuse whatever the value is, as far as that can be told without
    /// sealing. Nothing is written, and no lock is taken. `kms` is what [`KeystoreSession::preview`](crate::kms::KeystoreSession::preview) gives;
    /// keys that are needed for the first time are made in it, and go with it.
    ///
    /// # Errors
    /// As there: `ResourceNotFoundException`; `InvalidParameterException` in a replica's Region; the Regions that cannot take a new version, or would
    /// open with fewer keys.
    pub fn check_new_version(&self, kms: &mut EmbeddedKms, keys: &KeyOptions, asked: &NewVersionCheck<'_>) -> Result<()> {
        let (secret, region) = self.find(asked.secret_id, asked.region)?;
        let record = &secret.record;
        if region != record.primary_region() {
            return Err(SecretRefusal::OnReplica.into());
        }
        if asked.client_request_token.is_some_and(|token| record.version(token).is_some()) {
            return Ok(());
        }
        let read = self.read_name(&record.name)?;
        let asked_key = asked.kms_key_id.map(|key_id| AskedKey { region, key_id });
        let sealing = VersionSealing { suite: asked.suite, on_problem: asked.on_problem, keys, asked: asked_key };
        match sealing.plan(self, kms, &secret, &read.family.regions_in_sync(record)) {
            // Somebody else is at it: what comes of that is found out when the version is made.
            Err(error) if self.is_overtaken(&read, &record.name, &error)? => Ok(()),
            plan => plan.map(drop),
        }
    }
}
