//! Completions: the shell's script asks this program at each completion, and the program answers from the definitions of its arguments.
//!
//! Nothing secret is read for an answer: names come from `secret.json`, aliases and key ids from a keystore that opens with its key file.
//! A keystore with a passphrase is left alone, as its key derivation would run at every press of a key.

mod candidates;

use clap::{Arg, Args as _, Command, CommandFactory as _, FromArgMatches as _};
use clap_complete::{
    CompleteEnv,
    engine::{ArgValueCompleter, CompletionCandidate},
};
use std::ffi::{OsStr, OsString};

use self::candidates::matching;
use super::{
    args::GlobalArgs,
    cli_input,
    commands::{Cli, VARIABLE},
    environment::Environment,
    failure::Outcome,
    invocation::vault,
    keystore::keystore_location,
    profile::Profile,
    regions::Regions,
};

use crate::{
    error::{Error, Result},
    kms::{EmbeddedKms, Passphrases},
    protocol::{
        member::{Kind, Member},
        secrets::{FILTERS, GENERATE_SECRET_STRING, ROTATION_RULES},
    },
    region::Region,
    secret::SecretBytes,
    vault::{ListSecrets, SecretListEntry, SortBy},
};

/// Flags that say where names are found; they are taken from the words typed so far.
const PLACES: [&str; 5] = ["--vault", "--keystore", "--keystore-key-file", "--region", "--profile"];

/// Answers a shell that asks for completions; `None` when no shell asks.
pub(super) fn answer() -> Option<Result<(), clap::Error>> {
    let asked = CompleteEnv::with_factory(|| with_values(cli_input::with_flags(Cli::command()))).var(VARIABLE);
    match asked.try_complete(std::env::args_os(), std::env::current_dir().ok().as_deref()) {
        Ok(false) => None,
        Ok(true) => Some(Ok(())),
        Err(error) => Some(Err(error)),
    }
}

/// Flags whose values may stand in a file.
const FILE_FLAGS: [&str; 7] =
    ["secret-string", "secret-binary", "plaintext", "ciphertext-blob", "policy", "resource-policy", "cli-input-json"];
/// Behind all that AWS has.
const OWN: usize = 1000;

/// Adds where values come from, to each flag of these names in each command; what AWS has comes first.
fn with_values(command: Command) -> Command {
    // The tags of a key have other members than those of a secret.
    let is_about_keys = command.get_arguments().any(|arg| matches!(arg.get_long(), Some("key-spec" | "key-id")));
    let tag_members = if is_about_keys { ["TagKey", "TagValue"] } else { ["Key", "Value"] };
    let restores = command.get_name() == "restore-secret";
    let command = command.mut_args(|arg| {
        let is_own = arg.get_help().is_some_and(|help| help.to_string().starts_with("[coldseal]"));
        let arg = if is_own { arg.display_order(OWN) } else { arg.display_order(0) };
        match arg.get_long() {
            Some("region" | "regions" | "remove-replica-regions" | "source-region" | "replica-region" | "primary-region") => {
                values(arg, regions)
            }
            Some("add-replica-regions" | "to") if arg.get_possible_values().is_empty() => values(arg, replica_regions),
            Some("secret-id") if restores => values(arg, deleted_secret_names),
            Some("secret-id") => values(arg, secret_names),
            Some("kms-key-id" | "to-key" | "alias-name") => values(arg, aliases),
            Some("key-id" | "target-key-id") => values(arg, key_ids),
            Some("tags") => values(arg, move |current| candidates::structure(current, &tag_members, |_, _| Vec::new())),
            Some("filters") => values(arg, modelled(&FILTERS)),
            Some("rotation-rules") => values(arg, modelled(&ROTATION_RULES)),
            Some("generate-secret-string") => values(arg, modelled(&GENERATE_SECRET_STRING.kind)),
            Some(long) if FILE_FLAGS.contains(&long) => values(arg, candidates::files),
            None if arg.get_id() == "regions" => values(arg, regions),
            _ => arg,
        }
    });
    command.mut_subcommands(|below| {
        let is_own = below.get_about().is_some_and(|about| about.to_string().starts_with("[coldseal]"));
        with_values(below).display_order(if is_own { OWN } else { 0 })
    })
}

fn values(arg: Arg, offer: impl Fn(&OsStr) -> Vec<CompletionCandidate> + Send + Sync + 'static) -> Arg {
    arg.add(ArgValueCompleter::new(offer))
}

fn regions(current: &OsStr) -> Vec<CompletionCandidate> {
    matching(current, Region::all().map(Region::name))
}

/// A plain name, or `Region=` and a name, and then a key.
fn replica_regions(current: &OsStr) -> Vec<CompletionCandidate> {
    let value = |member: &str, typed: &str| match member {
        "Region" => Region::all().map(|region| region.name().to_owned()).collect(),
        "KmsKeyId" => values_of(aliases(OsStr::new(typed))),
        _ => Vec::new(),
    };
    let mut offered = candidates::structure(current, &["Region", "KmsKeyId"], value);
    if current.is_empty() {
        offered.retain(|candidate| candidate.get_value() == "Region=");
    }
    offered.extend(regions(current));
    offered
}

