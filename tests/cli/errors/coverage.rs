//! No kind of error goes without a session. The variants are read from the sources, so that a new one fails here until it has one.

use std::{fs, path::Path};

use super::folder;

/// Kinds of error that no session shows, and why.
const UNREACHED: [(&str, &str); 31] = [
    ("EncryptionFailure", "AWS KMS gives no usable answer: src/vault/tests/online.rs"),
    ("Misuse", "a caller's fault, which no input causes"),
    ("NotStored", "needs a message that was sealed elsewhere: src/message/tests/required_context.rs"),
    ("Random", "needs an operating system without random numbers"),
    ("Clock", "needs a clock outside of the years 0 to 9999: src/timestamp.rs"),
    ("Surplus", "needs a bundle that was sealed elsewhere: src/vault/tests/binding.rs"),
    ("Reserved", "the command line refuses such names before the library does: values.txt"),
    ("DependencyTimeoutException", "AWS KMS answers with it: interop, and src/kms/aws"),
    ("ExpiredTokenException", "AWS KMS answers with it: interop, and src/kms/aws"),
    ("InvalidGrantTokenException", "AWS KMS answers with it: interop, and src/kms/aws"),
    ("KMSInternalException", "AWS KMS answers with it: interop, and src/kms/aws"),
    ("KeyUnavailableException", "AWS KMS answers with it: interop, and src/kms/aws"),
    ("OptInRequired", "AWS KMS answers with it: interop, and src/kms/aws"),
    ("ServiceUnavailableException", "AWS KMS answers with it: interop, and src/kms/aws"),
    ("ThrottlingException", "AWS KMS answers with it: interop, and src/kms/aws"),
    ("IncompleteSignatureException", "answered over HTTP only: tests/system/test_serve_requests.py"),
    ("InvalidSignatureException", "answered over HTTP only: tests/system/test_serve_requests.py"),
    ("MissingAuthenticationTokenException", "answered over HTTP only: tests/system/test_serve_requests.py"),
    ("SerializationException", "answered over HTTP only: tests/system/test_serve_requests.py"),
    ("UnknownOperationException", "answered over HTTP only: tests/system/test_serve_requests.py"),
    ("UnrecognizedClientException", "answered over HTTP only: tests/system/test_serve_requests.py"),
    ("InternalServiceError", "answered over HTTP only: src/endpoint/tests/secrets/beside_commands.rs"),
    ("NoAnswer", "AWS KMS answers with it: interop, and src/kms/aws"),
    ("NoCredentials", "needs --kms aws: tests/system/test_kms_aws.py"),
    ("AwsConfiguration", "needs a machine without threads"),
    ("EmptyPassphrase", "the command line refuses an empty passphrase before the library does"),
    ("KeyFileOfOther", "needs a key file that another process writes meanwhile"),
    ("NotSynced", "needs a directory that cannot be synced: tests/cli/outputs/other_user.rs"),
    ("PartlyReplaced", "needs a file that cannot be replaced: tests/cli/outputs/replaced.rs"),
    ("SecretFileOwner", "needs a file of another user: tests/cli/secret_files.rs"),
    ("OtherKeystore", "told to the log of a service only: src/endpoint/tests/keystore.rs"),
];

