//! Whole requests over connections in memory.

use std::{sync::Arc, time::Duration};

use hyper::HeaderMap;
use serde_json::json;
use tokio::io::AsyncWriteExt as _;

use super::{
    Authentication, Connection, Endpoint, Fake, Limits, Received,
    client::{Client, wire},
    run,
};

#[test]
fn an_operation_is_answered_as_aws_answers() {
    run(async {
        let (service, _gate) = Fake::new();
        let mut connection = Connection::open(service, Limits::DEFAULT);
        connection.send(&Client::of("Encrypt", b"{\"KeyId\": \"a\"}").request()).await;
        let answer = connection.receive().await;
        assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/x-amz-json-1.1")));
        assert_eq!(answer.text(), r#"{"Service":"Kms","Region":"eu-west-1","Operation":"Encrypt","Length":14,"Padding":""}"#);
        let id = answer.header("x-amzn-requestid").map(str::to_owned).expect("an id");
        assert!(id.len() == 36 && answer.header("x-amzn-errortype").is_none(), "{id}");
        // The connection goes on, with another id.
        connection.send(&Client::of("Fail", b"{}").request()).await;
        let answer = connection.receive().await;
        assert_eq!((answer.status, answer.header("x-amzn-errortype")), (400, Some("NotFoundException")));
        assert_eq!(answer.text(), r#"{"__type":"NotFoundException","message":"no such key"}"#);
        assert!(answer.header("x-amzn-requestid").is_some_and(|other| other != id));
    });
}

#[test]
fn what_is_refused_never_reaches_the_service() {
    run(async {
        let (service, _gate) = Fake::new();
        let signed = Client::default().signed();
        let without = |name: &str| {
            let mut headers = signed.clone();
            headers.remove(name);
            headers
        };
        let of = |change: fn(&mut Client)| {
            let mut client = Client::default();
            change(&mut client);
            client.signed()
        };
        let table: [(&str, &str, HeaderMap, u16, &str); 14] = [
            ("GET", "/", signed.clone(), 405, "UnknownOperationException"),
            ("OPTIONS", "/", signed.clone(), 405, "UnknownOperationException"),
            ("POST", "/x", signed.clone(), 404, "UnknownOperationException"),
            ("POST", "//", signed.clone(), 404, "UnknownOperationException"),
            ("POST", "http://127.0.0.1:8200/", signed.clone(), 404, "UnknownOperationException"),
            ("POST", "/?x=1", signed.clone(), 404, "UnknownOperationException"),
            (
                "POST",
                "/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=00",
                without("authorization"),
                400,
                "IncompleteSignatureException",
            ),
            ("POST", "/", without("authorization"), 400, "MissingAuthenticationTokenException"),
            ("POST", "/", without("host"), 400, "InvalidSignatureException"),
            ("POST", "/", of(|client| client.secret = "other"), 400, "InvalidSignatureException"),
            ("POST", "/", of(|client| client.key_id = "other"), 400, "UnrecognizedClientException"),
            ("POST", "/", of(|client| client.set("content-type", "application/json")), 404, "UnknownOperationException"),
            ("POST", "/", of(|client| client.set("x-amz-target", "DynamoDB_20120810.ListTables")), 400, "UnknownOperationException"),
            ("POST", "/", of(|client| client.set("x-amz-target", "TrentService.List/Keys")), 400, "UnknownOperationException"),
        ];
        for (method, target, headers, status, name) in table {
            let mut connection = Connection::open(Arc::clone(&service), Limits::DEFAULT);
            connection.send(&wire(method, target, &headers, b"{}")).await;
            let answer = connection.receive().await;
            assert_eq!((answer.status, answer.header("x-amzn-errortype")), (status, Some(name)), "{method} {target} {headers:?}");
            assert_eq!(answer.member("__type"), json!(name));
            assert!(answer.member("message").as_str().is_some_and(|message| !message.is_empty()));
            assert_eq!(answer.header("allow"), (status == 405).then_some("POST"));
        }
        assert_eq!(service.calls(), 0);
    });
}

#[test]
fn requests_may_follow_each_other_without_waiting() {
    run(async {
        let (service, _gate) = Fake::new();
        let mut connection = Connection::open(service, Limits::DEFAULT);
        let operations = ["ListKeys", "Fail", "Encrypt", "Decrypt"];
        let all: Vec<u8> = operations.iter().flat_map(|operation| Client::of(operation, b"{}").request()).collect();
        connection.send(&all).await;
        for operation in operations {
            let answer = connection.receive().await;
            if operation == "Fail" {
                assert_eq!(answer.status, 400);
            } else {
                assert_eq!(answer.member("Operation"), json!(operation));
            }
        }
    });
}

#[test]
fn a_body_may_come_in_chunks_and_the_client_close_its_side() {
    run(async {
        let (service, _gate) = Fake::new();
        let mut connection = Connection::open(service, Limits::DEFAULT);
        let client = Client::of("Encrypt", b"{\"a\":1}");
        let head = String::from_utf8(wire("POST", "/", &client.signed(), b"")).expect("text");
        let head = head.replace("content-length: 0", "transfer-encoding: chunked");
        connection.send(format!("{head}3\r\n{{\"a\r\n4\r\n\":1}}\r\n0\r\n\r\n").as_bytes()).await;
        connection.stream.shutdown().await.expect("closed");
        let answer = connection.receive().await;
        assert_eq!((answer.status, answer.member("Length")), (200, json!(7)));
        assert!(connection.rest().await.is_empty());
    });
}

#[test]
fn a_fault_of_the_service_is_an_internal_error_and_the_next_request_works() {
    run(async {
        let (service, _gate) = Fake::new();
        let mut connection = Connection::open(service, Limits::DEFAULT);
        for (operation, status) in [("Panic", 500), ("Panic", 500), ("Panic", 500), ("ListKeys", 200)] {
            connection.send(&Client::of(operation, b"{}").request()).await;
            let answer = connection.receive().await;
            assert_eq!(answer.status, status);
            assert!(status == 200 || answer.header("x-amzn-errortype") == Some("KMSInternalException"));
        }
    });
}

/// Sends `Wait`, and gives the connection back when the service has it.
async fn waiting(service: &Arc<Fake>) -> Connection {
    let mut connection = Connection::open(Arc::clone(service), Limits::DEFAULT);
    let before = service.calls();
    connection.send(&Client::of("Wait", b"{}").request()).await;
    while service.calls() == before {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    connection
}

#[test]
fn a_stop_lets_the_request_in_work_be_answered_and_ends_the_connection() {
    run(async {
        let (service, gate) = Fake::new();
        let mut connection = waiting(&service).await;
        connection.stop.send_replace(true);
        // What comes after is not begun.
        connection.send(&Client::of("ListKeys", b"{}").request()).await;
        gate.send(()).expect("the service waits");
        let answer = connection.receive().await;
        assert_eq!((answer.status, answer.member("Operation")), (200, json!("Wait")));
        assert_eq!(answer.header("connection"), Some("close"));
        assert!(connection.rest().await.is_empty());
        assert_eq!(service.calls(), 1);
    });
}

#[test]
fn a_stop_ends_idle_connections_at_once() {
    run(async {
        let (service, _gate) = Fake::new();
        let fresh = Connection::open(Arc::clone(&service), Limits::DEFAULT);
        fresh.stop.send_replace(true);
        assert!(fresh.rest().await.is_empty());
        let mut used = Connection::open(Arc::clone(&service), Limits::DEFAULT);
        used.send(&Client::default().request()).await;
        assert_eq!(used.receive().await.status, 200);
        used.stop.send_replace(true);
        assert!(used.rest().await.is_empty());
    });
}

async fn unsigned(headers: &HeaderMap) -> Received {
    let (service, _gate) = Fake::new();
    let mut connection = Connection::open_with(Endpoint::new(service, Authentication::None, Limits::DEFAULT, 2));
    connection.send(&wire("POST", "/", headers, b"{}")).await;
    connection.receive().await
}

#[test]
fn without_signatures_the_region_comes_from_the_scope_or_the_host() {
    run(async {
        // Expired, and by other credentials: only the scope is looked at.
        let client = Client { secret: "other", region: "us-east-1", ..Client::later(-9999) };
        assert_eq!(unsigned(&client.signed()).await.member("Region"), json!("us-east-1"));
        let mut headers = client.signed();
        headers.remove("authorization");
        assert_eq!(unsigned(&headers).await.header("x-amzn-errortype"), Some("MissingAuthenticationTokenException"));
        headers.insert("host", "kms.ap-south-1.amazonaws.com".parse().expect("a value"));
        assert_eq!(unsigned(&headers).await.member("Region"), json!("ap-south-1"));
    });
}

#[test]
fn without_signatures_no_web_page_is_answered() {
    run(async {
        let mut headers = Client::default().signed();
        headers.insert("host", "rebound.example:8200".parse().expect("a value"));
        assert_eq!(unsigned(&headers).await.header("x-amzn-errortype"), Some("MissingAuthenticationTokenException"));
        for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=application/x-amz-json-1.1"] {
            let mut headers = Client::default().signed();
            headers.insert("content-type", kind.parse().expect("a value"));
            assert_eq!(unsigned(&headers).await.status, 404, "{kind}");
        }
        let mut headers = Client::default().signed();
        headers.remove("content-type");
        assert_eq!(unsigned(&headers).await.status, 404);
    });
}
