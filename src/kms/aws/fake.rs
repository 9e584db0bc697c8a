//! What plays AWS KMS in tests: a KMS in memory that counts its calls, refuses in some Regions, and sees how many calls come at once.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Condvar, Mutex},
    time::Duration,
};

use super::{OnlineKey, OnlineKms};
use crate::{
    arn::KeyArn,
    crypto::EcPublicKey,
    error::{AwsRefusal, Error, ErrorCode, NoAnswer, Obstacle, Result, SetupError},
    format::EncryptionContext,
    keyring::{CiphertextBlob, Kms, RsaEncryptionAlgorithm},
    kms::{CreateKey, EmbeddedKms, KeySpec, PublicKey},
    region::Region,
    secret::{DataKey, SecretBytes},
};

pub(crate) const ACCOUNT: &str = "111122223333";

/// What a Region does instead of answering.
#[derive(Debug, Clone, Copy)]
pub(crate) enum FakeRefusal {
    Denied,
    Throttled,
    NoAnswer,
    NoCredentials,
}

pub(crate) struct FakeKms {
    pub(crate) kms: EmbeddedKms,
    pub(crate) refusals: Mutex<BTreeMap<Region, FakeRefusal>>,
    calls: Mutex<Vec<String>>,
    /// What has answered since the calls were taken: operation, Region and key.
    answered: Mutex<BTreeSet<(&'static str, Region, String)>>,
    /// Spec and usage of keys that are described as other ones than they are: the KMS in memory has none that sign or make MACs.
    pub(crate) described_as: BTreeMap<KeyArn, (&'static str, &'static str)>,
    /// What becomes of DescribeKey; keys are used as if nothing were.
    pub(crate) describing: Mutex<Option<FakeRefusal>>,
    /// In flight now, and at most.
    in_flight: Mutex<(usize, usize)>,
    /// Encrypt waits until so many are in flight.
    pub(crate) gate: usize,
    arrived: Condvar,
}

impl FakeKms {
    pub(crate) fn new() -> Self {
        Self::of(ACCOUNT)
    }

    pub(crate) fn of(account: &str) -> Self {
        let kms = EmbeddedKms::new(account.parse().expect("an account")).expect("random bytes");
        let (refusals, calls, answered, in_flight) = (Mutex::default(), Mutex::default(), Mutex::default(), Mutex::default());
        Self {
            kms,
            refusals,
            calls,
            answered,
            described_as: BTreeMap::new(),
            describing: Mutex::default(),
            in_flight,
            gate: 0,
            arrived: Condvar::new(),
        }
    }

    /// A key in a Region.
    pub(crate) fn make(&mut self, region: &str, key_spec: KeySpec) -> KeyArn {
        let region = Region::new(region).expect("known");
        self.kms.enable_region(region);
        let request = CreateKey { key_spec, key_usage: Some(key_spec.usage()), ..CreateKey::default() };
        self.kms.create_key_with(region, request).expect("made").arn
    }

    /// A symmetric key in a Region, with this alias.
    pub(crate) fn make_alias(&mut self, region: &str, alias: &str) -> KeyArn {
        let key = self.make(region, KeySpec::default());
        self.kms.create_alias(key.region(), alias, key.key_id()).expect("made");
        key
    }

    /// Has calls that use a key in a Region refused, or done again.
    pub(crate) fn refuse(&self, region: &str, refusal: Option<FakeRefusal>) {
        let region = Region::new(region).expect("known");
        let mut refusals = self.refusals.lock().expect("whole");
        match refusal {
            Some(refusal) => _ = refusals.insert(region, refusal),
            None => _ = refusals.remove(&region),
        }
    }

    /// The calls since the last time, sorted: `Operation region`. As in a command of its own, what was asked for once is asked for again.
    pub(crate) fn take_calls(&self) -> Vec<String> {
        self.answered.lock().expect("whole").clear();
        let mut calls = std::mem::take(&mut *self.calls.lock().expect("whole"));
        calls.sort_unstable();
        calls
    }

    pub(crate) fn most_at_once(&self) -> usize {
        self.in_flight.lock().expect("whole").1
    }

