//! How policies name secrets: by the ARN on record, or by a pattern for a suffix that is not drawn yet.

use super::request::PermissionsRequest;
use crate::{
    arn::{AccountId, KeyArn, SecretArn},
    error::{PolicyRefusal, Result},
    region::Region,
};

/// What stands for the six characters behind a name: any.
const ANY_SUFFIX: &str = "??????";

/// An ARN in a policy's words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ArnPattern {
    /// Where patterns are read.
    pub(super) pattern: String,
    /// Where values are compared; none for what a pattern alone can say.
    pub(super) literal: Option<String>,
}

impl ArnPattern {
    /// This secret.
    pub(super) fn exactly(arn: &SecretArn) -> Self {
        let text = arn.to_string();
        // `${` begins a policy variable, wherever values are compared.
        let literal = text.chars().all(can_stand_in_policy).then(|| text.replace("${", "${$}{"));
        Self { pattern: pattern_of(&text), literal }
    }

    /// A secret of this name, whatever follows the name.
    pub(super) fn with_any_suffix(region: Region, account: &AccountId, name: &str) -> Self {
        let arn = SecretArn::new(region, account.clone(), format!("{name}-"));
        Self { pattern: format!("{}{ANY_SUFFIX}", pattern_of(&arn.to_string())), literal: None }
    }
}

/// With the characters that mean something in a pattern written out, and `?` for those that no policy can hold.
pub(super) fn pattern_of(text: &str) -> String {
    let mut pattern = String::new();
    let mut rest = text.chars().peekable();
    while let Some(letter) = rest.next() {
        match letter {
            '*' | '?' => pattern.extend(["${", &letter.to_string(), "}"]),
            '$' if rest.peek() == Some(&'{') => pattern.push_str("${$}"),
            letter if can_stand_in_policy(letter) => pattern.push(letter),
            _ => pattern.push('?'),
        }
    }
    pattern
}

/// [The characters of policies](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
fn can_stand_in_policy(letter: char) -> bool {
    matches!(letter, ' '..='\u{ff}')
}

/// A secret that is to be made under keys that were named.
pub(super) struct PlannedSecret {
    pub(super) primary: KeyArn,
    pub(super) replicas: Vec<KeyArn>,
    pub(super) name: String,
    account: AccountId,
}

impl PlannedSecret {
    /// # Errors
    /// No key in the primary Region, or keys of several Regions and none asked about.
    pub(super) fn of(name: &str, request: &PermissionsRequest) -> Result<Self> {
        let is_of_one_region = request.keys.iter().all(|key| request.keys.first().is_some_and(|first| first.region() == key.region()));
        let region = request.region.or_else(|| request.keys.first().map(KeyArn::region).filter(|_| is_of_one_region));
        let primary = region.and_then(|region| request.keys.iter().find(|key| key.region() == region));
        let Some(primary) = primary else {
            return Err(PolicyRefusal::NoKeyInPrimaryRegion { name: name.to_owned(), region }.into());
        };
        Ok(Self {
            account: request.account.clone().unwrap_or_else(|| primary.account().clone()),
            replicas: request.keys.iter().filter(|key| key.region() != primary.region()).cloned().collect(),
            primary: primary.clone(),
            name: name.to_owned(),
        })
    }

    pub(super) fn in_region_of(&self, key: &KeyArn) -> ArnPattern {
        ArnPattern::with_any_suffix(key.region(), &self.account, &self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arn(name: &str) -> SecretArn {
        SecretArn::new(Region::new("us-west-2").expect("known"), AccountId::embedded(), name)
    }

    #[test]
    fn names_mean_themselves() {
        let start = "arn:aws:secretsmanager:us-west-2:000000000000:secret:";
        for (name, exactly, pattern) in [
            ("db-Ab1Cd2", "db-Ab1Cd2", "db-Ab1Cd2"),
            ("a b/é-Ab1Cd2", "a b/é-Ab1Cd2", "a b/é-Ab1Cd2"),
            ("all*-Ab1Cd2", "all*-Ab1Cd2", "all${*}-Ab1Cd2"),
            ("why?-Ab1Cd2", "why?-Ab1Cd2", "why${?}-Ab1Cd2"),
            ("${aws:username}-Ab1Cd2", "${$}{aws:username}-Ab1Cd2", "${$}{aws:username}-Ab1Cd2"),
            ("$5-Ab1Cd2", "$5-Ab1Cd2", "$5-Ab1Cd2"),
            ("鍵-Ab1Cd2", "", "?-Ab1Cd2"),
        ] {
            let named = ArnPattern::exactly(&arn(name));
            assert_eq!(named.pattern, format!("{start}{pattern}"));
            assert_eq!(named.literal, (!exactly.is_empty()).then(|| format!("{start}{exactly}")));
        }
        let any = ArnPattern::with_any_suffix(arn("x").region(), &AccountId::embedded(), "d?b");
        assert_eq!((any.pattern, any.literal), (format!("{start}d${{?}}b-??????"), None));
    }
}
