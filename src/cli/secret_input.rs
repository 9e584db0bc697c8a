//! The value of a new secret: a file, stdin, a prompt, or, with a warning, the command line itself.

use serde_json::{Map, Value};

use super::{
    args::SecretValueArgs,
    failure::Outcome,
    inputs::Inputs,
    paramfile::{ParamFiles, SizeLimit, is_literal, verbatim_blob},
    shorthand::Echo,
    structures::parse_structure_as,
    terminal::warn,
    usage::{ConfigError, UsageError},
};
use crate::{
    error::Error,
    protocol::{
        draft::Draft,
        json::Json,
        member::Kind,
        request::Request,
        secrets::{GENERATE_SECRET_STRING, SECRET_BINARY, SECRET_STRING, generate_secret_string},
        value::Value as MemberValue,
    },
    secret::SecretBytes,
    vault::{GenerateSecretString, MAX_SECRET_LENGTH, PayloadKind, SecretValue},
};

/// What a secret holds at most.
pub(super) const LIMIT: SizeLimit = SizeLimit {
    bytes: MAX_SECRET_LENGTH,
    hint: Some("a secret holds at most 65,536 bytes, as in AWS Secrets Manager; 'coldseal seal' has no limit"),
};

/// The value that the arguments give, if any.
pub(super) fn secret_value(inputs: &Inputs, args: &SecretValueArgs) -> Outcome<Option<SecretValue>> {
    let files = inputs.files();
    let (kind, bytes) = if let Some(string) = &args.secret_string {
        (PayloadKind::String, secret_string(inputs, &files, string.as_deref())?)
    } else if let Some(binary) = &args.secret_binary {
        (PayloadKind::Binary, secret_binary(inputs, &files, binary)?)
    } else if let Some(words) = &args.secret_key_values {
        (PayloadKind::String, secret_key_values(inputs, &files, words)?)
    } else if let Some(word) = &args.generate_secret_string {
        return Ok(Some(generation(inputs, &files, word)?.generate()?));
    } else {
        match input_value(inputs)? {
            Some(value) => value,
            None => return Ok(None),
        }
    };
    Ok(Some(SecretValue::new(kind, checked(kind, bytes)?)?))
}

/// A value within the limits of AWS's model.
fn checked(kind: PayloadKind, bytes: SecretBytes) -> Outcome<SecretBytes> {
    let member = match kind {
        PayloadKind::String => &SECRET_STRING,
        PayloadKind::Binary => &SECRET_BINARY,
    };
    let mut draft = Draft::default();
    draft.value(member, MemberValue::Blob(bytes));
    match draft.finish(&[]) {
        (mut values, violations) if violations.is_empty() => match values.remove(member.name) {
            Some(MemberValue::Blob(bytes)) => Ok(bytes),
            _ => Err(Error::Misuse("a value stays what it is").into()),
        },
        (_, violations) => Err(violations.into()),
    }
}

/// The value that `--cli-input-json` gives, taken as it is.
fn input_value(inputs: &Inputs) -> Outcome<Option<(PayloadKind, SecretBytes)>> {
    match (&inputs.values.string, &inputs.values.binary) {
        (Some(_), Some(_)) => {
            Err(UsageError::new("You can't specify both a binary secret value and a string secret value in the same secret.").into())
        }
        (Some(string), None) => Ok(Some((PayloadKind::String, SecretBytes::new(string.expose().to_vec())))),
        (None, Some(binary)) => {
            let binary = verbatim_blob("SecretBinary", binary.expose(), inputs.binary_format, LIMIT)?;
            Ok(Some((PayloadKind::Binary, binary)))
        }
        (None, None) => Ok(None),
    }
}

fn secret_string(inputs: &Inputs, files: &ParamFiles<'_>, value: Option<&str>) -> Outcome<SecretBytes> {
    match value {
        None => prompt_value(inputs, "Secret value: ", "--secret-string takes file://PATH, or '-' for stdin"),
        Some("-") => Ok(files.stdin_text("--secret-string", LIMIT)?),
        Some(value) => {
            warn_about_literal("--secret-string", value);
            Ok(files.string("--secret-string", value, LIMIT)?)
        }
    }
}

fn secret_binary(inputs: &Inputs, files: &ParamFiles<'_>, value: &str) -> Outcome<SecretBytes> {
    warn_about_literal("--secret-binary", value);
    Ok(files.blob("--secret-binary", value, inputs.binary_format, LIMIT)?)
}

