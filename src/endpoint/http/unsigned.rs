//! Requests without a signature, where they are allowed: which Region they are for, and that no web page made them.
//!
//! A page whose name was made to mean this machine (DNS rebinding) can send any request here, but not without its own name as the host.

use std::net::{Ipv6Addr, SocketAddr, SocketAddrV6};

use hyper::{HeaderMap, header::HOST};

use super::signature::claimed_region;
use crate::{
    error::{AuthenticationRefusal, Result},
    protocol::operation::Service,
    region::Region,
};

/// What AWS's own endpoints end with, in all partitions.
const SUFFIXES: [&str; 9] = [
    "amazonaws.com",
    "amazonaws.com.cn",
    "amazonaws.eu",
    "api.aws",
    "c2s.ic.gov",
    "sc2s.sgov.gov",
    "cloud.adc-e.uk",
    "csp.hci.ic.gov",
    "api.amazonwebservices.com.cn",
];

/// The services whose hosts are AWS's own here, whichever of them is served.
const SERVICES: [Service; 2] = [Service::Kms, Service::SecretsManager];

/// The Region of a request: that of the scope of its `Authorization`, which is not verified, else that of the host `kms.REGION.amazonaws.com`
/// or `secretsmanager.REGION.amazonaws.com`.
///
/// # Errors
/// `MissingAuthenticationTokenException` where the host is not one of this machine or AWS's, or nothing names a Region.
pub(super) fn region(headers: &HeaderMap) -> Result<Region, AuthenticationRefusal> {
    let missing = AuthenticationRefusal::Missing;
    let mut hosts = headers.get_all(HOST).iter();
    let host = match (hosts.next().and_then(|host| host.to_str().ok()), hosts.next()) {
        (Some(host), None) => Host::parse(host),
        _ => None,
    };
    let host = host.ok_or_else(|| missing("Without a signature, the host has to be localhost, an address, or AWS's own."))?;
    let of_host = match host {
        Host::Here => None,
        Host::Aws(region) => Some(region),
    };
    claimed_region(headers).or(of_host).ok_or_else(|| {
        missing("Nothing in the request names a Region: sign it, with any credentials, or name the host SERVICE.REGION.amazonaws.com.")
    })
}

#[derive(Debug, PartialEq, Eq)]
enum Host {
    /// `localhost`, or an address, which no web page has instead of its name.
    Here,
    Aws(Region),
}

impl Host {
    fn parse(value: &str) -> Option<Self> {
        if value.parse::<SocketAddr>().is_ok() || value.parse::<Ipv6Addr>().is_ok() || is_bracketed(value) {
            return Some(Self::Here);
        }
        let name = match value.rsplit_once(':') {
            Some((name, port)) => port.parse::<u16>().ok().map(|_| name)?,
            None => value,
        };
        let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
        if name == "localhost" || name.parse::<std::net::Ipv4Addr>().is_ok() {
            return Some(Self::Here);
        }
        let (service, rest) = name.split_once('.')?;
        let (region, suffix) = rest.split_once('.').filter(|_| SERVICES.iter().any(|known| known.signing_name() == service))?;
        SUFFIXES.contains(&suffix).then(|| Region::new(region))?.map(Self::Aws)
    }
}

/// An IPv6 address in brackets, without a port.
fn is_bracketed(value: &str) -> bool {
    value.ends_with(']') && format!("{value}:0").parse::<SocketAddrV6>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_this_machine_and_of_aws() {
        for here in ["localhost", "LOCALHOST:8080", "127.0.0.1", "127.0.0.1:1", "[::1]", "[::1]:80", "10.1.2.3:80", "localhost."] {
            assert_eq!(Host::parse(here), Some(Host::Here), "{here}");
        }
        let known = |name| Some(Host::Aws(Region::new(name).expect("a Region")));
        assert_eq!(Host::parse("kms.us-west-2.amazonaws.com"), known("us-west-2"));
        assert_eq!(Host::parse("secretsmanager.eu-west-1.amazonaws.com"), known("eu-west-1"));
        assert_eq!(Host::parse("kms.cn-north-1.amazonaws.com.cn:443"), known("cn-north-1"));
        for other in [
            "",
            "example.com",
            "localhost.example.com",
            "127.0.0.1.example.com",
            "kms.us-west-2.amazonaws.com.example.com",
            "kms.nowhere-1.amazonaws.com",
            "kms.us-west-2.example.com",
            "s3.us-west-2.amazonaws.com",
            "secretsmanager.us-west-2.amazonaws.com.example.com",
            "localhost:x",
            "127.0.0.1:80:80",
            "[::1",
            "user@localhost",
        ] {
            assert_eq!(Host::parse(other), None, "{other}");
        }
    }
}
