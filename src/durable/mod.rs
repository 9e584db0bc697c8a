//! Files and folders that appear whole or not at all, and stay after a power cut.
//!
//! A file is written without a name (or under a temporary one), synced, and only then gets its name; the directory is
//! synced after that. A failed sync is an error and is never retried: the kernel may have dropped the data.

mod attributes;
mod directory;
mod events;
mod group;
mod leftover;
mod lock;
mod new_file;
#[cfg(feature = "cli")]
mod new_folder;
mod open_folder;
pub(crate) mod regular;
mod secret_file;
#[cfg(target_os = "linux")]
mod unnamed;
#[cfg_attr(not(target_os = "linux"), path = "no_whole.rs")]
mod whole;
mod write;

pub(crate) use directory::{create_dir_all, create_dir_in_durable, followed, parent_of, remove, sync_dir, sync_names};
#[cfg(feature = "cli")]
pub(crate) use events::on_event;
pub(crate) use events::{Event, tell};
#[cfg(test)]
pub(crate) use group::Barrier;
pub(crate) use group::Group;
pub(crate) use leftover::Temporaries;
#[cfg(feature = "cli")]
pub(crate) use leftover::remove_unfinished;
pub(crate) use lock::{Lock, is_read_only};
pub(crate) use new_file::{Aside, Existing, NewFile, Sync};
#[cfg(feature = "cli")]
pub(crate) use new_folder::NewFolder;
pub(crate) use open_folder::OpenFolder;
pub use secret_file::SecretFileAccess;
#[cfg(feature = "cli")]
pub(crate) use secret_file::wait_for_writer;
pub(crate) use secret_file::{open, read_to};
pub(crate) use write::{replace, write_new};

#[cfg(test)]
mod tests;
