//! The client against answers in memory: no socket is opened.

mod answers;
mod asked_once;
mod failures;
mod requests;
mod threads;

use std::{
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_kms::{
    config::{
        Credentials, ProvideCredentials, SharedCredentialsProvider,
        http::{HttpRequest, HttpResponse},
        retry::RetryConfig,
        timeout::TimeoutConfig,
    },
    error::ConnectorError,
};
use aws_smithy_runtime_api::client::{
    http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
    runtime_components::RuntimeComponents,
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde_json::{Value, json};

use super::{
    AwsKms, AwsKmsOptions,
    connection::{Connection, configure, start},
};
use crate::{arn::KeyArn, format::EncryptionContext, parallel::lock, region::Region};

const ID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";

/// A request as it would be sent.
#[derive(Debug, Clone, PartialEq)]
struct Request {
    uri: String,
    target: String,
    /// Region of the signature's credential scope.
    region: String,
    authorization: String,
    body: Value,
}

impl Request {
    fn of(request: &HttpRequest) -> Self {
        let header = |name| request.headers().get(name).unwrap_or_default().to_owned();
        let authorization = header("authorization");
        let region = authorization.split('/').nth(2).unwrap_or_default().to_owned();
        let body = serde_json::from_slice(request.body().bytes().expect("a body in memory")).expect("JSON");
        Self { uri: request.uri().to_owned(), target: header("x-amz-target"), region, authorization, body }
    }

    fn operation(&self) -> &str {
        self.target.strip_prefix("TrentService.").expect("an operation of AWS KMS")
    }

    /// The key asked for, as an ARN of the Region where it is but an id.
    fn key(&self) -> &str {
        self.body.get("KeyId").and_then(Value::as_str).expect("a KeyId")
    }
}

/// What comes back.
#[derive(Debug, Clone)]
enum Answer {
    Http(u16, Vec<u8>),
    NoConnection,
    Never,
}

fn ok(body: &Value) -> Answer {
    Answer::Http(200, body.to_string().into_bytes())
}

fn refusal(status: u16, name: &str, message: &str) -> Answer {
    Answer::Http(status, json!({ "__type": name, "message": message }).to_string().into_bytes())
}

/// What AWS KMS would answer to a call that succeeds.
fn success(request: &Request) -> Answer {
    let key = request.key();
    ok(&match request.operation() {
        "GenerateDataKey" => json!({ "KeyId": key, "Plaintext": BASE64.encode([7; 32]), "CiphertextBlob": BASE64.encode("blob") }),
        "Encrypt" => json!({ "KeyId": key, "CiphertextBlob": BASE64.encode("blob"), "EncryptionAlgorithm": "SYMMETRIC_DEFAULT" }),
        "Decrypt" => json!({ "KeyId": key, "Plaintext": BASE64.encode([7; 32]) }),
        "DeriveSharedSecret" => json!({ "KeyId": key, "SharedSecret": BASE64.encode([9; 32]), "KeyAgreementAlgorithm": "ECDH" }),
        "DescribeKey" => {
            let arn = if key.starts_with("arn:") && key.contains(":key/") { key.to_owned() } else { arn(&request.region).to_string() };
            json!({ "KeyMetadata": {
                "Arn": arn, "KeyId": ID, "KeySpec": "SYMMETRIC_DEFAULT", "KeyUsage": "ENCRYPT_DECRYPT", "KeyState": "Enabled",
            } })
        }
        other => panic!("{other} is not called"),
    })
}

/// For a connection and for the beginning of an answer.
type Limits = (Option<Duration>, Option<Duration>);
type Respond = dyn Fn(&Request, usize) -> Answer + Send + Sync;

/// An HTTP client that keeps what is sent and answers by a function of the request and its number, from 0.
#[derive(Clone)]
struct Memory {
    requests: Arc<Mutex<Vec<Request>>>,
    limits: Arc<Mutex<Vec<Limits>>>,
    /// Held by each answer until all have come, where several requests have to be under way at once.
    barrier: Option<Arc<tokio::sync::Barrier>>,
    respond: Arc<Respond>,
}

impl Memory {
    fn new(respond: impl Fn(&Request, usize) -> Answer + Send + Sync + 'static) -> Self {
        Self { requests: Arc::default(), limits: Arc::default(), barrier: None, respond: Arc::new(respond) }
    }

    fn answering(answer: Answer) -> Self {
        Self::new(move |_, _| answer.clone())
    }

    fn sent(&self) -> Vec<Request> {
        lock(&self.requests).clone()
    }

    fn kms(&self) -> AwsKms {
        self.kms_with(AwsKmsOptions::default())
    }

    fn kms_with(&self, options: AwsKmsOptions) -> AwsKms {
        self.kms_of(options, Credentials::new("AKIAIOSFODNN7EXAMPLE", "example", None, None, "test"))
    }

    /// As a connection that was opened, save for what comes from the environment.
    fn kms_of(&self, options: AwsKmsOptions, credentials: impl ProvideCredentials + 'static) -> AwsKms {
        let loaded = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(self.clone())
            .retry_config(RetryConfig::standard().with_initial_backoff(Duration::from_millis(1)).with_max_backoff(Duration::from_millis(2)))
            .timeout_config(TimeoutConfig::builder().connect_timeout(Duration::from_millis(3100)).build())
            .build();
        let config = configure(&loaded, &options, Duration::from_millis(100));
        let kms = AwsKms::new(options).expect("options that can be");
        *lock(&kms.connection) = Some(Arc::new(Connection::new(start().expect("a runtime"), config)));
        kms
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Memory")
    }
}

impl HttpClient for Memory {
    fn http_connector(&self, settings: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        lock(&self.limits).push((settings.connect_timeout(), settings.read_timeout()));
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Memory {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let request = Request::of(&request);
        let number = {
            let mut requests = lock(&self.requests);
            requests.push(request.clone());
            requests.len() - 1
        };
        let answer = (self.respond)(&request, number);
        let barrier = self.barrier.clone();
        HttpConnectorFuture::new(async move {
            if let Some(barrier) = barrier {
                barrier.wait().await;
            }
            match answer {
                Answer::Http(status, body) => Ok(HttpResponse::new(status.try_into().expect("an HTTP status"), body.into())),
                Answer::NoConnection => Err(ConnectorError::io("Connection refused (os error 111)".into())),
                Answer::Never => std::future::pending().await,
            }
        })
    }
}

fn region(name: &str) -> Region {
    Region::new(name).expect("a Region of AWS")
}

fn arn(region_name: &str) -> KeyArn {
    KeyArn::new(region(region_name), "111122223333".parse().expect("an account"), ID)
}

fn context() -> EncryptionContext {
    [("purpose", "example"), ("stage", "test")].into_iter().collect()
}
