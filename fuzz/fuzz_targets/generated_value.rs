//! A value with a password drawn for it (`LENGTH TYPES EXCLUDED`, then the member's name, then the template, each behind a line break): the
//! password is as it was asked for, and the value is the template with it and otherwise as it was.
#![no_main]

use coldseal::{
    SecretBytes,
    vault::{CharacterType, GenerateSecretString, GetRandomPassword},
};
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};

/// A type, and what tells that a character is of it.
type TypeOfCharacters = (char, CharacterType, fn(&char) -> bool);

const TYPES: [TypeOfCharacters; 4] = [
    ('U', CharacterType::Uppercase, char::is_ascii_uppercase),
    ('L', CharacterType::Lowercase, char::is_ascii_lowercase),
    ('N', CharacterType::Numbers, char::is_ascii_digit),
    ('P', CharacterType::Punctuation, char::is_ascii_punctuation),
];

/// What `text` asks for: letters of [`TYPES`] are types that are left out, `S` has spaces, `R` has each type that is not left out.
fn asked(text: &str) -> Option<GetRandomPassword> {
    let mut words = text.splitn(3, ' ');
    let (length, flags, excluded) = (words.next()?.parse().ok()?, words.next()?, words.next()?);
    let left_out = TYPES.iter().filter(|(letter, ..)| flags.contains(*letter)).map(|(_, kind, _)| *kind);
    Some(GetRandomPassword {
        // Long ones are like short ones, and take longer.
        password_length: Some(length).filter(|length| *length <= 64)?,
        exclude_characters: excluded.to_owned(),
        exclude_types: left_out.collect(),
        include_space: flags.contains('S'),
        require_each_included_type: flags.contains('R'),
    })
}

fn check(password: &str, asked: &GetRandomPassword) {
    assert_eq!(password.chars().count(), asked.password_length);
    assert!(!password.contains(|character: char| asked.exclude_characters.contains(character)));
    assert!(asked.include_space || !password.contains(' '));
    for (_, kind, is_of_it) in TYPES {
        let is_there = password.chars().any(|character| is_of_it(&character));
        let is_left_out = asked.exclude_types.contains(&kind);
        assert!(!is_there || !is_left_out, "{kind:?} is left out");
        assert!(is_there || is_left_out || !asked.require_each_included_type, "{kind:?} is required");
    }
}

fuzz_target!(|text: &str| {
    let mut lines = text.splitn(3, '\n');
    let Some(password) = lines.next().and_then(asked) else { return };
    let (key, template) = (lines.next(), lines.next());
    let request = GenerateSecretString {
        password: password.clone(),
        secret_string_template: template.map(|template| SecretBytes::new(template.as_bytes().to_vec())),
        generate_string_key: key.map(str::to_owned),
    };
    let generated = request.generate();
    let Some((key, template)) = key.zip(template) else {
        if let Ok(value) = generated {
            check(std::str::from_utf8(value.expose()).expect("text"), &password);
        }
        return;
    };
    let Ok(value) = generated else { return };
    // What stands in a template is kept as it is written, be it a number that serde_json has no room for.
    let Ok(mut expected) = serde_json::from_str::<Map<String, Value>>(template) else { return };
    let mut found: Map<String, Value> = serde_json::from_slice(value.expose()).expect("an object");
    let Some(Value::String(drawn)) = found.remove(key) else { panic!("the password is not there") };
    check(&drawn, &password);
    expected.remove(key);
    assert_eq!(found, expected);
});
