//! The wildcards of actions: `*` for any characters, `?` for one. Case does not count.

/// Whether all of `text` is what `pattern` says.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (folded(pattern), folded(text));
    let (mut at, mut in_text) = (0, 0);
    // Behind the last `*`, and where in the text it was tried to end.
    let mut star: Option<(usize, usize)> = None;
    while let Some(letter) = text.get(in_text) {
        match pattern.get(at) {
            Some('*') => {
                at += 1;
                star = Some((at, in_text));
            }
            Some(expected) if *expected == '?' || expected == letter => {
                at += 1;
                in_text += 1;
            }
            _ => match &mut star {
                Some((behind, tried)) => {
                    *tried += 1;
                    (at, in_text) = (*behind, *tried);
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(at).all(|letter| *letter == '*')
}

fn folded(text: &str) -> Vec<char> {
    text.chars().map(|letter| letter.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn stars_and_question_marks() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("secretsmanager:*", "secretsmanager:PutResourcePolicy", true),
            ("SecretsManager:put*", "secretsmanager:PutResourcePolicy", true),
            ("secretsmanager:*Policy", "secretsmanager:PutResourcePolicy", true),
            ("secretsmanager:*Polic", "secretsmanager:PutResourcePolicy", false),
            ("secretsmanager:?utResourcePolicy", "secretsmanager:PutResourcePolicy", true),
            ("kms:*", "secretsmanager:PutResourcePolicy", false),
            ("*a*b", "xaab", true),
            ("*a*b", "xbaa", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    /// By the definition, without a thought for time.
    fn slowly(pattern: &[u8], text: &[u8]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, rest) => rest.is_none(),
            (Some((b'*', behind)), rest) => slowly(behind, text) || rest.is_some_and(|(_, left)| slowly(pattern, left)),
            (Some((b'?', behind)), Some((_, left))) => slowly(behind, left),
            (Some((letter, behind)), Some((first, left))) => letter == first && slowly(behind, left),
            (Some(_), None) => false,
        }
    }

    proptest! {
        #[test]
        fn as_the_definition_says(pattern in "[ab*?]{0,8}", text in "[ab]{0,8}") {
            prop_assert_eq!(matches(&pattern, &text), slowly(pattern.as_bytes(), text.as_bytes()));
        }
    }
}
