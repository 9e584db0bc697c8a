//! One connection: HTTP/1.1 by hyper, within the limits.

use std::{
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use hyper::{
    Request,
    body::Incoming,
    header::{CONNECTION, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::{Notify, Semaphore, watch},
};

use super::{handler::Endpoint, stall::StallGuard};

/// What a connection is told from outside.
#[derive(Debug, Clone)]
pub(super) struct Signals {
    /// True when the server stops.
    pub(super) stop: watch::Receiver<bool>,
    /// Told when others wait for a connection's place.
    pub(super) crowded: Arc<Notify>,
    /// The places of connections.
    pub(super) places: Arc<Semaphore>,
}

/// Answers the requests of a connection until its end, a time-out, or the server's stop.
pub(super) async fn serve<S>(stream: S, endpoint: Arc<Endpoint>, signals: Signals)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let limits = endpoint.limits;
    let Signals { mut stop, crowded, places } = signals;
    let (has_answered, is_stopped) = (AtomicBool::new(false), stop.clone());
    let service = service_fn(|request: Request<Incoming>| async {
        let mut response = endpoint.handle(request).await;
        has_answered.store(true, Ordering::Relaxed);
        // Others wait: nobody keeps a place for a request that may come. Nor after a stop, which is looked for here too: it may not have been
        // told to the connection yet.
        let is_last = *is_stopped.borrow() || places.available_permits() == 0;
        if let (Ok(response), true) = (&mut response, is_last) {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(limits.head_time).max_headers(limits.headers).max_header_size(limits.head);
    builder.max_buf_size(limits.head * 2);
    // A client may close its side as soon as it has sent its request.
    builder.half_close(true);
    let io = TokioIo::new(StallGuard::new(stream, limits.write_time));
    let mut connection = pin!(builder.serve_connection(io, service));
    let mut is_ending = false;
    loop {
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "connection");
                }
                return;
            }
            _ = stop.wait_for(|stop| *stop), if !is_ending => {
                is_ending = true;
                connection.as_mut().graceful_shutdown();
            }
            // A connection that has not sent its first request yet is no idle one.
            () = crowded.notified(), if !is_ending => {
                if has_answered.load(Ordering::Relaxed) {
                    is_ending = true;
                    connection.as_mut().graceful_shutdown();
                }
            }
        }
    }
}
