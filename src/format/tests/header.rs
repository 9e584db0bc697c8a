use super::{sample, with_tag};
use crate::{
    error::{FormatError, FormatProblem},
    format::{ContentType, EncryptedDataKey, EncryptionContext, Header, HeaderLimits},
};

/// The fields of a header as bytes, each free to be wrong.
struct Raw {
    version: u8,
    suite: u16,
    context: Vec<u8>,
    edks: Vec<u8>,
    content_type: u8,
    frame_length: u32,
}

impl Raw {
    fn new() -> Self {
        Self {
            version: 2,
            suite: 0x0478,
            context: vector(&context(2, &[(b"a", b"b"), (b"k", b"v")])),
            edks: edks(1, 1),
            content_type: 2,
            frame_length: 16,
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![self.version];
        bytes.extend_from_slice(&self.suite.to_be_bytes());
        bytes.extend_from_slice(&[0x1D; 32]);
        bytes.extend_from_slice(&self.context);
        bytes.extend_from_slice(&self.edks);
        bytes.push(self.content_type);
        bytes.extend_from_slice(&self.frame_length.to_be_bytes());
        bytes.extend_from_slice(&[0; 32 + 16]);
        bytes
    }
}

fn vector(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).expect("a short field");
    [&length.to_be_bytes(), bytes].concat()
}

fn context(count: u16, pairs: &[(&[u8], &[u8])]) -> Vec<u8> {
    let pairs: Vec<u8> = pairs.iter().flat_map(|(key, value)| [vector(key), vector(value)].concat()).collect();
    [&count.to_be_bytes()[..], &pairs].concat()
}

fn edks(count: u16, present: usize) -> Vec<u8> {
    let edk = [vector(b"provider"), vector(b"information"), vector(b"ciphertext")].concat();
    [&count.to_be_bytes()[..], &edk.repeat(present)].concat()
}

fn parse(bytes: &[u8]) -> Result<Header, FormatError> {
    Header::parse(bytes, HeaderLimits::default()).map(|parsed| parsed.header)
}

fn refused(change: impl FnOnce(&mut Raw), field: &'static str, problem: FormatProblem) {
    let mut raw = Raw::new();
    parse(&raw.bytes()).expect("valid before the change");
    change(&mut raw);
    assert_eq!(parse(&raw.bytes()), Err(FormatError { field, problem }));
}

#[test]
fn codes_that_are_not_known() {
    for version in [0, 1, 3, 0x82] {
        refused(|raw| raw.version = version, "version", FormatProblem::Unsupported { value: version.into() });
    }
    // Without key commitment, signed (not yet read), and no suite at all.
    for suite in [0x0014, 0x0046, 0x0078, 0x0178, 0x0214, 0x0346, 0x0378, 0x0477, 0, 0xFFFF] {
        refused(|raw| raw.suite = suite, "algorithm suite id", FormatProblem::Unsupported { value: suite.into() });
    }
    for content_type in [0, 3, 0x82, 0xFF] {
        refused(|raw| raw.content_type = content_type, "content type", FormatProblem::Unsupported { value: content_type.into() });
    }
}

#[test]
fn frame_lengths_that_do_not_fit_the_content_type() {
    refused(|raw| raw.frame_length = 0, "frame length", FormatProblem::Zero);
    for found in [1, 16, u32::MAX] {
        let change = |raw: &mut Raw| (raw.content_type, raw.frame_length) = (1, found);
        refused(change, "frame length", FormatProblem::Unexpected { expected: 0, found: found.into() });
    }
    for (content_type, frame_length, expected) in [
        (2, 1, ContentType::Framed { frame_length: 1 }),
        (2, u32::MAX, ContentType::Framed { frame_length: u32::MAX }),
        (1, 0, ContentType::NonFramed),
    ] {
        let header = parse(&Raw { content_type, frame_length, ..Raw::new() }.bytes()).expect("valid");
        assert_eq!(header.content_type, expected);
    }
}

