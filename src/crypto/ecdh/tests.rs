//! Which points and private keys are taken.

#![allow(clippy::indexing_slicing, reason = "a test that is out of bounds fails")]

use pkcs8::der::Encode;

use super::*;
use crate::crypto::SystemRandom;

/// Yields one byte for ever.
struct Constant(u8);

impl Random for Constant {
    fn fill(&self, dest: &mut [u8]) -> Result<()> {
        dest.fill(self.0);
        Ok(())
    }
}

fn problem<T: fmt::Debug>(result: Result<T>) -> KeyProblem {
    match result {
        Err(Error::Key(problem)) => problem,
        other => panic!("{other:?}"),
    }
}

#[test]
fn both_sides_agree() {
    for curve in Curve::ALL {
        let [ours, theirs] = [(); 2].map(|()| EcPrivateKey::generate(curve, &SystemRandom).expect("generates"));
        let secret = ours.agree(theirs.public_key()).expect("agrees");
        assert_eq!(secret.len(), curve.coordinate_length());
        assert_eq!(secret.expose(), theirs.agree(ours.public_key()).expect("agrees").expose());
        assert_ne!(secret.expose(), ours.agree(ours.public_key()).expect("agrees").expose());
        for other in Curve::ALL.into_iter().filter(|other| *other != curve) {
            let other = EcPrivateKey::generate(other, &SystemRandom).expect("generates");
            assert!(matches!(ours.agree(other.public_key()), Err(Error::Decryption)));
        }
    }
}

#[test]
fn keys_survive_their_encodings() {
    for curve in Curve::ALL {
        let key = EcPrivateKey::generate(curve, &SystemRandom).expect("generates");
        let public = key.public_key();
        assert_eq!(public.to_compressed().len(), curve.point_length());
        assert_eq!(&EcPublicKey::from_compressed(curve, public.to_compressed()).expect("valid"), public);
        assert_eq!(&EcPublicKey::from_spki_der(public.to_spki_der()).expect("valid"), public);
        let again = EcPrivateKey::from_pkcs8_der(key.to_pkcs8_der().expect("encodes").expose()).expect("valid");
        assert_eq!(again.public_key(), public);
        assert_eq!(format!("{key:?}"), format!("EcPrivateKey({}, redacted)", curve.name()));
    }
}

#[test]
fn scalars_come_from_the_given_source() {
    for curve in Curve::ALL {
        let [first, second] = [(); 2].map(|()| EcPrivateKey::generate(curve, &Constant(1)).expect("in range"));
        assert_eq!(first.public_key(), second.public_key());
        // Zero is no scalar, and all ones are beyond the order of each curve.
        for byte in [0, 0xFF] {
            assert!(matches!(EcPrivateKey::generate(curve, &Constant(byte)), Err(Error::Random)), "{byte}");
        }
    }
}

#[test]
fn points_in_another_form_are_refused() {
    for curve in Curve::ALL {
        let key = EcPrivateKey::generate(curve, &SystemRandom).expect("generates");
        let good = key.public_key().to_compressed();
        let (_, uncompressed) = der::ec_spki(key.public_key().to_spki_der()).expect("valid");
        let mut hybrid = uncompressed.to_vec();
        hybrid[0] = 6 | (uncompressed.last().expect("not empty") & 1);
        let longer = [good, &[0]].concat();
        let mut wrong: Vec<Vec<u8>> = vec![vec![], vec![0], uncompressed.to_vec(), hybrid, longer, good[..good.len() - 1].to_vec()];
        wrong.extend((0..=255).filter(|prefix| !matches!(prefix, 2 | 3)).map(|prefix| {
            let mut point = good.to_vec();
            point[0] = prefix;
            point
        }));
        let mut beyond = good.to_vec();
        beyond[1..].fill(0xFF);
        wrong.push(beyond);
        for point in wrong {
            assert_eq!(problem(EcPublicKey::from_compressed(curve, &point)), KeyProblem::Point, "{}", hex::encode(point));
        }
        for other in Curve::ALL.into_iter().filter(|other| *other != curve) {
            assert_eq!(problem(EcPublicKey::from_compressed(other, good)), KeyProblem::Point);
        }
    }
}

/// About half of all numbers are the x coordinate of a point.
#[test]
fn points_off_the_curve_are_refused() {
    for curve in Curve::ALL {
        let on_curve = |x: &u8| {
            let mut point = vec![0; curve.point_length()];
            point[0] = 2;
            *point.last_mut().expect("not empty") = *x;
            EcPublicKey::from_compressed(curve, &point).is_ok()
        };
        let count = (0..100).filter(on_curve).count();
        assert!((25..75).contains(&count), "{}: {count}", curve.name());
    }
}

#[test]
fn public_keys_off_the_curve_or_in_hybrid_form_are_refused() {
    for curve in Curve::ALL {
        let key = EcPrivateKey::generate(curve, &SystemRandom).expect("generates");
        let good = key.public_key().to_spki_der();
        let form = good.len() - 2 * curve.coordinate_length() - 1;
        for (position, change) in [(form, 4 ^ 6), (form, 4 ^ 7), (form, 4 ^ 2), (form, 4), (good.len() - 1, 1), (good.len() - 1, 2)] {
            let mut wrong = good.to_vec();
            wrong[position] ^= change;
            assert_eq!(problem(EcPublicKey::from_spki_der(&wrong)), KeyProblem::Point, "{position} {change}");
        }
    }
}

#[test]
fn private_keys_are_checked_against_their_public_part() {
    let encode = |scalar: &[u8], curve: Option<Curve>, public_key: Option<&[u8]>| {
        let parameters = curve.map(|curve| sec1::EcParameters::NamedCurve(curve.oid()));
        let mut buffer = [0; 512];
        sec1::EcPrivateKey { private_key: scalar, parameters, public_key }.encode_to_slice(&mut buffer).expect("fits").to_vec()
    };
    for curve in Curve::ALL {
        let scalar = vec![1; curve.coordinate_length()];
        let key = EcPrivateKey::generate(curve, &Constant(1)).expect("in range");
        let other = EcPrivateKey::generate(curve, &SystemRandom).expect("generates");
        let point = key.public_key().to_compressed();
        for public in [None, Some(point)] {
            let read = EcPrivateKey::from_sec1_der(&encode(&scalar, Some(curve), public)).expect("valid");
            assert_eq!(read.public_key(), key.public_key());
        }
        let swapped = encode(&scalar, Some(curve), Some(other.public_key().to_compressed()));
        assert_eq!(problem(EcPrivateKey::from_sec1_der(&swapped)), KeyProblem::Inconsistent);
        assert_eq!(problem(EcPrivateKey::from_sec1_der(&encode(&scalar, None, None))), KeyProblem::Curve);
        for scalar in [&[][..], &scalar[1..], &vec![0; scalar.len()], &vec![0xFF; scalar.len()]] {
            assert_eq!(problem(EcPrivateKey::from_sec1_der(&encode(scalar, Some(curve), None))), KeyProblem::Inconsistent);
        }
        let mut trailing = encode(&scalar, Some(curve), None);
        trailing.push(0);
        assert!(matches!(problem(EcPrivateKey::from_sec1_der(&trailing)), KeyProblem::Encoding(_)));
    }
}
