//! Arguments of the embedded KMS over HTTP.

use std::{ffi::OsString, path::PathBuf};

use clap::Args;

/// [coldseal] Serve the embedded KMS to programs that speak to AWS KMS
///
/// The AWS CLI, SDKs and Encryption SDKs use it like AWS KMS, in all Regions at once: a request's Region is the one that it is signed for. It
/// sees keys that commands make meanwhile, and makes the keystore where there is none. It listens on loopback, and takes requests that are
/// signed with its credentials, which are new at each start. The address is printed when it listens; stdout ends there. Ctrl-C stops it.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  coldseal kms serve -- aws kms list-keys --region us-east-1
  coldseal kms serve -- aws-encryption-cli --decrypt --suppress-metadata \\
      --input db.bundle --output - \\
      --wrapping-keys discovery=true region=us-west-2
  eval \"$(coldseal kms serve --export &)\"  # for all that this shell runs
  aws kms list-keys --region us-east-1
  kill $COLDSEAL_KMS_SERVE_PID
  coldseal kms serve --listen 127.0.0.1:8200 --config-file kms.config &
  export AWS_CONFIG_FILE=kms.config AWS_SHARED_CREDENTIALS_FILE=kms.config

A PROGRAM gets AWS_ENDPOINT_URL_KMS, AWS_ACCESS_KEY_ID and \
AWS_SECRET_ACCESS_KEY; AWS_SESSION_TOKEN, AWS_PROFILE and the variables of \
passphrases are taken away. Its exit code becomes that of this command. Other \
services than KMS are reached as ever, with credentials that they refuse.")]
pub(crate) struct ServeArgs {
    /// Address and port; port 0 stands for one that is free
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:0")]
    pub(crate) listen: String,
    /// AWS configuration file to write, with endpoint and credentials; removed at the end [default: serve.config beside the keystore]
    #[arg(long, value_name = "FILE", conflicts_with = "program")]
    pub(crate) config_file: Option<PathBuf>,
    /// Print 'export' lines for a shell, with the credentials, in place of the address
    #[arg(long, conflicts_with = "program")]
    pub(crate) export: bool,
    /// Take requests without a valid signature, from whoever reaches the port
    #[arg(long)]
    pub(crate) allow_unsigned: bool,
    /// Listen on an address other than loopback; there is no TLS, so keys cross the network in clear
    #[arg(long)]
    pub(crate) allow_remote: bool,
    /// Program to run with the environment set, and to end with
    #[arg(last = true, value_name = "PROGRAM")]
    pub(crate) program: Vec<OsString>,
}
