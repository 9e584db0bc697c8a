//! `--raw-rsa-key`, `--raw-rsa-padding` and `--raw-ecdh-key`.

use std::{fs, path::Path};

use snapbox::str;

use crate::sandbox::Sandbox;

/// A payload and the keys of the message vectors, under short names.
fn with_keys() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("text", "attack at dawn\n");
    let keys = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/keys");
    for (name, file) in [
        ("rsa.pem", "raw-rsa2048.priv.pem"),
        ("rsa.pub.pem", "raw-rsa2048.pub.pem"),
        ("rsa.pub.der", "raw-rsa2048.pub.der"),
        ("rsa4096.pem", "raw-rsa4096.priv.pem"),
        ("p256.pem", "raw-p256.priv.pem"),
        ("p256.pub.pem", "raw-p256.pub.pem"),
        ("p384.pem", "raw-p384.priv.pem"),
        ("p384.pub.der", "raw-p384.pub.der"),
        ("p521.pem", "raw-p521.priv.pem"),
        ("p521.pub.pem", "raw-p521.pub.pem"),
    ] {
        sandbox.write(name, fs::read(keys.join(file)).expect("the key is there"));
    }
    sandbox
}

#[test]
fn public_keys_seal_and_private_keys_open() {
    let sandbox = with_keys();
    for (seal, open) in [
        ("--raw-rsa-key home/safe=rsa.pub.pem", "--raw-rsa-key home/safe=rsa.pem"),
        ("--raw-rsa-key home/safe=rsa.pub.der", "--raw-rsa-key home/safe=rsa.pem"),
        ("--raw-rsa-key home/safe=rsa.pem", "--raw-rsa-key home/safe=rsa.pem"),
        (
            "--raw-rsa-key home/safe=rsa.pub.pem --raw-rsa-padding OAEP_SHA512_MGF1",
            "--raw-rsa-key home/safe=rsa.pem --raw-rsa-padding OAEP_SHA512_MGF1",
        ),
        ("--raw-ecdh-key p256.pub.pem", "--raw-ecdh-key p256.pem"),
        ("--raw-ecdh-key p384.pub.der", "--raw-ecdh-key p384.pem"),
        ("--raw-ecdh-key p521.pub.pem", "--raw-ecdh-key p521.pem"),
        ("--raw-ecdh-key p256.pem", "--raw-ecdh-key p256.pem"),
    ] {
        sandbox.ok(&format!("seal text {seal} --encryption-context a=b -o sealed --force"));
        sandbox.coldseal(&format!("open sealed {open}")).assert().success().stdout_eq("attack at dawn\n").stderr_eq("");
    }
}

