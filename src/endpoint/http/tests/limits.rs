//! Clients that send too much, or too slowly, or do not read.

use std::{sync::Arc, time::Duration};

use serde_json::json;
use tokio::io::AsyncWriteExt as _;

use super::{
    Connection, Fake, Limits,
    client::{Client, wire},
    run,
};

/// Short times, so that the tests see their end.
const SHORT: Limits = Limits {
    head: 4096,
    body: 10_000,
    discarded: 5_000,
    small_body: 1000,
    large_bodies: 1,
    head_time: Duration::from_millis(300),
    body_time: Duration::from_millis(300),
    write_time: Duration::from_millis(300),
    ..Limits::DEFAULT
};

fn connection() -> (Connection, Arc<Fake>) {
    let (service, _gate) = Fake::new();
    (Connection::open(Arc::clone(&service), SHORT), service)
}

fn body(length: usize) -> Vec<u8> {
    vec![b' '; length]
}

#[test]
fn bodies_up_to_the_limit() {
    run(async {
        for length in [0, 1, SHORT.small_body, SHORT.small_body + 1, SHORT.body] {
            let (mut connection, _) = connection();
            connection.send(&Client::of("Encrypt", &body(length)).request()).await;
            let answer = connection.receive().await;
            assert_eq!((answer.status, answer.member("Length")), (200, json!(length)));
        }
        // One more byte is read, and refused; far more is refused before it is read.
        for (length, sent) in [(SHORT.body + 1, SHORT.body + 1), (SHORT.body + SHORT.discarded + 1, 0)] {
            let (mut connection, service) = connection();
            let request = Client::of("Encrypt", &body(length)).request();
            let head = request.len() - length;
            connection.send(request.get(..head + sent).expect("no more than there is")).await;
            let answer = connection.receive().await;
            assert_eq!((answer.status, answer.header("connection")), (413, Some("close")), "{length}");
            assert_eq!(answer.member("message"), json!("The request is over the limit of 10000 bytes."));
            assert!(connection.rest().await.is_empty());
            assert_eq!(service.calls(), 0);
        }
    });
}

#[test]
fn chunks_have_the_same_limit() {
    run(async {
        let (mut connection, service) = connection();
        let head = String::from_utf8(wire("POST", "/", &Client::default().signed(), b"")).expect("text");
        connection.send(head.replace("content-length: 0", "transfer-encoding: chunked").as_bytes()).await;
        for _ in 0..11 {
            connection.send(format!("3e8\r\n{}\r\n", " ".repeat(1000)).as_bytes()).await;
        }
        connection.send(b"0\r\n\r\n").await;
        assert_eq!(connection.receive().await.status, 413);
        assert!(connection.rest().await.is_empty());
        assert_eq!(service.calls(), 0);
    });
}

#[test]
fn heads_have_limits() {
    run(async {
        let long = format!("POST / HTTP/1.1\r\nx: {}\r\n\r\n", "x".repeat(SHORT.head));
        let many = format!("POST / HTTP/1.1\r\n{}\r\n", "x: y\r\n".repeat(SHORT.headers + 1));
        for head in [long, many] {
            let (mut connection, service) = connection();
            // The answer may come before all is written.
            let _ = connection.stream.write_all(head.as_bytes()).await;
            assert_eq!(connection.receive().await.status, 431);
            assert!(connection.rest().await.is_empty());
            assert_eq!(service.calls(), 0);
        }
        let (mut connection, _) = connection();
        connection.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 TLS\r\n\r\n").await;
        assert_eq!(connection.receive().await.status, 400);
        assert!(connection.rest().await.is_empty());
    });
}

#[test]
fn a_head_that_does_not_end_is_given_up() {
    run(async {
        for start in ["", "POST / HT", "POST / HTTP/1.1\r\nhost: 127.0.0.1\r\n"] {
            let (mut connection, _) = connection();
            connection.send(start.as_bytes()).await;
            connection.rest().await;
        }
        // So is a connection on which nothing follows.
        let (mut connection, _) = connection();
        connection.send(&Client::default().request()).await;
        assert_eq!(connection.receive().await.status, 200);
        assert!(connection.rest().await.is_empty());
    });
}

#[test]
fn a_body_that_does_not_end_is_given_up() {
    run(async {
        for length in [10, 5000] {
            let (mut connection, service) = connection();
            let request = Client::of("Encrypt", &body(length)).request();
            connection.send(request.get(..request.len() - 1).expect("all but one")).await;
            let answer = connection.receive().await;
            assert_eq!((answer.status, answer.header("x-amzn-errortype")), (408, Some("SerializationException")));
            assert!(connection.rest().await.is_empty());
            assert_eq!(service.calls(), 0);
        }
    });
}

#[test]
fn a_body_that_breaks_off_is_no_request() {
    run(async {
        let (mut connection, service) = connection();
        let request = Client::of("Encrypt", &body(10)).request();
        connection.send(request.get(..request.len() - 1).expect("all but one")).await;
        connection.stream.shutdown().await.expect("closed");
        connection.rest().await;
        assert_eq!(service.calls(), 0);
    });
}

#[test]
fn a_client_that_does_not_read_is_given_up() {
    run(async {
        let (mut connection, service) = connection();
        connection.send(&Client::of("Large", b"{}").request()).await;
        // The answer is larger than what the connection holds; the task ends by itself.
        tokio::time::timeout(Duration::from_secs(30), &mut connection.task).await.expect("given up").expect("no panic");
        assert_eq!(service.calls(), 1);
    });
}
