//! One table of AWS's operations: which members a request has, within which limits, and what is done. No HTTP and no terminal.
//!
//! ```text
//! kms        the operations of AWS KMS, on the embedded KMS
//! secrets    the operations of AWS Secrets Manager, in a vault
//! operation  what an entry is
//! member     the members of requests and answers: their types and limits
//! value      the values of members
//! validation what keeps the limits, and what does not
//! convert    JSON as the values of members
//! draft      a request in the making
//! wire       what a client sent
//! request    the members of one request
//! answer     what an operation answers
//! json       JSON as clients send it
//! ```

pub(crate) mod answer;
mod convert;
pub(crate) mod draft;
pub(crate) mod json;
pub(crate) mod kms;
pub(crate) mod member;
pub(crate) mod operation;
pub(crate) mod request;
pub(crate) mod secrets;
#[cfg(test)]
mod tests;
mod validation;
pub(crate) mod value;
#[cfg(feature = "kms-endpoint")]
mod wire;

use self::operation::{Operation, Service};

/// The whole table.
pub(crate) fn all() -> impl Iterator<Item = &'static Operation> {
    kms::all().chain(secrets::all())
}

/// A service's operation of this name.
pub(crate) fn find(service: Service, name: &str) -> Option<&'static Operation> {
    all().find(|operation| operation.service == service && operation.name == name)
}
