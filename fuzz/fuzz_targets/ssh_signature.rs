//! A file with an SSH signature: reading never panics, what is read is written and read again as the same, and none of what the fuzzer makes
//! counts as a signature of content that nobody has signed.
#![no_main]

use std::sync::LazyLock;

use coldseal::{
    crypto::{Random as _, SystemRandom},
    package::signature::{ContentDigest, Namespace, SshSignature},
};
use libfuzzer_sys::fuzz_target;

static CONTENT: LazyLock<ContentDigest> = LazyLock::new(|| {
    let mut content = [0; 32];
    SystemRandom.fill(&mut content).expect("random bytes");
    ContentDigest::of(&content)
});

fuzz_target!(|file: &[u8]| {
    let Ok(signature) = SshSignature::parse(file) else { return };
    assert_eq!(SshSignature::parse(signature.to_pem().as_bytes()).as_ref(), Ok(&signature));
    assert_eq!(signature.key_digest().len(), 16);
    for namespace in [Namespace::Manifest, Namespace::File] {
        assert!(signature.verify(namespace, &CONTENT).is_err(), "taken for a signature");
    }
});
