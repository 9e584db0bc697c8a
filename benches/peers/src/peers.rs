//! Who is compared, each behind the interface that its documentation shows first, with a data key of its own for each message.

mod age;
mod coldseal;
mod esdk;
mod ring;

use std::time::Duration;

use crate::Result;

pub const OURS: &str = "coldseal";
pub const OURS_TWO_THREADS: &str = "coldseal, two threads";
pub const ESDK: &str = "aws-esdk";
pub const AGE: &str = "age";
pub const RING: &str = "ring";

/// Namespace and name of the wrapping key that both Encryption SDKs use.
const KEY: (&str, &str) = ("bench", "key");
const WRAPPING_KEY: [u8; 32] = [1; 32];
const CONTEXT: (&str, &str) = ("purpose", "bench");

/// Seals and opens in memory.
pub trait Peer {
    fn name(&self) -> &'static str;

    /// Seals `payload` so many times; the last message is in `out`. Gives the time for all of them, without what only brings the payload into
    /// the form that the interface takes.
    ///
    /// # Errors
    /// The peer's.
    fn seal(&mut self, payload: &[u8], out: &mut Vec<u8>, times: u32) -> Result<Duration>;

    /// The reverse.
    ///
    /// # Errors
    /// The peer's.
    fn open(&mut self, message: &[u8], out: &mut Vec<u8>, times: u32) -> Result<Duration>;
}

/// Everyone, coldseal first.
///
/// # Errors
/// A peer that cannot be set up.
pub fn all() -> Result<Vec<Box<dyn Peer>>> {
    Ok(vec![
        Box::new(coldseal::Coldseal::new(OURS, 1)?),
        Box::new(coldseal::Coldseal::new(OURS_TWO_THREADS, 2)?),
        Box::new(esdk::Esdk::new()?),
        Box::new(age::Age::new()),
        Box::new(ring::Ring),
    ])
}

/// coldseal and `aws-esdk` open each other's messages: they do the same work.
///
/// # Errors
/// They do not.
pub fn check_interoperable(payload: &[u8]) -> Result<()> {
    let (mut ours, mut theirs) = (coldseal::Coldseal::new(OURS, 1)?, esdk::Esdk::new()?);
    let (mut message, mut opened) = (Vec::new(), Vec::new());
    ours.seal(payload, &mut message, 1)?;
    theirs.open(&message, &mut opened, 1)?;
    if opened != payload {
        return Err("aws-esdk opened coldseal's message to other bytes".into());
    }
    theirs.seal(payload, &mut message, 1)?;
    ours.open(&message, &mut opened, 1)?;
    if opened != payload {
        return Err("coldseal opened aws-esdk's message to other bytes".into());
    }
    Ok(())
}
