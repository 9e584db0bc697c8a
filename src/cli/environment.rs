//! Environment variables and open files, handed in so that tests need no process environment.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::rc::Rc;

use super::files_in_use::FilesInUse;

type Lookup = dyn Fn(&OsStr) -> Option<OsString>;

/// Where variables are looked up, and files are opened.
#[derive(Clone)]
pub(crate) struct Environment {
    variables: Rc<Lookup>,
    files: FilesInUse,
}

impl Environment {
    /// The variables of this process.
    pub(crate) fn process() -> Self {
        Self { variables: Rc::new(|name| std::env::var_os(name)), files: FilesInUse::of_process() }
    }

    /// These variables and no others.
    #[cfg(test)]
    pub(crate) fn fixed(variables: &[(&str, &str)]) -> Self {
        let variables: Vec<(OsString, OsString)> = variables.iter().map(|(name, value)| (name.into(), value.into())).collect();
        let variables = Rc::new(move |name: &OsStr| variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()));
        Self { variables, files: FilesInUse::default() }
    }

    pub(crate) fn get(&self, name: &str) -> Option<OsString> {
        (self.variables)(OsStr::new(name))
    }

    /// The files that are read, kept and written.
    pub(crate) const fn files(&self) -> &FilesInUse {
        &self.files
    }

    /// A variable's text; an empty one counts as absent, and so does one that is not UTF-8.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.get(name).and_then(|value| value.into_string().ok()).filter(|value| !value.is_empty())
    }

    /// A variable that names a path, as it is; an empty one counts as absent.
    pub(crate) fn path(&self, name: &str) -> Option<PathBuf> {
        self.get(name).filter(|value| !value.is_empty()).map(PathBuf::from)
    }

    /// The path with `~`, `$NAME` and `${NAME}` replaced, as Python's `expanduser` and `expandvars` do; unknown names stay as they are.
    pub(crate) fn expand_path(&self, path: &str) -> PathBuf {
        let mut expanded = OsString::new();
        let mut rest = path;
        if let (Some(home), Some(after)) = (self.get("HOME"), path.strip_prefix('~'))
            && (after.is_empty() || after.starts_with('/'))
        {
            expanded.push(home);
            rest = after;
        }
        while let Some((before, after)) = rest.split_once('$') {
            expanded.push(before);
            match variable_name(after).and_then(|(name, length)| Some((self.get(name)?, length))) {
                Some((value, length)) => {
                    expanded.push(value);
                    rest = after.get(length..).unwrap_or_default();
                }
                None => {
                    expanded.push("$");
                    rest = after;
                }
            }
        }
        expanded.push(rest);
        expanded.into()
    }
}

/// The name that follows a `$`, and the bytes that it takes there.
fn variable_name(after: &str) -> Option<(&str, usize)> {
    if let Some(braced) = after.strip_prefix('{') {
        let end = braced.find('}')?;
        return Some((braced.get(..end)?, end + 2));
    }
    let end = after.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(after.len());
    (end > 0).then_some((after.get(..end)?, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_expand_as_in_python() {
        let environment = Environment::fixed(&[("HOME", "/home/example"), ("DIR", "/d"), ("EMPTY", "")]);
        for (path, expected) in [
            ("~", "/home/example"),
            ("~/x", "/home/example/x"),
            ("~other/x", "~other/x"),
            ("a~/x", "a~/x"),
            ("$DIR/x", "/d/x"),
            ("${DIR}x", "/dx"),
            ("$DIRx", "$DIRx"),
            ("a$EMPTY/b", "a/b"),
            ("$UNKNOWN/x", "$UNKNOWN/x"),
            ("${DIR", "${DIR"),
            ("a$", "a$"),
            ("$$DIR", "$/d"),
            ("", ""),
        ] {
            assert_eq!(environment.expand_path(path), PathBuf::from(expected), "{path}");
        }
        assert_eq!(Environment::fixed(&[]).expand_path("~/x"), PathBuf::from("~/x"));
        assert_eq!(environment.text("EMPTY"), None);
    }
}
