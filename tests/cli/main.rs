//! The command line through the real binary: what it prints, what it leaves behind, and its exit codes.

#![cfg(feature = "cli")]

#[path = "../support/sandbox.rs"]
mod sandbox;

mod create;
