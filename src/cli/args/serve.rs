//! Arguments of secrets over HTTP.

use clap::Args;

use super::{EndpointArgs, SignedReadingArgs};

/// [coldseal] Serve the secrets of a vault to programs that speak to AWS Secrets Manager
///
/// The AWS CLI and SDKs use it like AWS Secrets Manager, in all Regions at once: a request's Region is the one that it is signed for. It sees
/// what commands change meanwhile. It is for reading unless --writable is given; then it makes the vault and the keystore where there are none.
/// It listens on loopback, and takes requests that are signed with its credentials, which are new at each start. The address is printed when it
/// listens; stdout ends there. Ctrl-C stops it.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  coldseal serve -- aws secretsmanager get-secret-value \\
      --secret-id production/DBWest --region us-west-2
  coldseal serve --secret-id production/DBWest -- python3 app.py
  eval \"$(coldseal serve --writable --kms --export &)\"
  aws secretsmanager create-secret --name db --secret-string 1 \\
      --region us-west-2
  kill $COLDSEAL_SERVE_PID
  coldseal serve --listen 127.0.0.1:8200 --config-file sm.config &
  export AWS_CONFIG_FILE=sm.config AWS_SHARED_CREDENTIALS_FILE=sm.config

A PROGRAM gets AWS_ENDPOINT_URL_SECRETS_MANAGER, with --kms \
AWS_ENDPOINT_URL_KMS too, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION \
and AWS_DEFAULT_REGION (the first that --region names, else what the \
environment or the profile says), no_proxy and NO_PROXY with the address \
added, and what turns off settings of a profile that lead elsewhere. \
AWS_SESSION_TOKEN, AWS_PROFILE, their like and the variables of passphrases \
are taken away. Its exit code becomes that of this command. Other services are \
reached as ever, with credentials that they refuse. --export prints the same \
for a shell. Without --config-file the configuration file is secrets.config \
beside the keystore.

What is not served is answered as if it were not there: lists leave it out, \
and it is neither made nor changed. --kms serves every key of the Regions \
that are served, whatever --secret-id names. A change in a secret's primary \
Region reaches all of its Regions, served or not.")]
pub(crate) struct ServeSecretsArgs {
    /// Do operations that change something too: secrets, and with --kms keys
    #[arg(long)]
    pub(crate) writable: bool,
    /// Serve AWS KMS on the same endpoint, with the keystore's keys. --kms aws does not: bundles are then opened with AWS KMS, as by any command
    #[arg(long, value_name = "KMS", num_args = 0..=1, default_missing_value = SERVED_KMS)]
    pub(crate) kms: Option<String>,
    /// Serve only these secrets: names, each in all of its Regions; ARNs and partial ARNs, each in its own
    #[arg(long, value_name = "SECRET", num_args = 1..)]
    pub(crate) secret_id: Vec<String>,
    /// Serve only these Regions [default: all]
    #[arg(long, value_name = "REGION", num_args = 1..)]
    pub(crate) region: Vec<String>,
    #[command(flatten)]
    pub(crate) signed: SignedReadingArgs,
    #[command(flatten)]
    pub(crate) endpoint: EndpointArgs,
}

/// The KMS that can be served.
pub(crate) const SERVED_KMS: &str = "embedded";
