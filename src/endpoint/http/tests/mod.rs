//! Signatures, and connections in memory. No test opens a socket.

mod client;
mod connections;
mod limits;
mod places;
mod services;
mod signatures;
mod vectors;

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
    time::Duration,
};

use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex},
    sync::watch,
    task::JoinHandle,
};

use super::{Authentication, Credentials, connection::serve, handler::Endpoint, limits::Limits, places::ClientPlaces};
use crate::{
    endpoint::{JsonRequest, JsonResponse, JsonService, Service},
    error::{AwsRefusal, ErrorCode},
    secret::SecretBytes,
};

const KEY_ID: &str = "COLDEXAMPLE";
const SECRET: &str = "EXAMPLE/secret+access/key=";

fn credentials() -> Credentials {
    Credentials::from_parts(KEY_ID, SecretBytes::new(SECRET.into())).expect("printable")
}

/// Says what it was asked. `Wait` and the change `CreateAlias` are answered when a message comes, `Fail` with an error, and `Panic` panics.
struct Fake {
    services: &'static [Service],
    calls: AtomicUsize,
    gate: Mutex<Receiver<()>>,
}

impl Fake {
    fn new() -> (Arc<Self>, Sender<()>) {
        let (sender, receiver) = channel();
        (Arc::new(Self { services: &[Service::Kms], calls: AtomicUsize::new(0), gate: Mutex::new(receiver) }), sender)
    }

    fn of(services: &'static [Service]) -> Arc<Self> {
        Arc::new(Self { services, calls: AtomicUsize::new(0), gate: Mutex::new(channel().1) })
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

impl JsonService for Fake {
    fn services(&self) -> &'static [Service] {
        self.services
    }

    fn answer(&self, request: &JsonRequest<'_>) -> JsonResponse {
        let JsonRequest { service, region, operation, body } = *request;
        self.calls.fetch_add(1, Ordering::SeqCst);
        match operation {
            "Wait" | "CreateAlias" => {
                self.gate.lock().expect("no test panics here").recv_timeout(Duration::from_secs(30)).expect("the test goes on");
            }
            "Fail" => return JsonResponse::refused(400, &AwsRefusal::new(ErrorCode::NotFoundException, "no such key").into()),
            "Panic" => panic!("a fault of the service"),
            _ => {}
        }
        let padding = "x".repeat(if operation == "Large" { 1 << 20 } else { 0 });
        JsonResponse::ok(
            json!({ "Service": format!("{service:?}"), "Region": region, "Operation": operation, "Length": body.len(), "Padding": padding }).to_string().into_bytes(),
        )
    }
}

/// One connection in memory, and what its server is told.
struct Connection {
    stream: DuplexStream,
    task: JoinHandle<()>,
    stop: watch::Sender<bool>,
}

impl Connection {
    fn open(service: Arc<Fake>, limits: Limits) -> Self {
        Self::open_with(Endpoint::new(service, Authentication::Signature(Arc::new(credentials())), limits, 2).with_clock(client::now))
    }

    fn open_with(endpoint: Endpoint) -> Self {
        // One place stays free: nobody has to give way.
        Self::open_in(&ClientPlaces::new(2, Duration::ZERO), Arc::new(endpoint))
    }

    /// One of several that share their places.
    fn open_in(places: &Arc<ClientPlaces>, endpoint: Arc<Endpoint>) -> Self {
        let (stream, other) = duplex(4096);
        let stop = watch::Sender::new(false);
        let (places, stopped) = (Arc::clone(places), stop.subscribe());
        let task = tokio::spawn(async move {
            let place = places.take().await;
            serve(other, endpoint, place, stopped).await;
        });
        Self { stream, task, stop }
    }

    async fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.expect("sent");
    }

    /// Reads one answer.
    async fn receive(&mut self) -> Received {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.stream.read_u8().await.expect("a head"));
        }
        let head = String::from_utf8(head).expect("text");
        let status = head.get(9..12).and_then(|status| status.parse().ok()).expect("a status");
        let mut received = Received { status, head, body: Vec::new() };
        let length = received.header("content-length").map_or(0, |length| length.parse().expect("a length"));
        received.body.resize(length, 0);
        self.stream.read_exact(&mut received.body).await.expect("a body");
        received
    }

    /// Everything up to the end of the connection, which the server has to bring about.
    async fn rest(mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        let ended = tokio::time::timeout(Duration::from_secs(30), self.stream.read_to_end(&mut rest));
        ended.await.expect("the server ends the connection").expect("read");
        self.task.await.expect("no panic");
        rest
    }
}

/// An answer as it came.
struct Received {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Received {
    fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("text")
    }

    fn member(&self, name: &str) -> serde_json::Value {
        let document: serde_json::Value = serde_json::from_slice(&self.body).expect("JSON");
        document.get(name).cloned().unwrap_or_default()
    }
}

/// The tests' runtime: connections run beside the test.
fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("threads");
    runtime.block_on(test);
    runtime.shutdown_background();
}
