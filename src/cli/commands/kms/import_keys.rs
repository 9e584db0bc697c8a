//! `import-keys`

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::{
    cli::{failure::Outcome, invocation::Invocation, keystore::other_location, passphrase::PassphraseSources, terminal::note},
    error::{Error, SetupError},
    kms::KeystoreSession,
};

/// [coldseal] Take over the keys of another keystore
///
/// A key that was rotated there since the last import gets the newer material, and keeps the older. Nothing is overwritten: a key or alias
/// that is here already and not the same, or a key that was rotated on both sides, refuses the whole import. Doing it again changes nothing.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:
  coldseal kms import-keys eu.json --input-key-file eu.key

The passphrase comes from --input-passphrase-file, COLDSEAL_INPUT_PASSPHRASE_FD, COLDSEAL_INPUT_PASSPHRASE, or a prompt.")]
pub(crate) struct ImportKeysArgs {
    /// The other keystore
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Its key file [default: keystore.key beside it]
    #[arg(long, value_name = "FILE")]
    pub(crate) input_key_file: Option<PathBuf>,
    /// File with its passphrase
    #[arg(long, value_name = "FILE")]
    pub(crate) input_passphrase_file: Option<PathBuf>,
}

pub(super) fn run(invocation: &Invocation, args: ImportKeysArgs) -> Outcome {
    let location = other_location(&invocation.inputs.environment, args.file, args.input_key_file);
    location.files().iter().try_for_each(|file| invocation.inputs.in_use().read(file))?;
    let passphrases =
        PassphraseSources::of_input(&invocation.inputs.environment, args.input_passphrase_file, invocation.inputs.prompter.clone());
    let missing = || Error::from(SetupError::NoKeystore(location.keystore.clone()));
    let other = location.load(&passphrases).and_then(|kms| kms.ok_or_else(missing))?;
    // A first keystore takes the account of the keys; an account that was asked for stays as it was asked for.
    let account = match &invocation.access.account {
        None if !invocation.keystore.location.keystore.exists() => Some(other.account().clone()),
        account => account.clone(),
    };
    let mut session = KeystoreSession::begin(&invocation.keystore.location, &invocation.keystore.passphrases, account)?;
    let imported = session.kms_mut().import(other)?;
    let committed = session.commit()?.committed();
    drop(session);
    invocation.keystore.note_made(&committed);
    for key in &imported.updated {
        note(&format!("{key} was rotated there: took its newer material over"));
    }
    for key in &imported.older {
        note(&format!("{key} was rotated here after these keys were exported: it stays as it is"));
    }
    invocation.printer.print(&json!({
        "ImportedKeys": imported.added,
        "UpdatedKeys": imported.updated,
        "UnchangedKeys": imported.unchanged,
        "OlderKeys": imported.older,
    }))
}
