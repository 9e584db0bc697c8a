//! The secrets that need a key.

use crate::{cli::terminal::note, vault::Vault};

pub(super) fn note_dependents(vault: &Vault, secrets: &[String], verb: &str) {
    let vault = vault.root().display();
    if secrets.is_empty() {
        note(&format!("no secret in {vault} {verb} the key; other vaults were not looked at"));
    } else {
        note(&format!("secrets in {vault} that cannot be opened without the key:"));
        for secret in secrets {
            note(&format!("  {secret}"));
        }
    }
}
