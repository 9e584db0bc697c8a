//! The `coldseal` binary.
fn main() {}
