//! Signatures by these functions, and the keys that make them.

use super::*;
use crate::error::{SetupError, SigningKeyRefusal};

const SIGNING: [&str; 4] = ["ed25519", "ecdsa-256", "ecdsa-384", "ecdsa-521"];

#[test]
fn every_kind_of_key_signs_what_its_public_key_verifies() {
    let signers = signers();
    for name in SIGNING {
        let key = signing_key(name);
        // r and s have leading zeros in one of 128 signatures.
        for round in 0..if name == "ed25519" { 1 } else { 300 } {
            let content = ContentDigest::of(format!("content {round}").as_bytes());
            let made = key.sign(Namespace::File, &content).expect("signs");
            let read = SshSignature::parse(made.to_pem().as_bytes()).expect("reads what it wrote");
            assert_eq!(read, made, "{name}");
            let accepted = signers.verify(Namespace::File, &content, &[read], now(), Threshold::ONE).expect(name);
            assert_eq!(accepted.principals, [format!("{name}@example.com")]);
        }
        assert_eq!(key.public_key(), signature(&format!("{name}.sig")).key(), "{name}");
    }
}

#[test]
fn a_signature_counts_for_its_content_and_its_namespace_alone() {
    let key = signing_key("ed25519");
    let made = key.sign(Namespace::Manifest, &content()).expect("signs");
    let other = SignatureRefusal::OtherNamespace { found: "coldseal-manifest".to_owned(), needed: "coldseal-file" };
    assert_eq!(made.verify(Namespace::File, &content()), Err(other));
    assert_eq!(made.verify(Namespace::Manifest, &content()), Ok(()));
    assert_eq!(made.verify(Namespace::Manifest, &ContentDigest::of(b"")), Err(SignatureRefusal::NotVerified));
}

#[test]
fn a_key_with_a_passphrase_opens_with_it_alone() {
    for name in ["ed25519", "ecdsa-256"] {
        let file = data(&format!("{name}-passphrase"));
        let with = |passphrase: &str| {
            let passphrase = SecretBytes::new(passphrase.as_bytes().to_vec());
            SshSigningKey::from_openssh(&file, || Ok(passphrase))
        };
        assert_eq!(with("correct horse battery staple").expect("opens").public_key(), signing_key(name).public_key());
        for wrong in ["", "correct horse battery stapl", "x"] {
            assert!(matches!(with(wrong), Err(Error::Setup(SetupError::SigningKeyPassphrase))), "{name}: {wrong}");
        }
        let unasked = SshSigningKey::from_openssh(&file, no_passphrase).expect_err("needs a passphrase");
        assert!(matches!(unasked, Error::Misuse(_)), "what asking says is what is said");
    }
}

#[test]
fn what_does_not_sign_says_why() {
    let with = |from: &[u8], to: &[u8], name: &str| {
        let file = data(name);
        let at = file.windows(from.len()).position(|window| window == from).expect("is there");
        [&file[..at], to, &file[at + from.len()..]].concat()
    };
    let cases: [(&str, Vec<u8>, SigningKeyRefusal); 9] = [
        ("nothing", Vec::new(), SigningKeyRefusal::NotOpenSsh),
        ("PEM", b"-----BEGIN PRIVATE KEY-----\nMC4=\n-----END PRIVATE KEY-----\n".to_vec(), SigningKeyRefusal::NotOpenSsh),
        ("a public key", data("ed25519.pub"), SigningKeyRefusal::PublicKey),
        ("a public key on a token", data("sk-ecdsa.pub"), SigningKeyRefusal::PublicKey),
        ("RSA", data("rsa"), SigningKeyRefusal::Kind("ssh-rsa".to_owned())),
        ("cut off", data("ed25519")[..200].to_vec(), SigningKeyRefusal::Malformed),
        ("not base64", with(b"b3BlbnNzaC1rZXktdjE", b"b3BlbnNzaC1rZXkt!jE", "ed25519"), SigningKeyRefusal::Malformed),
        ("another end", with(b"-----END OPENSSH", b"-----END OTHER", "ed25519"), SigningKeyRefusal::Malformed),
        ("too long", [data("ed25519"), vec![b'\n'; 70_000]].concat(), SigningKeyRefusal::Malformed),
    ];
    for (what, file, expected) in cases {
        let error = SshSigningKey::from_openssh(&file, no_passphrase).expect_err(what);
        assert_eq!(refused(&error), &Refusal::SigningKey(expected), "{what}");
    }
}

#[test]
fn nothing_of_a_key_is_printed() {
    let printed = format!("{:?}", signing_key("ed25519"));
    assert!(printed.starts_with("SshSigningKey(SignerKey(ssh-ed25519 SHA256:"), "{printed}");
    assert!(printed.len() < 120, "{printed}");
}
