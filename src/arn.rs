//! Amazon Resource Names of KMS keys, KMS aliases and secrets: parsed once, compared by part.

use std::{fmt, str::FromStr};

use crate::{region::Region, text};

/// What ids of multi-Region keys begin with.
pub(crate) const MULTI_REGION_PREFIX: &str = "mrk-";

/// A twelve-digit AWS account id.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountId([u8; 12]);

impl AccountId {
    /// The account of the embedded KMS unless another is configured.
    #[must_use]
    pub fn embedded() -> Self {
        Self([b'0'; 12])
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).expect("an account id is made of digits")
    }
}

impl FromStr for AccountId {
    type Err = NotAnArn;

    fn from_str(text: &str) -> Result<Self, NotAnArn> {
        match text.as_bytes().try_into() {
            Ok(digits) if text.bytes().all(|byte| byte.is_ascii_digit()) => Ok(Self(digits)),
            _ => Err(NotAnArn),
        }
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccountId({:?})", self.as_str())
    }
}

/// The text is not an ARN of the kind that was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an ARN of the expected kind")]
pub struct NotAnArn;

/// Partition (by Region), service, Region, account and resource of an ARN whose Region exists.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Arn {
    service: &'static str,
    region: Region,
    account: AccountId,
    resource: String,
}

impl Arn {
    fn parse(text: &str, service: &'static str, resource_prefix: &str) -> Result<Self, NotAnArn> {
        let (region, account, resource) = Self::split(text, service, resource_prefix)?;
        Ok(Self { service, region, account, resource: resource.to_owned() })
    }

    /// Region, account and resource of an ARN, checked.
    fn split<'a>(text: &'a str, service: &str, resource_prefix: &str) -> Result<(Region, AccountId, &'a str), NotAnArn> {
        let mut rest = text;
        // The fields are short: a search for the colon that is made for long text takes several times as long.
        let mut next = || {
            let (field, behind) = rest.split_at_checked(rest.bytes().position(|byte| byte == b':')?)?;
            rest = behind.strip_prefix(':')?;
            Some(field)
        };
        let fields = (|| Some((next()?, next()?, next()?, next()?, next()?)))();
        let ((scheme, partition, found, region, account), resource) = (fields.ok_or(NotAnArn)?, rest);
        let region = Region::new(region).ok_or(NotAnArn)?;
        let resource = resource.strip_prefix(resource_prefix).ok_or(NotAnArn)?;
        let is_one = scheme == "arn" && partition == region.partition().id() && found == service && !resource.is_empty();
        if is_one { Ok((region, account.parse()?, resource)) } else { Err(NotAnArn) }
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, resource_prefix: &str) -> fmt::Result {
        let Self { service, region, account, resource } = self;
        let parts =
            ["arn:", region.partition().id(), ":", service, ":", region.name(), ":", account.as_str(), ":", resource_prefix, resource];
        parts.iter().try_for_each(|part| f.write_str(part))
    }
}

/// All are looked at, which goes many at once; text that ends sooner is not what is to be quick.
fn has_ascii_control(text: &str) -> bool {
    text.bytes().fold(false, |found, byte| found | byte.is_ascii_control())
}

macro_rules! arn {
    ($(#[$doc:meta])* $name:ident, $service:literal, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Arn);

        impl $name {
            /// The ARN of the resource `name` in `region` and `account`.
            #[must_use]
            pub fn new(region: Region, account: AccountId, name: impl Into<String>) -> Self {
                Self(Arn { service: $service, region, account, resource: name.into() })
            }

            /// The Region.
            #[must_use]
            pub const fn region(&self) -> Region {
                self.0.region
            }

            /// The account.
            #[must_use]
            pub const fn account(&self) -> &AccountId {
                &self.0.account
            }

            fn resource(&self) -> &str {
                &self.0.resource
            }
        }

        impl FromStr for $name {
            type Err = NotAnArn;

            fn from_str(text: &str) -> Result<Self, NotAnArn> {
                // Whoever made a message chose what it says of its keys, and that goes into errors and onto terminals.
                let is_strange = if text.is_ascii() { has_ascii_control(text) } else { text.contains(char::is_control) };
                if is_strange {
                    return Err(NotAnArn);
                }
                Arn::parse(text, $service, $prefix).map(Self)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.to_string())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                text::parse(deserializer)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.write(f, $prefix)
            }
        }
    };
}

