//! A group of commands, of which the one that is named can be made without the others.
//!
//! To make each command with its texts, and to give each the flags that every command takes, is most of what starting the program costs.

use std::ffi::OsString;

use clap::{Args, Command};

use super::{command_operation::pascal_case, flag_name::flag_name};

/// Declares the commands of a group for clap, with `or` before another name of one, and `as group` behind what holds other commands; and makes those
/// that are named.
macro_rules! commands {
    ($(#[$on:meta])* $visibility:vis enum $group:ident {
        $($(#[$about:meta])* $variant:ident($args:ty) $(or $alias:literal)? $(as $kind:ident)?,)*
    }) => {
        $(#[$on])*
        $visibility enum $group {
            $($(#[$about])* $(#[command(alias = $alias)])? $variant($args),)*
        }

        impl $group {
            /// Adds its commands that are named, groups left out. What only help shows may be missing.
            pub(crate) fn add_named(parent: clap::Command, words: &$crate::cli::command_group::NamedWords<'_>) -> clap::Command {
                $(let parent = commands!(@add parent words $variant $args, [$($alias)?] [$($kind)?]);)*
                parent
            }
        }
    };
    (@add $parent:ident $words:ident $variant:ident $args:ty, [] [group]) => { $parent };
    (@add $parent:ident $words:ident $variant:ident $args:ty, [$($alias:literal)?] []) => {
        $crate::cli::command_group::add_if_named::<$args>($parent, $words, stringify!($variant), [$($alias)?].first().copied())
    };
}
pub(crate) use commands;

/// The words of a command line that could name a command.
pub(crate) struct NamedWords<'a>(Vec<(&'a str, String)>);

impl<'a> NamedWords<'a> {
    pub(crate) fn of(arguments: &'a [OsString]) -> Self {
        let could_name = |word: &&str| word.bytes().all(|byte| byte == b'-' || byte.is_ascii_lowercase()) && !word.starts_with('-');
        let words = arguments.iter().skip(1).filter_map(|word| word.to_str()).filter(could_name);
        Self(words.map(|word| (word, pascal_case(word))).collect())
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(word, _)| *word == name)
    }

    fn has_operation(&self, name: &str) -> bool {
        self.0.iter().any(|(_, operation)| operation == name)
    }
}

pub(crate) fn add_if_named<A: Args>(parent: Command, words: &NamedWords<'_>, operation: &str, alias: Option<&'static str>) -> Command {
    if !words.has_operation(operation) && !alias.is_some_and(|alias| words.has(alias)) {
        return parent;
    }
    // Once for each command that is named, and kept as long as the process.
    let name: &'static str = flag_name(operation).leak();
    parent.subcommand(A::augment_args(alias.into_iter().fold(Command::new(name), Command::alias)))
}
