//! The server: its socket, its connections, and how it stops.

use std::{fmt, net::SocketAddr, num::NonZero, sync::Arc, thread, time::Duration};

use tokio::{
    net::{TcpListener, TcpSocket},
    runtime::Runtime,
    sync::watch,
    task::yield_now,
    time::timeout,
};

use super::{
    connection::serve,
    handler::{Authentication, Endpoint},
    limits::Limits,
    places::ClientPlaces,
};
use crate::{
    endpoint::JsonService,
    error::{Error, Result, SetupError},
    parallel::require_threads,
    timestamp::Timestamp,
};

/// Connections that the operating system holds until they are accepted.
const BACKLOG: u32 = 1024;

/// The pause after a connection could not be accepted and none can give way: no file descriptor is left, or no memory.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Who may reach the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exposure {
    /// Programs on this machine.
    Loopback,
    /// Whoever the network lets through. There is no TLS: keys and values cross it in clear.
    Network,
}

/// Where a server listens, and for whom.
#[derive(Debug)]
pub struct ServerOptions {
    /// The address; port 0 stands for one that is free.
    pub listen: SocketAddr,
    /// What has to be allowed for an address other than loopback.
    pub exposure: Exposure,
    /// What requests have to show.
    pub authentication: Authentication,
}

/// A service on a socket.
pub struct Server {
    runtime: Runtime,
    listener: TcpListener,
    address: SocketAddr,
    endpoint: Arc<Endpoint>,
    stop: Arc<watch::Sender<bool>>,
}

/// Stops a server from another thread.
#[derive(Debug, Clone)]
pub struct Stopper(Arc<watch::Sender<bool>>);

impl Stopper {
    /// No further connection is accepted; requests in work get their answer, if it comes within a few seconds; then [`Server::run`] returns.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Server {
    /// Takes the address. Connections wait until [`Server::run`].
    ///
    /// # Errors
    /// [`Error::Setup`] for an address other than loopback that was not allowed, [`Error::Io`] for one that cannot be had.
    pub fn bind(options: ServerOptions, service: Arc<dyn JsonService>) -> Result<Self> {
        let ServerOptions { listen, exposure, authentication } = options;
        if exposure == Exposure::Loopback && !listen.ip().is_loopback() {
            return Err(SetupError::NotLoopback(listen).into());
        }
        // Answers are dated.
        Timestamp::now()?;
        let cores = thread::available_parallelism().map_or(2, NonZero::get);
        let (threads, workers) = (cores.min(4), (2 * cores).clamp(4, 32));
        require_threads(threads + 1).map_err(|error| Error::io("starting threads", error))?;
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder.worker_threads(threads).max_blocking_threads(workers).thread_name("serve").enable_all();
        let runtime = builder.build().map_err(|error| Error::io("starting threads", error))?;
        let (listener, address) = {
            let _entered = runtime.enter();
            bind(listen).map_err(|error| Error::io(format!("listen on {listen}"), error))?
        };
        let endpoint = Arc::new(Endpoint::new(service, authentication, Limits::DEFAULT, workers));
        Ok(Self { runtime, listener, address, endpoint, stop: Arc::new(watch::Sender::new(false)) })
    }

    /// The address that it listens on, with the port that was free.
    #[must_use]
    pub const fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// What stops it.
    #[must_use]
    pub fn stopper(&self) -> Stopper {
        Stopper(Arc::clone(&self.stop))
    }

    /// Serves until it is stopped.
    pub fn run(self) {
        let Self { runtime, listener, endpoint, stop, .. } = self;
        runtime.block_on(accept(listener, endpoint, stop.subscribe()));
        // What is still in work after the grace is given up; a keystore is written by one rename.
        runtime.shutdown_background();
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("address", &self.address).finish_non_exhaustive()
    }
}

fn bind(address: SocketAddr) -> std::io::Result<(TcpListener, SocketAddr)> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // A port that was served a moment ago can be served again.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    let listener = socket.listen(BACKLOG)?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// Accepts connections until the server is stopped; then waits for those that are there.
async fn accept(listener: TcpListener, endpoint: Arc<Endpoint>, mut stop: watch::Receiver<bool>) {
    let limits = endpoint.limits;
    let places = ClientPlaces::new(limits.connections, limits.floor);
    let is_stopped = stop.clone();
    loop {
        tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => break,
            () = accept_one(&listener, &endpoint, &places, &is_stopped) => {}
        }
    }
    drop(listener);
    if timeout(limits.grace, places.all_free()).await.is_err() {
        tracing::debug!("requests in work were given up");
    }
}

async fn accept_one(listener: &TcpListener, endpoint: &Arc<Endpoint>, places: &Arc<ClientPlaces>, stop: &watch::Receiver<bool>) {
    match listener.accept().await {
        Ok((stream, _)) => {
            // Answers are written whole; waiting for more to send would only delay them.
            let _ = stream.set_nodelay(true);
            let place = places.take().await;
            tokio::spawn(serve(stream, Arc::clone(endpoint), place, stop.clone()));
        }
        Err(error) => {
            tracing::debug!(%error, "a connection could not be accepted");
            // One that gives way leaves a file descriptor, by the next turn or the one after it.
            let _ = timeout(ACCEPT_PAUSE, places.drive_out()).await;
            yield_now().await;
        }
    }
}
