//! Keeps a secret in a vault, under keys of the embedded KMS: created in two Regions, replicated to a third, read there, and checked without
//! a key.
//!
//! `cargo run --example vault`

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use coldseal::{
    SecretBytes,
    kms::{CreateKey, KeyFileOnly, KeystoreLocation, KeystoreSession},
    region::Region,
    vault::{
        CreateSecret, KeyOptions, PayloadKind, ReplicaRegion, ReplicateSecret, SecretValue, Vault, VerifyOptions, VersionSelector, verify,
    },
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let location = KeystoreLocation::new(folder.path().join("keystore.json"));
    let vault = Vault::new(folder.path().join("vault"));
    let (west, europe) = (region("us-west-2"), region("eu-west-1"));

    // A key of one's own in the primary Region, by an alias; the other Regions have their default keys.
    let mut session = KeystoreSession::begin(&location, &KeyFileOnly, None)?;
    let key = session.kms_mut().create_key_with(west, CreateKey::default())?;
    session.kms_mut().create_alias(west, "alias/payroll", &key.key_id)?;

    let value = SecretValue::new(PayloadKind::String, SecretBytes::new(br#"{"user":"saanvi","password":"EXAMPLE"}"#.to_vec()))?;
    let mut request = CreateSecret::new("production/payroll", west);
    request.value = Some(value);
    request.kms_key_id = Some("alias/payroll".to_owned());
    request.replicas = vec![ReplicaRegion::new("us-east-1")];
    let created = vault.create_secret(&mut session, &KeyOptions::default(), &request)?;
    println!("created {} with {} bundles", created.arn, created.bundles.len());

    let request = ReplicateSecret::new("production/payroll", vec![ReplicaRegion::new(europe.name())]);
    vault.replicate_secret_to_regions(&mut session, &request)?;

    // Reading takes no lock. The bundle of the Region is opened, and none else.
    let kms = location.load(&KeyFileOnly)?.ok_or("the keystore was made above")?;
    let entry = vault.get_secret_value(&kms, "production/payroll", Some(europe), &VersionSelector::default())?;
    println!("{} bytes in {europe}", entry.value.expose().len());

    let report = verify(&[vault.root().to_path_buf()], VerifyOptions::default())?;
    println!("verified {} secret, without a key: {}", report.secrets, if report.is_sound() { "sound" } else { "not sound" });
    Ok(())
}

fn region(name: &str) -> Region {
    Region::new(name).expect("a Region of AWS")
}
