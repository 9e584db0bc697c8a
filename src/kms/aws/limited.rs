//! A bound on the calls of a whole run, and one backing off for all of them.

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use super::{OnlineKey, OnlineKms};
use crate::{
    arn::KeyArn,
    crypto::EcPublicKey,
    error::{ErrorCode, Result},
    format::EncryptionContext,
    keyring::{CiphertextBlob, Kms, RsaEncryptionAlgorithm},
    kms::PublicKey,
    parallel::lock,
    region::Region,
    secret::{DataKey, SecretBytes},
};

/// How often a call that is throttled after all retries of the client is made again.
const ROUNDS: u32 = 5;
/// The first pause; each further throttled call doubles it.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(16);

/// Lets so many calls be in flight and no more. A call that AWS KMS throttles makes all of them pause, and fewer be in flight from then on;
/// every call that succeeds lets one more be, up to the bound.
pub struct LimitedKms {
    inner: Arc<dyn OnlineKms>,
    most: usize,
    first_pause: Duration,
    state: Mutex<Throttle>,
    changed: Condvar,
}

struct Throttle {
    in_flight: usize,
    allowed: usize,
    pause: Duration,
    /// No call begins before.
    not_before: Option<Instant>,
}

impl LimitedKms {
    /// `most` calls at once; at least one.
    #[must_use]
    pub fn new(inner: Arc<dyn OnlineKms>, most: usize) -> Self {
        Self::with_pause(inner, most, FIRST_PAUSE)
    }

    fn with_pause(inner: Arc<dyn OnlineKms>, most: usize, first_pause: Duration) -> Self {
        let most = most.max(1);
        let state = Throttle { in_flight: 0, allowed: most, pause: first_pause, not_before: None };
        Self { inner, most, first_pause, state: Mutex::new(state), changed: Condvar::new() }
    }

    fn call<T>(&self, call: impl Fn() -> Result<T>) -> Result<T> {
        let mut round = 1;
        loop {
            self.enter();
            let result = call();
            let is_throttled = result.as_ref().is_err_and(|error| error.code() == Some(ErrorCode::ThrottlingException));
            self.leave(is_throttled);
            if !is_throttled || round == ROUNDS {
                return result;
            }
            round += 1;
        }
    }

    fn enter(&self) {
        let mut state = self.state();
        loop {
            let wait = state.not_before.map_or(Duration::ZERO, |at| at.saturating_duration_since(Instant::now()));
            if !wait.is_zero() {
                drop(state);
                thread::sleep(wait);
                state = self.state();
            } else if state.in_flight >= state.allowed {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            } else {
                break;
            }
        }
        state.in_flight += 1;
    }

    fn leave(&self, is_throttled: bool) {
        let mut state = self.state();
        state.in_flight -= 1;
        let now = Instant::now();
        if !is_throttled {
            state.allowed = (state.allowed + 1).min(self.most);
            state.pause = self.first_pause;
        } else if state.not_before.is_none_or(|at| at <= now) {
            // The calls that were in flight together are throttled together: once is enough.
            state.not_before = Some(now + state.pause);
            state.pause = (state.pause * 2).min(LONGEST_PAUSE);
            state.allowed = (state.allowed / 2).max(1);
            tracing::debug!(allowed = state.allowed, "kms: throttled");
        }
        drop(state);
        self.changed.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, Throttle> {
        lock(&self.state)
    }
}

impl Kms for LimitedKms {
    fn generate_data_key(&self, key: &KeyArn, context: &EncryptionContext) -> Result<(DataKey, CiphertextBlob)> {
        self.call(|| self.inner.generate_data_key(key, context))
    }

    fn encrypt(&self, key: &KeyArn, plaintext: &[u8], context: &EncryptionContext) -> Result<CiphertextBlob> {
        self.call(|| self.inner.encrypt(key, plaintext, context))
    }

    fn decrypt(&self, key: &KeyArn, blob: &CiphertextBlob, context: &EncryptionContext) -> Result<SecretBytes> {
        self.call(|| self.inner.decrypt(key, blob, context))
    }

