//! `edit`

mod checked;
mod editor;

use clap::Args;

use self::{
    checked::{Edited, edited},
    editor::Editor,
};
use crate::{
    cli::{
        args::{OpeningKeyArgs, SignedWritingArgs, WrapArgs},
        command_operation::CommandOperation,
        commands::{
            file_name::file_name,
            given_keys::GivenKeys,
            secret_change::{SealedSecret, finish_new_version},
            secret_entry::sealed,
            secret_flags::PartialArgs,
            secret_opening::SecretOpening,
        },
        environment::Environment,
        failure::{Failure, Outcome},
        invocation::Invocation,
        private_folder::PrivateFolder,
        terminal::{note, say, warn},
    },
    error::Error,
    protocol::operation::{Own, Sealing},
    vault::{NewVersionCheck, PutSecretValue, SecretValue, SecretValueEntry, VersionSelector},
};

/// [coldseal] Change a secret's value in an editor: a new version, where it changed
///
/// The value is in a file of mode 0600 in memory while the editor runs, and the file is overwritten and removed at the end, after a signal too.
/// Nothing is written where nothing changed. Where the new value cannot be taken, the editor can be opened again, and nothing that was typed is lost.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  coldseal edit --secret-id MySecret
  COLDSEAL_EDITOR='vim -n -i NONE' coldseal edit --secret-id MySecret
  EDITOR='code --wait' coldseal edit --secret-id MySecret

The editor is COLDSEAL_EDITOR, else VISUAL, else EDITOR, else vi; its words are split at spaces, but for those in quotes, and the file comes last. \
It has to wait until the file is closed. What it keeps elsewhere is its own: vim keeps no copies with -n -i NONE, and where backups and undo files \
are off.

A value that was JSON has to be JSON again, and text UTF-8. A newline that an editor puts at the end of a value without one is taken off. Who \
changed the secret meanwhile is not overwritten: the editor can be opened again, with the value of now beside it.")]
pub(crate) struct EditArgs {
    /// The secret: name, ARN or partial ARN
    #[arg(long, value_name = "SECRET")]
    pub(crate) secret_id: String,
    /// Where there is no file system in memory, put the file on a disk, which may keep what was in it
    #[arg(long)]
    pub(crate) allow_disk: bool,
    #[command(flatten)]
    pub(crate) problems: PartialArgs,
    #[command(flatten)]
    pub(crate) wrap: WrapArgs,
    #[command(flatten)]
    pub(crate) opening: OpeningKeyArgs,
    #[command(flatten)]
    pub(crate) signed: SignedWritingArgs,
}

pub(super) fn run(mut invocation: Invocation, args: &EditArgs) -> Outcome {
    // It is needed again for the new version; then nobody is to be asked any more, and a descriptor would be empty.
    invocation.keystore.passphrases.remember();
    let invocation = &invocation;
    let editor = Editor::of(&invocation.inputs.environment)?;
    // What is named is read, and what would stop the new version found, before anybody types anything.
    let given = GivenKeys::read(invocation.inputs.in_use(), &args.wrap, &args.opening)?;
    let opening = given.to_open(invocation)?;
    let entry = opening.value(&invocation.regions, &args.secret_id, &VersionSelector::default())?;
    opening.note_not_compared([&entry]);
    let asked = NewVersionCheck::new(&args.secret_id);
    let (region, on_problem) = (invocation.regions.of_secret(&args.secret_id)?, args.problems.on_problem());
    given.check_new_version(invocation, &NewVersionCheck { region, on_problem, ..asked })?;
    invocation.vault.require_writable()?;
    let prompter = &invocation.inputs.prompter;
    prompter.hold_signals();
    let folder = folder(&invocation.inputs.environment, args.allow_disk)?;
    let mut editing = Editing { invocation, args, given, opening, folder, editor, name: name_of(&entry), entry };
    editing.folder.write(&editing.name, editing.entry.value.expose())?;
    loop {
        let problem = match editing.once() {
            Ok(EditOutcome::Unchanged) => {
                note("the value is as it was: nothing was written");
                return Ok(());
            }
            Ok(EditOutcome::Put(sealed)) => return editing.finish(&sealed),
            Err(problem @ Failure::Ended(_)) => return Err(problem),
            Err(problem) => problem,
        };
        let lines = problem.lines(CommandOperation::Edit);
        if !prompter.can_ask() {
            return Err(problem);
        }
        say(&lines);
        let tidy = || editing.folder.remove();
        match prompter.ask("nothing was written: [e]dit again or [q]uit? ", &["e", "q"], &tidy) {
            Some("e") => editing.begin_again(&problem)?,
            _ => {
                note("nothing was written, and what was typed is gone");
                return Err(Failure::Ended(problem.exit_code()));
            }
        }
    }
}

