//! The `coldseal` binary: its allocator, and the command line of the library.

use std::{alloc::System, process::ExitCode};

use zeroizing_alloc::ZeroAlloc;

/// Wipes what is freed: buffers of libraries, command-line text, JSON on its way out.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    coldseal::cli::main()
}
