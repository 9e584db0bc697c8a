//! Digests of all files, to be compared by eye or by `sha256sum`.

use std::path::Path;

use maud::html;

use super::{
    html_page::{HtmlPage, digest, one_line, shown_path},
    reported::ReportedVault,
};
use crate::{
    cli::terminal::counted,
    error::Result,
    package::SignedRoot,
    vault::{SecretInventory, Vault, VaultInventory},
};

pub(super) fn write(page: &mut HtmlPage<'_>, number: usize, vault: &ReportedVault<'_>, inventory: &VaultInventory) -> Result<()> {
    page.put(&html! { h2 id={ "digests-" (number) } { "Digests to compare" } })?;
    page.put(&html! {
        p {
            "Two that have the same root have the same vault: read the digits to each other. The lines are what " code { "sha256sum -c" }
            " takes, in the vault's folder " code { (shown_path(&absolute(vault.vault.root()))) } "."
        }
    })?;
    if let Some(package) = vault.package() {
        write_root(page, vault.vault, &package.root)?;
    }
    page.put(&html! { h3 { "Bundles, as the records have them" } })?;
    if inventory.secrets.iter().all(|secret| secret.bundles.is_empty()) {
        return page.put(&html! { p { "No bundle is here." } });
    }
    let name = |secret: &SecretInventory| secret.status.name.clone();
    page.groups(
        &inventory.secrets,
        name,
        |_| false,
        |page, group| {
            page.raw("<pre class=\"lines\" tabindex=\"0\">")?;
            for secret in group {
                for bundle in &secret.bundles {
                    page.line(&format!("{}  {}", bundle.sha256, inventory.place_in_vault(secret, bundle).display()))?;
                }
            }
            page.raw("</pre>\n")
        },
    )
}

fn write_root(page: &mut HtmlPage<'_>, vault: &Vault, root: &SignedRoot) -> Result<()> {
    page.put(&html! { h3 { "Root " (root.counter) } p { (digest(root.sha256.as_str())) } })?;
    if let Some(previous) = root.previous() {
        page.put(&html! { h3 { "The root before it" } p { (digest(previous.as_str())) } })?;
    }
    page.put(&html! { h3 { "The root and its pages" } })?;
    for (region, pages) in root.pages() {
        page.put(&html! { (maud::PreEscaped("<details>")) summary { (region.name()) ": " (counted(pages.len(), "page")) } })?;
        page.raw("<pre class=\"lines later\" tabindex=\"0\">")?;
        for sha256 in pages {
            page.line(&format!("{sha256}  {}", in_vault(vault, &root.place_of_page(vault, sha256))))?;
        }
        page.raw("</pre></details>\n")?;
    }
    page.raw("<pre class=\"lines\" tabindex=\"0\">")?;
    page.line(&format!("{}  {}", root.sha256, in_vault(vault, &root.place(vault))))?;
    page.raw("</pre>\n")
}

/// From the vault's folder on.
pub(super) fn in_vault(vault: &Vault, path: &Path) -> String {
    one_line(&path.strip_prefix(vault.root()).unwrap_or(path).display().to_string()).into_owned()
}

pub(super) fn absolute(path: &Path) -> std::path::PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}
