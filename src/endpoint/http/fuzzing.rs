//! What the fuzz targets need of the inside.

use hyper::{
    HeaderMap,
    header::{HeaderName, HeaderValue},
};
use time::OffsetDateTime;

use super::{Credentials, signature};
use crate::{protocol::operation::Service, region::Region};

/// The Region that a request with these headers names. Headers that HTTP does not allow are left out, as no connection brings them.
#[must_use]
pub fn claimed_region(headers: &[(&[u8], &[u8])]) -> Option<Region> {
    signature::claimed_region(&header_map(headers))
}

/// The Region that a request with these headers and this body is signed for with the credentials, at a time in seconds since 1970.
#[must_use]
pub fn signed_region(headers: &[(&[u8], &[u8])], body: &[u8], credentials: &Credentials, unix_time: i64) -> Option<Region> {
    let now = OffsetDateTime::from_unix_timestamp(unix_time).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    signature::check(&header_map(headers), body, credentials, (None, &[Service::Kms, Service::SecretsManager]), now).ok()
}

fn header_map(headers: &[(&[u8], &[u8])]) -> HeaderMap {
    headers.iter().filter_map(|(name, value)| Some((HeaderName::from_bytes(name).ok()?, HeaderValue::from_bytes(value).ok()?))).collect()
}
