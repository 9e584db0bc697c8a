//! Signed packages: who made one, that nothing is missing, and that it is the newest.

pub mod signature;
