//! One message: its keys, what it is bound to, its frames, and how much of the machine it may take.

use clap::Args;

use super::KeyArgs;

use crate::message::Threads;

/// What every command on a message takes.
#[derive(Debug, Args)]
pub(crate) struct MessageArgs {
    #[command(flatten)]
    pub(crate) keys: KeyArgs,
    #[command(flatten)]
    pub(crate) context: EncryptionContextArgs,
}

/// How a new message is divided.
#[derive(Debug, Args)]
pub(crate) struct FrameArgs {
    /// Bytes of plaintext in a frame, 1 to 16777216 [default: 65536]
    #[arg(long, value_name = "BYTES")]
    pub(crate) frame_length: Option<u32>,
    #[command(flatten)]
    pub(crate) threads: ThreadsArgs,
}

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
