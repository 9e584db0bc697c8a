#![allow(clippy::indexing_slicing, reason = "a test fails where an index is wrong")]

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use super::*;
use crate::{
    error::{Error, Result},
    format::EncryptionContext,
    keyring::AwsKmsDiscoveryKeyring,
    kms::{EmbeddedKms, KeyFileOnly, KeysDurable, KeystoreLocation, KeystoreSession},
    message::{OpenOptions, Rewrapper, SealOptions, open},
    region::Region,
    vault::{KeyOptions, ReplicaRegion},
};

const PAYLOAD: &[u8] = b"attack at dawn";
const NAMES: [&str; 2] = ["west", "europe"];

/// A folder with a keystore that is not made yet.
fn place() -> (TempDir, KeystoreSession) {
    let folder = TempDir::new().expect("a folder");
    let location = KeystoreLocation::new(folder.path().join("data/keystore.json"));
    let session = KeystoreSession::begin(&location, &KeyFileOnly, None).expect("begins");
    (folder, session)
}

fn plan(session: &mut KeystoreSession, regions: &[&str]) -> Result<RegionPlan> {
    let regions: Vec<_> = regions.iter().copied().map(ReplicaRegion::new).collect();
    RegionPlan::new(session.kms_mut(), &KeyOptions::default(), &regions)
}

fn sealed<R: io::Read + Send>(durable: &KeysDurable<'_>, plan: &RegionPlan, payload: R) -> RegionBundles<R> {
    let context = EncryptionContext::from_iter([("purpose", "test")]);
    plan.seal(durable, &KeyOptions::default(), payload, &context, SealOptions::default()).expect("wrapped")
}

/// Opens a message as the one for this Region.
fn opened(kms: &EmbeddedKms, message: &[u8], region: &str) -> Result<Vec<u8>> {
    let demanded = |key: &str, value: &str| (key.to_owned(), Some(value.to_owned()));
    let required_context = vec![demanded(REGION_PAIR, region), demanded("purpose", "test")];
    let mut plaintext = Vec::new();
    let options = OpenOptions { required_context, ..OpenOptions::default() };
    open(message, &mut plaintext, &[&AwsKmsDiscoveryKeyring::new(kms)], &options)?;
    Ok(plaintext)
}

fn files(folder: &Path) -> BTreeSet<PathBuf> {
    fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect()
}

#[test]
fn each_message_is_for_its_region_under_its_key() {
    let (_folder, mut session) = place();
    let plan = plan(&mut session, &["us-west-2", "eu-west-1"]).expect("both have a key");
    assert_eq!(plan.regions().map(Region::name).collect::<Vec<_>>(), ["us-west-2", "eu-west-1"]);
    assert!(plan.keys().zip(plan.regions()).all(|(key, region)| key.region() == region));
    let durable = session.commit().expect("written");
    let (mut west, mut europe) = (Vec::new(), Vec::new());
    let messages = sealed(&durable, &plan, PAYLOAD).write(vec![&mut west, &mut europe]).expect("sealed");
    assert_ne!(messages[0].message_id, messages[1].message_id);
    for (message, region, other) in [(&west, "us-west-2", "eu-west-1"), (&europe, "eu-west-1", "us-west-2")] {
        assert_eq!(opened(durable.kms(), message, region).expect("opens"), PAYLOAD);
        assert!(matches!(opened(durable.kms(), message, other), Err(Error::EncryptionContext(_))), "not for {other}");
    }
}

#[test]
fn a_message_is_rewrapped_for_other_regions() {
    let (_folder, mut session) = place();
    let plan = plan(&mut session, &["us-west-2", "eu-west-1", "us-east-1"]).expect("all have a key");
    let durable = session.commit().expect("written");
    let mut west = [Vec::new(), Vec::new(), Vec::new()];
    sealed(&durable, &plan, PAYLOAD).write(west.iter_mut().collect()).expect("sealed");
    let keyring = AwsKmsDiscoveryKeyring::new(durable.kms());
    let message = Rewrapper::begin(&west[0][..], &[&keyring], &OpenOptions::default()).expect("opens");
    let bundles = plan.rewrap(&durable, &KeyOptions::default(), message, SealOptions::default()).expect("wrapped");
    let mut again = [Vec::new(), Vec::new(), Vec::new()];
    bundles.write(again.iter_mut().collect()).expect("sealed");
    for (message, region) in again.iter().zip(["us-west-2", "eu-west-1", "us-east-1"]) {
        assert_eq!(opened(durable.kms(), message, region).expect("opens"), PAYLOAD);
    }
}

#[test]
fn every_region_that_cannot_be_served_is_told_at_once() {
    let (_folder, mut session) = place();
    let message = plan(&mut session, &["us-west-2", "us-west-9", "af-south-1"]).expect_err("two have none").to_string();
    assert!(["2 Regions", "us-west-9: ", "af-south-1: "].iter().all(|part| message.contains(part)), "{message}");
}

