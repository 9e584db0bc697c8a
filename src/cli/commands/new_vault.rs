//! What is said of a vault that a command made: in another folder than before that is easily one too many.

use crate::{cli::terminal::note, vault::Vault};

/// A vault that was not there when a command began.
pub(super) struct NewVault<'v>(Option<&'v Vault>);

impl<'v> NewVault<'v> {
    /// Before the work.
    pub(super) fn of(vault: &'v Vault) -> Self {
        Self(Some(vault).filter(|vault| !vault.exists()))
    }

    /// After it: says where the vault was made, if it was.
    pub(super) fn note_made(self) {
        if let Some(vault) = self.0.filter(|vault| vault.exists()) {
            let root = std::path::absolute(vault.root()).unwrap_or_else(|_| vault.root().to_owned());
            note(&format!("made the vault {}; --vault or COLDSEAL_VAULT names another", root.display()));
        }
    }
}
