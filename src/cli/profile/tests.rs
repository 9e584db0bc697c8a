//! Files of profiles, and the settings that the AWS CLI finds in them. `tests/system/test_profiles.py` asks it.

use super::*;

/// What the files say of `region` under `variables`.
fn region(config: &str, credentials: &str, named: Option<&str>, variables: &[(&str, &str)]) -> Result<Option<String>, String> {
    let directory = tempfile::tempdir().expect("temporary directory");
    let write = |name: &str, text: &str| {
        let path = directory.path().join(name);
        fs::write(&path, text).expect("written");
        path.to_str().expect("UTF-8").to_owned()
    };
    let (config, credentials) = (write("config", config), write("credentials", credentials));
    let mut all = vec![("AWS_CONFIG_FILE", config.as_str()), ("AWS_SHARED_CREDENTIALS_FILE", credentials.as_str())];
    all.extend_from_slice(variables);
    let profile = Profile::load(&Environment::fixed(&all), named).map_err(|error| error.message)?;
    Ok(profile.setting("region").map(str::to_owned))
}

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
[profile  gap]
region = eu-west-3
[profile inline]
region = eu-west-2 # comment
";

#[test]
fn profiles_are_found_by_their_names() {
    for (profile, expected) in [
        (None, Some("us-west-2")),
        (Some("default"), Some("us-west-2")),
        (Some("nested"), Some("eu-west-1")),
        (Some("two words"), Some("ap-south-1")),
        (Some("none"), None),
        (Some("gap"), Some("eu-west-3")),
        (Some("inline"), Some("eu-west-2 # comment")),
        (Some("shared"), Some("eu-north-1")),
    ] {
        let found = region(CONFIG, "[shared]\nregion = eu-north-1\n", profile, &[]);
        assert_eq!(found, Ok(expected.map(str::to_owned)), "{profile:?}");
    }
    for name in ["bare", "sso-session bare", "NESTED", "profile nested", "spaced", "two", ""] {
        assert_eq!(region(CONFIG, "", Some(name), &[]), Err(format!("The config profile ({name}) could not be found")));
    }
    assert!(region(CONFIG, "", None, &[("AWS_PROFILE", "nosuch")]).is_err());
}

#[test]
fn the_flag_comes_before_the_variables() {
    let of = |named, variables: &[(&str, &str)]| region(CONFIG, "", named, variables);
    assert_eq!(of(None, &[("AWS_PROFILE", "nested"), ("AWS_DEFAULT_PROFILE", "gap")]), Ok(Some("eu-west-1".to_owned())));
    assert_eq!(of(None, &[("AWS_DEFAULT_PROFILE", "gap")]), Ok(Some("eu-west-3".to_owned())));
    assert_eq!(of(Some("none"), &[("AWS_PROFILE", "nested")]), Ok(None));
    assert_eq!(of(None, &[("AWS_PROFILE", "")]), Ok(Some("us-west-2".to_owned())));
}

#[test]
fn one_answer_where_a_profile_stands_more_than_once() {
    for (config, credentials, expected) in [
        // The last section holds, and the settings of the other go with it.
        ("[default]\nregion = us-east-1\n[profile default]\nregion = eu-west-1\n", "", Some("eu-west-1")),
        ("[profile default]\nregion = eu-west-1\n[default]\nregion = us-east-1\n", "", Some("us-east-1")),
        ("[default]\nregion = us-east-1\n[profile default]\noutput = text\n", "", None),
        ("[profile default]\nregion = us-east-1\n[profile \"default\"]\nregion = eu-west-1\n", "", Some("eu-west-1")),
        // The credentials' file has the last word, setting by setting.
        ("[default]\nregion = us-east-1\n", "[default]\nregion = eu-west-1\n", Some("eu-west-1")),
        ("[default]\nregion = us-east-1\n", "[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n", Some("us-east-1")),
        ("[default]\nregion = us-east-1\n", "[profile default]\nregion = eu-west-1\n", Some("us-east-1")),
        ("", "[default]\nregion = eu-west-1\n", Some("eu-west-1")),
        ("[default]\nregion = us-east-1\n", "[default]\nregion =\n", None),
        // Settings for all sections.
        ("[DEFAULT]\nregion = us-east-1\n[default]\noutput = text\n", "", Some("us-east-1")),
        ("[DEFAULT]\nregion = us-east-1\n[default]\nregion = eu-west-1\n", "", Some("eu-west-1")),
        ("[DEFAULT]\nregion = us-east-1\n", "", None),
        // Indentation and blank lines.
        ("[default]\n  region = us-east-1\n  output = text\n", "", Some("us-east-1")),
        ("[default]\noutput = text\n  region = us-east-1\n", "", None),
        ("[default]\r\nregion = us-east-1\r\n", "", Some("us-east-1")),
        ("[default] ; comment\nREGION : us-east-1\n", "", Some("us-east-1")),
    ] {
        for _ in 0..4 {
            assert_eq!(region(config, credentials, None, &[]), Ok(expected.map(str::to_owned)), "{config}{credentials}");
        }
    }
}

