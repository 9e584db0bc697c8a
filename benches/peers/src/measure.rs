//! Medians of interleaved samples.

use std::{fmt, time::Duration};

use crate::{Peer, Result};

/// Samples for a median.
const ROUNDS: usize = 15;
/// A sample repeats the operation for about as long as this.
const SAMPLE: Duration = Duration::from_millis(10);

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    Seal,
    Open,
}

impl fmt::Display for Operation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Seal => "seal",
            Self::Open => "open",
        })
    }
}

/// The median time of one operation on one payload.
pub struct Figure {
    pub operation: Operation,
    pub peer: &'static str,
    pub bytes: usize,
    pub seconds: f64,
}

/// Seals and opens `payload` with each peer. Rounds go over all peers in turn, so that what disturbs the machine for a while disturbs all of them.
///
/// # Errors
/// A peer that fails, or gives back other bytes.
pub fn measure(peers: &mut [Box<dyn Peer>], payload: &[u8]) -> Result<Vec<Figure>> {
    let mut sealed = Vec::new();
    for peer in peers.iter_mut() {
        let (mut message, mut opened) = (Vec::new(), Vec::new());
        peer.seal(payload, &mut message, 1)?;
        peer.open(&message, &mut opened, 1)?;
        if opened != payload || message.len() < payload.len() {
            return Err(format!("{}: {} bytes do not come back", peer.name(), payload.len()).into());
        }
        sealed.push(message);
    }
    let mut figures = Vec::new();
    for operation in [Operation::Seal, Operation::Open] {
        let mut samples = vec![Vec::new(); peers.len()];
        let mut counts = vec![1; peers.len()];
        // Their pages are in memory after the warm-up, for every peer that takes a place to write to.
        let mut outputs = vec![Vec::new(); peers.len()];
        for round in 0..=ROUNDS {
            for (index, peer) in peers.iter_mut().enumerate() {
                let mut run = |count: u32| match operation {
                    Operation::Seal => peer.seal(payload, &mut outputs[index], count),
                    Operation::Open => peer.open(&sealed[index], &mut outputs[index], count),
                };
                if round == 0 {
                    counts[index] = warm_up(&mut run)?;
                } else {
                    samples[index].push(run(counts[index])?.as_secs_f64() / f64::from(counts[index]));
                }
            }
        }
        for (peer, samples) in peers.iter().zip(samples) {
            figures.push(Figure { operation, peer: peer.name(), bytes: payload.len(), seconds: median(samples) });
        }
    }
    Ok(figures)
}

/// Runs until caches, branch predictors and the output's pages are warm; gives the repetitions that fill a sample.
fn warm_up(run: &mut impl FnMut(u32) -> Result<Duration>) -> Result<u32> {
    run(1)?;
    let mut count = 1;
    loop {
        let took = run(count)?;
        if took >= SAMPLE {
            return Ok(count);
        }
        count = if took * 8 < SAMPLE { count * 8 } else { (count + 1).max(count * 5 / 4) };
    }
}

fn median(mut samples: Vec<f64>) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples[samples.len() / 2]
}
