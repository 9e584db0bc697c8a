//! `sign` of the vault

use std::path::PathBuf;

use serde::Serialize;

use crate::{
    cli::{
        args::{SignedReadingArgs, SigningKeyArgs},
        failure::{Failure, Outcome},
        invocation::Invocation,
        printer::Printer,
        prompt::Prompter,
        signed_reading::{freshness_check, trusted_signers},
        signing::{in_file, read_signature, read_signing_keys},
        terminal::{counted, note},
        usage::UsageError,
    },
    error::Error,
    package::{ChangeToSign, DifferenceKind, PackageSigning, SigningPlan, WrittenRoot},
    vault::RecordHand,
};

/// Changes of the signer's own hand that are shown one by one.
const SHOWN: usize = 50;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct RootDocument {
    vault_id: String,
    counter: u64,
    #[serde(rename = "SHA256")]
    sha256: String,
    #[serde(serialize_with = "crate::text::serialize_path")]
    root: PathBuf,
    signatures: Vec<RootSignatureDocument>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct RootSignatureDocument {
    key: String,
    #[serde(serialize_with = "crate::text::serialize_path")]
    path: PathBuf,
}

/// How the vault is signed.
pub(super) struct VaultSigning {
    pub(super) key: SigningKeyArgs,
    pub(super) add_signature: Vec<PathBuf>,
    pub(super) no_key: bool,
    pub(super) accept: Vec<String>,
    pub(super) yes: bool,
    pub(super) trusted: SignedReadingArgs,
}

pub(super) fn run(invocation: &Invocation, args: VaultSigning) -> Outcome {
    check(&args)?;
    invocation.vault.require()?;
    let trusted = trusted_signers(&invocation.inputs.environment, &args.trusted)?;
    let freshness = freshness_check(&args.trusted.freshness)?;
    let kms = invocation.kms_for_metadata("whose hand changed what is not known")?;
    let signing = PackageSigning { vault: &invocation.vault, trusted: trusted.as_ref(), kms: kms.as_ref(), freshness: &freshness };
    if !args.add_signature.is_empty() {
        return add_signatures(invocation, &signing, &args.add_signature);
    }
    let VaultSigning { key, accept, yes, .. } = args;
    let keys = read_signing_keys(&invocation.inputs, key)?;
    let plan = signing.plan()?;
    show(&plan);
    if !yes {
        ask(&invocation.inputs.prompter, &plan)?;
    }
    let written = signing.write(&plan, &accept, &keys)?;
    if keys.is_empty() {
        note(&format!(
            "not signed yet: 'ssh-keygen -Y sign -n coldseal-manifest -f KEY < {} > root.sig', then 'coldseal sign --add-signature root.sig'",
            written.place.display()
        ));
    }
    print(&invocation.printer, written)
}

fn check(args: &VaultSigning) -> Outcome {
    let ways = usize::from(!args.key.signing_key.is_empty()) + usize::from(args.no_key) + usize::from(!args.add_signature.is_empty());
    if ways != 1 {
        let error = UsageError::new("the vault is signed with a key, or without one, or gets a signature that was made elsewhere");
        return Err(error.with_hint("give one of --signing-key KEY, --no-key and --add-signature FILE").into());
    }
    Ok(())
}

fn add_signatures(invocation: &Invocation, signing: &PackageSigning<'_>, paths: &[PathBuf]) -> Outcome {
    for path in paths {
        let signature = read_signature(invocation.inputs.in_use(), path)?;
        let added = signing.add_signature(&signature).map_err(|error| match error {
            Error::Service(refusal) => in_file(path, *refusal),
            other => other,
        });
        print(&invocation.printer, added?)?;
    }
    Ok(())
}

/// What would be signed, on stderr.
fn show(plan: &SigningPlan) {
    for counter in &plan.unsigned {
        note(&format!("root {counter} has no signature that counts: it is removed"));
    }
    let (own, others): (Vec<_>, Vec<_>) = plan.changes.iter().partition(|change| change.is_own());
    for change in own.iter().take(SHOWN).chain(&others) {
        note(&told(change));
    }
    if own.len() > SHOWN {
        note(&format!("and {} by a holder of this keystore", counted(own.len() - SHOWN, "more change")));
    }
    let since = match &plan.before {
        Some((counter, _)) => format!("since root {counter}"),
        None => "in the first root".to_owned(),
    };
    note(&format!("root {}: {}, {} {since}", plan.counter, counted(plan.secrets, "secret"), counted(plan.changes.len(), "change")));
}

fn told(change: &ChangeToSign) -> String {
    let difference = &change.difference;
    let regions: Vec<_> = difference.regions.iter().map(|region| region.name()).collect();
    let listed = |members: &std::collections::BTreeSet<String>| members.iter().cloned().collect::<Vec<_>>().join(", ");
    let what = match &difference.kind {
        DifferenceKind::NotListed => "new".to_owned(),
        DifferenceKind::Missing => "removed".to_owned(),
        DifferenceKind::Changed { members } => format!("changed: {}", listed(members)),
        DifferenceKind::RolledBack { members } => format!("older than what was signed: {}", listed(members)),
    };
    let hand = match change.hand {
        Some(RecordHand::Own) => "",
        Some(RecordHand::Changed) => "; changed by another hand, as its tag does not verify",
        Some(RecordHand::OtherKeystore) => "; it has the tag of another keystore",
        Some(_) => "; it has no tag: whose hand it is is not known",
        None => "; whose hand it is is not known",
    };
    format!("{} ({}): {what}{hand}", difference.name.escape_debug(), regions.join(", "))
}

fn ask(prompter: &Prompter, plan: &SigningPlan) -> Outcome {
    match prompter.confirms(&format!("coldseal: sign root {}?", plan.counter)) {
        Some(true) => Ok(()),
        Some(false) => {
            note("nothing was signed");
            Err(Failure::Partial)
        }
        None => {
            let refused = UsageError::new("there is no terminal to ask on; nothing was signed");
            Err(refused.with_hint("look at what has changed, and repeat the command with --yes").into())
        }
    }
}

fn print(printer: &Printer, written: WrittenRoot) -> Outcome {
    let signatures = written.signatures.into_iter().map(|(key, path)| RootSignatureDocument { key, path }).collect();
    printer.print(&RootDocument {
        vault_id: written.vault_id.to_string(),
        counter: written.counter,
        sha256: written.sha256.to_string(),
        root: written.place,
        signatures,
    })
}
