//! `rotate-secret`

mod steps;

use std::ffi::OsString;

use clap::{ArgAction, Args};
use serde::Serialize;

use self::steps::{RotationStep, Steps, words};
use crate::{
    cli::{
        args::{OpeningKeyArgs, SignedWritingArgs, WrapArgs},
        commands::{
            given_keys::GivenKeys,
            key_warnings::{of_change, tell},
            secret_entry::{NOT_THERE, changed_record, request},
            secret_opening::SecretOpening,
        },
        failure::Outcome,
        invocation::Invocation,
        terminal::note,
    },
    protocol::{answer::Answer, operation::Secrets, request::Request, secrets},
    vault::{AWSPENDING, NewVersionCheck, PutSecretValue, RotationChange, SecretRotation, SecretValue},
};

/// Keep a secret's rotation rules, or rotate it by a program of yours
///
/// With --rotation-rules the rules are kept, and RotationDueDate says when they want the value changed; 'list-secrets --due' lists what is due. Nothing
/// here rotates by itself, so RotationEnabled stays false.
///
/// With --rotation-command the secret is rotated now: the program runs once for each of the four steps of a rotation function in AWS, and
/// COLDSEAL_STEP names the step: createSecret prints the new value on stdout, byte for byte, which becomes the version AWSPENDING; setSecret sets it where
/// the secret is used; testSecret tests it; after finishSecret AWSCURRENT moves to it, and AWSPREVIOUS to the version before. On stdin it gets one line of
/// JSON: Step, SecretId, ClientRequestToken, Current and, from setSecret on, Pending, both with VersionId and SecretString or (base64) SecretBinary.
/// COLDSEAL_SECRET_ID and COLDSEAL_CLIENT_REQUEST_TOKEN are set too; no value stands in an argument or a variable. The command is split into words as a
/// shell would; no shell runs it, and it is never stored. The vault and the keystore are not locked while it runs.
///
/// A step that fails leaves AWSCURRENT where it is, and AWSPENDING on the new version, once it has a value: the same command with that version's
/// --client-request-token goes on from setSecret.
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(after_long_help = "Examples:
  coldseal rotate-secret --secret-id MySecret \\
      --rotation-rules AutomaticallyAfterDays=30
  coldseal rotate-secret --secret-id MySecret \\
      --rotation-command './rotate.sh db1'

where rotate.sh is, for instance:
  #!/bin/sh
  case $COLDSEAL_STEP in
    createSecret) openssl rand -hex 24 | tr -d '\\n' ;;
    setSecret) jq -r .Pending.SecretString | ssh \"$1\" set-password ;;
    testSecret) jq -r .Pending.SecretString | ssh \"$1\" try-password ;;
  esac")]
pub(crate) struct RotateSecretArgs {
    /// The secret: name, ARN or partial ARN
    #[arg(long, value_name = "SECRET")]
    pub(crate) secret_id: String,
    /// Token of 32 to 64 characters, the VersionId of the new version; that of a rotation that failed goes on with it
    #[arg(long, value_name = "TOKEN")]
    pub(crate) client_request_token: Option<String>,
    /// Refused: nothing here runs a Lambda function; --rotation-command runs a program in its place
    #[arg(long, value_name = "ARN")]
    #[serde(rename = "RotationLambdaARN")]
    pub(crate) rotation_lambda_arn: Option<String>,
    /// When to rotate: AutomaticallyAfterDays=30, or ScheduleExpression='rate(10 days)'[,Duration=3h], or JSON
    #[arg(long, value_name = "RULES")]
    pub(crate) rotation_rules: Option<String>,
    /// Rotate now, which takes --rotation-command
    #[arg(long, overrides_with = "no_rotate_immediately")]
    pub(crate) rotate_immediately: bool,
    /// Keep the rules and rotate nothing now
    #[arg(long, action = ArgAction::SetTrue, conflicts_with = "rotation_command")]
    #[serde(skip)]
    pub(crate) no_rotate_immediately: bool,
    /// [coldseal] Rotate now by this program, which takes the four steps; see above
    #[arg(long, value_name = "COMMAND")]
    #[serde(skip)]
    pub(crate) rotation_command: Option<String>,
    #[command(flatten)]
    #[serde(skip)]
    pub(crate) wrap: WrapArgs,
    #[command(flatten)]
    #[serde(skip)]
    pub(crate) opening: OpeningKeyArgs,
    #[command(flatten)]
    #[serde(skip)]
    pub(crate) signed: SignedWritingArgs,
}