arn! {
    /// `arn:P:kms:R:A:key/ID`
    KeyArn, "kms", "key/"
}
arn! {
    /// `arn:P:kms:R:A:alias/NAME`
    AliasArn, "kms", "alias/"
}
arn! {
    /// `arn:P:secretsmanager:R:A:secret:NAME-SUFFIX`
    SecretArn, "secretsmanager", "secret:"
}

impl KeyArn {
    /// The Region of a key's ARN, without a copy of the rest; `None` for other text.
    pub(crate) fn region_in(text: &str) -> Option<Region> {
        Arn::split(text, "kms", "key/").ok().map(|(region, ..)| region)
    }

    /// The key id: a UUID, or `mrk-` and 32 hex digits.
    #[must_use]
    pub fn key_id(&self) -> &str {
        self.resource()
    }

    /// Whether what was encrypted under `other` can be decrypted under this key: it is the same key, or both are multi-Region keys and
    /// partition, account and id are equal (specification, "AWS KMS MRK Match for Decrypt").
    #[must_use]
    pub fn matches_for_decrypt(&self, other: &Self) -> bool {
        let (Self(own), Self(theirs)) = (self, other);
        let is_sibling = || own.resource.starts_with(MULTI_REGION_PREFIX) && own.region.partition() == theirs.region.partition();
        own.account == theirs.account && own.resource == theirs.resource && (own.region == theirs.region || is_sibling())
    }
}

impl AliasArn {
    /// The alias with its `alias/` prefix.
    #[must_use]
    pub fn alias(&self) -> String {
        format!("alias/{}", self.resource())
    }
}

impl SecretArn {
    /// Length of the random part behind the name.
    pub const SUFFIX_LENGTH: usize = 6;

    /// `NAME-SUFFIX`, or what a partial ARN has in its place.
    #[must_use]
    pub fn name_and_suffix(&self) -> &str {
        self.resource()
    }

    /// Name and six-character suffix; `None` for a partial ARN.
    #[must_use]
    pub fn split_suffix(&self) -> Option<(&str, &str)> {
        let (name, suffix) = self.resource().rsplit_once('-')?;
        (suffix.len() == Self::SUFFIX_LENGTH && suffix.bytes().all(|byte| byte.is_ascii_alphanumeric())).then_some((name, suffix))
    }

    /// The name of the secret, whose suffix a partial ARN leaves out. As in AWS, a name that itself ends in a hyphen and six characters is not
    /// what its partial ARN means.
    #[must_use]
    pub fn secret_name(&self) -> &str {
        self.split_suffix().map_or(self.name_and_suffix(), |(name, _)| name)
    }

    /// Whether this ARN, partial or not, is that of the secret whose whole ARN is `full`.
    #[must_use]
    pub fn names(&self, full: &Self) -> bool {
        let is_place = self.region() == full.region() && self.account() == full.account();
        let is_partial = || self.split_suffix().is_none() && self.secret_name() == full.secret_name();
        is_place && (self.resource() == full.resource() || is_partial())
    }

