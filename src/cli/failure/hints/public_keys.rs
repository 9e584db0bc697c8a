//! Public keys that are to be imported.

use std::borrow::Cow;

use super::hint::{Hint, one};
use crate::error::PublicKeyRefusal;

const FETCH: &str = "'aws kms get-public-key --output json' writes the file, as 'coldseal kms import-public-key --help' shows";
const DESCRIBE: &str = "'coldseal kms describe-key' shows it";

pub(super) fn hints(refusal: &PublicKeyRefusal) -> Vec<Hint> {
    match refusal {
        PublicKeyRefusal::NotAnswer { .. }
        | PublicKeyRefusal::MemberMissing(_)
        | PublicKeyRefusal::AlgorithmMissing { .. }
        | PublicKeyRefusal::UnknownFile => one(FETCH),
        PublicKeyRefusal::NotOnePem => one(
            "'openssl x509 -in FILE -noout -pubkey' prints the public key of a certificate, 'openssl pkey -in FILE -pubout' that of a private key",
        ),
        PublicKeyRefusal::NotNamed => one("--key-arn and --key-usage do"),
        PublicKeyRefusal::BareKeyId(_) => one("--key-arn names it; 'aws kms describe-key' shows a key's ARN"),
        PublicKeyRefusal::NamedTwice => one("leave out --key-arn and --key-usage"),
        PublicKeyRefusal::OtherFingerprint { .. } => {
            one("compare it with what AWS has, as 'coldseal kms import-public-key --help' shows; is it the right key?")
        }
        PublicKeyRefusal::Arn(_) | PublicKeyRefusal::OtherRegion { .. } => {
            one("'aws kms describe-key' shows a key's ARN; without --region each key goes to the Region that its ARN names")
        }
        PublicKeyRefusal::IdOfEmbedded(_)
        | PublicKeyRefusal::OtherPublicKey { .. }
        | PublicKeyRefusal::IdOfImported { .. }
        | PublicKeyRefusal::OtherSibling(_) => one(DESCRIBE),
        PublicKeyRefusal::AliasTaken { alias, key, .. } => {
            vec![Cow::Owned(format!("'--replace-alias {alias}' gives the name to {key}")), Cow::Borrowed(DESCRIBE)]
        }
        PublicKeyRefusal::FileTooLong(_) => one("is it what 'aws kms get-public-key' printed?"),
        PublicKeyRefusal::NotBase64
        | PublicKeyRefusal::OtherSpec { .. }
        | PublicKeyRefusal::Symmetric(_)
        | PublicKeyRefusal::SpecsDiffer
        | PublicKeyRefusal::NeverUnwraps { .. }
        | PublicKeyRefusal::NotDer
        | PublicKeyRefusal::ModulusLength
        | PublicKeyRefusal::OtherEncoding
        | PublicKeyRefusal::Utf16
        | PublicKeyRefusal::NotUtf8
        | PublicKeyRefusal::NotAnAlias
        | PublicKeyRefusal::AliasTwice(_)
        | PublicKeyRefusal::OtherKeyId(_)
        | PublicKeyRefusal::FingerprintUnused(_)
        | PublicKeyRefusal::NotAFingerprint => Vec::new(),
    }
}
