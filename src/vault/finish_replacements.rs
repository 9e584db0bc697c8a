//! What follows when a secret took another one's place in a Region.
//!
//! Two records are involved. The new secret's is committed first and says in `Replaces` what is absent from then on. Then the old secret leaves
//! the Region, and the new one's record forgets it, so that the Region can change hands again. Whatever a crash leaves undone of the last two,
//! the next writer of a secret of that name does first.

use super::{Vault, change, family::Located, lookup::Found, planned_deletion::Marked, reading::Reading, record_tag::Author};
use crate::{
    error::Result,
    region::Region,
    store::{Commit, NameChange, RecordChange, Writer},
};

impl Vault {
    /// As [`Vault::finish_replacements`], where it is known which Regions have secrets.
    pub(super) fn read_finished_in(&self, writer: &dyn Writer, regions: &[Region], name: &str, author: Author<'_>) -> Result<Reading> {
        let read = self.read_name_in(regions, name)?;
        if is_finished(&read) { Ok(read) } else { self.finish_replacements(writer, name, author) }
    }

    /// Reads every secret of this name, once every replacement among them is finished.
    pub(super) fn finish_replacements(&self, writer: &dyn Writer, name: &str, author: Author<'_>) -> Result<Reading> {
        loop {
            let read = self.read_name(name)?;
            if is_finished(&read) {
                return Ok(read);
            }
            // Done or lost, it is read again.
            let _ = finish(writer, read, author)?;
        }
    }

    /// Finds a secret to change it, as [`Vault::find_locked_as`], once every replacement among the secrets of its name is finished.
    pub(super) fn find_to_change(
        &self,
        writer: &dyn Writer,
        author: Author<'_>,
        marked: Marked,
        (secret_id, region): (&str, Option<Region>),
    ) -> Result<Found> {
        loop {
            let found = self.find_locked_as(marked, secret_id, region)?;
            if is_finished(&found.read) {
                return Ok(found);
            }
            let _ = finish(writer, found.read, author)?;
        }
    }
}

fn is_finished(read: &Reading) -> bool {
    read.family.members().all(|secret| secret.record.replaces.is_empty())
}

fn finish(writer: &dyn Writer, read: Reading, author: Author<'_>) -> Result<Commit> {
    let records = finished(&read, author)?;
    change::write(writer, NameChange { name: read.name, stamp: read.records.stamp(), records })
}

/// What finishes the replacements: first every old secret leaves, then the new ones forget.
fn finished(read: &Reading, author: Author<'_>) -> Result<Vec<RecordChange>> {
    let mut members: Vec<FamilyMember> = read.family.members().map(|secret| FamilyMember::of(secret, read)).collect();
    let mut left = Vec::new();
    for new in read.family.members() {
        for replaced in new.record.replaces.iter().filter(|replaced| new.record.is_in(replaced.region)) {
            if let Some(index) = read.family.members().position(|old| old.record.arn == replaced.arn) {
                let is_vouched_for = author.vouches_for(Some(&new.record));
                members.iter_mut().skip(index).take(1).for_each(|old| old.leave(replaced.region, is_vouched_for));
                left.push(index);
            }
        }
    }
    left.dedup();
    let mut changes = Vec::new();
    for index in left {
        changes.extend(members.get_mut(index).map(|member| member.change(author)).transpose()?.flatten());
    }
    for member in &mut members {
        if let Some(secret) = &mut member.now {
            secret.record.replaces.clear();
        }
        changes.extend(member.change(author)?);
    }
    Ok(changes)
}

/// A secret while its record changes, maybe more than once.
struct FamilyMember {
    primary: Region,
    written: Option<Located>,
    record: Option<Vec<u8>>,
    now: Option<Located>,
    /// False where somebody's word made it leave that the author does not vouch for.
    is_vouched_for: bool,
}

impl FamilyMember {
    fn of(secret: &Located, read: &Reading) -> Self {
        let primary = secret.key.primary;
        let record = read.records.get(primary).map(<[u8]>::to_vec);
        Self { primary, written: Some(secret.clone()), record, now: Some(secret.clone()), is_vouched_for: true }
    }

    fn leave(&mut self, region: Region, is_vouched_for: bool) {
        self.is_vouched_for &= is_vouched_for;
        if self.primary == region {
            self.now = None;
        }
        if let Some(Located { record, .. }) = &mut self.now {
            record.leave(&[region]);
        }
    }

    /// What makes the record what it is now, if that is anything.
    fn change(&mut self, author: Author<'_>) -> Result<Option<RecordChange>> {
        if self.written == self.now {
            return Ok(None);
        }
        self.written.as_ref().map_or(Ok(()), |written| author.require(&written.record))?;
        let blobs = |secret: &Option<Located>| secret.as_ref().map_or_else(Vec::new, Located::blobs);
        if let Some(now) = &mut self.now {
            let author = if self.is_vouched_for { author } else { author.without_key() };
            author.finish(self.written.as_ref().map(|written| &written.record), &mut now.record)?;
        }
        let after = self.now.as_ref().map(|secret| secret.record.to_json()).transpose()?;
        let change = RecordChange {
            primary: self.primary,
            before: std::mem::replace(&mut self.record, after.clone()),
            named_before: blobs(&self.written),
            after,
            named_after: blobs(&self.now),
            blobs: Vec::new(),
        };
        self.written.clone_from(&self.now);
        Ok(Some(change))
    }
}
