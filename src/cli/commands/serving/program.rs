//! `serve -- PROGRAM`

use std::{ffi::OsString, process::Child};

use super::access::Access;
use crate::{
    cli::{
        files_in_use::FilesInUse,
        program::{self, Inherited},
    },
    error::Result,
};

/// Starts the program, with what it needs to reach the server.
pub(super) fn spawn(words: &[OsString], access: &Access, files: &FilesInUse) -> Result<Child> {
    let mut command = program::program(words, Inherited::All, files)?;
    for name in Access::removed() {
        command.env_remove(name);
    }
    program::spawn(command.envs(access.variables()))
}
