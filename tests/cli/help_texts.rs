//! `--help` of every command, verbatim, in `help/COMMAND.txt`; the global options, the same in each but for blank lines, stand in
//! `help/coldseal.txt` alone.
//!
//! `SNAPSHOTS=overwrite cargo test --test cli help_texts` writes them anew.

use std::{collections::BTreeSet, fs, path::Path};

use snapbox::{Assert, Data, IntoData as _};

use crate::sandbox::Sandbox;

const GLOBAL: &str = "Global options:\n";

/// The part of a help text with the global options, up to the next heading.
fn global_options(help: &str) -> &str {
    let (_, rest) = help.split_once(GLOBAL).unwrap_or_else(|| panic!("no global options:\n{help}"));
    let is_inside = |line: &&str| line.starts_with(' ') || line.trim().is_empty();
    let length = rest.split_inclusive('\n').take_while(is_inside).map(str::len).sum();
    rest.get(..length).expect("lines are whole")
}

/// True for a global option in whose place a command has one of its own.
fn is_own(command: &str, option: &str) -> bool {
    command == "serve" && ["--region <", "--kms <"].iter().any(|own| option.trim_start().starts_with(own))
}

#[test]
fn the_help_of_every_command() {
    let sandbox = Sandbox::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/help");
    let root = sandbox.stdout("--help");
    let global = global_options(&root);
    let mut files = BTreeSet::new();
    for command in [vec![String::new()], sandbox.all_commands()].concat() {
        let help = sandbox.stdout(&format!("{command} --help"));
        let own = global_options(&help);
        let expected: Vec<&str> = global.split("\n\n").filter(|option| !is_own(&command, option)).flat_map(str::split_whitespace).collect();
        assert!(own.split_whitespace().eq(expected), "{command}: other global options: {own}");
        let text = if command.is_empty() { help } else { help.replace(own, "      ... (see coldseal.txt)\n\n") };
        let name = if command.is_empty() { "coldseal.txt".to_owned() } else { format!("{}.txt", command.replace(' ', "-")) };
        Assert::new().action_env("SNAPSHOTS").eq(text.raw(), Data::read_from(&folder.join(&name), None).raw());
        files.insert(name);
    }
    let present = fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry").file_name());
    let present: BTreeSet<_> = present.map(|name| name.to_string_lossy().into_owned()).collect();
    assert_eq!(present, files, "one file for each command");
}
