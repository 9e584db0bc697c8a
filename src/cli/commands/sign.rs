//! `sign`

mod vault;

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use clap::Args;
use serde::Serialize;

use self::vault::VaultSigning;
use crate::{
    cli::{
        args::{SignedReadingArgs, SigningKeyArgs, WriteArgs},
        commands::message_files::input,
        failure::Outcome,
        files_in_use::FilesInUse,
        invocation::Invocation,
        output_file::Destination,
        paramfile::STDIN,
        printer::Printer,
        signing::{in_file, read_signature, read_signing_keys},
        usage::UsageError,
    },
    error::Error,
    package::signature::{ContentDigest, Namespace, SshSignature},
};

/// [coldseal] Sign the vault, or files, as ssh-keygen -Y sign does
///
/// Without a FILE the vault is signed: a root names every secret's entry and bundles in every Region, and the signature is over it, for the namespace
/// coldseal-manifest. What has changed since the last root is shown, with whose hand it was, and asked about; what is not known to be by a holder of
/// this keystore is signed only where --accept names the secret. The first root gives the vault its id. Where the newest root says what the vault
/// holds, a signature is added to it: so several signers sign one root. What a root names stays until a newer one is signed.
///
/// With a FILE the signature is over the SHA-512 of the file, for the namespace coldseal-file. It is written beside the file, as
/// FILE.KEY.sig, where KEY is the first 16 hex digits of the SHA-256 of the public key: several signers of a file do not meet.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  coldseal sign --signing-key ~/.ssh/id_ed25519
  coldseal sign --signing-key alice --signing-key bob  # two at one table
  coldseal sign --no-key  # then, with a key in an agent or on a token:
  ssh-keygen -Y sign -n coldseal-manifest -f token.pub \\
      < coldseal-vault/manifests/1.json > root.sig
  coldseal sign --add-signature root.sig
  coldseal verify --signers allowed_signers

  coldseal sign photos.bundle --signing-key ~/.ssh/id_ed25519
  coldseal open photos.bundle --signers allowed_signers -o photos.tar
  ssh-keygen -Y sign -n coldseal-file -f token.pub photos.bundle
  coldseal sign photos.bundle --add-signature photos.bundle.sig

'coldseal open --signers' demands such signatures, and ssh-keygen verifies them too:
  ssh-keygen -Y verify -f allowed_signers -I alice@example.com \\
      -n coldseal-file -s photos.bundle.KEY.sig < photos.bundle

A key in an agent, on a FIDO token or a smart card signs with ssh-keygen; --add-signature takes what it wrote, if it is a signature of FILE, \
for coldseal-file and over SHA-512.")]
pub(crate) struct SignArgs {
    /// The files to sign; '-' for stdin, with -o [default: the vault]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) key: SigningKeyArgs,
    /// Take in a signature of FILE, or of a root of the vault, that was made elsewhere; repeat it for several
    #[arg(long, value_name = "SIGNATURE")]
    pub(crate) add_signature: Vec<PathBuf>,
    /// Where the signature of one FILE goes; '-' for stdout [default: FILE.KEY.sig]
    #[arg(short = 'o', long = "output-file", value_name = "FILE")]
    pub(crate) output_file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) write: WriteArgs,
    /// Write the vault's root without a signature, to be signed elsewhere
    #[arg(long, conflicts_with = "files")]
    pub(crate) no_key: bool,
    /// Sign what was changed in the secret of this name, though not by a holder of this keystore, or removed; repeat it for several
    #[arg(long, value_name = "NAME", conflicts_with = "files")]
    pub(crate) accept: Vec<String>,
    /// Do not ask
    #[arg(long, conflicts_with = "files")]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) trusted: SignedReadingArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct SignaturesDocument {
    signatures: Vec<SignatureDocument>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct SignatureDocument {
    #[serde(serialize_with = "crate::text::serialize_path")]
    file: PathBuf,
    #[serde(serialize_with = "crate::text::serialize_path")]
    path: PathBuf,
    key: String,
    namespace: &'static str,
}

/// A signature, and where it goes.
struct NewSignature<'a> {
    file: &'a Path,
    path: PathBuf,
    signature: SshSignature,
    /// One by the same key of the same content is there already.
    is_there: bool,
}

