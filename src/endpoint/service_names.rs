//! What a service goes by on the wire.

use crate::{error::RequestRefusal, protocol::operation::Service};

impl Service {
    /// What credentials are scoped to.
    pub(super) const fn signing_name(self) -> &'static str {
        match self {
            Self::Kms => "kms",
            Self::SecretsManager => "secretsmanager",
        }
    }

    /// What stands in `X-Amz-Target` before the operation and a dot.
    pub(super) const fn target(self) -> &'static str {
        match self {
            Self::Kms => "TrentService",
            Self::SecretsManager => "secretsmanager",
        }
    }

    /// The member that has the text of its errors.
    pub(super) const fn message_member(self) -> &'static str {
        match self {
            Self::Kms => "message",
            Self::SecretsManager => "Message",
        }
    }

    /// What it answers where the caller can do nothing but try again.
    pub(super) const fn internal_error(self, message: &'static str) -> RequestRefusal {
        match self {
            Self::Kms => RequestRefusal::Unavailable(message),
            Self::SecretsManager => RequestRefusal::InternalService(message),
        }
    }
}
