//! AWS Secrets Manager and AWS KMS over HTTP: AWS's JSON 1.1 protocol on loopback, for software that already speaks to them. Behind it are a vault and
//! the embedded KMS.
//!
//! ```text
//! http              the socket, connections, signatures; what is for which service
//! json_service      what stands between HTTP and the operations
//! dispatch          from an operation's name to its entry, and from what comes of it to the answer
//! keys, secrets     what each service's entries are done on
//! reply             answers on the wire
//! ```

mod dispatch;
mod http;
mod json_service;
mod keys;
mod kms_service;
mod memory;
mod reply;
mod secrets;
mod service_names;
#[cfg(test)]
mod tests;

#[cfg(fuzzing)]
pub use http::fuzzing;
pub use http::{Authentication, Credentials, Exposure, Server, ServerOptions, Stopper};
pub use json_service::{JsonRequest, JsonResponse, JsonService};
pub use kms_service::KmsService;
pub use memory::ServiceInMemory;
pub use secrets::{Changes, SecretsService, SecretsServiceOptions};

pub use crate::protocol::operation::Service;
