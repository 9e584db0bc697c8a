//! `delete-public-key`

use crate::cli::{
    args::kms::KeyIdArgs,
    commands::kms::{dependents::warn_unread, entry::change},
    failure::Outcome,
    invocation::Invocation,
    terminal::{note, warn},
};

pub(super) fn run(invocation: &Invocation, args: &KeyIdArgs) -> Outcome {
    let region = invocation.regions.of_key(&args.key_id)?;
    invocation.keystore.require()?;
    let key = change(&invocation.keystore, |kms| kms.delete_public_key(region, &args.key_id))?;
    note(&format!("{key} is not here any more; what was sealed under it still opens in AWS"));
    match invocation.vault.secrets_under_keys(std::slice::from_ref(&key)) {
        Ok(secrets) => {
            if !secrets.entries.is_empty() {
                note(&format!("secrets in {} with bundles under it:", invocation.vault.root().display()));
                secrets.entries.iter().for_each(|secret| note(&format!("  {secret}")));
            }
            warn_unread(&secrets.faults);
        }
        Err(error) => warn(&format!("which secrets have bundles under it is not known: {error}")),
    }
    invocation.printer.print(&serde_json::json!({ "KeyId": key }))
}
