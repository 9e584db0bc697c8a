//! Arguments of the commands that serve an endpoint.

use std::{ffi::OsString, path::PathBuf};

use clap::Args;

/// Where an endpoint listens, whom it answers, and how that is told.
#[derive(Debug, Args)]
pub(crate) struct EndpointArgs {
    /// Address and port; port 0 stands for one that is free
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:0")]
    pub(crate) listen: String,
    /// AWS configuration file to write, with endpoint and credentials; removed at the end [default: a file beside the keystore]
    #[arg(long, value_name = "FILE", conflicts_with = "program")]
    pub(crate) config_file: Option<PathBuf>,
    /// Print 'export' lines for a shell, with the credentials, in place of the address
    #[arg(long, conflicts_with = "program")]
    pub(crate) export: bool,
    /// Take requests without a valid signature, from whoever reaches the port
    #[arg(long)]
    pub(crate) allow_unsigned: bool,
    /// Listen on an address other than loopback; there is no TLS, so keys and values cross the network in clear
    #[arg(long)]
    pub(crate) allow_remote: bool,
    /// Program to run with the environment set, and to end with
    #[arg(last = true, value_name = "PROGRAM")]
    pub(crate) program: Vec<OsString>,
}
