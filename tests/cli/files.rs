//! `seal`, `open` and `inspect`.

use std::fs;

use snapbox::str;

use crate::sandbox::Sandbox;

const KEY: &str = "--raw-aes-key home/backup=backup.key";

fn with_key() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("backup.key", [7; 32]);
    sandbox.write("other.key", [8; 32]);
    sandbox.write("small.key", [9; 16]);
    sandbox.write("text", "attack at dawn\n");
    sandbox
}

/// A sandbox with the message `sealed` of three frames, which say `frame`.
fn sealed() -> Sandbox {
    let sandbox = with_key();
    sandbox.write("three", "frame".repeat(3));
    sandbox
        .coldseal(&format!("seal three {KEY} --encryption-context purpose=test --frame-length 5 -o sealed"))
        .assert()
        .success()
        .stdout_eq("")
        .stderr_eq("");
    sandbox
}

#[test]
fn stdin_goes_to_stdout() {
    let sandbox = with_key();
    let sealed = sandbox.coldseal(&format!("seal {KEY}")).stdin("piped").output().expect("runs");
    assert!(sealed.status.success() && sealed.stderr.is_empty());
    sandbox.coldseal(&format!("open - {KEY}")).stdin(sealed.stdout.clone()).assert().success().stdout_eq("piped").stderr_eq("");
    sandbox.write("sealed", &sealed.stdout);
    sandbox.coldseal(&format!("open sealed {KEY} -o -")).assert().success().stdout_eq("piped");
    sandbox.coldseal("inspect -").stdin(sealed.stdout).assert().success();
}

