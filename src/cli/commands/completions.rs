//! `completions`: the script by which a shell asks this program.

use clap::{Args, ValueEnum};
use clap_complete::env::{Bash, EnvCompleter, Fish, Powershell, Zsh};

use crate::{
    cli::{failure::Outcome, terminal::print_text},
    error::{Error, Result},
};

/// Set by the script to the name of the shell that asks.
pub(crate) const VARIABLE: &str = "COLDSEAL_COMPLETE";

/// [coldseal] Print the completions for a shell
///
/// The script asks the program at each completion, so names of secrets, Regions and aliases complete too. Names are read from the vault's
/// metadata. Aliases are read from a keystore that has a key file; one with a passphrase is not opened for them.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
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

pub(super) fn run(args: &CompletionsArgs) -> Outcome {
    print_text(&script(args.shell)?)
}

/// The script that a shell reads once.
///
/// # Errors
/// None that an input can cause.
fn script(shell: Shell) -> Result<String> {
    let completer: &dyn EnvCompleter = match shell {
        Shell::Bash => &Bash,
        Shell::Zsh => &Zsh,
        Shell::Fish => &Fish,
        Shell::Powershell => &Powershell,
    };
    let mut script = Vec::new();
    let written = completer.write_registration(VARIABLE, "coldseal", "coldseal", "coldseal", &mut script);
    written.map_err(|error| Error::io("writing the completions", error))?;
    String::from_utf8(script).map_err(|_| Error::Misuse("a script is text"))
}
