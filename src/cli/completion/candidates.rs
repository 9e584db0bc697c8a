//! What is offered for a word: names, members of structures in shorthand, and files behind `file://`.
//!
//! Bash breaks words at `=` and `:`, and then asks for what stands behind the last one alone.

use std::{
    ffi::OsStr,
    path::{MAIN_SEPARATOR, Path},
};

use clap_complete::engine::CompletionCandidate;

/// Those that begin with what is typed, each once. Only what every shell takes as it stands: a name in a vault is somebody's input, and what
/// is completed here will be run.
pub(super) fn matching(current: &OsStr, candidates: impl IntoIterator<Item = impl AsRef<str>>) -> Vec<CompletionCandidate> {
    let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_+=.@:,-".contains(&byte));
    let typed = current.to_str().unwrap_or_default();
    let fitting = candidates.into_iter().filter(|candidate| candidate.as_ref().starts_with(typed) && is_plain(candidate.as_ref()));
    let mut names: Vec<String> = fitting.map(|candidate| candidate.as_ref().to_owned()).collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter().map(CompletionCandidate::new).collect()
}

/// One member after the other, with a comma between: `Key=`, then what stands there, then `Value=`.
pub(super) fn structure(current: &OsStr, members: &[&str], values: impl Fn(&str, &str) -> Vec<String>) -> Vec<CompletionCandidate> {
    let Some(typed) = current.to_str() else { return Vec::new() };
    let (before, last) = typed.rfind(',').map_or(("", typed), |at| typed.split_at(at + 1));
    let is_given = |member: &str| before.split(',').any(|part| part.split_once('=').is_some_and(|(name, _)| name == member));
    let parts = match last.split_once('=') {
        Some((member, value)) => values(member, value).into_iter().map(|value| format!("{before}{member}={value}")).collect(),
        // Behind an `=` where the shell broke the word, the first member is given.
        None => members
            .iter()
            .filter(|member| !is_given(member) && (before.is_empty() || before.contains('=') || Some(*member) != members.first()))
            .map(|member| format!("{before}{member}="))
            .collect::<Vec<_>>(),
    };
    matching(current, parts)
}

/// `file://`, `fileb://`, and the files behind them.
pub(super) fn files(current: &OsStr) -> Vec<CompletionCandidate> {
    let Some(typed) = current.to_str() else { return Vec::new() };
    let Some(scheme) = ["fileb://", "file://", "//"].into_iter().find(|scheme| typed.starts_with(scheme)) else {
        return matching(current, ["file://", "fileb://"]);
    };
    let path = typed.strip_prefix(scheme).unwrap_or_default();
    let (folder, _) = path.rfind(MAIN_SEPARATOR).map_or(("", path), |at| path.split_at(at + 1));
    let place = if folder.is_empty() { Path::new(".") } else { Path::new(folder) };
    let entries = std::fs::read_dir(place).into_iter().flatten().flatten();
    let named = entries.filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        let end = if entry.path().is_dir() { "/" } else { "" };
        Some(format!("{scheme}{folder}{name}{end}"))
    });
    matching(current, named)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered(candidates: &[CompletionCandidate]) -> Vec<&str> {
        candidates.iter().map(|candidate| candidate.get_value().to_str().expect("UTF-8")).collect()
    }

    #[test]
    fn what_a_shell_would_run_or_expand_is_not_offered() {
        let names = ["plain", "$(id)", "`id`", "a;b", "a b", "*", "a\u{b}b", "é", "a'b", "production/DB_West+=.@-1", "plain"];
        let offered = matching(OsStr::new(""), names);
        let offered: Vec<_> = offered.iter().map(|candidate| candidate.get_value().to_str().expect("UTF-8")).collect();
        assert_eq!(offered, ["plain", "production/DB_West+=.@-1"]);
    }

    #[test]
    fn members_follow_one_another() {
        let values = |member: &str, _: &str| if member == "Region" { vec!["eu-west-1".to_owned()] } else { Vec::new() };
        for (typed, expected) in [
            ("", &["KmsKeyId=", "Region="][..]),
            ("Re", &["Region="]),
            ("Region=eu", &["Region=eu-west-1"]),
            ("Region=eu-west-1,", &["Region=eu-west-1,KmsKeyId="]),
            ("Region=eu-west-1,Kms", &["Region=eu-west-1,KmsKeyId="]),
            ("eu-west-1,K", &["eu-west-1,KmsKeyId="]),
            ("Region=us", &[]),
            ("Colour", &[]),
        ] {
            assert_eq!(offered(&structure(OsStr::new(typed), &["Region", "KmsKeyId"], values)), expected, "{typed}");
        }
    }

    #[test]
    fn files_stand_behind_their_scheme() {
        assert_eq!(offered(&files(OsStr::new("fi"))), ["file://", "fileb://"]);
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("db.json"), "").expect("written");
        std::fs::create_dir(folder.path().join("data")).expect("made");
        let top = folder.path().display();
        for (scheme, typed, expected) in [("file://", "d", &["data/", "db.json"][..]), ("fileb://", "db", &["db.json"]), ("//", "x", &[])] {
            let expected: Vec<_> = expected.iter().map(|name| format!("{scheme}{top}/{name}")).collect();
            assert_eq!(offered(&files(OsStr::new(&format!("{scheme}{top}/{typed}")))), expected, "{scheme}{typed}");
        }
    }
}
