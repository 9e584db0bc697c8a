//! The AEAD alone: one key set-up, then each frame copied into its place and encrypted or decrypted there. Not a format that anybody should use.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use ::ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

use super::{Peer, RING, WRAPPING_KEY};
use crate::{FRAME, Result};

const TAG: usize = 16;
/// As many bytes as a frame of an Encryption SDK message authenticates besides its content.
const AAD: [u8; 72] = [7; 72];

pub struct Ring;

impl Peer for Ring {
    fn name(&self) -> &'static str {
        RING
    }

    fn seal(&mut self, payload: &[u8], out: &mut Vec<u8>, times: u32) -> Result<Duration> {
        let begin = Instant::now();
        for _ in 0..times {
            out.clear();
            let key = key()?;
            for (number, content) in black_box(payload).chunks(FRAME).enumerate() {
                let start = out.len();
                out.extend_from_slice(content);
                let tag = key.seal_in_place_separate_tag(nonce(number), Aad::from(AAD), &mut out[start..]).map_err(|_| "ring: seal")?;
                out.extend_from_slice(tag.as_ref());
            }
        }
        Ok(begin.elapsed())
    }

    fn open(&mut self, message: &[u8], out: &mut Vec<u8>, times: u32) -> Result<Duration> {
        let begin = Instant::now();
        for _ in 0..times {
            out.clear();
            let key = key()?;
            for (number, frame) in black_box(message).chunks(FRAME + TAG).enumerate() {
                let start = out.len();
                out.extend_from_slice(frame);
                let opened = key.open_in_place(nonce(number), Aad::from(AAD), &mut out[start..]).map_err(|_| "ring: open")?.len();
                out.truncate(start + opened);
            }
        }
        Ok(begin.elapsed())
    }
}

fn key() -> Result<LessSafeKey> {
    Ok(LessSafeKey::new(UnboundKey::new(&AES_256_GCM, black_box(&WRAPPING_KEY)).map_err(|_| "ring: key")?))
}

fn nonce(number: usize) -> Nonce {
    let mut bytes = [0; 12];
    bytes[4..].copy_from_slice(&(number as u64).to_be_bytes());
    Nonce::assume_unique_for_key(bytes)
}