#[test]
fn what_cannot_be_parsed_is_told_by_its_line() {
    for (text, expected) in [
        ("[default]\nregion = a\nregion = b\n", "line 3: the section has the setting already"),
        ("[default]\nregion = a\nREGION : b\n", "line 3: the section has the setting already"),
        ("[default]\nregion = a\n[other]\nx = y\n[default]\noutput = text\n", "line 5: the section stands in the file twice"),
        ("[DEFAULT]\na = b\n[DEFAULT]\na = c\n", "line 4: the section has the setting already"),
        ("region = a\n", "line 1: no [section] stands before it"),
        ("[default\nhidden-line = 1\n", "line 1: no [section] stands before it"),
        ("[default]\nhidden\n", "line 2: neither a [section] nor NAME = VALUE"),
        ("[default]\n= hidden\n", "line 2: neither a [section] nor NAME = VALUE"),
        ("[default]\nregion =\n  us-east-1\n", "line 3: a nested line is not NAME = VALUE"),
        ("[default]\ns3 =\n  a = b\n\n  hidden\n", "line 5: a nested line is not NAME = VALUE"),
    ] {
        for (config, credentials, file) in [(text, "", "config"), ("", text, "credentials")] {
            let message = region(config, credentials, None, &[]).expect_err(text);
            assert!(message.starts_with("Unable to parse config file ") && message.ends_with(&format!("{file}: {expected}")), "{message}");
            assert!(!message.contains("hidden"), "{message}");
        }
    }
}

#[test]
fn a_missing_file_is_no_error() {
    let directory = tempfile::tempdir().expect("temporary directory");
    let environment = Environment::fixed(&[("HOME", directory.path().to_str().expect("UTF-8"))]);
    assert_eq!(Profile::load(&environment, None), Ok(Profile::default()));
    assert!(Profile::load(&environment, Some("x")).is_err());
    fs::create_dir_all(directory.path().join(".aws/credentials")).expect("made");
    fs::write(directory.path().join(".aws/config"), "[default]\nregion = eu-west-1\n").expect("written");
    assert_eq!(Profile::load(&environment, None).expect("read").setting("region"), Some("eu-west-1"));
    fs::write(directory.path().join(".aws/config"), b"[default]\n\xff = 1\n").expect("written");
    assert!(Profile::load(&environment, None).expect_err("not UTF-8").message.starts_with("Unable to parse config file "));
}

#[test]
fn words_are_split_as_a_shell_splits_them() {
    for (text, expected) in [
        ("profile a", Some(&["profile", "a"][..])),
        ("profile \"a b\"", Some(&["profile", "a b"])),
        ("profile 'a \"b'", Some(&["profile", "a \"b"])),
        ("profile \"a \\\" \\x\"", Some(&["profile", "a \" \\x"])),
        ("profile a\\ b", Some(&["profile", "a b"])),
        ("profile a\"b\"c ''", Some(&["profile", "abc", ""])),
        ("profile 'a", None),
        ("profile a\\", None),
    ] {
        let words = split_words(text);
        assert_eq!(
            words.as_deref().map(|words| words.iter().map(String::as_str).collect::<Vec<_>>()),
            expected.map(<[&str]>::to_vec),
            "{text}"
        );
    }
}
