//! Whose certificates `--kms aws` trusts, where it is not the system that says so.

use std::{
    fmt,
    io::Read as _,
    path::{Path, PathBuf},
};

use super::{
    environment::Environment,
    failure::{Failure, Outcome},
    files_in_use::FilesInUse,
    profile::Profile,
    usage::{ConfigError, UsageError},
};
use crate::kms::CaBundle;

/// Longest file that is read, in bytes. What systems trust has less than 1 MB.
const LIMIT: u64 = 16 * 1024 * 1024;

const FLAG: &str = "--ca-bundle";
const VARIABLE: &str = "AWS_CA_BUNDLE";
const SETTING: &str = "the profile's ca_bundle";

/// A file of certificates, and what names it.
#[derive(Debug, PartialEq, Eq)]
struct NamedBundle {
    source: &'static str,
    file: PathBuf,
}

/// The certificates that `--ca-bundle`, else `AWS_CA_BUNDLE`, else `ca_bundle` of the profile names, as in the AWS CLI; `None` where none does.
pub(super) fn ca_bundle(flag: Option<&Path>, environment: &Environment, profile: &Profile) -> Outcome<Option<CaBundle>> {
    let named = named(flag, environment, profile);
    named.map(|named| named.read(environment.files())).transpose()
}

fn named(flag: Option<&Path>, environment: &Environment, profile: &Profile) -> Option<NamedBundle> {
    let from = |source| move |file| NamedBundle { source, file };
    let flag = flag.map(Path::to_owned).map(from(FLAG));
    let variable = || environment.path(VARIABLE).map(from(VARIABLE));
    let setting = || profile.setting("ca_bundle").map(PathBuf::from).map(from(SETTING));
    flag.or_else(variable).or_else(setting)
}

impl NamedBundle {
    fn read(&self, files: &FilesInUse) -> Outcome<CaBundle> {
        let mut text = Vec::new();
        let read = files.open(&self.file).and_then(|file| file.take(LIMIT + 1).read_to_end(&mut text));
        let length = read.map_err(|error| self.refused(&error))?;
        if u64::try_from(length).unwrap_or(u64::MAX) > LIMIT {
            return Err(self.refused(&format_args!("it has more than {LIMIT} bytes")));
        }
        CaBundle::from_pem(&text).map_err(|error| self.refused(&error))
    }

    fn refused(&self, why: &dyn fmt::Display) -> Failure {
        const HINT: &str = "a bundle is a file of certificates in PEM, those of the authorities to trust one after another";
        let what = format!("{}: no certificates to trust: {why}", self.file.display());
        match self.source {
            FLAG => UsageError::parameter(FLAG, what).with_hint(HINT).into(),
            source => ConfigError::new(format!("{source}, {what}")).with_hint(HINT).into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// A profile of a configuration file with these lines.
    fn profile(lines: &str) -> Profile {
        let file = tempfile::NamedTempFile::new().expect("a file");
        fs::write(file.path(), format!("[default]\n{lines}")).expect("written");
        let path = file.path().to_str().expect("UTF-8");
        Profile::load(&Environment::fixed(&[("AWS_CONFIG_FILE", path), ("AWS_SHARED_CREDENTIALS_FILE", "none")]), None).expect("a profile")
    }

    #[test]
    fn the_flag_goes_before_the_variable_before_the_profile() {
        let (with, without) = (profile("ca_bundle = by-profile.pem\n"), profile(""));
        let variable = || Environment::fixed(&[(VARIABLE, "by-variable.pem")]);
        let nothing = || Environment::fixed(&[(VARIABLE, "")]);
        let flag = Some(Path::new("by-flag.pem"));
        for (flag, environment, profile, expected) in [
            (flag, variable(), &with, Some((FLAG, "by-flag.pem"))),
            (flag, nothing(), &without, Some((FLAG, "by-flag.pem"))),
            (None, variable(), &with, Some((VARIABLE, "by-variable.pem"))),
            (None, nothing(), &with, Some((SETTING, "by-profile.pem"))),
            (None, nothing(), &without, None),
            (None, nothing(), &profile("ca_bundle =\n"), None),
        ] {
            let expected = expected.map(|(source, file)| NamedBundle { source, file: file.into() });
            assert_eq!(named(flag, &environment, profile), expected);
        }
    }

    #[test]
    fn what_is_no_bundle_is_refused_by_the_name_of_what_names_it() {
        let folder = tempfile::tempdir().expect("a folder");
        for (content, why) in [(None, "No such file"), (Some(""), "it is empty"), (Some("garbage"), "no certificate in PEM")] {
            let file = folder.path().join("bundle.pem");
            if let Some(content) = content {
                fs::write(&file, content).expect("written");
            }
            for source in [FLAG, VARIABLE, SETTING] {
                let error = NamedBundle { source, file: file.clone() }.read(&FilesInUse::default()).expect_err("refused");
                let told = match &error {
                    Failure::Usage(error) if source == FLAG => &error.message,
                    Failure::Config(error) if source != FLAG => &error.message,
                    other => panic!("{source}: {other:?}"),
                };
                assert!([source, why, "bundle.pem: no certificates to trust"].iter().all(|part| told.contains(part)), "{told}");
            }
        }
        let error = NamedBundle { source: FLAG, file: folder.path().to_owned() }.read(&FilesInUse::default());
        assert!(error.is_err(), "a folder");
    }
}
