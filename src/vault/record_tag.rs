//! A record's tag: whether a `secret.json` is as a holder of the keystore left it.
//!
//! Whoever can write the vault can write a record, and a record names Regions and keys. What is sealed goes where a record says only where its
//! tag verifies. So a tag is made over what a holder of the keystore wrote on top of what verified, or was told to take as it is; never over
//! somebody else's words.

use std::sync::Arc;

use super::{
    Vault,
    keyed_tag::KeyedTag,
    record::{FORMAT, SecretRecord},
    signed_records::SignedRecords,
};
use crate::{
    error::{Error, Result},
    kms::ComparisonKey,
};

/// Tells the tag of a record from that of a value under the same key.
const LABEL: &[u8] = b"coldseal secret record v2";

/// Whose hand a record is from, as far as it can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordHand {
    /// A holder of the keystore at hand wrote it, and nobody without it has changed it since.
    Own,
    /// A holder of the keystore at hand wrote it, and somebody without it has changed it since.
    Changed,
    /// Only another keystore can tell.
    OtherKeystore,
    /// It has no tag.
    Untagged,
}

impl SecretRecord {
    /// Whose hand the record is from.
    pub(crate) fn hand(&self, comparison: &ComparisonKey) -> RecordHand {
        let Some(tag) = &self.record_tag else { return RecordHand::Untagged };
        if !tag.is_of(comparison) {
            return RecordHand::OtherKeystore;
        }
        let is_own = self.content().is_ok_and(|content| tag.is_over(comparison, &[LABEL, &content]));
        if is_own { RecordHand::Own } else { RecordHand::Changed }
    }

    /// Puts this keystore's tag on the record.
    pub(super) fn put_tag(&mut self, comparison: &ComparisonKey) -> Result<()> {
        self.record_tag = Some(KeyedTag::over(comparison, &[LABEL, &self.content()?]));
        Ok(())
    }

    /// Everything but the tag: JSON without white space, members in the order of the format's description, absent ones left out. Members that
    /// are not known are refused at reading, so that nothing escapes it.
    fn content(&self) -> Result<Vec<u8>> {
        let content = Self { record_tag: None, ..self.clone() };
        serde_json::to_vec(&content).map_err(|_| Error::Misuse("a secret's record is always JSON"))
    }
}

/// Who writes a record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Author<'k> {
    /// The keystore's; `None` where there is none.
    comparison: Option<&'k ComparisonKey>,
    /// Whether the author takes the record that is there as it stands, whoever wrote it.
    accepts: bool,
    /// Where it is said who may sign: a record is changed only if its tag verifies, or it was signed.
    signed: Option<&'k dyn SignedRecords>,
}

impl Vault {
    /// Somebody with a keystore at hand, or without.
    pub(super) fn author<'k>(&'k self, comparison: impl Into<Option<&'k ComparisonKey>>) -> Author<'k> {
        Author { comparison: comparison.into(), accepts: false, signed: self.signed.as_deref() }
    }

    /// The same vault, in which nothing is changed but what a holder of the keystore left, or what was signed as it stands.
    pub(crate) fn changing_signed(self, signed: Arc<dyn SignedRecords>) -> Self {
        Self { signed: Some(signed), ..self }
    }
}

impl Author<'_> {
    /// The same without the keystore, of whom nothing more is demanded.
    pub(super) const fn without_key(self) -> Self {
        Self { comparison: None, signed: None, ..self }
    }

    /// The same, who vouches for the record that is there.
    pub(super) const fn accepting(self) -> Self {
        Self { accepts: true, ..self }
    }

    /// True where a change of this record may get this keystore's tag; a record that is new may.
    pub(super) fn vouches_for(self, before: Option<&SecretRecord>) -> bool {
        self.comparison.is_some_and(|comparison| self.accepts || before.is_none_or(|before| before.hand(comparison) == RecordHand::Own))
    }

    /// Fails where a record is not one to be changed: it is said who may sign, its tag does not verify, and it was not signed as it stands.
    pub(super) fn require(self, before: &SecretRecord) -> Result<()> {
        match self.signed.filter(|_| !self.accepts && !self.vouches_for(Some(before))) {
            Some(signed) => signed.require_signed(before),
            None => Ok(()),
        }
    }

    /// Completes what is to be written in place of `before`: with a tag where the author vouches for all of it.
    ///
    /// A tag that was wrong stays, and stays wrong: that somebody changed the record goes on to be told. One of which nothing is known is left
    /// out.
    ///
    /// # Errors
    /// As for [`Author::require`].
    pub(super) fn finish(self, before: Option<&SecretRecord>, after: &mut SecretRecord) -> Result<()> {
        before.map_or(Ok(()), |before| self.require(before))?;
        after.format = FORMAT;
        let hand = self.comparison.map(|comparison| (comparison, before.filter(|_| !self.accepts).map(|before| before.hand(comparison))));
        match hand {
            Some((comparison, None | Some(RecordHand::Own))) => after.put_tag(comparison),
            Some((_, Some(RecordHand::Changed))) => Ok(()),
            Some((_, Some(RecordHand::OtherKeystore | RecordHand::Untagged))) | None => {
                after.record_tag = None;
                Ok(())
            }
        }
    }
}
