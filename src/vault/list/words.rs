//! How ListSecrets takes texts apart for the filters that look for words. AWS documents neither; moto's tests, marked as verified against AWS, show it.

/// What stands between words, besides white space.
const SEPARATORS: &str = "/-_+=.@";

/// True where each word of `wanted` is the beginning of a word of one of `texts`, whatever the case. A text without a word is found nowhere.
pub(super) fn begin_words_of(wanted: &str, texts: &[&str]) -> bool {
    let known: Vec<String> = texts.iter().flat_map(|text| words(text)).collect();
    let mut wanted = words(wanted).peekable();
    wanted.peek().is_some() && wanted.all(|word| known.iter().any(|known| known.starts_with(&word)))
}

/// The words of a text, in lower case: what stands between separators, taken apart where the case changes.
fn words(text: &str) -> impl Iterator<Item = String> {
    let parts = text.split(|c: char| c.is_whitespace() || SEPARATORS.contains(c));
    parts.flat_map(at_case_changes).map(|word| word.to_lowercase())
}

/// Lower-case letters belong to the character before them, and end its word: `COMPANYthings` is `COMPAN` and `Ythings`.
fn at_case_changes(part: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut start = 0;
    let mut previous: Option<(usize, char)> = None;
    for (at, c) in part.char_indices() {
        match previous {
            Some((before, other)) if c.is_lowercase() && !other.is_lowercase() => {
                words.extend(part.get(start..before));
                start = before;
            }
            Some((_, other)) if !c.is_lowercase() && other.is_lowercase() => {
                words.extend(part.get(start..at));
                start = at;
            }
            _ => {}
        }
        previous = Some((at, c));
    }
    words.extend(part.get(start..));
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_end_at_separators_and_where_the_case_changes() {
        for (text, expected) in [
            ("", &[][..]),
            ("+", &[]),
            ("one", &["one"]),
            ("one two\tthree", &["one", "two", "three"]),
            ("one TWO", &["one", "two"]),
            ("prod/App-beta_x+y=z.v@w", &["prod", "app", "beta", "x", "y", "z", "v", "w"]),
            ("AppBeta", &["app", "beta"]),
            ("appBeta", &["app", "beta"]),
            ("COMPANY", &["company"]),
            ("COMPANYthings", &["compan", "ythings"]),
            ("SecretFTag", &["secret", "f", "tag"]),
            ("db2west", &["db", "2west"]),
            ("v12", &["v", "12"]),
            ("ÜberÉtat 秘密", &["über", "état", "秘密"]),
        ] {
            assert_eq!(words(text).collect::<Vec<_>>(), expected, "{text}");
        }
    }

    #[test]
    fn each_wanted_word_begins_one_that_is_there() {
        for (wanted, texts, expected) in [
            ("secret", &["SecretOne"][..], true),
            ("sec", &["SecretOne"], true),
            ("ret", &["SecretOne"], false),
            ("SomeSecret", &["SecretOne"], false),
            ("d t", &["DescTwo"], true),
            ("d x", &["DescTwo"], false),
            ("one two", &["one", "two"], true),
            ("AppBeta", &["prod/AppBeta/1"], true),
            ("appbeta", &["prod/AppBeta/1"], false),
            ("things", &["uat/COMPANYthings/1"], false),
            ("Ythings", &["uat/COMPANYthings/1"], true),
            ("company", &["uat/COMPANY/1"], true),
            ("N", &["uat/COMPANY/1"], false),
            ("+", &["prod+AppBeta"], false),
            ("", &["one"], false),
            ("one", &[], false),
        ] {
            assert_eq!(begin_words_of(wanted, texts), expected, "{wanted:?} in {texts:?}");
        }
    }
}
