//! An entry of the table: an operation of AWS, the members of its request and of its answer, and what is done.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{answer::Answer, member::Member, request::Request};
use crate::{
    arn::AccountId,
    error::Result,
    kms::{EmbeddedKms, KeystoreSession},
    page::{ListOrder, PageRules},
    region::Region,
    suite::AlgorithmSuite,
    vault::{DataKeyScope, KeyOptions, OnProblem, RememberedLists, ResourcePolicy, RotationRules, SecretValue, Vault},
};

/// The services whose operations stand in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(feature = "kms-endpoint"), expect(unreachable_pub, reason = "only the endpoint shows it to others"))]
pub enum Service {
    /// AWS KMS.
    Kms,
    /// AWS Secrets Manager.
    SecretsManager,
}

/// One operation.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) service: Service,
    /// As in the service's model, for instance `CreateKey`.
    pub(crate) name: &'static str,
    /// The request's members, in the order of the model.
    pub(crate) input: &'static [Member],
    /// Members of the request that AWS has in requests of their own, and coldseal's command line here.
    #[cfg_attr(not(feature = "cli"), expect(dead_code, reason = "only the command line takes them"))]
    pub(crate) own_input: &'static [Member],
    /// The answer's members, in the order of the model. No client of AWS sees others.
    pub(crate) output: &'static [Member],
    /// Of an operation that lists.
    pub(crate) paging: Option<&'static Paging>,
    pub(crate) run: Run,
}

impl Operation {
    /// An operation of AWS KMS.
    pub(crate) const fn kms(name: &'static str, input: &'static [Member], output: &'static [Member], run: Run) -> Self {
        Self { service: Service::Kms, name, input, own_input: &[], output, paging: None, run }
    }

    /// An operation of AWS Secrets Manager.
    pub(crate) const fn secrets(name: &'static str, input: &'static [Member], output: &'static [Member], run: Run) -> Self {
        Self { service: Service::SecretsManager, ..Self::kms(name, input, output, run) }
    }

    pub(crate) const fn paged(self, paging: &'static Paging) -> Self {
        Self { paging: Some(paging), ..self }
    }

    pub(crate) const fn with_own_input(self, own_input: &'static [Member]) -> Self {
        Self { own_input, ..self }
    }
}

/// How an operation is done.
#[derive(Debug)]
pub(crate) enum Run {
    /// Without any key.
    Alone(fn(&Request) -> Result<Answer>),
    /// On keys that others read at the same time.
    Keys(fn(&EmbeddedKms, Region, &Request) -> Result<Answer>),
    /// What takes long, or can be refused by the request alone, is done before the keystore is locked for the [`Change`].
    ChangeKeys(for<'a> fn(Region, &'a Request) -> Result<Change<'a>>),
    /// On secrets in a vault, read beside others.
    Secrets(fn(&Secrets<'_>, &Request) -> Result<Answer>),
    /// Seals secrets under keys, which may be made for them, and are durable before what is wrapped under them.
    SealSecrets(fn(&mut Sealing<'_>, &Request) -> Result<Answer>),
    /// On the record of a secret in a vault, whose own lock is taken. No key is needed; the keystore's tag is put on the record where it was.
    ChangeRecord(fn(&Secrets<'_>, &Request) -> Result<Answer>),
}

impl Run {
    /// Whether keys or secrets are others afterwards.
    #[cfg(feature = "kms-endpoint")]
    pub(crate) const fn is_change(&self) -> bool {
        match self {
            Self::Alone(_) | Self::Keys(_) | Self::Secrets(_) => false,
            Self::ChangeKeys(_) | Self::SealSecrets(_) | Self::ChangeRecord(_) => true,
        }
    }
}

/// Where secrets are, and what opens them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Secrets<'a> {
    pub(crate) vault: &'a Vault,
    /// The keystore's keys, where there is one.
    pub(crate) kms: Option<&'a EmbeddedKms>,
    pub(crate) keys: &'a KeyOptions,
    /// Without one a secret's primary Region answers, and a list has each secret once.
    pub(crate) region: Option<Region>,
    /// The lists of which pages were given, where they are kept in mind.
    pub(crate) lists: Option<&'a RememberedLists>,
}

/// Where secrets are sealed, and under whose keys.
pub(crate) struct Sealing<'a> {
    pub(crate) vault: &'a Vault,
    pub(crate) session: &'a mut KeystoreSession,
    /// That of a new secret. Without one a secret's primary Region answers.
    pub(crate) region: Option<Region>,
    pub(crate) own: Own,
}

/// What AWS's requests to seal have not: each of it is asked for by a flag of coldseal's own.
#[derive(Default)]
pub(crate) struct Own {
    /// The value of a new secret or version, from a file or a prompt; it is taken out.
    pub(crate) value: Option<SecretValue>,
    pub(crate) encryption_context: BTreeMap<String, String>,
    pub(crate) resource_policy: Option<ResourcePolicy>,
    pub(crate) rotation_rules: Option<RotationRules>,
    pub(crate) data_key_scope: DataKeyScope,
    /// `None` for the default of a new secret, and for that of the version in use.
    pub(crate) suite: Option<AlgorithmSuite>,
    pub(crate) on_problem: OnProblem,
    /// Of new ARNs.
    pub(crate) account: Option<AccountId>,
    /// What wraps and opens besides the keystore; it stays.
    pub(crate) keys: KeyOptions,
}

/// A change of the keystore, refused as a whole or done as a whole.
pub(crate) type Change<'a> = Box<dyn FnOnce(&mut EmbeddedKms) -> Result<Answer> + 'a>;

/// How the pages of a list are asked for and told apart.
#[derive(Debug)]
pub(crate) struct Paging {
    pub(crate) rules: PageRules,
    /// The answer's member that holds the entries.
    pub(crate) list: &'static str,
    /// The entry's members that the list is sorted by; an entry without any is text, and its own.
    pub(crate) position: &'static [&'static str],
    /// The request's member for the size of a page.
    pub(crate) size: &'static str,
    /// The request's member for the page that follows another.
    pub(crate) token: &'static str,
}

impl Paging {
    /// As the lists of AWS KMS are paged.
    pub(crate) const fn of_kms(rules: PageRules, list: &'static str, position: &'static [&'static str]) -> Self {
        Self { rules, list, position, size: "Limit", token: "Marker" }
    }

    /// The answer's member for the page that follows.
    #[cfg(feature = "kms-endpoint")]
    pub(crate) const fn next(&self) -> &'static str {
        match self.token.as_bytes() {
            b"Marker" => "NextMarker",
            _ => self.token,
        }
    }
}

impl ListOrder<Value> for Paging {
    fn name(&self) -> String {
        self.list.to_owned()
    }

    fn position(&self, entry: &Value) -> Vec<String> {
        let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
        match self.position {
            [] => vec![text(Some(entry))],
            members => members.iter().map(|member| text(entry.get(member))).collect(),
        }
    }
}
