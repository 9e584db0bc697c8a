//! A writer whose changes somebody looks at before they are staged.

use super::{BlobKey, GroupSize, ManifestFile, NameChange, PutManifest, Staged, WriteGroup, Writer};
use crate::error::Result;

/// Gives every change to a function first, which gives what is staged, or refuses it. Manifests, and what they name, are passed on as they are.
pub(crate) struct CheckedWriter<'s, C> {
    writer: Box<dyn Writer + 's>,
    check: C,
}

impl<'s, C: Fn(NameChange) -> Result<NameChange> + Send + Sync> CheckedWriter<'s, C> {
    pub(crate) const fn new(writer: Box<dyn Writer + 's>, check: C) -> Self {
        Self { writer, check }
    }
}

impl<C: Fn(NameChange) -> Result<NameChange> + Send + Sync> Writer for CheckedWriter<'_, C> {
    fn group(&self, size: GroupSize) -> Box<dyn WriteGroup + '_> {
        Box::new(CheckedGroup { group: self.writer.group(size), check: &self.check })
    }

    fn put_pages(&self, pages: &[(ManifestFile, Vec<u8>)]) -> Result<()> {
        self.writer.put_pages(pages)
    }

    fn put_blobs(&self, blobs: &[(BlobKey, Vec<u8>)]) -> Result<()> {
        self.writer.put_blobs(blobs)
    }

    fn put_manifest(&self, file: &ManifestFile, bytes: &[u8]) -> Result<PutManifest> {
        self.writer.put_manifest(file, bytes)
    }

    fn remove_manifest(&self, file: &ManifestFile) -> Result<()> {
        self.writer.remove_manifest(file)
    }

    fn replace_marker(&self, marker: &[u8]) -> Result<()> {
        self.writer.replace_marker(marker)
    }
}

struct CheckedGroup<'w, C> {
    group: Box<dyn WriteGroup + 'w>,
    check: &'w C,
}

impl<C: Fn(NameChange) -> Result<NameChange> + Send + Sync> WriteGroup for CheckedGroup<'_, C> {
    fn stage(&self, change: NameChange) -> Result<Box<dyn Staged + '_>> {
        self.group.stage((self.check)(change)?)
    }

    fn barrier(&self) -> Result<()> {
        self.group.barrier()
    }
}
