//! What every command needs: where things are, which Region, how to print.

use std::{
    io::{self, BufWriter, IsTerminal as _, Write as _},
    path::{Path, PathBuf},
    str::FromStr as _,
    sync::Arc,
};

use serde::{Serialize, Serializer, ser::SerializeMap as _};
use serde_json::{Value, json};

use super::{
    args::{Color, GlobalArgs},
    aws_config::profile_region,
    cli_input::InputValues,
    environment::Environment,
    failure::{Failure, Outcome},
    keystore_location::keystore_location,
    online::{Discovery, Online, online},
    operation::Operation,
    output::{Look, OutputFormat, query::Query, render, render_json, write_json},
    output_file::{Destination, Overwrite},
    paramfile::BinaryFormat,
    passphrase::PassphraseSources,
    prompt::Prompter,
    usage::{ConfigError, UsageError},
};
use crate::{
    arn::{AccountId, SecretArn},
    durable::{Sync, parent_of},
    error::{Error, SetupError},
    kms::{Committed, EmbeddedKms, KeystoreLocation, KeystoreSession, OnlineOpening},
    region::Region,
    vault::{KeyOptions, Vault, unknown_region},
};

/// The global flags, checked, with the environment.
pub(crate) struct Context {
    pub(crate) environment: Environment,
    pub(crate) vault: Vault,
    pub(crate) location: KeystoreLocation,
    pub(crate) account: Option<AccountId>,
    /// AWS KMS, with `--kms aws`.
    pub(crate) online: Option<Online>,
    discovery: Discovery,
    pub(crate) binary_format: BinaryFormat,
    pub(crate) passphrases: PassphraseSources,
    pub(crate) prompter: Prompter,
    /// False with `--no-paginate`.
    pub(crate) paginates: bool,
    explicit_region: Option<Region>,
    profile: Option<String>,
    output: Option<OutputFormat>,
    query: Option<Query>,
    /// The secret values of `--cli-input-json`.
    pub(crate) values: InputValues,
    /// The operation's name and what the terminal is like, for tables.
    title: &'static str,
    look: Look,
}

impl Context {
    /// `operation` is what the command stands for.
    pub(crate) fn new(global: &GlobalArgs, environment: Environment, prompter: Prompter, operation: Operation) -> Outcome<Self> {
        let discovery = Discovery::parse(&global.kms_discovery)?;
        let online = online(global, &environment)?;
        let vault = global.vault.clone().or_else(|| environment.path("COLDSEAL_VAULT"));
        Ok(Self {
            paginates: !global.no_paginate,
            vault: Vault::new(vault.unwrap_or_else(|| PathBuf::from("coldseal-vault"))),
            location: keystore_location(global, &environment)?,
            account: account(global, &environment)?,
            online,
            discovery,
            binary_format: BinaryFormat::from_str(&global.cli_binary_format)?,
            passphrases: PassphraseSources::new(&environment, global.passphrase_file.clone(), prompter.clone()),
            prompter,
            explicit_region: global.region.as_deref().map(|name| parse_region("--region", name)).transpose()?,
            profile: global.profile.clone(),
            output: global.output.as_deref().map(OutputFormat::from_str).transpose()?,
            query: global.query.as_deref().map(Query::parse).transpose()?,
            values: InputValues::default(),
            title: operation.name(),
            look: stdout_look(global.color, &environment),
            environment,
        })
    }

    pub(crate) fn with_values(self, values: InputValues) -> Self {
        Self { values, ..self }
    }

