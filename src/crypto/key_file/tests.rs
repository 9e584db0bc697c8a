//! Key files: every encoding is told from the others.

use std::{fs, path::Path};

use super::*;

fn vectors() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/keys");
    let read = |entry: fs::DirEntry| (entry.file_name().into_string().expect("ASCII"), fs::read(entry.path()).expect("readable"));
    let files = fs::read_dir(folder).expect("the folder is there").flatten().map(read);
    files.filter(|(name, _)| name.ends_with(".pem") || name.ends_with(".der")).collect()
}

fn kind(result: &Result<KeyFile>) -> &'static str {
    match result {
        Ok(KeyFile::RsaPrivate(_)) => "RSA private",
        Ok(KeyFile::RsaPublic(_)) => "RSA public",
        Ok(KeyFile::EcPrivate(_)) => "EC private",
        Ok(KeyFile::EcPublic(_)) => "EC public",
        Err(error) => panic!("{error}"),
    }
}

fn expected(name: &str) -> &'static str {
    match (name.contains("rsa"), name.contains("priv")) {
        (true, true) => "RSA private",
        (true, false) => "RSA public",
        (false, true) => "EC private",
        (false, false) => "EC public",
    }
}

fn problem(bytes: &[u8]) -> KeyProblem {
    match KeyFile::parse(bytes) {
        Err(Error::Key(problem)) => problem,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_vectors_keys_are_read_from_pem_and_from_der() {
    let files = vectors();
    assert_eq!(files.len(), 24);
    for (name, bytes) in files {
        assert_eq!(kind(&KeyFile::parse(&bytes)), expected(&name), "{name}");
        if name.ends_with(".pem") {
            assert_eq!(kind(&KeyFile::parse(pem::parse(&bytes).expect("PEM").contents())), expected(&name), "{name} as DER");
        }
    }
}

#[test]
fn older_encodings_are_read() {
    for (name, bytes) in [
        ("RSA PRIVATE KEY", &include_bytes!("../../../tests/data/keys/rsa-pkcs1.pem")[..]),
        ("RSA PUBLIC KEY", include_bytes!("../../../tests/data/keys/rsa-pkcs1.pub.pem")),
        ("EC PRIVATE KEY, after EC PARAMETERS", include_bytes!("../../../tests/data/keys/p384-sec1.pem")),
    ] {
        let from_pem = KeyFile::parse(bytes);
        let block = pem::parse_many(bytes).expect("PEM").pop().expect("a block");
        assert_eq!(kind(&from_pem), kind(&KeyFile::parse(block.contents())), "{name}");
        let expected =
            if name.starts_with("EC") { "EC private" } else { expected(if name.contains("PRIVATE") { "rsa priv" } else { "rsa" }) };
        assert_eq!(kind(&from_pem), expected);
    }
}

#[test]
fn files_without_one_plain_key_are_refused() {
    let rsa = include_str!("../../../tests/vectors/keys/raw-rsa2048.pub.pem");
    let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    let legacy =
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n";
    let certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    assert_eq!(problem(encrypted.as_bytes()), KeyProblem::Encrypted);
    assert_eq!(problem(legacy.as_bytes()), KeyProblem::Encrypted);
    assert_eq!(problem(rsa.repeat(2).as_bytes()), KeyProblem::SeveralKeys);
    assert_eq!(problem(certificate.as_bytes()), KeyProblem::Certificate);
    assert_eq!(problem(certificate.repeat(3).replace("CERTIFICATE", "TRUSTED CERTIFICATE").as_bytes()), KeyProblem::Certificate);
    assert_eq!(problem(certificate.replace("CERTIFICATE", "OPENSSH PRIVATE KEY").as_bytes()), KeyProblem::OpenSsh);
    let utf16: Vec<u8> = format!("\u{feff}{rsa}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(problem(&utf16), KeyProblem::Utf16);
    for none in ["", "\n", "a passphrase", "0", "00000000", parameters, "-----BEGIN PUBLIC KEY-----\nAAAA"] {
        assert_eq!(problem(none.as_bytes()), KeyProblem::NoKey, "{none}");
    }
    assert!(matches!(problem(rsa.replace("PUBLIC", "PRIVATE").as_bytes()), KeyProblem::Encoding(_)));
    let ed25519 = hex::decode("302a300506032b65700321009b37e4f1f0a5b8e5d6c7a8b9c0d1e2f30415263748596a7b8c9daebfc0d1e2f3").expect("hex");
    assert!(matches!(problem(&ed25519), KeyProblem::Algorithm(_)));
}

/// What a server's files often hold: the certificates with the key, in any order.
#[test]
fn the_key_beside_certificates_is_taken() {
    let certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for key in [
        include_str!("../../../tests/vectors/keys/raw-rsa2048.pub.pem"),
        include_str!("../../../tests/data/keys/rsa-pkcs1.pem"),
        include_str!("../../../tests/data/keys/p384-sec1.pem"),
    ] {
        let alone = kind(&KeyFile::parse(key.as_bytes()));
        for text in [
            format!("{certificate}{key}"),
            format!("{key}{certificate}{certificate}"),
            format!("{certificate}\n# a note\n{key}{certificate}"),
        ] {
            assert_eq!(kind(&KeyFile::parse(text.as_bytes())), alone);
        }
        assert_eq!(problem(format!("{key}{certificate}{key}").as_bytes()), KeyProblem::SeveralKeys);
    }
}
