//! What happens beside the work and is no error, and whoever runs the program should know.

use std::{fmt, io, path::Path, sync::OnceLock};

use super::attributes::Attribute;

/// Told as it happens, whichever the work is.
#[derive(Debug)]
pub(crate) enum Event<'a> {
    /// Another process holds the lock with this file.
    Waiting(&'a Path),
    /// A file took another one's place without these of it.
    NotKept(&'a Path, &'a [Attribute]),
    /// A file that is no longer needed stays.
    NotRemoved(&'a Path, &'a io::Error),
}

static ON_EVENT: OnceLock<fn(&Event<'_>)> = OnceLock::new();

/// Has `tell` called for each event of this process. The first call counts.
#[cfg(feature = "cli")]
pub(crate) fn on_event(tell: fn(&Event<'_>)) {
    let _ = ON_EVENT.set(tell);
}

/// Who is to be told, if anybody.
pub(super) fn teller() -> Option<&'static fn(&Event<'_>)> {
    ON_EVENT.get()
}

/// Tells of an event.
pub(crate) fn tell(event: &Event<'_>) {
    tracing::debug!("{event}");
    if let Some(tell) = teller() {
        tell(event);
    }
}

impl fmt::Display for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Waiting(lock) => write!(f, "waiting for another command, which holds {}", lock.display()),
            Self::NotKept(path, attributes) => {
                let names: Vec<_> = attributes.iter().map(Attribute::to_string).collect();
                write!(f, "{} takes the place of a file whose {} it cannot have", path.display(), names.join(" and "))
            }
            Self::NotRemoved(path, error) => write!(f, "{} is no longer needed and could not be removed: {error}", path.display()),
        }
    }
}
