//! AWS Regions and partitions, from botocore's `partitions.json` without the `*-global` pseudo-Regions.

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    str::FromStr,
};

use crate::text;

/// A group of Regions with its own accounts; nothing is replicated from one to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Partition(&'static str);

impl Partition {
    /// The partition's id as it stands in ARNs.
    #[must_use]
    pub const fn id(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A Region that exists. Regions are in the order of their names.
#[derive(Clone, Copy)]
pub struct Region(&'static RegionRecord);

struct RegionRecord {
    name: &'static str,
    partition: Partition,
    enabled_by_default: bool,
}

impl Region {
    /// The Region of this name; `None` when AWS has none.
    #[must_use]
    pub fn new(name: &str) -> Option<Self> {
        let mut slot = slot_of(name.as_bytes());
        // The table has free places, so that this ends.
        while let Some(known) = SLOTS.get(slot).and_then(|place| REGIONS.get(usize::from(*place))) {
            if known.name == name {
                return Some(Self(known));
            }
            slot = next_slot(slot);
        }
        None
    }

    /// All Regions of all partitions.
    pub fn all() -> impl Iterator<Item = Self> {
        REGIONS.iter().map(Self)
    }

    /// The name, for instance `us-west-2`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0.name
    }

    /// The partition that it belongs to.
    #[must_use]
    pub const fn partition(self) -> Partition {
        self.0.partition
    }

    /// False for the opt-in Regions of partition `aws`.
    #[must_use]
    pub const fn is_enabled_by_default(self) -> bool {
        self.0.enabled_by_default
    }

    /// The Regions whose names look most like `name`, for an error message; at most three.
    #[must_use]
    pub fn similar(name: &str) -> Vec<&'static str> {
        let shared = |known: &RegionRecord| known.name.split('-').filter(|part| name.split('-').any(|other| other == *part)).count();
        let mut names: Vec<_> = REGIONS.iter().filter(|known| shared(known) >= 2).collect();
        names.sort_by_key(|known| std::cmp::Reverse(shared(known)));
        names.iter().take(3).map(|known| known.name).collect()
    }
}

impl PartialEq for Region {
    /// There is one record of each: no names are compared.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl Eq for Region {}

impl Hash for Region {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

impl Ord for Region {
    fn cmp(&self, other: &Self) -> Ordering {
        self.name().cmp(other.name())
    }
}

impl PartialOrd for Region {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl serde::Serialize for Region {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> serde::Deserialize<'de> for Region {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text::parse(deserializer)
    }
}

/// No Region has the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the name of a Region")]
pub struct NotARegion;

impl FromStr for Region {
    type Err = NotARegion;

