//! KMS keys, what they do and what belongs to them.

use std::borrow::Cow;

use super::hint::{Hint, one};
use crate::{
    cli::command_operation::CommandOperation,
    error::{KeyPropertyRefusal, KeyRefusal, KeyUseRefusal},
};

/// Operations that take an alias where they take a key; the others take a key id or key ARN.
const TAKE_ALIASES: [CommandOperation; 11] = [
    CommandOperation::CreateSecret,
    CommandOperation::Decrypt,
    CommandOperation::DeriveSharedSecret,
    CommandOperation::DescribeKey,
    CommandOperation::Encrypt,
    CommandOperation::GenerateDataKey,
    CommandOperation::GenerateDataKeyWithoutPlaintext,
    CommandOperation::GetPublicKey,
    CommandOperation::ReEncrypt,
    CommandOperation::ReplicateSecretToRegions,
    CommandOperation::SetDefaultKey,
];

pub(super) const ALIAS_GRAMMAR: &str = "an alias is alias/ and letters, digits, ':', '/', '_' or '-'; its target is a key id or key ARN";
const WHAT_THERE_IS: &str = "'coldseal kms list-keys' and 'coldseal kms list-aliases' show what there is";
const MOVE_SECRETS: &str = "make another key, and move secrets to it with 'coldseal rewrap --to-key'";
const DESCRIBE: &str = "'coldseal kms describe-key' shows it";
const REGIONS_OF_KEY: &str =
    "'coldseal kms describe-key' shows a key's primary Region and replicas, 'kms create-key --multi-region' makes one that has them";

/// Operations that name an alias by itself.
pub(super) const fn is_about_alias(operation: CommandOperation) -> bool {
    matches!(operation, CommandOperation::CreateAlias | CommandOperation::UpdateAlias | CommandOperation::DeleteAlias)
}

pub(super) fn of_key(refusal: &KeyRefusal, operation: CommandOperation) -> Vec<Hint> {
    match refusal {
        KeyRefusal::InvalidArn(_) => one("'coldseal kms list-keys' and 'coldseal kms list-aliases' show the ARNs that there are"),
        KeyRefusal::InvalidKeyId(_) if !TAKE_ALIASES.contains(&operation) => {
            one("this takes a key id or key ARN, as 'coldseal kms list-keys' shows it, and no alias")
        }
        KeyRefusal::OtherRegion(_) | KeyRefusal::NotOfRegion { .. } => one("the ARN is of another Region than the rest of the command"),
        KeyRefusal::InvalidKeyId(_)
        | KeyRefusal::NotFound(_)
        | KeyRefusal::NotEmbedded(_)
        | KeyRefusal::Deleted { .. }
        | KeyRefusal::AliasNotFound(_) => one(WHAT_THERE_IS),
        KeyRefusal::DefaultInAws(_) => one("--kms aws asks there, or name another key"),
        KeyRefusal::OfBothKinds { name, .. } => vec![Cow::Owned(format!("'embedded:{name}' names the first"))],
        KeyRefusal::EmbeddedAndInAws { name, .. } => {
            vec![Cow::Owned(format!("'embedded:{name}' names the first, its ARN the second"))]
        }
        KeyRefusal::ImportedAndInAws { .. } => one("name one by its ARN"),
        KeyRefusal::OfSecretsManager(alias) => {
            vec![Cow::Owned(format!("name a key of your own, or 'embedded:{alias}' for the one of the keystore"))]
        }
        KeyRefusal::NotHere { .. } => one("--region names the key's Region, --keystore the keystore that has it"),
        KeyRefusal::Disabled(_) => one("'coldseal kms enable-key' enables a key"),
        KeyRefusal::PendingDeletion(_) | KeyRefusal::NotPendingDeletion(_) | KeyRefusal::StateInAws { .. } => {
            one(if operation == CommandOperation::CancelKeyDeletion {
                "'coldseal kms describe-key' shows its state"
            } else {
                "'coldseal kms cancel-key-deletion' keeps the key"
            })
        }
        KeyRefusal::DisabledInAws(_) => one("'aws kms enable-key' enables it"),
        KeyRefusal::AwsManaged { .. } => one("'coldseal kms create-key' makes a key of your own"),
        KeyRefusal::Embedded(_) => one("'coldseal kms schedule-key-deletion' deletes it"),
        KeyRefusal::PublicPartOnly { .. } => one("'aws kms' does it, with access to AWS; sealing needs no more than the public part"),
        KeyRefusal::NotPrimary(_) | KeyRefusal::PrimaryAlready(_) | KeyRefusal::OtherPartition { .. } => one(REGIONS_OF_KEY),
        KeyRefusal::Exists(_) => one(DESCRIBE),
        KeyRefusal::OnDemandRotations(_) => one(MOVE_SECRETS),
        KeyRefusal::NotTheSame(_) => {
            one("--keystore names another keystore for what is to be imported; 'coldseal kms describe-key' shows what is here")
        }
    }
}

