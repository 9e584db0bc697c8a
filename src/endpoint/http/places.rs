//! ClientPlaces that clients hold, of which there are so many and no more: the one who has kept the server waiting longest gives way to who comes.
//!
//! A client that has sent a whole request keeps its place until the answer is there. One whose request is not whole, or that asks for nothing,
//! costs whoever holds it open nothing: so it keeps a place only while nobody else wants one, and for a floor of time in which every client
//! that means it has sent its request.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    sync::{Notify, OwnedSemaphorePermit, Semaphore},
    time::{Instant, sleep_until},
};

use crate::parallel::lock;

/// The places of one kind.
#[derive(Debug)]
pub(super) struct ClientPlaces {
    free: Arc<Semaphore>,
    count: u32,
    floor: Duration,
    waiting: Mutex<WaitedFor>,
    /// Told when a place is held by a client that is waited for, where none was.
    waited: Notify,
}

/// Who is waited for, in the order in which that began.
#[derive(Debug, Default)]
struct WaitedFor {
    turns: BTreeMap<u64, Turn>,
    next: u64,
}

#[derive(Debug)]
struct Turn {
    since: Instant,
    gone: Arc<Notify>,
}

impl ClientPlaces {
    /// `count` places, in each of which a client can keep the server waiting for `floor`, whoever else comes.
    pub(super) fn new(count: usize, floor: Duration) -> Arc<Self> {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        let free = Arc::new(Semaphore::new(usize::try_from(count).unwrap_or(usize::MAX)));
        Arc::new(Self { free, count, floor, waiting: Mutex::default(), waited: Notify::new() })
    }

    /// A place, as soon as there is one; for that, the client that is waited for longest loses its own. Its holder is waited for from now on.
    pub(super) async fn take(self: &Arc<Self>) -> Place {
        let free = Arc::clone(&self.free).acquire_owned();
        let mut free = std::pin::pin!(free);
        let permit = tokio::select! {
            biased;
            permit = free.as_mut() => permit,
            // Who takes a place drives one out, and no more.
            () = self.drive_out() => free.await,
        };
        let place = Place { _permit: permit.ok(), places: Arc::clone(self), turn: Mutex::new(None), gone: Arc::new(Notify::new()) };
        place.waits();
        place
    }

    /// Tells the client that is waited for longest that it has lost its place, as soon as there is one and its floor of time is over.
    pub(super) async fn drive_out(&self) {
        loop {
            let waited = self.waited.notified();
            let oldest = {
                let mut waiting = lock(&self.waiting);
                match waiting.turns.first_entry() {
                    Some(entry) if entry.get().since + self.floor <= Instant::now() => {
                        entry.remove().gone.notify_one();
                        return;
                    }
                    Some(entry) => Some(entry.get().since),
                    None => None,
                }
            };
            match oldest {
                Some(since) => sleep_until(since + self.floor).await,
                None => waited.await,
            }
        }
    }

    /// True while no place is free.
    pub(super) fn are_taken(&self) -> bool {
        self.free.available_permits() == 0
    }

    /// Waits until nobody has a place.
    pub(super) async fn all_free(&self) {
        let _ = self.free.acquire_many(self.count).await;
    }
}

/// A place, until it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    places: Arc<ClientPlaces>,
    turn: Mutex<Option<u64>>,
    gone: Arc<Notify>,
    /// Given back when the turn is; never `None`, as the places are not closed.
    _permit: Option<OwnedSemaphorePermit>,
}

impl Place {
    /// From now on its client is waited for: the place can be lost.
    pub(super) fn waits(&self) {
        let mut turn = lock(&self.turn);
        let mut waiting = lock(&self.places.waiting);
        turn.take().and_then(|turn| waiting.turns.remove(&turn));
        let next = waiting.next;
        waiting.next += 1;
        waiting.turns.insert(next, Turn { since: Instant::now(), gone: Arc::clone(&self.gone) });
        *turn = Some(next);
        drop(waiting);
        self.places.waited.notify_waiters();
    }

    /// From now on something is done for its client, and the place is kept. False where it has been lost already.
    pub(super) fn works(&self) -> bool {
        let turn = lock(&self.turn).take();
        turn.is_none_or(|turn| lock(&self.places.waiting).turns.remove(&turn).is_some())
    }

    /// Returns when the place is lost; once.
    pub(super) async fn lost(&self) {
        self.gone.notified().await;
    }

    /// True while others may be waiting for a place.
    pub(super) fn is_wanted(&self) -> bool {
        self.places.are_taken()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.works();
    }
}
