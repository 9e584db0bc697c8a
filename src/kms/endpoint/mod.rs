//! The embedded KMS over HTTP: AWS's JSON 1.1 protocol on loopback, for software that already speaks to AWS KMS.

mod answer;
mod dispatch;
mod json;
mod memory;
mod model;
mod operations;
mod reply;
mod request;
mod service;
#[cfg(test)]
mod tests;

pub use answer::{Answer, Service};
#[doc(hidden)]
pub use memory::ServiceInMemory;
pub use service::KmsService;
