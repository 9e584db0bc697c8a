//! [GetRandomPassword](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html): a password in which each one
//! that fits the request is as likely as any other.

use super::limits::PASSWORD_LENGTH;
use crate::{
    crypto::{Random, SystemRandom},
    error::{CharacterType, Error, PasswordRefusal, Result, SecretRefusal},
    kms::member_limits::check_range,
    secret::SecretBytes,
};

/// Length in characters where none is asked for.
const DEFAULT_LENGTH: usize = 32;
/// Random bytes that are drawn at once.
const DRAWN_AT_ONCE: usize = 256;
/// Draws after which the source counts as broken. The unlikeliest request, four characters of which three types have one character each, needs
/// two thousand passwords, 32 draws, before one has all types; the longest takes 40 draws for each password, of which all but a few have them.
const MOST_DRAWS: usize = 1 << 14;

const TYPES: [CharacterType; 4] = [CharacterType::Uppercase, CharacterType::Lowercase, CharacterType::Numbers, CharacterType::Punctuation];

impl CharacterType {
    fn holds(self, character: u8) -> bool {
        match self {
            Self::Uppercase => character.is_ascii_uppercase(),
            Self::Lowercase => character.is_ascii_lowercase(),
            Self::Numbers => character.is_ascii_digit(),
            Self::Punctuation => character.is_ascii_punctuation(),
        }
    }
}

/// A request for a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GetRandomPassword {
    /// Length in characters, 1 to 4,096; 32 unless said otherwise.
    pub password_length: usize,
    /// Characters that do not occur.
    pub exclude_characters: String,
    /// Types of which no character occurs.
    pub exclude_types: Vec<CharacterType>,
    /// Whether spaces may occur. One need never occur.
    pub include_space: bool,
    /// Whether each type that is not excluded has to occur; it has unless said otherwise, as in the service.
    pub require_each_included_type: bool,
}

impl Default for GetRandomPassword {
    fn default() -> Self {
        Self {
            password_length: DEFAULT_LENGTH,
            exclude_characters: String::new(),
            exclude_types: Vec::new(),
            include_space: false,
            require_each_included_type: true,
        }
    }
}

impl GetRandomPassword {
    /// A password of ASCII characters, drawn from the operating system.
    ///
    /// # Errors
    /// `InvalidParameterException` where no password fits; `ValidationException` for a length that the service does not have; [`Error::Random`].
    pub fn generate(&self) -> Result<SecretBytes> {
        self.draw(&SystemRandom)
    }

    /// The same from a source.
    ///
    /// # Errors
    /// As for [`Self::generate`]; [`Error::Random`] also for a source from which nothing that fits can be drawn.
    pub fn draw(&self, random: &dyn Random) -> Result<SecretBytes> {
        let alphabet = self.alphabet()?;
        let mut draws = Draws { random, bytes: SecretBytes::zeroed(DRAWN_AT_ONCE), used: DRAWN_AT_ONCE, left: MOST_DRAWS };
        let mut password = SecretBytes::zeroed(self.password_length);
        // A password without one of the types is thrown away whole: to put the missing one somewhere would make some passwords likelier.
        loop {
            for character in password.expose_mut() {
                let at = draws.below(alphabet.characters.len())?;
                *character = *alphabet.characters.get(at).expect("drawn below the length");
            }
            let occurs = |required: &CharacterType| password.expose().iter().any(|character| required.holds(*character));
            if alphabet.required.iter().all(occurs) {
                return Ok(password);
            }
        }
    }

    /// # Errors
    /// As for [`Self::generate`], but the last.
    fn alphabet(&self) -> Result<Alphabet> {
        check_range("PasswordLength", self.password_length, &PASSWORD_LENGTH)?;
        let allowed = |character: &u8| !self.exclude_characters.contains(char::from(*character));
        let included: Vec<CharacterType> = TYPES.into_iter().filter(|kind| !self.exclude_types.contains(kind)).collect();
        let graphic = (b'!'..=b'~').filter(|character| included.iter().any(|kind| kind.holds(*character)));
        let characters: Vec<u8> = graphic.chain(self.include_space.then_some(b' ')).filter(allowed).collect();
        let required = if self.require_each_included_type { included } else { Vec::new() };
        let refusal = if characters.is_empty() {
            PasswordRefusal::AllExcluded
        } else if let Some(kind) = required.iter().find(|kind| !characters.iter().any(|character| kind.holds(*character))) {
            PasswordRefusal::TypeExcluded(*kind)
        } else if required.len() > self.password_length {
            PasswordRefusal::TooShort { length: self.password_length, types: required.len() }
        } else {
            return Ok(Alphabet { characters, required });
        };
        Err(SecretRefusal::Password(refusal).into())
    }
}

/// What a password is made of.
struct Alphabet {
    /// At most 95, each once.
    characters: Vec<u8>,
    required: Vec<CharacterType>,
}

/// Random numbers out of random bytes, which are wiped.
struct Draws<'a> {
    random: &'a dyn Random,
    bytes: SecretBytes,
    used: usize,
    left: usize,
}

impl Draws<'_> {
    /// A number below `bound`, which is 1 to 256, each as likely as any other: bytes from the last multiple of `bound` on are passed over.
    fn below(&mut self, bound: usize) -> Result<usize> {
        let whole = 256 - 256 % bound;
        loop {
            let byte = usize::from(self.byte()?);
            if byte < whole {
                return Ok(byte % bound);
            }
        }
    }

    fn byte(&mut self) -> Result<u8> {
        if self.used == self.bytes.len() {
            self.left = self.left.checked_sub(1).ok_or(Error::Random)?;
            self.random.fill(self.bytes.expose_mut())?;
            self.used = 0;
        }
        let byte = *self.bytes.expose().get(self.used).expect("what is used up is drawn anew");
        self.used += 1;
        Ok(byte)
    }
}

#[cfg(test)]
mod tests;
