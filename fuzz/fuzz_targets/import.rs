//! `kms import-keys`: the content of one keystore merged into another's, all or nothing; what comes of it is content again, with everything
//! from both, to which the same import adds nothing.
//!
//! The input is both contents, one line each. Content that is not that of a keystore is refused before anything is merged.
#![no_main]

use coldseal::{
    Result, SecretBytes,
    kms::{
        EmbeddedKms,
        fuzzing::{holds, key_count, parse_content, write_content},
    },
};
use libfuzzer_sys::fuzz_target;

fn import(own: &[u8], other: &[u8]) -> Result<()> {
    let (mut merged, before, other) = (parse_content(own)?, parse_content(own)?, || parse_content(other));
    let written = before.last_written().expect("stored content says when it was written");
    let text = |kms: &EmbeddedKms| -> Result<SecretBytes> { write_content(kms, written) };
    let imported = match merged.import(other()?) {
        Ok(imported) => imported,
        Err(refusal) => {
            assert_eq!(text(&merged)?.expose(), text(&before)?.expose(), "a refused import changes nothing");
            return Err(refusal);
        }
    };
    let after = text(&merged)?;
    let mut again = parse_content(after.expose()).expect("what comes of an import is content again");
    assert!(imported.added.iter().all(|key| !holds(&before, key)), "what is said to be added was not there");
    let own = again.import(before).expect("what was here is here");
    assert!(own.added.is_empty() && own.updated.is_empty(), "nothing of our own is lost");
    let repeated = again.import(other()?).expect("what was imported is here");
    let is_all_here = repeated.unchanged.len() + repeated.older.len() == key_count(&other()?);
    assert!(repeated.added.is_empty() && repeated.updated.is_empty() && is_all_here, "all of it came over");
    assert_eq!(text(&again)?.expose(), after.expose(), "importing again changes nothing");
    Ok(())
}

fuzz_target!(|bytes: &[u8]| {
    if let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
        let (own, other) = bytes.split_at(end);
        let _ = import(own, &other[1..]);
    }
});
