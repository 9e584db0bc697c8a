//! `export-keys`

use std::{collections::BTreeSet, path::PathBuf};

use clap::Args;
use serde_json::json;

use crate::{
    cli::{
        args::kms::{NewPassphraseArgs, ProtectionKind},
        failure::Outcome,
        invocation::Invocation,
        keystore::other_location,
        regions::parse_region,
        replica_regions::plain_names,
        terminal::note,
        usage::UsageError,
    },
    kms::Protection,
    region::Region,
};

/// [coldseal] Write a keystore that holds the keys of some Regions only
///
/// For another machine, or as a backup. It is a keystore like any other: --keystore FILE uses it. Automatic rotation is off in it.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  coldseal kms export-keys --regions eu-west-1 \\
      --output-file eu.json --output-key-file eu.key
  coldseal kms export-keys --regions eu-west-1 eu-central-1 \\
      --output-file eu.json --protect-with passphrase

The passphrase comes from --new-passphrase-file, COLDSEAL_NEW_PASSPHRASE_FD, COLDSEAL_NEW_PASSPHRASE, or a prompt.")]
pub(crate) struct ExportKeysArgs {
    /// The Regions [default: --region]
    #[arg(long, value_name = "REGION", num_args = 1..)]
    pub(crate) regions: Vec<String>,
    /// The keystore to write; must not be there
    #[arg(short = 'o', long, value_name = "FILE")]
    pub(crate) output_file: PathBuf,
    /// What protects it
    #[arg(long, value_enum, default_value = "key-file")]
    pub(crate) protect_with: ProtectionKind,
    /// Its new key file; must not be there [default: keystore.key beside the keystore]
    #[arg(long, value_name = "FILE")]
    pub(crate) output_key_file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) new_passphrase: NewPassphraseArgs,
}

pub(super) fn run(mut invocation: Invocation, args: ExportKeysArgs) -> Outcome {
    let protection = Protection::from(args.protect_with);
    if protection == Protection::Passphrase && args.output_key_file.is_some() {
        return Err(UsageError::new("--output-key-file goes with --protect-with key-file; leave one of them out").into());
    }
    if protection == Protection::KeyFile && args.new_passphrase.new_passphrase_file.is_some() {
        return Err(UsageError::new("--new-passphrase-file goes with --protect-with passphrase").into());
    }
    let regions: BTreeSet<Region> = if args.regions.is_empty() {
        BTreeSet::from([invocation.regions.require()?])
    } else {
        args.regions.iter().flat_map(|word| plain_names(word)).map(|name| parse_region("--regions", name)).collect::<Result<_, _>>()?
    };
    let regions = Vec::from_iter(regions);
    let copy = invocation.keystore.read()?.export(&regions)?;
    let location = other_location(&invocation.inputs.environment, args.output_file, args.output_key_file);
    let files = invocation.inputs.in_use();
    files.write(&location.keystore)?;
    if protection == Protection::KeyFile {
        files.write(&location.key_file)?;
    }
    invocation.keystore.passphrases = invocation.keystore.passphrases.with_new(args.new_passphrase);
    location.create(&copy, &invocation.keystore.passphrases, protection)?;
    let keystore = location.keystore.display();
    match protection {
        Protection::KeyFile => {
            let key_file = location.key_file.display();
            note(&format!(
                "wrote the keystore {keystore} and its key file {key_file}; whoever has both opens all that these keys encrypted"
            ));
        }
        Protection::Passphrase => note(&format!("wrote the keystore {keystore}; its passphrase opens all that these keys encrypted")),
    }
    let mut keys = Vec::new();
    for region in regions {
        keys.extend(copy.list_keys(region)?.into_iter().map(|entry| entry.key_arn));
    }
    invocation.printer.print(&json!({ "Keystore": location.keystore.display().to_string(), "Keys": keys }))
}
