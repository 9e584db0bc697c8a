//! What a message is bound to, and how much of the machine it may take.

use clap::Args;

use crate::message::Threads;

/// The encryption context.
#[derive(Debug, Args)]
pub(crate) struct EncryptionContextArgs {
    /// Non-secret pairs: k=v ..., or JSON. `seal` binds them to the message; `open` demands them, a bare key with any value. A pair that the
    /// message does not store must be one that it is bound to all the same (required encryption context). FILE goes before it
    #[arg(long, value_name = "K=V", num_args = 1..)]
    pub(crate) encryption_context: Option<Vec<String>>,
}

/// How much of the machine a message may take.
#[derive(Debug, Args)]
pub(crate) struct ThreadsArgs {
    /// Threads that encrypt or decrypt a message's frames, 1 to 256; more than fit 16 MiB of buffers are not started [default: one for each core]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
}

impl ThreadsArgs {
    /// As many as were asked for, or as the machine runs at once.
    pub(crate) fn get(&self) -> Threads {
        self.threads.map_or_else(Threads::available, |count| Threads::new(count.into()).expect("the parser takes no 0"))
    }
}
