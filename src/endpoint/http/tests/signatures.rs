//! What is taken for signed, and what is not.

use hyper::{
    HeaderMap,
    header::{AUTHORIZATION, HeaderName, HeaderValue},
};
use time::OffsetDateTime;

use super::{
    super::signature::check,
    client::{Client, now},
    credentials,
};
use crate::{crypto::sha256, endpoint::Service, error::ErrorCode, region::Region};

fn verdict(headers: &HeaderMap, body: &[u8]) -> Result<Region, (ErrorCode, String)> {
    verdict_at(headers, body, now())
}

fn verdict_at(headers: &HeaderMap, body: &[u8], now: OffsetDateTime) -> Result<Region, (ErrorCode, String)> {
    check(headers, body, &credentials(), (None, &[Service::Kms]), now).map_err(|error| (error.code(), error.to_string()))
}

#[track_caller]
fn refused(headers: &HeaderMap, body: &[u8], code: ErrorCode, part: &str) {
    let (refusal, message) = verdict(headers, body).expect_err("refused");
    assert!(refusal == code && message.contains(part), "{refusal}: {message}");
}

/// The signed request of a client, with its `Authorization` changed.
fn with_authorization(change: impl FnOnce(String) -> String) -> HeaderMap {
    let mut headers = Client::default().signed();
    let value = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).expect("signed").to_owned();
    headers.insert(AUTHORIZATION, HeaderValue::try_from(change(value)).expect("a value"));
    headers
}

const OTHER: &str = "The request signature we calculated does not match";

#[test]
fn a_signed_request_is_for_the_region_that_it_is_signed_for() {
    for name in ["eu-west-1", "us-west-2", "cn-north-1"] {
        let client = Client { region: name, ..Client::default() };
        assert_eq!(verdict(&client.signed(), &client.body), Ok(Region::new(name).expect("a Region")));
    }
}

#[test]
fn clients_may_sign_more_and_write_it_in_their_own_way() {
    // A hash of the body, if it is the right one; an empty body; spaces that do not count.
    let mut client = Client::default();
    client.set("x-amz-content-sha256", &sha256(&client.body));
    assert!(verdict(&client.signed(), &client.body).is_ok());
    let client = Client { body: Vec::new(), ..Client::default() };
    assert!(verdict(&client.signed(), &[]).is_ok());
    let headers = with_authorization(|value| value.replace(", ", ",").replace("SHA256 ", "SHA256   "));
    assert!(verdict(&headers, b"{}").is_ok());
    let mut headers = Client::default().signed();
    headers.insert("x-amz-user-agent", HeaderValue::from_static("  aws-sdk-example/1    lang/rust "));
    assert!(verdict(&headers, b"{}").is_ok());
    // What is not signed may change on the way.
    headers.insert("user-agent", HeaderValue::from_static("changed"));
    headers.insert("x-amzn-trace-id", HeaderValue::from_static("Root=1"));
    assert!(verdict(&headers, b"{}").is_ok());
}

#[test]
fn nothing_of_what_is_signed_may_change() {
    let signed = Client::default().signed();
    refused(&signed, b"{} ", ErrorCode::InvalidSignatureException, OTHER);
    refused(&signed, b"", ErrorCode::InvalidSignatureException, OTHER);
    for (name, value) in [
        ("x-amz-target", "TrentService.Decrypt"),
        ("x-amz-target", "trentservice.listkeys"),
        ("host", "127.0.0.1:8201"),
        ("content-type", "application/x-amz-json-1.0"),
        ("x-amz-user-agent", "other"),
        ("x-amz-date", "20261122T030001Z"),
    ] {
        let mut changed = signed.clone();
        changed.insert(name, HeaderValue::from_static(value));
        refused(&changed, b"{}", ErrorCode::InvalidSignatureException, OTHER);
    }
    for (method, uri) in [("GET", "http://127.0.0.1:8200/"), ("POST", "http://127.0.0.1:8200/x"), ("POST", "http://127.0.0.1:8200/?x=1")] {
        let client = Client { method, uri, ..Client::default() };
        refused(&client.signed(), &client.body, ErrorCode::InvalidSignatureException, OTHER);
    }
}

