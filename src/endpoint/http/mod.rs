//! HTTP/1.1 around the operations.
//!
//! ```text
//! server       the socket, how many connections, how it stops
//! connection   one of them: time-outs
//! places       who gives way when there are too many
//! handler      one request: route, body, signature or none, operation
//! signature    Signature Version 4; `unsigned` where none is asked for
//! ```

mod authorization;
mod body;
mod connection;
mod credentials;
#[cfg(fuzzing)]
pub mod fuzzing;
mod handler;
mod limits;
mod places;
mod server;
mod signature;
mod stall;
#[cfg(test)]
mod tests;
mod unsigned;

pub use credentials::Credentials;
pub use handler::Authentication;
pub use server::{Exposure, Server, ServerOptions, Stopper};
