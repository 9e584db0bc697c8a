//! A client that signs as AWS's SDK for Rust does.

use aws_credential_types::Credentials as SigningCredentials;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use hyper::{
    HeaderMap,
    header::{HeaderName, HeaderValue},
};
use time::{Duration, OffsetDateTime};

use super::{KEY_ID, SECRET};

/// 2026-11-22T03:00:00Z.
const NOW: i64 = 1_795_316_400;

pub(super) fn now() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(NOW).expect("a time")
}

/// What is signed, and with what.
#[derive(Clone)]
pub(super) struct Client {
    pub(super) method: &'static str,
    pub(super) uri: &'static str,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
    pub(super) key_id: &'static str,
    pub(super) secret: &'static str,
    pub(super) region: &'static str,
    pub(super) service: &'static str,
    pub(super) time: OffsetDateTime,
}

impl Default for Client {
    fn default() -> Self {
        Self {
            method: "POST",
            uri: "http://127.0.0.1:8200/",
            headers: vec![
                ("content-type", "application/x-amz-json-1.1".to_owned()),
                ("x-amz-target", "TrentService.ListKeys".to_owned()),
                ("x-amz-user-agent", "aws-sdk-example/1  lang/rust".to_owned()),
                ("user-agent", "example".to_owned()),
            ],
            body: b"{}".to_vec(),
            key_id: KEY_ID,
            secret: SECRET,
            region: "eu-west-1",
            service: "kms",
            time: now(),
        }
    }
}

impl Client {
    pub(super) fn of(operation: &str, body: &[u8]) -> Self {
        let mut client = Self { body: body.to_vec(), ..Self::default() };
        client.set("x-amz-target", &format!("TrentService.{operation}"));
        client
    }

    pub(super) fn later(seconds: i64) -> Self {
        Self { time: now() + Duration::seconds(seconds), ..Self::default() }
    }

    pub(super) fn set(&mut self, name: &'static str, value: &str) {
        self.headers.retain(|(known, _)| *known != name);
        self.headers.push((name, value.to_owned()));
    }

    /// All headers of the signed request.
    pub(super) fn signed(&self) -> HeaderMap {
        let identity = SigningCredentials::new(self.key_id, self.secret, None, None, "test").into();
        let params = v4::SigningParams::builder().identity(&identity).region(self.region).name(self.service);
        let params = params.time(self.time.into()).settings(SigningSettings::default()).build().expect("all is given").into();
        let headers = self.headers.iter().map(|(name, value)| (*name, value.as_str()));
        let request = SignableRequest::new(self.method, self.uri, headers, SignableBody::Bytes(&self.body)).expect("a request");
        let (instructions, _) = sign(request, &params).expect("signed").into_parts();
        let mut signed = HeaderMap::new();
        let mut add = |name: &str, value: &str| {
            let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
            signed.append(name, HeaderValue::from_str(value).expect("a value"));
        };
        add("host", "127.0.0.1:8200");
        self.headers.iter().for_each(|(name, value)| add(name, value));
        instructions.headers().for_each(|(name, value)| add(name, value));
        signed
    }

    /// The request as it goes over the wire.
    pub(super) fn request(&self) -> Vec<u8> {
        wire(self.method, "/", &self.signed(), &self.body)
    }
}

/// A request with a body of a length that is said.
pub(super) fn wire(method: &str, target: &str, headers: &HeaderMap, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("{method} {target} HTTP/1.1\r\ncontent-length: {}\r\n", body.len()).into_bytes();
    for (name, value) in headers {
        bytes.extend_from_slice(format!("{name}: ").as_bytes());
        bytes.extend_from_slice(value.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body);
    bytes
}
