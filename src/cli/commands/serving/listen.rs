//! `--listen`

use std::net::{Ipv4Addr, SocketAddr};

use crate::{cli::usage::UsageError, endpoint::Exposure};

/// The address of a flag. Names are not looked up, save `localhost`.
pub(super) fn address(value: &str, exposure: Exposure) -> Result<SocketAddr, UsageError> {
    let of_localhost = || Some(SocketAddr::from((Ipv4Addr::LOCALHOST, value.strip_prefix("localhost:")?.parse().ok()?)));
    let address = value.parse().ok().or_else(of_localhost).ok_or_else(|| {
        let error = UsageError::parameter("--listen", "not an address and a port");
        error.with_hint("for instance 127.0.0.1:0, or [::1]:8200")
    })?;
    if exposure == Exposure::Loopback && !address.ip().is_loopback() {
        let error = UsageError::parameter("--listen", format!("{address} is not loopback, and keys would cross the network in clear"));
        return Err(error.with_hint("a tunnel, as by 'ssh -L', ends on loopback; --allow-remote listens there all the same"));
    }
    Ok(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_localhost() {
        for (value, expected) in [("127.0.0.1:0", "127.0.0.1:0"), ("localhost:80", "127.0.0.1:80"), ("[::1]:8200", "[::1]:8200")] {
            assert_eq!(address(value, Exposure::Loopback).map(|address| address.to_string()), Ok(expected.to_owned()));
        }
        for value in ["", "127.0.0.1", "8200", ":8200", "localhost", "localhost:65536", "example.com:80", "::1:80:", "127.0.0.1:x"] {
            let error = address(value, Exposure::Network).expect_err("no address");
            assert!(error.message.contains("not an address and a port"), "{value}: {error}");
        }
    }

    #[test]
    fn what_is_not_loopback_has_to_be_allowed() {
        for value in ["0.0.0.0:0", "192.0.2.1:80", "[::]:0", "[2001:db8::1]:80"] {
            let error = address(value, Exposure::Loopback).expect_err("not allowed");
            assert!(error.message.contains("not loopback"), "{value}: {error}");
            address(value, Exposure::Network).expect("allowed");
        }
    }
}
