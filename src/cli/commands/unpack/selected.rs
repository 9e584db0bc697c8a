//! Which secrets are unpacked, and the names that they get.

use std::collections::BTreeMap;

use super::{args::UnpackArgs, unread::Unread};
use crate::{
    cli::{commands::each_secret::parse_filters, failure::Outcome, invocation::Invocation, usage::UsageError},
    error::Error,
    region::Region,
    vault::ListSecrets,
};

/// A secret to be read.
#[derive(Debug, Clone)]
pub(super) struct SelectedSecret {
    /// As it is asked for.
    pub(super) id: String,
    pub(super) region: Option<Region>,
    pub(super) name: String,
    /// The name of what is made of it.
    pub(super) given: String,
}

/// In the order of their names. What has no record that can be read is put to `unread`.
///
/// # Errors
/// There is none; names that stand for several secrets, or do not begin as they should.
pub(super) fn selected(invocation: &Invocation, args: &UnpackArgs, unread: &mut Unread) -> Outcome<Vec<SelectedSecret>> {
    let mut secrets = if args.secret_id.is_empty() { listed(invocation, args, unread)? } else { named(invocation, args, unread)? };
    if secrets.is_empty() && unread.is_empty() {
        return Err(UsageError::new("there is nothing to unpack: no secret is there that was asked for")
            .with_hint("'coldseal list-secrets' shows the secrets of a Region, without one those of all")
            .into());
    }
    secrets.sort_by(|a, b| a.name.cmp(&b.name));
    require_one_for_each_name(&secrets)?;
    if let Some(name) = &args.whole_as {
        secrets.iter_mut().for_each(|secret| secret.given.clone_from(name));
    }
    if let Some(beginning) = &args.strip {
        strip(&mut secrets, beginning)?;
    }
    Ok(secrets)
}

fn named(invocation: &Invocation, args: &UnpackArgs, unread: &mut Unread) -> Outcome<Vec<SelectedSecret>> {
    let (mut secrets, mut found_before) = (Vec::new(), Vec::new());
    for id in &args.secret_id {
        let region = invocation.regions.of_secret(id)?;
        match invocation.vault.describe_secret(None, id, region) {
            // By its name and by its ARN it is one.
            Ok(found) if found_before.contains(&found.arn) => {}
            Ok(found) => {
                found_before.push(found.arn);
                secrets.push(SelectedSecret { id: id.clone(), region, given: found.name.clone(), name: found.name });
            }
            Err(error @ Error::Setup(_)) => return Err(error.into()),
            Err(error) => unread.add(Some(id), error),
        }
    }
    Ok(secrets)
}

fn listed(invocation: &Invocation, args: &UnpackArgs, unread: &mut Unread) -> Outcome<Vec<SelectedSecret>> {
    let region = invocation.regions.configured()?;
    let filters = parse_filters(&invocation.inputs, args.filters.as_deref())?;
    let listed = invocation.vault.list_secrets_matching(&ListSecrets { region, filters, ..ListSecrets::default() })?;
    listed.faults.into_iter().for_each(|fault| unread.add(None, fault));
    let secret = |entry: crate::vault::SecretListEntry| {
        // By its name, so that the one Region is found whose bundles are here; what looks like an ARN is one.
        let id = if entry.name.starts_with("arn:") { entry.arn.to_string() } else { entry.name.clone() };
        SelectedSecret { id, region, given: entry.name.clone(), name: entry.name }
    };
    Ok(listed.entries.into_iter().map(secret).collect())
}

/// A name may be one of several secrets, each in a Region of its own, or be asked for twice.
fn require_one_for_each_name(secrets: &[SelectedSecret]) -> Result<(), UsageError> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for secret in secrets {
        *counts.entry(&secret.name).or_default() += 1;
    }
    let several: Vec<_> = counts.into_iter().filter(|(_, count)| *count > 1).collect();
    if several.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = several.iter().map(|(name, count)| format!("\n  {}: {count} secrets", name.escape_debug())).collect();
    Err(UsageError::new(format!("a name stands for one secret, so nothing was written:{}", lines.concat()))
        .with_hint("--region chooses one Region's; 'coldseal list-secrets' shows where each is"))
}

fn strip(secrets: &mut [SelectedSecret], beginning: &str) -> Result<(), UsageError> {
    let mut others = String::new();
    for secret in secrets {
        match secret.name.strip_prefix(beginning) {
            Some(rest) => rest.clone_into(&mut secret.given),
            None => others.push_str(&format!("\n  {}", secret.name.escape_debug())),
        }
    }
    if others.is_empty() {
        return Ok(());
    }
    Err(UsageError::new(format!("--strip: the names of these do not begin so, and nothing was written:{others}"))
        .with_hint(format!("--filters Key=name,Values={beginning} chooses those that do")))
}
