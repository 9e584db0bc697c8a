//! The footer of a signed message (specification, "Message Footer"): `u16 length || DER signature`.

use super::cursor::{Cursor, put_vector, too_large};
use crate::error::{FormatError, FormatProblem};

const LENGTH: &str = "signature length";
const SIGNATURE: &str = "signature";

/// The longest DER signature of P-384 in bytes: two integers of 49 bytes, each behind two bytes, and two bytes before both.
pub(crate) const MAX_SIGNATURE_LENGTH: usize = 104;

/// Parses the footer at the start of `bytes`; gives the signature. What follows it is not looked at.
///
/// # Errors
/// A length of 0 or over [`MAX_SIGNATURE_LENGTH`]; truncation says how many bytes are needed.
pub(crate) fn parse_footer(bytes: &[u8]) -> Result<&[u8], FormatError> {
    let mut cursor = Cursor::new(bytes);
    let length = usize::from(cursor.u16(LENGTH)?);
    if length == 0 {
        return Err(FormatError::new(LENGTH, FormatProblem::Zero));
    }
    if length > MAX_SIGNATURE_LENGTH {
        return Err(too_large(LENGTH, length, u64::try_from(MAX_SIGNATURE_LENGTH).unwrap_or(u64::MAX)));
    }
    cursor.take(length, SIGNATURE)
}

/// The footer with this signature.
///
/// # Errors
/// A signature that [`parse_footer`] would refuse.
pub(crate) fn footer_bytes(signature: &[u8]) -> Result<Vec<u8>, FormatError> {
    let mut out = Vec::with_capacity(2 + MAX_SIGNATURE_LENGTH);
    put_vector(&mut out, signature, LENGTH)?;
    parse_footer(&out)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_capped_and_every_truncation_says_what_is_missing() {
        let problem = |bytes: &[u8]| parse_footer(bytes).expect_err("refused").problem;
        assert_eq!(problem(&[]), FormatProblem::Truncated { needed: 2 });
        assert_eq!(problem(&[0]), FormatProblem::Truncated { needed: 2 });
        assert_eq!(problem(&[0, 0]), FormatProblem::Zero);
        assert_eq!(problem(&[0, 105]), FormatProblem::TooLarge { value: 105, limit: 104 });
        assert_eq!(problem(&[0xFF, 0xFF]), FormatProblem::TooLarge { value: 65535, limit: 104 });
        assert_eq!(problem(&[0, 3, 1, 2]), FormatProblem::Truncated { needed: 5 });
        assert_eq!(parse_footer(&[0, 2, 7, 8, 9]), Ok(&[7, 8][..]));
    }

    #[test]
    fn what_is_written_is_read() {
        for length in [1, 103, 104] {
            let signature = vec![7; length];
            assert_eq!(parse_footer(&footer_bytes(&signature).expect("fits")), Ok(&signature[..]));
        }
        assert!(footer_bytes(&[]).is_err() && footer_bytes(&[7; 105]).is_err());
    }
}
