//! The values of the secrets, one after another.

use super::{selected::SelectedSecret, unread::Unread};
use crate::{
    cli::{
        commands::secret_opening::{SecretOpening, note_only_regions},
        failure::Outcome,
        invocation::Invocation,
        progress::ItemProgress,
    },
    error::Error,
    vault::{SecretValueEntry, VersionSelector},
};

/// Hands over each value with the secret's place in the list. After the first that cannot be read the others are only looked at.
///
/// # Errors
/// What `take` says, at once; that nothing can be read with, at once; what cannot be read, at the end.
pub(super) fn read_each(
    invocation: &Invocation,
    opening: &SecretOpening,
    (secrets, selector): (&[SelectedSecret], &VersionSelector),
    mut unread: Unread,
    mut take: impl FnMut(usize, SecretValueEntry) -> Outcome,
) -> Outcome {
    let count = secrets.len() + unread.count();
    let mut steps = ItemProgress::new(u64::try_from(count).unwrap_or(u64::MAX), "secrets");
    let mut is_compared = true;
    for (number, secret) in secrets.iter().enumerate() {
        match opening.value_in(&invocation.vault, &secret.id, secret.region, selector) {
            Ok(entry) if unread.is_empty() => {
                is_compared &= entry.is_compared;
                note_only_regions([&entry]);
                take(number, entry)?;
            }
            Ok(_) => {}
            Err(error @ Error::Setup(_)) => return Err(error.into()),
            Err(error) => unread.add(Some(&secret.name), error),
        }
        steps.add(1);
    }
    drop(steps);
    unread.finish(count)?;
    opening.note_unless_compared(is_compared);
    Ok(())
}
