//! The command line.
#![expect(dead_code, reason = "the commands that use these parts come with the argument parser")]

mod aws_config;
mod encryption_context;
mod environment;
mod output;
mod paramfile;
mod replica_regions;
mod shorthand;
mod structures;
mod tags;
mod usage;
