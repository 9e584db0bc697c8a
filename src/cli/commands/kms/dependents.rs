//! The secrets that need a key.

use crate::{
    cli::terminal::{note, warn},
    error::Error,
    vault::{Listed, Vault},
};

pub(super) fn note_dependents(vault: &Vault, secrets: &Listed<String>, verb: &str) {
    let vault = vault.root().display();
    if secrets.entries.is_empty() && secrets.faults.is_empty() {
        note(&format!("no secret in {vault} {verb} the key; other vaults were not looked at"));
    } else if !secrets.entries.is_empty() {
        note(&format!("secrets in {vault} that cannot be opened without the key:"));
        for secret in &secrets.entries {
            note(&format!("  {secret}"));
        }
    }
    warn_unread(&secrets.faults);
}

/// A secret that cannot be read may need the key too.
pub(super) fn warn_unread(faults: &[Error]) {
    if let Some(first) = faults.first() {
        let more = if faults.len() > 1 { format!(", and {} more", faults.len() - 1) } else { String::new() };
        warn(&format!("what cannot be read may need the key too: {first}{more}; 'coldseal verify' names all"));
    }
}
