//! Checks a vault, a secret's folder or a bundle, to the last byte, without any key; with a keystore, opens what it can too.

mod against_record;
mod bundle;
mod copies;
mod findings;
mod secret;

use std::path::{Path, PathBuf};

pub use findings::{BundlesThere, Finding, OpenCounts, OtherRegions, VerifyOptions, VerifyReport};

use self::{bundle::Checker, findings::STRANGER};
use super::Vault;
use crate::{
    error::{Damage, Result, SetupError},
    store::{
        Stray,
        local::{LocalStore, PathContent, look_at},
    },
};

/// Verifies each path: a vault, the folder of a secret, or a bundle. One that is none of these, or cannot be read at all, is a fault beside others.
///
/// # Errors
/// None of the paths is one of these, or can be read; no credentials to call AWS KMS with. Faults are in the report.
pub fn verify(paths: &[PathBuf], options: VerifyOptions<'_>) -> Result<VerifyReport> {
    let mut checker = Checker::new(options);
    let mut refused = Vec::new();
    for path in paths {
        if let Err(error) = verify_path(&mut checker, path) {
            checker.fault(path, error.to_string());
            refused.push(error);
        }
    }
    if refused.len() == paths.len()
        && let Some(first) = refused.into_iter().next()
    {
        return Err(first);
    }
    checker.finish()
}

fn verify_path(checker: &mut Checker<'_>, path: &Path) -> Result<()> {
    match look_at(path)? {
        PathContent::Vault => return verify_vault(checker, &Vault::new(path)),
        PathContent::Secret(folders, secret) => checker.check_secret(&LocalStore::at(folders), &secret),
        PathContent::File => {
            begin(checker.options, 1);
            checker.check_lone_bundle(path);
            done(checker.options);
        }
        PathContent::Other => return Err(SetupError::NothingToVerify(path.to_owned()).into()),
        PathContent::Nothing => return Err(SetupError::NothingThere(path.to_owned()).into()),
    }
    Ok(())
}

impl Vault {
    /// Verifies the vault, as [`verify`] does by its path.
    ///
    /// # Errors
    /// It cannot be read at all; no credentials to call AWS KMS with. Faults are in the report.
    pub fn verify(&self, options: VerifyOptions<'_>) -> Result<VerifyReport> {
        let mut checker = Checker::new(options);
        verify_vault(&mut checker, self)?;
        checker.finish()
    }
}

fn begin(options: VerifyOptions<'_>, count: usize) {
    if let Some(progress) = options.progress {
        progress.begin(u64::try_from(count).unwrap_or_default());
    }
}

fn done(options: VerifyOptions<'_>) {
    if let Some(progress) = options.progress {
        progress.add(1);
    }
}

fn verify_vault(checker: &mut Checker<'_>, vault: &Vault) -> Result<()> {
    let store = &*vault.store;
    if let Err(error) = vault.require() {
        checker.fault(store.root(), error.to_string());
        return Ok(());
    }
    checker.part_regions = Some(vault.part_regions()?.unwrap_or_default());
    let survey = store.survey()?;
    for (place, stray) in survey.strays {
        match stray {
            Stray::Link => checker.fault(&place, Damage::Link.to_string()),
            Stray::Stranger => checker.note(&place, STRANGER),
            Stray::NoRegion => checker.note(&place, "not the folder of a Region"),
        }
    }
    for (place, error) in survey.faults {
        checker.fault(&place, error.to_string());
    }
    begin(checker.options, survey.secrets.len());
    for secret in &survey.secrets {
        checker.check_secret(store, secret);
        done(checker.options);
    }
    checker.part_regions = None;
    checker.check_names(vault);
    checker.tell_same_messages(|same| same.is_passing(vault));
    Ok(())
}
