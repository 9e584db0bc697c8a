//! An archive that a part of a vault came in: reading never panics, and what is taken are files with plain relative paths, each once, whose bytes lie in
//! the archive, behind a header and apart from each other.
#![no_main]

use std::{collections::BTreeSet, path::Component};

use coldseal::package::fuzzing::archive_files;
use libfuzzer_sys::fuzz_target;

/// Bytes of a header.
const BLOCK: u64 = 512;

fuzz_target!(|bytes: &[u8]| {
    let Some(files) = archive_files(bytes) else { return };
    let paths: BTreeSet<_> = files.iter().map(|(path, _, _)| path).collect();
    assert_eq!(paths.len(), files.len());
    assert!(paths.iter().all(|path| path.components().all(|part| matches!(part, Component::Normal(_)))));
    let mut places: Vec<_> = files.iter().map(|(_, offset, length)| (*offset, *length)).collect();
    places.sort_unstable();
    let mut end = 0;
    for (offset, length) in places {
        assert!(offset >= end + BLOCK && offset % BLOCK == 0);
        end = offset + length;
    }
    assert!(end + 2 * BLOCK <= bytes.len() as u64);
});
