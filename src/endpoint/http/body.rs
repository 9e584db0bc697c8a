//! Reading a request's body, with a bound on what all of them take.

use std::sync::Arc;

use http_body_util::BodyExt as _;
use hyper::body::{Body, Bytes, Frame};
use tokio::time::{Instant, timeout_at};

use super::{
    limits::Limits,
    places::{ClientPlaces, Place},
};
use crate::secret::SecretBytes;

/// Why a body was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BodyError {
    TooLong,
    /// It did not arrive in time, or others needed its place first.
    TooSlow,
    /// The connection broke, or the framing of the body did.
    Broken,
}

/// The body of a request, which may hold what is to be encrypted.
#[derive(Debug)]
pub(super) struct ReceivedBody {
    pub(super) bytes: SecretBytes,
    _place: Option<Place>,
}

pub(super) async fn read<B>(body: B, limits: &Limits, large_bodies: &Arc<ClientPlaces>) -> Result<ReceivedBody, BodyError>
where
    B: Body<Data = Bytes> + Unpin,
{
    let declared = body.size_hint().lower();
    let is_over = |limit: usize| u64::try_from(limit).is_ok_and(|limit| declared > limit);
    // Whoever announces more than would be discarded is answered at once.
    if is_over(limits.body.saturating_add(limits.discarded)) {
        return Err(BodyError::TooLong);
    }
    let deadline = Instant::now() + limits.body_time;
    let read = collect(body, limits, large_bodies);
    timeout_at(deadline, read).await.unwrap_or(Err(BodyError::TooSlow))
}

async fn collect<B>(mut body: B, limits: &Limits, large_bodies: &Arc<ClientPlaces>) -> Result<ReceivedBody, BodyError>
where
    B: Body<Data = Bytes> + Unpin,
{
    let mut collected = Collected::default();
    let mut place: Option<Place> = None;
    while let Some(frame) = next_frame(&mut body, place.as_ref()).await? {
        let Ok(bytes) = frame.map_err(|_| BodyError::Broken)?.into_data() else { continue };
        let length = collected.length + bytes.len();
        if length > limits.body {
            // What is not kept takes no place.
            drop((collected, place));
            discard(body, limits.discarded).await?;
            return Err(BodyError::TooLong);
        }
        if length > limits.small_body && place.is_none() {
            place = Some(large_bodies.take().await);
        }
        collected.add(&bytes);
    }
    if place.as_ref().is_some_and(|place| !place.works()) {
        return Err(BodyError::TooSlow);
    }
    Ok(ReceivedBody { bytes: collected.finish(), _place: place })
}

async fn next_frame<B>(body: &mut B, place: Option<&Place>) -> Result<Option<Result<Frame<Bytes>, B::Error>>, BodyError>
where
    B: Body<Data = Bytes> + Unpin,
{
    let Some(place) = place else { return Ok(body.frame().await) };
    tokio::select! {
        biased;
        frame = body.frame() => Ok(frame),
        () = place.lost() => Err(BodyError::TooSlow),
    }
}

/// A sender that is still writing when the connection is closed may never see the answer.
async fn discard<B>(mut body: B, limit: usize) -> Result<(), BodyError>
where
    B: Body<Data = Bytes> + Unpin,
{
    let mut discarded = 0;
    while discarded <= limit {
        match body.frame().await {
            Some(frame) => discarded += frame.map_err(|_| BodyError::Broken)?.data_ref().map_or(0, Bytes::len),
            None => break,
        }
    }
    Ok(())
}

/// Bytes that grow by doubling; what they grew out of is wiped.
#[derive(Default)]
struct Collected {
    bytes: SecretBytes,
    length: usize,
}

impl Collected {
    fn add(&mut self, bytes: &[u8]) {
        let end = self.length + bytes.len();
        if end > self.bytes.len() {
            self.bytes.grow(end.max(self.bytes.len() * 2));
        }
        if let Some(place) = self.bytes.expose_mut().get_mut(self.length..end) {
            place.copy_from_slice(bytes);
            self.length = end;
        }
    }

    fn finish(mut self) -> SecretBytes {
        self.bytes.truncate(self.length);
        self.bytes
    }
}
