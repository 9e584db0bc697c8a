//! The calls of many secrets in one run.

use std::num::NonZeroUsize;

use super::*;
use crate::kms::LimitedKms;

const THREADS: NonZeroUsize = NonZeroUsize::new(4).expect("4 is not 0");
const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];

fn requests(regions: usize) -> Vec<CreateSecret> {
    let replicas = REGIONS.iter().take(regions).skip(1).map(|region| replica_under(region, "alias/app"));
    let replicas: Vec<_> = replicas.collect();
    let of = |name| CreateSecret { kms_key_id: Some("alias/app".to_owned()), replicas: replicas.clone(), ..request(name, &[]) };
    NAMES.into_iter().map(of).collect()
}

/// Checks and writes them; how each ended.
fn pack(place: &Place, keys: &KeyOptions, requests: impl Fn() -> Vec<CreateSecret>) -> Vec<BatchEntry> {
    let mut session = place.session();
    let mut batch = place.vault.create_secrets(&mut session, keys).expect("begun");
    requests().iter().for_each(|request| batch.check(request).expect("in order"));
    batch.begin(THREADS).expect("begun").write(requests()).expect("written")
}

fn count(calls: &[String], call: &str) -> usize {
    calls.iter().filter(|found| found.starts_with(call)).count()
}

#[test]
fn each_version_takes_one_data_key_and_one_encrypt_for_each_replica() {
    for regions in 1..=REGIONS.len() {
        let ((fake, _), place) = (three_keys(), Place::new());
        let fake = Arc::new(fake);
        let keys = KeyOptions { online: Some(Arc::new(LimitedKms::new(Arc::clone(&fake) as _, 2))), ..with(&fake) };
        let entries = pack(&place, &keys, || requests(regions));
        assert!(entries.iter().all(|entry| matches!(entry.status, BatchStatus::Created)));
        let calls = fake.take_calls();
        let (made, wrapped) = (count(&calls, "GenerateDataKey us-west-2"), count(&calls, "Encrypt "));
        assert_eq!((made, wrapped), (NAMES.len(), NAMES.len() * (regions - 1)), "{calls:?}");
        // The client asks for each key once, whatever it is asked here.
        assert_eq!(calls.len(), made + wrapped + count(&calls, "DescribeKey "), "{calls:?}");
        // A rerun compares by the keyed tag.
        assert!(pack(&place, &keys, || requests(regions)).iter().all(|entry| matches!(entry.status, BatchStatus::Unchanged)));
        let calls = fake.take_calls();
        assert_eq!(calls.len(), count(&calls, "DescribeKey "), "{calls:?}");
    }
}

#[test]
fn a_region_that_refuses_fails_each_secret_and_leaves_nothing() {
    let ((fake, _), place) = (three_keys(), Place::new());
    let fake = Arc::new(fake);
    let keys = with(&fake);
    let mut session = place.session();
    let mut batch = place.vault.create_secrets(&mut session, &keys).expect("begun");
    requests(3).iter().for_each(|request| batch.check(request).expect("in order"));
    let mut writer = batch.begin(THREADS).expect("begun");
    // The check looks at the keys; what they may not do shows when they are used.
    fake.refuse("eu-west-1", Some(FakeRefusal::Denied));
    let entries = writer.write(requests(3)).expect("written");
    for entry in entries {
        let BatchStatus::Failed(error) = entry.status else { panic!("{:?}", entry.status) };
        assert_refused::<()>(Err(error), ErrorCode::AccessDeniedException, &["eu-west-1", "not authorized"]);
    }
    drop(writer);
    drop(session);
    place.assert_clean();
}
