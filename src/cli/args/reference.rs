//! Arguments of the commands that write what belongs to an installation: completions and man pages.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// [coldseal] Print the completions for a shell
///
/// The script asks the program at each completion, so names of secrets, Regions and aliases complete too. Names are read from the vault's
/// metadata. Aliases are read from a keystore that has a key file; one with a passphrase is not opened for them.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  coldseal completions bash > ~/.bash_completion.d/coldseal
  coldseal completions zsh > ~/.zfunc/_coldseal   # a directory of fpath
  coldseal completions fish > ~/.config/fish/completions/coldseal.fish
  coldseal completions powershell >> $PROFILE

Write the script anew after an update of coldseal.")]
pub(crate) struct CompletionsArgs {
    /// The shell
    pub(crate) shell: Shell,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shell {
    Bash,
    Zsh,
    Fish,
    #[value(alias = "pwsh")]
    Powershell,
}

/// [coldseal] Write the man pages, one for each command
#[derive(Debug, Args)]
#[command(after_help = "Example:
  coldseal man --output-dir ~/.local/share/man/man1")]
pub(crate) struct ManArgs {
    /// The directory, made if it is not there; pages in it are replaced
    #[arg(long, value_name = "DIR")]
    pub(crate) output_dir: PathBuf,
}
