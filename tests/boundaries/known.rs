//! What does not hold yet. These lists may only shrink: a line whose file is clean by now has to go.

use super::words::Rule;

/// Arrows against the layers: a file, and the part of `src` that it may not use.
pub(crate) const UPWARD: &[(&str, &str)] = &[];

/// Files that stand in a circle of files inside one folder.
pub(crate) const IN_CIRCLES: &[&str] = &[];

/// Names that several files give to a type, each with the reason why no other word is better.
pub(crate) const SHARED_NAMES: &[&str] = &[];

/// How many lines of a file break a rule, at most.
pub(crate) const LINES: &[(Rule, &str, usize)] = &[];