#[test]
fn frame_lengths_have_limits() {
    let sandbox = with_key();
    for length in ["1", "16777216"] {
        sandbox.coldseal(&format!("seal text {KEY} --frame-length {length} -o {length}")).assert().success();
        sandbox.coldseal(&format!("open {length} {KEY}")).assert().success().stdout_eq("attack at dawn\n");
    }
    for length in ["0", "16777217"] {
        sandbox.coldseal(&format!("seal text {KEY} --frame-length {length} -o {length}")).assert().code(252).stdout_eq("");
        assert!(!sandbox.exists(length));
    }
    sandbox.coldseal(&format!("seal text {KEY} --frame-length 0")).assert().code(252).stderr_eq(str![[r#"
coldseal: --frame-length: a frame has 1 to 16777216 bytes, not 0

"#]]);
    sandbox.coldseal(&format!("seal text {KEY} --frame-length 4294967296")).assert().code(252).stderr_eq(str![[r#"
error: invalid value for '--frame-length <BYTES>': it is not in 0..=4294967295

For more information, try '--help'.

"#]]);
}

#[test]
fn empty_and_exact_payloads_round_trip() {
    let sandbox = with_key();
    for payload in ["", "12345678", "1234567812345678", "123456781"] {
        let sealed = sandbox.coldseal(&format!("seal {KEY} --frame-length 8")).stdin(payload).output().expect("runs");
        sandbox.coldseal(&format!("open {KEY}")).stdin(sealed.stdout).assert().success().stdout_eq(payload);
    }
}

#[test]
fn a_failed_open_leaves_no_file() {
    let sandbox = sealed();
    let message = sandbox.read("sealed");
    let mut tampered = message.clone();
    *tampered.last_mut().expect("not empty") ^= 1;
    let mut longer = message.clone();
    longer.push(0);
    sandbox.write("tampered", &tampered);
    sandbox.write("longer", longer);
    sandbox.write("short", message.split_last_chunk::<20>().expect("longer than that").0);
    sandbox.write("empty", "");
    let before = sandbox.files(".");
    let refused = |arguments: &str| sandbox.coldseal(&format!("open {arguments} -o out")).assert().code(254).stdout_eq("");
    refused(&format!("tampered {KEY}")).stderr_eq(str![[r#"
coldseal: the message could not be decrypted: it was changed, or the key is not the one that it was sealed with
hint: name the key that it was sealed with, which 'coldseal inspect' shows, or fetch the message again

"#]]);
    refused(&format!("longer {KEY}")).stderr_eq(str![[r#"
coldseal: malformed message: message: bytes after its end
hint: the message was changed: fetch it again

"#]]);
    refused(&format!("short {KEY}")).stderr_eq(str![[r#"
coldseal: malformed message: final frame content length: the input ends too early
hint: the message is cut off: fetch it again

"#]]);
    refused(&format!("empty {KEY}")).stderr_eq(str![[r#"
coldseal: malformed message: version: the input ends too early
hint: the message is empty: look at where it comes from

"#]]);
    refused(&format!("text {KEY}")).stderr_eq(str![[r#"
coldseal: malformed message: version: 0x0061 is not supported
hint: is this an AWS Encryption SDK message of format 2.0? Messages of format 1 have no key commitment and are not read

"#]]);
    refused("sealed --raw-aes-key home/backup=other.key").stderr_eq(str![[r#"
coldseal: no encrypted data key of the message can be unwrapped here
  home backup: does not unwrap
hint: name a key with --kms-key-id, --raw-aes-key, --raw-rsa-key or --raw-ecdh-key, use the keystore that has it (--keystore), or bring the key here, after a rotation again: 'coldseal kms export-keys' there, 'coldseal kms import-keys' here

"#]]);
    refused("sealed --raw-aes-key home/other=backup.key").stderr_eq(str![[r#"
coldseal: no encrypted data key of the message can be unwrapped here
  home backup: no key at hand fits it
hint: name a key with --kms-key-id, --raw-aes-key, --raw-rsa-key or --raw-ecdh-key, use the keystore that has it (--keystore), or bring the key here, after a rotation again: 'coldseal kms export-keys' there, 'coldseal kms import-keys' here

"#]]);
    refused(&format!("sealed {KEY} --encryption-context purpose=other")).stderr_eq(str![[r#"
coldseal: encryption context: the value of 'purpose' is not the one demanded
hint: 'coldseal inspect' shows the pairs of the message; is it the one that you meant?

"#]]);
    refused(&format!("sealed {KEY} --encryption-context team")).stderr_eq(str![[r#"
coldseal: encryption context: the message has no pair with the key 'team'
hint: 'coldseal inspect' shows the pairs of the message; is it the one that you meant?

"#]]);
    refused(&format!("sealed {KEY} --max-content-length 4")).stderr_eq(str![[r#"
coldseal: the content of one frame is 5 bytes, over the limit of 4
hint: raise the limit with --max-content-length if you trust the message; it is held in memory

"#]]);
    assert_eq!(sandbox.files("."), before);
    // To a pipe, what was verified before the fault has gone out: the exit code says to discard it.
    sandbox.coldseal(&format!("open tampered {KEY}")).assert().code(254).stdout_eq("frameframe");
}

#[test]
fn contexts_are_demanded_by_pair_and_by_key() {
    let sandbox = sealed();
    for context in ["purpose=test", "purpose", r#"{"purpose":null}"#] {
        sandbox.coldseal(&format!("open sealed {KEY} --encryption-context {context}")).assert().success().stdout_eq("frameframeframe");
    }
}

#[test]
fn each_of_several_keys_opens() {
    let sandbox = with_key();
    sandbox.ok("kms create-key --region us-west-2");
    let key = sandbox.stdout("kms list-keys --query Keys[0].KeyArn --output text");
    let key = key.trim_end();
    sandbox.ok(&format!("kms create-alias --alias-name alias/backup --target-key-id {key}"));
    let seal =
        "seal text --kms-key-id alias/backup --raw-aes-key a/b=small.key --raw-aes-key home/backup=backup.key --region us-west-2 -o sealed";
    sandbox.coldseal(seal).assert().success();
    for arguments in
        ["", KEY, "--raw-aes-key a/b=small.key", "--kms-key-id alias/backup --region us-west-2", &format!("--kms-key-id {key}")]
    {
        sandbox.coldseal(&format!("open sealed {arguments}")).assert().success().stdout_eq("attack at dawn\n");
    }
    sandbox.ok(&format!("kms disable-key --key-id {key}"));
    sandbox.coldseal("open sealed").assert().code(254).stdout_eq("").stderr_eq(str![[r#"
coldseal: no encrypted data key of the message can be unwrapped here
  aws-kms arn:aws:kms:us-west-2:000000000000:key/[UUID]: DisabledException: arn:aws:kms:us-west-2:000000000000:key/[UUID] is disabled.
  a b: no key at hand fits it
  home backup: no key at hand fits it
hint: name a key with --kms-key-id, --raw-aes-key, --raw-rsa-key or --raw-ecdh-key, use the keystore that has it (--keystore), or bring the key here, after a rotation again: 'coldseal kms export-keys' there, 'coldseal kms import-keys' here

"#]]);
    sandbox.coldseal(&format!("seal text --kms-key-id {key} -o no")).assert().code(254).stderr_eq(str![[r#"
An error occurred (DisabledException) when calling the GenerateDataKey operation: arn:aws:kms:us-west-2:000000000000:key/[UUID] is disabled.
hint: 'coldseal kms enable-key' enables a key

"#]]);
    sandbox.coldseal("seal text --kms-key-id alias/nope --region us-west-2 -o no").assert().code(254).stderr_eq(str![[r#"
An error occurred (NotFoundException) when calling the GenerateDataKey operation: Alias arn:aws:kms:us-west-2:000000000000:alias/nope is not found.
hint: 'coldseal kms list-keys' and 'coldseal kms list-aliases' show what there is

"#]]);
    sandbox.coldseal("seal text --kms-key-id alias/backup -o no").assert().code(253).stderr_eq(str![[r#"
coldseal: You must specify a region.
hint: --region us-west-2, or AWS_REGION, or 'region' in the AWS configuration file

"#]]);
    assert!(!sandbox.exists("no"));
}

#[test]
fn key_files_have_16_24_or_32_bytes() {
    let sandbox = with_key();
    sandbox.write("hex", "07".repeat(32));
    sandbox.write("empty", "");
    let refused = |key: &str| sandbox.coldseal(&format!("seal text --raw-aes-key {key} -o out")).assert().code(252).stdout_eq("");
    refused("a/b=hex").stderr_eq(str![[r#"
coldseal: Error parsing parameter '--raw-aes-key': hex has 64 bytes; an AES key has 16, 24 or 32
hint: it holds hex digits, which stand for 32 bytes: '(umask 077 && xxd -r -p FILE > KEYFILE)' makes a key file of them

"#]]);
    refused("a/b=empty").stderr_eq(str![[r#"
coldseal: Error parsing parameter '--raw-aes-key': empty has 0 bytes; an AES key has 16, 24 or 32
hint: (umask 077 && head -c 32 /dev/urandom > FILE) makes one; the bytes stand as they are, without hex or a line end

"#]]);
    refused("a/b=missing").stderr_eq(str![[r#"
coldseal: Error parsing parameter '--raw-aes-key': reading missing: No such file or directory (os error 2)

"#]]);
    refused("ab=backup.key").stderr_eq(str![[r#"
coldseal: Error parsing parameter '--raw-aes-key': NAMESPACE/NAME=FILE, for instance home/backup=backup.key

"#]]);
    refused("a/b").stderr_eq(str![[r#"
coldseal: Error parsing parameter '--raw-aes-key': NAMESPACE/NAME=FILE, for instance home/backup=backup.key

"#]]);
    refused("aws-kms/b=backup.key").stderr_eq(str![[r#"
coldseal: Error parsing parameter '--raw-aes-key': the key namespace 'aws-kms' belongs to AWS KMS

"#]]);
    sandbox.coldseal("seal text -o out").assert().code(252).stderr_eq(str![[r#"
coldseal: seal needs at least one key
hint: --kms-key-id alias/NAME --region us-west-2 for a key of the embedded KMS, --region us-west-2 alone for the Region's default key, or --raw-aes-key, --raw-rsa-key or --raw-ecdh-key

"#]]);
    sandbox.coldseal(&format!("seal text {KEY} --encryption-context aws-crypto-public-key=x -o out")).assert().code(252).stderr_eq(str![[
        r#"
coldseal: Error parsing parameter '--encryption-context': the name aws-crypto-public-key is reserved
hint: SecretARN, SecretVersionId and names that begin with coldseal: or aws-crypto- are set by the tools

"#
    ]]);
    assert!(!sandbox.exists("out"));
}

#[test]
fn nothing_is_overwritten_unasked_and_an_input_never() {
    let sandbox = sealed();
    sandbox.write("taken", "mine");
    sandbox.coldseal(&format!("seal text {KEY} -o taken")).assert().code(252).stderr_eq(str![[r#"
coldseal: taken: exists; --force overwrites it

"#]]);
    sandbox.coldseal(&format!("open sealed {KEY} -o taken")).assert().code(252);
    assert_eq!(sandbox.read("taken"), b"mine");
    fs::hard_link(sandbox.path("text"), sandbox.path("hard")).expect("linked");
    #[cfg(unix)]
    std::os::unix::fs::symlink("backup.key", sandbox.path("soft")).expect("linked");
    for output in ["text", "./text", "hard", "backup.key", "soft"] {
        let refused = sandbox.coldseal(&format!("seal text {KEY} --force -o {output}")).assert().code(252);
        if output == "soft" {
            refused.stderr_eq(str![[r#"
coldseal: soft: is an input of this command; write to another file

"#]]);
        }
    }
    assert_eq!((sandbox.read("text"), sandbox.read("backup.key")), (b"attack at dawn\n".to_vec(), vec![7; 32]));
    sandbox.coldseal(&format!("open sealed {KEY} --force --no-sync -o taken")).assert().success();
    assert_eq!(sandbox.read("taken"), b"frameframeframe");
}

#[cfg(unix)]
#[test]
fn a_forced_output_stays_a_link() {
    let sandbox = sealed();
    sandbox.write("target", "old");
    std::os::unix::fs::symlink("target", sandbox.path("link")).expect("linked");
    sandbox.coldseal(&format!("open sealed {KEY} --force -o link")).assert().success();
    assert_eq!(sandbox.read("target"), b"frameframeframe");
    assert!(fs::symlink_metadata(sandbox.path("link")).expect("there").is_symlink());
}

#[test]
fn bad_inputs_and_outputs_are_named() {
    let sandbox = sealed();
    fs::create_dir(sandbox.path("folder")).expect("made");
    let failed = |arguments: &str, code: i32| sandbox.coldseal(arguments).assert().code(code).stdout_eq("");
    failed(&format!("seal missing {KEY} -o out"), 255).stderr_eq(str![[r#"
coldseal: opening missing: No such file or directory (os error 2)

"#]]);
    failed(&format!("seal folder {KEY} -o out"), 255).stderr_eq(str![[r#"
coldseal: opening folder: is a directory

"#]]);
    failed(&format!("seal text {KEY} -o folder"), 252).stderr_eq(str![[r#"
coldseal: folder: is a directory; name a file in it

"#]]);
    failed(&format!("seal text {KEY} -o missing/out"), 255).stderr_eq(str![[r#"
coldseal: making a file in missing: No such file or directory (os error 2)

"#]]);
    failed(&format!("open missing {KEY} -o out"), 255).stderr_eq(str![[r#"
coldseal: opening missing: No such file or directory (os error 2)

"#]]);
    failed("inspect missing", 255).stderr_eq(str![[r#"
coldseal: opening missing: No such file or directory (os error 2)

"#]]);
    if cfg!(target_os = "linux") {
        failed(&format!("seal text {KEY} -o /dev/full"), 255).stderr_eq(str![[r#"
coldseal: writing the output: No space left on device (os error 28)

"#]]);
        failed(&format!("open sealed {KEY} -o /dev/full"), 255).stderr_eq(str![[r#"
coldseal: writing the output: No space left on device (os error 28)

"#]]);
        failed(&format!("seal text {KEY} -o /proc/self/out"), 255).stderr_eq(str![[r#"
coldseal: making a file in /proc/self: Operation not permitted (os error 1)

"#]]);
        assert!(!sandbox.exists("out"));
    }
}

#[test]
fn inspect_shows_the_header_and_no_key() {
    let sandbox = sealed();
    sandbox
        .coldseal("inspect sealed")
        .assert()
        .success()
        .stdout_eq(str![[r#"
{
    "Version": "2.0",
    "AlgorithmSuiteId": "0x0478",
    "AlgorithmSuite": "AES_256_GCM_HKDF_SHA512_COMMIT_KEY",
    "MessageId": "[SHA]",
    "EncryptionContext": {
        "purpose": "test"
    },
    "EncryptedDataKeys": [
        {
            "ProviderId": "home",
            "Key": "backup",
            "RawKey": "home/backup",
            "CiphertextLength": 48
        }
    ],
    "ContentType": "framed",
    "FrameLength": 5,
    "KeyCommitment": "[SHA]",
    "HeaderLength": 193,
    "Frames": 4,
    "PlaintextLength": 15,
    "MessageLength": 344
}

"#]])
        .stderr_eq("");
    sandbox.coldseal("inspect sealed --query EncryptionContext.purpose --output text").assert().success().stdout_eq("test\n");
    let message = sandbox.read("sealed");
    sandbox.write("short", message.split_last_chunk::<1>().expect("not empty").0);
    sandbox.coldseal("inspect short").assert().code(254).stdout_eq("").stderr_eq(str![[r#"
coldseal: malformed message: frame content: the input ends too early
hint: the message is cut off: fetch it again

"#]]);
    sandbox.coldseal("inspect text").assert().code(254).stdout_eq("").stderr_eq(str![[r#"
coldseal: malformed message: version: 0x0061 is not supported
hint: is this an AWS Encryption SDK message of format 2.0? Messages of format 1 have no key commitment and are not read

"#]]);
}
