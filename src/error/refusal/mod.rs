//! Refusals that AWS has a name for: one enum for each kind, whose variants hold what they are about.
//!
//! What a variant displays is the fact alone, in AWS's words where AWS has them: it stands in answers, in lists and in what a vault keeps.
//! Ways out belong to the command line.

mod archive;
mod authentication;
mod aws;
mod bundle;
mod cause;
mod key;
mod key_properties;
mod key_use;
mod package;
mod password;
mod policy;
mod public_key;
mod region_names;
mod regions;
mod replica;
mod request;
mod rotation;
mod secret;
mod signature;
mod signers;
mod violation;

use std::fmt;

pub use archive::ArchiveRefusal;
pub use authentication::AuthenticationRefusal;
pub use aws::AwsRefusal;
pub use bundle::BundleRefusal;
pub use cause::Cause;
pub use key::KeyRefusal;
pub use key_properties::KeyPropertyRefusal;
pub use key_use::KeyUseRefusal;
pub use package::PackageRefusal;
pub use password::{CharacterType, PasswordRefusal};
pub use policy::PolicyRefusal;
pub use public_key::{NotAKeyArn, PublicKeyRefusal};
pub use regions::{RegionProblem, RegionsRefusal};
pub use replica::{ReplicaRefusal, Unvouched};
pub use request::RequestRefusal;
pub use rotation::RotationRefusal;
pub use secret::{SecretDifference, SecretRefusal};
pub use signature::{RefusedSignature, SignatureRefusal, SigningKeyRefusal};
pub use signers::{SignerKeyProblem, SignersProblem, SignersRefusal};
#[cfg(any(feature = "cli", feature = "kms-endpoint"))]
pub(crate) use violation::JsonKind;
pub use violation::{Constraint, MemberPath, MemberType, MistypedJson, PathStep, ViolatingValue, Violation};

use super::ErrorCode;

macro_rules! refusals {
    ($($(#[$doc:meta])* $kind:ident($refusal:ty),)*) => {
        /// A refusal of one kind or another. Displays the fact alone.
        #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
        #[non_exhaustive]
        pub enum Refusal {
            $(
                $(#[$doc])*
                #[error(transparent)]
                $kind($refusal),
            )*
            /// What is wrong with one of several files.
            #[error("{file}: {refusal}")]
            InFile {
                /// The file's name, as it was given.
                file: String,
                /// What is wrong.
                refusal: Box<Refusal>,
            },
        }

        impl Refusal {
            /// The service's name for it.
            #[must_use]
            pub fn code(&self) -> ErrorCode {
                match self {
                    $(Self::$kind(refusal) => refusal.code(),)*
                    Self::InFile { refusal, .. } => refusal.code(),
                }
            }
        }

        $(
            impl From<$refusal> for Refusal {
                fn from(refusal: $refusal) -> Self {
                    Self::$kind(refusal)
                }
            }
        )*
    };
}

refusals! {
    /// What AWS itself answered, or another implementation of its services.
    Aws(AwsRefusal),
    /// A key that is not there, or cannot be used or changed in its state.
    Key(KeyRefusal),
    /// A use that does not fit a key's kind, or a ciphertext that does not fit the key.
    KeyUse(KeyUseRefusal),
    /// An alias, a tag or a policy of a key.
    KeyProperty(KeyPropertyRefusal),
    /// A public key that is not imported.
    PublicKey(PublicKeyRefusal),
    /// A secret, its name, its versions or its metadata.
    Secret(SecretRefusal),
    /// A signed package.
    Package(PackageRefusal),
    /// An archive that a signed package came in.
    Archive(ArchiveRefusal),
    /// A policy that a secret cannot have.
    Policy(PolicyRefusal),
    /// A bundle that does not open.
    Bundle(BundleRefusal),
    /// A Region of a secret, or its key.
    Replica(ReplicaRefusal),
    /// What is wrong with each of several Regions.
    Regions(RegionsRefusal),
    /// The request is not one that can be done, whatever it is about.
    Request(RequestRefusal),
    /// Whether the request comes from whom it says.
    Authentication(AuthenticationRefusal),
    /// A signature that does not count.
    Signature(SignatureRefusal),
    /// A private key that does not sign.
    SigningKey(SigningKeyRefusal),
}

impl Refusal {
    /// True where somebody else was faster, and the same can be asked for again from what is there now.
    #[must_use]
    pub const fn is_overtaken(&self) -> bool {
        matches!(self, Self::Secret(SecretRefusal::Overtaken))
    }

    /// The name and the fact, for where nothing else says the name.
    #[must_use]
    pub const fn with_code(&self) -> WithCode<'_> {
        WithCode(self)
    }
}

/// Displays a refusal's name before the fact.
#[derive(Debug, Clone, Copy)]
pub struct WithCode<'a>(&'a Refusal);

impl fmt::Display for WithCode<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (code, fact) = (self.0.code(), self.0.to_string());
        if fact.is_empty() { write!(f, "{code}") } else { write!(f, "{code}: {fact}") }
    }
}

/// Violations of the service's model are a refusal of the request.
impl From<Violation> for Refusal {
    fn from(violation: Violation) -> Self {
        RequestRefusal::from(violation).into()
    }
}

/// A file of signers is looked at for a signature's sake.
impl From<SignersRefusal> for Refusal {
    fn from(refusal: SignersRefusal) -> Self {
        SignatureRefusal::from(refusal).into()
    }
}

impl From<Refusal> for Cause {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Aws(refusal) => Self::Aws(refusal),
            Refusal::Key(refusal) => Self::Key(refusal),
            Refusal::KeyUse(refusal) => Self::KeyUse(refusal),
            Refusal::Replica(refusal) => Self::Replica(refusal),
            Refusal::Request(refusal) => Self::Request(refusal),
            other => Self::Told(other.with_code().to_string()),
        }
    }
}

#[cfg(test)]
mod tests;
