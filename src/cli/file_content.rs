//! What a file holds where something else was meant: text of another encoding, base64 or hex in place of bytes. It is told by its form alone,
//! and no message repeats any of it.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::terminal::note;
use crate::secret::SecretBytes;

/// What UTF-8 text begins with that some editors save.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
/// Shorter base64 is as likely a word.
const SHORTEST_BASE64: usize = 16;

/// How to make UTF-8 of UTF-16.
pub(super) const FROM_UTF16: &str = "'iconv -f UTF-16 -t UTF-8 FILE > NEW' makes UTF-8 of it; in PowerShell 5 '| Out-File -Encoding ascii FILE' writes what '>' writes as UTF-16";
/// How to take the mark off.
pub(super) const WITHOUT_MARK: &str = "'tail -c +4 FILE > NEW' leaves it out";

/// True for UTF-16: with its mark, or with a zero in each character, as plain letters have.
pub(super) fn is_utf16(content: &[u8]) -> bool {
    if content.starts_with(b"\xFF\xFE") || content.starts_with(b"\xFE\xFF") {
        return true;
    }
    let (pairs, rest) = content.as_chunks::<2>();
    let all = |is_high: fn(&[u8; 2]) -> bool| pairs.iter().all(is_high);
    pairs.len() > 1
        && rest.is_empty()
        && (all(|[first, second]| *first == 0 && *second != 0) || all(|[first, second]| *first != 0 && *second == 0))
}

/// True for text that begins with the mark.
pub(super) fn has_byte_order_mark(content: &[u8]) -> bool {
    content.starts_with(BYTE_ORDER_MARK)
}

/// Text that stands for bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextForm {
    Base64 { bytes: usize },
    Hex { bytes: usize },
}

impl TextForm {
    /// `None` for what is no such text, or too short to tell. White space at the ends and line ends do not count.
    pub(super) fn of(content: &[u8]) -> Option<Self> {
        let mut text = SecretBytes::zeroed(content.len());
        let mut length = 0;
        for (slot, byte) in text.expose_mut().iter_mut().zip(content.trim_ascii().iter().filter(|byte| !b"\r\n".contains(byte))) {
            *slot = *byte;
            length += 1;
        }
        text.truncate(length);
        let text = text.expose();
        if text.len() < SHORTEST_BASE64 {
            return None;
        }
        if text.iter().all(u8::is_ascii_hexdigit) {
            return text.len().is_multiple_of(2).then_some(Self::Hex { bytes: text.len() / 2 });
        }
        let mut decoded = SecretBytes::zeroed(base64::decoded_len_estimate(text.len()));
        let bytes = STANDARD.decode_slice(text, decoded.expose_mut()).ok()?;
        // A word of letters alone is a word.
        let has = |is_one: fn(&u8) -> bool| text.iter().any(is_one);
        let is_mixed = has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && has(|byte| !byte.is_ascii_alphabetic());
        is_mixed.then_some(Self::Base64 { bytes })
    }

    /// How many bytes it stands for.
    pub(super) const fn bytes(self) -> usize {
        match self {
            Self::Base64 { bytes } | Self::Hex { bytes } => bytes,
        }
    }

    /// What makes bytes of a file of it.
    pub(super) const fn decoder(self) -> &'static str {
        match self {
            Self::Base64 { .. } => "base64 -d",
            Self::Hex { .. } => "xxd -r -p",
        }
    }
}

impl fmt::Display for TextForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Base64 { .. } => "base64",
            Self::Hex { .. } => "hex digits",
        })
    }
}

/// Says of a text that is taken as it is that it begins with the mark.
pub(super) fn note_mark(parameter: &str, name: &str, content: &[u8]) {
    if has_byte_order_mark(content) {
        note(&format!("{parameter}: {name} begins with a byte order mark, 3 bytes that become part of the value; {WITHOUT_MARK}"));
    }
}

/// Says of bytes that are taken as they are that they are the base64 of others, as AWS and its CLI print bytes.
pub(super) fn note_base64(parameter: &str, name: &str, content: &[u8], instead: &str) {
    if let Some(TextForm::Base64 { bytes }) = TextForm::of(content) {
        note(&format!(
            "{parameter}: {name} holds base64 text, and is taken as that text; {instead}, if the {bytes} bytes are meant that it stands for"
        ));
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, reason = "a test fails where an index is wrong")]
mod tests {
    use super::*;

    #[test]
    fn utf16_is_known_with_and_without_its_mark() {
        for text in ["\u{feff}a", "\u{feff}{\"é\": \"語\"}", "{\"username\": \"x\"}", "ab"] {
            let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            assert!(is_utf16(&little) && is_utf16(&big), "{text}");
        }
        for content in [&b""[..], b"a", b"ab", b"abcd", b"\0\0\0\0", b"a\0", b"a\0b", b"a\0b\0c", b"\0", "é語".as_bytes(), b"\xEF\xBB\xBFa"]
        {
            assert!(!is_utf16(content), "{content:?}");
        }
        assert!(has_byte_order_mark(b"\xEF\xBB\xBF") && !has_byte_order_mark(b"\xEF\xBB") && !has_byte_order_mark(b"a\xEF\xBB\xBF"));
    }

    #[test]
    fn text_that_stands_for_bytes_is_known_by_its_form() {
        let random: Vec<u8> = (0..=255).collect();
        for (content, expected) in [
            (STANDARD.encode(&random), Some(TextForm::Base64 { bytes: 256 })),
            (STANDARD.encode(&random[200..212]), Some(TextForm::Base64 { bytes: 12 })),
            (format!("{}\n", STANDARD.encode(&random[200..232])), Some(TextForm::Base64 { bytes: 32 })),
            (hex::encode(&random[200..232]), Some(TextForm::Hex { bytes: 32 })),
            (format!(" {}\r\n", hex::encode(&random[..16])), Some(TextForm::Hex { bytes: 16 })),
            (hex::encode_upper(&random[200..232]), Some(TextForm::Hex { bytes: 32 })),
            (STANDARD.encode(&random[..9]), None),
            (String::new(), None),
            ("\n".to_owned(), None),
            ("correct horse battery staple 12".to_owned(), None),
            ("EXAMPLEPASSWORD1".to_owned(), None),
            ("examplePassword!".to_owned(), None),
            ("WXYZwxyzWXYZwxyz".to_owned(), None),
            ("Abcd1234Abcd123".to_owned(), None),
        ] {
            assert_eq!(TextForm::of(content.as_bytes()), expected, "{content}");
        }
        let lines = STANDARD.encode(&random).as_bytes().chunks(64).map(|line| [line, b"\n"].concat()).collect::<Vec<_>>().concat();
        assert_eq!(TextForm::of(&lines), Some(TextForm::Base64 { bytes: 256 }));
        assert_eq!(TextForm::of(&random), None);
    }
}
