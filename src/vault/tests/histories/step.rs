//! Operations on a vault, and readers of it.

use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex},
};

use super::{
    super::*,
    NAMES, REGIONS,
    model::{Certainty, Creation, Operation, value},
};
use crate::parallel::lock;

pub(super) type Session = Arc<Mutex<KeystoreSession>>;

/// The same keys, for several writers at once.
pub(super) struct Keystores {
    _folder: TempDir,
    pub(super) first: Session,
    pub(super) others: [Session; 2],
}

impl Keystores {
    pub(super) fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        let location = |number: usize| KeystoreLocation::new(folder.path().join(number.to_string()).join("keystore.json"));
        let begin = |number| Arc::new(Mutex::new(KeystoreSession::begin(&location(number), &Never, None).expect("begins")));
        let first = begin(0);
        let mut session = lock(&first);
        for place in REGIONS {
            session.kms_mut().ensure_default_key(region(place)).expect("made");
        }
        let _ = session.commit().expect("written");
        drop(session);
        for number in [1, 2] {
            fs::create_dir(folder.path().join(number.to_string())).expect("made");
            for (from, to) in [(location(0).keystore, location(number).keystore), (location(0).key_file, location(number).key_file)] {
                fs::copy(from, to).expect("copied");
            }
        }
        Self { first, others: [begin(1), begin(2)], _folder: folder }
    }
}

fn places(regions: &[usize]) -> Vec<ReplicaRegion> {
    replicas(&regions.iter().map(|index| REGIONS[*index]).collect::<Vec<_>>())
}

const fn clash(overwrites: bool) -> NameClash {
    if overwrites { NameClash::Overwrite } else { NameClash::Refuse }
}

fn creation(creation: &Creation) -> CreateSecret {
    CreateSecret {
        value: Some(text(&value(creation.number))),
        region: region(REGIONS[creation.primary]),
        replicas: places(&creation.replicas),
        name_clash: clash(creation.overwrites),
        description: Some(creation.number.to_string()),
        ..request(NAMES[creation.name], &[])
    }
}

/// Does it, and says of each step how it ended.
pub(super) fn run(vault: &Vault, session: &Session, operation: &Operation) -> Vec<Certainty> {
    let mut session = lock(session);
    let one = |is_done: bool| vec![if is_done { Certainty::Done } else { Certainty::Unknown }];
    match operation {
        Operation::Create(wanted) => one(vault.create_secret(&mut session, &KeyOptions::default(), &creation(wanted)).is_ok()),
        Operation::Replicate { name, primary, replicas, overwrites } => {
            let request = ReplicateSecret {
                secret_id: NAMES[*name].to_owned(),
                region: Some(region(REGIONS[*primary])),
                replicas: places(replicas),
                name_clash: clash(*overwrites),
                ..replication(&[])
            };
            one(vault.replicate_secret_to_regions(&mut session, &request).is_ok())
        }
        Operation::Rewrap { name, region } => {
            let region = region.map(|index| super::super::region(REGIONS[index]));
            let request = RewrapSecret { region, ..RewrapSecret::new(NAMES[*name]) };
            one(vault.rewrap_secret(&mut session, &request).is_ok())
        }
        Operation::Tag { name, primary, value } => {
            let tag = Tag { key: "tag".to_owned(), value: value.to_string() };
            one(vault.tag_resource(Some(session.kms()), NAMES[*name], Some(region(REGIONS[*primary])), &[tag]).is_ok())
        }
        Operation::Remove { name, primary, replicas } => {
            let (kms, regions) = (Some(session.kms()), replicas.iter().map(|index| REGIONS[*index].to_owned()).collect::<Vec<_>>());
            one(vault.remove_regions_from_replication(kms, NAMES[*name], Some(region(REGIONS[*primary])), &regions).is_ok())
        }
        Operation::Stop { name, region: place } => {
            let request = StopReplication::new(NAMES[*name], region(REGIONS[*place]));
            one(vault.stop_replication_to_replica(Some(session.kms()), &KeyOptions::default(), &request).is_ok())
        }
        Operation::Batch(wanted) => batch(vault, &mut session, wanted),
    }
}

fn batch(vault: &Vault, session: &mut KeystoreSession, wanted: &[Creation]) -> Vec<Certainty> {
    let keys = KeyOptions::default();
    let written = vault.create_secrets(session, &keys).and_then(|batch| batch.begin(NonZeroUsize::MIN)).map(|mut writer| {
        let entries = writer.write(wanted.iter().map(creation).collect());
        entries.unwrap_or_else(|(entries, _)| entries)
    });
    let entries = written.unwrap_or_default();
    let certainty = |index: usize| match entries.get(index).map(|entry| &entry.status) {
        Some(BatchStatus::Created) => Certainty::Done,
        _ => Certainty::Unknown,
    };
    (0..wanted.len()).map(certainty).collect()
}

/// A reader sees a sound vault, whatever is under way.
pub(super) fn read(vault: &Vault, session: &Session, (name, place): (usize, usize), seed: u64) {
    if !vault.exists() {
        return;
    }
    let report = vault.verify(VerifyOptions::default()).expect("verifies");
    assert!(report.is_sound(), "{seed}: {report:?}");
    let session = lock(session);
    match vault.get_secret_value(session.kms(), NAMES[name], Some(region(REGIONS[place])), &VersionSelector::default()) {
        Ok(entry) => assert!(entry.value.expose().starts_with(b"value of "), "{seed}"),
        Err(Error::Service(refusal)) => assert_eq!(refusal.code(), ErrorCode::ResourceNotFoundException, "{seed}: {refusal}"),
        Err(error) => panic!("{seed}: {error}"),
    }
}
