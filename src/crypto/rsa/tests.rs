//! Which RSA keys are taken, and that nothing tells one failure from another.

#![allow(clippy::indexing_slicing, reason = "a test that is out of bounds fails")]

use pkcs8::{
    PrivateKeyInfoRef, SubjectPublicKeyInfoRef,
    der::{
        Encode,
        asn1::{AnyRef, BitStringRef, OctetStringRef, UintRef},
    },
    spki::AlgorithmIdentifierRef,
};

use super::*;

const PKCS8: &[u8] = include_bytes!("../../../tests/vectors/keys/raw-rsa2048.priv.pem");
const PADDINGS: [RsaPadding; 4] =
    [RsaPadding::OaepSha1Mgf1, RsaPadding::OaepSha256Mgf1, RsaPadding::OaepSha384Mgf1, RsaPadding::OaepSha512Mgf1];

fn key() -> RsaPrivateKey {
    RsaPrivateKey::from_pkcs8_der(pem::parse(PKCS8).expect("PEM").contents()).expect("a valid key")
}

fn encode(value: &impl Encode) -> Vec<u8> {
    let mut buffer = vec![0; 1 << 20];
    value.encode_to_slice(&mut buffer).expect("fits").to_vec()
}

fn uint(bytes: &[u8]) -> UintRef<'_> {
    UintRef::new(bytes).expect("a number")
}

fn rsa_encryption() -> AlgorithmIdentifierRef<'static> {
    AlgorithmIdentifierRef { oid: pkcs1::ALGORITHM_OID, parameters: Some(AnyRef::NULL) }
}

/// An odd number of this many bits.
fn modulus(bits: usize) -> Vec<u8> {
    let mut modulus = vec![0xC3; bits.div_ceil(8)];
    modulus[0] = 1 << ((bits - 1) % 8);
    *modulus.last_mut().expect("bits") |= 1;
    modulus
}

fn spki(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let key = encode(&pkcs1::RsaPublicKeyRef { modulus: uint(modulus), public_exponent: uint(exponent) });
    encode(&SubjectPublicKeyInfoRef { algorithm: rsa_encryption(), subject_public_key: BitStringRef::from_bytes(&key).expect("bytes") })
}

fn pkcs1(modulus: &[u8], others: &[u8]) -> Vec<u8> {
    let [n, other] = [uint(modulus), uint(others)];
    encode(&pkcs1::RsaPrivateKeyRef {
        modulus: n,
        public_exponent: uint(&[1, 0, 1]),
        private_exponent: other,
        prime1: other,
        prime2: other,
        exponent1: other,
        exponent2: other,
        coefficient: other,
        other_prime_infos: None,
    })
}

fn pkcs8(pkcs1: &[u8]) -> Vec<u8> {
    encode(&PrivateKeyInfoRef::new(rsa_encryption(), OctetStringRef::new(pkcs1).expect("bytes")))
}

fn problem<T: fmt::Debug>(result: Result<T>) -> KeyProblem {
    match result {
        Err(Error::Key(problem)) => problem,
        other => panic!("{other:?}"),
    }
}

#[test]
fn moduli_from_2048_to_8192_bits_are_taken() {
    for bits in [2048, 2049, 3072, 4096, 8191, 8192] {
        let key = RsaPublicKey::from_spki_der(&spki(&modulus(bits), &[1, 0, 1])).expect("taken");
        assert_eq!(usize::try_from(key.modulus_bits()), Ok(bits));
    }
    for bits in [0, 1, 512, 1024, 2047, 8193, 16384] {
        let modulus = if bits == 0 { vec![0] } else { modulus(bits) };
        let expected = KeyProblem::ModulusBits(u32::try_from(bits).expect("small"));
        assert_eq!(problem(RsaPublicKey::from_spki_der(&spki(&modulus, &[1, 0, 1]))), expected);
        // These private keys hold no key at all: the modulus is looked at before anything is computed.
        assert_eq!(problem(RsaPrivateKey::from_pkcs1_der(&pkcs1(&modulus, &[7]))), expected);
        assert_eq!(problem(RsaPrivateKey::from_pkcs8_der(&pkcs8(&pkcs1(&modulus, &[7])))), expected);
    }
}

#[test]
fn oversized_numbers_are_refused_by_their_length() {
    let huge = vec![0xFF; 100_000];
    for result in [
        RsaPrivateKey::from_pkcs1_der(&pkcs1(&modulus(2048), &huge)).map(drop),
        RsaPrivateKey::from_pkcs8_der(&pkcs8(&pkcs1(&modulus(2048), &huge))).map(drop),
        RsaPublicKey::from_spki_der(&spki(&modulus(2048), &huge)).map(drop),
        RsaPublicKey::from_spki_der(&spki(&huge, &[1, 0, 1])).map(drop),
    ] {
        assert!(matches!(problem(result), KeyProblem::TooLong { limit: 8192, .. }));
    }
}

