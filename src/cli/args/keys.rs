//! Keys for one message.

use std::path::PathBuf;

use clap::Args;

use crate::cli::raw_rsa_key::RawRsaPadding;

/// Keys for one message.
#[derive(Debug, Args)]
pub(crate) struct KeyArgs {
    /// KMS key in the Region: id, ARN, alias or alias ARN; repeat it for several
    #[arg(long, value_name = "KEY")]
    pub(crate) kms_key_id: Vec<String>,
    /// Raw AES key: a file of 16, 24 or 32 bytes under a name that the message carries, a backslash before each / of NAMESPACE and = of either; repeat it for several
    #[arg(long, value_name = "NAMESPACE/NAME=FILE")]
    pub(crate) raw_aes_key: Vec<String>,
    /// Raw RSA key in PEM or DER, 2048 to 8192 bits: a public key seals, a private key also opens; repeat it for several
    #[arg(long, value_name = "NAMESPACE/NAME=FILE")]
    pub(crate) raw_rsa_key: Vec<String>,
    /// Padding under the RSA keys, with MGF1 on the same hash; PKCS1 opens only [default: OAEP_SHA256_MGF1]
    #[arg(long, value_name = "PADDING", requires = "raw_rsa_key")]
    pub(crate) raw_rsa_padding: Option<RawRsaPadding>,
    /// Elliptic curve key on P-256, P-384 or P-521 in PEM or DER: a public key seals, with an ephemeral sender; a private key also opens; repeat it for several
    #[arg(long, value_name = "FILE")]
    pub(crate) raw_ecdh_key: Vec<PathBuf>,
}

impl KeyArgs {
    /// True where a key is named that is in a file of its own.
    pub(crate) fn has_raw_keys(&self) -> bool {
        !(self.raw_aes_key.is_empty() && self.raw_rsa_key.is_empty() && self.raw_ecdh_key.is_empty())
    }
}
