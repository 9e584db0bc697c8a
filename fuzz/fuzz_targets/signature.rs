//! Requests to `kms serve` (lines `NAME: VALUE`, an empty line, a body): no header makes a panic, and with a secret that nobody has seen
//! nothing is taken for signed, whatever it says of itself.
#![no_main]

use std::sync::LazyLock;

use coldseal::{
    SecretBytes,
    crypto::{Random as _, SystemRandom},
    endpoint::{
        Credentials,
        fuzzing::{claimed_region, signed_region},
    },
};
use libfuzzer_sys::fuzz_target;

/// The time and the access key id of the seeds.
const TIME: i64 = 1_795_316_400;
const KEY_ID: &str = "COLDEXAMPLEEXAMPLE00";

static CREDENTIALS: LazyLock<Credentials> = LazyLock::new(|| {
    let mut secret = [0; 20];
    SystemRandom.fill(&mut secret).expect("random bytes");
    let text = secret.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    Credentials::from_parts(KEY_ID, SecretBytes::new(text.into_bytes())).expect("printable")
});

fuzz_target!(|request: &[u8]| {
    let mut headers = Vec::new();
    let mut rest = request;
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let (line, after) = (&rest[..end], &rest[end + 1..]);
        rest = after;
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { break };
        let value = line[colon + 1..].strip_prefix(b" ").unwrap_or(&line[colon + 1..]);
        headers.push((&line[..colon], value));
    }
    let _ = claimed_region(&headers);
    assert_eq!(signed_region(&headers, rest, &CREDENTIALS, TIME), None, "taken for signed");
});
