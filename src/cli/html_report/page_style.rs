//! The head of the page: what it is allowed to do, which is nothing, and how it looks.

use std::{collections::BTreeSet, fmt::Write as _};

use maud::{Markup, PreEscaped, html};

use super::{region_matrix, reported::ReportedVault};

const STYLE: &str = include_str!("style.css");
/// A table of secrets as one block for each; `WHERE` is what it is for.
const CARDS: &str = include_str!("cards.css");
/// No script, no request, no form, no other base; styles are those in the page.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
/// Where there is no room for a table of secrets.
const CARDS_ON: [(&str, &str); 3] =
    [("screen and (max-width: 56rem)", ".secrets"), ("screen and (min-width: 56.01rem)", ".secrets.wide"), ("print", ".secrets.long")];

pub(super) fn head(title: &str, vaults: &[ReportedVault<'_>]) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta http-equiv="Content-Security-Policy" content=(POLICY);
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            meta name="referrer" content="no-referrer";
            title { (title) }
            // Nothing in it is anybody else's: Regions have names of letters, digits and hyphens.
            style { (PreEscaped(style(vaults))) }
        }
    }
}

fn style(vaults: &[ReportedVault<'_>]) -> String {
    let regions: Vec<_> = vaults.iter().map(|vault| vault.inventory.as_ref().map(region_matrix::regions).unwrap_or_default()).collect();
    let columns = region_matrix::FIRST_REGION..region_matrix::FIRST_REGION + regions.iter().map(BTreeSet::len).max().unwrap_or_default();
    let mut style = STYLE.to_owned();
    for (media, place) in CARDS_ON {
        // Writing to a String does not fail.
        let _ = writeln!(style, "@media {media} {{\n{}", CARDS.replace("WHERE", place));
        for column in columns.clone() {
            let _ = writeln!(style, "{place} td:nth-child({column})::before {{ content: var(--column-{column}, none); }}");
        }
        style.push_str("}\n");
    }
    for (number, regions) in regions.iter().enumerate() {
        for (column, region) in columns.clone().zip(regions) {
            let _ = writeln!(style, "#matrix-{number} {{ --column-{column}: \"{region}\"; }}");
        }
    }
    style
}
