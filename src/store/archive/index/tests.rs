//! Archives that somebody made to get something past whoever reads them.

#![allow(clippy::indexing_slicing, reason = "a test that is out of bounds fails")]

use std::io::Cursor;

use tar::{Builder, Header};

use super::*;
use crate::error::Refusal;

const MARKER: &str = "coldseal.json";

/// A header with a name as it is given, whatever it is.
fn header(name: &str, kind: EntryType, size: u64) -> Header {
    let mut header = Header::new_gnu();
    for (place, byte) in header.as_mut_bytes().iter_mut().take(100).zip(name.bytes()) {
        *place = byte;
    }
    header.set_entry_type(kind);
    header.set_size(size);
    header.set_mode(0o600);
    header.set_cksum();
    header
}

fn archive(entries: &[(&str, EntryType, &[u8])]) -> Vec<u8> {
    let mut archive = Builder::new(Vec::new());
    for (name, kind, content) in entries {
        archive.append(&header(name, *kind, u64::try_from(content.len()).expect("short")), *content).expect("written");
    }
    archive.into_inner().expect("written")
}

fn refused(bytes: Vec<u8>) -> ArchiveRefusal {
    match index(&mut Cursor::new(bytes)) {
        Err(Error::Service(refusal)) => match *refusal {
            Refusal::Archive(refusal) => refusal,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_an_export_writes_is_found_where_it_lies() {
    let bytes = archive(&[(MARKER, EntryType::Regular, b"{}"), ("manifests/1.json", EntryType::Regular, b"root")]);
    let files = index(&mut Cursor::new(&bytes)).expect("read");
    let content = |extent: &Extent| {
        let offset = usize::try_from(extent.offset).expect("short");
        bytes[offset..offset + usize::try_from(extent.length).expect("short")].to_vec()
    };
    assert_eq!(files.values().map(content).collect::<Vec<_>>(), [b"{}".to_vec(), b"root".to_vec()]);
    let long = format!("secrets/us-west-2/{}/secret.json", "a".repeat(119));
    let mut name = long.clone().into_bytes();
    name.push(0);
    let named = archive(&[("././@LongLink", EntryType::GNULongName, &name), ("cut", EntryType::Regular, b"{}")]);
    assert_eq!(index(&mut Cursor::new(named)).expect("read").into_keys().collect::<Vec<_>>(), [StoredFile::parse(&long).expect("a path")]);
}

#[test]
fn what_no_export_writes_is_refused_as_what_it_is() {
    use EntryType as Kind;
    let link = || ArchiveRefusal::Link(MARKER.to_owned());
    let no_file = |name: &str| ArchiveRefusal::NotAFile(name.to_owned());
    let record = "secrets/us-west-2/db/secret.json";
    for (entries, expected) in [
        (vec![(MARKER, Kind::Symlink)], link()),
        (vec![(MARKER, Kind::Link)], link()),
        (vec![("././@LongLink", Kind::GNULongLink)], ArchiveRefusal::Link("././@LongLink".to_owned())),
        (vec![("secrets/", Kind::Directory)], no_file("secrets/")),
        (vec![(MARKER, Kind::Char)], no_file(MARKER)),
        (vec![(MARKER, Kind::Block)], no_file(MARKER)),
        (vec![(MARKER, Kind::Fifo)], no_file(MARKER)),
        (vec![(MARKER, Kind::GNUSparse)], no_file(MARKER)),
        (vec![(MARKER, Kind::Continuous)], no_file(MARKER)),
        (vec![("PaxHeaders/0", Kind::XHeader)], no_file("PaxHeaders/0")),
        (vec![("pax_global_header", Kind::XGlobalHeader)], no_file("pax_global_header")),
        (vec![("/etc/passwd", Kind::Regular)], ArchiveRefusal::Absolute("/etc/passwd".to_owned())),
        (vec![("../coldseal.json", Kind::Regular)], ArchiveRefusal::Outside("../coldseal.json".to_owned())),
        (vec![("secrets/us-west-2/../../../x", Kind::Regular)], ArchiveRefusal::Outside("secrets/us-west-2/../../../x".to_owned())),
        (vec![("secrets\\..\\x", Kind::Regular)], ArchiveRefusal::Outside("secrets\\..\\x".to_owned())),
        (vec![("./coldseal.json", Kind::Regular)], ArchiveRefusal::Stranger("./coldseal.json".to_owned())),
        (vec![("", Kind::Regular)], ArchiveRefusal::Stranger(String::new())),
        (vec![("run.sh", Kind::Regular)], ArchiveRefusal::Stranger("run.sh".to_owned())),
        (vec![(record, Kind::Regular), (MARKER, Kind::Regular), (record, Kind::Regular)], ArchiveRefusal::Twice(record.to_owned())),
    ] {
        let entries: Vec<_> = entries.into_iter().map(|(name, kind)| (name, kind, &b""[..])).collect();
        assert_eq!(refused(archive(&entries)), expected);
    }
}

#[test]
fn sizes_are_held_against_what_is_there_and_what_can_be() {
    let claimed = |name: &str, kind, size| {
        let mut bytes = header(name, kind, size).as_bytes().to_vec();
        bytes.resize(4 * 512, 0);
        bytes
    };
    for size in [1 << 20, u64::MAX >> 1] {
        assert_eq!(refused(claimed(MARKER, EntryType::Regular, size)), ArchiveRefusal::CutOff, "{size}");
    }
    let large = vec![0; 65 << 10];
    let expected = ArchiveRefusal::TooLarge { name: MARKER.to_owned(), limit: 64 << 10 };
    assert_eq!(refused(archive(&[(MARKER, EntryType::Regular, &large)])), expected);
    let long = vec![b'a'; 2000];
    assert_eq!(refused(archive(&[("././@LongLink", EntryType::GNULongName, &long)])), ArchiveRefusal::LongName(2000));
    // A name without a file, and a name for a name.
    let name = ("././@LongLink", EntryType::GNULongName, &b"coldseal.json"[..]);
    assert_eq!(refused(archive(&[name])), ArchiveRefusal::CutOff);
    assert_eq!(refused(archive(&[name, name])), ArchiveRefusal::NotAFile(MARKER.to_owned()));
}

#[test]
fn an_archive_ends_where_it_ends() {
    let sound = archive(&[(MARKER, EntryType::Regular, b"{}")]);
    assert_eq!(refused(Vec::new()), ArchiveRefusal::CutOff);
    assert_eq!(refused(b"not a tar archive".repeat(100)), ArchiveRefusal::NoHeader(0));
    for length in [100, 512, 1024, sound.len() - 1] {
        let cut = refused(sound[..length].to_vec());
        assert!(matches!(cut, ArchiveRefusal::CutOff | ArchiveRefusal::NoHeader(0)), "{length}: {cut:?}");
    }
    let with = |more: &[u8]| [&sound, more].concat();
    assert!(index(&mut Cursor::new(with(&[0; 9000]))).is_ok());
    assert_eq!(refused(with(&sound)), ArchiveRefusal::Behind);
    assert_eq!(refused(with(&vec![0; 2 << 20])), ArchiveRefusal::Behind);
    let mut changed = sound;
    changed[0] ^= 1;
    assert_eq!(refused(changed), ArchiveRefusal::NoHeader(0));
}