#[test]
fn encryption_contexts_that_are_not_canonical() {
    use FormatProblem::{Duplicate, NotUtf8, Overrun, Trailing, Unsorted, Zero};
    let two = context(2, &[(b"a", b"b"), (b"k", b"v")]);
    let cases: [(Vec<u8>, &str, FormatProblem); 16] = [
        (context(0, &[]), "encryption context count", Zero),
        (context(0, &[(b"a", b"b")]), "encryption context count", Zero),
        (vec![0], "encryption context count", Overrun),
        (context(3, &[(b"a", b"b"), (b"k", b"v")]), "encryption context key", Overrun),
        (context(1, &[(b"a", b"b"), (b"k", b"v")]), "encryption context", Trailing),
        (context(u16::MAX, &[(b"a", b"b")]), "encryption context key", Overrun),
        ([&two[..], &[0]].concat(), "encryption context", Trailing),
        (two[..two.len() - 1].to_vec(), "encryption context value", Overrun),
        (two[..two.len() - 3].to_vec(), "encryption context value", Overrun),
        (two[..two.len() - 4].to_vec(), "encryption context key", Overrun),
        (context(2, &[(b"a", b"b"), (b"a", b"c")]), "encryption context key", Duplicate),
        (context(3, &[(b"a", b"b"), (b"k", b"v"), (b"a", b"b")]), "encryption context key", Unsorted),
        (context(2, &[(b"k", b"v"), (b"a", b"b")]), "encryption context key", Unsorted),
        // By UTF-8 bytes U+FF5E comes before U+10000; by UTF-16 it would come after it.
        (context(2, &[("\u{10000}".as_bytes(), b""), ("\u{FF5E}".as_bytes(), b"")]), "encryption context key", Unsorted),
        (context(1, &[(b"\xFF", b"b")]), "encryption context key", NotUtf8),
        (context(1, &[(b"a", b"\xC3\x28")]), "encryption context value", NotUtf8),
    ];
    for (bytes, field, problem) in cases {
        refused(|raw| raw.context = vector(&bytes), field, problem);
    }
}

#[test]
fn an_empty_context_has_no_count_and_empty_texts_are_allowed() {
    let header = parse(&Raw { context: vector(&[]), ..Raw::new() }.bytes()).expect("valid");
    assert!(header.encryption_context.is_empty());
    let header = parse(&Raw { context: vector(&context(1, &[(b"", b"")])), ..Raw::new() }.bytes()).expect("valid");
    assert_eq!(header.encryption_context.get(""), Some(""));
}

#[test]
fn encrypted_data_key_counts() {
    refused(|raw| raw.edks = edks(0, 0), "encrypted data key count", FormatProblem::Zero);
    refused(|raw| raw.edks = edks(129, 129), "encrypted data key count", FormatProblem::TooLarge { value: 129, limit: 128 });
    refused(|raw| raw.edks = edks(u16::MAX, 1), "encrypted data key count", FormatProblem::TooLarge { value: 65535, limit: 128 });
    assert_eq!(parse(&Raw { edks: edks(128, 128), ..Raw::new() }.bytes()).expect("128 are allowed").encrypted_data_keys.len(), 128);
}

#[test]
fn the_limit_on_encrypted_data_keys_is_settable() {
    let bytes = Raw { edks: edks(3, 3), ..Raw::new() }.bytes();
    for (max_encrypted_data_keys, allowed) in [(1, false), (2, false), (3, true), (u16::MAX, true)] {
        let limits = HeaderLimits { max_encrypted_data_keys, ..HeaderLimits::default() };
        assert_eq!(Header::parse(&bytes, limits).is_ok(), allowed, "{max_encrypted_data_keys}");
    }
    let many = Raw { edks: edks(400, 400), ..Raw::new() }.bytes();
    let limits = HeaderLimits { max_encrypted_data_keys: 400, ..HeaderLimits::default() };
    assert_eq!(Header::parse(&many, limits).expect("the limit was raised").header.encrypted_data_keys.len(), 400);
}

#[test]
fn a_provider_id_is_text() {
    let edk = [vector(b"\xFF"), vector(b"\xFF"), vector(b"\xFF")].concat();
    refused(|raw| raw.edks = [&[0, 1][..], &edk].concat(), "key provider id", FormatProblem::NotUtf8);
}

