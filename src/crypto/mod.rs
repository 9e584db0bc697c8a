//! Keys of key pairs as keyrings take them, and where random bytes come from: what it takes to write a keyring outside the crate.
//!
//! This is the only place that names `ring`, `aws-lc-rs` and `argon2`. No message layouts, no I/O.
//!
//! `ring` wipes nothing, so it sees only the derived frame key; HKDF and every wrapping key go through `aws-lc-rs`, which cleanses.

mod der;
mod ecdh;
mod frame_key;
mod frame_numbers;
mod hash;
mod kdf;
mod key_file;
mod openssh_keys;
mod random;
mod rsa;
mod signature;
mod wrapping_key;
#[cfg(test)]
mod wycheproof_vectors;

pub use ecdh::{Curve, EcPrivateKey, EcPublicKey};
pub use key_file::KeyFile;
pub use random::{Random, SystemRandom};
pub use rsa::{RsaPadding, RsaPrivateKey, RsaPublicKey};

pub(crate) use frame_key::{FrameKey, HeaderKey, SealedHeader};
pub(crate) use frame_numbers::{FrameNumbers, NumberRun, UnusedNumber};
pub(crate) use hash::{HmacKey, Sha256, Sha512, sha256, sha384};
pub(crate) use kdf::{Argon2Parameters, argon2id, derive_message_keys, hkdf_sha512, kdf_counter_hmac_sha384};
pub(crate) use openssh_keys::{SignatureScheme, SigningKeyPair, VerifyingParts};
pub(crate) use random::random_array;
pub(crate) use signature::{Sha384, SigningKey, VerifyingKey};
pub(crate) use wrapping_key::WrappingKey;

/// Compares in a time that depends on the lengths only.
#[must_use]
pub(crate) fn constant_time_eq(a: &[u8], b: &[u8]) -> bool {
    use subtle::ConstantTimeEq as _;
    a.ct_eq(b).into()
}

/// Overwrites the part of the stack that the calls before it used, where moves of a key may have left copies.
#[inline(never)]
pub(crate) fn scrub_stack() {
    let mut dead = [0_u8; 8192];
    std::hint::black_box(&mut dead);
}
