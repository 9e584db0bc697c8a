//! The keys, and what each of them opens.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::html_page::{HtmlPage, headings, one_line};
use crate::{
    cli::terminal::counted,
    error::Result,
    region::Region,
    vault::{OpeningKey, OpeningKeyKind, SecretInventory, VaultInventory},
};

/// Names that stand in the table; of more there is a list to open.
const MOST_NAMES: usize = 3;

/// What a key opens.
#[derive(Default)]
struct Opens<'a> {
    regions: BTreeSet<Region>,
    bundles: u64,
    secrets: Vec<&'a SecretInventory>,
}

pub(super) fn write(page: &mut HtmlPage<'_>, number: usize, inventory: &VaultInventory) -> Result<()> {
    page.put(&html! { h2 id={ "keys-" (number) } { "Keys, and what each of them opens" } })?;
    page.put(&html! {
        p {
            "Whoever may decrypt with a key can open the bundles that stand beside it. Each bundle has its Region's key; where there are others beside it, "
            "they are recovery keys, or those of other owners."
        }
    })?;
    let opens = opens(inventory);
    let rows: Vec<(&OpeningKey, &Opens<'_>)> = inventory.keys.iter().zip(&opens).filter(|(_, opens)| opens.bundles > 0).collect();
    if rows.is_empty() {
        return page.put(&html! { p { "No bundle is here." } });
    }
    let all = inventory.secrets.len();
    let is_looked_up = inventory.keys.iter().any(|key| key.is_here.is_some());
    let mut columns = headings(["Key", "What it is", "Opens bundles for", "Bundles", "Secrets"]).to_vec();
    columns.extend(is_looked_up.then(|| html! { "In the keystore here" }));
    page.groups(
        &rows,
        |(key, _)| key.name.clone(),
        |_| false,
        |page, group| page.table(&columns, |page| group.iter().try_for_each(|(key, opens)| write_key(page, key, opens, all))),
    )
}

fn opens(inventory: &VaultInventory) -> Vec<Opens<'_>> {
    let mut opens: Vec<Opens<'_>> = inventory.keys.iter().map(|_| Opens::default()).collect();
    for secret in &inventory.secrets {
        for bundle in &secret.bundles {
            for key in &bundle.keys {
                let Some(of_key) = opens.get_mut(*key) else { continue };
                of_key.regions.insert(bundle.region);
                of_key.bundles += 1;
                if !of_key.secrets.last().is_some_and(|last| std::ptr::eq(*last, secret)) {
                    of_key.secrets.push(secret);
                }
            }
        }
    }
    opens
}

fn write_key(page: &mut HtmlPage<'_>, key: &OpeningKey, opens: &Opens<'_>, all: usize) -> Result<()> {
    let regions: Vec<_> = opens.regions.iter().map(|region| region.name()).collect();
    page.put(&html! {
        (maud::PreEscaped("<tr>"))
        th scope="row" { code { (one_line(&key.name)) } }
        td { (kind(&key.kind)) } td { (regions.join(", ")) } td { (opens.bundles) }
    })?;
    page.raw("<td>")?;
    write_names(page, &opens.secrets, all)?;
    page.raw("</td>")?;
    if let Some(is_here) = key.is_here {
        page.put(&if is_here {
            html! { td.good { "\u{2713} yes" } }
        } else {
            html! { td.soft { "\u{2013} no" } }
        })?;
    }
    page.raw("</tr>\n")
}

fn write_names(page: &mut HtmlPage<'_>, secrets: &[&SecretInventory], all: usize) -> Result<()> {
    if secrets.len() == all && all > 1 {
        return page.put(&html! { "all " (all) " secrets" });
    }
    if secrets.len() <= MOST_NAMES {
        return page.put(&html! { @for secret in secrets { div { (one_line(&secret.status.name)) } } });
    }
    page.put(&html! { (maud::PreEscaped("<details>")) summary { (counted(secrets.len(), "secret")) } })?;
    page.raw("<ul>\n")?;
    secrets.iter().try_for_each(|secret| page.put(&html! { li { (one_line(&secret.status.name)) } }))?;
    page.raw("</ul></details>\n")
}

fn kind(kind: &OpeningKeyKind) -> Markup {
    match kind {
        OpeningKeyKind::Symmetric => html! { "symmetric KMS key" },
        OpeningKeyKind::Rsa => html! { "RSA key of KMS" },
        OpeningKeyKind::EllipticCurve => html! { "elliptic curve key" },
        OpeningKeyKind::Raw(namespace) => html! { "raw key of the namespace " (one_line(namespace)) },
    }
}
