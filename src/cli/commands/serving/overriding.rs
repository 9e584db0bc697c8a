//! What of the environment wins over a configuration file, which cannot do anything about it.

use super::{
    access::{Access, endpoint_variable},
    proxies,
};
use crate::cli::environment::Environment;

/// Variables that choose other credentials, or another place to send requests to.
const ELSEWHERE: [&str; 5] = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL"];

/// Variables that do so unless they say `false`.
const SWITCHES: [&str; 3] = ["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"];

const REGIONS: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];

/// What to say about the variables that are set now, for whoever uses the file from here.
pub(super) fn warnings(environment: &Environment, access: &Access) -> Vec<String> {
    let listed = |names: Vec<&str>| (!names.is_empty()).then(|| names.join(", "));
    let proxy = listed(proxies::in_the_way(environment, access.ip())).map(|names| {
        let bypass = proxies::bypass(environment, access.ip()).map(|(name, value)| format!("{name}={value}")).join(" ");
        format!("set here: {names}: programs would send keys and plaintexts to that proxy in clear; {bypass} keeps it out")
    });
    let stronger = listed(stronger(environment, access))
        .map(|names| format!("set here, and stronger than that file: {names}; programs that go by the file have to run without"));
    proxy.into_iter().chain(stronger).collect()
}

fn stronger(environment: &Environment, access: &Access) -> Vec<&'static str> {
    let is_on = |name: &&str| environment.text(name).is_some_and(|value| !value.eq_ignore_ascii_case("false"));
    let is_other_region = |name: &&str| match (environment.text(name), access.region()) {
        (Some(set), Some(region)) => set != region.name(),
        _ => false,
    };
    let endpoints = access.services().iter().map(|service| endpoint_variable(*service));
    let is_set = |name: &&str| environment.text(name).is_some_and(|value| !(name.ends_with("_PROFILE") && value == "default"));
    let set = ELSEWHERE.into_iter().chain(endpoints).filter(is_set);
    set.chain(SWITCHES.into_iter().filter(is_on)).chain(REGIONS.into_iter().filter(is_other_region)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{cli::commands::serving::access::tests::access_to, protocol::operation::Service, region::Region};

    fn told(variables: &[(&str, &str)]) -> Vec<String> {
        let environment = Environment::fixed(variables);
        warnings(
            &environment,
            &access_to("127.0.0.1:8200", &[Service::Kms, Service::SecretsManager], &environment, Region::new("us-west-2")),
        )
    }

    #[test]
    fn variables_that_win_over_the_file_are_named() {
        for name in ELSEWHERE.into_iter().chain(["AWS_ENDPOINT_URL_KMS", "AWS_ENDPOINT_URL_SECRETS_MANAGER"]).chain(SWITCHES) {
            let expected = format!("set here, and stronger than that file: {name}; programs that go by the file have to run without");
            assert_eq!(told(&[(name, "true")]), [expected]);
            assert_eq!(told(&[(name, "")]), [""; 0]);
        }
        assert_eq!(told(&[("AWS_REGION", "us-west-2"), ("AWS_DEFAULT_REGION", "eu-west-1")]).len(), 1);
        assert!(told(&[("AWS_DEFAULT_REGION", "eu-west-1")]).concat().contains("file: AWS_DEFAULT_REGION;"));
    }

    #[test]
    fn nothing_is_said_of_what_changes_nothing() {
        let harmless = [("AWS_USE_FIPS_ENDPOINT", "False"), ("AWS_PROFILE", "default"), ("AWS_REGION", "us-west-2"), ("HTTPS_PROXY", "x")];
        assert_eq!(told(&harmless), [""; 0]);
    }

    #[test]
    fn a_proxy_is_named_with_the_way_around_it() {
        let expected = "set here: HTTP_PROXY: programs would send keys and plaintexts to that proxy in clear; \
                        no_proxy=example.com,127.0.0.1 NO_PROXY=example.com,127.0.0.1 keeps it out";
        assert_eq!(told(&[("HTTP_PROXY", "http://192.0.2.1:1"), ("NO_PROXY", "example.com")]), [expected]);
    }
}
