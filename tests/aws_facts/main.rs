//! What is known of AWS Secrets Manager, AWS KMS and the AWS CLI, through the binary: one module for each section of the collected facts,
//! one test for each row, named after it. Names and messages of errors are AWS's, word for word.
//!
//! Rows that wait for a command stand in [`LEFT`]; some rows on the command line are tested beside what they are about, and stand in
//! [`c_command_line::ELSEWHERE`].

#![cfg(feature = "cli")]
#![allow(clippy::indexing_slicing, reason = "a test fails where an index is wrong")]

#[path = "../support/sandbox.rs"]
mod sandbox;

mod account;
mod asymmetric;

mod a1_field_types;
mod a2_operations;
mod a3_semantics;
mod a4_regions;
mod b1_ids_limits;
#[cfg(feature = "kms-endpoint")]
mod b1_protocol;
mod b2_operations;
mod b3_key_specs;
mod b4_key_states;
mod b5_multi_region;
mod c_command_line;

use sandbox::Sandbox;

/// The rows, or parts of rows, that have no test yet, and the command that each waits for.
const LEFT: &[(&str, &str)] = &[
    ("a1 ResourcePolicy, PolicyName", "put-resource-policy"),
    ("a1 VersionStages 1-20, RotationToken", "put-secret-value"),
    ("a1 MaxResults 1-20", "batch-get-secret-value"),
    ("a2 RemoveRegionsFromReplication", "remove-regions-from-replication"),
    ("a2 StopReplicationToReplica; a3 replica may: be promoted; a3 promote", "stop-replication-to-replica"),
    ("a2 PutSecretValue; a3 AWSCURRENT moves, VersionStages given, versions kept", "put-secret-value"),
    ("a2 UpdateSecret; a3 key change", "update-secret"),
    ("a2 BatchGetSecretValue", "batch-get-secret-value"),
    ("a2 ListSecretVersionIds", "list-secret-version-ids"),
    ("a2 UpdateSecretVersionStage; a3 AWSPENDING, label limits", "update-secret-version-stage"),
    ("a2 DeleteSecret; a3 deletion, primary with replicas, duplicate name pending deletion", "delete-secret"),
    ("a2 RestoreSecret", "restore-secret"),
    ("a2 RotateSecret", "rotate-secret"),
    ("a2 TagResource", "tag-resource"),
    ("a2 UntagResource", "untag-resource"),
    ("a2 PutResourcePolicy", "put-resource-policy"),
    ("a2 ValidateResourcePolicy", "validate-resource-policy"),
    ("a2 GetRandomPassword", "get-random-password"),
    ("a wire and protocol", "serve"),
    ("b2 Encapsulate, Decapsulate", "kms encapsulate"),
    ("b3 HMAC keys", "kms generate-mac"),
    ("b3 SIGN_VERIFY, the other curves, ML_DSA, SM2; b4 Sign, message on the key usage SIGN_VERIFY", "kms sign"),
    ("b4 PendingImport, message on the origin EXTERNAL", "kms import-key-material"),
    ("b5 another primary Region", "kms update-primary-region"),
    ("c 14 edit", "edit"),
    ("c 14 exec-env", "exec-env"),
];

#[test]
fn no_row_waits_for_a_command_that_exists() {
    let sandbox = Sandbox::new();
    let commands = sandbox.all_commands();
    assert!(commands.len() > 40 && commands.iter().any(|name| name == "kms create-key"), "{commands:?}");
    for (row, command) in LEFT {
        assert!(!commands.iter().any(|name| name == command), "'{command}' exists: give '{row}' its test, and take it off the list");
    }
}