#[test]
fn each_of_several_keys_opens() {
    let sandbox = with_keys();
    sandbox.write("backup.key", [7; 32]);
    sandbox.ok("seal text --raw-aes-key home/backup=backup.key --raw-rsa-key home/safe=rsa.pub.pem --raw-rsa-key home/vault=rsa4096.pem \
         --raw-ecdh-key p256.pub.pem --raw-ecdh-key p521.pub.pem -o sealed");
    for open in [
        "--raw-aes-key home/backup=backup.key",
        "--raw-rsa-key home/safe=rsa.pem",
        "--raw-rsa-key home/vault=rsa4096.pem",
        "--raw-ecdh-key p256.pem",
        "--raw-ecdh-key p521.pem",
        "--raw-ecdh-key p384.pem --raw-ecdh-key p521.pem",
    ] {
        sandbox.coldseal(&format!("open sealed {open}")).assert().success().stdout_eq("attack at dawn\n");
    }
    let refused = |arguments: &str| sandbox.coldseal(&format!("open sealed {arguments} -o out")).assert().code(254).stdout_eq("");
    refused("--raw-ecdh-key p384.pem").stderr_eq(str![[r#"
coldseal: no encrypted data key of the message can be unwrapped here
  home backup: no key at hand fits it
  home safe: no key at hand fits it
  home vault: no key at hand fits it
  raw-ecdh recipient [..]: no key at hand fits it
  raw-ecdh recipient [..]: no key at hand fits it
hint: name a key with --kms-key-id, --raw-aes-key, --raw-rsa-key or --raw-ecdh-key, use the keystore that has it (--keystore), or bring the key here, after a rotation again: 'coldseal kms export-keys' there, 'coldseal kms import-keys' here

"#]]);
    refused("--raw-rsa-key home/safe=rsa4096.pem").stderr_eq(str![[r#"
coldseal: no encrypted data key of the message can be unwrapped here
  home backup: no key at hand fits it
  home safe: does not unwrap
  home vault: no key at hand fits it
  raw-ecdh recipient [..]: no key at hand fits it
  raw-ecdh recipient [..]: no key at hand fits it
hint: name a key with --kms-key-id, --raw-aes-key, --raw-rsa-key or --raw-ecdh-key, use the keystore that has it (--keystore), or bring the key here, after a rotation again: 'coldseal kms export-keys' there, 'coldseal kms import-keys' here

"#]]);
    refused("--raw-rsa-key home/safe=rsa.pem --raw-rsa-padding OAEP_SHA1_MGF1");
    refused("--raw-rsa-key home/safe=rsa.pem --raw-rsa-padding PKCS1");
    assert!(!sandbox.exists("out"));
}

#[test]
fn keys_open_what_is_rewrapped_for_regions() {
    let sandbox = with_keys();
    sandbox.ok("seal text --raw-ecdh-key p256.pub.pem -o sealed");
    sandbox.ok("rewrap sealed --raw-ecdh-key p256.pem --to us-west-2");
    sandbox.coldseal("open sealed.us-west-2.bundle --region us-west-2").assert().success().stdout_eq("attack at dawn\n");
    sandbox.coldseal("rewrap sealed --raw-ecdh-key p256.pub.pem --to us-east-1").assert().code(252);
    assert!(!sandbox.exists("sealed.us-east-1.bundle"));
}

#[test]
fn what_a_key_cannot_do_is_said_before_anything_is_read() {
    let sandbox = with_keys();
    let refused = |line: &str| sandbox.coldseal(&format!("{line} -o out")).assert().code(252).stdout_eq("");
    refused("seal text --raw-rsa-key a/b=rsa.pub.pem --raw-rsa-padding PKCS1").stderr_eq(str![[r#"
coldseal: Error parsing parameter '--raw-rsa-padding': PKCS1 opens older messages and seals none: its padding gives way to Bleichenbacher's attack
hint: leave the option out: OAEP_SHA256_MGF1 is the default

"#]]);
    refused("open text --raw-rsa-key a/b=rsa.pub.pem").stderr_eq(str![[r#"
coldseal: Error parsing parameter '--raw-rsa-key': rsa.pub.pem holds a public key, which seals and cannot open
hint: name the file with the private key

"#]]);
    refused("open text --raw-ecdh-key p256.pub.pem").stderr_eq(str![[r#"
coldseal: Error parsing parameter '--raw-ecdh-key': p256.pub.pem holds a public key, which seals and cannot open
hint: name the file with the private key

"#]]);
    refused("seal text --raw-rsa-key a/b=p256.pem").stderr_eq(str![[r#"
coldseal: Error parsing parameter '--raw-rsa-key': p256.pem holds an elliptic curve key
hint: that is what --raw-ecdh-key FILE is for

"#]]);
    refused("seal text --raw-ecdh-key rsa.pem").stderr_eq(str![[r#"
coldseal: Error parsing parameter '--raw-ecdh-key': rsa.pem holds an RSA key
hint: that is what --raw-rsa-key NAMESPACE/NAME=FILE is for

"#]]);
    refused("seal text --raw-rsa-key b=rsa.pem").stderr_eq(str![[r#"
coldseal: Error parsing parameter '--raw-rsa-key': NAMESPACE/NAME=FILE, for instance home/backup=backup.pem

"#]]);
    refused("seal text --raw-rsa-key aws-kms/b=rsa.pem").stderr_eq(str![[r#"
coldseal: Error parsing parameter '--raw-rsa-key': the key namespace 'aws-kms' belongs to AWS KMS

"#]]);
    refused("seal text --raw-ecdh-key missing").stderr_eq(str![[r#"
coldseal: Error parsing parameter '--raw-ecdh-key': reading missing: No such file or directory (os error 2)

"#]]);
    assert!(!sandbox.exists("out"));
}

/// It has its own spelling, and is the only one of its command: an error about another flag would be about nothing that was typed.
#[test]
fn what_is_wrong_with_a_recovery_key_is_told_under_its_own_flag() {
    let sandbox = with_keys();
    sandbox.write("safe.key", [7; 32]);
    sandbox.ok("create-secret --name a --secret-string file://text --region us-west-2 --recovery-key aes=home/safe=safe.key");
    let aes_shape = "aes=NAMESPACE/NAME=FILE, for instance aes=home/backup=backup.key";
    let rsa_shape = "rsa=NAMESPACE/NAME=FILE, for instance rsa=home/backup=backup.pem";
    for (command, key, expected) in [
        ("seal text --region us-west-2 -o out", "aes=a", aes_shape),
        ("seal text --region us-west-2 -o out", "aes=a/b=missing", "reading missing: No such file or directory (os error 2)"),
        ("seal text --region us-west-2 -o out", "aes=a/b=text", "text has 15 bytes; an AES key has 16, 24 or 32"),
        ("seal text --region us-west-2 -o out", "aes=aws-kms/b=safe.key", "the key namespace 'aws-kms' belongs to AWS KMS"),
        ("seal text --region us-west-2 -o out", "rsa=a", rsa_shape),
        ("seal text --region us-west-2 -o out", "rsa=a/b=missing", "reading missing: No such file or directory (os error 2)"),
        ("seal text --region us-west-2 -o out", "rsa=a/b=text", "text: the key cannot be used: it holds no RSA"),
        (
            "seal text --region us-west-2 -o out",
            "rsa=a/b=p256.pem",
            "p256.pem holds an elliptic curve key\nhint: a recovery key is an RSA key (rsa=), an AES key (aes=) or a key of KMS (kms=)",
        ),
        ("seal text --region us-west-2 -o out", "rsa=aws-kms/b=rsa.pub.pem", "the key namespace 'aws-kms' belongs to AWS KMS"),
        ("get-secret-value --secret-id a", "rsa=a/b=rsa.pub.pem", "rsa.pub.pem holds a public key, which seals and cannot open"),
        ("put-secret-value --secret-id a --secret-string file://text", "aes=a/b=text", "text has 15 bytes"),
        ("replicate-secret-to-regions --secret-id a --add-replica-regions us-east-1", "aes=a/b=text", "text has 15 bytes"),
    ] {
        let output = sandbox.std(&format!("{command} --recovery-key {key}")).output().expect("runs");
        let stderr = String::from_utf8(output.stderr).expect("text");
        assert_eq!(output.status.code(), Some(252), "{command} {key}: {stderr}");
        assert!(
            stderr.starts_with(&format!("coldseal: Error parsing parameter '--recovery-key': {expected}")),
            "{command} {key}: {stderr}"
        );
    }
    sandbox.write("typed", "Correct horse battery staple 012");
    let output = sandbox.std("seal text --region us-west-2 --recovery-key aes=a/b=typed -o out").output().expect("runs");
    let stderr = String::from_utf8(output.stderr).expect("text");
    assert!(stderr.contains("warning: --recovery-key: all 32 bytes of typed are printable text"), "{stderr}");
}

/// A key file may hold anything: what stands there is never repeated.
#[test]
fn files_that_hold_no_usable_key_are_named_and_not_quoted() {
    let sandbox = with_keys();
    let refused = |file: &str| {
        let output = sandbox.std(&format!("seal text --raw-rsa-key a/b={file} -o out")).output().expect("runs");
        let stderr = String::from_utf8(output.stderr).expect("text");
        assert_eq!(output.status.code(), Some(252), "{stderr}");
        assert!(!stderr.contains("EXAMPLE"), "{stderr}");
        stderr
            .trim_end()
            .strip_prefix(&format!("coldseal: Error parsing parameter '--raw-rsa-key': {file}: "))
            .map(str::to_owned)
            .expect("named")
    };
    let rsa = String::from_utf8(sandbox.read("rsa.pem")).expect("PEM");
    let small = "-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC7ZYDXzjRM8nw48mkTor2zGGeu
LeuFiashNwLb5faIuWCD/AXR7N7vfES22bZSNWtA7ZdMXZCB7R8pHea+5v/NLEjv
ntmauIGRkuXQKH/ls1pk8pJ0wy9+oiU7+9IIdb6GRQsGZYBUpgX2aoxitqG5Je29
E7L/f8qw21FjnrOwfwIDAQAB
-----END PUBLIC KEY-----
";
    for (name, content, expected) in [
        ("empty", String::new(), "the key cannot be used: it holds no RSA or elliptic curve key in PEM or DER"),
        ("passphrase", "EXAMPLE-PASSWORD\n".to_owned(), "the key cannot be used: it holds no RSA or elliptic curve key in PEM or DER"),
        (
            "encrypted",
            rsa.replace("PRIVATE", "ENCRYPTED PRIVATE"),
            "the key cannot be used: it is encrypted; 'openssl pkey -in FILE -out PLAIN' takes the passphrase off",
        ),
        ("two", rsa.repeat(2), "the key cannot be used: it holds more than one key"),
        ("cut", rsa.replace("PRIVATE", "PUBLIC"), "the key cannot be used: it is not the DER of a public key (SubjectPublicKeyInfo)"),
        ("small", small.to_owned(), "the key cannot be used: its RSA modulus has 1024 bits; 2048 to 8192 bits are taken"),
        ("long", "EXAMPLE".repeat(20_000), "longer than the 65536 bytes that a key can have"),
    ] {
        sandbox.write(name, content);
        assert_eq!(refused(name), expected, "{name}");
    }
    assert!(!sandbox.exists("out"));
}
