//! `change-protection`

use clap::Args;

use crate::cli::{
    args::kms::{NewPassphraseArgs, ProtectionKind},
    failure::Outcome,
    invocation::Invocation,
    terminal::note,
};

/// [coldseal] Protect the keystore by a passphrase or by a key file
///
/// The keys stay; only what unlocks them changes. Copies of the keystore made before still open with what protected them then.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  coldseal kms change-protection --to passphrase  # asks for it, hidden
  coldseal kms change-protection --to passphrase --new-passphrase-file NEW \\
      --passphrase-file OLD
  coldseal kms change-protection --to key-file  # a new one, if there is one

The new passphrase comes from --new-passphrase-file, COLDSEAL_NEW_PASSPHRASE_FD, COLDSEAL_NEW_PASSPHRASE, or a prompt.")]
pub(crate) struct ChangeProtectionArgs {
    /// What protects the keystore from now on
    #[arg(long, value_enum)]
    pub(crate) to: ProtectionKind,
    #[command(flatten)]
    pub(crate) new_passphrase: NewPassphraseArgs,
}

pub(super) fn run(mut invocation: Invocation, args: ChangeProtectionArgs) -> Outcome {
    invocation.keystore.require()?;
    invocation.keystore.passphrases = invocation.keystore.passphrases.with_new(args.new_passphrase);
    let changed = invocation.keystore.location.change_protection(&invocation.keystore.passphrases, args.to.into())?;
    let keystore = invocation.keystore.location.keystore.display();
    match args.to {
        ProtectionKind::KeyFile => {
            note(&format!("{keystore} is protected by the key file {}", invocation.keystore.location.key_file.display()));
        }
        ProtectionKind::Passphrase => note(&format!("{keystore} is protected by the passphrase")),
    }
    if let Some(left) = changed.left_behind {
        note(&format!("{} protects nothing any more and could not be removed; remove it", left.display()));
    }
    Ok(())
}