/// Builds the JSON object; members keep the order in which they were given.
fn secret_key_values(inputs: &Inputs, files: &ParamFiles<'_>, words: &[String]) -> Outcome<SecretBytes> {
    const PARAMETER: &str = "--secret-key-values";
    let mut object = Map::new();
    if let Some(literal) =
        words.iter().filter_map(|word| word.split_once('=')).find(|(key, value)| !key.ends_with('@') && is_literal(value))
    {
        warn_about_literal(PARAMETER, literal.1);
    }
    if words.iter().any(|word| word.trim_start().starts_with(['{', '['])) {
        return Err(UsageError::parameter(PARAMETER, "takes NAME=VALUE pairs; a whole JSON object is a --secret-string").into());
    }
    for word in words {
        let (key, bytes) = match word.split_once('=') {
            None => (word.as_str(), prompt_value(inputs, &format!("{}: ", word.escape_debug()), "NAME@=file://PATH takes it from a file")?),
            Some((key, value)) => match key.strip_suffix('@') {
                Some(key) if is_literal(value) => {
                    let what = format!("'{}@=' is followed by file://PATH; NAME=VALUE gives a value itself", key.escape_debug());
                    return Err(UsageError::parameter(PARAMETER, what).into());
                }
                Some(key) => (key, files.string(PARAMETER, value, LIMIT)?),
                None => (key, files.string(PARAMETER, value, LIMIT)?),
            },
        };
        if key.is_empty() {
            return Err(UsageError::parameter(PARAMETER, "a key is empty").into());
        }
        let text = std::str::from_utf8(bytes.expose())
            .map_err(|_| UsageError::parameter(PARAMETER, format!("the value of '{}' is not UTF-8", key.escape_debug())))?;
        if object.insert(key.to_owned(), Value::String(text.to_owned())).is_some() {
            return Err(UsageError::parameter(PARAMETER, format!("'{}' occurs twice", key.escape_debug())).into());
        }
    }
    let json = serde_json::to_vec(&Value::Object(object)).map_err(|_| Error::Misuse("text is always JSON"))?;
    Ok(SecretBytes::new(json))
}

/// How each of many secrets gets its value.
pub(super) enum ValueSource {
    /// All of them the same.
    Given(SecretValue),
    /// Each one of its own.
    Generated(GenerateSecretString),
}

/// The source of values that the arguments give, if any.
pub(super) fn value_source(inputs: &Inputs, args: &SecretValueArgs) -> Outcome<Option<ValueSource>> {
    match &args.generate_secret_string {
        Some(word) => Ok(Some(ValueSource::Generated(generation(inputs, &inputs.files(), word)?))),
        None => Ok(secret_value(inputs, args)?.map(ValueSource::Given)),
    }
}

/// How a password is drawn, and the value made of it. What was typed is shown nowhere: a template may hold other secrets.
fn generation(inputs: &Inputs, files: &ParamFiles<'_>, word: &str) -> Outcome<GenerateSecretString> {
    const PARAMETER: &str = "--generate-secret-string";
    if inputs.values.string.is_some() || inputs.values.binary.is_some() {
        return Err(
            UsageError::new("a value is either given or generated: SecretString and SecretBinary exclude GenerateSecretString").into()
        );
    }
    let Kind::Structure(members) = GENERATE_SECRET_STRING.kind else {
        return Err(Error::Misuse("what makes a value is a structure").into());
    };
    let content = files.value(PARAMETER, word)?.unwrap_or_else(|| word.to_owned());
    let given = Value::Object(parse_structure_as(Echo::Hidden, files, PARAMETER, &content, members)?);
    let mut draft = Draft::default();
    draft.json(&GENERATE_SECRET_STRING, Json::of(&given));
    Ok(generate_secret_string(&Request::typed(&[], draft)?)?.ok_or(Error::Misuse("the member is there"))?)
}

fn warn_about_literal(parameter: &str, value: &str) {
    if is_literal(value) {
        warn(&format!(
            "{parameter}: a value on the command line can be read by others (process list, shell history); use file://…, '-' for stdin, or a prompt"
        ));
    }
}

/// Asks for a secret value, twice; an error that says `instead` where there is no terminal.
fn prompt_value(inputs: &Inputs, text: &str, instead: &str) -> Outcome<SecretBytes> {
    let missing = || ConfigError::new("a value is to be asked for, and there is no terminal to ask on").with_hint(instead);
    let differ = || ConfigError::new("the two values are not the same; nothing was changed, so try again");
    Ok(inputs.prompter.hidden_twice(text, |_| Ok(()), differ)?.ok_or_else(missing)?)
}
