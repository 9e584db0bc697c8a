//! Seals and opens a message under a key in AWS KMS, with the credentials and the settings that the AWS CLI would use.
//!
//! `cargo run --example aws_kms --features kms-client -- us-west-2 alias/example`

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use coldseal::{
    EncryptionContext, OpenOptions, SealOptions,
    keyring::AwsKmsKeyring,
    kms::{AwsKms, AwsKmsOptions, OnlineKms as _},
    open,
    region::Region,
    seal,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [region, key_id] = arguments.as_slice() else {
        println!("usage: aws_kms REGION KEY, where KEY is a key id, key ARN, alias name or alias ARN");
        return Ok(());
    };
    let region = Region::new(region).ok_or("that is no Region of AWS")?;

    // Nothing is read or sent before the first call. `AWS_PROFILE`, `AWS_ENDPOINT_URL_KMS` and the rest are the SDK's.
    let kms = AwsKms::new(AwsKmsOptions::default())?;
    let key = kms.describe_key(region, key_id)?.arn;
    println!("{key_id} is {key}");

    // One call of GenerateDataKey to seal, one of Decrypt to open: the payload itself never leaves this machine.
    let keyring = AwsKmsKeyring::new(&kms, key);
    let context: EncryptionContext = [("purpose", "example")].into_iter().collect();
    let mut message = Vec::new();
    seal(&b"attack at dawn"[..], &mut message, &[&keyring], &context, SealOptions::default())?;
    let mut plaintext = Vec::new();
    open(&message[..], &mut plaintext, &[&keyring], &OpenOptions::default())?;
    assert_eq!(plaintext, b"attack at dawn");
    println!("sealed and opened, with {} calls", kms.calls().calls);
    Ok(())
}
