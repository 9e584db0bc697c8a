//! What threads share in [`ticket_lock`](super::ticket_lock), under one name, so that a test can put something else in its place.

pub(super) use std::{
    hint::spin_loop,
    sync::{
        Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

pub(super) use crate::parallel::lock;

/// How often the next one looks again before it sleeps: about the time that a batch takes. To be woken takes as long.
pub(super) const LOOKS: u32 = 2000;
