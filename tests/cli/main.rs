//! The command line through the real binary: what it prints, what it leaves behind, and its exit codes.

#![cfg(feature = "cli")]
#![allow(clippy::indexing_slicing, reason = "a test fails where an index is wrong")]

#[path = "../support/sandbox.rs"]
mod sandbox;

mod acceptance;
mod asked_last;
mod asymmetric;
mod aws_dialect;
mod batch;
mod create;
mod create_dry_run;
mod damaged;
mod debug;
mod default_key;
mod deletion;
mod deprived;
mod diff;
mod edit;
#[cfg(target_os = "linux")]
mod errors;
mod exec;
mod explained_inputs;
mod files;
mod help;
mod help_texts;
mod iam_policy;
mod kms;
mod life_of_a_secret;
mod machines;
mod output;
mod outputs;
mod pack;
mod pack_dry_run;
mod pack_folder;
mod pack_update;
mod parts;
mod passphrase;
mod passwords;
mod places;
mod policies;
mod process;
mod programs;
mod public_keys;
mod purge;
mod raw_keys;
mod read;
mod record_attacks;
mod reference;
mod region;
mod region_bundles;
mod replicas;
mod report;
mod rewrap;
mod rotation;
mod rules;
#[cfg(unix)]
mod secret_files;
#[cfg(all(feature = "kms-endpoint", unix))]
mod serving;
mod signatures;
mod signed;
mod signed_vault;
mod slice;
mod status;
mod stored;
mod tags;
mod terminal;
mod threads;
mod unpack;
mod value;
mod verify;
mod versions;
mod waiting;
mod words;
