//! Secrets by Regions as a table for people: a column for each Region where the terminal has room for them, else a paragraph for each secret.

use std::{borrow::Cow, collections::BTreeSet, fmt::Write as _};

use crate::{
    cli::{
        color::{Style, styled},
        output::{Look, columns},
        shown,
        terminal::counted,
    },
    region::Region,
    vault::{RegionStatus, SecretStatus, StateInRegion},
};

/// Columns between two cells.
const GAP: usize = 2;
/// A name is cut to no fewer columns.
const LEAST_NAME: usize = 20;
/// Of a VersionId so much is shown.
const SHORT_ID: usize = 8;
/// Failures, and secrets that are marked for deletion, that are told one by one.
const TOLD: usize = 20;
const HEADINGS: [&str; 3] = ["NAME", "VERSIONS", "CURRENT"];

pub(super) struct StatusTable<'a> {
    secrets: &'a [SecretStatus],
    look: Look,
    regions: Vec<Region>,
}

/// A text with the columns that it takes.
struct Cell<'a> {
    text: Cow<'a, str>,
    style: Option<Style>,
}

impl<'a> Cell<'a> {
    fn new(text: impl Into<Cow<'a, str>>, style: Option<Style>) -> Self {
        Self { text: text.into(), style }
    }

    fn width(&self) -> usize {
        usize::try_from(columns(&self.text)).unwrap_or_default()
    }

    /// Padded to `width`, unless it is the last of its line.
    fn write(&self, line: &mut String, look: Look, width: usize) {
        match self.style.filter(|_| look.is_colored) {
            Some(style) => line.push_str(&styled(&self.text, style)),
            None => line.push_str(&self.text),
        }
        let padding = width.saturating_sub(self.width());
        line.extend(std::iter::repeat_n(' ', padding));
    }
}

impl<'a> StatusTable<'a> {
    pub(super) fn new(secrets: &'a [SecretStatus], look: Look) -> Self {
        let names: BTreeSet<_> = secrets.iter().flat_map(|secret| &secret.regions).map(|status| status.region.name()).collect();
        let regions = names.into_iter().filter_map(Region::new).collect();
        Self { secrets, look, regions }
    }

    /// The table, what failed and why, what is marked for deletion, and a line that sums it up.
    pub(super) fn render(&self) -> String {
        let mut text = String::new();
        if !self.secrets.is_empty() {
            match self.column_widths() {
                Some(widths) => self.write_matrix(&mut text, &widths),
                None => self.secrets.iter().for_each(|secret| self.write_paragraph(&mut text, secret)),
            }
            text.push('\n');
        }
        self.write_remarks(&mut text);
        let _ = writeln!(text, "{}", self.summary());
        text
    }

    fn width(&self) -> usize {
        usize::from(self.look.width)
    }

    /// The width of each column; `None` where there are more Regions than the terminal has room for.
    fn column_widths(&self) -> Option<Vec<usize>> {
        let of_region = |region: &Region| {
            let cells = self.secrets.iter().map(|secret| in_region(secret, *region).width());
            cells.max().unwrap_or_default().max(region.name().len())
        };
        let [name, versions, current] = HEADINGS.map(str::len);
        let mut widths = vec![name, versions, current.max(SHORT_ID)];
        widths.extend(self.regions.iter().map(of_region));
        let longest = self.secrets.iter().map(|secret| Cell::new(shown::cell(&secret.name), None).width()).max().unwrap_or_default();
        let others: usize = widths.iter().skip(1).map(|width| width + GAP).sum();
        let room = self.width().checked_sub(others)?;
        let wanted = longest.max(name);
        if room < wanted.min(LEAST_NAME) {
            return None;
        }
        *widths.first_mut()? = wanted.min(room);
        Some(widths)
    }

    fn write_matrix(&self, text: &mut String, widths: &[usize]) {
        let headings = HEADINGS.into_iter().chain(self.regions.iter().map(|region| region.name()));
        let headings: Vec<_> = headings.map(|heading| Cell::new(heading, Some(Style::Bold))).collect();
        self.write_line(text, &headings, widths);
        let room = widths.first().copied().unwrap_or_default();
        for secret in self.secrets {
            let mut cells = vec![
                Cell::new(cut(&shown::cell(&secret.name), room), None),
                Cell::new(secret.versions.to_string(), None),
                Cell::new(short_id(secret), None),
            ];
            cells.extend(self.regions.iter().map(|region| in_region(secret, *region)));
            self.write_line(text, &cells, widths);
        }
    }