    fn from_str(name: &str) -> Result<Self, NotARegion> {
        Self::new(name).ok_or(NotARegion)
    }
}

/// Places in the table of names: a power of two, and several times as many as there are Regions.
const SLOT_COUNT: usize = 256;
/// A place that no Region has.
const FREE: u8 = u8::MAX;

/// The place of each Region in [`REGIONS`], by its name: a list looks some ten names up for each secret.
static SLOTS: [u8; SLOT_COUNT] = slots();

#[expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "at compile time, where a wrong index does not compile; there are fewer than 255"
)]
const fn slots() -> [u8; SLOT_COUNT] {
    assert!(REGIONS.len() < FREE as usize, "a place is a byte");
    let mut slots = [FREE; SLOT_COUNT];
    let mut place = 0;
    while place < REGIONS.len() {
        let mut slot = slot_of(REGIONS[place].name.as_bytes());
        while slots[slot] != FREE {
            slot = next_slot(slot);
        }
        slots[slot] = place as u8;
        place += 1;
    }
    slots
}

/// Where the search for a name begins.
const fn slot_of(name: &[u8]) -> usize {
    let (mut hash, mut rest) = (name.len(), name);
    while let [byte, behind @ ..] = rest {
        hash = hash.wrapping_mul(31).wrapping_add(*byte as usize);
        rest = behind;
    }
    hash % SLOT_COUNT
}

const fn next_slot(slot: usize) -> usize {
    (slot + 1) % SLOT_COUNT
}

const AWS: Partition = Partition("aws");
const AWS_CN: Partition = Partition("aws-cn");
const AWS_EUSC: Partition = Partition("aws-eusc");
const AWS_ISO: Partition = Partition("aws-iso");
const AWS_ISO_B: Partition = Partition("aws-iso-b");
const AWS_ISO_E: Partition = Partition("aws-iso-e");
const AWS_ISO_F: Partition = Partition("aws-iso-f");
const AWS_US_GOV: Partition = Partition("aws-us-gov");

const fn on(name: &'static str, partition: Partition) -> RegionRecord {
    RegionRecord { name, partition, enabled_by_default: true }
}

const fn opt_in(name: &'static str) -> RegionRecord {
    RegionRecord { name, partition: AWS, enabled_by_default: false }
}

static REGIONS: &[RegionRecord] = &[
    opt_in("af-south-1"),
    opt_in("ap-east-1"),
    opt_in("ap-east-2"),
    on("ap-northeast-1", AWS),
    on("ap-northeast-2", AWS),
    on("ap-northeast-3", AWS),
    on("ap-south-1", AWS),
    opt_in("ap-south-2"),
    on("ap-southeast-1", AWS),
    on("ap-southeast-2", AWS),
    opt_in("ap-southeast-3"),
    opt_in("ap-southeast-4"),
    opt_in("ap-southeast-5"),
    opt_in("ap-southeast-6"),
    opt_in("ap-southeast-7"),
    on("ca-central-1", AWS),
    opt_in("ca-west-1"),
    on("eu-central-1", AWS),
    opt_in("eu-central-2"),
    on("eu-north-1", AWS),
    opt_in("eu-south-1"),
    opt_in("eu-south-2"),
    on("eu-west-1", AWS),
    on("eu-west-2", AWS),
    on("eu-west-3", AWS),
    opt_in("il-central-1"),
    opt_in("me-central-1"),
    opt_in("me-south-1"),
    opt_in("mx-central-1"),
    on("sa-east-1", AWS),
    on("us-east-1", AWS),
    on("us-east-2", AWS),
    on("us-west-1", AWS),
    on("us-west-2", AWS),
    on("cn-north-1", AWS_CN),
    on("cn-northwest-1", AWS_CN),
    on("eusc-de-east-1", AWS_EUSC),
    on("us-iso-east-1", AWS_ISO),
    on("us-iso-west-1", AWS_ISO),
    on("us-isob-east-1", AWS_ISO_B),
    on("us-isob-west-1", AWS_ISO_B),
    on("eu-isoe-west-1", AWS_ISO_E),
    on("us-isof-east-1", AWS_ISO_F),
    on("us-isof-south-1", AWS_ISO_F),
    on("us-gov-east-1", AWS_US_GOV),
    on("us-gov-west-1", AWS_US_GOV),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seventeen_regions_of_aws_are_enabled_by_default() {
        let enabled = Region::all().filter(|region| region.partition() == AWS && region.is_enabled_by_default()).count();
        assert_eq!(enabled, 17);
        assert!(Region::all().filter(|region| region.partition() != AWS).all(Region::is_enabled_by_default));
    }

    #[test]
    fn each_name_is_that_of_one_record() {
        for region in Region::all() {
            assert_eq!(Region::all().filter(|other| other.name() == region.name()).count(), 1, "{region}");
            assert_eq!(Region::new(region.name()), Some(region));
        }
    }

    #[test]
    fn names_are_exact() {
        assert_eq!(Region::new("cn-north-1").expect("known").partition().id(), "aws-cn");
        for name in ["", "us-west", "us-west-2 ", "US-WEST-2", "aws-global"] {
            assert!(Region::new(name).is_none(), "{name}");
        }
        assert!(Region::similar("us-west-3").contains(&"us-west-2"));
    }
}
