//! Random histories of changes, signings, exports, attacks on what was exported, and imports: whoever has the file of signers takes what was signed under
//! a counter, all of it, and nothing else; never an older one where a newer one was brought.
//!
//! `COLDSEAL_HISTORIES=1000 cargo test --lib package::tests::model` runs more of them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    sync::Arc,
};

use super::{
    exporting::files,
    importing::import,
    place::{Place, alice, key},
};
use crate::{
    error::{Error, PackageRefusal, Refusal, Result},
    package::{FreshnessCheck, SignedReading, verify_package},
    store::memory::{InjectedFault, MemoryStore, Writers},
    vault::{DeleteSecret, RecoveryWindow, Vault, VersionSelector},
};

const NAMES: [&str; 4] = ["db", "a", "b", "c"];
const STEPS: u32 = 24;

/// Numbers by a seed.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % limit
    }
}

/// The values of a vault, by name.
type Values = BTreeMap<String, String>;

/// What was exported.
struct CarriedPart {
    vault: Vault,
    counter: u64,
    is_attacked: bool,
}

struct CarriedWorld {
    place: Place,
    store: Arc<MemoryStore>,
    there: Vault,
    numbers: Numbers,
    steps: u32,
    now: Values,
    /// What was signed, by counter.
    signed: BTreeMap<u64, Values>,
    parts: Vec<CarriedPart>,
    /// The counter of what was brought last.
    brought: u64,
    told: Vec<String>,
}

impl CarriedWorld {
    fn new(seed: u64) -> Self {
        let store = Arc::new(MemoryStore::new(Writers::Locked));
        Self {
            place: Place::in_memory(),
            there: Vault::over(store.clone()),
            store,
            numbers: Numbers(seed),
            steps: 0,
            now: Values::from([("db".to_owned(), "one".to_owned())]),
            signed: BTreeMap::new(),
            parts: Vec::new(),
            brought: 0,
            told: Vec::new(),
        }
    }

    fn step(&mut self) {
        self.steps += 1;
        let name = NAMES[self.numbers.below(NAMES.len())];
        match self.numbers.below(12) {
            0..=2 => self.change(name),
            3 if self.now.len() > 1 && self.now.contains_key(name) => self.remove(name),
            4 | 5 => {
                let root = self.place.sign(&key("ed25519"), None);
                self.told.push(format!("sign {}", root.counter));
                self.signed.insert(root.counter, self.now.clone());
            }
            6 | 7 if !self.signed.is_empty() => self.export(),
            8 if !self.parts.is_empty() => self.attack(),
            _ if !self.parts.is_empty() => self.bring(),
            _ => {}
        }
    }

    fn change(&mut self, name: &str) {
        if self.now.contains_key(name) {
            let value = format!("value {}", self.steps);
            self.place.put(name, &value);
            self.now.insert(name.to_owned(), value);
        } else {
            self.place.create(name);
            self.now.insert(name.to_owned(), "one".to_owned());
        }
        self.told.push(format!("change {name}"));
    }

    fn remove(&mut self, name: &str) {
        let kms = self.place.kms();
        self.place.vault.remove_regions_from_replication(Some(&kms), name, None, &["eu-west-1".to_owned()]).expect("removed");
        let removal = DeleteSecret { secret_id: name.to_owned(), region: None, recovery: RecoveryWindow::None };
        self.place.vault.delete_secret(Some(&kms), &removal).expect("removed");
        self.now.remove(name);
        self.told.push(format!("remove {name}"));
    }

    fn export(&mut self) {
        let vault = self.place.export(&["eu-west-1"], &format!("part-{}", self.steps)).expect("exported");
        let counter = *self.signed.keys().next_back().expect("signed");
        self.told.push(format!("export {counter} as part {}", self.parts.len()));
        self.parts.push(CarriedPart { vault, counter, is_attacked: false });
    }

    /// Changes, removes or adds a file of a part, or puts one of another part in its place.
    fn attack(&mut self) {
        let (own, other) = (self.numbers.below(self.parts.len()), self.numbers.below(self.parts.len()));
        let names: Vec<_> = files(self.parts[own].vault.root()).into_keys().collect();
        let others: Vec<_> = files(self.parts[other].vault.root()).into_keys().collect();
        if names.is_empty() || others.is_empty() {
            return;
        }
        let (name, brought) = (&names[self.numbers.below(names.len())], &others[self.numbers.below(others.len())]);
        let path = self.parts[own].vault.root().join(name);
        let kind = self.numbers.below(4);
        match kind {
            0 => fs::remove_file(&path).expect("removed"),
            1 => {
                let mut content = fs::read(&path).expect("read");
                let place = self.numbers.below(content.len().max(1));
                if let Some(byte) = content.get_mut(place) {
                    *byte ^= 1;
                }
                fs::write(&path, content).expect("written");
            }
            2 => _ = fs::copy(self.parts[other].vault.root().join(brought), &path).expect("copied"),
            _ => {
                // Beside what is there, under its own path.
                let to = self.parts[own].vault.root().join(brought);
                fs::create_dir_all(to.parent().expect("a folder")).expect("made");
                if own != other {
                    fs::copy(self.parts[other].vault.root().join(brought), to).expect("copied");
                }
            }
        }
        self.parts[own].is_attacked = true;
        self.told.push(format!("attack {kind} on part {own}: {name}, {brought} of part {other}"));
        self.check_part(own);
    }