#[test]
fn every_hex_digit_of_the_signature_counts() {
    let digits = with_authorization(|value| value).get(AUTHORIZATION).map_or(0, HeaderValue::len);
    for place in digits - 64..digits {
        let headers = with_authorization(|value| {
            let mut bytes = value.into_bytes();
            let digit = bytes.get_mut(place).expect("a digit");
            *digit = if *digit == b'0' { b'1' } else { b'0' };
            String::from_utf8(bytes).expect("ASCII")
        });
        refused(&headers, b"{}", ErrorCode::InvalidSignatureException, OTHER);
    }
    for change in
        [|value: String| value.to_ascii_uppercase(), |value: String| value.get(..63).unwrap_or_default().to_owned(), |_| String::new()]
    {
        let headers = with_authorization(|value| {
            let (before, signature) = value.rsplit_once('=').expect("a signature");
            format!("{before}={}", change(signature.to_owned()))
        });
        refused(&headers, b"{}", ErrorCode::InvalidSignatureException, OTHER);
    }
}

#[test]
fn other_credentials_are_not_known() {
    let other = Client { key_id: "AKIAIOSFODNN7EXAMPLE", ..Client::default() };
    let message = "The security token included in the request is invalid.";
    refused(&other.signed(), b"{}", ErrorCode::UnrecognizedClientException, message);
    let both = Client { key_id: "AKIAIOSFODNN7EXAMPLE", secret: "other", ..Client::default() };
    refused(&both.signed(), b"{}", ErrorCode::UnrecognizedClientException, message);
    let other = Client { secret: "other", ..Client::default() };
    refused(&other.signed(), b"{}", ErrorCode::InvalidSignatureException, OTHER);
    let mut token = Client::default();
    token.set("x-amz-security-token", "EXAMPLE");
    refused(&token.signed(), b"{}", ErrorCode::UnrecognizedClientException, message);
}

#[test]
fn the_scope_is_kms_in_a_region_on_that_day() {
    for region in ["nowhere-1", "EU-WEST-1", "", "aws-global"] {
        let client = Client { region, ..Client::default() };
        refused(&client.signed(), b"{}", ErrorCode::InvalidSignatureException, "Credential should be scoped to a valid region");
    }
    for service in ["secretsmanager", "KMS", ""] {
        let client = Client { service, ..Client::default() };
        refused(&client.signed(), b"{}", ErrorCode::InvalidSignatureException, "correct service: 'kms'");
    }
    let headers = with_authorization(|value| value.replace("aws4_request", "aws5_request"));
    refused(&headers, b"{}", ErrorCode::InvalidSignatureException, "valid terminator");
    let headers = with_authorization(|value| value.replace("/20261122/", "/20261121/"));
    let message = "does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20261121' != '20261122', from '20261122T030000Z'.";
    refused(&headers, b"{}", ErrorCode::InvalidSignatureException, message);
}

#[test]
fn five_minutes_either_way() {
    for seconds in [-300, 0, 300] {
        assert!(verdict(&Client::later(seconds).signed(), b"{}").is_ok(), "{seconds}");
    }
    let expired = "Signature expired: 20261122T025459Z is now earlier than 20261122T025500Z (20261122T030000Z - 5 min.)";
    refused(&Client::later(-301).signed(), b"{}", ErrorCode::InvalidSignatureException, expired);
    let early = "Signature not yet current: 20261122T030501Z is still later than 20261122T030500Z (20261122T030000Z + 5 min.)";
    refused(&Client::later(301).signed(), b"{}", ErrorCode::InvalidSignatureException, early);
    // Over midnight the day of the scope is that of the request.
    let client = Client { time: now() - time::Duration::hours(3) - time::Duration::seconds(1), ..Client::default() };
    assert!(verdict_at(&client.signed(), b"{}", now() - time::Duration::hours(3)).is_ok());
}

#[test]
fn dates_have_one_form() {
    for date in [
        "",
        "2026-11-22T03:00:00Z",
        "20261122T030000",
        "20261122T030000z",
        "20261322T030000Z",
        "20261122T250000Z",
        "+0261122T030000Z",
        "２",
    ] {
        let mut headers = Client::default().signed();
        headers.insert("x-amz-date", HeaderValue::from_bytes(date.as_bytes()).expect("a value"));
        assert!(verdict(&headers, b"{}").is_err(), "{date}");
    }
    let mut headers = Client::default().signed();
    headers.remove("x-amz-date");
    refused(&headers, b"{}", ErrorCode::InvalidSignatureException, "'x-amz-date' is a 'SignedHeader' that does not stand once");
}