/// Members of structures as the table of operations has them, with their values where these are a few, or a file with all of it.
fn modelled(kind: &'static Kind) -> impl Fn(&OsStr) -> Vec<CompletionCandidate> {
    let members: &[Member] = match kind {
        Kind::Structure(members) | Kind::Structures { members, .. } => members,
        _ => &[],
    };
    let names: Vec<&str> = members.iter().map(|member| member.name).collect();
    let values = |name: &str, _: &str| match members.iter().find(|member| member.name == name).map(|member| &member.kind) {
        Some(Kind::OneOf(values)) => values.iter().map(|value| (*value).to_owned()).collect(),
        _ => Vec::new(),
    };
    move |current| {
        let mut offered = candidates::structure(current, &names, values);
        if !current.as_encoded_bytes().contains(&b'=') {
            offered.extend(candidates::files(current));
        }
        offered
    }
}

fn values_of(candidates: Vec<CompletionCandidate>) -> Vec<String> {
    candidates.into_iter().filter_map(|candidate| candidate.get_value().to_str().map(str::to_owned)).collect()
}

fn secret_names(current: &OsStr) -> Vec<CompletionCandidate> {
    matching(current, names_of(|secret| secret.deleted_date.is_none()).unwrap_or_default())
}

/// Those that can be restored.
fn deleted_secret_names(current: &OsStr) -> Vec<CompletionCandidate> {
    matching(current, names_of(|secret| secret.deleted_date.is_some()).unwrap_or_default())
}

fn names_of(is_offered: impl Fn(&SecretListEntry) -> bool) -> Option<Vec<String>> {
    let places = Places::named(words())?;
    let region = places.region().ok()?;
    let request = ListSecrets { region, includes_planned_deletion: true, sort_by: Some(SortBy::Name), ..ListSecrets::default() };
    let secrets = vault(&places.global, &places.environment).list_secrets_matching(&request).ok()?;
    Some(secrets.entries.into_iter().filter(is_offered).map(|secret| secret.name).collect())
}

fn aliases(current: &OsStr) -> Vec<CompletionCandidate> {
    let names = in_keystore(|kms, region| Ok(kms.list_aliases(region, None)?.into_iter().map(|alias| alias.alias_name).collect()));
    matching(current, names.unwrap_or_default())
}

fn key_ids(current: &OsStr) -> Vec<CompletionCandidate> {
    let ids = in_keystore(|kms, region| Ok(kms.list_keys(region)?.into_iter().map(|key| key.key_id).collect()));
    matching(current, ids.unwrap_or_default())
}

/// What `list` finds in the Region typed or configured, else in every Region that is enabled.
fn in_keystore(list: impl Fn(&EmbeddedKms, Region) -> Result<Vec<String>>) -> Option<Vec<String>> {
    let places = Places::named(words())?;
    let kms = keystore_location(&places.global, &places.environment).ok()?.load(&NoPassphrase).ok()??;
    let regions: Vec<Region> = match places.region().ok()? {
        Some(region) => vec![region],
        None => Region::all().filter(|region| kms.is_enabled(*region)).collect(),
    };
    let found = regions.into_iter().filter_map(|region| list(&kms, region).ok());
    Some(found.flatten().collect())
}

/// The command line that is being completed: what stands behind `--`.
fn words() -> impl Iterator<Item = OsString> {
    std::env::args_os().skip_while(|word| word != "--").skip(1)
}

/// Where names are found, as the words and the environment say.
struct Places {
    global: GlobalArgs,
    environment: Environment,
}

impl Places {
    /// The rest of the line may be unfinished.
    fn named(words: impl Iterator<Item = OsString>) -> Option<Self> {
        let mut picked = vec![OsString::from("coldseal")];
        let mut words = words.peekable();
        while let Some(word) = words.next() {
            let Some(text) = word.to_str() else { continue };
            if PLACES.contains(&text) {
                picked.push(word);
                picked.push(words.next()?);
            } else if text.split_once('=').is_some_and(|(flag, _)| PLACES.contains(&flag)) {
                picked.push(word);
            }
        }
        let matches = GlobalArgs::augment_args(Command::new("coldseal")).try_get_matches_from(picked).ok()?;
        Some(Self { global: GlobalArgs::from_arg_matches(&matches).ok()?, environment: Environment::process() })
    }

    /// The Region that is named, if one is.
    fn region(&self) -> Outcome<Option<Region>> {
        let profile = Profile::load(&self.environment, self.global.profile.as_deref())?;
        Regions::new(&self.global, &self.environment, profile)?.configured()
    }
}

/// Has none and asks for none.
struct NoPassphrase;

impl Passphrases for NoPassphrase {
    fn current(&self) -> Result<SecretBytes> {
        Err(Error::setup("no passphrase is asked for to complete a name"))
    }

    fn new_passphrase(&self) -> Result<SecretBytes> {
        self.current()
    }
}
