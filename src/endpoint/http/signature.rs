//! Whether a request carries a valid Signature Version 4, and for which Region.
//!
//! The canonical request and the signature are computed by `aws-sigv4` over exactly the headers that the request says were signed; what has
//! to be among them, and what else a request must be, is checked here. The path is `/` and the query empty: nothing else is served.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

use std::{slice, time::SystemTime};

use aws_credential_types::Credentials as SigningCredentials;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use hyper::{HeaderMap, header::AUTHORIZATION};
use time::{Date, Duration, Month, OffsetDateTime, Time};

use super::{
    authorization::{Authorization, incomplete},
    credentials::Credentials,
};
use crate::{
    crypto::{constant_time_eq, sha256},
    error::{AuthenticationRefusal, Result},
    protocol::operation::Service,
    region::Region,
};

/// How far a request's clock may be from ours, either way.
const TOLERANCE: Duration = Duration::minutes(5);

const DATE: &str = "x-amz-date";
const CONTENT_SHA256: &str = "x-amz-content-sha256";
const SECURITY_TOKEN: &str = "x-amz-security-token";

/// Checks the signature of `POST /` with these headers and this body, and gives the Region that it is for. It has to be for the service that the
/// request names; where it names none, for one of those that are served.
///
/// # Errors
/// AWS's: `MissingAuthenticationTokenException`, `IncompleteSignatureException`, `InvalidSignatureException`, `UnrecognizedClientException`.
/// The last two cost the same work.
pub(super) fn check(
    headers: &HeaderMap,
    body: &[u8],
    credentials: &Credentials,
    (named, served): (Option<Service>, &[Service]),
    now: OffsetDateTime,
) -> Result<Region, AuthenticationRefusal> {
    let authorization = Authorization::of(headers)?;
    if headers.contains_key(SECURITY_TOKEN) {
        return Err(AuthenticationRefusal::UnknownToken);
    }
    let signed = signed_headers(headers, &authorization)?;
    let (date_text, date) = date(&signed)?;
    let services = named.as_ref().map_or(served, slice::from_ref);
    let (region, service) = check_scope(&authorization, services, date_text)?;
    check_date(date_text, date, now)?;
    let hash = sha256(body);
    if signed.iter().any(|(name, value)| *name == CONTENT_SHA256 && *value != hash) {
        return Err(invalid("The provided 'x-amz-content-sha256' header does not match what was computed."));
    }
    let computed = signature(&signed, hash, credentials, (region, service), date.into()).ok_or(AuthenticationRefusal::OtherSignature)?;
    let is_signed = constant_time_eq(computed.as_bytes(), authorization.signature.as_bytes());
    match (credentials.is_of(authorization.access_key_id), is_signed) {
        (true, true) => Ok(region),
        (true, false) => Err(AuthenticationRefusal::OtherSignature),
        (false, _) => Err(AuthenticationRefusal::UnknownToken),
    }
}

/// The Region that an unverified `Authorization` header names, if it names one.
pub(super) fn claimed_region(headers: &HeaderMap) -> Option<Region> {
    Region::new(Authorization::of(headers).ok()?.scope.region)
}

/// The headers that were signed, each of which stands once, with all among them that have to be.
fn signed_headers<'a>(headers: &'a HeaderMap, authorization: &Authorization<'a>) -> Result<Vec<(&'a str, &'a str)>, AuthenticationRefusal> {
    let names = &authorization.signed_headers;
    let amazon = headers.keys().map(|name| name.as_str()).filter(|name| name.starts_with("x-amz-"));
    for required in ["host", DATE, "x-amz-target"].into_iter().chain(amazon) {
        if !names.contains(&required) {
            return Err(invalid(format!("'{required}' must be a 'SignedHeader' in the AWS Authorization.")));
        }
    }
    let value_of = |name: &'a str| {
        let mut values = headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (Some(value), None) if name != AUTHORIZATION.as_str() => value.to_str().ok().map(|value| (name, value)),
            _ => None,
        }
    };
    let once = |name: &str| invalid(format!("'{name}' is a 'SignedHeader' that does not stand once, in ASCII, in the request."));
    names.iter().map(|name| value_of(name).ok_or_else(|| once(name))).collect()
}

