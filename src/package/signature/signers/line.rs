//! One line of a file of signers: `principal options key-type base64 comment`.

use ssh_key::PublicKey;

use super::options::SignerOptions;
use crate::{
    error::{SignerKeyProblem, SignersProblem},
    package::signature::SignerKey,
};

/// What makes a principal a pattern, or a list of them.
const PATTERN: [char; 3] = ['*', '?', '!'];
/// What key types begin with; no option does.
const KEY_TYPES: [&str; 4] = ["ssh-", "ecdsa-", "sk-", "webauthn-"];

/// Whose key it is, what for and when.
#[derive(Debug, Clone)]
pub(super) struct SignerLine {
    pub(super) number: usize,
    pub(super) principal: String,
    pub(super) options: SignerOptions,
    pub(super) key: SignerKey,
}

impl SignerLine {
    /// `None` for an empty line and a comment.
    pub(super) fn parse(number: usize, line: &str) -> Result<Option<Self>, SignersProblem> {
        let line = line.trim_matches([' ', '\t', '\r']);
        if line.is_empty() || line.starts_with('#') {
            return Ok(None);
        }
        let (principal, rest) = word(line);
        check_principal(principal)?;
        let (options, rest) = if is_key_type(rest) { ("", rest) } else { options_and_rest(rest)? };
        let options = SignerOptions::parse(options)?;
        Ok(Some(Self { number, principal: principal.to_owned(), options, key: key(rest)? }))
    }

    /// A principal that stands for more than one.
    pub(super) fn is_pattern(&self) -> bool {
        self.principal.contains(PATTERN)
    }
}

fn check_principal(principal: &str) -> Result<(), SignersProblem> {
    if principal.contains(',') {
        return Err(SignersProblem::SeveralPrincipals);
    }
    // A negated one alone matches nobody.
    if principal.starts_with('!') || principal.contains('"') || principal.chars().any(char::is_control) {
        return Err(SignersProblem::Principal);
    }
    Ok(())
}

fn is_key_type(rest: &str) -> bool {
    KEY_TYPES.iter().any(|begin| rest.starts_with(begin))
}

/// The first word, and what follows its white space.
fn word(line: &str) -> (&str, &str) {
    let (word, rest) = line.split_once([' ', '\t']).unwrap_or((line, ""));
    (word, rest.trim_start_matches([' ', '\t']))
}

/// Options end at the first white space outside of quotes.
fn options_and_rest(rest: &str) -> Result<(&str, &str), SignersProblem> {
    let mut is_quoted = false;
    for (at, char) in rest.char_indices() {
        match char {
            '"' => is_quoted = !is_quoted,
            ' ' | '\t' if !is_quoted => {
                let (options, rest) = rest.split_at(at);
                return Ok((options, rest.trim_start_matches([' ', '\t'])));
            }
            _ => {}
        }
    }
    Err(SignersProblem::NoKey)
}

fn key(rest: &str) -> Result<SignerKey, SignersProblem> {
    let (key_type, rest) = word(rest);
    let (base64, _comment) = word(rest);
    if key_type.is_empty() || base64.is_empty() {
        return Err(SignersProblem::NoKey);
    }
    if key_type.contains("-cert-v") {
        return Err(SignerKeyProblem::Certificate.into());
    }
    let key = PublicKey::from_openssh(&format!("{key_type} {base64}")).map_err(|_| SignerKeyProblem::Malformed)?;
    Ok(SignerKey::new(key.key_data().clone())?)
}
