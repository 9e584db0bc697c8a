//! The embedded KMS over HTTP: AWS's JSON 1.1 protocol on loopback, for software that already speaks to AWS KMS.

mod answer;
mod dispatch;
mod http;
mod memory;
mod reply;
mod service;
#[cfg(test)]
mod tests;

pub use answer::{Answer, Service};
#[cfg(fuzzing)]
pub use http::fuzzing;
pub use http::{Authentication, Credentials, Reach, Server, ServerOptions, Stopper};
pub use memory::ServiceInMemory;
pub use service::KmsService;
