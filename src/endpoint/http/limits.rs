//! What one client, or all of them, can take.

use std::time::Duration;

/// Bounds of a server. Each is a number of bytes, of things, or a time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Bytes of a request's line and headers.
    pub(super) head: usize,
    /// Headers of a request.
    pub(super) headers: usize,
    /// Bytes of a body. The largest request of AWS KMS has a policy of 131,072 characters, a description of 8,192 and 50 tags of 384, that of
    /// Secrets Manager a value of 65,536; a client may write each character in six bytes (`\u00e9`).
    pub(super) body: usize,
    /// Bytes that a body over the limit may go on for, unread, so that its sender gets to see the refusal.
    pub(super) discarded: usize,
    /// Bytes of a body up to which it takes no place among the large ones. Nearly every request is smaller.
    pub(super) small_body: usize,
    /// Larger bodies that are in memory at once; the oldest that is not whole gives way to a further one.
    pub(super) large_bodies: usize,
    /// Connections at once; the oldest whose request is not whole, or that asks for nothing, gives way to a further one.
    pub(super) connections: usize,
    /// For a request that has begun, or the pause before it, before it can have to give way. Whoever means it has sent a request by then; and so
    /// many connections a time that nobody waits long behind those that do not.
    pub(super) floor: Duration,
    /// For the head of the first request, and for that of each next one, from the answer before it.
    pub(super) head_time: Duration,
    /// For a body, the wait for a place included.
    pub(super) body_time: Duration,
    /// Without a byte of an answer being taken.
    pub(super) write_time: Duration,
    /// From the signal to stop until requests in work are given up.
    pub(super) grace: Duration,
}

impl Limits {
    pub(super) const DEFAULT: Self = Self {
        head: 16 << 10,
        headers: 64,
        body: 1 << 20,
        discarded: 8 << 20,
        small_body: 16 << 10,
        large_bodies: 16,
        connections: 1024,
        floor: Duration::from_millis(250),
        head_time: Duration::from_secs(20),
        body_time: Duration::from_secs(20),
        write_time: Duration::from_secs(20),
        grace: Duration::from_secs(5),
    };
}