    fn write_line(&self, text: &mut String, cells: &[Cell<'_>], widths: &[usize]) {
        let mut line = String::new();
        for (at, (cell, width)) in cells.iter().zip(widths).enumerate() {
            if at > 0 {
                line.push_str("  ");
            }
            let is_last = at + 1 == cells.len();
            cell.write(&mut line, self.look, if is_last { 0 } else { *width });
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }

    /// The name, then each Region, in as many lines as it takes.
    fn write_paragraph(&self, text: &mut String, secret: &SecretStatus) {
        let name = cut(&shown::cell(&secret.name), self.width());
        Cell::new(name, Some(Style::Bold)).write(text, self.look, 0);
        let current = if secret.version_id.is_some() { format!(", current {}", short_id(secret)) } else { String::new() };
        let _ = writeln!(text, "\n  {}{current}", counted(secret.versions, "version"));
        let mut used = 0;
        for status in &secret.regions {
            let state = state(secret, status);
            let needed = GAP + status.region.name().len() + 1 + state.width();
            if used > 0 && used + 1 + needed > self.width() {
                text.push('\n');
                used = 0;
            } else if used > 0 {
                text.push(',');
                used += 1;
            }
            let _ = write!(text, "{}{} ", if used == 0 { "  " } else { " " }, status.region);
            state.write(text, self.look, 0);
            used += needed;
        }
        text.push('\n');
    }

    fn write_remarks(&self, text: &mut String) {
        let all = self.secrets.iter().flat_map(|secret| secret.regions.iter().map(move |status| (secret, status)));
        let failed = all.filter(|(_, status)| status.status == StateInRegion::Failed).map(|(secret, status)| {
            let message = status.status_message.as_deref().unwrap_or_default();
            let still = status.version_id.as_deref().map_or_else(String::new, |id| format!(", still at {}", short(id)));
            (("failed", Style::Red), format!("{} in {}{still}: {}", shown::cell(&secret.name), status.region, shown::cell(message)))
        });
        let is_any = self.write_some(text, failed, "failed");
        let marked = self.secrets.iter().filter_map(|secret| secret.deletion_date.map(|date| (secret, date)));
        let marked = marked.map(|(secret, date)| {
            let name = shown::cell(&secret.name);
            (("deleted", Style::Yellow), format!("{name} in {}, for good after {date}", secret.arn.region()))
        });
        if self.write_some(text, marked, "are marked for deletion") || is_any {
            text.push('\n');
        }
    }

    /// The first of these remarks, each behind its word, and how many more there are. False where there is none.
    fn write_some(&self, text: &mut String, mut remarks: impl Iterator<Item = ((&'static str, Style), String)>, what: &str) -> bool {
        let mut is_any = false;
        for ((word, style), remark) in remarks.by_ref().take(TOLD) {
            is_any = true;
            Cell::new(word, Some(style)).write(text, self.look, 0);
            let _ = writeln!(text, ": {remark}");
        }
        let more = remarks.count();
        if more > 0 {
            let _ = writeln!(text, "{more} more {what}; --output json has all of them");
        }
        is_any
    }

    fn summary(&self) -> String {
        let states = || self.secrets.iter().flat_map(|secret| &secret.regions);
        let count = |wanted| states().filter(|status| status.status == wanted).count();
        let mut summary = format!(
            "{} in {}; {} in sync, {} failed",
            counted(self.secrets.len(), "secret"),
            counted(self.regions.len(), "Region"),
            counted(count(StateInRegion::InSync), "replica"),
            count(StateInRegion::Failed),
        );
        let marked = self.secrets.iter().filter(|secret| secret.deletion_date.is_some()).count();
        if marked > 0 {
            let _ = write!(summary, ", {marked} marked for deletion");
        }
        if states().any(|status| status.opens_here == Some(true)) {
            summary.push_str("; * opens here");
        }
        summary
    }
}

/// What a secret is in a Region.
fn in_region(secret: &SecretStatus, region: Region) -> Cell<'static> {
    secret.regions.iter().find(|status| status.region == region).map_or_else(|| Cell::new("-", None), |status| state(secret, status))
}

fn state(secret: &SecretStatus, status: &RegionStatus) -> Cell<'static> {
    let (text, style) = match status.status {
        StateInRegion::Primary if secret.deletion_date.is_some() => ("deleted", Style::Yellow),
        StateInRegion::Primary => ("primary", Style::Bold),
        StateInRegion::InSync => ("in sync", Style::Green),
        _ => ("failed", Style::Red),
    };
    let mark = if status.opens_here == Some(true) { " *" } else { "" };
    Cell::new(format!("{text}{mark}"), Some(style))
}

fn short_id(secret: &SecretStatus) -> String {
    secret.version_id.as_deref().map_or_else(|| "-".to_owned(), short)
}

fn short(version_id: &str) -> String {
    cut(&shown::cell(version_id), SHORT_ID)
}

/// At most so many columns; what is cut ends in three dots, an id does not.
fn cut(text: &str, width: usize) -> String {
    let fits = |text: &str| usize::try_from(columns(text)).unwrap_or_default() <= width;
    if fits(text) {
        return text.to_owned();
    }
    let dots = if width > SHORT_ID { "..." } else { "" };
    let mut kept = String::new();
    for character in text.chars() {
        kept.push(character);
        if !fits(&format!("{kept}{dots}")) {
            kept.pop();
            break;
        }
    }
    format!("{kept}{dots}")
}

#[cfg(test)]
mod tests;
