//! A vault that is signed.

use std::{fs, path::Path, path::PathBuf, sync::Arc};

use tempfile::TempDir;

use super::region;
use crate::{
    error::{Error, Result},
    kms::{EmbeddedKms, KeyFileOnly, KeystoreLocation, KeystoreSession},
    package::{
        FreshnessCheck, PackageExport, PackageSigning, SignedReading, TrustedSigners, WrittenRoot,
        signature::{ContentDigest, Namespace, Signers, SshSignature, SshSigningKey, Threshold},
    },
    secret::SecretBytes,
    store::{
        Item, ManifestFile, NameKey, SecretKey,
        memory::{MemoryStore, Writers},
    },
    vault::{CreateSecret, KeyOptions, PayloadKind, PutSecretValue, ReplicaRegion, SecretValue, Vault, VersionSelector},
};

/// The folder of test keys.
pub(super) fn data(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/signing").join(name)).expect("a test key")
}

pub(super) fn key(name: &str) -> SshSigningKey {
    SshSigningKey::from_openssh(data(name).as_bytes(), || Err(Error::Misuse("nobody is to be asked"))).expect("a key")
}

/// Lines of principal, options and key.
pub(super) fn trusted(lines: &[(&str, &str, &str)], threshold: usize) -> TrustedSigners {
    let line = |(principal, options, key): &(&str, &str, &str)| {
        format!("{principal} namespaces=\"coldseal-manifest\"{options} {}", data(&format!("{key}.pub")))
    };
    let file: String = lines.iter().map(line).collect();
    TrustedSigners { signers: Signers::parse(file.as_bytes()).expect("signers"), threshold: Threshold::new(threshold).expect("1 or more") }
}

/// Whoever has the Ed25519 key.
pub(super) fn alice() -> TrustedSigners {
    trusted(&[("alice", "", "ed25519")], 1)
}

pub(super) struct Place {
    pub(super) folder: TempDir,
    pub(super) vault: Vault,
    keystore: KeystoreLocation,
}

