//! A table of sections, drawn as the AWS CLI draws it: boxes of ASCII, inner sections within bars, columns scaled to one width.

use icu_properties::{CodePointMapData, props::EastAsianWidth};

/// Columns around a cell's text.
const PADDING: i64 = 4;
/// Columns between a cell's left edge and its text, where there is room.
const LEFT_PADDING: i64 = 2;
/// The bars on both sides.
const BORDERS: i64 = 2;

/// What becomes of characters that a terminal obeys or does not show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strange {
    /// Printed, as the AWS CLI does.
    AsTheyAre,
    /// Shown by their numbers; a text that is printed alone keeps its line ends and tabs.
    EscapedInLines,
    /// Shown by their numbers.
    Escaped,
}

/// How the table is drawn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    /// Columns of the terminal; a wider table has its one-row sections turned on their side.
    pub(crate) width: u16,
    /// Whether cells are blue and the bars of inner sections yellow.
    pub(crate) is_colored: bool,
    /// What becomes of characters that a terminal obeys or does not show.
    pub(crate) strange: Strange,
}

impl Look {
    /// What the AWS CLI takes where there is no terminal.
    pub(crate) const PLAIN: Self = Self { width: 80, is_colored: false, strange: Strange::AsTheyAre };

    fn cell(self, text: &str) -> String {
        if self.is_colored { format!("\u{1b}[1m\u{1b}[34m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn bar(self) -> &'static str {
        if self.is_colored { "\u{1b}[2m\u{1b}[33m|\u{1b}[0m" } else { "|" }
    }
}

/// Sections from top to bottom.
#[derive(Debug, Default)]
pub(super) struct Grid(Vec<Section>);

/// A title, headings and rows.
#[derive(Debug, Default)]
pub(super) struct Section {
    title: Option<String>,
    indent: usize,
    headers: Vec<String>,
    rows: Vec<Vec<String>>,
    /// The widest text of each column.
    widths: Vec<i64>,
}

impl Grid {
    pub(super) fn begin(&mut self, title: Option<&str>, indent: usize) {
        self.0.push(Section { title: title.map(str::to_owned), indent, ..Section::default() });
    }

    /// The section that is open.
    pub(super) fn last(&mut self) -> &mut Section {
        if self.0.is_empty() {
            self.begin(None, 0);
        }
        self.0.last_mut().expect("a section was begun")
    }

    pub(super) fn render(mut self, look: Look) -> String {
        let mut width = self.width();
        if width > i64::from(look.width) {
            self.0.iter_mut().for_each(Section::turn);
            width = self.width();
        }
        let mut text = format!("{}\n", repeat('-', width));
        for section in &self.0 {
            for line in section.lines(width - 2 * section.indent_columns(), look) {
                let bars = look.bar().repeat(section.indent);
                text.push_str(&format!("{bars}{line}{bars}\n"));
            }
        }
        text
    }

    fn width(&self) -> i64 {
        self.0.iter().map(Section::width).max().unwrap_or_default()
    }
}

impl Section {
    pub(super) fn set_headers(&mut self, headers: Vec<String>) {
        self.widen(&headers);
        self.headers = headers;
    }

    pub(super) fn add_row(&mut self, row: Vec<String>) {
        self.widen(&row);
        self.rows.push(row);
    }

    /// Rows of different lengths, with which the AWS CLI ends in a fault, make as many columns as the longest has.
    fn widen(&mut self, cells: &[String]) {
        if self.widths.len() < cells.len() {
            self.widths.resize(cells.len(), 0);
        }
        for (width, cell) in self.widths.iter_mut().zip(cells) {
            *width = columns(cell).max(*width);
        }
    }

    /// A single row under headings becomes two columns: heading and value.
    fn turn(&mut self) {
        if let ([row], false) = (self.rows.as_slice(), self.headers.is_empty()) {
            let pairs: Vec<_> = self.headers.iter().zip(row).map(|(header, cell)| vec![header.clone(), cell.clone()]).collect();
            let mut turned = Self { title: self.title.take(), indent: self.indent, ..Self::default() };
            pairs.into_iter().for_each(|pair| turned.add_row(pair));
            *self = turned;
        }
    }

    fn indent_columns(&self) -> i64 {
        i64::try_from(self.indent).unwrap_or(i64::MAX)
    }

    fn width(&self) -> i64 {
        let around = BORDERS + 2 * self.indent_columns();
        // The AWS CLI measures an absent title as Python's text for it, "None".
        let title = columns(self.title.as_deref().unwrap_or("None"));
        let cells: i64 = self.widths.iter().map(|width| width + PADDING).sum();
        around + title.max(cells)
    }

    fn lines(&self, width: i64, look: Look) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(title) = self.title.as_deref().filter(|title| !title.is_empty()) {
            lines.push(centered(title, width, "|"));
            if self.headers.is_empty() && self.rows.is_empty() {
                lines.push(format!("+{}+", repeat('-', width - BORDERS)));
            }
        }
        let widths = self.scaled(width);
        if !self.headers.is_empty() {
            lines.push(rule(&widths));
            lines.push(cells(&widths, &self.headers, centered));
        }
        if !self.rows.is_empty() && !widths.is_empty() {
            lines.push(rule(&widths));
            lines.extend(self.rows.iter().map(|row| cells(&widths, row, |text, width, edge| aligned(text, width, edge, look))));
            lines.push(rule(&widths));
        }
        lines
    }

    /// The columns' widths, scaled so that they fill `width`; rounding errors go to the first or the last columns, one each.
    fn scaled(&self, width: i64) -> Vec<i64> {
        let unscaled: Vec<i64> = self.widths.iter().map(|width| width + PADDING).collect();
        if unscaled.is_empty() {
            return unscaled;
        }
        let factor = float(width) / float(unscaled.iter().sum());
        let mut scaled: Vec<i64> = unscaled.iter().map(|width| rounded(factor * float(*width))).collect();
        let mut excess = scaled.iter().sum::<i64>() - width;
        while excess != 0 {
            let step = excess.signum();
            let mut give = |column: &mut i64| {
                if excess != 0 {
                    *column -= step;
                    excess -= step;
                }
            };
            if step > 0 { scaled.iter_mut().for_each(&mut give) } else { scaled.iter_mut().rev().for_each(&mut give) }
        }
        scaled
    }
}

/// Columns that a terminal for East Asian text uses: two for a character that is wide, full-width or ambiguous.
pub(crate) fn columns(text: &str) -> i64 {
    let widths = CodePointMapData::<EastAsianWidth>::new();
    let is_double = |c| matches!(widths.get(c), EastAsianWidth::Wide | EastAsianWidth::Fullwidth | EastAsianWidth::Ambiguous);
    text.chars().map(|c| if is_double(c) { 2 } else { 1 }).sum()
}

#[expect(clippy::cast_precision_loss, reason = "a width is far below 2^52")]
fn float(width: i64) -> f64 {
    width as f64
}

/// To the nearest whole number, to the even one in the middle, as in Python.
#[expect(clippy::cast_possible_truncation, reason = "a width is far below 2^52")]
fn rounded(width: f64) -> i64 {
    width.round_ties_even() as i64
}

fn repeat(character: char, count: i64) -> String {
    std::iter::repeat_n(character, usize::try_from(count).unwrap_or_default()).collect()
}

fn rule(widths: &[i64]) -> String {
    let mut line = String::new();
    for (at, width) in widths.iter().enumerate() {
        let part = if at == 0 { format!("+{}+", repeat('-', width - 2)) } else { format!("{}+", repeat('-', width - 1)) };
        line.push_str(&part);
    }
    line
}

/// A row that is shorter than others ends in empty cells.
fn cells(widths: &[i64], texts: &[String], draw: impl Fn(&str, i64, &str) -> String) -> String {
    let texts = texts.iter().map(String::as_str).chain(std::iter::repeat(""));
    widths.iter().zip(texts).enumerate().map(|(at, (width, text))| draw(text, *width, if at == 0 { "|" } else { "" })).collect()
}

/// `left_edge` is a bar or nothing.
fn centered(text: &str, width: i64, left_edge: &str) -> String {
    let length = columns(text);
    let before = width / 2 - length / 2 - 1;
    let after = width - 1 - columns(left_edge) - before - length;
    format!("{left_edge}{}{text}{}|", repeat(' ', before), repeat(' ', after))
}

fn aligned(text: &str, width: i64, left_edge: &str, look: Look) -> String {
    let length = columns(text);
    let around = columns(left_edge) + 1;
    let before = if width - length - around >= LEFT_PADDING { LEFT_PADDING } else { 0 };
    let after = width - length - around - before;
    format!("{left_edge}{}{}{}|", repeat(' ', before), look.cell(text), repeat(' ', after))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cli::output::{OutputFormat, render};

    #[test]
    fn colors_leave_the_columns_as_they_are() {
        let document = json!({"Name": "a", "Tags": [{"Key": "k", "Value": "v"}], "Wide": "x".repeat(90)});
        let colored = render("Title", &document, OutputFormat::Table, Look { is_colored: true, ..Look::PLAIN });
        let mut stripped = colored.clone();
        for code in ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[2m", "\u{1b}[33m", "\u{1b}[34m"] {
            stripped = stripped.replace(code, "");
        }
        assert_ne!(colored, stripped);
        assert_eq!(stripped, render("Title", &document, OutputFormat::Table, Look::PLAIN));
    }

    #[test]
    fn a_wide_terminal_keeps_a_wide_table() {
        let document = json!({"A": "x".repeat(60), "B": "y".repeat(60)});
        let lines = |width| render("Title", &document, OutputFormat::Table, Look { width, ..Look::PLAIN }).lines().count();
        assert_eq!((lines(80), lines(200)), (6, 7));
    }
}
