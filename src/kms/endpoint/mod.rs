//! The embedded KMS over HTTP: AWS's JSON 1.1 protocol on loopback, for software that already speaks to AWS KMS.

mod answer;

pub use answer::{Answer, Service};
