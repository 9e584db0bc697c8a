//! What is set up for the whole process: no core dumps, tracing.

/// Keeps memory out of core dumps.
pub(super) fn harden() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        // A system that refuses keeps its own setting; SECURITY.md promises no more.
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    }
    #[cfg(target_os = "linux")]
    {
        // RLIMIT_CORE does not hold for a core pattern that is a pipe; this does.
        let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
    }
}

/// `--debug`: what is done, on stderr; never values.
pub(super) fn trace(is_wanted: bool) {
    if is_wanted {
        let subscriber =
            tracing_subscriber::fmt().with_max_level(tracing::Level::DEBUG).with_writer(std::io::stderr).with_ansi(false).finish();
        let _ = tracing::subscriber::set_global_default(subscriber);
    }
}
