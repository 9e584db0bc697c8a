//! Files and folders themselves, not what stands in their place: a symbolic link leads anywhere, and a FIFO keeps its reader waiting.

use std::{
    fs::{File, OpenOptions},
    io,
    path::Path,
};

use crate::error::{Damage, Error, Result};

/// Opens a file to read.
///
/// # Errors
/// [`Error::Damaged`] for a symbolic link, and for what is no regular file; [`Error::Io`].
pub(crate) fn open_regular(path: &Path) -> Result<File> {
    open_as(OpenOptions::new().read(true), "reading", path)
}

/// The same for other uses, of which an error says what they were `doing`.
pub(super) fn open_as(options: &mut OpenOptions, doing: &str, path: &Path) -> Result<File> {
    let failed = |error| Error::io_at(doing, path, error);
    // Elsewhere there is a moment between the look and the opening.
    #[cfg(not(unix))]
    refuse_link(path)?;
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(options, flags());
    let file = match options.open(path) {
        // What the system calls a link that it does not follow differs.
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(refuse_link(path).err().unwrap_or_else(|| failed(error))),
        opened => opened.map_err(failed)?,
    };
    if file.metadata().map_err(failed)?.is_file() {
        Ok(file)
    } else {
        Err(Error::Damaged { path: path.to_owned(), what: Damage::NotAFile })
    }
}

/// A FIFO is opened at once, to be refused; the flag means nothing to a regular file.
#[cfg(unix)]
fn flags() -> i32 {
    let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
    i32::try_from(flags.bits()).expect("the flags of open(2) are an int")
}

/// Refuses a symbolic link; where nothing is, there is nothing to refuse.
///
/// # Errors
/// [`Error::Damaged`].
pub(crate) fn refuse_link(path: &Path) -> Result<()> {
    if path.is_symlink() { Err(Error::Damaged { path: path.to_owned(), what: Damage::Link }) } else { Ok(()) }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::{fs, os::unix::fs::symlink, sync::mpsc, thread, time::Duration};

    use super::*;
    use crate::durable::Lock;

    fn refusal<T>(result: Result<T>) -> Damage {
        match result.map(drop) {
            Err(Error::Damaged { what, .. }) => what,
            other => panic!("not refused: {other:?}"),
        }
    }

    #[test]
    fn a_link_is_not_followed() {
        let directory = tempfile::tempdir().expect("a directory");
        let (file, link, dangling) = (directory.path().join("file"), directory.path().join("link"), directory.path().join("dangling"));
        fs::write(&file, b"x").expect("written");
        symlink(&file, &link).expect("linked");
        symlink(directory.path().join("outside"), &dangling).expect("linked");
        open_regular(&file).expect("a file");
        for path in [&link, &dangling] {
            assert_eq!(refusal(open_regular(path)), Damage::Link);
            assert_eq!(refusal(Lock::exclusive(path)), Damage::Link);
            assert_eq!(refusal(refuse_link(path)), Damage::Link);
        }
        assert!(!directory.path().join("outside").exists());
        refuse_link(&file).and_then(|()| refuse_link(&directory.path().join("none"))).expect("no links");
        assert!(
            matches!(open_regular(&directory.path().join("none")), Err(Error::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound)
        );
    }

    #[test]
    fn what_is_no_file_is_refused_without_waiting() {
        let directory = tempfile::tempdir().expect("a directory");
        let fifo = directory.path().join("fifo");
        rustix::fs::mknodat(rustix::fs::CWD, &fifo, rustix::fs::FileType::Fifo, rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR, 0)
            .expect("made");
        assert_eq!(refusal(open_regular(directory.path())), Damage::NotAFile);
        let (done, opened) = mpsc::channel();
        thread::spawn(move || done.send(refusal(open_regular(&fifo))));
        assert_eq!(opened.recv_timeout(Duration::from_secs(10)).expect("does not wait"), Damage::NotAFile);
    }
}
