//! One step of a rotation: a program is run with the values on its stdin, and in no argument and no variable.

use std::{
    ffi::OsString,
    io::{self, Write as _},
    process::{Child, ExitStatus, Stdio},
    thread,
};

use base64::{display::Base64Display, engine::general_purpose::STANDARD};
use serde::{Serialize, Serializer};

use crate::{
    cli::{
        failure::{EXIT_GENERAL, Failure, Outcome},
        inputs::Inputs,
        program::{Inherited, exit_code, program, spawn, until_it_ends},
        terminal::note,
        usage::UsageError,
    },
    error::{Error, Result},
    kms::secret_json,
    secret::SecretBytes,
    vault::{MAX_SECRET_LENGTH, PayloadKind, SecretRotation, SecretValue},
};

/// A step, by the name that AWS gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RotationStep {
    Create,
    Set,
    Test,
    Finish,
}

impl RotationStep {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Create => "createSecret",
            Self::Set => "setSecret",
            Self::Test => "testSecret",
            Self::Finish => "finishSecret",
        }
    }
}

/// The words of a command, as a shell would split them. No shell runs it.
pub(super) fn words(command: &str) -> Outcome<Vec<OsString>> {
    const PARAMETER: &str = "--rotation-command";
    let words = shlex::split(command).ok_or_else(|| UsageError::parameter(PARAMETER, "a quotation mark is not closed"))?;
    if words.first().is_none_or(String::is_empty) {
        return Err(UsageError::parameter(PARAMETER, "names no program").into());
    }
    Ok(words.into_iter().map(OsString::from).collect())
}

/// What runs the steps of one rotation.
pub(super) struct Steps<'a> {
    pub(super) words: &'a [OsString],
    pub(super) inputs: &'a Inputs,
    pub(super) rotation: &'a SecretRotation,
}

impl Steps<'_> {
    /// Runs the program for a step; gives what it printed, for `createSecret` alone.
    ///
    /// # Errors
    /// It cannot be run, or fails, or a signal came: the last two have been said.
    pub(super) fn run(&self, step: RotationStep, pending: Option<&SecretValue>) -> Outcome<SecretBytes> {
        let line = self.line(step, pending)?;
        self.inputs.prompter.hold_signals();
        let ended = self.spawn(step).and_then(|child| self.talk(child, &line, step));
        let (status, printed, received) = ended.inspect_err(|_| self.inputs.prompter.release_signals())?;
        let received = self.inputs.prompter.take_signal().or(received);
        self.inputs.prompter.release_signals();
        if let Some(signal) = received {
            note(&format!("interrupted in {}", step.name()));
            return Err(Failure::Ended(128 + signal));
        }
        // One that prints too much is cut off, and may fail for that.
        if !status.success() && printed.len() <= MAX_SECRET_LENGTH {
            note(&format!("the program failed in {}: {}", step.name(), how(status)));
            return Err(Failure::Ended(EXIT_GENERAL));
        }
        Ok(printed)
    }

    fn spawn(&self, step: RotationStep) -> Result<Child> {
        let mut command = program(self.words, Inherited::All, self.inputs.in_use())?;
        // What it prints in the other steps is for people.
        let stdout = if step == RotationStep::Create { Stdio::piped() } else { Stdio::from(io::stderr()) };
        command.stdin(Stdio::piped()).stdout(stdout);
        command.env("COLDSEAL_STEP", step.name());
        command.env("COLDSEAL_SECRET_ID", self.rotation.arn.to_string());
        command.env("COLDSEAL_CLIENT_REQUEST_TOKEN", &self.rotation.version_id);
        spawn(&mut command)
    }

    /// Tells the program the line, and reads what it prints, until it ends; gives the last signal that came meanwhile.
    fn talk(&self, mut child: Child, line: &SecretBytes, step: RotationStep) -> Result<(ExitStatus, SecretBytes, Option<u8>)> {
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let mut received = None;
        let (status, printed) = thread::scope(|scope| {
            // A program need not read what it is told.
            let tell = move || stdin.map(|mut stdin| stdin.write_all(line.expose()).and_then(|()| stdin.write_all(b"\n")));
            let telling = scope.spawn(tell);
            let reading = scope.spawn(move || stdout.map_or_else(|| Ok(SecretBytes::default()), read_value));
            let status = until_it_ends(&mut child, &self.inputs.prompter, |signal| received = Some(signal));
            // What it left running may keep its output open; nobody has to wait for that.
            self.inputs.prompter.release_signals();
            let _ = telling.join();
            (status, reading.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        });
        let status = status.map_err(|error| Error::io("waiting for the program", error))?;
        let printed = printed.map_err(|error| Error::io(format!("reading what {} prints", step.name()), error))?;
        Ok((status, printed, received))
    }

    /// What the program is told, in one line.
    fn line(&self, step: RotationStep, pending: Option<&SecretValue>) -> Result<SecretBytes> {
        let SecretRotation { arn, version_id, current, .. } = self.rotation;
        let arn = arn.to_string();
        Ok(secret_json::write(&RotationEvent {
            step: step.name(),
            secret_id: &arn,
            client_request_token: version_id,
            current: EventValue::of(&current.version_id, &current.value)?,
            pending: pending.map(|value| EventValue::of(version_id, value)).transpose()?,
        }))
    }
}

fn how(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("exit code {code}"),
        None => format!("signal {}", exit_code(status).saturating_sub(128)),
    }
}

/// What comes out of a program, which is not more than a secret holds.
fn read_value(mut source: impl io::Read) -> io::Result<SecretBytes> {
    let mut bytes = SecretBytes::zeroed(MAX_SECRET_LENGTH + 1);
    let mut length = 0;
    while let Some(room) = bytes.expose_mut().get_mut(length..).filter(|room| !room.is_empty()) {
        match source.read(room) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(length);
    Ok(bytes)
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct RotationEvent<'a> {
    step: &'static str,
    secret_id: &'a str,
    client_request_token: &'a str,
    current: EventValue<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pending: Option<EventValue<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct EventValue<'a> {
    version_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_string: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "base64")]
    secret_binary: Option<&'a [u8]>,
}

impl<'a> EventValue<'a> {
    fn of(version_id: &'a str, value: &'a SecretValue) -> Result<Self> {
        let bytes = value.expose();
        let (secret_string, secret_binary) = match value.kind() {
            PayloadKind::String => {
                (Some(std::str::from_utf8(bytes).map_err(|_| Error::Misuse("a string value was checked to be UTF-8"))?), None)
            }
            PayloadKind::Binary => (None, Some(bytes)),
        };
        Ok(Self { version_id, secret_string, secret_binary })
    }
}

fn base64<S: Serializer>(bytes: &Option<&[u8]>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&Base64Display::new(bytes.unwrap_or_default(), &STANDARD))
}
