//! What a program needs to reach the server: its variables.

use std::{
    fmt::Write as _,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use crate::{cli::environment::Environment, endpoint::Credentials, protocol::operation::Service};

/// Variables that would take precedence over the endpoint or the credentials, or go with others.
const REMOVED: [&str; 5] =
    ["AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_CREDENTIAL_EXPIRATION", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"];

/// Variables that send requests through a proxy, which would see keys in clear, and could not reach loopback.
const PROXIES: [&str; 4] = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"];

/// Address and credentials of a server.
pub(super) struct Access {
    address: SocketAddr,
    credentials: Arc<Credentials>,
    /// What answers there.
    services: &'static [Service],
    /// The hosts that no proxy is used for, where there is a proxy.
    no_proxy: Option<String>,
}

impl Access {
    pub(super) fn new(
        listening: SocketAddr,
        credentials: Arc<Credentials>,
        services: &'static [Service],
        environment: &Environment,
    ) -> Self {
        // What listens on all addresses listens on loopback too.
        let ip = match listening.ip() {
            IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        let has_proxy = PROXIES.iter().any(|name| environment.text(name).is_some());
        let no_proxy = has_proxy.then(|| {
            let others = environment.text("no_proxy").or_else(|| environment.text("NO_PROXY"));
            others.into_iter().chain([ip.to_string()]).collect::<Vec<_>>().join(",")
        });
        Self { address: SocketAddr::new(ip, listening.port()), credentials, services, no_proxy }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(super) fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// What answers there.
    pub(super) const fn services(&self) -> &'static [Service] {
        self.services
    }

    /// The variables to set. Those of endpoints redirect the services that answer there, and no other one.
    pub(super) fn variables(&self) -> Vec<(&'static str, String)> {
        let mut variables: Vec<_> = self.services.iter().map(|service| (endpoint_variable(*service), self.url())).collect();
        variables.extend([
            ("AWS_ACCESS_KEY_ID", self.credentials.access_key_id().to_owned()),
            ("AWS_SECRET_ACCESS_KEY", self.credentials.expose_secret_access_key().to_owned()),
        ]);
        variables.extend(["no_proxy", "NO_PROXY"].into_iter().filter_map(|name| Some((name, self.no_proxy.clone()?))));
        variables
    }

    /// The variables to take away.
    pub(super) const fn removed() -> [&'static str; 5] {
        REMOVED
    }

    /// Lines for a shell, and with them the id of this process, which `kill` takes, in the variable of this name.
    pub(super) fn export_lines(&self, process_variable: &str) -> String {
        let mut lines = String::new();
        let process = (process_variable, std::process::id().to_string());
        for (name, value) in self.variables().into_iter().chain([process]) {
            let _ = writeln!(lines, "export {name}={}", quoted(&value));
        }
        let _ = writeln!(lines, "unset {}", REMOVED.join(" "));
        lines
    }
}

/// What sends the requests for a service elsewhere.
const fn endpoint_variable(service: Service) -> &'static str {
    match service {
        Service::Kms => "AWS_ENDPOINT_URL_KMS",
        Service::SecretsManager => "AWS_ENDPOINT_URL_SECRETS_MANAGER",
    }
}

/// A word of a shell: as it is, where nothing in it means anything.
fn quoted(value: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "+/=:._-,".contains(c);
    if value.chars().all(is_plain) { value.to_owned() } else { format!("'{}'", value.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::SecretBytes;

    fn access(listening: &str, environment: &Environment) -> Access {
        let credentials = Credentials::from_parts("COLDEXAMPLE", SecretBytes::new(b"abc+/=".to_vec())).expect("printable");
        Access::new(listening.parse().expect("an address"), Arc::new(credentials), &[Service::Kms], environment)
    }

    #[test]
    fn lines_for_a_shell() {
        let access = access("127.0.0.1:8200", &Environment::fixed(&[]));
        let expected = format!(
            "export AWS_ENDPOINT_URL_KMS=http://127.0.0.1:8200\nexport AWS_ACCESS_KEY_ID=COLDEXAMPLE\nexport AWS_SECRET_ACCESS_KEY=abc+/=\n\
             export COLDSEAL_KMS_SERVE_PID={}\n\
             unset AWS_SESSION_TOKEN AWS_PROFILE AWS_DEFAULT_PROFILE AWS_CREDENTIAL_EXPIRATION AWS_IGNORE_CONFIGURED_ENDPOINT_URLS\n",
            std::process::id()
        );
        assert_eq!(access.export_lines("COLDSEAL_KMS_SERVE_PID"), expected);
    }

    #[test]
    fn all_addresses_are_reached_on_loopback() {
        assert_eq!(access("0.0.0.0:1", &Environment::fixed(&[])).url(), "http://127.0.0.1:1");
        assert_eq!(access("[::]:1", &Environment::fixed(&[])).url(), "http://[::1]:1");
        assert_eq!(access("192.0.2.1:1", &Environment::fixed(&[])).url(), "http://192.0.2.1:1");
    }

    #[test]
    fn no_proxy_stands_between() {
        let proxied = [("HTTP_PROXY", "http://proxy.example:3128"), ("NO_PROXY", ".example; x")];
        let access = access("127.0.0.1:1", &Environment::fixed(&proxied));
        let lines = access.export_lines("COLDSEAL_KMS_SERVE_PID");
        assert!(lines.contains("export no_proxy='.example; x,127.0.0.1'\nexport NO_PROXY='.example; x,127.0.0.1'\n"), "{lines}");
    }
}
