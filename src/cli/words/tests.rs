//! Words as the AWS CLI takes them, and what is told of those that nobody takes.

use clap::CommandFactory as _;

use super::*;
use crate::cli::{cli_input::with_flags, commands::Cli, parse_error};

fn root() -> Command {
    with_flags(Cli::command())
}

fn words(line: &[&str]) -> Vec<OsString> {
    std::iter::once("coldseal").chain(line.iter().copied()).map(OsString::from).collect()
}

/// The words that clap reads, or what is wrong.
fn read(line: &[&str]) -> Result<Vec<String>, WordProblem> {
    let read = for_clap(&root(), words(line)).map_err(|refused| refused.problem)?;
    Ok(read.into_iter().skip(1).map(|word| word.into_string().expect("UTF-8")).collect())
}

#[test]
fn a_value_may_begin_with_a_dash() {
    const PEM: &str = "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n";
    let joined = format!("--secret-string={PEM}");
    for (line, expected) in [
        (&["create-secret", "--secret-string", PEM, "--name", "a"][..], &["create-secret", joined.as_str(), "--name", "a"][..]),
        (&["create-secret", "--secret-string", "-5"], &["create-secret", "--secret-string=-5"]),
        (&["create-secret", "--secret-string", "-.5"], &["create-secret", "--secret-string=-.5"]),
        (&["create-secret", "--secret-string", "--name x"], &["create-secret", "--secret-string=--name x"]),
        (&["create-secret", "--secret-string", "-"], &["create-secret", "--secret-string", "-"]),
        (&["create-secret", "--secret-string", "--name", "x"], &["create-secret", "--secret-string", "--name", "x"]),
        (&["create-secret", "--description", "- a", "--name", "-b c"], &["create-secret", "--description=- a", "--name=-b c"]),
        // Once joined, the flag's other values have to be.
        (&["tag-resource", "--tags", "Key=a", "-b c", "Key=d"], &["tag-resource", "--tags", "Key=a", "--tags=-b c", "--tags=Key=d"]),
        (
            &["tag-resource", "--tags", "-b c", "Key=d", "--secret-id", "s"],
            &["tag-resource", "--tags=-b c", "--tags=Key=d", "--secret-id", "s"],
        ),
        // Nothing waits for a value.
        (&["list-secrets", "-a b"], &["list-secrets", "-a b"]),
        (&["kms", "serve", "--", "x", "--reg", "-a b", "help"], &["kms", "serve", "--", "x", "--reg", "-a b", "help"]),
    ] {
        let is_refused = line == ["list-secrets", "-a b"];
        match read(line) {
            Ok(read) => assert!(!is_refused && read == expected, "{line:?}: {read:?}"),
            Err(problem) => assert!(is_refused && problem == WordProblem::NoFlag(2), "{line:?}: {problem:?}"),
        }
    }
}

#[test]
fn flags_may_be_cut_short() {
    for (line, expected) in [
        (&["create-secret", "--na", "a", "--secret-s=x"][..], &["create-secret", "--name", "a", "--secret-string=x"][..]),
        // A global option of the AWS CLI comes before a member, and both before what is coldseal's.
        (&["kms", "replicate-key", "--re", "us-east-1"], &["kms", "replicate-key", "--region", "us-east-1"]),
        (&["kms", "describe-key", "--key", "k"], &["kms", "describe-key", "--key-id", "k"]),
        (&["list-secrets", "--out", "text", "--que", "x"], &["list-secrets", "--output", "text", "--query", "x"]),
        (&["--prof", "p", "list-secrets"], &["--profile", "p", "list-secrets"]),
        (&["seal", "--output-f", "x"], &["seal", "--output-file", "x"]),
        (&["seal", "--raw-a", "x"], &["seal", "--raw-aes-key", "x"]),
        (&["create-secret", "--cli-inp", "{}"], &["create-secret", "--cli-input-json", "{}"]),
        (&["verify", "--nosuch"], &["verify", "--nosuch"]),
        (&["verify", "--"], &["verify", "--"]),
    ] {
        assert_eq!(read(line).expect("words"), expected);
    }
    for (line, typed, flags) in [
        (&["create-secret", "--sec", "x"][..], "--sec", &["--secret-binary", "--secret-string"][..]),
        (&["list-secrets", "--no-cli"], "--no-cli", &["--no-cli-auto-prompt", "--no-cli-pager"]),
        (&["seal", "--raw", "x"], "--raw", &["--raw-aes-key", "--raw-ecdh-key", "--raw-rsa-key", "--raw-rsa-padding"]),
    ] {
        let Err(WordProblem::Ambiguous { typed: found, flags: mut named }) = read(line) else { panic!("{line:?}") };
        named.sort();
        assert_eq!((found.as_str(), named), (typed, flags.iter().map(|flag| (*flag).to_owned()).collect()), "{line:?}");
    }
}

