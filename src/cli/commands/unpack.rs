//! `unpack`

mod args;
mod env_file;
mod file_paths;
mod json_value;
mod manifest;
mod part;
mod reading;
mod selected;
mod single_file;
mod unread;

pub(crate) use self::args::UnpackArgs;
use self::{
    file_paths::file_paths,
    reading::read_each,
    selected::selected,
    single_file::{Layout, SingleFile},
    unread::Unread,
};
use crate::{
    cli::{
        commands::secret_opening::SecretOpening,
        failure::Outcome,
        invocation::Invocation,
        output_file::{Destination, Overwrite, note_readers},
        output_folder::OutputFolder,
        terminal::{counted, note},
        usage::UsageError,
    },
    durable::{NewFolder, Sync, remove_unfinished},
    error::Error,
};

pub(super) fn run(invocation: &Invocation, args: &UnpackArgs) -> Outcome {
    args.check()?;
    invocation.vault.require()?;
    match (args.layout()?, &args.output_dir) {
        (Some(layout), _) => unpack_single(invocation, args, layout),
        (None, Some(dir)) => unpack_files(invocation, args, &OutputFolder::check(invocation.inputs.in_use(), dir)?),
        (None, None) => Err(UsageError::new("the files need a folder: --output-dir DIR").into()),
    }
}

fn unpack_files(invocation: &Invocation, args: &UnpackArgs, folder: &OutputFolder) -> Outcome {
    let mut unread = Unread::default();
    let secrets = selected(invocation, args, &mut unread)?;
    let paths = file_paths(&secrets)?;
    let opening = SecretOpening::of(invocation, &args.opening.opening, &args.opening.recovery_key)?;
    let write = || -> Outcome {
        let mut new = NewFolder::create(folder.path())?;
        read_each(invocation, &opening, (&secrets, &args.selector()), unread, |secret, entry| {
            let path = paths.get(secret).ok_or(Error::Misuse("each secret has a path"))?;
            Ok(new.write(path, entry.value.expose())?)
        })?;
        Ok(new.publish()?)
    };
    invocation.inputs.prompter.ending_after(&remove_unfinished, write)?;
    note(&format!("{} in {}", counted(secrets.len(), "file"), folder.path().display()));
    Ok(())
}

fn unpack_single(invocation: &Invocation, args: &UnpackArgs, layout: Layout<'_>) -> Outcome {
    let overwrite = if args.force { Overwrite::Allow } else { Overwrite::Refuse };
    let destination = Destination::new(invocation.inputs.in_use(), args.output_file.as_deref(), overwrite, Sync::FileAndDirectory)?;
    let mut unread = Unread::default();
    let secrets = selected(invocation, args, &mut unread)?;
    let opening = SecretOpening::of(invocation, &args.opening.opening, &args.opening.recovery_key)?;
    let mut file = SingleFile::new(layout, &args.allow_name);
    read_each(invocation, &opening, (&secrets, &args.selector()), unread, |number, entry| {
        let name = secrets.get(number).map(|secret| secret.given.as_str()).unwrap_or_default();
        file.add(name, &entry);
        Ok(())
    })?;
    let finished = file.finish()?;
    let write = |output: &mut (dyn std::io::Write + Send)| {
        output.write_all(finished.text.as_bytes()).map_err(|error| Error::io("writing the output", error))
    };
    let written = destination.write(&invocation.inputs.prompter, write)?;
    finished.notes.iter().for_each(|text| note(text));
    if let Some(path) = written {
        note(&format!("{} in {}", finished.count, path.display()));
        note_readers(&path);
    }
    Ok(())
}
