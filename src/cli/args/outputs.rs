//! Where results go.

use std::path::PathBuf;

use clap::Args;

use crate::{cli::output_file::Overwrite, durable::Sync, region_bundles::Writing};

/// Where the result goes.
#[derive(Debug, Args)]
pub(crate) struct OutputArgs {
    /// The file to write; appears only when complete and synced. '-' for stdout [default: stdout]
    #[arg(short = 'o', long = "output-file", value_name = "FILE")]
    pub(crate) output_file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) write: WriteArgs,
}

/// How files are written.
#[derive(Debug, Args)]
pub(crate) struct WriteArgs {
    /// Overwrite what is there; its mode and owner stay
    #[arg(long)]
    pub(crate) force: bool,
    /// Do not sync what is written, as cp
    #[arg(long)]
    pub(crate) no_sync: bool,
}

impl WriteArgs {
    pub(crate) const fn overwrite(&self) -> Overwrite {
        if self.force { Overwrite::Allow } else { Overwrite::Refuse }
    }

    /// Of one file.
    pub(crate) const fn sync(&self) -> Sync {
        if self.no_sync { Sync::Nothing } else { Sync::FileAndDirectory }
    }

    /// Of several, all or none.
    pub(crate) fn writing(&self) -> Writing {
        let writing = if self.force { Writing::default().replacing() } else { Writing::default() };
        if self.no_sync { writing.without_sync() } else { writing }
    }
}

/// Bundles for several Regions.
#[derive(Debug, Args)]
pub(crate) struct RegionBundleArgs {
    /// Write one bundle for each Region, FILE.REGION.bundle, all or nothing: Region=us-east-1[,KmsKeyId=KEY] ..., plain names with spaces or
    /// commas between them, or JSON; may be repeated. FILE goes before it
    #[arg(long, value_name = "REGION", num_args = 1..)]
    pub(crate) to: Vec<String>,
    /// Directory for the bundles [default: the current one]
    #[arg(long, value_name = "DIR", requires = "to")]
    pub(crate) output_dir: Option<PathBuf>,
    /// What the bundles of stdin are named after [default: stdin]
    #[arg(long, value_name = "NAME", requires = "to")]
    pub(crate) stdin_name: Option<String>,
}
