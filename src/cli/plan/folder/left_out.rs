//! What of a directory makes no secret, by name.

use std::{collections::BTreeMap, path::Path};

use crate::cli::{shown::cell, terminal::counted};

/// Names that are told of each kind.
const NAMED: usize = 10;

/// Why something is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum LeftOutKind {
    Own,
    Hidden,
    LinkOutside,
    LinkNowhere,
    LinkAgain,
    Special,
}

impl LeftOutKind {
    /// The thing, what is said of one or several, and what helps.
    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Own => ("file or directory", " of coldseal's own or in use", ""),
            Self::Hidden => ("name", " with a dot in front", "; --include-hidden takes them"),
            Self::LinkOutside => ("symbolic link", " to what is not in the directory", ""),
            Self::LinkNowhere => ("symbolic link", " to what is not there", ""),
            Self::LinkAgain => ("symbolic link", " to a directory that it is in, or that another link leads to", ""),
            Self::Special => ("special file", "", ""),
        }
    }
}

/// What is left out, kind by kind: the first names, and how many there are.
#[derive(Debug, Default)]
pub(crate) struct LeftOut(BTreeMap<LeftOutKind, (Vec<String>, u64)>);

impl LeftOut {
    /// `why` says more of this one.
    pub(super) fn add(&mut self, kind: LeftOutKind, path: &Path, why: Option<&str>) {
        let (names, count) = self.0.entry(kind).or_default();
        *count += 1;
        if names.len() < NAMED {
            let name = path.to_string_lossy();
            let why = why.map_or(String::new(), |why| format!(" ({why})"));
            names.push(format!("{}{why}", cell(&name)));
        }
    }

    /// A line for each kind.
    pub(crate) fn notes(&self) -> Vec<String> {
        let note = |(kind, (names, count)): (&LeftOutKind, &(Vec<String>, u64))| {
            let (what, which, help) = kind.words();
            let what =
                if *kind == LeftOutKind::Own && *count != 1 { format!("{count} files or directories") } else { counted(*count, what) };
            let more = count.saturating_sub(u64::try_from(names.len()).unwrap_or_default());
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!("left out: {what}{which}: {}{more}{help}", names.join(", "))
        };
        self.0.iter().map(note).collect()
    }
}
