//! What a program needs to reach the server: its variables.

use std::{
    fmt::Write as _,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use super::proxies;
use crate::{cli::environment::Environment, endpoint::Credentials, protocol::operation::Service, region::Region};

/// Variables that would take precedence over the credentials, or go with others.
const REMOVED: [&str; 7] = [
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_CREDENTIAL_SCOPE",
    "AWS_ACCOUNT_ID",
];

/// Settings that would lead elsewhere, or stop a program at an address that is not AWS's; to take them out of the environment would not do
/// where a profile has them. Each is the name of a setting, and in capitals behind `AWS_` that of a variable, which wins over the profile.
pub(super) const SWITCHED_OFF: [(&str, &str); 3] = [
    ("ignore_configured_endpoint_urls", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"),
    ("use_fips_endpoint", "AWS_USE_FIPS_ENDPOINT"),
    ("use_dualstack_endpoint", "AWS_USE_DUALSTACK_ENDPOINT"),
];

/// Address and credentials of a server, and what keeps programs from going elsewhere.
pub(super) struct Access {
    address: SocketAddr,
    credentials: Arc<Credentials>,
    /// What answers there.
    services: &'static [Service],
    /// The user's; a program is to run in it whatever its profile says.
    region: Option<Region>,
    bypass: [(&'static str, String); 2],
}

impl Access {
    pub(super) fn new(
        listening: SocketAddr,
        credentials: Arc<Credentials>,
        services: &'static [Service],
        region: Option<Region>,
        environment: &Environment,
    ) -> Self {
        // What listens on all addresses listens on loopback too.
        let ip = match listening.ip() {
            IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        let bypass = proxies::bypass(environment, ip);
        Self { address: SocketAddr::new(ip, listening.port()), credentials, services, region, bypass }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(super) const fn ip(&self) -> IpAddr {
        self.address.ip()
    }

    pub(super) fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// What answers there.
    pub(super) const fn services(&self) -> &'static [Service] {
        self.services
    }

    pub(super) const fn region(&self) -> Option<Region> {
        self.region
    }

    /// The variables to set. Those of endpoints redirect the services that answer there, and no other one.
    pub(super) fn variables(&self) -> Vec<(&'static str, String)> {
        let mut variables: Vec<_> = self.services.iter().map(|service| (endpoint_variable(*service), self.url())).collect();
        variables.push(("AWS_ACCESS_KEY_ID", self.credentials.access_key_id().to_owned()));
        variables.push(("AWS_SECRET_ACCESS_KEY", self.credentials.expose_secret_access_key().to_owned()));
        if let Some(region) = self.region {
            variables.extend(["AWS_REGION", "AWS_DEFAULT_REGION"].map(|name| (name, region.name().to_owned())));
        }
        variables.extend(SWITCHED_OFF.map(|(_, variable)| (variable, "false".to_owned())));
        variables.extend(self.bypass.clone());
        variables
    }

    /// The variables to take away.
    pub(super) const fn removed() -> &'static [&'static str] {
        &REMOVED
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
pub(super) const fn endpoint_variable(service: Service) -> &'static str {
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
pub(super) mod tests {
    use super::*;
    use crate::secret::SecretBytes;

    pub(in crate::cli::commands::serving) fn access_to(
        listening: &str,
        services: &'static [Service],
        environment: &Environment,
        region: Option<Region>,
    ) -> Access {
        let credentials = Credentials::from_parts("COLDEXAMPLE", SecretBytes::new(b"abc+/=".to_vec())).expect("printable");
        Access::new(listening.parse().expect("an address"), Arc::new(credentials), services, region, environment)
    }

    #[test]
    fn lines_for_a_shell() {
        let lines =
            |region| access_to("127.0.0.1:8200", &[Service::Kms], &Environment::fixed(&[]), region).export_lines("COLDSEAL_KMS_SERVE_PID");
        let region = "export AWS_REGION=eu-west-1\nexport AWS_DEFAULT_REGION=eu-west-1\n";
        let expected = format!(
            "export AWS_ENDPOINT_URL_KMS=http://127.0.0.1:8200\nexport AWS_ACCESS_KEY_ID=COLDEXAMPLE\nexport AWS_SECRET_ACCESS_KEY=abc+/=\n\
             {region}export AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=false\nexport AWS_USE_FIPS_ENDPOINT=false\n\
             export AWS_USE_DUALSTACK_ENDPOINT=false\nexport no_proxy=127.0.0.1\nexport NO_PROXY=127.0.0.1\n\
             export COLDSEAL_KMS_SERVE_PID={}\n\
             unset AWS_SESSION_TOKEN AWS_SECURITY_TOKEN AWS_PROFILE AWS_DEFAULT_PROFILE AWS_CREDENTIAL_EXPIRATION AWS_CREDENTIAL_SCOPE \
             AWS_ACCOUNT_ID\n",
            std::process::id()
        );
        assert_eq!(lines(Region::new("eu-west-1")), expected);
        // Without a Region of the user's, that of the program stays.
        assert_eq!(lines(None), expected.replace(region, ""));
    }

    #[test]
    fn all_addresses_are_reached_on_loopback() {
        let url = |listening| access_to(listening, &[Service::Kms], &Environment::fixed(&[]), None).url();
        assert_eq!(url("0.0.0.0:1"), "http://127.0.0.1:1");
        assert_eq!(url("[::]:1"), "http://[::1]:1");
        assert_eq!(url("192.0.2.1:1"), "http://192.0.2.1:1");
    }

    #[test]
    fn what_a_shell_would_read_is_quoted() {
        let environment = Environment::fixed(&[("NO_PROXY", ".example; $(x)'")]);
        let lines = access_to("127.0.0.1:1", &[Service::Kms], &environment, None).export_lines("COLDSEAL_KMS_SERVE_PID");
        assert!(lines.contains(r"export NO_PROXY='.example; $(x)'\'',127.0.0.1'"), "{lines}");
    }
}
