//! What `verify` found, as one page for people: HTML without a script, which asks nobody for anything.
//!
//! A page is written as it is made, part by part: what is held of it at once is a row.

mod check_by_hand;
mod digest_lines;
mod findings_list;
mod html_page;
mod key_table;
mod page_style;
mod region_matrix;
mod reported;
mod signed_changes;
mod verdict;

use std::io::Write;

use maud::{Markup, html};

use self::html_page::{HtmlPage, one_line, shown_path, shown_time};
pub(crate) use self::reported::{HtmlReport, ReportedVault};
use crate::error::Result;

/// Writes the page.
///
/// # Errors
/// The output's.
pub(crate) fn write(report: &HtmlReport<'_>, output: &mut (dyn Write + Send)) -> Result<()> {
    let mut page = HtmlPage::new(output);
    let title = format!("Verified: {}", report.paths.iter().map(|path| shown_path(path)).collect::<Vec<_>>().join(", "));
    page.raw("<!DOCTYPE html>\n<html lang=\"en\">\n")?;
    page.put(&page_style::head(&title, &report.vaults))?;
    page.raw("<body>\n<header>\n")?;
    page.put(&html! { h1 { (title) } })?;
    verdict::write(&mut page, report)?;
    page.put(&contents(report))?;
    page.raw("</header>\n<main>\n")?;
    write_main(report, &mut page)?;
    page.raw("</main>\n<footer>\n")?;
    check_by_hand::write(&mut page, report)?;
    page.put(&html! {
        p {
            "Made by coldseal " (env!("CARGO_PKG_VERSION")) ", " (shown_time(report.time)) ". No value of a secret is on this page, and nothing that is made from one. "
            "What stands here was true when it was made: it is no signature, and whoever hands it on can change it."
        }
    })?;
    page.raw("</footer>\n</body>\n</html>\n")?;
    page.finish()
}

fn write_main(report: &HtmlReport<'_>, page: &mut HtmlPage<'_>) -> Result<()> {
    if !report.verified.faults.is_empty() {
        findings_list::write(page, "faults", "Faults", "What is wrong", &report.verified.faults)?;
    }
    for (number, vault) in report.vaults.iter().enumerate() {
        if report.vaults.len() > 1 {
            page.put(&html! { h2 { "Vault " (shown_path(vault.vault.root())) } })?;
        }
        if let Some(signed) = vault.signed {
            signed_changes::write(page, number, signed)?;
        }
        match &vault.inventory {
            Ok(inventory) => {
                region_matrix::write(page, number, inventory, report.verified)?;
                key_table::write(page, number, inventory)?;
                digest_lines::write(page, number, vault, inventory)?;
            }
            Err(error) => page.put(&html! {
                h2 { "Secrets by Regions" }
                p.bad { "What the vault holds cannot be listed: " (one_line(&error.to_string())) }
            })?,
        }
    }
    if !report.verified.notes.is_empty() {
        findings_list::write(page, "notes", "Notes", "Not wrong, but worth knowing", &report.verified.notes)?;
    }
    Ok(())
}

/// Where each part is.
fn contents(report: &HtmlReport<'_>) -> Markup {
    let mut parts: Vec<(String, &str)> = Vec::new();
    if !report.verified.faults.is_empty() {
        parts.push(("#faults".to_owned(), "Faults"));
    }
    for (number, vault) in report.vaults.iter().enumerate() {
        let mut part = |name: &str, told| parts.push((format!("#{name}-{number}"), told));
        if vault.signed.is_some() {
            part("changes", "Changed since it was signed");
        }
        if vault.inventory.is_ok() {
            part("secrets", "Secrets by Regions");
            part("keys", "Keys");
            part("digests", "Digests");
        }
    }
    if !report.verified.notes.is_empty() {
        parts.push(("#notes".to_owned(), "Notes"));
    }
    parts.push(("#by-hand".to_owned(), "Check it yourself"));
    html! {
        nav aria-label="Parts of this page" {
            ul { @for (place, told) in &parts { li { a href=(place) { (told) } } } }
        }
    }
}

#[cfg(test)]
mod tests;
