//! The manifests in a vault's directory.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{entries::names, folders::Folders, layout, read::opened};
use crate::{
    durable::{
        self, Existing, Group, NewFile, Sync,
        regular::{open_regular, refuse_link},
    },
    error::{Error, Result},
    store::{Blob, Item, ManifestFile, PutManifest, read_bounded_to},
};

/// Of a folder's names, those that are a manifest's.
pub(super) fn listed(dir: &Path, parse: fn(&str) -> Option<ManifestFile>) -> Result<Vec<ManifestFile>> {
    refuse_links_to(&dir.join("any"))?;
    let mut files: Vec<_> = names(dir)?.iter().filter_map(|name| parse(name.to_str()?)).collect();
    files.sort();
    Ok(files)
}

pub(super) fn open(place: PathBuf) -> Result<Option<Blob>> {
    refuse_links_to(&place)?;
    opened(open_regular(&place), place)
}

/// No link leads to a manifest; the vault's own folder may be one.
fn refuse_links_to(place: &Path) -> Result<()> {
    let folders = place.ancestors().skip(1).take_while(|folder| layout::is_of_manifests(folder));
    folders.into_iter().try_for_each(refuse_link)
}

pub(super) fn put_pages(folders: &Folders, group: &Group, pages: &[(ManifestFile, Vec<u8>)]) -> Result<()> {
    let Some((first, _)) = pages.first() else { return Ok(()) };
    let dir = durable::parent_of(&folders.place(Item::Manifest(first))).to_owned();
    refuse_links_to(&dir.join("any"))?;
    durable::create_dir_all(&dir)?;
    let sync = group.sync_in(&dir)?;
    for (page, bytes) in pages {
        let place = folders.place(Item::Manifest(page));
        if write(&place, bytes, sync)? == PutManifest::Taken && !is_same(&place, bytes)? {
            return Err(Error::damaged(place, "exists with other content than its name says"));
        }
    }
    group.add_names(&dir)?;
    group.make_durable()
}

/// Puts a manifest at its place, where nothing is.
pub(super) fn put(place: &Path, bytes: &[u8]) -> Result<PutManifest> {
    refuse_links_to(place)?;
    durable::create_dir_all(durable::parent_of(place))?;
    let put = write(place, bytes, Sync::FileAndDirectory)?;
    tracing::debug!(path = %place.display(), ?put, "manifest");
    Ok(put)
}

/// Removes the manifest at this place, if there is one.
pub(super) fn remove(place: &Path) -> Result<()> {
    refuse_links_to(place)?;
    match durable::remove(place) {
        Err(Error::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

fn write(place: &Path, bytes: &[u8], sync: Sync) -> Result<PutManifest> {
    if fs::symlink_metadata(place).is_ok() {
        return Ok(PutManifest::Taken);
    }
    let mut new = NewFile::create_in(durable::parent_of(place))?;
    io::Write::write_all(&mut new, bytes).map_err(|error| Error::io_at("writing", place, error))?;
    match new.publish(place, Existing::Refuse, sync) {
        Err(Error::Io { source, .. }) if source.kind() == io::ErrorKind::AlreadyExists => Ok(PutManifest::Taken),
        published => published.map(|()| PutManifest::Done),
    }
}

fn is_same(place: &Path, bytes: &[u8]) -> Result<bool> {
    let mut there = Vec::new();
    let limit = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    let read = open_regular(place).and_then(|file| read_bounded_to(&mut there, file, place, limit));
    match read {
        Ok(()) => Ok(there == bytes),
        Err(Error::Damaged { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}
