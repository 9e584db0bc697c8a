//! Arguments of `coldseal kms`: groups that several commands have, and those of commands that are no more than an entry of the table.

mod aliases;
mod any_name;
mod asymmetric;
mod cryptography;
mod dry_run;
mod grant_tokens;
mod key;
mod key_properties;
mod protection;
mod rotation;
mod serve;

pub(crate) use aliases::{CreateAliasArgs, ListAliasesArgs};
pub(crate) use asymmetric::AsymmetricCommand;
pub(crate) use cryptography::CryptographyCommand;
pub(crate) use key::{DescribeKeyArgs, KeyDetailsArgs, KeyIdArgs, ListOfKeyArgs};
pub(crate) use key_properties::KeyPropertiesCommand;
pub(crate) use protection::{NewPassphraseArgs, ProtectionKind};
pub(crate) use rotation::EnableKeyRotationArgs;
pub(crate) use serve::ServeArgs;