#[test]
fn the_limit_on_the_header_is_settable_and_ends_reading() {
    let mut header = sample();
    header.encrypted_data_keys =
        vec![EncryptedDataKey { provider_id: "p".into(), provider_info: vec![1; 65_000], ciphertext: vec![2; 65_000] }; 9];
    let bytes = with_tag(&header);
    let limit = |max_header_length| HeaderLimits { max_header_length, ..HeaderLimits::default() };
    assert!(bytes.len() > 1 << 20);
    let error = Header::parse(&bytes, HeaderLimits::default()).expect_err("over 1 MiB");
    assert_eq!((error.field, error.problem), ("header", FormatProblem::TooLarge { value: bytes.len() as u64, limit: 1 << 20 }));
    assert_eq!(Header::parse(&bytes, limit(bytes.len())).expect("as long as allowed").header, header);
    assert!(matches!(Header::parse(&bytes, limit(bytes.len() - 1)), Err(FormatError { problem: FormatProblem::TooLarge { .. }, .. })));
    // A part of it already says that it cannot fit: nobody is asked for more bytes.
    let longest = bytes[..(1 << 20) - 1].to_vec();
    let error = Header::parse(&longest, HeaderLimits::default()).expect_err("over 1 MiB");
    assert_eq!(error.field, "header");
    assert!(!error.is_truncated());
}

#[test]
fn every_truncation_asks_for_more() {
    for header in [sample(), Header { encryption_context: EncryptionContext::new(), ..sample() }] {
        let bytes = with_tag(&header);
        for length in 0..bytes.len() {
            let error = Header::parse(&bytes[..length], HeaderLimits::default()).expect_err("truncated");
            let FormatProblem::Truncated { needed } = error.problem else { panic!("{length}: {error}") };
            assert!(needed > length && needed <= bytes.len(), "{length}: needs {needed} of {}", bytes.len());
        }
        let parsed = Header::parse(&bytes, HeaderLimits::default()).expect("whole");
        assert_eq!((parsed.length(), parsed.authenticated_length, parsed.tag), (bytes.len(), bytes.len() - 16, [0x7A; 16]));
    }
}

#[test]
fn what_follows_the_header_is_not_looked_at() {
    let bytes = [with_tag(&sample()), vec![0xFF; 100]].concat();
    let parsed = Header::parse(&bytes, HeaderLimits::default()).expect("valid");
    assert_eq!((parsed.length(), parsed.header), (bytes.len() - 100, sample()));
}

#[test]
fn a_field_too_long_for_its_prefix_is_not_written() {
    let too_long = || "x".repeat(65_536);
    let with_edk = |edk| Header { encrypted_data_keys: vec![edk], ..sample() };
    let with_pair = |key, value| Header { encryption_context: [(key, value)].into_iter().collect(), ..sample() };
    let edk = || EncryptedDataKey { provider_id: "p".into(), provider_info: vec![1], ciphertext: vec![2] };
    let (value, limit) = (65_536, 65_535);
    let over = FormatProblem::TooLarge { value, limit };
    let cases = [
        (with_edk(EncryptedDataKey { provider_id: too_long(), ..edk() }), "key provider id", over),
        (with_edk(EncryptedDataKey { provider_info: too_long().into(), ..edk() }), "key provider information", over),
        (with_edk(EncryptedDataKey { ciphertext: too_long().into(), ..edk() }), "encrypted data key", over),
        (with_pair(too_long(), String::new()), "encryption context key", over),
        (with_pair(String::new(), too_long()), "encryption context value", over),
        (with_pair("k".repeat(65_535), String::new()), "encryption context length", FormatProblem::TooLarge { value: 65_541, limit }),
        (Header { encrypted_data_keys: vec![edk(); 65_536], ..sample() }, "encrypted data key count", over),
        (Header { encrypted_data_keys: Vec::new(), ..sample() }, "encrypted data key count", FormatProblem::Zero),
        (Header { content_type: ContentType::Framed { frame_length: 0 }, ..sample() }, "frame length", FormatProblem::Zero),
    ];
    for (header, field, problem) in cases {
        assert_eq!(header.to_bytes(), Err(FormatError { field, problem }));
    }
    let many: EncryptionContext = (0..65_536).map(|n| (n.to_string(), "")).collect();
    assert_eq!(many.to_bytes(), Err(FormatError { field: "encryption context count", problem: over }));
    assert_eq!(with_pair("k".repeat(65_529), String::new()).encryption_context.to_bytes().expect("just fits").len(), 65_535);
}