    /// The same secret's ARN in another Region.
    #[must_use]
    pub fn in_region(&self, region: Region) -> Self {
        Self(Arn { region, ..self.0.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_round_trip() {
        let key = "arn:aws:kms:us-west-2:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab";
        assert_eq!(key.parse::<KeyArn>().expect("a key ARN").to_string(), key);
        let alias = "arn:aws-cn:kms:cn-north-1:123456789012:alias/a/b:c";
        assert_eq!(alias.parse::<AliasArn>().expect("an alias ARN").alias(), "alias/a/b:c");
        let secret: SecretArn =
            "arn:aws:secretsmanager:us-west-2:123456789012:secret:production/DBWest-a1b2c3".parse().expect("a secret ARN");
        assert_eq!(secret.split_suffix(), Some(("production/DBWest", "a1b2c3")));
        let replica = secret.in_region(Region::new("eu-west-1").expect("known"));
        assert_eq!(replica.to_string(), "arn:aws:secretsmanager:eu-west-1:123456789012:secret:production/DBWest-a1b2c3");
    }

    #[test]
    fn a_secret_goes_by_its_arn_and_by_the_part_before_the_suffix() {
        let arn = |text: &str| format!("arn:aws:secretsmanager:{text}").parse::<SecretArn>().expect("a secret ARN");
        let full = arn("us-west-2:123456789012:secret:production/DB-West-a1b2c3");
        for (text, name, is_it) in [
            ("us-west-2:123456789012:secret:production/DB-West-a1b2c3", "production/DB-West", true),
            ("us-west-2:123456789012:secret:production/DB-West", "production/DB-West", true),
            ("us-west-2:123456789012:secret:production/DB-West-a1b2c4", "production/DB-West", false),
            ("us-west-2:123456789012:secret:production/DB", "production/DB", false),
            ("us-west-2:123456789013:secret:production/DB-West-a1b2c3", "production/DB-West", false),
            ("us-west-2:123456789013:secret:production/DB-West", "production/DB-West", false),
            ("us-east-1:123456789012:secret:production/DB-West-a1b2c3", "production/DB-West", false),
            ("us-east-1:123456789012:secret:production/DB-West", "production/DB-West", false),
        ] {
            let asked = arn(text);
            assert_eq!((asked.secret_name(), asked.names(&full)), (name, is_it), "{text}");
        }
        let full = arn("us-west-2:123456789012:secret:db-backup-a1b2c3");
        assert!(!arn("us-west-2:123456789012:secret:db-backup").names(&full), "as in AWS, that is the secret 'db' with a suffix");
    }

    #[test]
    fn related_multi_region_keys_match_for_decrypt_and_no_others() {
        let key = |text: &str| text.parse::<KeyArn>().expect("a key ARN");
        let here = key("arn:aws:kms:eu-west-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab");
        assert!(here.matches_for_decrypt(&here));
        let sibling = key("arn:aws:kms:us-west-2:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab");
        assert!(here.matches_for_decrypt(&sibling) && sibling.matches_for_decrypt(&here));
        for other in [
            "arn:aws:kms:us-west-2:444455556666:key/mrk-1234abcd12ab34cd56ef1234567890ab",
            "arn:aws:kms:us-west-2:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ac",
            "arn:aws:kms:us-west-2:111122223333:key/1234abcd12ab34cd56ef1234567890ab",
            "arn:aws:kms:eu-west-1:444455556666:key/mrk-1234abcd12ab34cd56ef1234567890ab",
            "arn:aws-cn:kms:cn-north-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab",
        ] {
            assert!(!here.matches_for_decrypt(&key(other)) && !key(other).matches_for_decrypt(&here), "{other}");
        }
        let single = |region: &str| key(&format!("arn:aws:kms:{region}:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"));
        assert!(single("eu-west-1").matches_for_decrypt(&single("eu-west-1")));
        assert!(!single("eu-west-1").matches_for_decrypt(&single("us-west-2")));
    }

    #[test]
    fn what_is_not_an_arn_is_refused() {
        let cases = [
            "",
            "arn",
            "arn:aws:kms:us-west-2:000000000000:key/",
            "arn:aws:kms:us-west-2:00000000000:key/x",
            "arn:aws:kms:us-west-9:000000000000:key/x",
            "arn:aws-cn:kms:us-west-2:000000000000:key/x",
            "arn:aws:kms:us-west-2:000000000000:alias/x",
            "ARN:aws:kms:us-west-2:000000000000:key/x",
            "arn:aws:secretsmanager:us-west-2:000000000000:key/x",
            "arn:aws:kms:us-west-2:00000000000a:key/x",
            "arn:aws:kms:us-west-2:000000000000:key/x\x1b]0;title\x07",
            "arn:aws:kms:us-west-2:000000000000:key/x\ncoldseal: verified",
        ];
        for case in cases {
            assert_eq!(case.parse::<KeyArn>(), Err(NotAnArn), "{case}");
        }
    }
}
