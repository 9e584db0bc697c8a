//! What a command's values are read from besides its arguments.

use super::{
    environment::Environment,
    files_in_use::FilesInUse,
    paramfile::{BinaryFormat, ParamFiles},
    prompt::Prompter,
};
use crate::secret::SecretBytes;

/// Environment, terminal, and the values of `--cli-input-json`.
pub(crate) struct Inputs {
    pub(crate) environment: Environment,
    pub(crate) prompter: Prompter,
    /// How binary values on the command line are read.
    pub(crate) binary_format: BinaryFormat,
    pub(crate) values: InputValues,
}

impl Inputs {
    /// The files that parameters may name.
    pub(crate) const fn files(&self) -> ParamFiles<'_> {
        ParamFiles::new(&self.environment)
    }

    /// What is read, kept and written.
    pub(crate) const fn in_use(&self) -> &FilesInUse {
        self.environment.files()
    }
}

/// The secret values of `--cli-input-json`.
#[derive(Default)]
pub(crate) struct InputValues {
    /// `SecretString`.
    pub(crate) string: Option<SecretBytes>,
    /// `SecretBinary` as it stands there, in base64 or not.
    pub(crate) binary: Option<SecretBytes>,
}
