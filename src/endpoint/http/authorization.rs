//! The `Authorization` header of Signature Version 4, taken apart.
//!
//! ```text
//! AWS4-HMAC-SHA256 Credential=KEY-ID/YYYYMMDD/REGION/SERVICE/aws4_request, SignedHeaders=host;x-amz-date;…, Signature=64 hex digits
//! ```

use hyper::{HeaderMap, header::AUTHORIZATION};

use crate::error::{AuthenticationRefusal, Result};

/// The only algorithm that is taken.
pub(super) const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// What a request says about its signature. Nothing of it is verified.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Authorization<'a> {
    pub(super) access_key_id: &'a str,
    pub(super) scope: Scope<'a>,
    /// Lower-case names in ascending order, each once.
    pub(super) signed_headers: Vec<&'a str>,
    pub(super) signature: &'a str,
}

/// What a signature is good for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Scope<'a> {
    /// `YYYYMMDD`.
    pub(super) date: &'a str,
    pub(super) region: &'a str,
    pub(super) service: &'a str,
    pub(super) terminator: &'a str,
}

impl<'a> Authorization<'a> {
    /// The request's header; `MissingAuthenticationTokenException` where there is none, `IncompleteSignatureException` where it is not one.
    pub(super) fn of(headers: &'a HeaderMap) -> Result<Self, AuthenticationRefusal> {
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let Some(value) = values.next() else {
            return Err(AuthenticationRefusal::Missing("Missing Authentication Token"));
        };
        if values.next().is_some() {
            return Err(incomplete("Authorization header must stand once."));
        }
        Self::parse(value.to_str().map_err(|_| incomplete("Authorization header must be ASCII."))?)
    }

    fn parse(value: &'a str) -> Result<Self, AuthenticationRefusal> {
        let Some((ALGORITHM, parameters)) = value.trim_start().split_once(' ') else {
            return Err(incomplete(format!("Authorization header must use the algorithm '{ALGORITHM}'.")));
        };
        let (mut credential, mut signed_headers, mut signature) = (None, None, None);
        for parameter in parameters.split(',') {
            let Some((name, value)) = parameter.trim().split_once('=') else {
                return Err(incomplete("not a valid key=value pair (missing equal-sign) in Authorization header."));
            };
            let place = match name {
                "Credential" => &mut credential,
                "SignedHeaders" => &mut signed_headers,
                "Signature" => &mut signature,
                _ => return Err(incomplete("Authorization header has a parameter that is none of Credential, SignedHeaders, Signature.")),
            };
            if place.replace(value).is_some() {
                return Err(incomplete(format!("Authorization header has more than one '{name}' parameter.")));
            }
        }
        let required = |name: &str| incomplete(format!("Authorization header requires '{name}' parameter."));
        let (access_key_id, scope) = parse_credential(credential.ok_or_else(|| required("Credential"))?)?;
        let signed_headers = parse_signed_headers(signed_headers.ok_or_else(|| required("SignedHeaders"))?)?;
        let signature = signature.ok_or_else(|| required("Signature"))?;
        Ok(Self { access_key_id, scope, signed_headers, signature })
    }
}

fn parse_credential(credential: &str) -> Result<(&str, Scope<'_>), AuthenticationRefusal> {
    let elements: Vec<&str> = credential.split('/').collect();
    let [access_key_id, date, region, service, terminator] = elements[..] else {
        return Err(incomplete("Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term."));
    };
    Ok((access_key_id, Scope { date, region, service, terminator }))
}

/// Names in another order, or twice, would leave open what was signed.
fn parse_signed_headers(list: &str) -> Result<Vec<&str>, AuthenticationRefusal> {
    let names: Vec<&str> = list.split(';').collect();
    let is_name = |name: &str| !name.is_empty() && !name.bytes().any(|byte| byte.is_ascii_uppercase() || byte.is_ascii_whitespace());
    let is_ascending = names.is_sorted_by(|a, b| a < b);
    if is_ascending && names.iter().all(|name| is_name(name)) {
        return Ok(names);
    }
    Err(incomplete("SignedHeaders must be lower-case header names in ascending order, separated by semicolons."))
}

pub(super) fn incomplete(message: impl Into<String>) -> AuthenticationRefusal {
    AuthenticationRefusal::Incomplete(message.into())
}
