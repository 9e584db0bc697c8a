//! The AWS Encryption SDK for Rust: its client with a raw AES keyring, suite 0x0478, the same frame length.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use aws_esdk::{
    client::Client,
    material_providers::{
        client::Client as Providers,
        types::{AesWrappingAlg, EsdkAlgorithmSuiteId, keyring::KeyringRef, material_providers_config::MaterialProvidersConfig},
    },
    types::aws_encryption_sdk_config::AwsEncryptionSdkConfig,
};
use aws_smithy_types::Blob;
use tokio::runtime::{Builder, Runtime};

use super::{CONTEXT, ESDK, KEY, Peer, WRAPPING_KEY};
use crate::{FRAME, Result};

pub struct Esdk {
    runtime: Runtime,
    client: Client,
    keyring: KeyringRef,
}

impl Esdk {
    pub fn new() -> Result<Self> {
        let runtime = Builder::new_current_thread().build()?;
        let client = Client::from_conf(AwsEncryptionSdkConfig::builder().build()?)?;
        let providers = Providers::from_conf(MaterialProvidersConfig::builder().build()?)?;
        let keyring = providers
            .create_raw_aes_keyring()
            .key_namespace(KEY.0)
            .key_name(KEY.1)
            .wrapping_key(WRAPPING_KEY.to_vec())
            .wrapping_alg(AesWrappingAlg::AlgAes256GcmIv12Tag16)
            .send();
        let keyring = runtime.block_on(keyring)?;
        Ok(Self { runtime, client, keyring })
    }
}

impl Peer for Esdk {
    fn name(&self) -> &'static str {
        ESDK
    }

    fn seal(&mut self, payload: &[u8], out: &mut Vec<u8>, times: u32) -> Result<Duration> {
        let frame_length = i64::try_from(FRAME)?;
        // Its interface takes the payload and the context by value.
        let inputs: Vec<_> = (0..times).map(|_| (Blob::new(payload), context())).collect();
        let (mut last, begin) = (None, Instant::now());
        for (plaintext, context) in inputs {
            let sealing = self
                .client
                .encrypt()
                .plaintext(plaintext)
                .keyring(self.keyring.clone())
                .encryption_context(context)
                .algorithm_suite_id(EsdkAlgorithmSuiteId::AlgAes256GcmHkdfSha512CommitKey)
                .frame_length(frame_length)
                .send();
            last = self.runtime.block_on(sealing)?.ciphertext;
        }
        let took = begin.elapsed();
        *out = last.ok_or("no ciphertext")?.into_inner();
        Ok(took)
    }

    fn open(&mut self, message: &[u8], out: &mut Vec<u8>, times: u32) -> Result<Duration> {
        let inputs: Vec<_> = (0..times).map(|_| Blob::new(message)).collect();
        let (mut last, begin) = (None, Instant::now());
        for ciphertext in inputs {
            let opening = self.client.decrypt().ciphertext(ciphertext).keyring(self.keyring.clone()).send();
            last = self.runtime.block_on(opening)?.plaintext;
        }
        let took = begin.elapsed();
        *out = last.ok_or("no plaintext")?.into_inner();
        Ok(took)
    }
}

fn context() -> HashMap<String, String> {
    HashMap::from([(CONTEXT.0.to_owned(), CONTEXT.1.to_owned())])
}
