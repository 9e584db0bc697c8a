//! One table of AWS's operations: which members a request has, within which limits, and what is done. No HTTP and no terminal.
//!
//! ```text
//! kms        the operations of AWS KMS, on the embedded KMS
//! secrets    the operations of AWS Secrets Manager, in a vault
//! operation  what an entry is
//! member     the members of a request: their types and limits
//! value      the values of members
//! convert    what a client sent, as values that keep the limits
//! request    the members of one request
//! answer     what an operation answers
//! json       JSON as clients send it
//! ```

pub(crate) mod answer;
#[cfg(feature = "kms-endpoint")]
mod convert;
#[cfg(feature = "kms-endpoint")]
pub(crate) mod json;
pub(crate) mod kms;
pub(crate) mod member;
pub(crate) mod operation;
pub(crate) mod request;
pub(crate) mod secrets;
#[cfg(test)]
mod tests;
pub(crate) mod value;

use self::operation::{Operation, Service};

/// The whole table.
pub(crate) fn all() -> impl Iterator<Item = &'static Operation> {
    kms::all().chain(secrets::all())
}

/// A service's operation of this name.
pub(crate) fn find(service: Service, name: &str) -> Option<&'static Operation> {
    all().find(|operation| operation.service == service && operation.name == name)
}
