//! `exec`

mod variables;

use std::{collections::BTreeSet, ffi::OsString, path::PathBuf, process::Command};

use clap::{Args, builder::NonEmptyStringValueParser};

use self::variables::{Naming, Variables};
use crate::{
    cli::{
        args::ValueOpeningArgs,
        commands::{file_name::file_name, secret_opening::SecretOpening},
        failure::{Failure, Outcome},
        invocation::Invocation,
        private_folder::PrivateFolder,
        program::{Inherited, exit_code, program, spawn, until_it_ends},
        prompt::Prompter,
        usage::UsageError,
    },
    error::Error,
    vault::{SecretValueEntry, VersionSelector},
};

/// Where a program finds the folder with the files.
const FILES: &str = "COLDSEAL_FILES";
/// Where there is no file system in memory.
const WAY_OUT: &str = "secrets are not put on a disk: mount a tmpfs and name it, with --files-dir or XDG_RUNTIME_DIR";

/// [coldseal] Run a program with the values of secrets as environment variables, or as files in memory
///
/// Each member of a secret's JSON object becomes a variable: text as it is, anything else as its JSON. A value never stands in an argument. The
/// program's exit code becomes that of this command, and signals reach it.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  coldseal exec --secret-id production/DBWest --prefix DB_ -- ./app --port 80
  coldseal exec --secret-id db --secret-id mail --pristine -- env
  coldseal exec --secret-id api-token --as API_TOKEN -- ./deploy
  coldseal exec --secret-id tls-key --files -- \\
      sh -c 'nginx -g \"env TLS_KEY=$COLDSEAL_FILES/tls-key;\"'

Whoever can write a secret chooses names too. So names that change which code runs, or whom a program talks to (PATH, LD_PRELOAD, PYTHONPATH, \
https_proxy and their like), and names that no shell could use, are listed, and nothing is run, unless --allow-name names them.

A variable of the program is seen by whatever it starts, and by root. Variables of passphrases are not handed on. What --pristine leaves is PATH, \
HOME, USER, LOGNAME, SHELL, TERM, TMPDIR, TZ, LANG, LANGUAGE and LC_*.

Files are of mode 0600 in a folder of mode 0700, whose path is in COLDSEAL_FILES. It lies in XDG_RUNTIME_DIR or /dev/shm, which have to be file \
systems in memory (tmpfs). At the program's end, and after a signal, they are overwritten and removed; kill -9 leaves them until the next start \
of the system.")]
pub(crate) struct ExecArgs {
    /// A secret: name, ARN or partial ARN; repeat it for several
    #[arg(long, value_name = "SECRET", required = true)]
    pub(crate) secret_id: Vec<String>,
    /// A staging label of the versions [default: AWSCURRENT]
    #[arg(long, value_name = "LABEL")]
    pub(crate) version_stage: Option<String>,
    /// The version's id, of one secret
    #[arg(long, value_name = "ID")]
    pub(crate) version_id: Option<String>,
    /// What the names of all variables begin with
    #[arg(long, value_name = "PREFIX", conflicts_with = "files")]
    pub(crate) prefix: Option<String>,
    /// The whole value of one secret as this one variable, or as the file of this name
    #[arg(long = "as", value_name = "NAME", conflicts_with = "prefix", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) whole_as: Option<String>,
    /// A name to give to the program all the same; repeat it for several
    #[arg(long, value_name = "NAME", conflicts_with = "files")]
    pub(crate) allow_name: Vec<String>,
    /// Of this process's variables only those that a program hardly runs without
    #[arg(long)]
    pub(crate) pristine: bool,
    /// The values as files, byte for byte, in place of variables
    #[arg(long)]
    pub(crate) files: bool,
    /// Where in memory the files are [default: XDG_RUNTIME_DIR, else /dev/shm]
    #[arg(long, value_name = "DIR", requires = "files")]
    pub(crate) files_dir: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) opening: ValueOpeningArgs,
    /// The program to run, and its arguments
    #[arg(last = true, required = true, value_name = "PROGRAM")]
    pub(crate) program: Vec<OsString>,
}

pub(super) fn run(invocation: &Invocation, args: &ExecArgs) -> Outcome {
    if args.secret_id.len() > 1 {
        refuse_for_several("--as", args.whole_as.is_some())?;
        refuse_for_several("--version-id", args.version_id.is_some())?;
    }
    let inherited = if args.pristine { Inherited::Minimum } else { Inherited::All };
    let entries = read(invocation, args)?;
    let mut command = program(&args.program, inherited, invocation.inputs.in_use())?;
    if args.files {
        // From here on a signal ends nothing before the files are gone.
        invocation.inputs.prompter.hold_signals();
        let folder = PrivateFolder::in_memory(&invocation.inputs.environment, args.files_dir.as_deref(), WAY_OUT)?;
        write_files(&folder, &entries, args.whole_as.as_deref())?;
        command.env(FILES, folder.path());
        drop(entries);
        let ended = run_program(&invocation.inputs.prompter, &mut command);
        drop(folder);
        return ended;
    }
    let naming = match &args.whole_as {
        Some(name) => Naming::Whole(name),
        None => Naming::Members { prefix: args.prefix.as_deref().unwrap_or_default() },
    };
    let variables = Variables::of(&entries, naming, &args.allow_name)?;
    drop(entries);
    command.envs(variables.pairs());
    drop(variables);
    invocation.inputs.prompter.hold_signals();
    run_program(&invocation.inputs.prompter, &mut command)
}

fn refuse_for_several(flag: &str, is_given: bool) -> Result<(), UsageError> {
    if is_given { Err(UsageError::new(format!("{flag} is for one secret: give one --secret-id"))) } else { Ok(()) }
}

/// The values, all of them before anything is run.
fn read(invocation: &Invocation, args: &ExecArgs) -> Outcome<Vec<SecretValueEntry>> {
    let opening = SecretOpening::of_signed(invocation, &args.opening)?;
    let selector = VersionSelector { version_id: args.version_id.clone(), version_stage: args.version_stage.clone() };
    let value = |id: &String| opening.value(&invocation.regions, id, &selector);
    let entries: Vec<_> = args.secret_id.iter().map(value).collect::<Outcome<_>>()?;
    opening.note_not_compared(&entries);
    Ok(entries)
}

fn write_files(folder: &PrivateFolder, entries: &[SecretValueEntry], whole_as: Option<&str>) -> Outcome {
    let mut names = BTreeSet::new();
    for entry in entries {
        let name = file_name(whole_as.unwrap_or(&entry.name));
        if !names.insert(name.clone()) {
            return Err(
                UsageError::new(format!("two secrets would be the file '{name}'; run with one of them, or give them other names")).into()
            );
        }
        folder.write(&name, entry.value.expose())?;
    }
    Ok(())
}

fn run_program(prompter: &Prompter, command: &mut Command) -> Outcome {
    let mut child = spawn(command)?;
    let ended = until_it_ends(&mut child, prompter, |_| {});
    let code = exit_code(ended.map_err(|error| Error::io("wait for the program", error))?);
    if code == 0 { Ok(()) } else { Err(Failure::Ended(code)) }
}
