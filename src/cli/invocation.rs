//! What a run of the program works with: the global flags, checked, with the environment.

use std::{
    path::{Path, PathBuf},
    str::FromStr as _,
};

use super::{
    args::GlobalArgs,
    command_operation::CommandOperation,
    environment::Environment,
    failure::Outcome,
    inputs::{InputValues, Inputs},
    key_access::KeyAccess,
    key_names::KeyNames,
    keystore::{Keystore, keystore_location},
    output_file::{Destination, Overwrite},
    paramfile::BinaryFormat,
    passphrase::PassphraseSources,
    printer::Printer,
    profile::Profile,
    prompt::Prompter,
    regions::Regions,
    usage::UsageError,
};
use crate::{
    arn::AccountId,
    durable::{Sync, parent_of},
    error::Result,
    kms::EmbeddedKms,
    vault::Vault,
};

/// The things of which a command takes what it needs.
pub(crate) struct Invocation {
    pub(crate) vault: Vault,
    pub(crate) keystore: Keystore,
    pub(crate) access: KeyAccess,
    pub(crate) regions: Regions,
    pub(crate) inputs: Inputs,
    pub(crate) printer: Printer,
}

impl Invocation {
    /// `values` are those that no flag can carry.
    pub(crate) fn new(
        global: &GlobalArgs,
        environment: Environment,
        prompter: Prompter,
        operation: CommandOperation,
        values: InputValues,
    ) -> Outcome<Self> {
        let profile = Profile::load(&environment, global.profile.as_deref())?;
        let access = KeyAccess::new(global, &environment)?;
        let location = keystore_location(global, &environment)?;
        let configured = global.cli_binary_format.as_deref().or_else(|| profile.setting("cli_binary_format"));
        let binary_format = configured.map_or(Ok(BinaryFormat::Base64), BinaryFormat::from_str)?;
        let passphrases = PassphraseSources::new(&environment, global.passphrase_file.clone(), prompter.clone());
        // With AWS KMS the configured account is that of keys in AWS.
        let account = access.account.clone().filter(|_| access.online.is_none());
        Ok(Self {
            vault: vault(global, &environment),
            keystore: Keystore { location, passphrases, account },
            access,
            printer: Printer::new(global, &environment, &profile, operation)?,
            regions: Regions::new(global, &environment, profile)?,
            inputs: Inputs { environment, prompter, binary_format, values },
        })
    }

    /// What names of keys are looked up with.
    pub(crate) const fn key_names(&self) -> KeyNames<'_> {
        KeyNames { access: &self.access, regions: &self.regions }
    }

    /// The keystore for a command on messages: with AWS KMS there need not be one.
    pub(crate) fn kms_for_messages(&self) -> Result<EmbeddedKms> {
        if self.access.online.is_none() {
            return self.keystore.read();
        }
        self.keystore.read_if_any()?.map_or_else(|| EmbeddedKms::new(AccountId::embedded()), Ok)
    }

    /// Where a command's output goes: not onto its inputs, the keystore or its key file, and not into the vault.
    pub(crate) fn destination(&self, path: Option<&Path>, overwrite: Overwrite, sync: Sync, inputs: &[&Path]) -> Outcome<Destination> {
        let own = [self.keystore.location.keystore.as_path(), self.keystore.location.key_file.as_path()];
        let destination = Destination::new(path, overwrite, sync, &[inputs, &own].concat())?;
        self.require_outside_the_vault(path)?;
        Ok(destination)
    }

    /// A vault holds nothing but what its own commands write.
    pub(crate) fn require_outside_the_vault(&self, path: Option<&Path>) -> Outcome {
        let folder = path.and_then(|path| std::fs::canonicalize(parent_of(path)).ok());
        let root = std::fs::canonicalize(self.vault.root()).ok();
        match (path, folder.zip(root)) {
            (Some(path), Some((folder, root))) if folder.starts_with(&root) => {
                Err(UsageError::new(format!("{}: lies in the vault, which is no place for other files", path.display())).into())
            }
            _ => Ok(()),
        }
    }
}

/// The vault that `--vault` or `COLDSEAL_VAULT` names, else the one in the current directory.
pub(crate) fn vault(global: &GlobalArgs, environment: &Environment) -> Vault {
    let named = global.vault.clone().or_else(|| environment.path("COLDSEAL_VAULT"));
    Vault::new(named.unwrap_or_else(|| PathBuf::from("coldseal-vault")))
}
