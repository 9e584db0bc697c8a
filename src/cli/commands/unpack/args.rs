//! Arguments of `unpack`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{manifest::ManifestNames, part::PartNaming, single_file::Layout};
use crate::{
    cli::{args::ValueOpeningArgs, usage::UsageError},
    vault::VersionSelector,
};

/// What the values become.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum UnpackFormat {
    Files,
    Env,
    DockerEnv,
    Json,
    Kubernetes,
}

/// [coldseal] Turn the values of secrets into files, a .env file, JSON or a Kubernetes Secret
///
/// The reverse of pack: each secret becomes the file that it was made of, by its name, byte for byte, in a new folder. The folder is of mode
/// 0700, its files of 0600, and it appears with all of them or not at all; so does a single file. What cannot be read, or cannot be named, is
/// listed, and nothing is written.
///
/// Without a Region each value is that of the secret's primary Region; with one, the secrets that are there, as that Region has them.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  coldseal unpack --output-dir secrets.d
  coldseal unpack --filters Key=name,Values=production/ \\
      --strip production/ --region eu-west-1 --output-dir secrets.d
  coldseal unpack --secret-id db --prefix DB_ --format env -o .env
  coldseal unpack --format json | jq -r .db.username
  coldseal unpack --secret-id db --secret-id tls --format kubernetes \\
      --name app --namespace web

What a format makes of a value:
  files        the value itself. Names with / are folders
  env          for 'set -a; . FILE', dotenv and Compose: a JSON object's
               members as variables, other text as the variable of the
               secret's name; quoted where it has to be
  docker-env   the same for 'docker run --env-file', which knows no quotes
  json         one object: a member for each secret, JSON objects as they
               are, other text as a string
  kubernetes   a Secret (v1, Opaque) for 'kubectl apply -f -': keys as with
               env, and bytes too

A name that could lead outside of the folder, that Windows keeps for itself, or that differs from another only in case, is refused, and so is one that is \
a file and a folder. Names of variables and keys that change which code runs, or whom a program talks to (PATH, LD_PRELOAD), are refused as by exec. A value \
that readers of .env files take differently (with both kinds of quotes, with a carriage return) is refused too.

What is written is no longer encrypted: to unlink it erases no medium.")]
pub(crate) struct UnpackArgs {
    /// Every secret, which is the default
    #[arg(long, conflicts_with_all = ["secret_id", "filters"])]
    pub(crate) all: bool,
    /// A secret: name, ARN or partial ARN; repeat it for several
    #[arg(long, value_name = "SECRET", conflicts_with = "filters")]
    pub(crate) secret_id: Vec<String>,
    /// The secrets that pass all of these, as in list-secrets: Key=name,Values=prod ..., or JSON
    #[arg(long, value_name = "FILTER", num_args = 1..)]
    pub(crate) filters: Option<Vec<String>>,
    /// A staging label of the versions [default: AWSCURRENT]
    #[arg(long, value_name = "LABEL")]
    pub(crate) version_stage: Option<String>,
    /// The version's id, of one secret
    #[arg(long, value_name = "ID", requires = "secret_id")]
    pub(crate) version_id: Option<String>,
    /// What the values become: files, env, docker-env, json or kubernetes
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "files", hide_possible_values = true)]
    pub(crate) format: UnpackFormat,
    /// Of files: the folder, which must not be there, or be empty
    #[arg(long, value_name = "DIR", conflicts_with = "output_file")]
    pub(crate) output_dir: Option<PathBuf>,
    /// Of the other formats: the file to write; appears only when complete and synced. '-' for stdout [default: stdout]
    #[arg(short = 'o', long, value_name = "FILE")]
    pub(crate) output_file: Option<PathBuf>,
    /// Overwrite the file; its mode and owner stay
    #[arg(long, requires = "output_file")]
    pub(crate) force: bool,
    /// What the names of all these secrets begin with, and the names that are made of them do not
    #[arg(long, value_name = "TEXT")]
    pub(crate) strip: Option<String>,
    /// What the names of all variables or keys begin with
    #[arg(long, value_name = "PREFIX")]
    pub(crate) prefix: Option<String>,
    /// JSON objects as other text, not by their members
    #[arg(long, conflicts_with = "prefix")]
    pub(crate) whole: bool,
    /// The whole value of one secret under this name
    #[arg(long = "as", value_name = "NAME", conflicts_with_all = ["prefix", "strip"], requires = "secret_id")]
    pub(crate) whole_as: Option<String>,
    /// A name of a variable or key to give all the same; repeat it for several
    #[arg(long, value_name = "NAME")]
    pub(crate) allow_name: Vec<String>,
    /// The name of the Kubernetes Secret
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Its namespace [default: none, so that of who applies it]
    #[arg(long, value_name = "NAMESPACE", requires = "name")]
    pub(crate) namespace: Option<String>,
    #[command(flatten)]
    pub(crate) opening: ValueOpeningArgs,
}

impl UnpackArgs {
    /// # Errors
    /// What does not go together.
    pub(super) fn check(&self) -> Result<(), UsageError> {
        let (is_files, is_manifest) = (self.format == UnpackFormat::Files, self.format == UnpackFormat::Kubernetes);
        let has_parts = !is_files && self.format != UnpackFormat::Json;
        if self.secret_id.len() > 1 {
            for (flag, is_given) in [("--as", self.whole_as.is_some()), ("--version-id", self.version_id.is_some())] {
                refuse(is_given, || format!("{flag} is for one secret: give one --secret-id"))?;
            }
        }
        for (flag, is_given, is_taken) in [
            ("--output-dir", self.output_dir.is_some(), is_files),
            ("--output-file", self.output_file.is_some(), !is_files),
            ("--prefix", self.prefix.is_some(), has_parts),
            ("--allow-name", !self.allow_name.is_empty(), has_parts),
            ("--whole", self.whole, !is_files),
            ("--name", self.name.is_some(), is_manifest),
        ] {
            refuse(is_given && !is_taken, || format!("{flag} means nothing with --format {}", self.format.name()))?;
        }
        refuse(is_manifest && self.name.is_none(), || "the Kubernetes Secret needs a name: --name NAME".to_owned())
    }

    pub(super) fn selector(&self) -> VersionSelector {
        VersionSelector { version_id: self.version_id.clone(), version_stage: self.version_stage.clone() }
    }

    fn naming(&self) -> PartNaming<'_> {
        if self.whole || self.whole_as.is_some() {
            return PartNaming::Whole;
        }
        PartNaming::Members { prefix: self.prefix.as_deref().unwrap_or_default() }
    }

    /// The format of the one file; `None` for files.
    ///
    /// # Errors
    /// A name that no Kubernetes object has.
    pub(super) fn layout(&self) -> Result<Option<Layout<'_>>, UsageError> {
        Ok(Some(match self.format {
            UnpackFormat::Files => return Ok(None),
            UnpackFormat::Env => Layout::Env(self.naming()),
            UnpackFormat::DockerEnv => Layout::DockerEnv(self.naming()),
            UnpackFormat::Json => Layout::Json(self.naming()),
            UnpackFormat::Kubernetes => {
                let name = self.name.as_deref().unwrap_or_default();
                Layout::Kubernetes(self.naming(), ManifestNames::new(name, self.namespace.as_deref())?)
            }
        }))
    }
}

impl UnpackFormat {
    fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

fn refuse(is_wrong: bool, message: impl FnOnce() -> String) -> Result<(), UsageError> {
    if is_wrong { Err(UsageError::new(message())) } else { Ok(()) }
}
