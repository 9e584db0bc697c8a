//! The keystore of a command on messages that may make a default key at its first need.

use crate::{
    cli::{failure::Outcome, invocation::Invocation, keystore::Keystore},
    error::Result,
    kms::{EmbeddedKms, KeystoreSession},
};

/// What a command's keys are looked up in.
pub(super) enum HeldKeystore {
    /// The keystore, held by this command.
    Session(Box<KeystoreSession>),
    /// Keys that stay as they are; with AWS KMS there need be none.
    Loaded(EmbeddedKms),
}

impl HeldKeystore {
    /// For a command that may make keys. With AWS KMS a keystore is used where there is one, or where `wants_keystore` has it made.
    pub(super) fn for_new_keys(invocation: &Invocation, wants_keystore: bool) -> Outcome<Self> {
        if invocation.access.online.is_none() || invocation.keystore.location.keystore.exists() || wants_keystore {
            return Ok(Self::Session(Box::new(invocation.keystore.session()?)));
        }
        Self::for_known_keys(invocation)
    }

    /// For a command that makes none.
    pub(super) fn for_known_keys(invocation: &Invocation) -> Outcome<Self> {
        Ok(Self::Loaded(invocation.kms_for_messages()?))
    }

    pub(super) fn kms(&self) -> &EmbeddedKms {
        match self {
            Self::Session(session) => session.kms(),
            Self::Loaded(kms) => kms,
        }
    }

    pub(super) fn kms_mut(&mut self) -> &mut EmbeddedKms {
        match self {
            Self::Session(session) => session.kms_mut(),
            Self::Loaded(kms) => kms,
        }
    }

    /// Makes new keys durable and gives the keystore's lock up, so that nobody waits for it while the payload is read.
    pub(super) fn committed(self, keystore: &Keystore) -> Result<EmbeddedKms> {
        match self {
            Self::Session(mut session) => {
                let committed = session.commit()?.committed();
                keystore.note_made(&committed);
                Ok(session.into_kms())
            }
            Self::Loaded(kms) => Ok(kms),
        }
    }
}
