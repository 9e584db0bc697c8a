//! Files that hold something else than was meant: base64 in place of bytes, text of another encoding, a typed key, a certificate beside a key.
//! What they hold is explained, and never shown.

use std::{fs, path::Path};

use snapbox::str;

use crate::sandbox::Sandbox;

const CREATE: &str = "create-secret --region us-west-2 --query Name --name a";
/// The base64 of 24 bytes.
const BASE64: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// What a command says on stderr; it ends with this code, and says nothing of the content.
fn said(sandbox: &Sandbox, line: &str, code: i32, hidden: &str) -> String {
    let output = sandbox.std(line).output().expect("runs");
    let text = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.code(), Some(code), "{line}: {text}");
    assert!(!text.contains(hidden) && !String::from_utf8_lossy(&output.stdout).contains("hint"), "{line}: {text}");
    text
}

#[test]
fn base64_that_is_given_as_bytes_is_taken_as_it_is_with_a_note() {
    let sandbox = Sandbox::new();
    sandbox.write("text", format!("{BASE64}\n"));
    sandbox.coldseal(&format!("{CREATE} --secret-binary fileb://text")).assert().success().stderr_eq(str![[r#"
coldseal: --secret-binary: fileb://text holds base64 text, and is taken as that text; file:// decodes it, if the 24 bytes are meant that it stands for
coldseal: made the keystore [ROOT]/keystore/keystore.json and its key file [..]
...
"#]]);
    sandbox.ok("get-secret-value --secret-id a --output-file out");
    assert_eq!(sandbox.read("out"), format!("{BASE64}\n").as_bytes());
    let decoded = sandbox.std(&format!("{CREATE}b --secret-binary file://text")).output().expect("runs");
    assert!(!String::from_utf8_lossy(&decoded.stderr).contains("base64"));
    for (line, instead) in [
        ("kms encrypt --region us-west-2 --key-id alias/x --plaintext fileb://text", "file:// decodes it"),
        ("kms decrypt --region us-west-2 --ciphertext-blob fileb://text", "file:// decodes it"),
        ("kms decrypt --region us-west-2 --ciphertext-blob fileb://text --cli-binary-format raw-in-base64-out", "'base64 -d' decodes it"),
    ] {
        let text = said(&sandbox, line, 254, BASE64);
        assert!(text.contains(&format!("fileb://text holds base64 text, and is taken as that text; {instead}")), "{line}: {text}");
    }
    let piped = sandbox.coldseal(&format!("{CREATE}c --secret-binary -")).stdin(BASE64).assert().success();
    let text = String::from_utf8_lossy(&piped.get_output().stderr).into_owned();
    assert!(text.contains("--secret-binary: stdin holds base64 text") && !text.contains(BASE64), "{text}");
    // What only looks like it a little is left alone.
    for content in [&b"AP8K"[..], b"correcthorsebatterystaple1", b"EXAMPLE-PASSWORD", &[0xff; 32], b"0123456789abcdef0123456789abcdef"] {
        sandbox.write("other", content);
        let text = said(&sandbox, "kms encrypt --region us-west-2 --key-id alias/x --plaintext fileb://other", 254, "EXAMPLE");
        assert!(!text.contains("base64"), "{text}");
    }
}

#[test]
fn utf16_is_refused_where_text_is_read() {
    let sandbox = Sandbox::new();
    let json = r#"[{"Name": "secretly", "SecretString": "TOPSECRET"}]"#;
    sandbox.write("marked", [b"\xFF\xFE".to_vec(), utf16(json)].concat());
    sandbox.write("plain", utf16(json));
    for file in ["marked", "plain"] {
        for (line, name) in [
            (format!("{CREATE} --secret-string file://{file}"), "file://"),
            (format!("{CREATE} --secret-binary file://{file}"), "file://"),
            (format!("{CREATE} --secret-key-values a@=file://{file}"), "file://"),
            (format!("{CREATE} --secret-string x --tags file://{file}"), "file://"),
            (format!("create-secret --region us-west-2 --cli-input-json file://{file}"), "file://"),
            (format!("pack {file} --region us-west-2"), "the plan"),
        ] {
            let text = said(&sandbox, &line, 252, "TOP");
            assert!(
                text.contains("is UTF-16 text") && text.contains(name) && text.contains("hint: 'iconv -f UTF-16 -t UTF-8 FILE > NEW'"),
                "{line}: {text}"
            );
        }
        let piped = sandbox.coldseal(&format!("{CREATE} --secret-string -")).stdin(sandbox.read(file)).assert().code(252);
        assert!(String::from_utf8_lossy(&piped.get_output().stderr).contains("stdin is UTF-16 text"));
        assert!(!sandbox.exists("coldseal-vault"), "{file}");
    }
}

#[test]
fn a_byte_order_mark_is_kept_in_a_value_and_refused_in_json() {
    let sandbox = Sandbox::new();
    sandbox.write("value", "\u{feff}TOPSECRET");
    let note = "begins with a byte order mark, 3 bytes that become part of the value; 'tail -c +4 FILE > NEW' leaves it out";
    let text = said(&sandbox, &format!("{CREATE} --secret-string file://value"), 0, "TOPSECRET");
    assert!(text.contains(&format!("--secret-string: file://value {note}")), "{text}");
    sandbox.ok("get-secret-value --secret-id a --output-file out");
    assert_eq!(sandbox.read("out"), "\u{feff}TOPSECRET".as_bytes());
    // A plan is read twice, and says so once.
    sandbox.write("good.json", r#"{"Name": "b", "SecretString": "file://value"}"#);
    let text = said(&sandbox, "pack good.json --region us-west-2", 0, "TOPSECRET");
    assert_eq!(text.matches(note).count(), 1, "{text}");
    sandbox.write("marked", "\u{feff}[{\"Name\": \"c\", \"SecretString\": \"TOPSECRET\"}]");
    for line in [
        "create-secret --region us-west-2 --name c --secret-string x --tags file://marked",
        "create-secret --region us-west-2 --cli-input-json file://marked",
        "kms create-key --region us-west-2 --policy file://marked",
        "pack marked --region us-west-2",
    ] {
        let text = said(&sandbox, line, 252, "TOPSECRET");
        assert!(
            text.contains("begins with a byte order mark, which JSON does not have") && text.contains("hint: 'tail -c +4"),
            "{line}: {text}"
        );
    }
    assert_eq!(sandbox.stdout("list-secrets --query SecretList[].Name --output text"), "a\tb\n");
}

#[test]
fn a_key_file_of_text_is_explained() {
    let sandbox = Sandbox::new();
    sandbox.write("payload", "attack at dawn\n");
    let hex = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    let base64 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    for (content, code, expected) in [
        (
            hex.to_owned(),
            252,
            "it holds hex digits, which stand for 32 bytes: '(umask 077 && xxd -r -p FILE > KEYFILE)' makes a key file of them",
        ),
        (format!("{hex}\n"), 252, "it holds hex digits, which stand for 32 bytes"),
        (base64.to_owned(), 252, "it holds base64, which stand for 32 bytes: '(umask 077 && base64 -d FILE > KEYFILE)'"),
        (format!("{base64}\r\n"), 252, "it holds base64, which stand for 32 bytes"),
        ("Correct horse battery staple 012\n".to_owned(), 252, "it ends with a line end, which is no part of a key"),
        ("x".repeat(300), 252, "has more than 256 bytes; an AES key has 16, 24 or 32"),
        ("x".repeat(20), 252, "has 20 bytes; an AES key has 16, 24 or 32"),
        (
            "Correct horse battery staple 012".to_owned(),
            0,
            "warning: --raw-aes-key: all 32 bytes of key are printable text, and are taken as they are: a key that was typed can be guessed",
        ),
        (
            hex[..32].to_owned(),
            0,
            "they look like hex digits of a key of 16 bytes, which '(umask 077 && xxd -r -p FILE > KEYFILE)' makes of them",
        ),
        (base64[..24].to_owned(), 0, "all 24 bytes of key are printable text"),
    ] {
        sandbox.write("key", &content);
        let text = said(&sandbox, "seal payload --raw-aes-key home/backup=key -o sealed --force", code, content.trim());
        assert!(text.contains(expected), "{content:?}: {text}");
        if code == 0 {
            assert_eq!(sandbox.stdout("open sealed --raw-aes-key home/backup=key"), "attack at dawn\n");
        }
    }
    sandbox.write("key", [[7; 31].as_slice(), b"x"].concat());
    assert_eq!(said(&sandbox, "seal payload --raw-aes-key home/backup=key -o sealed --force", 0, "x\u{7}"), "");
}

#[test]
fn the_key_of_a_file_with_certificates_is_taken_and_a_certificate_alone_is_explained() {
    let sandbox = Sandbox::new();
    sandbox.write("payload", "attack at dawn\n");
    let keys = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/keys");
    let key = fs::read_to_string(keys.join("raw-rsa2048.priv.pem")).expect("the key is there");
    let certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    sandbox.write("both.pem", format!("{certificate}{key}{certificate}"));
    sandbox.ok("seal payload --raw-rsa-key home/safe=both.pem -o sealed");
    assert_eq!(sandbox.stdout("open sealed --raw-rsa-key home/safe=both.pem"), "attack at dawn\n");
    sandbox.write("certificate.pem", certificate);
    sandbox.write("openssh.pem", certificate.replace("CERTIFICATE", "OPENSSH PRIVATE KEY"));
    sandbox.write("utf16.pem", [b"\xFF\xFE".to_vec(), utf16(&key)].concat());
    for (file, expected) in [
        ("certificate.pem", "it holds a certificate and no key of its own; 'openssl x509 -in FILE -noout -pubkey'"),
        ("openssh.pem", "the format of OpenSSH; 'ssh-keygen -p -m PKCS8 -f COPY'"),
        ("utf16.pem", "it is UTF-16 text"),
    ] {
        let text = said(&sandbox, &format!("seal payload --raw-rsa-key home/safe={file} -o other"), 252, "AAAA");
        assert!(text.contains(expected), "{file}: {text}");
    }
    let arn = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let import = format!("kms import-public-key certificate.pem --key-usage ENCRYPT_DECRYPT --key-arn {arn}");
    let text = said(&sandbox, &import, 254, "AAAA");
    assert!(text.contains("hint: 'openssl x509 -in FILE -noout -pubkey' prints the public key of a certificate"), "{text}");
}