#[test]
fn help_may_be_a_word() {
    for (line, expected) in [
        (&["help"][..], &["--help"][..]),
        (&["kms", "help"], &["kms", "--help"]),
        (&["create-secret", "help"], &["create-secret", "--help"]),
        (&["kms", "create-key", "help", "--region", "us-east-1"], &["kms", "create-key", "--region", "us-east-1", "--help"]),
        (&["help", "kms", "create-key"], &["kms", "create-key", "--help"]),
        (&["seal", "help"], &["seal", "--help"]),
        (&["describe-secret", "--secret-id", "help"], &["describe-secret", "--secret-id", "help"]),
        (&["tag-resource", "--tags", "a", "help"], &["tag-resource", "--tags", "a", "help"]),
        (&["open", "m", "help"], &["open", "m", "help"]),
    ] {
        assert_eq!(read(line).expect("words"), expected);
    }
}

const MARKER: &str = "s3cr3t-Marker";

/// What is printed of a line that is refused.
fn refusal(root: &Command, line: &[&str]) -> Option<String> {
    let typed = words(line);
    match for_clap(root, typed.clone()) {
        Err(refused) => Some(parse_error::refused(&mut root.clone(), &refused).ansi().to_string()),
        Ok(read) => {
            let error = root.clone().try_get_matches_from(read).err().filter(clap::Error::use_stderr)?;
            Some(parse_error::told(&error, root, &typed).ansi().to_string())
        }
    }
}

fn check_flag(root: &Command, command: &[&str], flag: &str) -> usize {
    let (dashed, short, wrong) = (format!("--{MARKER}"), format!("-{MARKER}"), format!("{flag}x={MARKER}"));
    let (joined, dashed_pair) = (format!("{flag}={MARKER}"), format!("--{MARKER}=x"));
    let lines = [
        &[flag, &dashed][..],
        &[flag, &short],
        &[flag, MARKER],
        &[flag, "x", MARKER],
        &[flag, "x", &dashed, "--region"],
        &[&joined],
        &[&joined, flag, MARKER],
        &[&wrong],
        &[flag, &dashed_pair],
        &[MARKER, flag],
    ];
    let told = lines.iter().filter_map(|line| Some((line, refusal(root, &[command, line].concat())?)));
    told.inspect(|(line, text)| assert!(!text.contains(MARKER), "{command:?} {line:?}: {text}")).count()
}

fn check_command(root: &Command, command: &Command, path: &[&str], flags_refused: &mut usize) {
    for arg in command.get_arguments() {
        if let Some(long) = arg.get_long() {
            *flags_refused += check_flag(root, path, &format!("--{long}"));
        }
    }
    for below in command.get_subcommands() {
        check_command(root, below, &[path, &[below.get_name()]].concat(), flags_refused);
    }
    if let Some(told) = refusal(root, &[path, &[MARKER]].concat()) {
        assert!(!told.contains(MARKER), "{path:?}: {told}");
    }
}

/// Of every flag of every command, wherever a value stands that nobody takes.
#[test]
fn no_message_holds_a_value() {
    let mut refused = 0;
    check_command(&root(), &root(), &[], &mut refused);
    assert!(refused > 1000, "{refused}");
}

#[test]
fn flags_are_named_and_other_words_by_their_place() {
    let root = root();
    for (line, expected) in [
        (&["list-secrets", "--kms-key-id", "x"][..], "error: unexpected argument '--kms-key-id' found\n"),
        (&["kms", "create-key", "--xks-key-id", "x"], "error: '--xks-key-id' is an option of AWS that coldseal does not have\n"),
        (
            &["list-secrets", "--qery", "x"],
            "error: unexpected argument: word 2 of the command line, not repeated here as it may be a value\n",
        ),
        (&["list-secrets", "--qery=x"], "tip: a similar argument exists: '--query'"),
        (&["create-secret", "--secret-string", "-hunter2"], "error: unexpected argument: word 3 of the command line"),
        (&["list-secrets", "x"], "error: unexpected argument: word 2 of the command line"),
        (&["lst-secrets"], "error: unrecognized command: word 1 of the command line"),
        (&["list-secrets", "--max-items", "0"], "error: invalid value for '--max-items <COUNT>': it is not in 1..=4294967295\n"),
        (&["list-secrets", "--max-items", "many"], "error: invalid value for '--max-items <COUNT>': invalid digit found in string\n"),
        (
            &["list-secrets", "--output", "xml"],
            "error: invalid value for '--output <FORMAT>'\n  [possible values: json, text, table, yaml, off]\n",
        ),
        (&["kms", "create-grant"], "error: 'aws kms create-grant' is not among coldseal's commands\n"),
        (&["s3", "ls"], "error: 'aws s3' is a command of the AWS CLI and not one of coldseal"),
        (&["create-secret", "--sec", "x"], "error: ambiguous option: --sec could match --secret-string, --secret-binary\n"),
    ] {
        let told = refusal(&root, line).unwrap_or_else(|| panic!("{line:?} is refused"));
        let plain: String =
            told.replace(crate::cli::color::ERROR, "").replace(crate::cli::color::HINT, "").replace(crate::cli::color::RESET, "");
        assert!(plain.contains(expected), "{line:?}: {plain}");
        assert!(plain.ends_with("For more information, try '--help'.\n"), "{plain}");
    }
}