    /// `--region`, else the environment's or the profile's Region.
    pub(crate) fn region(&self) -> Outcome<Option<Region>> {
        if self.explicit_region.is_some() {
            return Ok(self.explicit_region);
        }
        for variable in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
            if let Some(name) = self.environment.text(variable) {
                return Ok(Some(parse_region(variable, &name)?));
            }
        }
        let configured = profile_region(&self.environment, self.profile.as_deref())?;
        configured.map(|name| parse_region("the profile's region", &name)).transpose().map_err(Failure::from)
    }

    /// `--region`, if it was given.
    pub(crate) const fn explicit_region(&self) -> Option<Region> {
        self.explicit_region
    }

    /// Like [`Context::region`], where there has to be one.
    pub(crate) fn require_region(&self) -> Outcome<Region> {
        let missing = || {
            ConfigError::new("You must specify a region.")
                .with_hint("--region us-west-2, or AWS_REGION, or 'region' in the AWS configuration file")
        };
        self.region()?.ok_or_else(|| missing().into())
    }

    /// The Region for a command on an existing secret: an ARN names its own, and only an explicit `--region` may disagree with it.
    pub(crate) fn region_for(&self, secret_id: &str) -> Outcome<Option<Region>> {
        if !secret_id.starts_with("arn:") {
            return self.region();
        }
        let named = secret_id.parse::<SecretArn>().ok().map(|arn| arn.region());
        match (named, self.explicit_region) {
            (Some(named), Some(explicit)) if named != explicit => {
                Err(UsageError::new(format!("the ARN names the Region {named}, and --region {explicit}; leave one of them out")).into())
            }
            (_, explicit) => Ok(explicit),
        }
    }

    /// A command that changes an existing keystore must not make one.
    pub(crate) fn require_keystore(&self) -> Outcome {
        if self.location.keystore.exists() { Ok(()) } else { Err(self.no_keystore().into()) }
    }

    fn no_keystore(&self) -> Error {
        SetupError::NoKeystore(self.location.keystore.clone()).into()
    }

    /// The keystore for reading; there has to be one.
    pub(crate) fn kms(&self) -> Outcome<EmbeddedKms> {
        Ok(self.kms_if_any()?.ok_or_else(|| self.no_keystore())?)
    }

    /// The keystore for reading, if there is one.
    pub(crate) fn kms_if_any(&self) -> Outcome<Option<EmbeddedKms>> {
        Ok(self.location.load(&self.passphrases)?)
    }

    /// Where a command's output goes: not onto its inputs, the keystore or its key file, and not into the vault.
    pub(crate) fn destination(&self, path: Option<&Path>, overwrite: Overwrite, sync: Sync, inputs: &[&Path]) -> Outcome<Destination> {
        let own = [self.location.keystore.as_path(), self.location.key_file.as_path()];
        let destination = Destination::new(path, overwrite, sync, &[inputs, &own].concat())?;
        self.require_outside_the_vault(path)?;
        Ok(destination)
    }

    /// A vault holds nothing but what its own commands write.
    pub(crate) fn require_outside_the_vault(&self, path: Option<&Path>) -> Outcome {
        let folder = path.and_then(|path| std::fs::canonicalize(parent_of(path)).ok());
        let root = std::fs::canonicalize(self.vault.root()).ok();
        match (path, folder.zip(root)) {
            (Some(path), Some((folder, root))) if folder.starts_with(&root) => {
                Err(UsageError::new(format!("{}: lies in the vault, which is no place for other files", path.display())).into())
            }
            _ => Ok(()),
        }
    }

    /// Says how often AWS KMS was called.
    pub(crate) fn note_calls(&self) {
        self.online.iter().for_each(Online::note_calls);
    }

    /// The keystore for a command on messages: with AWS KMS there need not be one.
    pub(crate) fn kms_for_messages(&self) -> Outcome<EmbeddedKms> {
        match self.kms_if_any()? {
            None if self.online.is_some() => Ok(EmbeddedKms::new(AccountId::embedded())?),
            kms => Ok(kms.ok_or_else(|| self.no_keystore())?),
        }
    }

    /// How data keys are wrapped and unwrapped, as the global flags have it.
    pub(crate) fn key_options(&self) -> KeyOptions {
        let configured = self.account.clone().unwrap_or_else(AccountId::embedded);
        let Discovery { accounts, partition } = &self.discovery;
        let accounts = if accounts.is_empty() { vec![configured.clone()] } else { accounts.clone() };
        let online_opening = OnlineOpening { accounts, partition: *partition, ..OnlineOpening::default() };
        let online = self.online.as_ref().map(|online| Arc::clone(&online.kms));
        KeyOptions { online, online_opening, account: configured, ..KeyOptions::default() }
    }

    /// The same for a message outside of a vault: keys of the Region that was asked for, in the partition of the one that is configured.
    pub(crate) fn key_options_for_message(&self) -> Outcome<KeyOptions> {
        let mut options = self.key_options();
        if options.online.is_some() {
            let configured = self.region()?;
            let opening = &mut options.online_opening;
            opening.region = self.explicit_region;
            opening.partition = opening.partition.or(configured.map(Region::partition));
        }
        Ok(options)
    }

    /// The keystore for a command on secrets, which may be of another account than the keystore; held until dropped.
    pub(crate) fn session_for_secrets(&self) -> Outcome<KeystoreSession> {
        let account = if self.location.keystore.exists() { None } else { self.keystore_account() };
        Ok(KeystoreSession::begin(&self.location, &self.passphrases, account)?)
    }

    /// The keystore for a command that may change its keys; held until dropped.
    pub(crate) fn session(&self) -> Outcome<KeystoreSession> {
        Ok(KeystoreSession::begin(&self.location, &self.passphrases, self.keystore_account())?)
    }

    /// The account of embedded keys: with AWS KMS the configured one is that of keys in AWS.
    fn keystore_account(&self) -> Option<AccountId> {
        self.account.clone().filter(|_| self.online.is_none())
    }

    /// Says what a first use made, and what that means.
    pub(crate) fn note_keystore(&self, committed: &Committed) {
        let KeystoreLocation { keystore, key_file } = &self.location;
        let made = match committed {
            Committed::Created => format!("made the keystore {} and its key file {}", keystore.display(), key_file.display()),
            Committed::CreatedWithAdoptedKeyFile => {
                format!("made the keystore {} with the key file {} that was there", keystore.display(), key_file.display())
            }
            Committed::Updated | Committed::Unchanged => return,
        };
        note(&format!(
            "{made}; whoever copies both files can open everything ('coldseal kms change-protection --to passphrase' asks for a passphrase instead)"
        ));
    }

    /// Whether the user asked for a document rather than for lines to read.
    pub(crate) fn wants_document(&self) -> bool {
        self.output.is_some() || self.query.is_some()
    }

    /// Prints a list with the token for its rest. As text the token is a line of its own, as in the AWS CLI.
    pub(crate) fn print_list(
        &self,
        member: &'static str,
        list: &[impl Serialize + std::marker::Sync],
        next_token: Option<String>,
    ) -> Outcome {
        if let (Some(token), Some(OutputFormat::Text), None) = (&next_token, self.output, &self.query) {
            self.print(&Listing { member, list, next_token: None })?;
            return self.print(&json!({ "NextToken": { "NextToken": token } }));
        }
        let listing = Listing { member, list, next_token };
        if self.prints_json() {
            let stdout = BufWriter::with_capacity(PRINTED_AT_ONCE, io::stdout().lock());
            return printed(write_json(stdout, &listing));
        }
        match self.query.as_ref().and_then(|query| query.search_each(member, list)) {
            Some(found) => self.print_value(&found?),
            None => self.print(&listing),
        }
    }

    /// Whether a result is printed as it is.
    fn prints_json(&self) -> bool {
        self.output.is_none_or(|format| format == OutputFormat::Json) && self.query.is_none()
    }

    /// Prints a result as `--query` and `--output` say.
    pub(crate) fn print(&self, result: &impl Serialize) -> Outcome {
        if self.prints_json() {
            return print_text(&render_json(result).map_err(|_| NOT_JSON)?);
        }
        let value = serde_json::to_value(result).map_err(|_| NOT_JSON)?;
        match &self.query {
            Some(query) => {
                let found = query.search(&value);
                self.print_value(&found.map_err(|error| error.with_hint("the command itself was carried out; this is about its result"))?)
            }
            None => self.print_value(&value),
        }
    }

    fn print_value(&self, value: &Value) -> Outcome {
        print_text(&render(self.title, value, self.output.unwrap_or(OutputFormat::Json), self.look))
    }
}

