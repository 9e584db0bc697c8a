//! The passphrase of a server's keystore: it is asked for at the start, and never in the middle of serving.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use crate::{
    cli::{invocation::Invocation, passphrase::PassphraseSources},
    error::Result,
    kms::Passphrases,
    secret::SecretBytes,
};

/// Where the passphrase comes from; a prompt is one of the places until the start has ended.
struct AtStart {
    sources: PassphraseSources,
    has_ended: Arc<AtomicBool>,
}

/// The start of a server, while which somebody may be asked.
pub(crate) struct Start(Arc<AtomicBool>);

impl Start {
    /// No prompt appears from now on, not when somebody has changed the passphrase either.
    pub(crate) fn end(self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Takes over where the invocation's passphrase comes from.
pub(crate) fn passphrases(invocation: &mut Invocation) -> (Box<dyn Passphrases + Send + Sync>, Start) {
    let prompting = PassphraseSources::new(&invocation.inputs.environment, None, invocation.inputs.prompter.clone());
    let sources = std::mem::replace(&mut invocation.keystore.passphrases, prompting);
    let has_ended = Arc::new(AtomicBool::new(false));
    (Box::new(AtStart { sources, has_ended: Arc::clone(&has_ended) }), Start(has_ended))
}

impl Passphrases for AtStart {
    fn current(&self) -> Result<SecretBytes> {
        if self.has_ended.load(Ordering::SeqCst) { self.sources.current_without_prompt() } else { self.sources.current() }
    }

    fn new_passphrase(&self) -> Result<SecretBytes> {
        self.sources.new_passphrase()
    }
}
