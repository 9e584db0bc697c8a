//! Seals, opens and rewraps messages: streaming, in memory that does not depend on the payload.
//!
//! ```text
//! seal     plaintext -> frames as the wire has them -> AES-GCM in place -> message
//! open     message -> header verified -> frames -> AES-GCM in place -> plaintext, the last frame after the end of the input
//! rewrap   open -> frames -> seal; a fresh message id, every frame encrypted anew
//! ```
//!
//! Frames are worked on in batches. Each thread carries one from the read to the write, and both happen in order.

mod authenticate;
mod batch_plan;
mod buffered_input;
mod buffered_output;
mod encrypted_data_keys;
mod frames;
mod inspect;
mod materials;
mod open;
mod open_frames;
mod open_held;
mod open_options;
mod open_slice;
mod plaintext;
mod region_binding;
mod relay;
mod rewrap;
mod seal;
mod seal_frames;
mod seal_slice;
mod sealer;
mod signature;
mod sync;
mod threads;
mod ticket_lock;
mod wrap;

pub(crate) use authenticate::authentic_header;
pub use inspect::{Inspected, inspect};
pub use materials::EncryptionMaterials;
pub(crate) use open::UnopenedMessage;
pub use open::{Opened, Opener, open};
pub use open_held::{MAX_HELD_LENGTH, open_held};
pub use open_options::OpenOptions;
pub use open_slice::open_slice;
pub use region_binding::REGION_PAIR;
pub(crate) use region_binding::{SECRET_ARN, for_region, told_regions};
#[cfg(feature = "cli")]
pub(crate) use relay::{Stages, Weight, relay};
pub(crate) use rewrap::OpenedRest;
pub use rewrap::{Rewrapper, rewrap};
pub(crate) use seal::WrappedMessages;
pub use seal::{SealOptions, SealTarget, Sealed, seal, seal_each};
pub use seal_slice::seal_slice;
pub use sealer::{FinalFrame, FrameLength, MessageSealer};
pub use threads::Threads;
pub(crate) use wrap::{DataKeys, WrapFailures, WrapTarget, copy_data_key, wrap_each};

/// Most bytes of plaintext that one message is sealed for: 2^52.
pub const MAX_PLAINTEXT_LENGTH: u64 = 1 << 52;

/// Reads and writes of less than half of this are gathered, in buffers of this many bytes.
const CHUNK: usize = 64 * 1024;
/// Bytes that a buffer begins with: a message below that needs no more, and to make, clear and wipe larger ones would take most of its time.
const FIRST: usize = 4096;

#[cfg(test)]
mod tests;
