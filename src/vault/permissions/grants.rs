//! What is to be allowed, gathered secret by secret: for each key and for secrets, which actions, and for which secrets each.

use std::collections::{BTreeMap, BTreeSet};

use super::resource::ArnPattern;
use crate::{arn::KeyArn, region::Region};

/// How AWS KMS is told what a key is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum KeyUseScope {
    /// Symmetric keys: by the encryption context, which names the secret.
    Context,
    /// The same where Secrets Manager of a Region asks.
    ViaSecretsManager(Region),
    /// There is no context: asymmetric keys, DescribeKey.
    Unbound,
}

/// For each action the secrets that it is for; empty where it is for no secret.
type Actions = BTreeMap<&'static str, BTreeSet<ArnPattern>>;

/// Actions that are for the same secrets.
pub(super) struct Together<'a> {
    pub(super) actions: Vec<&'static str>,
    pub(super) secrets: &'a BTreeSet<ArnPattern>,
}

/// All that is to be allowed.
#[derive(Debug, Default)]
pub(super) struct Grants {
    keys: BTreeMap<String, (KeyArn, BTreeMap<KeyUseScope, Actions>)>,
    secrets: Actions,
    assumed_symmetric: BTreeMap<String, KeyArn>,
}

impl Grants {
    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.secrets.is_empty()
    }

    /// The use of a key for a secret.
    pub(super) fn of_key(&mut self, key: &KeyArn, scope: KeyUseScope, action: &'static str, secret: Option<ArnPattern>) {
        let (_, scopes) = self.keys.entry(key.to_string()).or_insert_with(|| (key.clone(), BTreeMap::new()));
        scopes.entry(scope).or_default().entry(action).or_default().extend(secret);
    }

    /// Nothing here tells of which kind a key is that something is allowed for.
    pub(super) fn assume_symmetric(&mut self, key: &KeyArn) {
        self.assumed_symmetric.entry(key.to_string()).or_insert_with(|| key.clone());
    }

    pub(super) fn into_assumed_symmetric(self) -> Vec<KeyArn> {
        self.assumed_symmetric.into_values().collect()
    }

    /// An operation of Secrets Manager on a secret.
    pub(super) fn of_secret(&mut self, action: &'static str, secret: ArnPattern) {
        self.secrets.entry(action).or_default().insert(secret);
    }

    /// Each key with what it is used for.
    pub(super) fn keys(&self) -> impl Iterator<Item = (&KeyArn, Vec<(KeyUseScope, Together<'_>)>)> {
        self.keys.values().map(|(key, scopes)| {
            let uses = scopes.iter().flat_map(|(scope, actions)| together(actions).into_iter().map(move |together| (*scope, together)));
            (key, uses.collect())
        })
    }

    pub(super) fn secrets(&self) -> Vec<Together<'_>> {
        together(&self.secrets)
    }
}

/// Actions for the same secrets go into one statement.
fn together(actions: &Actions) -> Vec<Together<'_>> {
    let mut all: Vec<Together<'_>> = Vec::new();
    for (action, secrets) in actions {
        match all.iter_mut().find(|known| known.secrets == secrets) {
            Some(known) => known.actions.push(action),
            None => all.push(Together { actions: vec![action], secrets }),
        }
    }
    all
}
