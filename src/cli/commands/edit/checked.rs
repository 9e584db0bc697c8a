//! What came out of the editor: as it was, another value, or none that can be taken.

use serde::de::IgnoredAny;

use crate::{
    cli::{failure::Outcome, usage::UsageError},
    secret::SecretBytes,
    vault::{PayloadKind, SecretValue},
};

#[derive(Debug)]
pub(super) enum Edited {
    Unchanged,
    Value(SecretValue),
}

pub(super) fn is_json(value: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(value).is_ok()
}

/// # Errors
/// What was JSON and is none; what Secrets Manager takes for no value.
pub(super) fn edited(before: &SecretValue, mut typed: SecretBytes) -> Outcome<Edited> {
    // Editors end the last line, whether it was or not.
    if !before.expose().ends_with(b"\n") && typed.expose().ends_with(b"\n") {
        typed.truncate(typed.len() - 1);
    }
    if typed.expose() == before.expose() {
        return Ok(Edited::Unchanged);
    }
    if before.kind() == PayloadKind::String && is_json(before.expose()) {
        // The text of the error has the place, and nothing of the value.
        serde_json::from_slice::<IgnoredAny>(typed.expose())
            .map_err(|error| UsageError::new(format!("the value was JSON, and is none any more: {error}")))?;
    }
    Ok(Edited::Value(SecretValue::new(before.kind(), typed)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::failure::Failure;

    fn value(text: &[u8]) -> SecretValue {
        SecretValue::new(PayloadKind::String, SecretBytes::new(text.to_vec())).expect("a value")
    }

    fn typed(before: &[u8], typed: &[u8]) -> Result<Option<Vec<u8>>, String> {
        match edited(&value(before), SecretBytes::new(typed.to_vec())) {
            Ok(Edited::Unchanged) => Ok(None),
            Ok(Edited::Value(value)) => Ok(Some(value.expose().to_vec())),
            Err(Failure::Usage(error)) => Err(error.message),
            Err(Failure::Core(error)) => Err(error.to_string()),
            Err(_) => panic!("another failure"),
        }
    }

    #[test]
    fn a_newline_of_the_editors_is_no_change() {
        assert_eq!(typed(b"a", b"a"), Ok(None));
        assert_eq!(typed(b"a", b"a\n"), Ok(None));
        assert_eq!(typed(b"a\n", b"a\n"), Ok(None));
        assert_eq!(typed(b"a\n", b"a"), Ok(Some(b"a".to_vec())));
        assert_eq!(typed(b"a", b"b\n"), Ok(Some(b"b".to_vec())));
        assert_eq!(typed(b"a", b"a\n\n"), Ok(Some(b"a\n".to_vec())));
        assert_eq!(typed(b"a\n", b"a\n\n"), Ok(Some(b"a\n\n".to_vec())));
    }

    #[test]
    fn json_stays_json_and_text_stays_text() {
        assert_eq!(typed(b"{\"a\": 1}", b"{\"a\": 2}\n"), Ok(Some(b"{\"a\": 2}".to_vec())));
        let broken = typed(b"{\"a\": 1}", b"{\"EXAMPLE\": \n").expect_err("refused");
        assert!(broken.starts_with("the value was JSON, and is none any more: ") && !broken.contains("EXAMPLE"), "{broken}");
        assert_eq!(typed(b"a", b"{"), Ok(Some(b"{".to_vec())), "what was no JSON need be none");
        assert!(typed(b"a", b"\xff").expect_err("refused").contains("UTF-8"));
        assert!(typed(b"a", b"").expect_err("refused").contains("at least 1 byte"));
        assert!(typed(b"a", b"\n").expect_err("refused").contains("at least 1 byte"));
        assert!(typed(b"a", &[b'x'; 65_537]).expect_err("refused").contains("at most 65536"));
    }
}
