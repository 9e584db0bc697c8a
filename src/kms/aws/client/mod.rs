//! AWS KMS itself, through the official client. It calls over the network, and nothing else in the library does.
//!
//! | file | what |
//! | --- | --- |
//! | `connection` | the SDK's configuration and credential chain, one client per Region, the runtime that they run on |
//! | `ca_bundle` | whose certificates are trusted |
//! | `call` | one call: its name for people, its attempts |
//! | `answer` | what an answer has to hold before it is used |
//! | `asked_once` | the answers of DescribeKey and GetPublicKey, each asked for once |
//! | `failure` | the SDK's errors by AWS's names |
//! | `options` | what a caller may set |
//! | `tls` | the HTTP client that trusts a bundle's certificates, and why a connection of TLS is not made |
//!
//! **Plaintext.** The SDK gives data keys as plain bytes, which are moved into buffers that wipe. What it holds itself cannot be reached from
//! here: the HTTP bodies, with the base64 of what is encrypted or was decrypted, and TLS's buffers. The binary's allocator wipes them when
//! they are freed; a program with another allocator has to see to that itself.

mod answer;
mod asked_once;
mod ca_bundle;
mod call;
mod connection;
mod failure;
mod options;
#[cfg(test)]
mod tests;
mod tls;

use std::{
    collections::HashMap,
    fmt,
    future::Future,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use aws_sdk_kms::{
    Client,
    error::SdkError,
    primitives::Blob,
    types::{EncryptionAlgorithmSpec, KeyAgreementAlgorithmSpec},
};

use self::{
    asked_once::AskedOnce,
    call::{Call, Transmits},
    connection::Connection,
    failure::SdkFailure,
};
pub use self::{
    ca_bundle::{CaBundle, CaBundleError},
    options::AwsKmsOptions,
};
use super::{
    super::member_limits::{CIPHERTEXT_LENGTH, PLAINTEXT_LENGTH, check_length},
    OnlineKey, OnlineKms,
};
use crate::{
    arn::KeyArn,
    crypto::EcPublicKey,
    error::{Error, Result, SetupError},
    format::EncryptionContext,
    keyring::{CiphertextBlob, Kms, RsaEncryptionAlgorithm},
    kms::PublicKey,
    parallel::lock,
    region::Region,
    secret::{DATA_KEY_LENGTH, DataKey, SecretBytes},
};

/// Length of a data key as the `NumberOfBytes` of GenerateDataKey.
const NUMBER_OF_BYTES: i32 = 32;
const _: () = assert!(DATA_KEY_LENGTH == 32);

/// What an [`AwsKms`] has sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallCounts {
    /// Calls of which at least one request was sent.
    pub calls: u64,
    /// Requests sent again, after throttling, a time-out or an error that may pass.
    pub retries: u64,
}

/// AWS KMS in all Regions, under the caller's own credentials.
///
/// Nothing is read, started or sent before the first call. It may be called from several threads at once, which is how several Regions are
/// called at once; each call blocks its thread. It may be called inside of another runtime, where it blocks as any blocking call does.
///
/// Refusals keep AWS's name, and their message begins with the Region, the operation and the key. What is not answered is
/// [`Error::NoAnswer`]; without credentials it is [`SetupError::NoCredentials`](crate::SetupError::NoCredentials).
///
/// ```no_run
/// use coldseal::{EncryptionContext, SealOptions, keyring::AwsKmsKeyring, kms::{AwsKms, AwsKmsOptions, OnlineKms as _}, region::Region, seal};
///
/// # fn main() -> coldseal::Result<()> {
/// let kms = AwsKms::new(AwsKmsOptions::default())?;
/// let key = kms.describe_key(Region::new("us-west-2").expect("a Region of AWS"), "alias/example")?.arn;
/// let keyring = AwsKmsKeyring::new(&kms, key);
/// let mut message = Vec::new();
/// seal(&b"attack at dawn"[..], &mut message, &[&keyring], &EncryptionContext::new(), SealOptions::default())?;
/// # Ok(())
/// # }
/// ```
pub struct AwsKms {
    options: AwsKmsOptions,
    connection: Mutex<Option<Arc<Connection>>>,
    described: AskedOnce<OnlineKey>,
    public_keys: AskedOnce<PublicKey>,
    calls: AtomicU64,
    retries: AtomicU64,
}

