//! The secrets that need a key.

use crate::cli::{invocation::Invocation, terminal::note};

pub(super) fn note_dependents(invocation: &Invocation, secrets: &[String], verb: &str) {
    let vault = invocation.vault.root().display();
    if secrets.is_empty() {
        note(&format!("no secret in {vault} {verb} the key; other vaults were not looked at"));
    } else {
        note(&format!("secrets in {vault} that cannot be opened without the key:"));
        for secret in secrets {
            note(&format!("  {secret}"));
        }
    }
}
