//! [UpdateSecret](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecret.html): description, key and value of a secret,
//! in one commit.

use super::{
    Vault,
    change::PreparedChange,
    family::Located,
    lookup::Found,
    new_version::{NewVersion, VersionSealing, version_id},
    parameters::{check_description, check_token},
    plan::OnProblem,
    planned_deletion::Marked,
    reading::Reading,
    record::SecretRecord,
    region_keys::{AskedKey, RegionKeys},
    reseal::{Resealed, Resealing},
    rewrap::{not_followed, under_new_keys},
    seal_version::{SealedVersion, not_compared},
    secret_change::SecretChange,
    stages::moves_with_the_key,
    value::SecretValue,
};
use crate::{
    error::Result,
    kms::{KeystoreSession, key_choice::KeyOptions},
    region::Region,
    store::Writer,
    suite::AlgorithmSuite,
    timestamp::Timestamp,
};

/// A request to update a secret. What is `None` stays.
#[derive(Debug)]
#[non_exhaustive]
pub struct UpdateSecret {
    /// Name, ARN or partial ARN.
    pub secret_id: String,
    /// The Region of the request; must be the primary.
    pub region: Option<Region>,
    /// At most 2,048 characters; not encrypted. An empty one takes the description away.
    pub description: Option<String>,
    /// Key id, ARN, alias or alias ARN in the primary Region; empty for the default key. The versions with `AWSCURRENT`, `AWSPENDING` or
    /// `AWSPREVIOUS` are sealed anew; where the Regions share their data keys, in all Regions.
    pub kms_key_id: Option<String>,
    /// The value of a new version, which `AWSCURRENT` moves to.
    pub value: Option<SecretValue>,
    /// 32 to 64 characters; becomes the VersionId of the new version. `None` draws a UUID. The same token with the same value again makes none.
    pub client_request_token: Option<String>,
    /// The suite of the new version's bundles; `None` keeps that of the version in use.
    pub suite: Option<AlgorithmSuite>,
    /// What to do when a replica's Region cannot take the new version.
    pub on_problem: OnProblem,
    /// Recovery keys, how RSA keys wrap, and what opens besides the keystore.
    pub keys: KeyOptions,
}

impl UpdateSecret {
    /// A request that changes nothing yet.
    #[must_use]
    pub fn new(secret_id: impl Into<String>) -> Self {
        Self {
            secret_id: secret_id.into(),
            region: None,
            description: None,
            kms_key_id: None,
            value: None,
            client_request_token: None,
            suite: None,
            on_problem: OnProblem::default(),
            keys: KeyOptions::default(),
        }
    }
}

/// A secret on its way to what was asked for. Nothing of it is written yet.
struct Updating {
    after: SecretRecord,
    sealed: Vec<SealedVersion>,
    not_followed: Vec<(Region, String)>,
}

impl Vault {
    /// Changes what the request names, all of it in one commit. The answer has the version that was made, if one was.
    ///
    /// # Errors
    /// As for [`Vault::put_secret_value`]; `DecryptionFailure` where a version that is to go under another key does not open here; the Regions that
    /// cannot follow. Nothing is written then.
    pub fn update_secret(&self, session: &mut KeystoreSession, request: &UpdateSecret) -> Result<SecretChange> {
        check_token(request.client_request_token.as_deref())?;
        check_description(request.description.as_deref())?;
        let version_id = version_id(request.client_request_token.as_deref())?;
        self.require()?;
        let writer = self.writer()?;
        loop {
            if let Some(change) = self.try_update(session, &*writer, request, &version_id)? {
                return Ok(change);
            }
        }
    }