impl AwsKms {
    /// A client that will be set up by its first call.
    ///
    /// # Errors
    /// An option that cannot be: no attempt at all, an endpoint that is no URL.
    pub fn new(options: AwsKmsOptions) -> Result<Self> {
        if options.max_attempts == Some(0) {
            return Err(SetupError::NoAttempts.into());
        }
        if let Some(url) = &options.endpoint_url
            && !["http://", "https://"].iter().any(|scheme| url.len() > scheme.len() && url.starts_with(scheme))
        {
            return Err(SetupError::Endpoint(url.clone()).into());
        }
        Ok(Self {
            options,
            connection: Mutex::default(),
            described: AskedOnce::default(),
            public_keys: AskedOnce::default(),
            calls: AtomicU64::default(),
            retries: AtomicU64::default(),
        })
    }

    /// What was sent until now.
    #[must_use]
    pub fn calls(&self) -> CallCounts {
        CallCounts { calls: self.calls.load(Ordering::Relaxed), retries: self.retries.load(Ordering::Relaxed) }
    }

    /// The connection, made by the first call; the others wait for it.
    fn connection(&self, region: Region) -> Result<Arc<Connection>> {
        let mut connection = lock(&self.connection);
        if let Some(connection) = &*connection {
            return Ok(Arc::clone(connection));
        }
        let opened = Arc::new(Connection::open(&self.options, region)?);
        Ok(Arc::clone(connection.insert(opened)))
    }

    /// Sends one call and waits for its answer.
    fn call<T, E, F>(&self, call: &Call<'_>, send: impl FnOnce(Client, Transmits) -> F) -> Result<T>
    where
        T: Send + 'static,
        E: SdkFailure,
        F: Future<Output = Result<T, SdkError<E>>> + Send + 'static,
    {
        let connection = self.connection(call.region)?;
        let transmits = Transmits::default();
        let started = std::time::Instant::now();
        let answer = connection.run(send(connection.client(call.region), transmits.clone()));
        let attempts = transmits.count();
        tracing::debug!(
            key = call.key, region = %call.region, attempts, milliseconds = started.elapsed().as_millis(), answered = matches!(answer, Some(Ok(_))),
            "kms: {}", call.operation
        );
        self.calls.fetch_add(u64::from(attempts > 0), Ordering::Relaxed);
        self.retries.fetch_add(u64::from(attempts.saturating_sub(1)), Ordering::Relaxed);
        match answer {
            Some(Ok(answer)) => Ok(answer),
            Some(Err(error)) => Err(self.name_profile(failure::from_sdk(call, &error, attempts))),
            None => Err(call.no_answer("the client stopped")),
        }
    }

    /// The SDK does not always say which profile it is that has no credentials.
    fn name_profile(&self, error: Error) -> Error {
        match (error, &self.options.profile) {
            (Error::Setup(SetupError::NoCredentials(reason)), Some(profile)) => {
                SetupError::NoCredentials(format!("profile '{}': {reason}", profile.escape_debug())).into()
            }
            (error, _) => error,
        }
    }
}

impl fmt::Debug for AwsKms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AwsKms").field("options", &self.options).field("calls", &self.calls()).finish_non_exhaustive()
    }
}

impl Kms for AwsKms {
    fn generate_data_key(&self, key: &KeyArn, context: &EncryptionContext) -> Result<(DataKey, CiphertextBlob)> {
        let arn = key.to_string();
        let call = Call::new("GenerateDataKey", key.region(), &arn);
        // NumberOfBytes and never KeySpec, as the specification has it ("AWS KMS Keyring", OnEncrypt).
        let answer = self.call(&call, |client, transmits| {
            let request = client.generate_data_key().key_id(&arn).number_of_bytes(NUMBER_OF_BYTES);
            request.set_encryption_context(pairs(context)).customize().interceptor(transmits).send()
        })?;
        let plaintext = answer::secret(answer.plaintext);
        answer::require_key(&call, answer.key_id.as_deref())?;
        let data_key = DataKey::from_slice(plaintext.expose()).ok_or_else(|| call.no_answer("its Plaintext is not of 32 bytes"))?;
        Ok((data_key, answer::ciphertext(&call, answer.ciphertext_blob)?))
    }

    fn encrypt(&self, key: &KeyArn, plaintext: &[u8], context: &EncryptionContext) -> Result<CiphertextBlob> {
        check_length("plaintext", plaintext.len(), &PLAINTEXT_LENGTH)?;
        let arn = key.to_string();
        let call = Call::new("Encrypt", key.region(), &arn);
        let answer = self.call(&call, |client, transmits| {
            let request = client.encrypt().key_id(&arn).plaintext(Blob::new(plaintext));
            request.set_encryption_context(pairs(context)).customize().interceptor(transmits).send()
        })?;
        answer::require_key(&call, answer.key_id.as_deref())?;
        answer::ciphertext(&call, answer.ciphertext_blob)
    }

