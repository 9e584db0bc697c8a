//! Flags that every command takes.

use std::path::PathBuf;

use clap::{
    Args, ValueEnum,
    builder::{PossibleValue, PossibleValuesParser},
};

/// Flags that every command takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct GlobalArgs {
    /// The AWS Region [default: the ARN's, AWS_REGION, AWS_DEFAULT_REGION, the profile's, then the secret's primary]
    #[arg(long, global = true, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// Profile of the AWS configuration file whose region is used, and with --kms aws its credentials
    #[arg(long, global = true, value_name = "NAME", hide_short_help = true)]
    pub(crate) profile: Option<String>,
    /// How results are printed: json, text, table, yaml or off [default: AWS_DEFAULT_OUTPUT, the profile's, then json]
    #[arg(long, global = true, value_name = "FORMAT", value_parser = output_formats(), hide_possible_values = true)]
    pub(crate) output: Option<String>,
    /// JMESPath expression that picks from the result
    #[arg(long, global = true, value_name = "EXPRESSION")]
    pub(crate) query: Option<String>,
    /// Lists: print only the service's first page
    #[arg(long, global = true, hide_short_help = true)]
    pub(crate) no_paginate: bool,
    /// Accepted as in the AWS CLI; coldseal starts no pager
    #[arg(long, global = true, hide_short_help = true)]
    pub(crate) no_cli_pager: bool,
    /// With --kms aws: what to call instead of AWS KMS's own endpoints [else AWS_ENDPOINT_URL_KMS, AWS_ENDPOINT_URL]
    #[arg(long, global = true, value_name = "URL", hide_short_help = true)]
    pub(crate) endpoint_url: Option<String>,
    /// With --kms aws: seconds that a connection may take to be made; 0 for any time
    #[arg(long, global = true, value_name = "SECONDS", hide_short_help = true)]
    pub(crate) cli_connect_timeout: Option<u64>,
    /// With --kms aws: seconds that an answer may take to begin; 0 for any time
    #[arg(long, global = true, value_name = "SECONDS", hide_short_help = true)]
    pub(crate) cli_read_timeout: Option<u64>,
    /// Colours in tables, help and errors: on, off or auto [default: auto]
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = Color::Auto, hide_default_value = true, hide_possible_values = true, hide_short_help = true)]
    pub(crate) color: Color,
    /// Print on stderr what is done: files, keys by ARN, timings; never values
    #[arg(long, global = true, hide_short_help = true)]
    pub(crate) debug: bool,
    /// How binary values on the command line are read: base64 or raw-in-base64-out [default: the profile's, then base64]
    #[arg(long, global = true, value_name = "FORMAT", value_parser = ["base64", "raw-in-base64-out"], hide_possible_values = true, hide_short_help = true)]
    pub(crate) cli_binary_format: Option<String>,
    #[command(flatten)]
    pub(crate) aws: AwsGlobalArgs,
    /// [coldseal] Whose keys are used: embedded, those of the keystore, or aws, those in AWS KMS, over the network [else COLDSEAL_KMS, embedded]
    #[arg(long, global = true, value_name = "KMS", hide_short_help = true)]
    pub(crate) kms: Option<String>,
    /// [coldseal] With --kms aws: open with this account's keys instead of the configured one's: account=ID[,partition=aws]; repeat it for several
    #[arg(long, global = true, value_name = "account=ID", hide_short_help = true)]
    pub(crate) kms_discovery: Vec<String>,
    /// [coldseal] With --kms aws: how often a call is tried, from 1 [default: the SDK's, 3]
    #[arg(long, global = true, value_name = "COUNT", hide_short_help = true)]
    pub(crate) max_attempts: Option<u32>,
    /// [coldseal] The vault's directory [else COLDSEAL_VAULT, coldseal-vault]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) vault: Option<PathBuf>,
    /// [coldseal] The embedded KMS's file [else COLDSEAL_KEYSTORE, coldseal/keystore.json in the user's data directory]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) keystore: Option<PathBuf>,
    /// [coldseal] The keystore's key file [else COLDSEAL_KEYSTORE_KEY_FILE, keystore.key beside the keystore]
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    pub(crate) keystore_key_file: Option<PathBuf>,
    /// [coldseal] Account in new ARNs, 12 digits [else COLDSEAL_ACCOUNT_ID, the keystore's, 000000000000]
    #[arg(long, global = true, value_name = "ID", hide_short_help = true)]
    pub(crate) account_id: Option<String>,
    /// [coldseal] File with the keystore's passphrase [else COLDSEAL_PASSPHRASE_FD, COLDSEAL_PASSPHRASE, a prompt]
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// [coldseal] Read files with keys and passphrases even where others can read or change them, or own them
    #[arg(long, global = true, hide_short_help = true)]
    pub(crate) allow_unsafe_permissions: bool,
}

/// Global options of the AWS CLI that are for `--kms aws` alone, or refused there, or do nothing here. Scripts pass them.
#[derive(Debug, Args)]
pub(crate) struct AwsGlobalArgs {
    /// With --kms aws: certificates in PEM to trust in place of the system's [else AWS_CA_BUNDLE, the profile's ca_bundle]
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    pub(crate) ca_bundle: Option<PathBuf>,
    #[arg(long, global = true, hide = true)]
    pub(crate) no_verify_ssl: bool,
    #[arg(long, global = true, hide = true)]
    pub(crate) no_sign_request: bool,
    #[arg(long, global = true, hide = true)]
    pub(crate) cli_auto_prompt: bool,
    #[arg(long, global = true, hide = true)]
    pub(crate) no_cli_auto_prompt: bool,
    #[arg(long, global = true, hide = true, value_parser = ["legacy", "enhanced", "json", "yaml", "text", "table"])]
    pub(crate) cli_error_format: Option<String>,
    /// The AWS CLI's first version has it, to tell what the second does otherwise.
    #[arg(long, global = true, hide = true)]
    pub(crate) v2_debug: bool,
}

fn output_formats() -> PossibleValuesParser {
    let shown = ["json", "text", "table", "yaml", "off"].map(PossibleValue::new);
    PossibleValuesParser::new(shown.into_iter().chain([PossibleValue::new("yaml-stream").hide(true)]))
}

/// The values of `--color`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    On,
    Off,
    /// On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`.
    Auto,
}
