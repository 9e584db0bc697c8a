//! Does one thing so many times, and nothing else: what `.ci/instructions.py` runs under callgrind. What works on files makes them in the
//! current folder and leaves them there.
#![allow(missing_docs, reason = "a benchmark")]

use std::{env, hint::black_box, path::PathBuf};

use coldseal::{
    EncryptionContext, OpenOptions, Result, SealOptions, SecretBytes,
    keyring::RawAesKeyring,
    kms::{KeystoreLocation, KeystoreSession, Passphrases},
    open,
    region::Region,
    seal,
    vault::{CreateSecret, KeyOptions, PayloadKind, ReplicaRegion, SecretValue, Vault, VerifyOptions, VersionSelector, verify},
};

const PAYLOAD: [u8; 1024] = [0x5A; 1024];

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let (operation, times) = match arguments.as_slice() {
        [operation, times] => (operation.as_str(), times.parse().expect("the number of times")),
        _ => ("open", 1),
    };
    match operation {
        "seal" => messages(times, 0),
        "open" => messages(1, times),
        "create-secret" => Place::new()?.create(times),
        "get-secret-value" => Place::new()?.get(times),
        "verify" => Place::new()?.verify(times),
        other => panic!("'{other}' is none of seal, open, create-secret, get-secret-value and verify"),
    }
}

fn messages(seals: u32, opens: u32) -> Result<()> {
    let keyring = RawAesKeyring::new("bench", "key", &SecretBytes::new(vec![1; 32]))?;
    let context: EncryptionContext = [("purpose", "bench")].into_iter().collect();
    let (mut message, mut plaintext) = (Vec::with_capacity(4096), Vec::with_capacity(4096));
    for _ in 0..seals {
        message.clear();
        seal(black_box(&PAYLOAD[..]), &mut message, &[&keyring], &context, SealOptions::default())?;
    }
    for _ in 0..opens {
        plaintext.clear();
        open(black_box(&message[..]), &mut plaintext, &[&keyring], &OpenOptions::default())?;
    }
    assert!(opens == 0 || plaintext == PAYLOAD, "the payload comes back");
    Ok(())
}

/// A key file protects the keystore.
struct NoPassphrase;

impl Passphrases for NoPassphrase {
    fn current(&self) -> Result<SecretBytes> {
        unreachable!("asked for a passphrase")
    }

    fn new_passphrase(&self) -> Result<SecretBytes> {
        unreachable!("asked for a new passphrase")
    }
}

/// A vault with one secret, and its keystore.
struct Place {
    vault: Vault,
    session: KeystoreSession,
}

impl Place {
    const SECRET: &str = "example/secret";

    fn new() -> Result<Self> {
        let vault = Vault::new("vault");
        let mut session = KeystoreSession::begin(&KeystoreLocation::new(PathBuf::from("keystore.json")), &NoPassphrase, None)?;
        vault.create_secret(&mut session, &KeyOptions::default(), &request(Self::SECRET.to_owned())?)?;
        Ok(Self { vault, session })
    }

    fn create(&mut self, times: u32) -> Result<()> {
        for number in 0..times {
            self.vault.create_secret(&mut self.session, &KeyOptions::default(), &request(format!("example/secret-{number:06}"))?)?;
        }
        Ok(())
    }

    fn get(&self, times: u32) -> Result<()> {
        for _ in 0..times {
            let entry = self.vault.get_secret_value(self.session.kms(), Self::SECRET, None, &VersionSelector::default())?;
            assert_eq!(entry.value.expose(), &PAYLOAD, "the value comes back");
        }
        Ok(())
    }

    fn verify(&self, times: u32) -> Result<()> {
        for _ in 0..times {
            let mut options = VerifyOptions::default();
            options.kms = Some(self.session.kms());
            let report = verify(&[self.vault.root().to_path_buf()], options)?;
            assert!(report.is_sound() && report.open.is_some_and(|open| open.opened == 3), "the secret verifies");
        }
        Ok(())
    }
}

/// 1 KiB to 3 Regions.
fn request(name: String) -> Result<CreateSecret> {
    let mut request = CreateSecret::new(name, Region::new("us-west-2").expect("a Region of AWS"));
    request.value = Some(SecretValue::new(PayloadKind::Binary, SecretBytes::new(PAYLOAD.to_vec()))?);
    request.replicas = ["us-east-1", "eu-west-1"].map(ReplicaRegion::new).into();
    Ok(request)
}
