//! Proxies, which would see keys and plaintexts in clear, and could not reach loopback.

use std::net::IpAddr;

use crate::cli::environment::Environment;

/// Variables that send requests over HTTP through a proxy.
const PROXIES: [&str; 4] = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"];

/// Variables with hosts that no proxy is used for. Some programs read the first, some the second, and some both, in either order.
const NO_PROXY: [&str; 2] = ["no_proxy", "NO_PROXY"];

/// The variables that keep proxies away from an address: as they are, and the address besides.
pub(super) fn bypass(environment: &Environment, ip: IpAddr) -> [(&'static str, String); 2] {
    let [small, capital] = NO_PROXY;
    let value = |name, other| extended(environment.text(name).or_else(|| environment.text(other)), ip);
    [(small, value(small, capital)), (capital, value(capital, small))]
}

/// The variables that send requests for the address through a proxy now.
pub(super) fn in_the_way(environment: &Environment, ip: IpAddr) -> Vec<&'static str> {
    let mut lists = NO_PROXY.iter().filter_map(|name| environment.text(name)).peekable();
    if lists.peek().is_some() && lists.all(|list| extended(Some(list.clone()), ip) == list) {
        return Vec::new();
    }
    PROXIES.into_iter().filter(|name| environment.text(name).is_some()).collect()
}

/// A list with the address in it. An asterisk alone stands for all hosts, and beside another name for none.
fn extended(list: Option<String>, ip: IpAddr) -> String {
    let list = list.unwrap_or_default();
    if list.trim() == "*" {
        return list;
    }
    let known: Vec<&str> = list.split([',', ';', ' ']).map(str::trim).collect();
    let missing = names(ip).into_iter().filter(|name| !known.contains(&name.as_str()));
    let others = Some(list.clone()).filter(|list| !list.trim().is_empty());
    others.into_iter().chain(missing).collect::<Vec<_>>().join(",")
}

/// An address as such lists have it: Python compares with the brackets of a URL, others without.
fn names(ip: IpAddr) -> Vec<String> {
    match ip {
        IpAddr::V4(ip) => vec![ip.to_string()],
        IpAddr::V6(ip) => vec![ip.to_string(), format!("[{ip}]")],
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use super::*;

    const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    #[test]
    fn what_is_there_is_extended() {
        for (variables, small, capital) in [
            (&[][..], "127.0.0.1", "127.0.0.1"),
            (&[("NO_PROXY", ".example; x")], ".example; x,127.0.0.1", ".example; x,127.0.0.1"),
            (&[("no_proxy", "a"), ("NO_PROXY", "b")], "a,127.0.0.1", "b,127.0.0.1"),
            (&[("no_proxy", "a, 127.0.0.1 ,b")], "a, 127.0.0.1 ,b", "a, 127.0.0.1 ,b"),
            (&[("no_proxy", "127.0.0.10")], "127.0.0.10,127.0.0.1", "127.0.0.10,127.0.0.1"),
            (&[("no_proxy", "*"), ("NO_PROXY", " ")], "*", "127.0.0.1"),
        ] {
            let made = bypass(&Environment::fixed(variables), LOOPBACK);
            assert_eq!(made, [("no_proxy", small.to_owned()), ("NO_PROXY", capital.to_owned())], "{variables:?}");
        }
        let [(_, six), _] = bypass(&Environment::fixed(&[("no_proxy", "::1")]), Ipv6Addr::LOCALHOST.into());
        assert_eq!(six, "::1,[::1]");
    }

    #[test]
    fn a_proxy_is_in_the_way_unless_every_list_has_the_address() {
        let proxies = [("HTTP_PROXY", "http://192.0.2.1:1"), ("all_proxy", "http://192.0.2.1:1"), ("HTTPS_PROXY", "http://192.0.2.1:1")];
        for (lists, is_in_the_way) in [
            (&[][..], true),
            (&[("no_proxy", "127.0.0.1")], false),
            (&[("NO_PROXY", "*")], false),
            (&[("NO_PROXY", "example.com")], true),
            (&[("no_proxy", "127.0.0.1"), ("NO_PROXY", "example.com")], true),
        ] {
            let variables: Vec<_> = proxies.iter().chain(lists).copied().collect();
            let found = in_the_way(&Environment::fixed(&variables), LOOPBACK);
            assert_eq!(found, if is_in_the_way { vec!["HTTP_PROXY", "all_proxy"] } else { vec![] }, "{lists:?}");
        }
        assert_eq!(in_the_way(&Environment::fixed(&[("HTTP_PROXY", "")]), LOOPBACK), [""; 0]);
    }
}
