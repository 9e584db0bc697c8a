//! Faults, and what is worth knowing, in words.

use maud::html;

use super::html_page::{HtmlPage, headings, shown_path};
use crate::{cli::shown, error::Result, vault::Finding};

pub(super) fn write(page: &mut HtmlPage<'_>, id: &str, heading: &str, what: &str, findings: &[Finding]) -> Result<()> {
    page.put(&html! { h2 id=(id) { (heading) " (" (findings.len()) ")" } })?;
    let place = |finding: &Finding| finding.path.display().to_string();
    page.raw("<div class=\"findings\">\n")?;
    page.groups(
        findings,
        place,
        |_| false,
        |page, group| {
            page.table(&headings([what, "Where"]), |page| {
                group.iter().try_for_each(|finding| {
                    page.put(&html! { tr { td.message { (shown::lines(&finding.message)) } td.place { (shown_path(&finding.path)) } } })
                })
            })
        },
    )?;
    page.raw("</div>\n")
}
