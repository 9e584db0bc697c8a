//! Arguments on the keys that a bundle opens with besides its Region's own.

use clap::Args;

use super::SignedReadingArgs;

/// How new bundles are wrapped.
#[derive(Debug, Args)]
pub(crate) struct WrapArgs {
    /// [coldseal] One more key that every new bundle opens with: kms=KEY, aes=NAMESPACE/NAME=FILE or rsa=NAMESPACE/NAME=FILE; repeat it for several
    #[arg(long, value_name = "RECOVERY")]
    pub(crate) recovery_key: Vec<String>,
    /// [coldseal] How RSA keys of KMS wrap: RSAES_OAEP_SHA_256 or RSAES_OAEP_SHA_1 [default: RSAES_OAEP_SHA_256]
    #[arg(long, value_name = "ALGORITHM", value_parser = ["RSAES_OAEP_SHA_256", "RSAES_OAEP_SHA_1"], hide_possible_values = true)]
    pub(crate) encryption_algorithm: Option<String>,
}

/// What the bundle of one Region is opened with besides the keystore.
#[derive(Debug, Args)]
pub(crate) struct ValueOpeningArgs {
    #[command(flatten)]
    pub(crate) opening: OpeningKeyArgs,
    #[command(flatten)]
    pub(crate) signed: SignedReadingArgs,
    /// [coldseal] The same as they were given at sealing: aes=NAMESPACE/NAME=FILE or rsa=NAMESPACE/NAME=FILE; repeat it for several
    #[arg(long, value_name = "RECOVERY")]
    pub(crate) recovery_key: Vec<String>,
}

/// What existing bundles are opened with besides the keystore.
#[derive(Debug, Args)]
pub(crate) struct OpeningKeyArgs {
    /// [coldseal] With --kms aws: a key of AWS KMS to open with, and no other there: id, ARN, alias or alias ARN; repeat it for several
    #[arg(long, value_name = "KEY")]
    pub(crate) kms_key_id: Vec<String>,
    #[command(flatten)]
    pub(crate) raw: RawOpeningKeyArgs,
}

/// Keys that the user holds, to open existing bundles with.
#[derive(Debug, Args)]
pub(crate) struct RawOpeningKeyArgs {
    /// [coldseal] A recovery key to open with: a file of 16, 24 or 32 bytes; repeat it for several
    #[arg(long, value_name = "NAMESPACE/NAME=FILE")]
    pub(crate) raw_aes_key: Vec<String>,
    /// [coldseal] A recovery key to open with: an RSA private key in PEM or DER; repeat it for several
    #[arg(long, value_name = "NAMESPACE/NAME=FILE")]
    pub(crate) raw_rsa_key: Vec<String>,
}
