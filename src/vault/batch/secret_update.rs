//! The update of a secret that is there, in one commit: a new version, and what else a request says otherwise.

use super::super::{
    Vault,
    change::PreparedChange,
    create::CreateSecret,
    family::Located,
    new_version::{NewVersion, VersionPlan, VersionSealing, version_id},
    pack_source::PackSource,
    parameters::check_tags,
    reading::Reading,
    record::SecretRecord,
    rotate::put_rotation_rules,
    tagging::add_tags,
    value::SecretValue,
};
use crate::{
    error::{Result, SecretDifference},
    kms::{EmbeddedKms, KeysDurable, key_choice::KeyOptions},
    timestamp::Timestamp,
};

/// A secret that is there, and the request for it.
pub(super) struct FoundSecret {
    pub(super) request: CreateSecret,
    pub(super) secret: Located,
    pub(super) read: Reading,
}

/// An update whose Regions passed their checks. Nothing of it is sealed.
pub(super) struct SecretUpdate {
    differences: Vec<SecretDifference>,
    /// The record without the new version.
    after: SecretRecord,
    /// With its id.
    version: Option<(String, VersionPlan)>,
}

/// What an update did.
#[derive(Debug)]
pub(super) struct Updated {
    pub(super) differences: Vec<SecretDifference>,
    /// The id of the version that it made.
    pub(super) version_id: Option<String>,
}

impl FoundSecret {
    /// The new version, where the request has a value.
    fn new_version<'r>(&'r self, version_id: &'r str, keys: &'r KeyOptions) -> Option<NewVersion<'r>> {
        let value: &SecretValue = self.request.value.as_ref()?;
        // Where no signature is asked for, the version in use says whether there is one.
        let suite = Some(self.request.suite).filter(|suite| suite.is_signed());
        let on_problem = self.request.on_problem;
        let sealing = VersionSealing { suite, on_problem, keys, asked: None };
        Some(NewVersion { version_id, value, version_stages: &[], sealing })
    }

    /// Has the record say what the request says, in these.
    fn put_on(&self, record: &mut SecretRecord, differences: &[SecretDifference]) -> Result<()> {
        let request = &self.request;
        for difference in differences {
            match difference {
                SecretDifference::Description => record.description = request.description.clone().filter(|text| !text.is_empty()),
                SecretDifference::Tags => {
                    add_tags(&mut record.tags, &request.tags);
                    check_tags(&record.tags)?;
                }
                SecretDifference::ResourcePolicy => record.resource_policy.clone_from(&request.resource_policy),
                SecretDifference::RotationRules => {
                    request.rotation_rules.as_ref().map_or(Ok(()), |rules| put_rotation_rules(record, rules, None))?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}

impl SecretUpdate {
    /// Finds each Region's key for a new version; keys that are needed for the first time are made, in memory.
    ///
    /// # Errors
    /// As for [`VersionSealing::plan`]; tags over the limit; a rotation in progress where its rules are to change.
    pub(super) fn plan(
        vault: &Vault,
        kms: &mut EmbeddedKms,
        keys: &KeyOptions,
        found: &FoundSecret,
        differences: Vec<SecretDifference>,
    ) -> Result<Self> {
        let FoundSecret { request, secret, read } = found;
        let mut after = secret.record.clone();
        found.put_on(&mut after, &differences)?;
        let mut version = None;
        if differences.contains(&SecretDifference::Value) {
            let id = version_id(request.client_request_token.as_deref())?;
            if let Some(new) = found.new_version(&id, keys) {
                let plan = new.sealing.plan(vault, kms, secret, &read.family.regions_in_sync(&secret.record))?;
                version = Some((id, plan));
            }
        }
        Ok(Self { differences, after, version })
    }

    pub(super) fn into_differences(self) -> Vec<SecretDifference> {
        self.differences
    }

    /// Seals the new version, in memory. A secret that a batch has made is from then on that of this source; one that was made otherwise stays
    /// nobody's.
    ///
    /// # Errors
    /// As for [`NewVersion::seal`].
    pub(super) fn seal(
        self,
        durable: &KeysDurable<'_>,
        keys: &KeyOptions,
        found: &FoundSecret,
        source: Option<&PackSource>,
    ) -> Result<(PreparedChange, Updated)> {
        let Self { differences, mut after, version } = self;
        let (mut sealed, mut made) = (Vec::new(), None);
        if let Some((id, plan)) = version
            && let Some(new) = found.new_version(&id, keys)
        {
            sealed.push(new.seal(durable, &mut after, plan)?);
            made = Some(id.clone());
        }
        after.last_changed_date = Timestamp::now()?;
        if let Some(source) = source.filter(|_| after.packed_from.is_some()) {
            source.put_on(durable.kms().comparison_key(), &mut after);
        }
        let change = PreparedChange { key: found.secret.key.clone(), after, sealed };
        Ok((change, Updated { differences, version_id: made }))
    }
}