pub(super) fn of_use(refusal: &KeyUseRefusal, operation: CommandOperation) -> Vec<Hint> {
    match refusal {
        KeyUseRefusal::Usage { .. } => of_usage(operation),
        KeyUseRefusal::Spec { .. } => match operation {
            CommandOperation::GetPublicKey => {
                one("a symmetric key has no public part; 'coldseal kms create-key --key-spec' makes keys that have one")
            }
            CommandOperation::Encrypt | CommandOperation::Decrypt | CommandOperation::ReEncrypt => Vec::new(),
            _ => one("only symmetric keys rotate; make another key, and move secrets to it with 'coldseal rewrap --to-key'"),
        },
        KeyUseRefusal::Algorithm { .. } => one(if operation == CommandOperation::ReEncrypt {
            "'coldseal kms describe-key' shows a key's algorithms; --source-encryption-algorithm and --destination-encryption-algorithm name one"
        } else {
            "'coldseal kms describe-key' shows the key's algorithms; --encryption-algorithm names one"
        }),
        KeyUseRefusal::DataKeyUnderAsymmetric => of_usage(operation),
        KeyUseRefusal::WrapsNothing { .. } => one(
            "name a symmetric key, an RSA key for ENCRYPT_DECRYPT, or a key on a NIST curve for KEY_AGREEMENT; 'aws kms create-key' makes one",
        ),
        KeyUseRefusal::RsaInSignedMessage | KeyUseRefusal::RsaForSigned(_) => one(match operation {
            CommandOperation::ReEncrypt => "name a key of another kind, or drop the signature with --no-sign-message",
            CommandOperation::ReplicateSecretToRegions => "name a key of another kind",
            _ => "name a key of another kind, or leave out --sign-message",
        }),
        KeyUseRefusal::KeyIdMissing => one(if operation == CommandOperation::ReEncrypt {
            "a ciphertext by RSA does not name its key: --source-key-id does"
        } else {
            "a ciphertext by RSA does not name its key: --key-id does"
        }),
        KeyUseRefusal::OtherKey => one("name the key that it was encrypted under, or none: the ciphertext names it"),
        KeyUseRefusal::InvalidCiphertext => one(if operation == CommandOperation::ReEncrypt {
            "give the --source-encryption-context of a symmetric key or the --source-encryption-algorithm of an RSA key; if it is the same, the ciphertext was changed"
        } else {
            "give the --encryption-context of a symmetric key or the --encryption-algorithm of an RSA key; if it is the same, the ciphertext was changed"
        }),
        KeyUseRefusal::CallLimit(_) => one(CALL_LIMIT),
        KeyUseRefusal::PrivateKeyLimit(_) => one(PRIVATE_KEY_LIMIT),
        KeyUseRefusal::NoSuchKeys(_)
        | KeyUseRefusal::PlaintextTooLong { .. }
        | KeyUseRefusal::ContextUnderAsymmetric
        | KeyUseRefusal::OtherCurve { .. }
        | KeyUseRefusal::PeerKey(_) => Vec::new(),
    }
}

/// Where calls ran out while opening.
pub(super) const CALL_LIMIT: &str = "name the key with --kms-key-id";

/// Where operations with private keys ran out while opening.
pub(super) const PRIVATE_KEY_LIMIT: &str = "open it with fewer keys at hand: one --raw-rsa-key or --raw-ecdh-key, or as --keystore an export of one Region's keys; \
     'coldseal inspect' lists the keys that the message names";

/// Which keys the operation is for.
fn of_usage(operation: CommandOperation) -> Vec<Hint> {
    match operation {
        CommandOperation::DeriveSharedSecret => {
            one("a key on a curve, with the key usage KEY_AGREEMENT, derives secrets; 'coldseal kms create-key' makes one")
        }
        CommandOperation::GenerateDataKey | CommandOperation::GenerateDataKeyWithoutPlaintext => {
            one("symmetric keys generate data keys; 'coldseal seal' makes one itself and wraps it under a key of any kind")
        }
        CommandOperation::Encrypt | CommandOperation::ReEncrypt | CommandOperation::Decrypt => {
            one("'coldseal seal' and 'coldseal open' take keys with the key usage KEY_AGREEMENT")
        }
        _ => Vec::new(),
    }
}

pub(super) fn of_detail(refusal: &KeyPropertyRefusal, operation: CommandOperation) -> Vec<Hint> {
    match refusal {
        KeyPropertyRefusal::AliasExists(_) => {
            one("'coldseal kms update-alias' points it at another key, 'coldseal kms list-aliases' shows it")
        }
        KeyPropertyRefusal::AliasOfAws => one("names that begin with alias/aws/ belong to AWS"),
        KeyPropertyRefusal::AliasOfAlias
        | KeyPropertyRefusal::AliasPrefix
        | KeyPropertyRefusal::NotAnAlias
        | KeyPropertyRefusal::AliasCharacters(_)
            if is_about_alias(operation) =>
        {
            one(ALIAS_GRAMMAR)
        }
        KeyPropertyRefusal::TooManyAliases { .. } if is_about_alias(operation) => one("'coldseal kms delete-alias' removes one"),
        KeyPropertyRefusal::AliasOfAlias
        | KeyPropertyRefusal::AliasPrefix
        | KeyPropertyRefusal::NotAnAlias
        | KeyPropertyRefusal::AliasCharacters(_)
        | KeyPropertyRefusal::AliasOfOtherKind { .. }
        | KeyPropertyRefusal::TooManyAliases { .. }
        | KeyPropertyRefusal::TagTwice
        | KeyPropertyRefusal::TooManyTags
        | KeyPropertyRefusal::TagOfAws
        | KeyPropertyRefusal::NoSuchPolicy
        | KeyPropertyRefusal::PolicyTooLong { .. } => Vec::new(),
    }
}
