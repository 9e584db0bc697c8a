//! Requests that another implementation signed: botocore. `.ci/make_signed_requests.py` makes them.

use hyper::{
    HeaderMap,
    header::{AUTHORIZATION, HeaderName, HeaderValue},
};
use serde::Deserialize;
use time::{Duration, OffsetDateTime};

use super::super::{Credentials, signature::check};
use crate::{endpoint::Service, error::ErrorCode, region::Region, secret::SecretBytes};

const KMS: (Option<Service>, &[Service]) = (Some(Service::Kms), &[Service::Kms]);

#[derive(Deserialize)]
struct Vectors {
    access_key_id: String,
    secret_access_key: String,
    /// Seconds since 1970.
    time: i64,
    requests: Vec<Signed>,
}

#[derive(Deserialize)]
struct Signed {
    name: String,
    region: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Signed {
    fn headers(&self) -> HeaderMap {
        let pair = |(name, value): &(String, String)| {
            (HeaderName::from_bytes(name.as_bytes()).expect("a name"), HeaderValue::from_str(value).expect("a value"))
        };
        self.headers.iter().map(pair).collect()
    }
}

#[test]
fn botocore_signs_and_each_is_taken() {
    let text = include_str!("../../../../tests/data/signed-requests.json");
    let vectors: Vectors = serde_json::from_str(text).expect("vectors");
    let secret = SecretBytes::new(vectors.secret_access_key.into_bytes());
    let credentials = Credentials::from_parts(&vectors.access_key_id, secret).expect("printable");
    let time = OffsetDateTime::from_unix_timestamp(vectors.time).expect("a time");
    assert!(vectors.requests.len() >= 6, "{}", vectors.requests.len());
    for request in &vectors.requests {
        let headers = request.headers();
        let region = check(&headers, request.body.as_bytes(), &credentials, KMS, time);
        assert_eq!(region, Ok(Region::new(&request.region).expect("a Region")), "{}", request.name);
        let code =
            |headers: &HeaderMap, body: &str, time| check(headers, body.as_bytes(), &credentials, KMS, time).map_err(|error| error.code());
        let refused = Err(ErrorCode::InvalidSignatureException);
        assert_eq!(code(&headers, &format!("{} ", request.body), time), refused, "{}", request.name);
        assert_eq!(code(&headers, &request.body, time + Duration::minutes(6)), refused, "{}", request.name);
        let mut changed = headers.clone();
        let authorization = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).expect("signed");
        let region = if request.region == "us-west-2" { "us-east-1" } else { "us-west-2" };
        changed.insert(AUTHORIZATION, HeaderValue::try_from(authorization.replace(&request.region, region)).expect("a value"));
        assert_eq!(code(&changed, &request.body, time), refused, "{}", request.name);
    }
}
