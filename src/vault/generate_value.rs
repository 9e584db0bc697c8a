//! Values with a password drawn for them, as CloudFormation's
//! [GenerateSecretString](https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-secretsmanager-secret-generatesecretstring.html)
//! makes them.

use serde::{Serialize, Serializer, ser::SerializeMap as _};

use super::{
    GetRandomPassword, PayloadKind, SecretValue,
    json_object::{JsonObject, NoObject},
};
use crate::{
    error::{PasswordRefusal, Result, SecretRefusal},
    kms::secret_json,
    secret::SecretBytes,
};

/// A request for a value.
#[derive(Debug, Default)]
pub struct GenerateSecretString {
    /// The password, which is the whole value where nothing else is said.
    pub password: GetRandomPassword,
    /// The JSON of an object that gets the password as a member.
    pub secret_string_template: Option<SecretBytes>,
    /// The name of that member, which is added, or takes the place of one with this name.
    pub generate_string_key: Option<String>,
}

impl GenerateSecretString {
    /// Draws the password, and makes the value of it.
    ///
    /// # Errors
    /// `InvalidParameterException` where no password fits, for a template without a key, a key without a template, a template that is not the JSON
    /// of an object or has a member twice, and for a value over 65,536 bytes; [`Error::Random`](crate::Error::Random).
    pub fn generate(&self) -> Result<SecretValue> {
        let refused = |refusal: PasswordRefusal| SecretRefusal::Password(refusal);
        let bytes = match (&self.secret_string_template, &self.generate_string_key) {
            (None, None) => self.password.generate()?,
            (Some(template), Some(key)) => {
                let template = JsonObject::parse(template.expose()).map_err(|error| match error {
                    NoObject::NotAnObject => refused(PasswordRefusal::TemplateNotAnObject),
                    NoObject::MemberTwice => refused(PasswordRefusal::TemplateMemberTwice),
                })?;
                let password = self.password.generate()?;
                let password = std::str::from_utf8(password.expose()).expect("a password is ASCII");
                secret_json::write(&Filled { template: &template, key, password })
            }
            _ => return Err(refused(PasswordRefusal::TemplateOrKeyMissing).into()),
        };
        SecretValue::new(PayloadKind::String, bytes)
    }
}

/// A template with the password in it.
struct Filled<'a> {
    template: &'a JsonObject<'a>,
    key: &'a str,
    password: &'a str,
}

impl Serialize for Filled<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        let mut is_placed = false;
        for (name, value) in self.template.members() {
            if name == self.key {
                is_placed = true;
                object.serialize_entry(name, self.password)?;
            } else {
                object.serialize_entry(name, value)?;
            }
        }
        if !is_placed {
            object.serialize_entry(self.key, self.password)?;
        }
        object.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, Refusal};

    /// A request whose password is always `9999`.
    fn asked(template: Option<&str>, key: Option<&str>) -> GenerateSecretString {
        GenerateSecretString {
            password: GetRandomPassword {
                password_length: 4,
                exclude_characters: (' '..='~').filter(|character| *character != '9').collect(),
                require_each_included_type: false,
                ..Default::default()
            },
            secret_string_template: template.map(|text| SecretBytes::new(text.as_bytes().to_vec())),
            generate_string_key: key.map(str::to_owned),
        }
    }

    fn generated(template: Option<&str>, key: Option<&str>) -> Result<String, Box<Refusal>> {
        match asked(template, key).generate() {
            Ok(value) => {
                assert_eq!(value.kind(), PayloadKind::String);
                Ok(String::from_utf8(value.expose().to_vec()).expect("text"))
            }
            Err(Error::Service(refusal)) => Err(refusal),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn a_password_is_added_or_put_in_place() {
        for (template, key, expected) in [
            (r#"{"username": "saanvi"}"#, "password", r#"{"username":"saanvi","password":"9999"}"#),
            ("{}", "password", r#"{"password":"9999"}"#),
            (r#"{"a": 1, "p": [1, 2], "z": null}"#, "p", r#"{"a":1,"p":"9999","z":null}"#),
            // A name is compared as what it is, however it is written.
            (r#"{"\u0070": "old"}"#, "p", r#"{"p":"9999"}"#),
            // What stands in the template is kept: a number to its last digit, an object to its last space.
            (
                r#" {"port": 3306, "n": 123456789012345678901234567890.10, "o": { "a" : [ ] }} "#,
                "k\"\\é",
                r#"{"port":3306,"n":123456789012345678901234567890.10,"o":{ "a" : [ ] },"k\"\\é":"9999"}"#,
            ),
            ("{}", "", r#"{"":"9999"}"#),
        ] {
            assert_eq!(generated(Some(template), Some(key)).as_deref(), Ok(expected), "{template}");
        }
        assert_eq!(generated(None, None).as_deref(), Ok("9999"));
    }

    #[test]
    fn a_password_with_any_character_is_a_member_of_json() {
        let exclude_types =
            vec![crate::error::CharacterType::Uppercase, crate::error::CharacterType::Lowercase, crate::error::CharacterType::Numbers];
        let password = GetRandomPassword { password_length: 4096, exclude_types, include_space: true, ..Default::default() };
        let asked = GenerateSecretString { password, ..asked(Some("{}"), Some("p")) };
        let value = asked.generate().expect("made");
        let object: serde_json::Value = serde_json::from_slice(value.expose()).expect("JSON");
        let text = object.get("p").and_then(serde_json::Value::as_str).expect("text");
        assert!(text.len() == 4096 && text.contains('"') && text.contains('\\') && text.contains(' '));
    }

    #[test]
    fn what_is_no_object_or_no_pair_is_refused() {
        let refused = |refusal: PasswordRefusal| Err(Box::new(Refusal::Secret(SecretRefusal::Password(refusal))));
        for template in ["x", "[]", "{} {}"] {
            assert_eq!(generated(Some(template), Some("p")), refused(PasswordRefusal::TemplateNotAnObject), "{template}");
        }
        assert_eq!(generated(Some(r#"{"a": 1, "\u0061": 2}"#), Some("p")), refused(PasswordRefusal::TemplateMemberTwice));
        for (template, key) in [(Some("{}"), None), (None, Some("p"))] {
            assert_eq!(generated(template, key), refused(PasswordRefusal::TemplateOrKeyMissing));
        }
        let long = format!("{{\"a\":\"{}\"}}", "x".repeat(65_520));
        let refused = generated(Some(&long), Some("p")).expect_err("over the limit");
        assert!(matches!(*refused, Refusal::Secret(SecretRefusal::ValueTooLong { .. })), "{refused}");
    }
}
