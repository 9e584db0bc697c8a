//! `iam-policy`

use clap::{Args, ValueEnum};

use crate::{
    arn::{AccountId, KeyArn},
    cli::{
        commands::each_secret::parse_filters,
        failure::Outcome,
        invocation::Invocation,
        terminal::{counted, note, warn},
        usage::UsageError,
    },
    kms::EmbeddedKms,
    vault::{ListSecrets, MANAGED_POLICY_LENGTH, PermissionRole, Permissions, PermissionsRequest},
};

/// [coldseal] Print the smallest IAM policy, and key policy statements, for a role
///
/// PolicyDocument is a policy for an IAM user, group or role; KeyPolicyStatements has, for each key, what may be added to the key's own policy. Both
/// allow what the role does with the secrets that are named, under the keys that they have, and nothing else. The vault is read; AWS is not asked.
///
/// packer: seals with --kms aws (create-secret, put-secret-value, pack): kms:GenerateDataKey under the primary Region's key, kms:Encrypt under the
/// others. opener: opens the bundles of one Region: kms:Decrypt. replicator: replicate-secret-to-regions and rewrap: both, and the keys of
/// --kms-key-id are those that secrets go to. publisher: makes the secrets exist in AWS Secrets Manager, and has KMS used through it.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  coldseal iam-policy --role opener --all --region eu-west-1
  coldseal iam-policy --role packer --secret-id production/DBWest \\
      --query PolicyDocument > policy.json
  coldseal iam-policy --role packer --secret-id new/secret \\
      --region us-west-2 --kms-key-id \"$KEY_ARN\"
  coldseal iam-policy --role publisher --account-id 111122223333 \\
      --filters Key=name,Values=production/

What limits a symmetric key is the encryption context, SecretARN, of each call; for the publisher also kms:ViaService. A secret that is still to be \
made ends in -??????, as its suffix is drawn then; so does each in Secrets Manager, which draws its own. Asymmetric keys have no context. \
Keys of the embedded KMS and imported public keys take no permission to seal: their Regions are named on stderr.

A managed policy of IAM holds 6,144 characters, white space not counted: where that is not enough, a warning says so. docs/permissions.md says \
which command needs which permission.")]
pub(crate) struct IamPolicyArgs {
    /// Who it is
    #[arg(long, value_name = "ROLE")]
    role: RoleName,
    /// Secrets: names, ARNs or partial ARNs; of a packer with --kms-key-id also names of secrets to be made
    #[arg(long, value_name = "SECRET", num_args = 1.., required_unless_present_any = ["all", "filters"], conflicts_with_all = ["all", "filters"])]
    secret_id: Vec<String>,
    /// Every secret of the vault; with --region those in that Region
    #[arg(long, conflicts_with = "filters")]
    all: bool,
    /// Secrets that pass all of these, as for list-secrets: Key=name,Values=prod ..., or JSON
    #[arg(long, value_name = "FILTER", num_args = 1..)]
    filters: Option<Vec<String>>,
    /// ARNs of keys in AWS KMS, one for a Region, in the place of those on record; taken for symmetric ones where neither the keystore nor a bundle tells
    #[arg(long, value_name = "KEY-ARN", num_args = 1..)]
    kms_key_id: Vec<String>,
    /// Whom the keys' policies are to allow it: the ARN of a role, for instance [default: whom the IAM policies of the key's account allow it]
    #[arg(long, value_name = "ARN")]
    principal: Option<String>,
}

/// [`PermissionRole`] as it is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RoleName {
    Packer,
    Opener,
    Replicator,
    Publisher,
}

impl RoleName {
    const fn role(self) -> PermissionRole {
        match self {
            Self::Packer => PermissionRole::Packer,
            Self::Opener => PermissionRole::Opener,
            Self::Replicator => PermissionRole::Replicator,
            Self::Publisher => PermissionRole::Publisher,
        }
    }
}

pub(super) fn run(invocation: &Invocation, args: &IamPolicyArgs) -> Outcome {
    let role = args.role.role();
    let keys = args.kms_key_id.iter().map(|word| key_arn(word)).collect::<Result<Vec<_>, _>>()?;
    one_for_a_region(&keys)?;
    let region = invocation.regions.configured()?;
    let secret_ids = secret_ids(invocation, args)?;
    let kms = keystore(invocation)?;
    let request = PermissionsRequest {
        region,
        keys: keys.clone(),
        principal: args.principal.clone(),
        account: invocation.access.account.clone(),
        ..PermissionsRequest::new(role, secret_ids)
    };
    let permissions = invocation.vault.permissions(kms.as_ref(), &request)?;
    invocation.printer.print(&permissions)?;
    tell(&permissions);
    note_unused(&permissions, &keys);
    if role == PermissionRole::Publisher && names_embedded_account(&permissions) {
        warn("000000000000 is no account of AWS: --account-id names the one where the secrets are to be");
    }
    Ok(())
}

