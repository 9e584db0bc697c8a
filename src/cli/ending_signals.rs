//! Which signals end the process.

/// Those that end a process which does nothing about them, and that a process may do something about. Not the ones that tell of a fault in the
/// program itself, and not SIGPIPE: a closed pipe is an error of the write.
#[cfg(unix)]
pub(super) fn ending_signals() -> Vec<i32> {
    use signal_hook::consts::signal::{SIGALRM, SIGHUP, SIGINT, SIGIO, SIGPROF, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGVTALRM, SIGXCPU};
    let common = [SIGALRM, SIGHUP, SIGINT, SIGPROF, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGVTALRM, SIGXCPU];
    // Elsewhere these are ignored from the start, or are not there.
    let of_linux = if cfg!(target_os = "linux") { [SIGIO, linux::SIGPWR, linux::SIGSTKFLT].as_slice() } else { &[] };
    let ignored = Ignored::now();
    common.iter().chain(of_linux).copied().filter(|signal| !ignored.has(*signal)).collect()
}

#[cfg(not(unix))]
pub(super) fn ending_signals() -> Vec<i32> {
    vec![signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM]
}

/// A write over the limit of the size of files is an error, after which nothing unfinished stays, and does not end the process.
pub(super) fn fail_writes_over_the_size_limit() {
    #[cfg(unix)]
    {
        // Nobody looks at it: what counts is that there is a handler.
        let unseen = std::sync::Arc::default();
        let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, unseen);
    }
}

/// Numbers on Linux, of which the library has no names ([signal(7)](https://man7.org/linux/man-pages/man7/signal.7.html)).
#[cfg(unix)]
mod linux {
    /// Not so on MIPS, Alpha and SPARC, for which nothing is built.
    pub(super) const SIGSTKFLT: i32 = 16;
    pub(super) const SIGPWR: i32 = 30;
}

/// The signals that whoever started this process wants it to outlive: `nohup` has SIGHUP ignored, a shell SIGINT and SIGQUIT in the background.
#[cfg(unix)]
struct Ignored(Option<u64>);

#[cfg(unix)]
impl Ignored {
    fn now() -> Self {
        Self(std::fs::read_to_string("/proc/self/status").ok().and_then(|status| Self::mask(&status)))
    }

    /// Signal 1 is the lowest bit ([proc_pid_status(5)](https://man7.org/linux/man-pages/man5/proc_pid_status.5.html)).
    fn mask(status: &str) -> Option<u64> {
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
        u64::from_str_radix(mask.trim(), 16).ok()
    }

    /// Where the system does not tell, those that are ignored on purpose now and then are left as they are, but for SIGINT.
    fn has(&self, signal: i32) -> bool {
        use signal_hook::consts::{SIGHUP, SIGQUIT};
        match self.0 {
            Some(mask) => u32::try_from(signal - 1).is_ok_and(|bit| mask.checked_shr(bit).is_some_and(|rest| rest & 1 == 1)),
            None => signal == SIGHUP || signal == SIGQUIT,
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};

    use super::*;

    #[test]
    fn what_is_ignored_is_read_from_the_mask() {
        let status = "Name:\tcoldseal\nSigBlk:\tffffffffffffffff\nSigIgn:\t0000000000001005\nSigCgt:\t0\n";
        let ignored = Ignored(Ignored::mask(status));
        assert!(ignored.has(SIGHUP) && ignored.has(SIGQUIT) && ignored.has(13));
        assert!(!ignored.has(SIGINT) && !ignored.has(SIGTERM) && !ignored.has(64));
        let unknown = Ignored(Ignored::mask("Name:\tcoldseal\n"));
        assert!(unknown.has(SIGHUP) && unknown.has(SIGQUIT) && !unknown.has(SIGINT) && !unknown.has(SIGTERM));
    }
}
