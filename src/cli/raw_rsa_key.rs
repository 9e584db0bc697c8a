//! `--raw-rsa-key NAMESPACE/NAME=FILE`, `--raw-rsa-padding PADDING` and `--recovery-key rsa=NAMESPACE/NAME=FILE`

use std::sync::Arc;

use clap::ValueEnum;

use super::{
    encryption_context::Purpose,
    failure::Outcome,
    files_in_use::FilesInUse,
    raw_key::{KeyOption, NamedFile, RawKey, cannot_open, opens, other_kind, read_asymmetric_key},
    usage::UsageError,
};
use crate::{
    crypto::{KeyFile, RsaPadding},
    keyring::RawRsaKeyring,
};

const PADDING: &str = "--raw-rsa-padding";
const EXAMPLE: &str = "home/backup=backup.pem";

/// The paddings under the names that the AWS Encryption SDKs give them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum RawRsaPadding {
    #[default]
    #[value(name = "OAEP_SHA256_MGF1")]
    OaepSha256,
    #[value(name = "OAEP_SHA1_MGF1")]
    OaepSha1,
    #[value(name = "OAEP_SHA384_MGF1")]
    OaepSha384,
    #[value(name = "OAEP_SHA512_MGF1")]
    OaepSha512,
    /// RSAES-PKCS1-v1_5, to open older messages; refused for sealing
    #[value(name = "PKCS1")]
    Pkcs1,
}

impl RawRsaPadding {
    const fn padding(self) -> RsaPadding {
        match self {
            Self::OaepSha256 => RsaPadding::OaepSha256Mgf1,
            Self::OaepSha1 => RsaPadding::OaepSha1Mgf1,
            Self::OaepSha384 => RsaPadding::OaepSha384Mgf1,
            Self::OaepSha512 => RsaPadding::OaepSha512Mgf1,
            Self::Pkcs1 => RsaPadding::Pkcs1,
        }
    }
}

/// Reads the key file. A private key seals too: it has the public part.
pub(crate) fn parse_raw_rsa_key(
    files: &FilesInUse,
    option: KeyOption,
    word: &str,
    (padding, purpose): (RawRsaPadding, Purpose),
) -> Outcome<RawKey> {
    let NamedFile { namespace, name, file } = NamedFile::parse(option, word, EXAMPLE)?;
    if padding == RawRsaPadding::Pkcs1 && !opens(purpose) {
        let what = "PKCS1 opens older messages and seals none: its padding gives way to Bleichenbacher's attack";
        return Err(UsageError::parameter(PADDING, what).with_hint("leave the option out: OAEP_SHA256_MGF1 is the default").into());
    }
    let padding = padding.padding();
    let keyring = match read_asymmetric_key(files, option, &file)? {
        KeyFile::RsaPrivate(key) => RawRsaKeyring::from_private_key(namespace, name, padding, key),
        KeyFile::RsaPublic(_) if opens(purpose) => return Err(cannot_open(option, &file).into()),
        KeyFile::RsaPublic(key) => RawRsaKeyring::from_public_key(namespace, name, padding, key),
        KeyFile::EcPrivate(_) | KeyFile::EcPublic(_) => {
            return Err(other_kind(option, &file, "an elliptic curve key").into());
        }
    };
    let keyring = keyring.map_err(|error| option.error(error))?;
    Ok(Arc::new(keyring))
}
