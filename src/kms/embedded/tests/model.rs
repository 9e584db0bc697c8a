//! Random operations in three Regions against a simple model: what the model says decrypts or agrees, does, and nothing else.

use std::collections::BTreeMap;

use proptest::{prelude::*, sample::Index};

use super::*;
use crate::crypto::{Curve, EcPrivateKey, SystemRandom};

const REGIONS: [&str; 3] = ["us-west-2", "eu-west-1", "ap-south-1"];

#[derive(Debug, Clone, Copy)]
enum Step {
    Create {
        region: usize,
        multi_region: bool,
        /// On P-256, for key agreement; else symmetric.
        asymmetric: bool,
    },
    Replicate {
        key: Index,
        to: usize,
    },
    Encrypt {
        key: Index,
        context: u8,
    },
    Rotate {
        key: Index,
    },
    Enable {
        key: Index,
    },
    Disable {
        key: Index,
    },
    Schedule {
        key: Index,
        days: u16,
    },
    Cancel {
        key: Index,
    },
    Wait {
        days: u16,
    },
    Purge,
    /// Goes on with what an export of all Regions, imported into an empty KMS, holds.
    Move,
    /// Hands a Region's keys to the second machine, which may have them from before.
    HandOver {
        to: usize,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Enabled,
    Disabled,
    /// Until this day; `None` for a primary key that waits for replicas, with its days to wait.
    Pending(Option<u32>, u16),
}

/// What should be: by Region and id, when it was purged nothing.
#[derive(Debug, Default)]
struct Model {
    today: u32,
    keys: BTreeMap<(usize, String), State>,
    /// The primary Region of each multi-Region key.
    primaries: BTreeMap<String, usize>,
    /// Blob, key id, context.
    blobs: Vec<(CiphertextBlob, String, u8)>,
    /// Changes nothing by itself: it has what was handed over.
    second: Option<EmbeddedKms>,
    /// The last hand-over of each Region.
    handed_over: BTreeMap<usize, EmbeddedKms>,
    /// By the id of each asymmetric key what it agrees on with [`peer`].
    agreed: BTreeMap<String, Vec<u8>>,
}

impl Model {
    fn deleted_on(&self, key: &(usize, String)) -> Option<u32> {
        let State::Pending(date, days) = *self.keys.get(key)? else { return None };
        date.or_else(|| {
            let replicas = self.keys.keys().filter(|(region, id)| *id == key.1 && *region != key.0);
            let dates: Option<Vec<u32>> = replicas.map(|replica| self.deleted_on(replica).filter(|date| *date <= self.today)).collect();
            Some(dates?.into_iter().max()? + u32::from(days))
        })
    }

    fn is_deleted(&self, key: &(usize, String)) -> bool {
        !self.keys.contains_key(key) || self.deleted_on(key).is_some_and(|date| date <= self.today)
    }

    fn decrypts(&self, key: &(usize, String)) -> bool {
        self.keys.get(key) == Some(&State::Enabled)
    }

    fn is_live_pending(&self, key: &(usize, String)) -> bool {
        matches!(self.keys[key], State::Pending(..)) && !self.is_deleted(key)
    }

    fn has_live_replicas(&self, key: &(usize, String)) -> bool {
        let is_primary = self.primaries.get(&key.1) == Some(&key.0);
        is_primary && self.keys.keys().any(|other| other.1 == key.1 && other.0 != key.0 && !self.is_deleted(other))
    }
}

fn step() -> impl Strategy<Value = Step> {
    let key = any::<Index>;
    prop_oneof![
        2 => (0..3_usize, any::<bool>(), prop::bool::weighted(0.4))
            .prop_map(|(region, multi_region, asymmetric)| Step::Create { region, multi_region, asymmetric }),
        3 => (key(), 0..3_usize).prop_map(|(key, to)| Step::Replicate { key, to }),
        6 => (key(), 0..2_u8).prop_map(|(key, context)| Step::Encrypt { key, context }),
        3 => key().prop_map(|key| Step::Rotate { key }),
        2 => key().prop_map(|key| Step::Enable { key }),
        2 => key().prop_map(|key| Step::Disable { key }),
        3 => (key(), 7..15_u16).prop_map(|(key, days)| Step::Schedule { key, days }),
        2 => key().prop_map(|key| Step::Cancel { key }),
        3 => (1..12_u16).prop_map(|days| Step::Wait { days }),
        2 => Just(Step::Purge),
        1 => Just(Step::Move),
        3 => (0..3_usize).prop_map(|to| Step::HandOver { to }),
    ]
}

fn start() -> Timestamp {
    day("2026-11-01")
}

/// The other side of every agreement.
fn peer() -> &'static EcPrivateKey {
    static PEER: std::sync::OnceLock<EcPrivateKey> = std::sync::OnceLock::new();
    PEER.get_or_init(|| EcPrivateKey::generate(Curve::P256, &SystemRandom).expect("made"))
}

