//! One connection: HTTP/1.1 by hyper, within the limits.

use std::{pin::pin, sync::Arc};

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
    sync::watch,
};

use super::{handler::Endpoint, places::Place, stall::StallGuard};

/// Answers the requests of a connection until its end, a time-out, the server's stop, or the loss of its place.
pub(super) async fn serve<S>(stream: S, endpoint: Arc<Endpoint>, place: Place, mut stop: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let limits = endpoint.limits;
    let is_stopped = stop.clone();
    let service = service_fn(|request: Request<Incoming>| async {
        // The head is whole: the wait for the body begins.
        place.waits();
        let mut response = endpoint.handle(request, &place).await;
        place.waits();
        // Others wait: nobody keeps a place for a request that may come. Nor after a stop, which is looked for here too: it may not have been
        // told to the connection yet.
        let is_last = *is_stopped.borrow() || place.is_wanted();
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
            () = place.lost() => {
                tracing::debug!("a connection gave way to another");
                return;
            }
        }
    }
}
