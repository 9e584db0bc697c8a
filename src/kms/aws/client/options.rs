//! What a caller may set of the client.

use std::time::Duration;

use super::ca_bundle::CaBundle;

/// What of the SDK's configuration is set outright. The rest is the SDK's own: `AWS_PROFILE`, `AWS_CONFIG_FILE`, `AWS_ENDPOINT_URL_KMS`, `AWS_RETRY_MODE`, ….
///
/// Nothing is required: [`AwsKmsOptions::default`] leaves all of it to the SDK.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AwsKmsOptions {
    /// The profile, in place of the one that the environment names. Credentials are then the profile's and no others, as with the AWS CLI's
    /// `--profile`: not those of environment variables.
    pub profile: Option<String>,
    /// The endpoint of every Region, with `http://` or `https://`. It is KMS's alone: credentials come from where they came from.
    pub endpoint_url: Option<String>,
    /// Whose certificates are trusted, in place of those that the system trusts: by the SDK's credentials providers too. The SDK looks at neither
    /// `AWS_CA_BUNDLE` nor a profile's `ca_bundle`.
    pub ca_bundle: Option<CaBundle>,
    /// How often a call is made until it is given up, the first time included; from 1. The SDK's default is 3.
    pub max_attempts: Option<u32>,
    /// How long a connection may take to be made; zero for any time. The SDK's default is 3.1 seconds.
    pub connect_timeout: Option<Duration>,
    /// How long an answer may take to begin; zero for any time. The default is 60 seconds, which is the AWS CLI's: the SDK would wait for ever.
    pub read_timeout: Option<Duration>,
}
