//! How far work on many secrets has come, for whoever waits for it.

use std::fmt;

/// Is told of the work on many secrets. Several threads tell it.
///
/// ```
/// use std::sync::{Arc, atomic::{AtomicU64, Ordering}};
///
/// use coldseal::vault::{Progress, Vault};
///
/// #[derive(Debug, Default)]
/// struct Counted(AtomicU64);
///
/// impl Progress for Counted {
///     fn begin(&self, _: u64) {}
///
///     fn add(&self, count: u64) {
///         self.0.fetch_add(count, Ordering::Relaxed);
///     }
/// }
///
/// # let folder = tempfile::tempdir().expect("a folder");
/// let counted = Arc::new(Counted::default());
/// let vault = Vault::new(folder.path()).with_progress(counted.clone());
/// assert!(vault.list_secrets(None).is_err(), "there is none");
/// assert_eq!(counted.0.load(Ordering::Relaxed), 0);
/// ```
pub trait Progress: fmt::Debug + Send + Sync {
    /// So many things are there to be done, besides those that were told before.
    fn begin(&self, count: u64);

    /// So many more are done.
    fn add(&self, count: u64);
}
