//! The key schedule on one screen.
//!
//! ```text
//! derived key  = HKDF-SHA-512(ikm = data key, salt = message id, info = u16 suite || "DERIVEKEY"), 32 bytes
//! commitment   = HKDF-SHA-512(ikm = data key, salt = message id, info = "COMMITKEY"), 32 bytes
//! ECDH keys    = SP 800-108 counter mode, HMAC-SHA-384(shared secret, u32 i || fixed info), i = 1, 2; the first 64 bytes
//! passphrase   = Argon2id(passphrase, salt, m, t, p), 32 bytes
//! ```
//!
//! Sources: AWS Encryption SDK specification, "Algorithm Suites"; RFC 5869; NIST SP 800-108r1, section 4.1; RFC 9106.

use aws_lc_rs::{hkdf, kdf};
use zeroize::Zeroizing;

use crate::error::{Error, Result};

struct OutputLength(usize);

impl hkdf::KeyType for OutputLength {
    fn len(&self) -> usize {
        self.0
    }
}

/// HKDF-SHA-512 with 32 bytes of output; `info` is the concatenation of its parts.
#[must_use]
pub(crate) fn hkdf_sha512(ikm: &[u8], salt: &[u8], info: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    expand(&hkdf::Salt::new(hkdf::HKDF_SHA512, salt).extract(ikm), info)
}

fn expand(prk: &hkdf::Prk, info: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; 32]);
    prk.expand(info, OutputLength(32)).and_then(|okm| okm.fill(&mut key[..])).expect("32 bytes are within HKDF-SHA-512's output limit");
    key
}

/// The key that seals a message's header and frames, and the commitment that ties the header to its one data key.
#[must_use]
pub(crate) fn derive_message_keys(data_key: &[u8; 32], message_id: &[u8; 32], suite_id: u16) -> (Zeroizing<[u8; 32]>, [u8; 32]) {
    // One extract serves both: it is half of the work.
    let prk = hkdf::Salt::new(hkdf::HKDF_SHA512, message_id).extract(data_key);
    (expand(&prk, &[&suite_id.to_be_bytes(), b"DERIVEKEY"]), *expand(&prk, &[b"COMMITKEY"]))
}

/// The KDF of SP 800-108 in counter mode with HMAC-SHA-384: 64 bytes of output. The counter is a u32 in front of `fixed_info`.
///
/// # Errors
/// [`Error::Misuse`] for an empty secret.
pub(crate) fn kdf_counter_hmac_sha384(secret: &[u8], fixed_info: &[u8]) -> Result<Zeroizing<[u8; 64]>> {
    const REFUSED: Error = Error::Misuse("a key cannot be derived from an empty secret");
    let algorithm = kdf::get_kbkdf_ctr_hmac_algorithm(kdf::KbkdfCtrHmacAlgorithmId::Sha384).ok_or(REFUSED)?;
    let mut derived = Zeroizing::new([0; 64]);
    kdf::kbkdf_ctr_hmac(algorithm, secret, fixed_info, &mut derived[..]).map_err(|_| REFUSED)?;
    Ok(derived)
}

/// Cost of Argon2id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Argon2Parameters {
    /// Memory in KiB.
    pub(crate) memory_kib: u32,
    /// Passes.
    pub(crate) iterations: u32,
    /// Lanes.
    pub(crate) parallelism: u32,
}

impl Argon2Parameters {
    /// 64 MiB, 3 passes, 4 lanes: the second recommended option of RFC 9106, section 4.
    pub(crate) const DEFAULT: Self = Self { memory_kib: 64 * 1024, iterations: 3, parallelism: 4 };

    /// Bounds within which stored parameters are taken: 19 MiB to 256 MiB, 2 to 8 passes, 1 to 8 lanes. Whoever can write a keystore chooses them; at
    /// the upper bound they cost some seconds of a processor.
    pub(crate) const BOUNDS: &str = "19 MiB to 256 MiB, 2 to 8 iterations, parallelism 1 to 8";

    /// True within [`Argon2Parameters::BOUNDS`].
    #[must_use]
    pub(crate) const fn are_acceptable(self) -> bool {
        self.memory_kib >= 19 * 1024
            && self.memory_kib <= 256 * 1024
            && self.iterations >= 2
            && self.iterations <= 8
            && self.parallelism >= 1
            && self.parallelism <= 8
    }
}