/// The request's date as it stands there, `YYYYMMDD'T'HHMMSS'Z'`, and as a time.
fn date<'a>(signed: &[(&'a str, &'a str)]) -> Result<(&'a str, OffsetDateTime), AuthenticationRefusal> {
    let text = signed.iter().find(|(name, _)| *name == DATE).map_or("", |(_, value)| *value);
    let time = parse_date(text).ok_or_else(|| incomplete("Date must be in ISO-8601 'basic format', YYYYMMDD'T'HHMMSS'Z'."))?;
    Ok((text, time))
}

fn parse_date(text: &str) -> Option<OffsetDateTime> {
    let digits = |from: usize, to: usize| {
        let part = text.get(from..to).filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()))?;
        part.parse::<u16>().ok()
    };
    let byte = |from: usize, to: usize| u8::try_from(digits(from, to)?).ok();
    if text.len() != 16 || text.get(8..9) != Some("T") || text.get(15..) != Some("Z") {
        return None;
    }
    let date = Date::from_calendar_date(digits(0, 4)?.into(), Month::try_from(byte(4, 6)?).ok()?, byte(6, 8)?).ok()?;
    let time = Time::from_hms(byte(9, 11)?, byte(11, 13)?, byte(13, 15)?).ok()?;
    Some(OffsetDateTime::new_utc(date, time))
}

/// `date` is that of the request, as it stands there.
fn check_scope(authorization: &Authorization<'_>, services: &[Service], date: &str) -> Result<(Region, Service), AuthenticationRefusal> {
    let scope = &authorization.scope;
    if scope.terminator != "aws4_request" {
        return Err(invalid("Credential should be scoped with a valid terminator: 'aws4_request'."));
    }
    let service = services.iter().find(|service| service.signing_name() == scope.service).ok_or_else(|| {
        let names: Vec<_> = services.iter().map(|service| format!("'{}'", service.signing_name())).collect();
        invalid(format!("Credential should be scoped to correct service: {}.", names.join(" or ")))
    })?;
    if date.get(..8) != Some(scope.date) {
        let message = "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP";
        return Err(invalid(format!("{message}: '{}' != '{}', from '{date}'.", scope.date, date.get(..8).unwrap_or_default())));
    }
    let region = Region::new(scope.region);
    region
        .map(|region| (region, *service))
        .ok_or_else(|| invalid(format!("Credential should be scoped to a valid region, not '{}'.", scope.region)))
}

fn check_date(text: &str, date: OffsetDateTime, now: OffsetDateTime) -> Result<(), AuthenticationRefusal> {
    let (earliest, latest) = (now.saturating_sub(TOLERANCE), now.saturating_add(TOLERANCE));
    if date < earliest {
        let (earliest, now) = (basic(earliest), basic(now));
        return Err(invalid(format!("Signature expired: {text} is now earlier than {earliest} ({now} - 5 min.)")));
    }
    if date > latest {
        let (latest, now) = (basic(latest), basic(now));
        return Err(invalid(format!("Signature not yet current: {text} is still later than {latest} ({now} + 5 min.)")));
    }
    Ok(())
}

fn basic(time: OffsetDateTime) -> String {
    let (date, (hour, minute, second)) = (time.date(), time.time().as_hms());
    format!("{:04}{:02}{:02}T{hour:02}{minute:02}{second:02}Z", date.year(), u8::from(date.month()), date.day())
}

/// The signature in hex; `None` for headers that cannot be signed.
fn signature(
    signed: &[(&str, &str)],
    hash: String,
    credentials: &Credentials,
    (region, service): (Region, Service),
    time: SystemTime,
) -> Option<String> {
    let identity =
        SigningCredentials::new(credentials.access_key_id(), credentials.expose_secret_access_key(), None, None, "coldseal").into();
    let mut settings = SigningSettings::default();
    // What clients leave out of the signature is not handed over; what they put in must not be left out.
    settings.excluded_headers = None;
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(region.name())
        .name(service.signing_name())
        .time(time)
        .settings(settings)
        .build()
        .ok()?;
    // The host comes from its header; this address is never looked at.
    let headers = signed.iter().copied().filter(|(name, _)| *name != DATE);
    let request = SignableRequest::new("POST", "http://host/", headers, SignableBody::Precomputed(hash)).ok()?;
    let (_, signature) = sign(request, &params.into()).ok()?.into_parts();
    Some(signature)
}

fn invalid(message: impl Into<String>) -> AuthenticationRefusal {
    AuthenticationRefusal::Invalid(message.into())
}
