//! Arguments of the embedded KMS over HTTP.

use clap::Args;

use crate::cli::args::EndpointArgs;

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
AWS_SECRET_ACCESS_KEY, AWS_REGION and AWS_DEFAULT_REGION (what --region, the \
environment or the profile says), no_proxy and NO_PROXY with the address added, \
and what turns off settings of a profile that lead elsewhere. AWS_SESSION_TOKEN, \
AWS_PROFILE, their like and the variables of passphrases are taken away. Its \
exit code becomes that of this command. Other services than KMS are reached as \
ever, with credentials that they refuse. --export prints the same for a shell.

Without --config-file the configuration file is serve.config beside the keystore. \
It can do nothing about variables: those that are set and win over it are named \
at the start.")]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub(crate) endpoint: EndpointArgs,
}
