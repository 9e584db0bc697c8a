//! Secrets as files with names of their own.

/// Longest name that is made, in characters of one byte: any file system takes it with an ending.
const LONGEST: usize = 200;

/// A name that is one file's, whatever a secret is called: letters, digits, `.`, `-` and `_` stay, anything else and a first dot is `_`.
pub(super) fn file_name(name: &str) -> String {
    let is_plain = |at: usize, c: char| c.is_ascii_alphanumeric() || "-_".contains(c) || (c == '.' && at > 0);
    name.chars().take(LONGEST).enumerate().map(|(at, c)| if is_plain(at, c) { c } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secrets_name_becomes_one_files() {
        for (name, expected) in [
            ("db", "db"),
            ("production/DBWest", "production_DBWest"),
            ("../../etc/passwd", "_._.._etc_passwd"),
            (".", "_"),
            ("..", "_."),
            (".hidden", "_hidden"),
            ("a b\n", "a_b_"),
            ("é", "_"),
        ] {
            assert_eq!(file_name(name), expected, "{name}");
        }
        assert_eq!(file_name(&"x".repeat(512)).len(), 200);
    }
}
