//! Keyrings over a network wrap at once, up to a bound; others in turn.

use std::sync::{
    Barrier,
    atomic::{AtomicUsize, Ordering},
};

use super::*;
use crate::{
    error::{AwsRefusal, Error, ErrorCode},
    format::EncryptedDataKey,
    keyring::Unwrapped,
};

/// Wraps like a raw AES key; `during` is what happens meanwhile.
struct Slow<'a> {
    inner: RawAesKeyring,
    is_online: bool,
    during: &'a (dyn Fn() -> Result<()> + Sync),
}

impl Keyring for Slow<'_> {
    fn wrap(&self, data_key: &DataKey, context: &EncryptionContext, random: &dyn crate::crypto::Random) -> Result<EncryptedDataKey> {
        (self.during)()?;
        self.inner.wrap(data_key, context, random)
    }

    fn unwrap(&self, edk: &EncryptedDataKey, context: &EncryptionContext) -> Unwrapped {
        self.inner.unwrap(edk, context)
    }

    fn is_online(&self) -> bool {
        self.is_online
    }
}

fn keyrings<'a>(count: u8, is_online: bool, during: &'a (dyn Fn() -> Result<()> + Sync)) -> Vec<Slow<'a>> {
    (1..=count).map(|number| Slow { inner: keyring(number), is_online, during }).collect()
}

fn wrap_under(keyrings: &[Slow<'_>]) -> Result<EncryptionMaterials> {
    let keyrings: Vec<&dyn Keyring> = keyrings.iter().map(|keyring| keyring as &dyn Keyring).collect();
    EncryptionMaterials::wrap(
        AlgorithmSuite::default(),
        DataKey::from_slice(&DATA_KEY).expect("32 bytes"),
        &keyrings,
        context(),
        &SystemRandom,
    )
}

#[test]
fn keys_over_a_network_wrap_at_once_and_stay_in_their_order() {
    // Each wrap waits for the fifteen others: one after the other, this would never end.
    let all = Barrier::new(16);
    let wait = || {
        all.wait();
        Ok(())
    };
    let materials = wrap_under(&keyrings(16, true, &wait)).expect("wraps");
    let names = materials.encrypted_data_keys().iter().map(|edk| String::from_utf8_lossy(&edk.provider_info).into_owned());
    for (number, name) in (1..=16).zip(names) {
        assert!(name.starts_with(&format!("key-{number}")), "{number}: {name}");
    }
    assert_eq!(materials.encrypted_data_keys().len(), 16);
}

#[test]
fn so_many_at_once_and_no_more() {
    for (is_online, bound) in [(true, 16), (false, 1)] {
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let count = || {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            std::thread::yield_now();
            now.fetch_sub(1, Ordering::SeqCst);
            Ok(())
        };
        wrap_under(&keyrings(40, is_online, &count)).expect("wraps");
        assert!(most.load(Ordering::SeqCst) <= bound, "{} of {bound}", most.load(Ordering::SeqCst));
    }
}

#[test]
fn the_first_error_is_told_and_the_others_have_been_waited_for() {
    let calls = AtomicUsize::new(0);
    let refuse = || {
        calls.fetch_add(1, Ordering::SeqCst);
        Err(AwsRefusal::new(ErrorCode::DisabledException, "K is disabled.").into())
    };
    let count = || {
        calls.fetch_add(1, Ordering::SeqCst);
        Ok(())
    };
    let slow = |number, during| Slow { inner: keyring(number), is_online: true, during };
    let result = wrap_under(&[slow(1, &count), slow(2, &refuse), slow(3, &count)]);
    assert!(matches!(result, Err(Error::Service(error)) if error.code() == ErrorCode::DisabledException));
    assert_eq!(calls.load(Ordering::SeqCst), 3);
}
