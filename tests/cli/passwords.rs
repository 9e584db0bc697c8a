//! `get-random-password`: every flag, what is printed, and that nothing is needed and nothing left.

use crate::sandbox::Sandbox;

const GET: &str = "get-random-password --query RandomPassword --output text";

fn password(sandbox: &Sandbox, flags: &str) -> String {
    let printed = sandbox.stdout(&format!("{GET} {flags}"));
    printed.strip_suffix('\n').expect("a line").to_owned()
}

#[test]
fn each_flag_lets_its_characters_in_or_leaves_them_out() {
    let sandbox = Sandbox::new();
    // Upper case, lower case, digits, punctuation, spaces.
    for (flags, expected) in [
        ("", [true, true, true, true, false]),
        ("--exclude-uppercase", [false, true, true, true, false]),
        ("--exclude-lowercase", [true, false, true, true, false]),
        ("--exclude-numbers", [true, true, false, true, false]),
        ("--exclude-punctuation", [true, true, true, false, false]),
        ("--include-space", [true, true, true, true, true]),
        ("--exclude-numbers --no-exclude-numbers --include-space --no-include-space", [true, true, true, true, false]),
        ("--exclude-uppercase --exclude-lowercase --exclude-punctuation", [false, false, true, false, false]),
        (
            "--exclude-uppercase --exclude-lowercase --exclude-punctuation --exclude-numbers --include-space",
            [false, false, false, false, true],
        ),
        ("--exclude-characters ABCDEFGHIJKLMNOPQRSTUVWXYZ --no-require-each-included-type", [false, true, true, true, false]),
    ] {
        let password = password(&sandbox, &format!("--password-length 4096 {flags}"));
        assert_eq!(password.len(), 4096, "{flags}");
        let occurs = |is: fn(&char) -> bool| password.chars().any(|character| is(&character));
        let found = [
            occurs(char::is_ascii_uppercase),
            occurs(char::is_ascii_lowercase),
            occurs(char::is_ascii_digit),
            occurs(char::is_ascii_punctuation),
            occurs(|character| *character == ' '),
        ];
        assert_eq!(found, expected, "{flags}");
    }
}

#[test]
fn a_password_has_its_length_and_each_type() {
    let sandbox = Sandbox::new();
    assert_eq!(password(&sandbox, "").len(), 32);
    for _ in 0..5 {
        let shortest = password(&sandbox, "--password-length 4");
        let types: [fn(&char) -> bool; 4] =
            [char::is_ascii_uppercase, char::is_ascii_lowercase, char::is_ascii_digit, char::is_ascii_punctuation];
        assert!(shortest.len() == 4 && types.iter().all(|is| shortest.chars().any(|character| is(&character))), "{shortest}");
    }
    let excluded = password(&sandbox, "--password-length 1000 --exclude-characters abc\"@/\\");
    assert!(!excluded.contains(['a', 'b', 'c', '"', '@', '/', '\\']) && excluded.contains('d'), "{excluded}");
    // One character alone is no choice.
    assert_eq!(
        password(
            &sandbox,
            "--password-length 3 --exclude-uppercase --exclude-lowercase --exclude-punctuation --exclude-characters 012345678"
        ),
        "999"
    );
    assert_ne!(password(&sandbox, ""), password(&sandbox, ""));
}

#[test]
fn nothing_is_needed_and_nothing_is_left() {
    let sandbox = Sandbox::new();
    let printed = sandbox.coldseal("secretsmanager get-random-password --password-length 20").assert().success().stderr_eq("");
    let answer: serde_json::Value = serde_json::from_slice(&printed.get_output().stdout).expect("JSON");
    let members: Vec<_> = answer.as_object().expect("an object").iter().collect();
    assert!(matches!(members[..], [(name, serde_json::Value::String(text))] if name == "RandomPassword" && text.len() == 20), "{answer}");
    assert_eq!(sandbox.files("."), [""; 0]);
}

#[test]
fn a_request_in_json_does_the_same() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "request.json",
        r#"{"PasswordLength": 2, "ExcludePunctuation": true, "ExcludeNumbers": false, "RequireEachIncludedType": false}"#,
    );
    assert_eq!(password(&sandbox, "--cli-input-json file://request.json").len(), 2);
    // A flag comes before the file.
    assert_eq!(password(&sandbox, "--cli-input-json file://request.json --password-length 3 --require-each-included-type").len(), 3);
    let refused = sandbox.coldseal(&format!("{GET} --cli-input-json file://request.json --require-each-included-type")).assert();
    refused.code(254);
    let skeleton = sandbox.stdout("get-random-password --generate-cli-skeleton");
    let skeleton: serde_json::Value = serde_json::from_str(&skeleton).expect("JSON");
    assert_eq!(skeleton["RequireEachIncludedType"], true);
}
