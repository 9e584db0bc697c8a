//! HTTP/1.1 around the operations.
//!
//! ```text
//! server       the socket, how many connections, how it stops
//! connection   one of them: time-outs
//! handler      one request: route, body, signature or none, operation
//! signature    Signature Version 4; `unsigned` where none is asked for
//! ```

mod authorization;
mod body;
mod connection;
mod credentials;
mod handler;
mod limits;
mod server;
mod signature;
mod stall;
#[cfg(test)]
mod tests;
mod unsigned;

use hyper::{
    HeaderMap,
    header::{HeaderName, HeaderValue},
};
use time::OffsetDateTime;

pub use credentials::Credentials;
pub use handler::Authentication;
pub use server::{Reach, Server, ServerOptions, Stopper};

/// For the fuzz target: whether a request with these headers and this body is taken for one that was signed with the credentials, at a time
/// in seconds since 1970. Headers that HTTP does not allow are left out, as no connection brings them.
#[doc(hidden)]
#[must_use]
pub fn is_signed(headers: &[(&[u8], &[u8])], body: &[u8], credentials: &Credentials, unix_time: i64) -> bool {
    let pairs = headers.iter().filter_map(|(name, value)| Some((HeaderName::from_bytes(name).ok()?, HeaderValue::from_bytes(value).ok()?)));
    let headers: HeaderMap = pairs.collect();
    let now = OffsetDateTime::from_unix_timestamp(unix_time).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let claimed = signature::claimed_region(&headers);
    match signature::check(&headers, body, credentials, now) {
        Ok(region) => {
            assert_eq!(claimed, Some(region), "the Region is the one that the request names");
            true
        }
        Err(_) => false,
    }
}
