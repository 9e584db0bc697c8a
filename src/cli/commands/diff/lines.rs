//! What differs, in lines for people.

use std::{borrow::Cow, collections::BTreeSet, fmt::Write as _};

use super::named_side::NamedSide;
use crate::{
    cli::shown,
    package::{ChangedParts, PackageDiff, SecretDiff, SecretDiffKind, VersionDiffKind},
    region::Region,
};

/// Both sides, each secret that differs, and how many do.
pub(super) fn lines(before: &NamedSide, after: &NamedSide, diff: &PackageDiff) -> String {
    let mut text = String::new();
    // Writing to a String does not fail.
    for (which, named) in [("before", before), ("after", after)] {
        let root = named.side.root().map(|(counter, _)| format!(", root {counter}")).unwrap_or_default();
        let _ = writeln!(text, "{which}: {}{root}", shown::cell(&named.path.display().to_string()));
    }
    if let (Some(one), Some(other)) = (before.side.vault_id(), after.side.vault_id())
        && one != other
    {
        let _ = writeln!(text, "of two vaults: {one} and {other}");
    }
    diff.secrets.iter().for_each(|secret| add_secret(&mut text, secret));
    let count = |is_it: fn(&SecretDiffKind) -> bool| diff.secrets.iter().filter(|secret| is_it(&secret.kind)).count();
    let added = count(|kind| matches!(kind, SecretDiffKind::Added));
    let removed = count(|kind| matches!(kind, SecretDiffKind::Removed));
    let changed = count(|kind| matches!(kind, SecretDiffKind::Changed(_)));
    let _ = writeln!(text, "{added} added, {removed} removed, {changed} changed, {} the same", diff.same);
    if let Some(compared) = &diff.regions {
        let told =
            if compared.is_empty() { "no Region: the two have none in common".to_owned() } else { format!("{} alone", names(compared)) };
        let _ = writeln!(text, "compared in {told}");
    }
    text
}

fn add_secret(text: &mut String, secret: &SecretDiff) {
    let (name, regions) = (shown::cell(&secret.name), names(&secret.regions));
    let _ = match &secret.kind {
        SecretDiffKind::Added => writeln!(text, "added: {name} ({regions})"),
        SecretDiffKind::Removed => writeln!(text, "removed: {name} ({regions})"),
        SecretDiffKind::Changed(parts) => {
            let _ = writeln!(text, "changed: {name} ({regions})");
            add_parts(text, parts);
            Ok(())
        }
    };
}

fn add_parts(text: &mut String, parts: &ChangedParts) {
    let mut add = |what: &str, told: &str| {
        let _ = writeln!(text, "  {what}: {told}");
    };
    if !parts.members.is_empty() {
        add("metadata", &listed(&parts.members));
    }
    if !parts.regions_added.is_empty() || !parts.regions_removed.is_empty() {
        let [added, removed] = [&parts.regions_added, &parts.regions_removed].map(|regions| regions.iter().map(|region| region.name()));
        add("Regions", &signed(added, removed));
    }
    for version in &parts.versions {
        let id = shown::cell(&version.version_id);
        match &version.kind {
            VersionDiffKind::NewValue => add("new value", &id),
            VersionDiffKind::Gone => add("version gone", &id),
            VersionDiffKind::Resealed(regions) => add("re-sealed", &format!("{id} in {}", names(regions))),
            VersionDiffKind::BundlesAdded(regions) => add("bundles added", &format!("{id} in {}", names(regions))),
            VersionDiffKind::BundlesGone(regions) => add("bundles gone", &format!("{id} in {}", names(regions))),
        }
    }
    for label in &parts.labels {
        let [before, after] = [&label.before, &label.after].map(|ids| if ids.is_empty() { "none".to_owned() } else { listed(ids) });
        add(&format!("label {}", shown::cell(&label.label)), &format!("{before} -> {after}"));
    }
    for keys in &parts.keys {
        let [added, removed] = [&keys.added, &keys.removed].map(|keys| keys.iter().map(String::as_str));
        add(&format!("keys in {}", keys.region), &signed(added, removed));
    }
}

/// `+ one, - other`
fn signed<'a>(added: impl Iterator<Item = &'a str>, removed: impl Iterator<Item = &'a str>) -> String {
    let added = added.map(|text| format!("+ {}", shown::cell(text)));
    let removed = removed.map(|text| format!("- {}", shown::cell(text)));
    added.chain(removed).collect::<Vec<_>>().join(", ")
}

fn names(regions: &BTreeSet<Region>) -> String {
    regions.iter().map(|region| region.name()).collect::<Vec<_>>().join(", ")
}

fn listed(texts: &BTreeSet<String>) -> String {
    texts.iter().map(|text| shown::cell(text)).collect::<Vec<Cow<'_, str>>>().join(", ")
}
