//! coldseal beside `aws-esdk`, `age` and raw `ring`: the same bytes sealed and opened in memory, in one process.
//!
//! Prints one table, ratios first. `--json FILE` keeps the medians, which `benches/plot.py` draws.

mod measure;
mod peers;
mod table;

use std::{env, error::Error, fs};

use measure::{Figure, measure};
use peers::Peer;

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;
const SIZES: [usize; 4] = [KIB, 64 * KIB, MIB, 100 * MIB];
/// Bytes of plaintext in a frame, for all but `age`, whose chunks have this size by its specification.
const FRAME: usize = 64 * KIB;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let json = match env::args().skip(1).collect::<Vec<_>>().as_slice() {
        [] => None,
        [flag, file] if flag == "--json" => Some(file.clone()),
        _ => return Err("usage: coldseal-peers [--json FILE]".into()),
    };
    let mut peers = peers::all()?;
    let mut figures = Vec::new();
    for size in SIZES {
        let payload = incompressible(size);
        peers::check_interoperable(&payload)?;
        figures.extend(measure(&mut peers, &payload)?);
        eprintln!("{size} bytes: done");
    }
    print!("{}", table::markdown(&figures));
    if let Some(file) = json {
        fs::write(file, to_json(&figures)?)?;
    }
    Ok(())
}

/// Bytes without structure; which ones they are is the same in each run.
fn incompressible(size: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    std::iter::repeat_with(next).take(size).collect()
}

fn to_json(figures: &[Figure]) -> Result<String> {
    let row = |figure: &Figure| serde_json::json!({ "operation": figure.operation.to_string(), "peer": figure.peer, "bytes": figure.bytes, "seconds": figure.seconds });
    Ok(serde_json::to_string_pretty(&figures.iter().map(row).collect::<Vec<_>>())? + "\n")
}
