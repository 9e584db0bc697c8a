//! Entries of the table that are about secrets: arguments -> request -> answer.

use serde::Serialize;

use crate::{
    cli::{
        commands::{key_warnings::of_change, new_vault::NewVault, secret_change::SealedSecret},
        failure::Outcome,
        invocation::Invocation,
        members::Arguments,
        printer::Printer,
    },
    error::Error,
    kms::EmbeddedKms,
    protocol::{
        self,
        answer::Answer,
        operation::{Operation, Own, Run, Sealing, Secrets, Service},
        request::Request,
    },
    region::Region,
    vault::{KeyOptions, SecretChange},
};

pub(super) const NOT_THERE: Error = Error::Misuse("what is done with a secret stands in the table");

/// The request that the arguments make.
pub(super) fn request(invocation: &Invocation, args: &impl Serialize) -> Outcome<Request> {
    Arguments::of(args)?.request(&invocation.inputs, entry(&invocation.printer)?)
}

/// Carries out what needs neither a vault nor a key, and prints what it answers.
pub(super) fn answer_alone(invocation: &Invocation, args: &impl Serialize) -> Outcome {
    let Run::Alone(answer) = entry(&invocation.printer)?.run else { return Err(NOT_THERE.into()) };
    let Answer::Secret(document) = answer(&request(invocation, args)?)? else { return Err(NOT_THERE.into()) };
    invocation.printer.print_document(document.to_value()?)
}

/// The same, but for the secret, where there are several.
pub(super) fn request_for_each(invocation: &Invocation, args: &impl Serialize) -> Outcome<Request> {
    Arguments::of(args)?.request_for_each(&invocation.inputs, entry(&invocation.printer)?)
}

/// Carries out what reads.
pub(super) fn read(printer: &Printer, secrets: &Secrets<'_>, request: &Request) -> Outcome<Answer> {
    let Run::Secrets(read) = entry(printer)?.run else { return Err(NOT_THERE.into()) };
    Ok(read(secrets, request)?)
}

/// Prints what is on record of a secret, where one is named. No key is needed.
pub(super) fn print_record(invocation: &Invocation, secret_id: Option<&str>, args: &impl Serialize) -> Outcome {
    let request = request(invocation, args)?;
    let region = secret_id.map(|secret_id| invocation.regions.of_secret(secret_id)).transpose()?.flatten();
    let secrets = Secrets { vault: &invocation.vault, kms: None, keys: &KeyOptions::default(), region, lists: None };
    print(&invocation.printer, read(&invocation.printer, &secrets, &request)?)
}

/// Changes what is on record of a secret, and prints what AWS answers.
pub(super) fn change_record(invocation: &Invocation, secret_id: &str, args: &impl Serialize) -> Outcome {
    print(&invocation.printer, changed_record(invocation, secret_id, args)?)
}

/// Changes what is on record of a secret. Where there is a keystore, it is opened, so that the record keeps its tag.
pub(super) fn changed_record(invocation: &Invocation, secret_id: &str, args: &impl Serialize) -> Outcome<Answer> {
    let Run::ChangeRecord(change) = entry(&invocation.printer)?.run else { return Err(NOT_THERE.into()) };
    let region = invocation.regions.of_secret(secret_id)?;
    let request = request(invocation, args)?;
    invocation.vault.require()?;
    let (kms, keys) = (invocation.keystore.read_if_any()?, KeyOptions::default());
    Ok(change(&Secrets { vault: &invocation.vault, kms: kms.as_ref(), keys: &keys, region, lists: None }, &request)?)
}

fn print(printer: &Printer, answer: Answer) -> Outcome {
    match answer {
        Answer::Nothing => Ok(()),
        Answer::Document(document) => printer.print(&document),
        _ => Err(NOT_THERE.into()),
    }
}

/// Carries out what seals, with the keys that `keys` finds. The keystore is held no longer than that takes.
pub(super) fn seal(
    invocation: &Invocation,
    region: Option<Region>,
    own: Own,
    request: &Request,
    keys: impl FnOnce(&mut EmbeddedKms) -> Outcome<KeyOptions>,
) -> Outcome<SealedSecret> {
    let Run::SealSecrets(seal) = entry(&invocation.printer)?.run else { return Err(NOT_THERE.into()) };
    let mut session = invocation.keystore.session_for_secrets()?;
    let own = Own { keys: keys(session.kms_mut())?, ..own };
    let sealing = Sealing { vault: &invocation.vault, session: &mut session, region, own };
    sealed(invocation, sealing, |sealing| match seal(sealing, request)? {
        Answer::Changed(change) => Ok(change),
        _ => Err(NOT_THERE),
    })
}

/// Does what seals, and says what was made for it.
pub(super) fn sealed(
    invocation: &Invocation,
    mut sealing: Sealing<'_>,
    seal: impl FnOnce(&mut Sealing<'_>) -> crate::Result<Box<SecretChange>>,
) -> Outcome<SealedSecret> {
    let new_vault = NewVault::of(&invocation.vault);
    let change = seal(&mut sealing);
    // The keystore and the vault are there whatever came of the work.
    invocation.keystore.note_made_by(sealing.session);
    new_vault.note_made();
    let change = change?;
    let warnings = of_change(sealing.session.kms(), &change, &sealing.own.keys);
    Ok(SealedSecret { change, warnings })
}

fn entry(printer: &Printer) -> Outcome<&'static Operation> {
    Ok(protocol::find(Service::SecretsManager, printer.operation()).ok_or(NOT_THERE)?)
}