fn create(kms: &mut EmbeddedKms, model: &mut Model, at: Region, multi_region: bool, key_spec: KeySpec) -> String {
    let request = CreateKey { multi_region, key_spec, key_usage: Some(key_spec.usage()), ..CreateKey::default() };
    let made = kms.create_key_with(at, request).expect("made");
    if let Some(PublicKey::EllipticCurve(public)) = kms.public_key(&made.arn) {
        model.agreed.insert(made.key_id.clone(), peer().agree(public).expect("agrees").expose().to_vec());
    }
    made.key_id
}

fn numbered_context(number: u8) -> EncryptionContext {
    [("number".to_owned(), number.to_string())].into_iter().collect()
}

fn apply(kms: &mut EmbeddedKms, model: &mut Model, step: Step) {
    let pick = |model: &Model, index: Index| {
        let keys: Vec<_> = model.keys.keys().cloned().collect();
        if keys.is_empty() { None } else { Some(index.get(&keys).clone()) }
    };
    let place = |key: &(usize, String)| (region(REGIONS[key.0]), key.1.clone());
    match step {
        // Few keys: more would only make it rarer that something happens twice to one of them.
        Step::Create { .. } if model.keys.len() > 4 => {}
        Step::Create { region: at, multi_region, asymmetric } => {
            let key_spec = if asymmetric { KeySpec::EccNistP256 } else { KeySpec::SymmetricDefault };
            let id = create(kms, model, region(REGIONS[at]), multi_region, key_spec);
            if multi_region {
                model.primaries.insert(id.clone(), at);
            }
            model.keys.insert((at, id), State::Enabled);
        }
        Step::Replicate { key, to } => {
            let Some(key) = pick(model, key) else { return };
            let replica = (to, key.1.clone());
            let allowed = model.primaries.get(&key.1) == Some(&key.0) && model.decrypts(&key) && !model.keys.contains_key(&replica);
            let (at, id) = place(&key);
            assert_eq!(kms.replicate_key(at, &id, region(REGIONS[to]), CreateKey::default()).is_ok(), allowed);
            if allowed {
                model.keys.insert(replica, State::Enabled);
            }
        }
        Step::Encrypt { key, context } => {
            let Some(key) = pick(model, key) else { return };
            let arn = kms.key_arn(region(REGIONS[key.0]), &key.1);
            let encrypted = kms.encrypt(&arn, b"data", &numbered_context(context));
            assert_eq!(encrypted.is_ok(), model.decrypts(&key) && !model.agreed.contains_key(&key.1));
            model.blobs.extend(encrypted.ok().map(|blob| (blob, key.1, context)));
        }
        Step::Rotate { key } => {
            let Some(key) = pick(model, key) else { return };
            let is_primary = model.primaries.get(&key.1).is_none_or(|primary| *primary == key.0);
            let allowed = model.decrypts(&key) && is_primary && !model.agreed.contains_key(&key.1);
            let (at, id) = place(&key);
            let rotated = kms.rotate_key_on_demand(at, &id);
            let over_limit = matches!(&rotated, Err(Error::Service(error)) if error.code() == ErrorCode::LimitExceededException);
            assert!(rotated.is_ok() == allowed || allowed && over_limit);
        }
        Step::Enable { key } => set(kms, model, pick(model, key), State::Enabled),
        Step::Disable { key } => set(kms, model, pick(model, key), State::Disabled),
        Step::Schedule { key, days } => {
            let Some(key) = pick(model, key) else { return };
            let allowed = !matches!(model.keys[&key], State::Pending(..));
            let date = if model.has_live_replicas(&key) { None } else { Some(model.today + u32::from(days)) };
            let (at, id) = place(&key);
            assert_eq!(kms.schedule_key_deletion(at, &id, Some(days)).is_ok(), allowed);
            if allowed {
                model.keys.insert(key, State::Pending(date, days));
            }
        }
        Step::Cancel { key } => {
            let Some(key) = pick(model, key) else { return };
            let allowed = model.is_live_pending(&key);
            let (at, id) = place(&key);
            assert_eq!(kms.cancel_key_deletion(at, &id).is_ok(), allowed);
            if allowed {
                model.keys.insert(key, State::Disabled);
            }
        }
        Step::Wait { days } => {
            model.today += u32::from(days);
            kms.clock = Clock::Fixed(start().plus_days(u16::try_from(model.today).expect("some months")));
        }
        Step::Purge => purge(kms, model),
        Step::Move => {
            let regions: Vec<_> = REGIONS
                .into_iter()
                .map(region)
                .filter(|region| kms.regions.get(region).is_some_and(|state| !state.keys.is_empty()))
                .collect();
            let mut other = self::kms();
            other.clock = kms.clock;
            other.import(kms.export(&regions).expect("exports")).expect("imports");
            assert!(other.import(kms.export(&regions).expect("exports")).expect("imports").added.is_empty());
            *kms = other;
        }
        Step::HandOver { to } => hand_over(kms, model, to),
    }
}

