//! Signatures by ssh-keygen and by a FIDO token in software, and what was done to them.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::*;
use crate::error::SignerKeyProblem;

const TAKEN: [&str; 7] = ["ed25519", "ecdsa-256", "ecdsa-384", "ecdsa-521", "rsa", "sk-ed25519", "sk-ecdsa"];

fn armored(blob: &[u8]) -> Vec<u8> {
    let text = STANDARD.encode(blob);
    let lines: Vec<&str> = text.as_bytes().chunks(70).map(|line| str::from_utf8(line).expect("ASCII")).collect();
    format!("-----BEGIN SSH SIGNATURE-----\n{}\n-----END SSH SIGNATURE-----\n", lines.join("\n")).into_bytes()
}

fn blob(name: &str) -> Vec<u8> {
    let text = String::from_utf8(data(name)).expect("UTF-8");
    let base64: String = text.lines().filter(|line| !line.starts_with("-----")).collect();
    STANDARD.decode(base64).expect("base64")
}

#[test]
fn every_kind_of_key_is_taken() {
    for name in TAKEN {
        let read = signature(&format!("{name}.sig"));
        assert_eq!(read.to_pem().into_bytes(), data(&format!("{name}.sig")), "{name}");
        let accepted = verify(&signers(), &[read], 1).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((accepted.principals, accepted.refused), (vec![format!("{name}@example.com")], Vec::new()));
    }
}

#[test]
fn a_file_of_signatures_is_named_by_the_key() {
    let key = STANDARD.decode(public_key("ed25519").split(' ').nth(1).expect("base64")).expect("base64");
    assert_eq!(signature("ed25519.sig").key_digest(), crate::crypto::sha256(&key)[..16]);
}

#[test]
fn what_does_not_count_says_why() {
    let unknown = signature("sk-other-application.sig").key().fingerprint();
    let other = |found: &str| SignatureRefusal::OtherNamespace { found: found.to_owned(), needed: "coldseal-file" };
    for (name, expected) in [
        ("rsa-sha256-of-content.sig", SignatureRefusal::OtherHash),
        ("other-namespace.sig", other("git")),
        ("manifest.sig", other("coldseal-manifest")),
        ("sk-ed25519-untouched.sig", SignatureRefusal::NotTouched),
        ("sk-ecdsa-untouched.sig", SignatureRefusal::NotTouched),
        ("sk-other-application.sig", SignatureRefusal::UnknownKey { key: unknown }),
    ] {
        assert_eq!(verify(&signers(), &[signature(name)], 1), Err(expected), "{name}");
    }
}

#[test]
fn what_is_no_signature_says_why() {
    let whole = blob("ed25519.sig");
    let with_version = |version: u8| [&whole[..9], &[version], &whole[10..]].concat();
    // The reserved field, a string of no bytes, is before "sha512".
    let reserved = whole.windows(10).position(|window| window == b"\0\0\0\x06sha512").expect("the hash is named");
    let with_reserved = [&whole[..reserved - 4], b"\0\0\0\x01x", &whole[reserved..]].concat();
    let cases = [
        ("nothing", Vec::new(), SignatureRefusal::NotASignature),
        ("another PEM", data("ed25519"), SignatureRefusal::NotASignature),
        ("a certificate's key", data("certificate.sig"), SignatureRefusal::Key(SignerKeyProblem::Certificate)),
        ("another version", armored(&with_version(2)), SignatureRefusal::Malformed),
        ("version 0", armored(&with_version(0)), SignatureRefusal::Malformed),
        ("a reserved field", armored(&with_reserved), SignatureRefusal::Malformed),
        ("bytes behind it", armored(&[&whole[..], b"x"].concat()), SignatureRefusal::Malformed),
        ("two of them", data("ed25519.sig").repeat(2), SignatureRefusal::Malformed),
        ("text behind it", [data("ed25519.sig"), b"x".to_vec()].concat(), SignatureRefusal::Malformed),
        ("too long", [data("ed25519.sig"), vec![b'\n'; 20_000]].concat(), SignatureRefusal::Malformed),
    ];
    for (what, file, expected) in cases {
        assert_eq!(SshSignature::parse(&file), Err(expected), "{what}");
    }
    for length in 0..whole.len() {
        assert_eq!(SshSignature::parse(&armored(&whole[..length])), Err(SignatureRefusal::Malformed), "{length} bytes");
    }
}

#[test]
fn no_changed_bit_counts() {
    let signers = signers();
    for name in TAKEN {
        let whole = blob(&format!("{name}.sig"));
        let mut counted = Vec::new();
        for bit in (0..whole.len() * 8).step_by(if name == "rsa" { 5 } else { 1 }) {
            let mut changed = whole.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            if let Ok(changed) = SshSignature::parse(&armored(&changed))
                && verify(&signers, &[changed], 1).is_ok()
            {
                counted.push(bit);
            }
        }
        assert_eq!(counted, Vec::<usize>::new(), "{name}");
    }
}

#[test]
fn line_ends_of_windows_are_taken() {
    let text = String::from_utf8(data("ed25519.sig")).expect("UTF-8").replace('\n', "\r\n");
    assert_eq!(SshSignature::parse(text.as_bytes()).expect("a signature"), signature("ed25519.sig"));
}
