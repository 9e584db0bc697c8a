//! What is known of AWS Secrets Manager, AWS KMS and the AWS CLI, through the binary: one module for each section of `docs/aws.md`, which says how each
//! fact is known. Names and messages of errors are AWS's, word for word.
//!
//! What waits for a command stands in [`LEFT`]; what is expected of command lines is also tested beside what it is about, and then stands in
//! [`command_line::ELSEWHERE`].

#![cfg(feature = "cli")]
#![allow(clippy::indexing_slicing, reason = "a test fails where an index is wrong")]

#[path = "../support/sandbox.rs"]
mod sandbox;

mod account;
mod asymmetric_keys;

mod command_line;
mod key_ids_and_limits;
mod key_operations;
mod key_specs;
mod key_states;
#[cfg(feature = "kms-endpoint")]
mod kms_protocol;
mod lists;
mod multi_region_keys;
mod regions;
mod secret_fields;
mod secret_operations;
mod secret_semantics;
#[cfg(feature = "kms-endpoint")]
mod secrets_protocol;

use sandbox::Sandbox;

/// What no test follows yet, and the command that each waits for.
const LEFT: &[(&str, &str)] = &[
    ("Encapsulate, Decapsulate", "kms encapsulate"),
    ("HMAC keys", "kms generate-mac"),
    ("SIGN_VERIFY, the other curves, ML_DSA, SM2, the message on the key usage SIGN_VERIFY", "kms sign"),
    ("PendingImport, the message on the origin EXTERNAL", "kms import-key-material"),
];

#[test]
fn nothing_waits_for_a_command_that_exists() {
    let sandbox = Sandbox::new();
    let commands = sandbox.all_commands();
    assert!(commands.len() > 40 && commands.iter().any(|name| name == "kms create-key"), "{commands:?}");
    for (fact, command) in LEFT {
        assert!(!commands.iter().any(|name| name == command), "'{command}' exists: give '{fact}' its test, and take it off the list");
    }
}
