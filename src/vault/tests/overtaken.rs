//! Another writer is first, wherever in the middle that is.

use std::sync::Arc;

use super::*;
use crate::store::memory::{MemoryStore, Writers};

/// More calls than any operation here makes.
const CALLS: u64 = 60;

/// A vault in memory whose writers race, and the keystore of who writes to it.
fn place() -> (Arc<MemoryStore>, Place) {
    let store = Arc::new(MemoryStore::new(Writers::Racing));
    let place = Place { vault: Vault::over(Arc::clone(&store) as Arc<dyn Store>), ..Place::new() };
    (store, place)
}

#[test]
fn what_is_opened_meanwhile_by_another_keystore_is_read_anew() {
    let mut overtaken = 0;
    for call in 1..=CALLS {
        let (store, place) = place();
        let request = CreateSecret { data_key_scope: DataKeyScope::PerRegion, ..request("db", &["eu-west-1"]) };
        place.create(&request).expect("created");
        // It cannot compare values, so that each Region's bundle speaks for itself.
        let other = place.elsewhere();
        let regions = [region("us-west-2"), region("eu-west-1")];
        other.keys(|kms| kms.import(place.kms().export(&regions).expect("exported")).map(drop)).expect("imported");
        let (vault, mut session) = (place.vault.clone(), place.session());
        let writer = place.vault.clone();
        store.interrupt_at(call, move || {
            writer.rewrap_secret(&mut session, &RewrapSecret::new("db")).expect("rewrapped by the first");
        });
        let change = vault.rewrap_secret(&mut other.session(), &RewrapSecret::new("db"));
        overtaken += u64::from(store.calm() >= call);
        assert!(change.is_ok(), "call {call}: {change:?}");
        assert_eq!(place.value_in("eu-west-1"), "top");
    }
    assert!(overtaken > 5, "{overtaken}");
}

#[test]
fn that_the_keystore_was_made_is_told_whichever_try_made_it() {
    let mut overtaken = 0;
    for call in 1..=CALLS {
        let (store, place) = place();
        let other = place.elsewhere();
        other.create(&request("other", &[])).expect("the vault is there");
        let (writer, mut first) = (place.vault.clone(), other.session());
        store.interrupt_at(call, move || {
            let elsewhere = CreateSecret { region: region("eu-west-1"), ..request("db", &[]) };
            writer.create_secret(&mut first, &KeyOptions::default(), &elsewhere).expect("nobody has the name there");
        });
        let mut session = place.session();
        place.vault.create_secret(&mut session, &KeyOptions::default(), &request("db", &[])).expect("created");
        overtaken += u64::from(store.calm() >= call);
        assert_eq!(session.take_made(), Some(crate::kms::Committed::Created), "call {call}");
        assert_eq!(session.take_made(), None);
    }
    assert!(overtaken > 5, "{overtaken}");
}
