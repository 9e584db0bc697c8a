//! How hard a new passphrase is to guess. Argon2id makes each guess dear, and not many of them impossible.

use zxcvbn::{Score, feedback::Feedback, zxcvbn};

use crate::{
    error::{Result, SetupError},
    secret::SecretBytes,
};

/// Words that come to mind here first of all.
const OUR_WORDS: [&str; 4] = ["coldseal", "keystore", "passphrase", "secretsmanager"];

/// What is done with a passphrase of fewer than some 10^8 guesses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WeakPassphrase {
    Refused,
    Allowed,
}

impl WeakPassphrase {
    /// Refuses a passphrase that a program guesses soon; none of it is repeated.
    ///
    /// # Errors
    /// [`SetupError::WeakPassphrase`], [`SetupError::EmptyPassphrase`].
    pub(crate) fn check(self, passphrase: &SecretBytes) -> Result<()> {
        if passphrase.is_empty() {
            return Err(SetupError::EmptyPassphrase.into());
        }
        // What is not text is measured with a mark in its place.
        let measured = zxcvbn(&String::from_utf8_lossy(passphrase.expose()), &OUR_WORDS);
        if self == Self::Allowed || measured.score() >= Score::Three {
            return Ok(());
        }
        Err(SetupError::WeakPassphrase(measured.feedback().map_or_else(String::new, told)).into())
    }
}

/// The library's sentences: what is wrong, and what helps.
fn told(feedback: &Feedback) -> String {
    let warning = feedback.warning().map(|warning| warning.to_string());
    let suggestions = feedback.suggestions().iter().map(ToString::to_string);
    warning.into_iter().chain(suggestions).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    fn check(weak: WeakPassphrase, passphrase: &[u8]) -> Result<(), SetupError> {
        weak.check(&SecretBytes::new(passphrase.to_vec())).map_err(|error| match error {
            Error::Setup(error) => error,
            other => panic!("{other}"),
        })
    }

    #[test]
    fn what_is_guessed_soon_is_refused_and_not_repeated() {
        for weak in [&b"x"[..], b"horse2026", b"coldseal2026", b"qwertyuiop", b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", b"2026-11-30", b"\xff\xff"]
        {
            let shown = String::from_utf8_lossy(weak).into_owned();
            match check(WeakPassphrase::Refused, weak).expect_err(&shown) {
                SetupError::WeakPassphrase(told) => {
                    assert!(!told.is_empty() && (weak.len() < 2 || !told.contains(&shown)), "{shown}: {told}");
                }
                other => panic!("{shown}: {other}"),
            }
            assert_eq!(check(WeakPassphrase::Allowed, weak), Ok(()), "{shown}");
        }
        for weak in [WeakPassphrase::Refused, WeakPassphrase::Allowed] {
            assert_eq!(check(weak, b""), Err(SetupError::EmptyPassphrase));
        }
    }

    #[test]
    fn what_is_hard_to_guess_is_taken() {
        let long = b"0123456789".repeat(400);
        for strong in
            [&b"an example, not a good passphrase"[..], b"a horse made of paper", b"9qV#t2_mB!xW", "schwer zu erraten: äöü".as_bytes()]
        {
            assert_eq!(check(WeakPassphrase::Refused, strong), Ok(()), "{}", String::from_utf8_lossy(strong));
        }
        // The longest that is read takes no long time.
        _ = check(WeakPassphrase::Refused, &long);
    }
}