    fn bring(&mut self) {
        let index = self.numbers.below(self.parts.len());
        let fault = (self.numbers.below(3) == 0).then(|| 1 + u64::try_from(self.numbers.below(80)).expect("few"));
        fault.inspect(|call| self.store.fail_at(*call, InjectedFault::Down));
        let (part, before) = (&self.parts[index], self.brought);
        let brought = import(&part.vault, &self.there, &self.freshness());
        let has_failed = fault.is_some_and(|call| self.store.calm() >= call);
        if has_failed {
            self.store.cut_power(|| false);
        }
        self.told.push(format!("import part {index}, failing {has_failed}: {:?}", brought.as_ref().map(drop)));
        match brought {
            Ok(plan) => self.brought = plan.root().counter,
            Err(_) if has_failed => self.brought = self.counter_there(before),
            Err(Error::Service(refusal)) if !part.is_attacked => {
                let is_older = matches!(*refusal, Refusal::Package(PackageRefusal::Older { .. }));
                assert!(is_older && part.counter < before, "{refusal:?}\n{}", self.told.join("\n"));
            }
            Err(error) => assert!(part.is_attacked, "{error}\n{}", self.told.join("\n")),
        }
        assert!(self.brought >= before, "{}", self.told.join("\n"));
    }

    fn counter_there(&self, before: u64) -> u64 {
        verify_package(&self.there, &alice(), &self.freshness(), None).map_or(before, |report| report.root.counter)
    }

    fn freshness(&self) -> FreshnessCheck {
        self.place.freshness("there")
    }

    fn read(&self, vault: &Vault, freshness: FreshnessCheck, name: &str) -> Result<(u64, String)> {
        let signed = SignedReading { trusted: alice(), freshness, region: None }.of(vault)?;
        let entry = signed.vault.get_secret_value(&self.place.kms(), name, None, &VersionSelector::default())?;
        Ok((signed.root.counter, String::from_utf8(entry.value.expose().to_vec()).expect("text")))
    }

    /// What was brought answers with what was signed under its counter, and lists nothing else.
    fn check(&self) {
        let history = || self.told.join("\n");
        let Some(expected) = self.signed.get(&self.brought) else {
            assert!(self.brought == 0 && self.read(&self.there, self.freshness(), "db").is_err(), "{}", history());
            return;
        };
        for name in NAMES {
            match (self.read(&self.there, self.freshness(), name), expected.get(name)) {
                (Ok((counter, value)), Some(signed)) => assert_eq!((counter, &value), (self.brought, signed), "{name}\n{}", history()),
                (Err(Error::Service(refusal)), None) => assert!(matches!(*refusal, Refusal::Secret(_)), "{refusal:?}\n{}", history()),
                other => panic!("{name}: {other:?}\n{}", history()),
            }
        }
    }

    /// Whatever was done to a part: who reads it where it lies is told that it is not sound, or gets what some root says.
    fn check_part(&self, index: usize) {
        let part = &self.parts[index];
        for name in NAMES {
            let state = self.place.freshness(&format!("fresh-{}-{name}", self.steps));
            if let Ok((counter, value)) = self.read(&part.vault, state, name) {
                let signed = self.signed.get(&counter).and_then(|values| values.get(name));
                assert_eq!(signed, Some(&value), "{name}\n{}", self.told.join("\n"));
            }
        }
    }
}

#[test]
fn what_no_signer_signed_is_never_taken() {
    let histories = std::env::var("COLDSEAL_HISTORIES").ok().and_then(|count| count.parse().ok()).unwrap_or(6);
    let mut seen = BTreeSet::new();
    for seed in 1..=histories {
        let mut world = CarriedWorld::new(seed);
        for _ in 0..STEPS {
            world.step();
            world.check();
        }
        seen.extend(world.told.iter().filter_map(|told| told.split(' ').next().map(str::to_owned)));
    }
    let all = ["attack", "change", "export", "import", "remove", "sign"].map(str::to_owned);
    assert_eq!(seen, BTreeSet::from(all), "the histories reach everything");
}
