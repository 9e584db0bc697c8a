//! [PutSecretValue](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html): a new version of a secret.

use super::{
    Vault,
    change::PreparedChange,
    family::Located,
    lookup::Found,
    new_version::{NewVersion, VersionSealing, version_id},
    parameters::{check_token, check_version_stages},
    plan::OnProblem,
    planned_deletion::Marked,
    record::AWSCURRENT,
    secret_change::SecretChange,
    value::SecretValue,
};
use crate::{
    error::{Result, SecretRefusal},
    kms::{EmbeddedKms, KeystoreSession, key_choice::KeyOptions},
    region::Region,
    store::Writer,
    suite::AlgorithmSuite,
};

/// A request for a new version of a secret.
#[derive(Debug)]
#[non_exhaustive]
pub struct PutSecretValue {
    /// Name, ARN or partial ARN.
    pub secret_id: String,
    /// The Region of the request; must be the primary.
    pub region: Option<Region>,
    /// The new version's value.
    pub value: SecretValue,
    /// 32 to 64 characters; becomes the VersionId. `None` draws a UUID. The same token with the same value again is a success that changes nothing.
    pub client_request_token: Option<String>,
    /// Up to 20 staging labels that move to the new version, and no others but `AWSPREVIOUS` after `AWSCURRENT`. None moves `AWSCURRENT`; the
    /// first version of a secret gets that in any case.
    pub version_stages: Vec<String>,
    /// The VersionId of the version that has to be in use still: where another one is, nothing is written. `None` takes whichever is.
    pub replaces: Option<String>,
    /// The suite of the bundles; `None` keeps that of the version in use.
    pub suite: Option<AlgorithmSuite>,
    /// What to do when a replica's Region cannot take it: one that is recorded as failed goes on with the versions that it has.
    pub on_problem: OnProblem,
    /// Recovery keys, how RSA keys wrap, and what opens besides the keystore.
    pub keys: KeyOptions,
}

impl PutSecretValue {
    /// A version that is to be in use.
    #[must_use]
    pub fn new(secret_id: impl Into<String>, value: SecretValue) -> Self {
        Self {
            secret_id: secret_id.into(),
            region: None,
            value,
            client_request_token: None,
            version_stages: Vec::new(),
            replaces: None,
            suite: None,
            on_problem: OnProblem::default(),
            keys: KeyOptions::default(),
        }
    }
}

impl Vault {
    /// Adds a version to a secret: one bundle for the primary Region and each replica in sync, in one commit, each under its Region's key as the
    /// record has it where its tag verifies, else as the bundles of the version in use prove. Recovery keys of that version which are at hand
    /// are kept. The answer is about the new version.
    ///
    /// # Errors
    /// `ResourceNotFoundException`; `InvalidParameterException` in a replica's Region; `ResourceExistsException` for a token of another value;
    /// `InvalidRequestException` where another version is in use than the one to be replaced; the
    /// Regions that cannot take it, or would open with fewer keys; nothing is written then.
    pub fn put_secret_value(&self, session: &mut KeystoreSession, request: &PutSecretValue) -> Result<SecretChange> {
        check_token(request.client_request_token.as_deref())?;
        check_version_stages(&request.version_stages)?;
        let version_id = version_id(request.client_request_token.as_deref())?;
        self.require()?;
        let writer = self.writer()?;
        loop {
            if let Some(change) = self.try_put(session, &*writer, request, &version_id)? {
                return Ok(change);
            }
        }
    }

    /// `None` where another writer was first.
    fn try_put(
        &self,
        session: &mut KeystoreSession,
        writer: &dyn Writer,
        request: &PutSecretValue,
        version_id: &str,
    ) -> Result<Option<SecretChange>> {
        let PutSecretValue { value, version_stages, suite, on_problem, keys, .. } = request;
        let author = self.author(session.kms().comparison_key());
        let found = self.find_to_change(writer, author, Marked::Refused, (&request.secret_id, request.region))?;
        found.require_primary()?;
        let Found { secret, read, .. } = found;
        if self.is_repeated(session.kms(), keys, &secret, version_id, value)? {
            let change = SecretChange::of_version(self, session.kms(), keys, &secret, version_id);
            return Ok(Some(SecretChange { is_unchanged: true, ..change }));
        }
        if request
            .replaces
            .as_deref()
            .is_some_and(|id| secret.record.version_with_stage(AWSCURRENT).is_none_or(|version| version.version_id != id))
        {
            return Err(SecretRefusal::Overtaken.into());
        }
        let sealing = VersionSealing { suite: *suite, on_problem: *on_problem, keys, asked: None };
        let new = NewVersion { version_id, value, version_stages, sealing };
        let plan = match sealing.plan(self, session.kms_mut(), &secret, &read.family.regions_in_sync(&secret.record)) {
            Err(error) if self.is_overtaken(&read, &secret.record.name, &error)? => return Ok(None),
            plan => plan?,
        };
        let mut after = secret.record.clone();
        let sealed = new.seal(&session.commit()?, &mut after, plan)?;
        let change = PreparedChange { key: secret.key, after, sealed: vec![sealed] };
        let author = self.author(session.kms().comparison_key());
        let Some(located) = change.write(writer, &read, author)? else { return Ok(None) };
        Ok(Some(SecretChange::of_version(self, session.kms(), keys, &located, version_id)))
    }

    /// Whether the token's version is there already, with the same value: then the request was carried out before.
    ///
    /// # Errors
    /// `ResourceExistsException` for another value; one that cannot be compared here.
    pub(super) fn is_repeated(
        &self,
        kms: &EmbeddedKms,
        keys: &KeyOptions,
        secret: &Located,
        token: &str,
        value: &SecretValue,
    ) -> Result<bool> {
        let Some(version) = secret.record.version(token) else { return Ok(false) };
        if self.is_same_value(kms, keys, secret, version, value)? {
            return Ok(true);
        }
        Err(SecretRefusal::TokenInUse { token: token.to_owned(), secret: secret.record.arn.clone() }.into())
    }
}
