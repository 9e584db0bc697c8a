//! The SDK's configuration, a client for each Region, and the runtime that they run on.

use std::{
    collections::HashMap,
    future::Future,
    sync::{Mutex, mpsc},
    time::Duration,
};

use aws_config::{
    BehaviorVersion, FrameworkMetadata, SdkConfig,
    environment::EnvironmentVariableRegionProvider,
    meta::region::RegionProviderChain,
    profile::{ProfileFileCredentialsProvider, ProfileFileRegionProvider},
    provider_config::ProviderConfig,
};
use aws_sdk_kms::{
    Client,
    config::{
        self,
        retry::RetryConfig,
        timeout::{TimeoutConfig, TimeoutConfigBuilder},
    },
};
use tokio::runtime::{Builder, Runtime};

use super::{options::AwsKmsOptions, tls};
use crate::{
    error::{Error, Result, SetupError},
    parallel::{lock, require_threads},
    region::Region,
    timestamp::Timestamp,
};

/// The AWS CLI's; the SDK would wait for ever.
const READ_TIMEOUT: Duration = Duration::from_secs(60);
/// What an attempt may take beyond connection and answer: its credentials, which a process or a person may have to give, and the rest of a body.
pub(super) const ATTEMPT_ALLOWANCE: Duration = Duration::from_secs(60);

/// Everything that the first call sets up.
pub(super) struct Connection {
    /// `None` only while it is dropped.
    runtime: Option<Runtime>,
    config: config::Builder,
    clients: Mutex<HashMap<Region, Client>>,
}

impl Connection {
    /// Loads the SDK's configuration. `region` is the one for the services that credentials come from, where neither environment nor profile
    /// names one: the SDK would ask the machine's metadata service.
    pub(super) fn open(options: &AwsKmsOptions, region: Region) -> Result<Self> {
        let runtime = start()?;
        let loaded = run(&runtime, load(options.clone(), region));
        let loaded = loaded.ok_or(SetupError::AwsConfiguration)?;
        let config = configure(&loaded, options, ATTEMPT_ALLOWANCE);
        Ok(Self::new(runtime, config))
    }

    pub(super) fn new(runtime: Runtime, config: config::Builder) -> Self {
        Self { runtime: Some(runtime), config, clients: Mutex::default() }
    }

    /// The client of a Region. Credentials are shared with those of the other Regions.
    pub(super) fn client(&self, region: Region) -> Client {
        let make = || Client::from_conf(self.config.clone().region(config::Region::new(region.name())).build());
        lock(&self.clients).entry(region).or_insert_with(make).clone()
    }

    /// Runs a future to its end; `None` when it panicked.
    pub(super) fn run<T: Send + 'static>(&self, future: impl Future<Output = T> + Send + 'static) -> Option<T> {
        run(self.runtime.as_ref()?, future)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // Dropping a runtime inside of another one would panic, and waits for name look-ups that nobody needs any more.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// One worker is enough: it waits for the network.
pub(super) fn start() -> Result<Runtime> {
    // Requests are dated.
    Timestamp::now()?;
    require_threads(1).map_err(|source| Error::io("starting the client of AWS KMS", source))?;
    let runtime = Builder::new_multi_thread().worker_threads(1).thread_name("aws-kms").enable_all().build();
    runtime.map_err(|source| Error::io("starting the client of AWS KMS", source))
}

/// Not by `block_on`, which panics where the caller is inside of another runtime.
fn run<T: Send + 'static>(runtime: &Runtime, future: impl Future<Output = T> + Send + 'static) -> Option<T> {
    let (sender, receiver) = mpsc::sync_channel(1);
    runtime.spawn(async move {
        let _ = sender.send(future.await);
    });
    receiver.recv().ok()
}

/// A profile that is asked for gives the credentials, and nothing else does: the SDK's chain would take those of the environment first, and
/// those of the machine where there is no such profile.
async fn load(options: AwsKmsOptions, region: Region) -> SdkConfig {
    let AwsKmsOptions { profile, ca_bundle, .. } = options;
    let http_client = ca_bundle.as_ref().map(tls::trusting);
    let version = BehaviorVersion::latest();
    let mut loader = aws_config::defaults(version);
    if let Ok(metadata) = FrameworkMetadata::new("coldseal", Some(env!("CARGO_PKG_VERSION"))) {
        loader = loader.framework_metadata(metadata);
    }
    let mut of_profile = ProfileFileRegionProvider::builder();
    if let Some(profile) = &profile {
        of_profile = of_profile.profile_name(profile);
    }
    let of_environment = RegionProviderChain::first_try(EnvironmentVariableRegionProvider::new());
    let region = of_environment.or_else(of_profile.build()).or_else(config::Region::new(region.name())).region().await;
    if let Some(profile) = profile {
        let mut provider = ProviderConfig::default().with_behavior_version(Some(version)).with_region(region.clone());
        if let Some(http_client) = &http_client {
            provider = provider.with_http_client(http_client.clone());
        }
        let credentials = ProfileFileCredentialsProvider::builder().configure(&provider).profile_name(&profile).build();
        loader = loader.profile_name(profile).credentials_provider(credentials);
    }
    if let Some(http_client) = http_client {
        loader = loader.http_client(http_client);
    }
    loader.region(region).load().await
}

/// The client's configuration, without a Region.
pub(super) fn configure(loaded: &SdkConfig, options: &AwsKmsOptions, allowance: Duration) -> config::Builder {
    let mut config = config::Builder::from(loaded).timeout_config(timeouts(loaded.timeout_config(), options, allowance));
    if let Some(url) = &options.endpoint_url {
        config = config.endpoint_url(url);
    }
    if let Some(attempts) = options.max_attempts {
        let retries = loaded.retry_config().cloned().unwrap_or_else(RetryConfig::standard);
        config = config.retry_config(retries.with_max_attempts(attempts));
    }
    config
}

/// A whole attempt has a limit as soon as both of its parts have one.
fn timeouts(loaded: Option<&TimeoutConfig>, options: &AwsKmsOptions, allowance: Duration) -> TimeoutConfig {
    let connect = options.connect_timeout.or_else(|| loaded.and_then(TimeoutConfig::connect_timeout)).filter(|limit| !limit.is_zero());
    let read = Some(options.read_timeout.unwrap_or(READ_TIMEOUT)).filter(|limit| !limit.is_zero());
    let attempt = connect.zip(read).map(|(connect, read)| connect.saturating_add(read).saturating_add(allowance));
    let timeouts = loaded.map_or_else(TimeoutConfig::builder, TimeoutConfig::to_builder);
    let timeouts = limited(timeouts, connect, TimeoutConfigBuilder::connect_timeout, TimeoutConfigBuilder::disable_connect_timeout);
    let timeouts = limited(timeouts, read, TimeoutConfigBuilder::read_timeout, TimeoutConfigBuilder::disable_read_timeout);
    let disable = TimeoutConfigBuilder::disable_operation_attempt_timeout;
    limited(timeouts, attempt, TimeoutConfigBuilder::operation_attempt_timeout, disable).build()
}

/// A limit that is left out would be the SDK's default again.
fn limited(
    timeouts: TimeoutConfigBuilder,
    limit: Option<Duration>,
    set: fn(TimeoutConfigBuilder, Duration) -> TimeoutConfigBuilder,
    disable: fn(TimeoutConfigBuilder) -> TimeoutConfigBuilder,
) -> TimeoutConfigBuilder {
    match limit {
        Some(limit) => set(timeouts, limit),
        None => disable(timeouts),
    }
}
