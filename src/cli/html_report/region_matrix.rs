//! Secrets by their Regions, and what is there.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::PathBuf,
};

use maud::{Markup, html};

use super::html_page::{HtmlPage, headings, one_line};
use crate::{
    cli::terminal::counted,
    error::Result,
    region::Region,
    timestamp::Timestamp,
    vault::{RegionStatus, SecretInventory, SecretStatus, StateInRegion, VaultInventory, VerifyReport},
};

/// A page, and a sheet of paper, has room for so many Regions beside each other.
const ON_SCREEN: usize = 5;
const ON_PAPER: usize = 3;
/// What stands before the Regions.
const COLUMNS: [&str; 4] = ["Secret", "Check", "Versions", "Last changed (UTC)"];
/// The column of the first Region, counted from 1.
pub(super) const FIRST_REGION: usize = COLUMNS.len() + 1;

/// The Regions of all secrets.
pub(super) fn regions(inventory: &VaultInventory) -> BTreeSet<Region> {
    inventory.secrets.iter().flat_map(|secret| &secret.status.regions).map(|status| status.region).collect()
}

/// A secret with its faults.
struct Row<'a> {
    secret: &'a SecretInventory,
    faults: u64,
}

pub(super) fn write(page: &mut HtmlPage<'_>, number: usize, inventory: &VaultInventory, verified: &VerifyReport) -> Result<()> {
    page.put(&html! { h2 id={ "secrets-" (number) } { "Secrets by Regions" } })?;
    if inventory.secrets.is_empty() {
        return page.put(&html! { p { "No secret is here." } });
    }
    let regions = regions(inventory);
    write_regions(page, inventory, &regions)?;
    let faults = faults_of(inventory, verified);
    let rows: Vec<Row<'_>> = inventory.secrets.iter().zip(faults).map(|(secret, faults)| Row { secret, faults }).collect();
    let columns: Vec<Markup> = headings(COLUMNS).into_iter().chain(regions.iter().map(|region| html! { (region.name()) })).collect();
    page.put(&html! { h3 { "Each secret" } })?;
    page.raw("<div")?;
    page.put(&attributes(number, &regions))?;
    let name = |row: &Row<'_>| row.secret.status.name.clone();
    page.groups(
        &rows,
        name,
        |row| row.faults > 0,
        |page, group| page.table(&columns, |page| group.iter().try_for_each(|row| page.put(&of_secret(row, &regions)))),
    )?;
    page.raw("</div>\n")
}

/// What ends the tag that is open.
fn attributes(number: usize, regions: &BTreeSet<Region>) -> Markup {
    maud::PreEscaped(format!(" id=\"matrix-{number}\" class=\"{}\">", class(regions)))
}

/// How the tables are laid out.
fn class(regions: &BTreeSet<Region>) -> &'static str {
    match regions.len() {
        count if count > ON_SCREEN => "secrets wide long",
        count if count > ON_PAPER => "secrets long",
        _ => "secrets",
    }
}

/// How many faults lie in the folder of each secret.
fn faults_of(inventory: &VaultInventory, verified: &VerifyReport) -> Vec<u64> {
    let mut faults = vec![0; inventory.secrets.len()];
    if verified.faults.is_empty() {
        return faults;
    }
    let places: HashMap<PathBuf, usize> =
        inventory.secrets.iter().enumerate().map(|(at, secret)| (inventory.place_of(secret), at)).collect();
    for finding in &verified.faults {
        let at = finding.path.ancestors().find_map(|path| places.get(path));
        at.and_then(|at| faults.get_mut(*at)).into_iter().for_each(|count| *count += 1);
    }
    faults
}

#[derive(Default)]
struct InRegion {
    primary: u64,
    in_sync: u64,
    failed: u64,
    bundles: u64,
    bytes: u64,
}

fn write_regions(page: &mut HtmlPage<'_>, inventory: &VaultInventory, regions: &BTreeSet<Region>) -> Result<()> {
    let mut counts: BTreeMap<Region, InRegion> = BTreeMap::new();
    for secret in &inventory.secrets {
        for status in &secret.status.regions {
            let count = counts.entry(status.region).or_default();
            *match status.status {
                StateInRegion::Primary => &mut count.primary,
                StateInRegion::InSync => &mut count.in_sync,
                StateInRegion::Failed => &mut count.failed,
            } += 1;
        }
        for bundle in &secret.bundles {
            let count = counts.entry(bundle.region).or_default();
            count.bundles += 1;
            count.bytes += bundle.size;
        }
    }
    page.table(&headings(["Region", "Primary of", "In sync", "Failed", "Bundles", "Bytes"]), |page| {
        regions.iter().filter_map(|region| counts.get(region).map(|count| (region, count))).try_for_each(|(region, count)| {
            let failed = if count.failed > 0 { "bad" } else { "soft" };
            page.put(&html! {
                tr {
                    th scope="row" { (region.name()) }
                    td { (count.primary) } td { (count.in_sync) } td class=(failed) { (count.failed) } td { (count.bundles) } td { (count.bytes) }
                }
            })
        })
    })
}

fn of_secret(row: &Row<'_>, regions: &BTreeSet<Region>) -> Markup {
    let SecretInventory { status, .. } = row.secret;
    html! {
        tr class=[(row.faults > 0).then_some("faulty")] {
            th scope="row" {
                (one_line(&status.name))
                @if let Some(date) = status.deletion_date { div.care { "\u{2298} marked for deletion, gone on " (day(date)) } }
            }
            td {
                @if row.faults > 0 { a.bad href="#faults" { "\u{2717} " (counted(row.faults, "fault")) } }
                @else { span.good { "\u{2713} sound" } }
            }
            td { (status.versions) }
            td { (minute(status.last_changed_date)) }
            @for region in regions { td { (in_region(status, *region)) } }
        }
    }
}

fn in_region(secret: &SecretStatus, region: Region) -> Markup {
    let Some(status) = secret.regions.iter().find(|status| status.region == region) else {
        return html! { span.soft { (mark("\u{2013}")) "not there" } };
    };
    html! {
        @match status.status {
            StateInRegion::Primary => span { (mark("\u{25c6}")) "primary" },
            StateInRegion::InSync => span.good { (mark("\u{25cf}")) "in sync" },
            StateInRegion::Failed => span.bad { (mark("\u{2717}")) "failed" },
        }
        (remarks(status))
    }
}

/// Why it failed, and what is there of before.
fn remarks(status: &RegionStatus) -> Markup {
    html! {
        @if let Some(message) = &status.status_message { div.soft { (one_line(message)) } }
        @if let Some(version) = &status.version_id { div.soft { "still at " (one_line(version)) } }
    }
}

fn mark(mark: &str) -> Markup {
    html! { span.mark { (mark) } }
}

fn minute(time: Timestamp) -> String {
    time.to_string().chars().take(16).map(|char| if char == 'T' { ' ' } else { char }).collect()
}

fn day(time: Timestamp) -> String {
    time.to_string().chars().take(10).collect()
}
