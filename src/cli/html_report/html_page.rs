//! The page as it is written: markup goes through one place, which lets no character through that could disorder it.

use std::{
    borrow::Cow,
    io::{BufWriter, Write},
    path::Path,
};

use maud::{Markup, html};

use crate::{
    cli::shown,
    error::{Error, Result},
    timestamp::Timestamp,
};

/// Rows of one table: more are cut into groups, which a browser lays out when they are looked at.
const GROUP: usize = 100;
/// Of more things than these a group is closed until somebody opens it.
const MOST_OPEN: usize = 500;
/// Hex digits that stand together.
const DIGITS: usize = 8;

pub(super) struct HtmlPage<'a> {
    output: BufWriter<&'a mut (dyn Write + Send)>,
}

impl<'a> HtmlPage<'a> {
    pub(super) fn new(output: &'a mut (dyn Write + Send)) -> Self {
        Self { output: BufWriter::new(output) }
    }

    /// Writes markup, in which what is not ours was escaped for HTML as it was made. Of characters that order, hide or change what stands beside them
    /// there is none of our own but the line end: the others are shown by their numbers, wherever they are from.
    pub(super) fn put(&mut self, markup: &Markup) -> Result<()> {
        self.write(&shown::lines(&markup.0))?;
        self.write("\n")
    }

    /// Writes tags that are closed later, or close.
    pub(super) fn raw(&mut self, tags: &'static str) -> Result<()> {
        self.write(tags)
    }

    /// Writes a line of text, inside of `pre`.
    pub(super) fn line(&mut self, text: &str) -> Result<()> {
        self.put(&html! { (one_line(text)) })
    }

    fn write(&mut self, text: &str) -> Result<()> {
        self.output.write_all(text.as_bytes()).map_err(|error| Error::io("writing the report", error))
    }

    /// Writes what is still in memory.
    pub(super) fn finish(mut self) -> Result<()> {
        self.output.flush().map_err(|error| Error::io("writing the report", error))
    }

    /// A table with a heading for each column.
    pub(super) fn table(&mut self, headings: &[Markup], rows: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        self.raw("<div class=\"table\"><table>\n")?;
        self.put(&html! { thead { tr { @for heading in headings { th scope="col" { (heading) } } } } })?;
        self.raw("<tbody>\n")?;
        rows(self)?;
        self.raw("</tbody></table></div>\n")
    }

    /// Hands out items group by group. Where there is more than one, each can be opened and closed, and says what is in it; many stay closed, but for
    /// those that are `urgent`.
    pub(super) fn groups<T>(
        &mut self,
        items: &[T],
        name: impl Fn(&T) -> String,
        urgent: impl Fn(&T) -> bool,
        mut write: impl FnMut(&mut Self, &[T]) -> Result<()>,
    ) -> Result<()> {
        if items.len() <= GROUP {
            return write(self, items);
        }
        for (number, group) in items.chunks(GROUP).enumerate() {
            let first = number * GROUP + 1;
            let ends = [group.first(), group.last()].map(|item| item.map(&name).unwrap_or_default());
            let is_open = items.len() <= MOST_OPEN || group.iter().any(&urgent);
            self.raw(if is_open { "<details open>" } else { "<details>" })?;
            self.put(&html! {
                summary { (first) " to " (first + group.len() - 1) ": " (one_line(&ends[0])) " … " (one_line(&ends[1])) }
            })?;
            self.raw("<div class=\"later\">\n")?;
            write(self, group)?;
            self.raw("</div></details>\n")?;
        }
        Ok(())
    }
}

/// Text that is not ours, on one line.
pub(super) fn one_line(text: &str) -> Cow<'_, str> {
    shown::cell(text)
}

pub(super) fn shown_path(path: &Path) -> String {
    shown::cell(&path.display().to_string()).into_owned()
}

/// A digest that two people can read to each other; copied, it has no gaps.
pub(super) fn digest(hex: &str) -> Markup {
    let digits: Vec<char> = hex.chars().collect();
    html! { code.digest { @for digits in digits.chunks(DIGITS) { span { (digits.iter().collect::<String>()) } } } }
}

/// Column headings.
pub(super) fn headings<const N: usize>(texts: [&str; N]) -> [Markup; N] {
    texts.map(|text| html! { (text) })
}

/// To the second.
pub(super) fn shown_time(time: Timestamp) -> String {
    let second: String = time.to_string().chars().take(19).map(|char| if char == 'T' { ' ' } else { char }).collect();
    format!("{second} UTC")
}