#[test]
fn what_has_to_be_signed_is() {
    for name in ["host", "x-amz-date", "x-amz-target", "x-amz-user-agent"] {
        let headers = with_authorization(|value| value.replace(&format!("{name};"), "").replace(&format!(";{name}"), ""));
        let message = format!("'{name}' must be a 'SignedHeader' in the AWS Authorization.");
        refused(&headers, b"{}", ErrorCode::InvalidSignatureException, &message);
    }
    // One that was added on the way.
    let mut headers = Client::default().signed();
    headers.insert("x-amz-invocation-id", HeaderValue::from_static("1"));
    refused(&headers, b"{}", ErrorCode::InvalidSignatureException, "'x-amz-invocation-id' must be");
}

#[test]
fn a_signed_header_stands_once() {
    for name in ["host", "content-type", "x-amz-date", "x-amz-target", "x-amz-user-agent"] {
        let mut headers = Client::default().signed();
        let name = HeaderName::from_static(name);
        let value = headers.get(&name).expect("there").clone();
        headers.append(name, value);
        refused(&headers, b"{}", ErrorCode::InvalidSignatureException, "does not stand once");
    }
    let mut headers = Client::default().signed();
    let value = headers.get(AUTHORIZATION).expect("signed").clone();
    headers.append(AUTHORIZATION, value);
    refused(&headers, b"{}", ErrorCode::IncompleteSignatureException, "must stand once");
}

#[test]
fn only_the_hash_of_the_body_stands_for_it() {
    let zero = "0".repeat(64);
    for hash in ["UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "", &zero] {
        let mut client = Client::default();
        client.set("x-amz-content-sha256", hash);
        refused(&client.signed(), b"{}", ErrorCode::InvalidSignatureException, "'x-amz-content-sha256' header does not match");
    }
}

#[test]
fn an_authorization_has_three_parts_each_once() {
    let mut headers = Client::default().signed();
    headers.remove(AUTHORIZATION);
    refused(&headers, b"{}", ErrorCode::MissingAuthenticationTokenException, "Missing Authentication Token");
    type Change = fn(String) -> String;
    let changes: [(Change, &str); 13] = [
        (|_| String::new(), "algorithm 'AWS4-HMAC-SHA256'"),
        (|_| "Basic dXNlcjpwYXNz".to_owned(), "algorithm 'AWS4-HMAC-SHA256'"),
        (|_| "Bearer x".to_owned(), "algorithm 'AWS4-HMAC-SHA256'"),
        (|value| value.replace("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"), "algorithm 'AWS4-HMAC-SHA256'"),
        (|value| value.replace("AWS4-HMAC-SHA256", "aws4-hmac-sha256"), "algorithm 'AWS4-HMAC-SHA256'"),
        (|value| value.replace(", Signature=", ", Sig="), "none of Credential, SignedHeaders, Signature"),
        (|value| format!("{value}, Signature=00"), "more than one 'Signature'"),
        (|value| format!("{value}, Credential=a/b/c/d/e"), "more than one 'Credential'"),
        (|value| value.split(", Signature").next().unwrap_or_default().to_owned(), "requires 'Signature' parameter."),
        (|value| value.replace("Credential=", ""), "missing equal-sign"),
        (|value| value.replace("/kms/", "/"), "exactly 5 slash-delimited elements"),
        (|value| value.replace("SignedHeaders=content-type;host", "SignedHeaders=host;content-type"), "in ascending order"),
        (|value| value.replace("SignedHeaders=content-type;host", "SignedHeaders=content-type;Host"), "lower-case"),
    ];
    for (change, part) in changes {
        refused(&with_authorization(change), b"{}", ErrorCode::IncompleteSignatureException, part);
    }
    let doubled = with_authorization(|value| value.replace("host;", "host;host;"));
    refused(&doubled, b"{}", ErrorCode::IncompleteSignatureException, "in ascending order");
    // The signature cannot be part of what is signed.
    let own = with_authorization(|value| value.replace("SignedHeaders=content-type", "SignedHeaders=authorization;content-type"));
    refused(&own, b"{}", ErrorCode::InvalidSignatureException, "'authorization' is a 'SignedHeader' that does not stand once");
}
