//! The settings of the profile that a command goes by, read as the AWS CLI reads them.
//!
//! They stand in `AWS_CONFIG_FILE`, by default `~/.aws/config`, and in `AWS_SHARED_CREDENTIALS_FILE`, by default `~/.aws/credentials`, whose settings win.

mod ini;
#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    fs,
    io::{ErrorKind, Read as _},
    path::{Path, PathBuf},
};

use self::ini::{Sections, Settings, split_words};
use super::{environment::Environment, usage::ConfigError};

/// The settings of one profile by their names in small letters. What is nested in a setting is none of the profile's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Profile(Settings);

impl Profile {
    /// That of `named`, else of `AWS_PROFILE`, else of `AWS_DEFAULT_PROFILE`, else `default`, which need not be there.
    ///
    /// # Errors
    /// A profile that was asked for and stands in neither file; a file that cannot be read or parsed.
    pub(crate) fn load(environment: &Environment, named: Option<&str>) -> Result<Self, ConfigError> {
        let asked =
            named.map(str::to_owned).or_else(|| environment.text("AWS_PROFILE")).or_else(|| environment.text("AWS_DEFAULT_PROFILE"));
        let config = path(environment, "AWS_CONFIG_FILE", "~/.aws/config");
        let mut profiles = profiles(load(environment, &config)?);
        for (name, settings) in load(environment, &path(environment, "AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"))? {
            profiles.entry(name).or_default().extend(settings);
        }
        match (profiles.remove(asked.as_deref().unwrap_or("default")), asked) {
            (Some(settings), _) => Ok(Self(settings)),
            (None, None) => Ok(Self::default()),
            (None, Some(name)) => Err(ConfigError::new(format!("The config profile ({name}) could not be found")).with_hint(format!(
                "profiles are read from {}; --profile, AWS_PROFILE or AWS_DEFAULT_PROFILE asked for this one",
                config.display()
            ))),
        }
    }

    /// A setting; an empty one counts as absent.
    pub(crate) fn setting(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

fn path(environment: &Environment, variable: &str, default: &str) -> PathBuf {
    environment.expand_path(&environment.text(variable).unwrap_or_else(|| default.to_owned()))
}

/// `[default]`, `[profile name]` and `[profile "a name"]`; of several for one profile the last holds, whole.
fn profiles(sections: Sections) -> HashMap<String, Settings> {
    let named = |section: &str| match section {
        "default" => Some(section.to_owned()),
        _ if section.starts_with("profile") => match split_words(section)?.as_slice() {
            [_, name] => Some(name.clone()),
            _ => None,
        },
        _ => None,
    };
    sections.into_iter().filter_map(|(section, settings)| Some((named(&section)?, settings))).collect()
}

fn load(environment: &Environment, path: &Path) -> Result<Sections, ConfigError> {
    let unreadable = |why: String| ConfigError::new(format!("Unable to parse config file {}: {why}", path.display()));
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => {}
        // The AWS CLI passes over what is no file.
        Ok(_) => return Ok(Sections::new()),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(Sections::new()),
        Err(error) => return Err(unreadable(error.to_string())),
    }
    let mut text = String::new();
    let read = environment.files().open(path).and_then(|mut file| file.read_to_string(&mut text));
    read.map_err(|error| unreadable(error.to_string()))?;
    ini::parse(&text).map_err(|error| unreadable(error.to_string()))
}
