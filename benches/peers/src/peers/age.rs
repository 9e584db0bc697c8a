//! `age` with one X25519 recipient: ChaCha20-Poly1305 in chunks of 64 KiB.

use std::{
    hint::black_box,
    io::{Read as _, Write as _},
    iter,
    time::{Duration, Instant},
};

use ::age::{
    Decryptor, Encryptor, Identity,
    x25519::{self, Recipient},
};

use super::{AGE, Peer};
use crate::Result;

pub struct Age {
    identity: x25519::Identity,
    recipient: Recipient,
}

impl Age {
    pub fn new() -> Self {
        let identity = x25519::Identity::generate();
        Self { recipient: identity.to_public(), identity }
    }
}

impl Peer for Age {
    fn name(&self) -> &'static str {
        AGE
    }

    fn seal(&mut self, payload: &[u8], out: &mut Vec<u8>, times: u32) -> Result<Duration> {
        let begin = Instant::now();
        for _ in 0..times {
            out.clear();
            let encryptor = Encryptor::with_recipients(iter::once(&self.recipient as _))?;
            let mut writer = encryptor.wrap_output(&mut *out)?;
            writer.write_all(black_box(payload))?;
            writer.finish()?;
        }
        Ok(begin.elapsed())
    }

    fn open(&mut self, message: &[u8], out: &mut Vec<u8>, times: u32) -> Result<Duration> {
        let begin = Instant::now();
        for _ in 0..times {
            out.clear();
            let mut reader = Decryptor::new(black_box(message))?.decrypt(iter::once(&self.identity as &dyn Identity))?;
            reader.read_to_end(out)?;
        }
        Ok(begin.elapsed())
    }
}
