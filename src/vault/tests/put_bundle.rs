//! Bundles and versions that no operation made.

use super::*;
use crate::{
    kms::key_choice::{Named, key_of_region},
    store::{BlobKey, local::secret_writer::SecretWriter},
    vault::{
        family::Located,
        record::VersionRecord,
        seal_version::{SealedVersion, VersionSource, value_tag},
    },
};

impl Place {
    /// Seals a value for a Region, as whoever has a key there can, and has the record's version name that bundle in place of the Region's own.
    pub(super) fn put_bundle(&self, record: &mut SecretRecord, version: usize, region: &str, value: &str) {
        let region = self::region(region);
        let target = key_of_region(self.session().kms_mut(), &KeyOptions::default(), region, Named::ByCaller(None)).expect("a key");
        let (kms, version_id) = (self.kms(), record.versions[version].version_id.clone());
        let (durable, keys) = (KeysDurable::unchanged(&kms).expect("as it was read"), KeyOptions::default());
        let sealed = SealedVersion::seal(record, &version_id, &text(value), &[target], &durable, &keys, VersionSource::default());
        let located = Located::of(record.clone());
        let mut writer = SecretWriter::begin(&self.dir(record.primary_region().name(), &record.name)).expect("begun");
        let put = |(bundle, blob, message): (_, BlobKey, Vec<u8>)| writer.write_blob(&blob, &message).map(|()| bundle);
        let bundles: Vec<_> = sealed.expect("sealed").0.into_bundles(&located.key).map(put).collect::<Result<_>>().expect("written");
        record.versions[version].bundles.retain(|bundle| bundle.region != region);
        record.versions[version].bundles.extend(bundles);
    }

    /// Adds a version to `db`, in each Region that has it, as a holder of the keystore does.
    pub(super) fn add_version(&self, version_id: &str, label: &str, value: &str) {
        let mut record = self.record("us-west-2", "db");
        let first = record.versions[0].clone();
        let value_tag = Some(value_tag(&self.kms(), &record, version_id, &text(value)));
        let (version_id, version_stages) = (version_id.to_owned(), vec![label.to_owned()]);
        record.versions.push(VersionRecord { version_id, version_stages, value_tag, bundles: Vec::new(), ..first.clone() });
        let last = record.versions.len() - 1;
        for bundle in &first.bundles {
            self.put_bundle(&mut record, last, bundle.region.name(), value);
        }
        self.write_record(&record);
    }
}
