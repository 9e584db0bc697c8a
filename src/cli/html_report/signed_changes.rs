//! What a vault holds by now beside what was signed.

use std::path::PathBuf;

use maud::{Markup, html};

use super::html_page::{HtmlPage, headings, one_line, shown_path};
use crate::{
    error::Result,
    package::{DifferenceKind, EntryDifference, PackageReport, SignedBundleFault},
    vault::Finding,
};

pub(super) fn write(page: &mut HtmlPage<'_>, number: usize, signed: Result<&PackageReport, &Finding>) -> Result<()> {
    page.put(&html! { h2 id={ "changes-" (number) } { "Changed since it was signed" } })?;
    match signed {
        Err(finding) => page.put(&html! { p.bad { "\u{2717} Nothing here is known to be signed: " (one_line(&finding.message)) "." } }),
        Ok(package) if package.is_sound() => page.put(&html! {
            p { span.good { "\u{2713} Nothing." } " Every secret is as root " (package.root.counter) " lists it, none is missing and none is added." }
        }),
        Ok(package) => {
            let name = |difference: &EntryDifference| difference.name.clone();
            page.groups(&package.differences, name, |_| false, write_differences)?;
            write_bundles(page, &package.bundles)?;
            if !package.unread.is_empty() {
                page.put(&html! { p.bad { "Records that cannot be read, and may be of what was signed: " (package.unread.len()) "." } })?;
            }
            Ok(())
        }
    }
}

pub(super) fn write_differences(page: &mut HtmlPage<'_>, differences: &[EntryDifference]) -> Result<()> {
    if differences.is_empty() {
        return Ok(());
    }
    page.table(&headings(["Secret", "How", "What of it", "Regions"]), |page| {
        differences.iter().try_for_each(|difference| {
            let (how, members) = told(&difference.kind);
            let regions: Vec<_> = difference.regions.iter().map(|region| region.name()).collect();
            page.put(&html! {
                tr { th scope="row" { (one_line(&difference.name)) } td.bad { (how) } td { (one_line(&members)) } td { (regions.join(", ")) } }
            })
        })
    })
}

fn told(kind: &DifferenceKind) -> (&'static str, String) {
    let listed = |members: &std::collections::BTreeSet<String>| members.iter().cloned().collect::<Vec<_>>().join(", ");
    match kind {
        DifferenceKind::NotListed => ("+ not listed: no signed root has it", "all of it".to_owned()),
        DifferenceKind::Missing => ("\u{2212} missing: the root lists it", "all of it".to_owned()),
        DifferenceKind::RolledBack { members } => ("\u{21b6} rolled back: older than what was signed", listed(members)),
        DifferenceKind::Changed { members } => ("\u{2260} changed since", listed(members)),
    }
}

fn write_bundles(page: &mut HtmlPage<'_>, bundles: &[(PathBuf, SignedBundleFault)]) -> Result<()> {
    if bundles.is_empty() {
        return Ok(());
    }
    page.put(&html! { h3 { "Bundles that were signed" } })?;
    let place = |(path, _): &(PathBuf, SignedBundleFault)| path.display().to_string();
    page.groups(
        bundles,
        place,
        |_| false,
        |page, group| {
            page.table(&headings(["What is wrong", "Where"]), |page| {
                group.iter().try_for_each(|(path, fault)| {
                    page.put(&html! { tr { td.bad { (of_bundle(*fault)) } td.place { (shown_path(path)) } } })
                })
            })
        },
    )
}

fn of_bundle(fault: SignedBundleFault) -> Markup {
    match fault {
        SignedBundleFault::Missing => html! { "\u{2212} missing" },
        _ => html! { "\u{2260} not the bundle that was signed" },
    }
}