    fn call<T>(&self, operation: &str, region: Region, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.calls.lock().expect("whole").push(format!("{operation} {region}"));
        let doing = format!("{region}, {operation}");
        let refused = |code, message| Error::from(AwsRefusal::new(code, format!("{operation}: {message}")));
        let refusal = match operation {
            "DescribeKey" | "GetPublicKey" => *self.describing.lock().expect("whole"),
            _ => None,
        };
        let of_region = self.refusals.lock().expect("whole").get(&region).copied();
        // What a Region may not do shows when a key is used there.
        let of_region = of_region
            .filter(|refusal| matches!(refusal, FakeRefusal::NoCredentials) || !matches!(operation, "DescribeKey" | "GetPublicKey"));
        match refusal.or(of_region) {
            None => {}
            Some(FakeRefusal::Denied) => return Err(refused(ErrorCode::AccessDeniedException, "not authorized")),
            Some(FakeRefusal::Throttled) => return Err(refused(ErrorCode::ThrottlingException, "Rate exceeded")),
            Some(FakeRefusal::NoAnswer) => {
                return Err(NoAnswer { doing, reason: "connection refused".to_owned(), obstacle: Obstacle::Network }.into());
            }
            Some(FakeRefusal::NoCredentials) => return Err(SetupError::NoCredentials("none at all".to_owned()).into()),
        }
        if operation == "Encrypt" && self.gate > 0 {
            self.wait_for_others();
        }
        work()
    }

    /// As [`FakeKms::call`], unless there was an answer before: then without a call.
    fn call_once<T>(&self, operation: &'static str, region: Region, key: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let asked = (operation, region, key.to_owned());
        if self.answered.lock().expect("whole").contains(&asked) {
            return work();
        }
        let answer = self.call(operation, region, work)?;
        self.answered.lock().expect("whole").insert(asked);
        Ok(answer)
    }

    fn described(&self, region: Region, key_id: &str) -> Result<OnlineKey> {
        let metadata = self.kms.describe_key(region, key_id)?;
        let state = serde_json::to_value(metadata.key_state).expect("JSON");
        let state = state.as_str().expect("a word");
        if let Some((spec, usage)) = self.described_as.get(&metadata.arn) {
            return Ok(OnlineKey::new(metadata.arn, *spec, *usage, state));
        }
        Ok(OnlineKey::new(metadata.arn, metadata.key_spec.to_string(), metadata.key_usage.to_string(), state))
    }

    /// Returns when as many as the gate asks for have been here together, or late enough to be sure that they never will.
    fn wait_for_others(&self) {
        let mut in_flight = self.in_flight.lock().expect("whole");
        in_flight.0 += 1;
        in_flight.1 = in_flight.1.max(in_flight.0);
        self.arrived.notify_all();
        let (mut in_flight, _) =
            self.arrived.wait_timeout_while(in_flight, Duration::from_secs(20), |(_, most)| *most < self.gate).expect("whole");
        in_flight.0 -= 1;
    }
}

impl Kms for FakeKms {
    fn generate_data_key(&self, key: &KeyArn, context: &EncryptionContext) -> Result<(DataKey, CiphertextBlob)> {
        self.call("GenerateDataKey", key.region(), || self.kms.generate_data_key(key, context))
    }

    fn encrypt(&self, key: &KeyArn, plaintext: &[u8], context: &EncryptionContext) -> Result<CiphertextBlob> {
        self.call("Encrypt", key.region(), || self.kms.encrypt(key, plaintext, context))
    }

    fn decrypt(&self, key: &KeyArn, blob: &CiphertextBlob, context: &EncryptionContext) -> Result<SecretBytes> {
        self.call("Decrypt", key.region(), || self.kms.decrypt(key, blob, context))
    }

    fn decrypt_rsa(&self, key: &KeyArn, algorithm: RsaEncryptionAlgorithm, ciphertext: &[u8]) -> Result<SecretBytes> {
        self.call("Decrypt", key.region(), || self.kms.decrypt_rsa(key, algorithm, ciphertext))
    }

    fn derive_shared_secret(&self, key: &KeyArn, public_key: &EcPublicKey) -> Result<SecretBytes> {
        self.call("DeriveSharedSecret", key.region(), || self.kms.derive_shared_secret(key, public_key))
    }

    fn is_online(&self) -> bool {
        true
    }
}

impl OnlineKms for FakeKms {
    fn describe_key(&self, region: Region, key_id: &str) -> Result<OnlineKey> {
        let key = self.call_once("DescribeKey", region, key_id, || self.described(region, key_id))?;
        self.answered.lock().expect("whole").insert(("DescribeKey", region, key.arn.to_string()));
        Ok(key)
    }

    fn described_key(&self, key: &KeyArn) -> Option<OnlineKey> {
        let is_known = self.answered.lock().expect("whole").contains(&("DescribeKey", key.region(), key.to_string()));
        is_known.then(|| self.described(key.region(), &key.to_string()).ok()).flatten()
    }

    fn get_public_key(&self, key: &OnlineKey) -> Result<PublicKey> {
        let arn = key.arn.to_string();
        let public_key = || self.kms.get_public_key(key.arn.region(), &arn).map(|answer| (answer.key_spec, answer.public_key));
        let (spec, der) = self.call_once("GetPublicKey", key.arn.region(), &arn, public_key)?;
        PublicKey::from_spki_der(spec, &der)
    }
}
