//! `rewrap`: a message, a secret, or every secret.

mod args;
mod message;
mod secrets;

pub(crate) use args::RewrapArgs;

use crate::cli::{failure::Outcome, invocation::Invocation};

pub(super) fn run(invocation: &Invocation, args: &RewrapArgs) -> Outcome {
    match &args.secret_id {
        Some(secret_id) => secrets::one(invocation, args, secret_id),
        None if args.all => secrets::all(invocation, args),
        None => message::run(invocation, args),
    }
}
