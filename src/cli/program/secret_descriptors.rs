//! Descriptors by which keys and passphrases came. Whoever inherits one of a file can read it from its beginning again.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, IsTerminal as _},
    path::Path,
    process::{Command, Stdio},
};

use command_fds::{CommandFdExt as _, FdMapping};

/// In place of each the program finds `/dev/null`; what is a terminal stays one.
pub(super) fn without_secrets(command: &mut Command, descriptors: &BTreeSet<i32>) -> io::Result<()> {
    if descriptors.contains(&0) && !io::stdin().is_terminal() {
        command.stdin(Stdio::null());
    }
    let is_inherited = |number: &&i32| **number > 2 && fs::symlink_metadata(Path::new("/dev/fd").join(number.to_string())).is_ok();
    let nowhere = |number: &i32| {
        let null = File::options().read(true).write(true).open("/dev/null")?;
        Ok(FdMapping { parent_fd: null.into(), child_fd: *number })
    };
    let mappings: Vec<_> = descriptors.iter().filter(is_inherited).map(nowhere).collect::<io::Result<_>>()?;
    // Where there is none, the system may start the program in its quickest way.
    if !mappings.is_empty() {
        command.fd_mappings(mappings).map_err(io::Error::other)?;
    }
    Ok(())
}
