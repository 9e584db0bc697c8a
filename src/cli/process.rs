//! What is set up for the whole process: no core dumps, tracing, stdout given up.

use std::io::{self, Write};

use tracing::{Level, Subscriber};
use tracing_subscriber::{filter::Targets, fmt::MakeWriter, layer::SubscriberExt as _};

use super::shown;

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

/// What is done, on stderr, and never values: all of it with `--debug`, and what a server cannot do without. The first call decides.
pub(crate) fn trace(level: Level) {
    let _ = tracing::subscriber::set_global_default(own_events(io::stderr, level));
}

/// Writes the events of this crate and no others: the client of AWS KMS and the HTTP stack below it trace headers and bodies, in which
/// credentials and data keys stand.
fn own_events(writer: impl for<'w> MakeWriter<'w> + Send + Sync + 'static, level: Level) -> impl Subscriber + Send + Sync {
    let own = Targets::new().with_target(env!("CARGO_CRATE_NAME"), level);
    let lines = tracing_subscriber::fmt::layer().with_writer(Shown(writer)).with_ansi(false);
    tracing_subscriber::registry().with(own).with(lines)
}

/// Hands each line on as a terminal may have it.
struct Shown<W>(W);

impl<'w, W: MakeWriter<'w>> MakeWriter<'w> for Shown<W> {
    type Writer = ShownLines<W::Writer>;

    fn make_writer(&'w self) -> Self::Writer {
        ShownLines(self.0.make_writer())
    }
}

struct ShownLines<W>(W);

impl<W: Write> Write for ShownLines<W> {
    /// Whole lines come at once.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write_all(shown::lines(&String::from_utf8_lossy(bytes)).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// What reads stdout need not wait for the end of a command that has no more to print: `$(coldseal kms serve &)`.
#[cfg(all(feature = "kms-endpoint", unix))]
pub(crate) fn give_up_stdout() {
    if let Ok(null) = std::fs::OpenOptions::new().write(true).open("/dev/null") {
        let _ = rustix::stdio::dup2_stdout(null);
    }
}

#[cfg(all(feature = "kms-endpoint", not(unix)))]
pub(crate) fn give_up_stdout() {}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read as _, Seek as _},
        sync::Arc,
    };

    use super::*;

    #[test]
    fn events_of_other_crates_are_not_written() {
        let mut file = tempfile::tempfile().expect("a file");
        let writer = Arc::new(file.try_clone().expect("the same file"));
        tracing::subscriber::with_default(own_events(writer, Level::DEBUG), || {
            tracing::debug!(key = "example", "kms: Encrypt");
            tracing::trace!("own, and too fine");
            tracing::error!(target: "aws_smithy_runtime::client::orchestrator", "foreign: a response");
            let _span = tracing::error_span!(target: "aws_sdk_kms::operation", "foreign span", secret = "foreign").entered();
            tracing::warn!(target: "hyper_util::client::legacy", "foreign: a header");
            tracing::debug!(target: "rustls::client", "foreign: a certificate");
            tracing::info!("own, inside of a span");
        });
        file.rewind().expect("a file");
        let mut written = String::new();
        file.read_to_string(&mut written).expect("text");
        let lines: Vec<_> = written.lines().collect();
        assert_eq!(lines.len(), 2, "{written}");
        assert!(
            lines.iter().zip(["kms: Encrypt key=\"example\"", "own, inside of a span"]).all(|(line, end)| line.contains(end)),
            "{written}"
        );
        assert!(!written.contains("foreign"), "{written}");
    }
}