    fn decrypt_rsa(&self, key: &KeyArn, algorithm: RsaEncryptionAlgorithm, ciphertext: &[u8]) -> Result<SecretBytes> {
        self.call(|| self.inner.decrypt_rsa(key, algorithm, ciphertext))
    }

    fn derive_shared_secret(&self, key: &KeyArn, public_key: &EcPublicKey) -> Result<SecretBytes> {
        self.call(|| self.inner.derive_shared_secret(key, public_key))
    }

    fn is_online(&self) -> bool {
        self.inner.is_online()
    }
}

impl OnlineKms for LimitedKms {
    fn describe_key(&self, region: Region, key_id: &str) -> Result<OnlineKey> {
        self.call(|| self.inner.describe_key(region, key_id))
    }

    fn described_key(&self, key: &KeyArn) -> Option<OnlineKey> {
        self.inner.described_key(key)
    }

    fn get_public_key(&self, key: &OnlineKey) -> Result<PublicKey> {
        self.call(|| self.inner.get_public_key(key))
    }
}

#[cfg(test)]
mod tests {
    use super::{super::fake::FakeKms, *};
    use crate::kms::aws::fake::FakeRefusal;

    /// `count` calls of Encrypt from as many threads; how many succeeded.
    fn encrypt_at_once(kms: &LimitedKms, key: &KeyArn, count: usize) -> usize {
        let encrypt = || kms.encrypt(key, b"plaintext", &EncryptionContext::new()).is_ok();
        thread::scope(|scope| {
            let calls: Vec<_> = (0..count).map(|_| scope.spawn(encrypt)).collect();
            calls.into_iter().map(|call| call.join().expect("no panic")).filter(|is_ok| *is_ok).count()
        })
    }

    #[test]
    fn no_more_calls_than_asked_are_in_flight() {
        let mut fake = FakeKms::new();
        let key = fake.make_alias("us-west-2", "alias/app");
        fake.gate = 3;
        let fake = Arc::new(fake);
        let limited = LimitedKms::new(Arc::<FakeKms>::clone(&fake), 3);
        assert_eq!(encrypt_at_once(&limited, &key, 12), 12);
        assert_eq!((fake.most_at_once(), fake.take_calls().len()), (3, 12));
        assert!(limited.is_online());
    }

    #[test]
    fn throttled_calls_back_off_together_and_go_on() {
        let mut fake = FakeKms::new();
        let key = fake.make_alias("us-west-2", "alias/app");
        let fake = Arc::new(fake);
        fake.refuse("us-west-2", Some(FakeRefusal::Throttled));
        let limited = LimitedKms::with_pause(Arc::<FakeKms>::clone(&fake), 8, Duration::from_millis(20));
        assert_eq!(encrypt_at_once(&limited, &key, 1), 0, "it gives up at last");
        assert_eq!(fake.take_calls().len(), usize::try_from(ROUNDS).expect("small"));
        assert_eq!(limited.state().allowed, 1);
        thread::scope(|scope| {
            let calls = scope.spawn(|| encrypt_at_once(&limited, &key, 4));
            while fake.take_calls().is_empty() {
                thread::yield_now();
            }
            fake.refuse("us-west-2", None);
            assert_eq!(calls.join().expect("no panic"), 4);
        });
        assert!(limited.state().allowed > 1 && limited.state().pause == limited.first_pause);
    }

    #[test]
    fn what_is_refused_is_not_asked_again() {
        let mut fake = FakeKms::new();
        let key = fake.make_alias("us-west-2", "alias/app");
        let fake = Arc::new(fake);
        fake.refuse("us-west-2", Some(FakeRefusal::Denied));
        let limited = LimitedKms::new(Arc::<FakeKms>::clone(&fake), 8);
        assert_eq!(encrypt_at_once(&limited, &key, 1), 0);
        assert_eq!(fake.take_calls().len(), 1);
    }
}