    fn decrypt(&self, key: &KeyArn, blob: &CiphertextBlob, context: &EncryptionContext) -> Result<SecretBytes> {
        check_length("ciphertextBlob", blob.0.len(), &CIPHERTEXT_LENGTH)?;
        let arn = key.to_string();
        let call = Call::new("Decrypt", key.region(), &arn);
        let answer = self.call(&call, |client, transmits| {
            let request = client.decrypt().key_id(&arn).ciphertext_blob(Blob::new(&*blob.0));
            request.set_encryption_context(pairs(context)).customize().interceptor(transmits).send()
        })?;
        let plaintext = answer::secret(answer.plaintext);
        answer::require_key(&call, answer.key_id.as_deref())?;
        answer::require_length(&call, plaintext, PLAINTEXT_LENGTH)
    }

    fn decrypt_rsa(&self, key: &KeyArn, algorithm: RsaEncryptionAlgorithm, ciphertext: &[u8]) -> Result<SecretBytes> {
        check_length("ciphertextBlob", ciphertext.len(), &CIPHERTEXT_LENGTH)?;
        let arn = key.to_string();
        let call = Call::new("Decrypt", key.region(), &arn);
        let algorithm = EncryptionAlgorithmSpec::from(algorithm.name());
        let answer = self.call(&call, |client, transmits| {
            let request = client.decrypt().key_id(&arn).encryption_algorithm(algorithm).ciphertext_blob(Blob::new(ciphertext));
            request.customize().interceptor(transmits).send()
        })?;
        let plaintext = answer::secret(answer.plaintext);
        answer::require_key(&call, answer.key_id.as_deref())?;
        answer::require_length(&call, plaintext, PLAINTEXT_LENGTH)
    }

    fn is_online(&self) -> bool {
        true
    }

    fn derive_shared_secret(&self, key: &KeyArn, public_key: &EcPublicKey) -> Result<SecretBytes> {
        let arn = key.to_string();
        let call = Call::new("DeriveSharedSecret", key.region(), &arn);
        let answer = self.call(&call, |client, transmits| {
            let request = client.derive_shared_secret().key_id(&arn).key_agreement_algorithm(KeyAgreementAlgorithmSpec::Ecdh);
            request.public_key(Blob::new(public_key.to_spki_der())).customize().interceptor(transmits).send()
        })?;
        let secret = answer::secret(answer.shared_secret);
        // The specification asks nothing of the answer here, and a wrong secret fails the commitment; a bare id is let pass.
        if answer.key_id.as_deref() != Some(key.key_id()) {
            answer::require_key(&call, answer.key_id.as_deref())?;
        }
        let length = public_key.curve().coordinate_length();
        answer::require_length(&call, secret, length..=length)
    }
}

impl OnlineKms for AwsKms {
    /// What AWS KMS answered is kept, refusals included, as long as this client is; throttling and what had no answer is not.
    fn describe_key(&self, region: Region, key_id: &str) -> Result<OnlineKey> {
        let ask = || {
            let call = Call::new("DescribeKey", region, key_id);
            let answer =
                self.call(&call, |client, transmits| client.describe_key().key_id(key_id).customize().interceptor(transmits).send())?;
            answer::online_key(&call, answer.key_metadata)
        };
        self.described.get_or_ask(region, key_id, ask, |key| key.arn.to_string())
    }

    fn described_key(&self, key: &KeyArn) -> Option<OnlineKey> {
        self.described.kept(key.region(), &key.to_string())
    }

    /// Kept as an answer of DescribeKey is.
    fn get_public_key(&self, key: &OnlineKey) -> Result<PublicKey> {
        let (region, arn) = (key.arn.region(), key.arn.to_string());
        let ask = || {
            let call = Call::new("GetPublicKey", region, &arn);
            let answer =
                self.call(&call, |client, transmits| client.get_public_key().key_id(&arn).customize().interceptor(transmits).send())?;
            answer::public_key(&call, key, &answer)
        };
        self.public_keys.get_or_ask(region, &arn, ask, |_| arn.clone())
    }
}

/// `None` for an empty context, so that the request has no empty map.
fn pairs(context: &EncryptionContext) -> Option<HashMap<String, String>> {
    (!context.is_empty()).then(|| context.iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect())
}