fn key_arn(word: &str) -> Result<KeyArn, UsageError> {
    word.parse().map_err(|_| {
        UsageError::parameter("--kms-key-id", "a policy names a key by its ARN, arn:PARTITION:kms:REGION:ACCOUNT:key/ID")
            .with_hint("'aws kms describe-key --key-id alias/NAME' shows it as Arn")
    })
}

fn one_for_a_region(keys: &[KeyArn]) -> Result<(), UsageError> {
    for (at, key) in keys.iter().enumerate() {
        if keys.iter().take(at).any(|first| first.region() == key.region()) {
            let twice = UsageError::parameter("--kms-key-id", format!("two keys are for {}", key.region()));
            return Err(twice.with_hint("a Region has one key; a policy for another key is another run"));
        }
    }
    Ok(())
}

/// A slip in a Region would allow less than was meant.
fn note_unused(permissions: &Permissions, keys: &[KeyArn]) {
    for key in keys {
        let is_told = permissions.left_out.iter().any(|left_out| left_out.region == key.region());
        let is_used = permissions.key_policy_statements.iter().any(|statements| statements.key_id == *key);
        if !is_told && !is_used {
            note(&format!("{key}: not used, as nothing that is asked for is in {}", key.region()));
        }
    }
}

fn secret_ids(invocation: &Invocation, args: &IamPolicyArgs) -> Outcome<Vec<String>> {
    if !args.secret_id.is_empty() {
        args.secret_id.iter().try_for_each(|secret_id| invocation.regions.of_secret(secret_id).map(drop))?;
        return Ok(args.secret_id.clone());
    }
    let filters = parse_filters(&invocation.inputs, args.filters.as_deref())?;
    let asked = ListSecrets { region: invocation.regions.configured()?, filters, ..ListSecrets::default() };
    // A policy for some of them would be taken for one for all.
    let entries = invocation.vault.list_secrets_matching(&asked)?.whole()?;
    if entries.is_empty() {
        return Err(UsageError::new("there is no such secret in the vault").with_hint("'coldseal list-secrets' shows the secrets").into());
    }
    Ok(entries.into_iter().map(|entry| entry.arn.to_string()).collect())
}

/// A keystore that does not open tells nothing of keys: all of them are taken for keys of AWS then, but for the default ones.
fn keystore(invocation: &Invocation) -> Outcome<Option<EmbeddedKms>> {
    Ok(invocation.kms_for_metadata("keys that have a name of their own are taken for keys in AWS KMS")?)
}

fn tell(permissions: &Permissions) {
    const SHOWN: usize = 10;
    for left_out in permissions.left_out.iter().take(SHOWN) {
        note(&left_out.to_string());
    }
    if let Some(more) = permissions.left_out.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        note(&format!("and {} more", counted(more, "Region")));
    }
    if let Some(key) = permissions.assumed_symmetric.first() {
        let others = permissions.assumed_symmetric.len() - 1;
        let keys = if others == 0 { key.to_string() } else { format!("{key} and {}", counted(others, "other key")) };
        note(&format!(
            "{keys}: taken for symmetric, as nothing here tells; an RSA or elliptic curve key takes other actions, which 'coldseal kms import-public-key' makes known"
        ));
    }
    let length = permissions.policy_document.length();
    if length > MANAGED_POLICY_LENGTH {
        let parts = length.div_ceil(MANAGED_POLICY_LENGTH) + 1;
        warn(&format!(
            "the policy has {length} characters without white space, and a managed policy of IAM holds {MANAGED_POLICY_LENGTH}: make about {parts} of it, each with some of the secrets (--secret-id, or --filters Key=name,Values=PREFIX), and attach all of them"
        ));
    }
}

fn names_embedded_account(permissions: &Permissions) -> bool {
    let embedded = format!(":{}:", AccountId::embedded());
    let statements = &permissions.policy_document.statement;
    statements.iter().flat_map(|statement| &statement.resource).any(|resource| resource.contains(&embedded))
}
