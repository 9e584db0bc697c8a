//! `create-secret --dry-run`: all of it is checked and shown, and nothing is made, not even a lock.

use crate::{
    cli::{
        commands::secret_change::end_of,
        failure::Outcome,
        invocation::Invocation,
        recovery_key::{Wrapping, key_options},
        terminal::{counted, note},
    },
    protocol::{
        operation::Own,
        request::Request,
        secrets::{asked_to_create, replicas},
    },
    region::Region,
    vault::{CreationPreview, SecretPreview},
};

pub(super) fn run(invocation: &Invocation, request: &Request, mut own: Own, wrapping: &Wrapping, region: Region) -> Outcome {
    let mut kms = invocation.keystore.preview_for_secrets()?;
    let keys = key_options(invocation.key_names(), Some(&mut kms), wrapping, Vec::new())?;
    let asked = asked_to_create(request, &mut own, region)?;
    match invocation.vault.preview_secret(kms, &keys, &asked)? {
        CreationPreview::Done(change) => {
            invocation.printer.print(&change)?;
            note("the same request was carried out before: nothing would change");
            Ok(())
        }
        CreationPreview::New(preview) => {
            invocation.printer.print(&preview)?;
            tell(invocation, &preview);
            end_of(&preview.replication_status, &replicas(request))
        }
    }
}

/// Tells what the command would be refused for whatever the value is, before anybody has worked for one.
pub(super) fn check(invocation: &Invocation, request: &Request, own: &Own, wrapping: &Wrapping, region: Region) -> Outcome {
    if request.text("ClientRequestToken").is_some() {
        // Whether it was carried out before, the value tells.
        return Ok(());
    }
    let mut kms = invocation.keystore.preview_for_secrets()?;
    let keys = key_options(invocation.key_names(), Some(&mut kms), wrapping, Vec::new())?;
    let mut own = Own {
        encryption_context: own.encryption_context.clone(),
        resource_policy: own.resource_policy.clone(),
        rotation_rules: own.rotation_rules.clone(),
        data_key_scope: own.data_key_scope,
        suite: own.suite,
        on_problem: own.on_problem,
        account: own.account.clone(),
        ..Own::default()
    };
    invocation.vault.preview_secret(kms, &keys, &asked_to_create(request, &mut own, region)?)?;
    Ok(())
}

fn tell(invocation: &Invocation, preview: &SecretPreview) {
    if !invocation.keystore.location.keystore.exists() {
        note(&format!("the keystore {} and its key file would be made", invocation.keystore.location.keystore.display()));
    }
    let root = std::path::absolute(invocation.vault.root()).unwrap_or_else(|_| invocation.vault.root().to_owned());
    let made = if invocation.vault.exists() { "" } else { ", which would be made" };
    note(&format!("{} would be in {}{made}; nothing was written", counted(preview.bundles.len(), "bundle"), root.display()));
}
