use std::fs;

use tempfile::TempDir;

use super::*;

const SECRET: &str = "EXAMPLE-PASSWORD";

struct Folder {
    directory: TempDir,
    environment: Environment,
}

impl Folder {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("temporary directory");
        let home = directory.path().to_str().expect("UTF-8").to_owned();
        Self { environment: Environment::fixed(&[("HOME", &home), ("DIR", &home)]), directory }
    }

    fn write(&self, name: &str, content: &[u8]) {
        fs::write(self.directory.path().join(name), content).expect("written");
    }

    fn string(&self, value: &str, bytes: usize) -> Result<Vec<u8>, UsageError> {
        let files = ParamFiles::new(&self.environment);
        files.string("--secret-string", value, SizeLimit { bytes, hint: Some("seal takes any size") }).map(|value| value.expose().to_vec())
    }

    fn blob(&self, value: &str, format: BinaryFormat, bytes: usize) -> Result<Vec<u8>, UsageError> {
        let files = ParamFiles::new(&self.environment);
        files.blob("--secret-binary", value, format, SizeLimit { bytes, hint: None }).map(|value| value.expose().to_vec())
    }
}

#[test]
fn content_is_verbatim() {
    let folder = Folder::new();
    for content in ["", "\n", "a\r\nb\n\n", "caf\u{e9}\u{1f511}", "\u{feff}x"] {
        folder.write("f", content.as_bytes());
        assert_eq!(folder.string("file://~/f", 100), Ok(content.as_bytes().to_vec()));
        assert_eq!(folder.string("file://$DIR/f", 100), Ok(content.as_bytes().to_vec()));
        assert_eq!(folder.blob("fileb://${DIR}/f", BinaryFormat::Base64, 100), Ok(content.as_bytes().to_vec()));
    }
    assert_eq!(folder.string(" file://~/f", 100), Ok(b" file://~/f".to_vec()));
    assert!(is_literal("x") && is_literal("http://x") && !is_literal("file://x") && !is_literal("fileb://x") && !is_literal("-"));
}

#[test]
fn sizes_are_limited_to_the_byte() {
    let folder = Folder::new();
    for size in [1, 8191, 8192, 8193, 65_536] {
        folder.write("f", &vec![b'a'; size]);
        assert_eq!(folder.string("file://~/f", size).expect("fits").len(), size);
        let error = folder.string("file://~/f", size - 1).expect_err("one byte too many");
        let expected = format!("Error parsing parameter '--secret-string': file://~/f holds {size} bytes, more than {} bytes", size - 1);
        assert_eq!((error.message, error.hint.as_deref()), (expected, Some("seal takes any size")));
    }
    assert_eq!(folder.string("abc", 3), Ok(b"abc".to_vec()));
    assert!(folder.string("abcd", 3).is_err());
}

#[test]
fn a_huge_file_is_refused_at_once_and_a_pipe_after_its_limit() {
    let folder = Folder::new();
    let huge = fs::File::create(folder.directory.path().join("huge")).expect("made");
    huge.set_len(5 * 1024 * 1024 * 1024).expect("sparse");
    let error = folder.blob("fileb://~/huge", BinaryFormat::Base64, 65_536).expect_err("5 GiB");
    assert!(error.message.contains("holds 5368709120 bytes, more than 65536 bytes"), "{}", error.message);
    let error = folder.blob("fileb:///dev/zero", BinaryFormat::Base64, 65_536).expect_err("endless");
    assert!(error.message.contains("fileb:///dev/zero is too large, more than 65536 bytes"), "{}", error.message);
}

#[test]
fn what_cannot_be_read_is_named() {
    let folder = Folder::new();
    for (value, expected) in [
        ("file://~/nosuch", "Unable to load paramfile file://~/nosuch: No such file or directory (os error 2)"),
        ("file://$DIR", "Unable to load paramfile file://$DIR: is a directory"),
        ("file://", "Unable to load paramfile file://: No such file or directory (os error 2)"),
        ("fileb://~/f", "takes text, and fileb:// gives bytes"),
    ] {
        assert_eq!(folder.string(value, 10).expect_err(value).message, format!("Error parsing parameter '--secret-string': {expected}"));
    }
    folder.write("file", b"x");
    assert!(folder.string("file://~/file/x", 10).expect_err("not a directory").message.contains("Unable to load paramfile"));
}

#[test]
fn text_must_be_utf_8_and_the_error_shows_none_of_it() {
    let folder = Folder::new();
    folder.write("f", &[SECRET.as_bytes(), &[0xff]].concat());
    let error = folder.string("file://~/f", 100).expect_err("not UTF-8");
    assert!(error.hint.as_ref().is_some_and(|hint| hint.contains("fileb://")));
    assert!(!format!("{error:?}").contains("EXAMPLE"), "{error:?}");
}

#[test]
fn base64_is_strict_but_for_padding_and_white_space() {
    let folder = Folder::new();
    for (text, expected) in [("", &b""[..]), ("AP8=", b"\x00\xff"), ("AP8", b"\x00\xff"), ("+/+/", b"\xfb\xff\xbf"), ("AA==\n", b"\0")] {
        assert_eq!(folder.blob(text, BinaryFormat::Base64, 10), Ok(expected.to_vec()), "{text}");
        folder.write("f", text.as_bytes());
        assert_eq!(folder.blob("file://~/f", BinaryFormat::Base64, 10), Ok(expected.to_vec()), "{text}");
        assert_eq!(folder.blob("file://~/f", BinaryFormat::RawInBase64Out, 10), Ok(text.as_bytes().to_vec()), "{text}");
        assert_eq!(folder.blob(text, BinaryFormat::RawInBase64Out, 10), Ok(text.as_bytes().to_vec()), "{text}");
    }
    for text in ["-_-_", "A", "AP8=AP8=", "AP9=", SECRET, "caf\u{e9}"] {
        let error = folder.blob(text, BinaryFormat::Base64, 100).expect_err(text);
        assert_eq!(error.message, "Error parsing parameter '--secret-binary': Invalid base64");
    }
}

#[test]
fn the_limit_of_a_blob_counts_decoded_bytes() {
    let folder = Folder::new();
    let encoded = base64::engine::general_purpose::STANDARD.encode([7; 3000]);
    let wrapped: Vec<u8> = encoded.as_bytes().chunks(64).flat_map(|line| line.iter().copied().chain(*b"\r\n")).collect();
    folder.write("f", &wrapped);
    assert_eq!(folder.blob("file://~/f", BinaryFormat::Base64, 3000), Ok(vec![7; 3000]));
    assert!(folder.blob("file://~/f", BinaryFormat::Base64, 2999).expect_err("too large").message.contains("the value has 3000 bytes"));
    assert!(folder.blob(&encoded, BinaryFormat::Base64, 2999).is_err());
}

#[test]
fn structures_may_stand_in_a_file() {
    let folder = Folder::new();
    folder.write("tags.json", b"[{\"Key\": \"a\"}]\n");
    let files = ParamFiles::new(&folder.environment);
    let words = |args: &[&str]| files.words("--tags", &args.iter().map(|arg| (*arg).to_owned()).collect::<Vec<_>>());
    assert_eq!(words(&["file://~/tags.json"]), Ok(vec!["[{\"Key\": \"a\"}]\n".to_owned()]));
    assert_eq!(words(&["Key=a"]), Ok(vec!["Key=a".to_owned()]));
    assert_eq!(words(&["Key=a", "file://~/tags.json"]), Ok(vec!["Key=a".to_owned(), "file://~/tags.json".to_owned()]));
    assert!(words(&["file://~/nosuch"]).is_err());
}