const NOT_JSON: Error = Error::Misuse("a result is always JSON");

/// A list under its member's name, with the token for its rest.
struct Listing<'a, L: ?Sized> {
    member: &'static str,
    list: &'a L,
    next_token: Option<String>,
}

impl<L: Serialize + ?Sized> Serialize for Listing<'_, L> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(self.member, self.list)?;
        if let Some(token) = &self.next_token {
            map.serialize_entry("NextToken", token)?;
        }
        map.end()
    }
}

/// `1 bundle`, `2 bundles`.
pub(crate) fn counted<N: TryInto<u64>>(count: N, what: &str) -> String {
    let count = count.try_into().unwrap_or(u64::MAX);
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// Bytes of a long list that go to stdout at once.
const PRINTED_AT_ONCE: usize = 64 * 1024;

/// Writes to stdout.
pub(crate) fn print_text(text: &str) -> Outcome {
    let mut stdout = io::stdout().lock();
    printed(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()))
}

/// A reader that has seen enough (`| head -1`) is no error: the command did its work.
fn printed(written: io::Result<()>) -> Outcome {
    if written.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::BrokenPipe) {
        return Ok(());
    }
    Ok(written.map_err(|error| Error::io("writing to stdout", error))?)
}

/// A line on stderr for people; a closed stderr loses it.
pub(crate) fn note(text: &str) {
    let _ = writeln!(io::stderr(), "coldseal: {text}");
}

/// A warning on stderr.
pub(crate) fn warn(text: &str) {
    note(&format!("warning: {text}"));
}

pub(crate) fn stdout_is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// A terminal's width, and whether tables are coloured.
fn stdout_look(color: Color, environment: &Environment) -> Look {
    let is_colored = color.applies_to(&io::stdout(), environment);
    Look { width: terminal_width().unwrap_or(Look::PLAIN.width), is_colored }
}

#[cfg(unix)]
fn terminal_width() -> Option<u16> {
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
    (size.ws_col > 0).then_some(size.ws_col)
}

#[cfg(not(unix))]
fn terminal_width() -> Option<u16> {
    None
}

pub(crate) fn parse_region(source: &str, name: &str) -> Result<Region, UsageError> {
    Region::new(name).ok_or_else(|| UsageError::new(format!("{source}: {}", unknown_region(name))))
}

fn account(global: &GlobalArgs, environment: &Environment) -> Result<Option<AccountId>, UsageError> {
    let (source, id) = match &global.account_id {
        Some(id) => ("--account-id", Some(id.clone())),
        None => ("COLDSEAL_ACCOUNT_ID", environment.text("COLDSEAL_ACCOUNT_ID")),
    };
    let refused = |_| UsageError::new(format!("{source}: an AWS account id has 12 digits"));
    id.map(|id| id.parse().map_err(refused)).transpose()
}