pub(super) fn run(invocation: &Invocation, args: SignArgs) -> Outcome {
    if args.files.is_empty() {
        let SignArgs { key, add_signature, no_key, accept, yes, trusted, .. } = args;
        return vault::run(invocation, VaultSigning { key, add_signature, no_key, accept, yes, trusted });
    }
    check(&args)?;
    let files = invocation.inputs.in_use();
    let SignArgs { files: names, key, add_signature, output_file, write, .. } = args;
    let added: Vec<_> = add_signature.iter().map(|path| Ok((path, read_signature(files, path)?))).collect::<Outcome<_>>()?;
    let keys = read_signing_keys(&invocation.inputs, key)?;
    let mut planned = Vec::new();
    for file in &names {
        let content = ContentDigest::read(input(files, file)?).map_err(|error| Error::io_at("reading", file, error))?;
        let mut signatures: Vec<SshSignature> = Vec::new();
        for (path, signature) in &added {
            signature.verify(Namespace::File, &content).map_err(|refusal| in_file(path, refusal))?;
            signatures.push(signature.clone());
        }
        for key in &keys {
            signatures.push(key.sign(Namespace::File, &content)?);
        }
        for signature in signatures {
            let path = output_file.clone().unwrap_or_else(|| beside(file, &signature));
            let is_there = !write.force && is_there(invocation.inputs.in_use(), &path, &signature, &content);
            planned.push(NewSignature { file, path, signature, is_there });
        }
    }
    let (overwrite, sync) = (write.overwrite(), write.sync());
    let new = planned.iter().filter(|planned| !planned.is_there);
    let new: Vec<_> = new
        .map(|planned| Ok((Destination::new(files, Some(planned.path.as_path()), overwrite, sync)?, &planned.signature)))
        .collect::<Outcome<_>>()?;
    for (destination, signature) in new {
        let text = signature.to_pem();
        destination.write(&invocation.inputs.prompter, |output| {
            output.write_all(text.as_bytes()).map_err(|error| Error::io("writing the signature", error))
        })?;
    }
    if output_file.is_some() { Ok(()) } else { report(&invocation.printer, &planned) }
}

fn check(args: &SignArgs) -> Outcome {
    let count = args.add_signature.len() + args.key.signing_key.len();
    if count == 0 {
        let error = UsageError::new("sign needs a key that signs, or a signature that was made elsewhere");
        return Err(error.with_hint("--signing-key ~/.ssh/id_ed25519, or --add-signature FILE.sig").into());
    }
    if args.files.len() > 1 && !args.add_signature.is_empty() {
        return Err(UsageError::new("--add-signature takes a signature of one FILE").into());
    }
    if args.output_file.is_some() && (args.files.len() > 1 || count > 1) {
        return Err(UsageError::new("-o takes one signature of one FILE").into());
    }
    if args.output_file.is_none() && args.files.iter().any(|file| file == Path::new(STDIN)) {
        return Err(UsageError::new("what comes from stdin has no name beside which its signature could be")
            .with_hint("-o names a file")
            .into());
    }
    Ok(())
}

/// `FILE.KEY.sig`.
fn beside(file: &Path, signature: &SshSignature) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(format!(".{}.sig", signature.key_digest()));
    name.into()
}

/// ECDSA never signs twice the same: what is there need not be the same text.
fn is_there(files: &FilesInUse, path: &Path, signature: &SshSignature, content: &ContentDigest) -> bool {
    let is_file = path.is_file();
    let there = is_file.then(|| read_signature(files, path).ok()).flatten();
    there.is_some_and(|there| there.key() == signature.key() && there.verify(Namespace::File, content).is_ok())
}

fn report(printer: &Printer, planned: &[NewSignature<'_>]) -> Outcome {
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let signatures = planned.iter().map(|planned| SignatureDocument {
        file: absolute(planned.file),
        path: absolute(&planned.path),
        key: planned.signature.key().fingerprint(),
        namespace: Namespace::File.name(),
    });
    printer.print(&SignaturesDocument { signatures: signatures.collect() })
}