impl Place {
    /// With the secret `db` in us-west-2 and eu-west-1.
    pub(super) fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        let vault = Vault::new(folder.path().join("coldseal-vault"));
        Self::with(folder, vault)
    }

    /// The same in a store in memory: what names a path is not for it.
    pub(super) fn in_memory() -> Self {
        Self::with(TempDir::new().expect("a folder"), Vault::over(Arc::new(MemoryStore::new(Writers::Locked))))
    }

    fn with(folder: TempDir, vault: Vault) -> Self {
        let keystore = KeystoreLocation::new(folder.path().join("data/keystore.json"));
        let place = Self { folder, vault, keystore };
        place.create("db");
        place
    }

    pub(super) fn session(&self) -> KeystoreSession {
        KeystoreSession::begin(&self.keystore, &KeyFileOnly, None).expect("a keystore")
    }

    pub(super) fn kms(&self) -> EmbeddedKms {
        self.keystore.load(&KeyFileOnly).expect("loads").expect("a keystore")
    }

    pub(super) fn create(&self, name: &str) {
        let request = CreateSecret {
            value: Some(text("one")),
            replicas: vec![ReplicaRegion { region: "eu-west-1".to_owned(), kms_key_id: None }],
            ..CreateSecret::new(name, region("us-west-2"))
        };
        self.vault.create_secret(&mut self.session(), &KeyOptions::default(), &request).expect("created");
    }

    pub(super) fn put(&self, name: &str, value: &str) {
        self.vault.put_secret_value(&mut self.session(), &PutSecretValue::new(name, text(value))).expect("put");
    }

    pub(super) fn freshness(&self, state: &str) -> FreshnessCheck {
        FreshnessCheck::new(self.folder.path().join(state))
    }

    /// Signs everything as it is, with one key.
    pub(super) fn sign(&self, key: &SshSigningKey, trusted: Option<&TrustedSigners>) -> WrittenRoot {
        let (kms, freshness) = (self.kms(), self.freshness("signer"));
        let signing = PackageSigning { vault: &self.vault, trusted, kms: Some(&kms), freshness: &freshness };
        let plan = signing.plan().expect("a plan");
        let others = plan.changes.iter().filter(|change| !change.is_own()).map(|change| change.difference.name.clone());
        signing.write(&plan, &others.collect::<Vec<_>>(), std::slice::from_ref(key)).expect("signed")
    }

    /// The value of a secret, as it was signed.
    pub(super) fn signed_value(&self, trusted: TrustedSigners, name: &str, in_region: Option<&str>) -> Result<String> {
        self.signed_value_in(&self.vault, trusted, name, in_region)
    }

    /// The same in a part that was carried away.
    pub(super) fn signed_value_in(&self, vault: &Vault, trusted: TrustedSigners, name: &str, in_region: Option<&str>) -> Result<String> {
        let asked = in_region.map(region);
        let signed = SignedReading { trusted, freshness: self.freshness("reader"), region: asked }.of(vault)?;
        let entry = signed.vault.get_secret_value(&self.kms(), name, asked, &VersionSelector::default())?;
        Ok(String::from_utf8(entry.value.expose().to_vec()).expect("text"))
    }

    /// Writes the part for these Regions into a folder of this name.
    pub(super) fn export(&self, regions: &[&str], name: &str) -> Result<Vault> {
        export(&self.vault, &self.freshness("exporter"), regions, &self.folder.path().join(name))
    }

    pub(super) fn secret_dir(&self, name: &str) -> PathBuf {
        self.vault.store().place(Item::Secret(&SecretKey { name: NameKey::of(name), primary: region("us-west-2") }))
    }

    pub(super) fn record_path(&self, name: &str) -> PathBuf {
        self.secret_dir(name).join("secret.json")
    }

    pub(super) fn manifest(&self, file: &ManifestFile) -> PathBuf {
        self.vault.store().place(Item::Manifest(file))
    }

    pub(super) fn root_path(&self, counter: u64) -> PathBuf {
        self.manifest(&ManifestFile::Root { counter })
    }

    /// Puts a root with a signature that counts.
    pub(super) fn put_signed(&self, root: &[u8], counter: u64) {
        put_signed_in(&self.vault, root, counter);
    }

    pub(super) fn put_signature(&self, counter: u64, signature: &SshSignature) {
        let file = ManifestFile::Signature { counter, key: signature.key_digest() };
        fs::write(self.manifest(&file), signature.to_pem()).expect("written");
    }

    /// Changes a record as somebody without the keystore does.
    pub(super) fn forge(&self, name: &str, change: impl FnOnce(&mut serde_json::Value)) {
        let path = self.record_path(name);
        let mut record = serde_json::from_slice(&fs::read(&path).expect("read")).expect("JSON");
        change(&mut record);
        fs::write(&path, serde_json::to_vec(&record).expect("JSON")).expect("written");
    }
}

/// Puts a root with a signature that counts into a vault.
pub(super) fn put_signed_in(vault: &Vault, root: &[u8], counter: u64) {
    let signature = key("ed25519").sign(Namespace::Manifest, &ContentDigest::of(root)).expect("signed");
    let place = |file: ManifestFile| vault.store().place(Item::Manifest(&file));
    fs::write(place(ManifestFile::Root { counter }), root).expect("written");
    fs::write(place(ManifestFile::Signature { counter, key: signature.key_digest() }), signature.to_pem()).expect("written");
}

/// Writes the part of a vault for these Regions into a folder.
pub(super) fn export(vault: &Vault, freshness: &FreshnessCheck, regions: &[&str], to: &Path) -> Result<Vault> {
    let (regions, trusted): (Vec<_>, _) = (regions.iter().map(|name| region(name)).collect(), alice());
    let plan = PackageExport { vault, trusted: Some(&trusted), freshness, regions: &regions }.plan()?;
    plan.write(&mut |path, content| {
        fs::create_dir_all(to.join(path).parent().expect("a folder")).expect("made");
        fs::write(to.join(path), content).map_err(|error| Error::io_at("writing", path, error))
    })?;
    Ok(Vault::new(to))
}

pub(super) fn text(value: &str) -> SecretValue {
    SecretValue::new(PayloadKind::String, SecretBytes::new(value.as_bytes().to_vec())).expect("a value")
}