/// However often a key was rotated in between, its Region's keys can be handed over again, unless they differ in something else.
fn hand_over(kms: &EmbeddedKms, model: &mut Model, to: usize) {
    let at = region(REGIONS[to]);
    let Ok(export) = kms.export(&[at]) else { return };
    let mut second = model.second.take().unwrap_or_else(self::kms);
    second.clock = kms.clock;
    if let Err(error) = second.import(export.export(&[at]).expect("exports")) {
        let message = error.to_string();
        assert!(message.contains("another state") && !message.contains("another material"), "{message}");
        return model.handed_over.clear();
    }
    assert!(second.multi_region_keys_agree());
    for (blob, key_id, context) in model.blobs.iter().filter(|(_, key_id, _)| model.decrypts(&(to, key_id.clone()))) {
        let decrypted = second.decrypt_in(at, None, blob, &numbered_context(*context)).expect("its keys were handed over");
        assert_eq!((decrypted.plaintext.expose(), decrypted.key_id.key_id()), (&b"data"[..], key_id.as_str()));
    }
    if let Some(earlier) = model.handed_over.insert(to, export) {
        second.dirty = false;
        let before = format!("{second:?}");
        drop(second.import(earlier));
        assert_eq!(before, format!("{second:?}"), "an earlier hand-over changes nothing");
    }
    model.second = Some(second);
}

fn set(kms: &mut EmbeddedKms, model: &mut Model, key: Option<(usize, String)>, state: State) {
    let Some(key) = key else { return };
    let allowed = !matches!(model.keys[&key], State::Pending(..));
    let at = region(REGIONS[key.0]);
    let changed = if state == State::Enabled { kms.enable_key(at, &key.1) } else { kms.disable_key(at, &key.1) };
    assert_eq!(changed.is_ok(), allowed);
    if allowed {
        model.keys.insert(key, state);
    }
}

fn purge(kms: &mut EmbeddedKms, model: &mut Model) {
    let dates: BTreeMap<_, _> = model.keys.keys().filter_map(|key| Some((key.clone(), model.deleted_on(key)?))).collect();
    for (key, date) in dates {
        if date <= model.today {
            model.keys.remove(&key);
        } else if let Some(State::Pending(stored, _)) = model.keys.get_mut(&key) {
            *stored = Some(date);
        }
    }
    kms.purge();
    let stored = kms.regions.values().map(|state| state.keys.len()).sum::<usize>();
    assert_eq!(stored, model.keys.len());
}

fn check(kms: &EmbeddedKms, model: &Model) {
    assert!(kms.multi_region_keys_agree());
    for (blob, key_id, context) in &model.blobs {
        for (number, name) in REGIONS.iter().enumerate() {
            for tried in 0..2_u8 {
                let expected = *context == tried && model.decrypts(&(number, key_id.clone()));
                let decrypted = kms.decrypt_in(region(name), None, blob, &numbered_context(tried));
                assert_eq!(decrypted.is_ok(), expected, "{key_id} in {name}");
                if let Ok(decrypted) = decrypted {
                    assert_eq!(decrypted.plaintext.expose(), b"data");
                }
            }
        }
    }
    for (key_id, agreed) in &model.agreed {
        for (number, name) in REGIONS.iter().enumerate() {
            let derived = kms.derive_shared_secret(&kms.key_arn(region(name), key_id), peer().public_key());
            assert_eq!(derived.is_ok(), model.decrypts(&(number, key_id.clone())), "{key_id} in {name}");
            assert!(derived.is_err() || derived.is_ok_and(|derived| derived.expose() == agreed), "{key_id} in {name}");
        }
    }
    for other in model.keys.keys() {
        let arn = kms.key_arn(region(REGIONS[other.0]), &other.1);
        assert_eq!(kms.key(&arn).is_err(), model.is_deleted(other));
        for (blob, key_id, context) in model.blobs.iter().filter(|(_, key_id, _)| *key_id != other.1) {
            assert!(kms.decrypt(&arn, blob, &numbered_context(*context)).is_err(), "{key_id} under {}", other.1);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]
    #[test]
    fn what_the_model_says_decrypts_and_nothing_else(steps in proptest::collection::vec(step(), 1..160)) {
        let mut kms = kms();
        kms.clock = Clock::Fixed(start());
        let mut model = Model::default();
        for step in steps {
            apply(&mut kms, &mut model, step);
        }
        check(&kms, &model);
    }
}