#[test]
fn numbers_that_are_no_key_are_refused() {
    for exponent in [&[0][..], &[1], &[2], &[1, 0, 0], &[0xFF; 8]] {
        assert_eq!(problem(RsaPublicKey::from_spki_der(&spki(&modulus(2048), exponent))), KeyProblem::Inconsistent, "{exponent:?}");
    }
    let mut even = modulus(2048);
    even[255] &= 0xFE;
    assert_eq!(problem(RsaPublicKey::from_spki_der(&spki(&even, &[1, 0, 1]))), KeyProblem::Inconsistent);
    assert_eq!(problem(RsaPrivateKey::from_pkcs1_der(&pkcs1(&modulus(2048), &[7]))), KeyProblem::Inconsistent);
    assert_eq!(problem(RsaPrivateKey::from_pkcs8_der(&pkcs8(&pkcs1(&modulus(2048), &[7])))), KeyProblem::Inconsistent);
    for bits in [0, 1024, 2047, 2056, 5120, 16384] {
        assert_eq!(problem(RsaPrivateKey::generate(bits)), KeyProblem::GeneratedBits(bits));
    }
}

#[test]
fn encodings_are_exact() {
    let der = key().to_pkcs8_der().expect("encodes");
    let mut longer = der.expose().to_vec();
    longer.push(0);
    for bytes in [&b""[..], b"0", &longer, &longer[..100], &longer[1..]] {
        assert!(matches!(problem(RsaPrivateKey::from_pkcs8_der(bytes)), KeyProblem::Encoding(_)), "{} bytes", bytes.len());
        assert!(matches!(problem(RsaPrivateKey::from_pkcs1_der(bytes)), KeyProblem::Encoding(_)));
        assert!(matches!(problem(RsaPublicKey::from_spki_der(bytes)), KeyProblem::Encoding(_)));
        assert!(matches!(problem(RsaPublicKey::from_pkcs1_der(bytes)), KeyProblem::Encoding(_)));
    }
}

#[test]
fn keys_survive_their_encodings() {
    let fresh = RsaPrivateKey::generate(2048).expect("generates");
    let again = RsaPrivateKey::from_pkcs8_der(fresh.to_pkcs8_der().expect("encodes").expose()).expect("valid");
    let public = fresh.public_key().expect("encodes");
    assert_eq!(again.public_key().expect("encodes"), public);
    assert_eq!(RsaPublicKey::from_spki_der(public.to_spki_der()).expect("valid"), public);
    assert_ne!(key().public_key().expect("encodes"), public);
    assert_eq!(format!("{fresh:?} {public:?}"), "RsaPrivateKey(2048 bits, redacted) RsaPublicKey(2048 bits)");
}

#[test]
fn every_failure_is_the_same() {
    let (key, other) = (key(), RsaPrivateKey::generate(2048).expect("generates"));
    let public = key.public_key().expect("encodes");
    for padding in PADDINGS {
        let ciphertext = public.encrypt(padding, &[1; 32]).expect("encrypts");
        assert_eq!(key.decrypt(padding, &ciphertext).expect("decrypts").expose(), [1; 32]);
        let mut changed = ciphertext.clone();
        changed[100] ^= 1;
        let longer = [&ciphertext[..], &[0]].concat();
        for wrong in [&changed[..], &longer, &ciphertext[1..], b"", &[0; 256], &[0xFF; 256]] {
            assert!(matches!(key.decrypt(padding, wrong), Err(Error::Decryption)));
        }
        assert!(matches!(other.decrypt(padding, &ciphertext), Err(Error::Decryption)));
        for wrong in PADDINGS.into_iter().filter(|wrong| *wrong != padding) {
            assert!(matches!(key.decrypt(wrong, &ciphertext), Err(Error::Decryption)), "{wrong:?}");
        }
        // One such block in about 400 is by chance a valid one of PKCS #1 v1.5, for something else.
        match key.decrypt(RsaPadding::Pkcs1, &ciphertext) {
            Ok(other) => assert_ne!(other.expose(), [1; 32]),
            Err(error) => assert!(matches!(error, Error::Decryption)),
        }
        assert!(matches!(public.encrypt(padding, &[1; 256]), Err(Error::Misuse(_))));
    }
    assert!(matches!(public.encrypt(RsaPadding::Pkcs1, &[1; 32]), Err(Error::Misuse(_))));
}