/// Argon2id, version 0x13, with 32 bytes of output.
///
/// # Errors
/// [`Error::Misuse`] for parameters that are not acceptable; nothing is allocated then.
pub(crate) fn argon2id(passphrase: &[u8], salt: &[u8; 16], parameters: Argon2Parameters) -> Result<Zeroizing<[u8; 32]>> {
    if !parameters.are_acceptable() {
        return Err(Error::Misuse("Argon2id parameters outside 19 MiB-256 MiB, t 2-8, p 1-8"));
    }
    let refused = |_| Error::Misuse("Argon2id refused its parameters");
    let Argon2Parameters { memory_kib, iterations, parallelism } = parameters;
    let params = argon2::Params::new(memory_kib, iterations, parallelism, Some(32)).map_err(refused)?;
    let mut key = Zeroizing::new([0; 32]);
    argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params)
        .hash_password_into(passphrase, salt, &mut key[..])
        .map_err(refused)?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hkdf_sha512_agrees_with_hmac() {
        // RFC 5869, section 2, written out with HMAC-SHA-512: extract, then the first block of expand.
        use aws_lc_rs::hmac;
        let (ikm, salt, info) = ([7_u8; 32], [9_u8; 32], b"info-a||info-b");
        let prk = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA512, &salt), &ikm);
        let mut block = info.to_vec();
        block.push(1);
        let okm = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA512, prk.as_ref()), &block);
        assert_eq!(okm.as_ref().get(..32), Some(&hkdf_sha512(&ikm, &salt, &[b"info-a||", b"info-b"])[..]));
    }

    #[test]
    fn counter_mode_agrees_with_hmac() {
        use aws_lc_rs::hmac;
        let (secret, info) = ([7_u8; 48], b"fixed info");
        let key = hmac::Key::new(hmac::HMAC_SHA384, &secret);
        let block = |counter: u32| hmac::sign(&key, &[&counter.to_be_bytes()[..], info].concat());
        let expected = [block(1).as_ref(), block(2).as_ref()].concat();
        assert_eq!(expected.get(..64), Some(&kdf_counter_hmac_sha384(&secret, info).expect("derives")[..]));
        assert!(matches!(kdf_counter_hmac_sha384(&[], info), Err(Error::Misuse(_))));
    }

    #[test]
    fn key_and_commitment_differ_by_message_id_and_label() {
        let (data_key, first, second) = ([1; 32], [2; 32], [3; 32]);
        let (key, commitment) = derive_message_keys(&data_key, &first, 0x0478);
        let (other_key, other_commitment) = derive_message_keys(&data_key, &second, 0x0478);
        assert!(key != other_key && commitment != other_commitment && commitment != *key);
        let (signed_key, signed_commitment) = derive_message_keys(&data_key, &first, 0x0578);
        assert!(key != signed_key && commitment == signed_commitment);
    }

    #[test]
    fn key_and_commitment_follow_the_formulas() {
        let (key, commitment) = derive_message_keys(&[1; 32], &[2; 32], 0x0478);
        assert_eq!(key, hkdf_sha512(&[1; 32], &[2; 32], &[b"\x04\x78DERIVEKEY"]));
        assert_eq!(commitment, *hkdf_sha512(&[1; 32], &[2; 32], &[b"COMMITKEY"]));
    }

    #[test]
    fn parameters_outside_the_bounds_are_refused_before_allocating() {
        let cases = [
            (19 * 1024 - 1, 3, 4),
            (256 * 1024 + 1, 3, 4),
            (1024 * 1024, 3, 4),
            (u32::MAX, 3, 4),
            (65536, 1, 4),
            (65536, 9, 4),
            (65536, 16, 4),
            (65536, 3, 0),
            (65536, 3, 9),
        ];
        for (memory_kib, iterations, parallelism) in cases {
            let parameters = Argon2Parameters { memory_kib, iterations, parallelism };
            assert!(matches!(argon2id(b"p", &[0; 16], parameters), Err(Error::Misuse(_))), "{parameters:?}");
        }
        assert!(Argon2Parameters::DEFAULT.are_acceptable());
        for (memory_kib, iterations, parallelism) in [(19 * 1024, 2, 1), (256 * 1024, 8, 8)] {
            assert!(Argon2Parameters { memory_kib, iterations, parallelism }.are_acceptable());
        }
    }
}