/// What stands in a message of each kind; an [`ErrorCode`](coldseal::ErrorCode) stands there by its name.
const PHRASES: [(&str, &str); 57] = [
    // Error
    ("Format", "malformed message: "),
    ("NotWritable", "the message cannot be written: "),
    ("Decryption", "the message could not be decrypted: "),
    ("Signature", "coldseal: the signature of the message does not verify: "),
    ("NoUsableKey", "coldseal: no encrypted data key of the message can be unwrapped here"),
    ("EncryptionContext", "coldseal: encryption context: "),
    ("Key", "the key cannot be used: "),
    ("NotReproduced", "the message stores no pair "),
    ("TooLong", " bytes, over the limit of "),
    ("TooLongToHold", " MiB cannot be held until its signature is verified"),
    ("Service", "An error occurred ("),
    ("Setup", "coldseal: there is no vault at"),
    ("Damaged", "hint: restore the file from a copy"),
    ("Io", " (os error "),
    // ContextMismatch
    ("Missing", "the message has no pair with the key"),
    ("Value", "is not the one demanded"),
    // FormatProblem
    ("Truncated", "the input ends too early"),
    ("Unsupported", " is not supported"),
    ("TooLarge", " is over the limit of "),
    ("Unexpected", ": expected "),
    ("Zero", ": must not be zero"),
    ("NotAPublicKey", ": is not a compressed point of P-384"),
    ("NotUtf8", ": not UTF-8"),
    ("Duplicate", "encryption context key: occurs twice"),
    ("Unsorted", ": not in ascending order"),
    ("NotSequenceNumber", ": is not the sequence number"),
    ("Overrun", ": runs past the end of what holds it"),
    ("NotOfSuite", ": does not go with the algorithm suite"),
    ("Trailing", ": bytes after its end"),
    // SetupError
    ("NoVault", "there is no vault at"),
    ("NotComparable", "is neither a vault nor a root of one"),
    ("NoKeystore", "there is no keystore at"),
    ("NoKeyFile", "needs its key file"),
    ("OtherAccount", "which cannot be changed to"),
    ("NothingThere", "there is nothing at"),
    ("NothingToVerify", "is neither a vault, nor the folder of a secret, nor a bundle"),
    ("NotInRegionFolder", "is not in the folder of a Region"),
    ("RegionNotEnabled", "coldseal: the Region af-south-1 is not enabled"),
    ("NoKeys", "there are no keys in"),
    ("KeysOfOtherAccount", "the keys are of the account"),
    ("RegionsElsewhere", "whose keys are not in this keystore"),
    ("NewerKeystore", "is newer than what this version reads"),
    ("WrongPassphrase", "does not open with this passphrase; is it another"),
    ("SigningKeyPassphrase", "the signing key does not open with this passphrase"),
    ("WrongKeyFile", "does not open with the key file"),
    ("NotAKeyFile", "not a key file: a key file has exactly"),
    ("KeyFileNotRegular", "not a regular file, so not a key file"),
    ("SecretFileMode", "others may read or change this file, which is secret"),
    ("KeyFileExists", "name another file for the new key"),
    ("KeyFileShared", "give one of the two keystores a key file of its own"),
    ("FileExists", "is there already; name another file"),
    ("NoAttempts", "takes at least 1 attempt"),
    ("WeakPassphrase", "the new passphrase is easy to guess"),
    ("Endpoint", "does not begin with http:// or https://"),
    ("NotLoopback", "is not loopback"),
    ("FreshnessState", ", where accepted roots are remembered: "),
    ("Other", "is needed, and there is no terminal to ask on"),
];

/// The names of an enumeration's variants, as they stand in its source: indented once, behind documentation and attributes.
fn variants(file: &str, name: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let source = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let (_, body) = source.split_once(&format!("pub enum {name} {{\n")).unwrap_or_else(|| panic!("{file} has no {name}"));
    let lines = body.lines().take_while(|line| *line != "}");
    let starts = lines.filter_map(|line| line.strip_prefix("    ")).filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()));
    let end = |line: &str| line.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(line.len());
    let names: Vec<_> = starts.map(|line| line[..end(line)].to_owned()).collect();
    assert!(!names.is_empty(), "{name} in {file}");
    names
}

/// What the sessions print.
fn printed() -> String {
    let files = fs::read_dir(folder()).expect("a folder").map(|entry| entry.expect("an entry").path());
    let sessions = files.filter(|path| path.extension().is_some_and(|extension| extension == "txt"));
    let texts: Vec<_> = sessions.map(|path| fs::read_to_string(path).expect("text")).collect();
    texts.iter().flat_map(|text| text.lines()).filter(|line| line.starts_with("    ")).map(|line| format!("{line}\n")).collect()
}

#[test]
fn every_kind_of_error_has_a_session() {
    let printed = printed();
    let mut known: Vec<String> = Vec::new();
    for (file, name) in [
        ("src/error/code.rs", "ErrorCode"),
        ("src/error/mod.rs", "Error"),
        ("src/error/mod.rs", "ContextMismatch"),
        ("src/error/format.rs", "FormatProblem"),
        ("src/error/setup.rs", "SetupError"),
    ] {
        for variant in variants(file, name) {
            let by_name = format!("({variant})");
            let phrase = if name == "ErrorCode" { Some(by_name.as_str()) } else { phrase(&variant) };
            let is_seen = phrase.is_some_and(|phrase| printed.contains(phrase));
            let is_listed = UNREACHED.iter().any(|(unreached, _)| *unreached == variant);
            assert!(is_seen || is_listed, "{name}::{variant}: no session in tests/cli/errors shows it");
            assert!(!(is_seen && is_listed), "{name}::{variant}: is shown, so it need not be listed");
            known.push(variant);
        }
    }
    for (variant, _) in UNREACHED.iter().chain(&PHRASES) {
        assert!(known.iter().any(|name| name == variant), "{variant}: there is no such kind of error");
    }
}

fn phrase(variant: &str) -> Option<&'static str> {
    PHRASES.iter().find(|(name, _)| *name == variant).map(|(_, phrase)| *phrase)
}