    /// `None` where another writer was first.
    fn try_update(
        &self,
        session: &mut KeystoreSession,
        writer: &dyn Writer,
        request: &UpdateSecret,
        version_id: &str,
    ) -> Result<Option<SecretChange>> {
        let (author, keys) = (self.author(session.kms().comparison_key()), &request.keys);
        let found = self.find_to_change(writer, author, Marked::Refused, (&request.secret_id, request.region))?;
        found.require_primary()?;
        let Found { secret, read, .. } = found;
        let updating = match self.prepare_update(session, request, version_id, (&secret, &read)) {
            Err(error) if self.is_overtaken(&read, &secret.record.name, &error)? => return Ok(None),
            updating => updating?,
        };
        let Updating { mut after, sealed, not_followed } = updating;
        let is_changed = after != secret.record;
        let is_resealed = |id: &str| sealed.iter().any(|version| version.is_of(id));
        let versions = secret.record.versions.iter().map(|version| version.version_id.clone());
        let resealed: Vec<_> = versions.filter(|id| is_resealed(id)).collect();
        let located = if is_changed {
            after.last_changed_date = Timestamp::now()?;
            let author = self.author(session.kms().comparison_key());
            let Some(located) = (PreparedChange { key: secret.key, after, sealed }).write(writer, &read, author)? else { return Ok(None) };
            located
        } else {
            secret
        };
        let change = match &request.value {
            Some(_) => SecretChange::of_version(self, session.kms(), keys, &located, version_id),
            None => SecretChange { version_id: None, ..SecretChange::of(self, session.kms(), keys, &located) },
        };
        let mut not_compared = not_compared(session.kms(), &located.record);
        not_compared.retain(|id| resealed.contains(id));
        Ok(Some(SecretChange { not_compared, not_followed, is_unchanged: !is_changed, ..change }))
    }

    /// Seals what there is to seal, in memory.
    fn prepare_update(
        &self,
        session: &mut KeystoreSession,
        request: &UpdateSecret,
        version_id: &str,
        (secret, read): (&Located, &Reading),
    ) -> Result<Updating> {
        let (keys, region) = (&request.keys, secret.record.primary_region());
        let asked = request.kms_key_id.as_deref().map(|key_id| AskedKey { region, key_id });
        // A token of another value is refused before anything is opened.
        let new = match &request.value {
            Some(value) if !self.is_repeated(session.kms(), keys, secret, version_id, value)? => Some(value),
            _ => None,
        };
        let mut updating = match asked {
            Some(asked) => self.under_key(session, keys, asked, (secret, read))?,
            None => Updating { after: secret.record.clone(), sealed: Vec::new(), not_followed: Vec::new() },
        };
        if let Some(description) = &request.description {
            updating.after.description = Some(description.clone()).filter(|text| !text.is_empty());
        }
        if let Some(value) = new {
            let (suite, on_problem) = (request.suite, request.on_problem);
            let sealing = VersionSealing { suite, on_problem, keys, asked };
            let new = NewVersion { version_id, value, version_stages: &[], sealing };
            // A Region that was behind, and has all of it sealed anew, takes the new version as well.
            let regions = read.family.regions_in_sync(&updating.after);
            let plan = sealing.plan(self, session.kms_mut(), secret, &regions)?;
            updating.sealed.push(new.seal(&session.commit()?, &mut updating.after, plan)?);
            // What is kept no longer has nothing to be sealed for.
            let kept = &updating.after.versions;
            updating.sealed.retain(|sealed| kept.iter().any(|version| sealed.is_of(&version.version_id)));
        }
        Ok(updating)
    }

    /// Seals the versions that go with the key anew; none where all of them are under it.
    fn under_key(
        &self,
        session: &mut KeystoreSession,
        keys: &KeyOptions,
        asked: AskedKey<'_>,
        (secret, read): (&Located, &Reading),
    ) -> Result<Updating> {
        let record = &secret.record;
        let region_keys = RegionKeys::new(self, session.kms(), secret, keys);
        let said = region_keys.said(session.kms_mut(), &[asked.region], Some(asked))?;
        let is_under_it = |key: &str| said.iter().any(|said| said.arn.to_string() == key);
        let mut moving =
            record.versions.iter().filter(|version| moves_with_the_key(version)).filter_map(|version| version.bundle(asked.region));
        if region_keys.is_record_followed() && moving.all(|bundle| is_under_it(&bundle.kms_key_id)) {
            // Maybe by another name.
            let after = SecretRecord { kms_key_id: said.first().and_then(|key| key.kms_key_id()), ..record.clone() };
            return Ok(Updating { after, sealed: Vec::new(), not_followed: Vec::new() });
        }
        let present = read.family.regions_with(&record.arn);
        let resealing = Resealing::new(self, session.kms(), secret, keys, None).for_update();
        let Resealed { keys, sealed } = resealing.run(session, &[asked.region], &present, Some(asked))?;
        let not_followed = not_followed(record, &keys, Some(asked));
        Ok(Updating { after: under_new_keys(record, &keys)?, sealed, not_followed })
    }
}
