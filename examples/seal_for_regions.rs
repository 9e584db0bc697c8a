//! Seals one payload for three Regions, a file for each, and opens one of them as its Region would.
//!
//! `cargo run --example seal_for_regions`

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use coldseal::{
    EncryptionContext, OpenOptions, SealOptions,
    keyring::AwsKmsDiscoveryKeyring,
    kms::{KeyFileOnly, KeystoreLocation, KeystoreSession},
    open,
    region_bundles::{REGION_PAIR, RegionPlan, Writing},
    vault::{KeyOptions, ReplicaRegion},
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let payload = std::fs::File::open(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/mycreds.json"))?;

    // A key file protects the keystore, which is made with the first key. The session holds its lock.
    let mut session = KeystoreSession::begin(&KeystoreLocation::new(folder.path().join("keystore.json")), &KeyFileOnly, None)?;

    // Every Region's key is found before anything is written. Without a name it is the Region's default key.
    let regions = ["us-west-2", "us-east-1", "eu-west-1"].map(ReplicaRegion::new);
    let keys = KeyOptions::default();
    let plan = RegionPlan::new(session.kms_mut(), &keys, &regions)?;

    // Keys are durable before anything is sealed under them: sealing takes the proof.
    let durable = session.commit()?;
    let context: EncryptionContext = [("purpose", "database")].into_iter().collect();
    let bundles = plan.seal(&durable, &keys, payload, &context, SealOptions::default())?;
    let names: Vec<String> = plan.regions().map(|region| format!("mycreds.{region}.bundle")).collect();
    let sealed = bundles.write_files(folder.path(), &names, Writing::default())?;
    for ((name, key), message) in names.iter().zip(plan.keys()).zip(&sealed) {
        println!("{name}: {} bytes under {key}", message.plaintext_length);
    }

    // Who opens a bundle demands the Region that it is for.
    let bundle = std::fs::File::open(folder.path().join("mycreds.eu-west-1.bundle"))?;
    let mut options = OpenOptions::default();
    options.required_context.push((REGION_PAIR.to_owned(), Some("eu-west-1".to_owned())));
    let mut plaintext = Vec::new();
    open(bundle, &mut plaintext, &[&AwsKmsDiscoveryKeyring::new(session.kms())], &options)?;
    println!("opened {} bytes in eu-west-1", plaintext.len());
    Ok(())
}
