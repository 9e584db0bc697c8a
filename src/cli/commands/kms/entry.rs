//! A command that carries out one entry of the table: arguments -> request -> answer -> output.

use serde::Serialize;
use serde_json::Value;

use crate::{
    cli::{
        args::KmsPagingArgs,
        failure::Outcome,
        invocation::Invocation,
        keystore::Keystore,
        members::Arguments,
        paging::{ListOperation, ManualPage},
        printer::Printer,
        regions::Regions,
    },
    error::Error,
    kms::EmbeddedKms,
    page::ListOrder as _,
    protocol::{
        self,
        answer::Answer,
        operation::{Change, Operation, Run, Service},
        request::Request,
    },
    region::Region,
};

const NOT_OF_KMS: Error = Error::Misuse("a command of AWS KMS stands in the table, and is done on keys");

/// What a change does before the keystore is locked.
pub(super) type Prepare = for<'a> fn(Region, &'a Request) -> crate::Result<Change<'a>>;

/// Carries out the command's operation and prints what it answers.
pub(super) fn run(invocation: &Invocation, args: &impl Serialize) -> Outcome {
    print(&invocation.printer, answer(invocation, args)?)
}

/// Carries out the command's operation.
pub(super) fn answer(invocation: &Invocation, args: &impl Serialize) -> Outcome<Answer> {
    answer_with(invocation, args, |prepare, region, request| Ok(prepare(region, request)?))
}

/// The same with something around what a change does before the keystore is locked.
pub(super) fn answer_with(
    invocation: &Invocation,
    args: &impl Serialize,
    prepared: impl for<'a> FnOnce(Prepare, Region, &'a Request) -> Outcome<Change<'a>>,
) -> Outcome<Answer> {
    let (operation, arguments) = (entry(&invocation.printer)?, Arguments::of(args)?);
    match operation.run {
        // Needs no key, so no keystore either.
        Run::Alone(answer) => Ok(answer(&arguments.request(&invocation.inputs, operation)?)?),
        Run::Keys(answer) => {
            let region = region(&invocation.regions, &arguments)?;
            let request = arguments.request(&invocation.inputs, operation)?;
            Ok(answer(&invocation.keystore.read()?, region, &request)?)
        }
        Run::ChangeKeys(prepare) => {
            let region = region(&invocation.regions, &arguments)?;
            let request = arguments.request(&invocation.inputs, operation)?;
            let work = prepared(prepare, region, &request)?;
            change(&invocation.keystore, work)
        }
        Run::Secrets(_) | Run::SealSecrets(_) | Run::ChangeRecord(_) => Err(NOT_OF_KMS.into()),
    }
}

/// Prints a list: of the Region that the arguments name, or without one of all Regions that are enabled.
pub(super) fn list(invocation: &Invocation, args: &impl Serialize, paging: &KmsPagingArgs) -> Outcome {
    let (operation, arguments) = (entry(&invocation.printer)?, Arguments::of(args)?);
    let (Run::Keys(answer), Some(pages)) = (&operation.run, operation.paging) else {
        return Err(Error::Misuse("a list is read, and by pages").into());
    };
    let named = arguments.key_id().map(|key_id| invocation.regions.of_key(key_id)).transpose()?;
    let request = arguments.with_page_size(pages, paging.paging.page_size).request(&invocation.inputs, operation)?;
    let manual = ManualPage::of(&request, pages, paging.limit)?;
    let kms = invocation.keystore.read()?;
    let regions = match named.map_or_else(|| invocation.regions.configured(), |region| Ok(Some(region)))? {
        Some(region) => vec![region],
        None => Region::all().filter(|region| kms.is_enabled(*region)).collect(),
    };
    let mut entries: Vec<Value> = Vec::new();
    for region in regions {
        if let Answer::List(list) = answer(&kms, region, &request)? {
            entries.extend(list);
        }
    }
    // Each Region's list is sorted; of several, so is the whole.
    entries.sort_by_cached_key(|entry| pages.position(entry));
    ListOperation::of(pages).print(&invocation.printer, (&entries, pages), &paging.paging, manual)
}

/// Changes the keystore, durably, making it at first use.
pub(super) fn change<T>(keystore: &Keystore, work: impl FnOnce(&mut EmbeddedKms) -> crate::Result<T>) -> Outcome<T> {
    let mut session = keystore.session()?;
    let result = work(session.kms_mut())?;
    let committed = session.commit()?.committed();
    drop(session);
    keystore.note_made(&committed);
    Ok(result)
}

pub(super) fn print(printer: &Printer, answer: Answer) -> Outcome {
    match answer {
        Answer::Nothing => Ok(()),
        Answer::Document(document) => printer.print(&document),
        Answer::Secret(document) => printer.print_document(document.to_value()?),
        Answer::List(entries) => printer.print(&entries),
        Answer::Secrets(..) | Answer::Value(_) | Answer::Values(_) | Answer::Changed(_) => Err(NOT_OF_KMS.into()),
    }
}

fn entry(printer: &Printer) -> Outcome<&'static Operation> {
    Ok(protocol::find(Service::Kms, printer.operation()).ok_or(NOT_OF_KMS)?)
}

/// A key names its Region; what is about no key, or finds it by itself, needs one.
fn region(regions: &Regions, arguments: &Arguments) -> Outcome<Region> {
    arguments.key_id().map_or_else(|| regions.require(), |key_id| regions.of_key(key_id))
}