pub(super) fn run(mut invocation: Invocation, args: &RotateSecretArgs) -> Outcome {
    // The keystore is opened again after each step that needs it: nobody is asked twice, and a descriptor would be empty.
    invocation.keystore.passphrases.remember();
    let invocation = &invocation;
    let Some(command) = &args.rotation_command else {
        let Answer::Document(kept) = changed_record(invocation, &args.secret_id, args)? else { return Err(NOT_THERE.into()) };
        return invocation.printer.print(&kept);
    };
    let words = words(command)?;
    let request = request(invocation, args)?;
    secrets::require_no_function(&request)?;
    // What is named is read before a program has run.
    let given = GivenKeys::read(invocation.inputs.in_use(), &args.wrap, &args.opening)?;
    let opening = given.to_open(invocation)?;
    let rotated = Rotating { invocation, args, words: &words, given }.run(&request, &opening)?;
    invocation.printer.print(&rotated)
}

struct Rotating<'a> {
    invocation: &'a Invocation,
    args: &'a RotateSecretArgs,
    words: &'a [OsString],
    given: GivenKeys<'a>,
}

impl Rotating<'_> {
    fn run(&self, request: &Request, opening: &SecretOpening) -> Outcome<RotationChange> {
        let Self { invocation, args, words, given } = self;
        let region = invocation.regions.of_secret(&args.secret_id)?;
        let Secrets { kms, keys, .. } = opening.secrets(region);
        let of = (args.secret_id.as_str(), region);
        let mut rotation = invocation.vault.begin_rotation(kms, keys, of, args.client_request_token.as_deref())?;
        if rotation.pending.is_none() && !rotation.is_finished {
            // Nothing is changed yet, and no program has run.
            given.check_new_version(invocation, &NewVersionCheck::new(&rotation.arn.to_string()))?;
        }
        if let Some(rules) = secrets::rotation_rules(request)? {
            let kms = invocation.keystore.read_if_any()?;
            invocation.vault.set_rotation_rules(kms.as_ref(), of, &rules, args.client_request_token.as_deref())?;
        }
        if rotation.is_finished {
            note("this rotation was finished before");
            return self.finish(&rotation);
        }
        let pending = rotation.pending.take().map(|entry| entry.value);
        let steps = Steps { words, inputs: &invocation.inputs, rotation: &rotation };
        let pending = match pending {
            Some(value) => {
                note(&format!("going on with version {}, which has its value", rotation.version_id));
                value
            }
            None => self.create(&steps)?,
        };
        let rest = [RotationStep::Set, RotationStep::Test, RotationStep::Finish];
        let done = rest.into_iter().try_for_each(|step| steps.run(step, Some(&pending)).map(drop));
        done.inspect_err(|_| note_way_on(&rotation))?;
        self.finish(&rotation)
    }

    /// Has the program make the value, and keeps it as `AWSPENDING`.
    fn create(&self, steps: &Steps<'_>) -> Outcome<SecretValue> {
        let Self { invocation, given, .. } = self;
        let rotation = steps.rotation;
        let printed = steps.run(RotationStep::Create, None)?;
        if printed.expose().ends_with(b"\n") {
            note("the value that createSecret printed ends with a line end, which is a part of it");
        }
        let value = SecretValue::new(rotation.current.value.kind(), printed);
        let value = value.inspect_err(|_| note("what createSecret printed was not taken, and nothing was changed"))?;
        let mut session = invocation.keystore.session_for_secrets()?;
        let keys = given.to_seal(invocation.key_names(), session.kms_mut())?;
        let mut put = PutSecretValue::new(rotation.arn.to_string(), value);
        put.client_request_token = Some(rotation.version_id.clone());
        put.version_stages = vec![AWSPENDING.to_owned()];
        put.keys = keys;
        let change = invocation.vault.put_secret_value(&mut session, &put);
        invocation.keystore.note_made_by(&mut session);
        tell(&of_change(session.kms(), &change?, &put.keys));
        Ok(put.value)
    }

    fn finish(&self, rotation: &SecretRotation) -> Outcome<RotationChange> {
        let kms = self.invocation.keystore.read_if_any()?;
        Ok(self.invocation.vault.finish_rotation(kms.as_ref(), rotation)?)
    }
}

/// The value in use is as it was; the new one waits.
fn note_way_on(rotation: &SecretRotation) {
    let id = &rotation.version_id;
    note(&format!("AWSCURRENT is as it was, and AWSPENDING is on version {id}"));
    note(&format!(
        "hint: the same command with --client-request-token {id} goes on from setSecret; 'coldseal update-secret-version-stage --version-stage AWSPENDING --remove-from-version-id {id}' gives the version up"
    ));
}
