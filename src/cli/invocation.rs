//! What a run of the program works with: the global flags, checked, with the environment.

use std::{path::PathBuf, str::FromStr as _};

use super::{
    args::GlobalArgs,
    command_operation::CommandOperation,
    environment::Environment,
    failure::Outcome,
    files_in_use::KeptFile,
    inputs::{InputValues, Inputs},
    key_access::KeyAccess,
    key_names::KeyNames,
    keystore::{Keystore, keystore_location},
    paramfile::BinaryFormat,
    passphrase::{self, PassphraseSources},
    printer::Printer,
    profile::Profile,
    prompt::Prompter,
    regions::Regions,
    terminal::note,
};
use crate::{
    arn::AccountId,
    error::{Error, Result},
    kms::{EmbeddedKms, KeystoreLocation},
    vault::Vault,
};

/// Variables that name files of the AWS SDK, and where it looks without them.
const READ_BY_SDK: [(&str, Option<&str>); 4] = [
    ("AWS_CONFIG_FILE", Some("~/.aws/config")),
    ("AWS_SHARED_CREDENTIALS_FILE", Some("~/.aws/credentials")),
    ("AWS_WEB_IDENTITY_TOKEN_FILE", None),
    ("AWS_CA_BUNDLE", None),
];

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
        if global.allow_unsafe_permissions {
            environment.files().allow_unsafe_permissions();
        }
        let profile = Profile::load(&environment, global.profile.as_deref())?;
        let access = KeyAccess::new(global, &environment, &profile)?;
        let location = keystore_location(global, &environment)?;
        let vault = vault(global, &environment);
        register(&environment, &location, &vault)?;
        let configured = global.cli_binary_format.as_deref().or_else(|| profile.setting("cli_binary_format"));
        let binary_format = configured.map_or(Ok(BinaryFormat::Base64), BinaryFormat::from_str)?;
        let passphrases = PassphraseSources::new(&environment, global.passphrase_file.clone(), prompter.clone());
        // With AWS KMS the configured account is that of keys in AWS.
        let account = access.account.clone().filter(|_| access.online.is_none());
        Ok(Self {
            vault,
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

    /// The keystore for a command on metadata, which needs no key: one that does not open is as good as none, and what that means is said.
    pub(crate) fn kms_for_metadata(&self, consequence: &str) -> Result<Option<EmbeddedKms>> {
        match self.keystore.read_if_any() {
            Err(Error::Setup(why)) => {
                note(&format!("{why}; {consequence}"));
                Ok(None)
            }
            loaded => loaded,
        }
    }

    /// The keystore for a command on messages: with AWS KMS there need not be one.
    pub(crate) fn kms_for_messages(&self) -> Result<EmbeddedKms> {
        if self.access.online.is_none() {
            return self.keystore.read();
        }
        self.keystore.read_if_any()?.map_or_else(|| EmbeddedKms::new(AccountId::embedded()), Ok)
    }
}

/// Registers what coldseal keeps, and what the AWS SDK reads by itself: no output takes the place of any of it. A descriptor with a passphrase is for
/// no program, whether it is read or not.
fn register(environment: &Environment, location: &KeystoreLocation, vault: &Vault) -> Outcome {
    let files = environment.files();
    for (path, kept) in
        location.files().iter().zip([KeptFile::Keystore, KeptFile::KeyFile, KeptFile::BesideKeystore, KeptFile::BesideKeystore])
    {
        files.keep(path, kept)?;
    }
    files.keep(vault.root(), KeptFile::Vault)?;
    let descriptors = passphrase::DESCRIPTORS.iter().filter_map(|variable| environment.text(variable)?.parse().ok());
    descriptors.for_each(|descriptor| files.keep_from_programs(descriptor));
    for (variable, default) in READ_BY_SDK {
        let path = environment.path(variable).or_else(|| default.map(|default| environment.expand_path(default)));
        // Where there is none yet, 'kms serve' may write one for the AWS tools.
        path.iter().filter(|path| path.exists()).for_each(|path| files.to_be_read(path));
    }
    Ok(())
}

/// The vault that `--vault` or `COLDSEAL_VAULT` names, else the one in the current directory.
pub(crate) fn vault(global: &GlobalArgs, environment: &Environment) -> Vault {
    let named = global.vault.clone().or_else(|| environment.path("COLDSEAL_VAULT"));
    Vault::new(named.unwrap_or_else(|| PathBuf::from("coldseal-vault")))
}
