//! `coldseal::seal` and `coldseal::open` with a raw AES keyring.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use ::coldseal::{
    EncryptionContext, FrameLength, OpenOptions, SealOptions, SecretBytes, keyring::RawAesKeyring, message::Threads, open, seal,
};

use super::{CONTEXT, KEY, Peer, WRAPPING_KEY};
use crate::{FRAME, Result};

pub struct Coldseal {
    name: &'static str,
    keyring: RawAesKeyring,
    context: EncryptionContext,
    seal_options: SealOptions,
    open_options: OpenOptions,
}

impl Coldseal {
    pub fn new(name: &'static str, threads: usize) -> Result<Self> {
        let threads = Threads::new(threads).ok_or("a number of threads")?;
        let frame_length = u32::try_from(FRAME).ok().and_then(FrameLength::new).ok_or("a frame length")?;
        Ok(Self {
            name,
            keyring: RawAesKeyring::new(KEY.0, KEY.1, &SecretBytes::new(WRAPPING_KEY.to_vec()))?,
            context: [CONTEXT].into_iter().collect(),
            seal_options: SealOptions { frame_length, threads, ..SealOptions::default() },
            open_options: OpenOptions { threads, ..OpenOptions::default() },
        })
    }
}

impl Peer for Coldseal {
    fn name(&self) -> &'static str {
        self.name
    }

    fn seal(&mut self, payload: &[u8], out: &mut Vec<u8>, times: u32) -> Result<Duration> {
        let begin = Instant::now();
        for _ in 0..times {
            out.clear();
            seal(black_box(payload), &mut *out, &[&self.keyring], &self.context, self.seal_options)?;
        }
        Ok(begin.elapsed())
    }

    fn open(&mut self, message: &[u8], out: &mut Vec<u8>, times: u32) -> Result<Duration> {
        let begin = Instant::now();
        for _ in 0..times {
            out.clear();
            open(black_box(message), &mut *out, &[&self.keyring], &self.open_options)?;
        }
        Ok(begin.elapsed())
    }
}