#[test]
fn all_files_appear_or_none() {
    let (folder, mut session) = place();
    let plan = plan(&mut session, &["us-west-2", "eu-west-1"]).expect("both have a key");
    let durable = session.commit().expect("written");
    let out = folder.path().join("out");
    let failing = io::Read::chain(PAYLOAD, Failing);
    assert!(sealed(&durable, &plan, failing).write_files(&out, &NAMES, Writing::default()).is_err());
    assert!(!out.exists(), "it was made for the files");

    fs::create_dir(&out).expect("made");
    let (west, europe) = (out.join("west"), out.join("europe"));
    fs::write(&europe, "mine").expect("written");
    assert!(sealed(&durable, &plan, PAYLOAD).write_files(&out, &NAMES, Writing::default()).is_err());
    assert_eq!((files(&out), fs::read(&europe).expect("there")), (BTreeSet::from([europe.clone()]), b"mine".to_vec()));

    let replacing = Writing::default().replacing().without_sync();
    sealed(&durable, &plan, PAYLOAD).write_files(&out, &NAMES, replacing).expect("written");
    assert_eq!(files(&out), BTreeSet::from([west.clone(), europe.clone()]));
    for (path, region) in [(west, "us-west-2"), (europe, "eu-west-1")] {
        assert_eq!(opened(durable.kms(), &fs::read(path).expect("there"), region).expect("opens"), PAYLOAD);
    }
    assert!(sealed(&durable, &plan, PAYLOAD).write(vec![io::sink()]).is_err(), "one output for two messages");
}

#[test]
fn what_was_replaced_before_an_error_is_named() {
    let (folder, mut session) = place();
    let regions = ["us-west-2", "eu-west-1", "us-east-1", "sa-east-1"];
    let plan = plan(&mut session, &regions).expect("all have a key");
    let durable = session.commit().expect("written");
    let out = folder.path().join("out");
    for name in ["west", "europe"] {
        fs::create_dir_all(&out).and_then(|()| fs::write(out.join(name), "old")).expect("written");
    }
    // No file takes the place of a directory; everything is complete by then.
    fs::create_dir(out.join("folder")).expect("made");
    let names = ["new", "west", "folder", "europe"];
    let error = sealed(&durable, &plan, PAYLOAD).write_files(&out, &names, Writing::default().replacing()).map(drop);
    let Err(Error::PartlyReplaced { replaced, kept, source }) = error else { panic!("{error:?}") };
    assert_eq!(replaced, [out.join("west")]);
    assert_eq!(kept, [out.join("folder"), out.join("europe")]);
    assert!(matches!(*source, Error::Io { .. }));
    assert_eq!(files(&out), BTreeSet::from(["west", "europe", "folder"].map(|name| out.join(name))));
    assert_eq!(opened(durable.kms(), &fs::read(out.join("west")).expect("there"), "eu-west-1").expect("opens"), PAYLOAD);
    assert_eq!(fs::read(out.join("europe")).expect("there"), b"old");
    // With nothing replaced yet there is nothing to name.
    let names = ["new", "folder", "west", "europe"];
    let error = sealed(&durable, &plan, PAYLOAD).write_files(&out, &names, Writing::default().replacing()).map(drop);
    assert!(matches!(error, Err(Error::Io { .. })), "{error:?}");
    assert!(!out.join("new").exists());
}

#[cfg(unix)]
#[test]
fn a_link_is_followed_to_where_its_file_is_or_will_be() {
    use std::os::unix::fs::symlink;
    let (folder, mut session) = place();
    let plan = plan(&mut session, &["us-west-2", "eu-west-1"]).expect("both have a key");
    let durable = session.commit().expect("written");
    let (out, elsewhere) = (folder.path().join("out"), folder.path().join("elsewhere"));
    fs::create_dir(&out).and_then(|()| fs::create_dir(&elsewhere)).expect("made");
    fs::write(elsewhere.join("west"), "old").expect("written");
    for name in NAMES {
        symlink(Path::new("../elsewhere").join(name), out.join(name)).expect("linked");
    }
    let refused = sealed(&durable, &plan, PAYLOAD).write_files(&out, &NAMES, Writing::default()).map(drop);
    assert!(matches!(refused, Err(Error::Io { .. })), "{refused:?}");
    assert_eq!(fs::read(elsewhere.join("west")).expect("there"), b"old");
    sealed(&durable, &plan, PAYLOAD).write_files(&out, &NAMES, Writing::default().replacing()).expect("written");
    for (name, region) in NAMES.into_iter().zip(["us-west-2", "eu-west-1"]) {
        assert!(out.join(name).is_symlink());
        assert_eq!(opened(durable.kms(), &fs::read(elsewhere.join(name)).expect("there"), region).expect("opens"), PAYLOAD);
    }
    fs::remove_file(out.join("west")).and_then(|()| symlink("west", out.join("west"))).expect("linked");
    assert!(sealed(&durable, &plan, PAYLOAD).write_files(&out, &NAMES, Writing::default().replacing()).is_err(), "in a circle");
}

/// Of this the first byte cannot be read.
struct Failing;

impl io::Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("broken"))
    }
}
