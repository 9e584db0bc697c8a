//! The Region of a profile in the AWS configuration file.

use std::collections::HashMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use configparser::ini::Ini;

use super::environment::Environment;
use super::usage::ConfigError;

type Sections = HashMap<String, HashMap<String, Option<String>>>;

/// The `region` of the profile in `AWS_CONFIG_FILE`, by default `~/.aws/config`; `None` when the file or the setting is absent.
///
/// The profile is `profile`, else `AWS_PROFILE`, else `AWS_DEFAULT_PROFILE`, else `default`.
///
/// # Errors
/// A profile that is asked for and stands neither there nor in `AWS_SHARED_CREDENTIALS_FILE` (by default `~/.aws/credentials`, of which only
/// the section's name counts); a file that cannot be read or parsed.
pub(crate) fn profile_region(environment: &Environment, profile: Option<&str>) -> Result<Option<String>, ConfigError> {
    let asked = profile.map(str::to_owned).or_else(|| environment.text("AWS_PROFILE")).or_else(|| environment.text("AWS_DEFAULT_PROFILE"));
    let name = asked.as_deref().unwrap_or("default");
    let path = path(environment, "AWS_CONFIG_FILE", "~/.aws/config");
    let sections = load(&path)?;
    if let Some((_, settings)) = sections.iter().find(|(section, _)| names_profile(section, name)) {
        let region = settings.iter().find(|(key, _)| key.eq_ignore_ascii_case("region")).and_then(|(_, value)| value.clone());
        return Ok(region.filter(|region| !region.is_empty()));
    }
    if asked.is_none() || load(&self::path(environment, "AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"))?.contains_key(name) {
        return Ok(None);
    }
    Err(ConfigError::new(format!("The config profile ({name}) could not be found"))
        .with_hint(format!("profiles are read from {}; --region needs none", path.display())))
}

fn path(environment: &Environment, variable: &str, default: &str) -> PathBuf {
    environment.expand_path(&environment.text(variable).unwrap_or_else(|| default.to_owned()))
}

/// `[default]`, `[profile name]` and `[profile "a name"]`.
fn names_profile(section: &str, name: &str) -> bool {
    let Some(named) = section.strip_prefix("profile").filter(|rest| rest.starts_with([' ', '\t'])) else {
        return section == "default" && name == "default";
    };
    let named = named.trim();
    let unquoted = ['"', '\''].iter().find_map(|quote| named.strip_prefix(*quote)?.strip_suffix(*quote));
    unquoted.unwrap_or(named) == name
}

fn load(path: &Path) -> Result<Sections, ConfigError> {
    let unreadable = |why: String| ConfigError::new(format!("Unable to parse config file {}: {why}", path.display()));
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(Sections::new()),
        Err(error) => return Err(unreadable(error.to_string())),
    };
    let mut ini = Ini::new_cs();
    // Nested settings are the indented lines of one value, not settings of the profile.
    ini.set_multiline(true);
    ini.set_inline_comment_symbols(Some(&[]));
    // The parser's errors name the line's number, not its text.
    ini.read(text).map_err(unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &str = "\
# region = eu-north-1
; region = eu-north-1
[default]
region = us-west-2
output = json

[profile nested]
s3 =
    max_concurrent_requests = 20
    region = eu-north-1
  # region = eu-north-1
Region=eu-west-1
[profile \"two words\"]
region: ap-south-1
[profile none]
output = text
[sso-session bare]
region = eu-north-1
[ profile  spaced ]
region = eu-west-3
[profile inline]
region = eu-west-2 # comment
";

    fn lookup(profile: Option<&str>, variables: &[(&str, &str)]) -> Result<Option<String>, String> {
        let directory = tempfile::tempdir().expect("temporary directory");
        let config = directory.path().join("config");
        let credentials = directory.path().join("credentials");
        fs::write(&config, CONFIG).expect("written");
        fs::write(&credentials, "[only-credentials]\nregion = eu-north-1\n").expect("written");
        let mut all = vec![
            ("AWS_CONFIG_FILE", config.to_str().expect("UTF-8")),
            ("AWS_SHARED_CREDENTIALS_FILE", credentials.to_str().expect("UTF-8")),
        ];
        all.extend_from_slice(variables);
        profile_region(&Environment::fixed(&all), profile).map_err(|error| error.message)
    }

    #[test]
    fn regions_are_found_by_profile() {
        for (profile, expected) in [
            (None, Some("us-west-2")),
            (Some("default"), Some("us-west-2")),
            (Some("nested"), Some("eu-west-1")),
            (Some("two words"), Some("ap-south-1")),
            (Some("none"), None),
            (Some("spaced"), Some("eu-west-3")),
            (Some("inline"), Some("eu-west-2 # comment")),
            (Some("only-credentials"), None),
        ] {
            assert_eq!(lookup(profile, &[]), Ok(expected.map(str::to_owned)), "{profile:?}");
        }
    }

    #[test]
    fn the_flag_comes_before_the_variables() {
        assert_eq!(lookup(None, &[("AWS_PROFILE", "nested"), ("AWS_DEFAULT_PROFILE", "spaced")]), Ok(Some("eu-west-1".to_owned())));
        assert_eq!(lookup(None, &[("AWS_DEFAULT_PROFILE", "spaced")]), Ok(Some("eu-west-3".to_owned())));
        assert_eq!(lookup(Some("none"), &[("AWS_PROFILE", "nested")]), Ok(None));
        assert_eq!(lookup(None, &[("AWS_PROFILE", "")]), Ok(Some("us-west-2".to_owned())));
    }

    #[test]
    fn an_unknown_profile_is_an_error() {
        for name in ["bare", "sso-session bare", "NESTED", "profile nested"] {
            assert_eq!(lookup(Some(name), &[]), Err(format!("The config profile ({name}) could not be found")));
        }
        assert!(lookup(None, &[("AWS_PROFILE", "nosuch")]).is_err());
    }

    #[test]
    fn a_missing_file_is_no_error_and_a_broken_one_is() {
        let directory = tempfile::tempdir().expect("temporary directory");
        let home = directory.path().to_str().expect("UTF-8");
        let environment = Environment::fixed(&[("HOME", home)]);
        assert_eq!(profile_region(&environment, None), Ok(None));
        assert!(profile_region(&environment, Some("x")).is_err());
        fs::create_dir(directory.path().join(".aws")).expect("made");
        fs::write(directory.path().join(".aws/config"), "[default]\nregion = eu-west-1\n").expect("written");
        assert_eq!(profile_region(&environment, None), Ok(Some("eu-west-1".to_owned())));
        fs::write(directory.path().join(".aws/config"), "[default\nhidden-line = 1\n").expect("written");
        let message = profile_region(&environment, None).expect_err("broken").message;
        assert!(message.starts_with("Unable to parse config file ") && !message.contains("hidden"), "{message}");
    }
}
