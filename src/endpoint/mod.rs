//! The embedded KMS over HTTP: AWS's JSON 1.1 protocol on loopback, for software that already speaks to AWS KMS.

mod dispatch;
mod http;
mod json_service;
mod memory;
mod reply;
mod service;
#[cfg(test)]
mod tests;

#[cfg(fuzzing)]
pub use http::fuzzing;
pub use http::{Authentication, Credentials, Exposure, Server, ServerOptions, Stopper};
pub use json_service::{JsonResponse, JsonService};
pub use memory::ServiceInMemory;
pub use service::KmsService;
