//! Passwords, drawn at random.

use serde::{Serialize, Serializer, ser::Error as _};

use crate::{
    error::{Error, Result},
    protocol::{
        answer::Answer,
        member::{Kind, Member},
        operation::{Operation, Run},
        request::Request,
        value::{Structure, Value},
    },
    secret::SecretBytes,
    vault::{
        CharacterType, GenerateSecretString, GetRandomPassword, MAX_SECRET_LENGTH,
        limits::{EXCLUDE_CHARACTERS_LENGTH, PASSWORD_LENGTH},
    },
};

const EXCLUSIONS: [(&str, CharacterType); 4] = [
    ("ExcludeNumbers", CharacterType::Numbers),
    ("ExcludePunctuation", CharacterType::Punctuation),
    ("ExcludeUppercase", CharacterType::Uppercase),
    ("ExcludeLowercase", CharacterType::Lowercase),
];

/// What a password is to be, behind other members.
macro_rules! password_members {
    ($($first:expr),*) => {
        &[
            $($first,)*
            Member::optional("PasswordLength", Kind::Integer(PASSWORD_LENGTH)),
            Member::optional("ExcludeCharacters", Kind::text(EXCLUDE_CHARACTERS_LENGTH)),
            Member::optional("ExcludeNumbers", Kind::Boolean),
            Member::optional("ExcludePunctuation", Kind::Boolean),
            Member::optional("ExcludeUppercase", Kind::Boolean),
            Member::optional("ExcludeLowercase", Kind::Boolean),
            Member::optional("IncludeSpace", Kind::Boolean),
            Member::optional("RequireEachIncludedType", Kind::Boolean),
        ]
    };
}

/// What CloudFormation has for a new secret's value, and coldseal for each new value.
pub(crate) const GENERATE_SECRET_STRING: Member = Member::optional(
    "GenerateSecretString",
    Kind::Structure(password_members![
        Member::optional("SecretStringTemplate", Kind::SecretText(1..=MAX_SECRET_LENGTH)),
        Member::optional("GenerateStringKey", Kind::text(1..=MAX_SECRET_LENGTH))
    ]),
);

pub(super) const OPERATIONS: &[Operation] = &[Operation::secrets(
    "GetRandomPassword",
    password_members![],
    &[Member::optional("RandomPassword", Kind::SecretText(0..=4096))],
    Run::Alone(get_random_password),
)];

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct DrawnPassword {
    #[serde(serialize_with = "as_text")]
    random_password: SecretBytes,
}

fn as_text<S: Serializer>(bytes: &SecretBytes, serializer: S) -> Result<S::Ok, S::Error> {
    let text = std::str::from_utf8(bytes.expose()).map_err(|_| S::Error::custom("a password is ASCII"))?;
    serializer.serialize_str(text)
}

fn get_random_password(request: &Request) -> Result<Answer> {
    Ok(Answer::secret(DrawnPassword { random_password: asked(request.members())?.generate()? }))
}

/// The value that [`GENERATE_SECRET_STRING`] asks for.
///
/// # Errors
/// None that the check of the request would not have found.
#[cfg_attr(not(feature = "cli"), expect(dead_code, reason = "AWS has it in CloudFormation"))]
pub(crate) fn generate_secret_string(request: &Request) -> Result<Option<GenerateSecretString>> {
    let Some(given) = request.structure(GENERATE_SECRET_STRING.name) else { return Ok(None) };
    let template = match given.get("SecretStringTemplate") {
        Some(Value::Blob(text)) => Some(SecretBytes::new(text.expose().to_vec())),
        _ => None,
    };
    let key = match given.get("GenerateStringKey") {
        Some(Value::Text(key)) => Some(key.clone()),
        _ => None,
    };
    Ok(Some(GenerateSecretString { password: asked(given)?, secret_string_template: template, generate_string_key: key }))
}

/// The password that members ask for; those that are not there are as the service has them.
fn asked(members: &Structure) -> Result<GetRandomPassword> {
    let mut asked = GetRandomPassword::default();
    let is_set = |name: &str| matches!(members.get(name), Some(Value::Boolean(true)));
    if let Some(Value::Integer(length)) = members.get("PasswordLength") {
        asked.password_length = usize::try_from(*length).map_err(|_| Error::Misuse("a length is within the model's range"))?;
    }
    if let Some(Value::Text(characters)) = members.get("ExcludeCharacters") {
        asked.exclude_characters.clone_from(characters);
    }
    if let Some(Value::Boolean(is_required)) = members.get("RequireEachIncludedType") {
        asked.require_each_included_type = *is_required;
    }
    asked.exclude_types = EXCLUSIONS.iter().filter(|(name, _)| is_set(name)).map(|(_, kind)| *kind).collect();
    asked.include_space = is_set("IncludeSpace");
    Ok(asked)
}
