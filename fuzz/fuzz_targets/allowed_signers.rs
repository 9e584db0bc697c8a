//! A file of signers: reading never panics, and who may sign for a namespace is named in its own line, with no list and no second principal for a key.
#![no_main]

use std::collections::BTreeMap;

use coldseal::package::signature::{Namespace, Signers};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|file: &[u8]| {
    let Ok(signers) = Signers::parse(file) else { return };
    let text = std::str::from_utf8(file).expect("what is taken is text");
    let mut holders = BTreeMap::new();
    for namespace in [Namespace::Manifest, Namespace::File] {
        for (principal, key) in signers.keys(namespace) {
            assert!(!principal.contains(',') && !principal.starts_with('!'), "several, or nobody");
            assert!(text.lines().any(|line| line.contains(principal) && line.contains(namespace.name())), "a line for it");
            let holder = holders.entry(key.fingerprint()).or_insert_with(|| principal.to_owned());
            assert_eq!(holder, principal, "one key under two principals");
        }
    }
});
