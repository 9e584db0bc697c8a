//! What `seal --to` and `rewrap --to` read, and what their bundles' files are named after.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
};

use crate::{
    cli::{
        args::RegionBundleArgs,
        failure::Outcome,
        paramfile::{STDIN, is_literal},
        replica_regions::{is_region_name, plain_names},
        usage::UsageError,
    },
    region::Region,
};

/// The input of a command with `--to`.
pub(super) struct BundleInput {
    /// `-` for stdin.
    pub(super) file: PathBuf,
    /// The words of `--to` without FILE.
    pub(super) to: Vec<String>,
    /// What stands before `.REGION.bundle`.
    pub(super) name: String,
}

impl BundleInput {
    /// FILE may stand behind `--to`, which takes all words that follow: the one that is no Region is meant.
    pub(super) fn of(args: &RegionBundleArgs, file: Option<&Path>) -> Outcome<Self> {
        let mut to = args.to.clone();
        let file = file.map(Path::to_path_buf).or_else(|| take_file(&mut to)).unwrap_or_else(|| PathBuf::from(STDIN));
        let name = match &args.stdin_name {
            Some(_) if file != Path::new(STDIN) => {
                let what = format!("--stdin-name is for what comes from stdin, and {} is read; leave one of them out", file.display());
                return Err(UsageError::new(what).into());
            }
            Some(name) => checked_name(name)?,
            None if file == Path::new(STDIN) => "stdin".to_owned(),
            None => name_of(&file)?,
        };
        Ok(Self { file, to, name: without_region(&name).to_owned() })
    }
}

/// Takes the one word out that names a file and no Region.
fn take_file(words: &mut Vec<String>) -> Option<PathBuf> {
    let mut files = words.iter().enumerate().filter(|(_, word)| is_file(word)).map(|(at, _)| at);
    let (Some(at), None) = (files.next(), files.next()) else { return None };
    Some(PathBuf::from(words.remove(at)))
}

fn is_file(word: &str) -> bool {
    if word == STDIN {
        return true;
    }
    let is_structure = word.contains('=') || word.trim_start().starts_with(['[', '{']) || word.eq_ignore_ascii_case("region");
    if is_structure || word.trim().is_empty() || !is_literal(word) {
        return false;
    }
    let is_known = |name: &str| Region::new(name).is_some();
    plain_names(word).any(|name| !is_region_name(name)) || !plain_names(word).any(is_known) && Path::new(word).exists()
}

fn checked_name(name: &str) -> Outcome<String> {
    if Path::new(name).file_name() == Some(OsStr::new(name)) {
        return Ok(name.to_owned());
    }
    let error = UsageError::new(format!("--stdin-name: \"{}\" is not the name of a file", name.escape_debug()));
    Err(error.with_hint("a name without a directory; --output-dir says where the bundles go").into())
}

fn name_of(input: &Path) -> Outcome<String> {
    let name = input.file_name().and_then(OsStr::to_str).map(str::to_owned);
    let unusable = || UsageError::new(format!("{}: the name is not UTF-8, and the bundles' names are made of it", input.display()));
    Ok(name.ok_or_else(unusable)?)
}

/// The name without the ending of a bundle for another Region.
fn without_region(name: &str) -> &str {
    let of_region = name.strip_suffix(".bundle").and_then(|name| name.rsplit_once('.')).filter(|(_, region)| Region::new(region).is_some());
    of_region.map_or(name, |(name, _)| name)
}