fn folder(environment: &Environment, allow_disk: bool) -> Outcome<PrivateFolder> {
    const WAY_OUT: &str =
        "mount a tmpfs and name it with XDG_RUNTIME_DIR, or take a disk, which may keep what was in the file, with --allow-disk";
    match PrivateFolder::in_memory(environment, None, WAY_OUT) {
        Err(_) if allow_disk => {
            let folder = PrivateFolder::on_any_disk()?;
            warn(&format!("{} is on a disk, which may keep what was in it", folder.path().display()));
            Ok(folder)
        }
        folder => folder,
    }
}

/// An editor shows JSON as JSON by the end of a file's name.
fn name_of(entry: &SecretValueEntry) -> String {
    let name = file_name(&entry.name);
    if checked::is_json(entry.value.expose()) && !name.contains('.') { format!("{name}.json") } else { name }
}

/// What came of one round.
enum EditOutcome {
    Unchanged,
    Put(SealedSecret),
}

struct Editing<'a> {
    invocation: &'a Invocation,
    args: &'a EditArgs,
    given: GivenKeys<'a>,
    opening: SecretOpening,
    folder: PrivateFolder,
    editor: Editor,
    /// Of the file.
    name: String,
    /// What the value that is typed is made from.
    entry: SecretValueEntry,
}

impl Editing<'_> {
    fn once(&self) -> Outcome<EditOutcome> {
        self.editor.run(&self.invocation.inputs, &self.folder.path().join(&self.name))?;
        match edited(&self.entry.value, self.folder.read(&self.name)?)? {
            Edited::Unchanged => Ok(EditOutcome::Unchanged),
            Edited::Value(value) => self.put(value).map(EditOutcome::Put),
        }
    }

    /// It may have to wait for others: who does not want to wait ends it by a signal, and the file is gone then, too.
    fn put(&self, value: SecretValue) -> Outcome<SealedSecret> {
        let folder = &self.folder;
        let tidy = || {
            folder.remove();
            note("what was typed is gone, but for a version that was written by then: 'coldseal list-secret-version-ids' shows it");
        };
        self.invocation.inputs.prompter.ending_meanwhile(&tidy, || self.sealed(value))
    }

    fn sealed(&self, value: SecretValue) -> Outcome<SealedSecret> {
        let Self { invocation, args, given, .. } = self;
        let mut session = invocation.keystore.session_for_secrets()?;
        let keys = given.to_seal(invocation.key_names(), session.kms_mut())?;
        let own = Own { on_problem: args.problems.on_problem(), keys, ..Own::default() };
        let region = invocation.regions.of_secret(&args.secret_id)?;
        let sealing = Sealing { vault: &invocation.vault, session: &mut session, region, own };
        sealed(invocation, sealing, |Sealing { vault, session, own, .. }| {
            let mut asked = PutSecretValue::new(&args.secret_id, value);
            asked.region = region;
            asked.replaces = Some(self.entry.version_id.clone());
            asked.on_problem = own.on_problem;
            asked.keys = std::mem::take(&mut own.keys);
            let change = vault.put_secret_value(session, &asked);
            own.keys = asked.keys;
            change.map(Box::new)
        })
    }

    /// Where somebody was faster, the value of now is put beside what was typed, and what is typed from here on is made from that.
    fn begin_again(&mut self, problem: &Failure) -> Outcome {
        let Failure::Core(Error::Service(refusal)) = problem else { return Ok(()) };
        if !refusal.is_overtaken() {
            return Ok(());
        }
        self.entry = self.opening.value(&self.invocation.regions, &self.args.secret_id, &VersionSelector::default())?;
        let beside = format!("{}.{}", self.entry.version_id, self.name);
        let path = self.folder.write(&beside, self.entry.value.expose())?;
        note(&format!("the value of now is in {}", path.display()));
        Ok(())
    }

    fn finish(self, sealed: &SealedSecret) -> Outcome {
        let Self { invocation, folder, .. } = self;
        drop(folder);
        invocation.inputs.prompter.release_signals();
        finish_new_version(invocation, sealed)
    }
}
