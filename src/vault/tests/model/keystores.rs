//! The same keys for several writers at once, and with some of them disabled: no history writes a keystore.

use std::sync::{Arc, Mutex};

use super::{super::*, REGIONS, world::ModelKey};
use crate::{kms::DEFAULT_KEY_ALIAS, parallel::lock};

pub(super) type Session = Arc<Mutex<KeystoreSession>>;

/// Writers at once.
pub(super) const WRITERS: usize = 3;
const REGION_COUNT: usize = REGIONS.len();

pub(super) struct Keystores {
    _folder: TempDir,
    /// By the Regions whose own key is disabled, then by writer.
    sessions: Vec<[Session; WRITERS]>,
    pub(super) names: Arc<KeyNames>,
}

/// What keys are called.
pub(super) struct KeyNames {
    /// Id and ARN of each Region's own key.
    own: [(String, String); REGION_COUNT],
    defaults: [String; REGION_COUNT],
}

fn mask(disabled: [bool; REGION_COUNT]) -> usize {
    disabled.iter().rev().fold(0, |mask, is_disabled| 2 * mask + usize::from(*is_disabled))
}

impl Keystores {
    pub(super) fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        let location = |name: &str| KeystoreLocation::new(folder.path().join(name).join("keystore.json"));
        let first = location("first");
        let mut session = KeystoreSession::begin(&first, &Never, None).expect("begins");
        let defaults = REGIONS.map(|place| session.kms_mut().ensure_default_key(region(place)).expect("made").to_string());
        let own = REGIONS.map(|place| {
            let key = session.kms_mut().create_key(region(place), "").expect("made");
            (key.key_id, key.arn.to_string())
        });
        let _ = session.commit().expect("written");
        drop(session);
        let begin = |mask: usize, writer: usize| {
            let location = location(&format!("{mask}-{writer}"));
            fs::create_dir(location.keystore.parent().expect("in a folder")).expect("made");
            for (from, to) in [(&first.keystore, &location.keystore), (&first.key_file, &location.key_file)] {
                fs::copy(from, to).expect("copied");
            }
            let mut session = KeystoreSession::begin(&location, &Never, None).expect("begins");
            for (at, place) in REGIONS.iter().enumerate().filter(|(at, _)| (mask >> at) & 1 == 1) {
                session.kms_mut().disable_key(region(place), &own[at].0).expect("disabled");
            }
            let _ = session.commit().expect("written");
            Arc::new(Mutex::new(session))
        };
        let sessions = (0..1 << REGION_COUNT).map(|mask| std::array::from_fn(|writer| begin(mask, writer))).collect();
        Self { _folder: folder, sessions, names: Arc::new(KeyNames { own, defaults }) }
    }

    /// The keystore of a writer while these Regions' own keys are disabled.
    pub(super) fn session(&self, disabled: [bool; REGION_COUNT], writer: usize) -> &Session {
        &self.sessions[mask(disabled)][writer]
    }

    /// With all keys, for whoever looks on.
    pub(super) fn read<T>(&self, read: impl FnOnce(&EmbeddedKms) -> T) -> T {
        read(lock(self.session([false; REGION_COUNT], WRITERS - 1)).kms())
    }
}

impl KeyNames {
    /// As a request names it.
    pub(super) fn key_id(&self, region: usize, key: ModelKey) -> String {
        match key {
            ModelKey::Default => DEFAULT_KEY_ALIAS.to_owned(),
            ModelKey::Own => self.own[region].0.clone(),
        }
    }

    /// The key of this id or ARN in a Region.
    pub(super) fn key(&self, region: usize, named: &str) -> Option<ModelKey> {
        let (id, arn) = &self.own[region];
        if named == id || named == arn {
            return Some(ModelKey::Own);
        }
        (named == DEFAULT_KEY_ALIAS || named == self.defaults[region]).then_some(ModelKey::Default)
    }
}
