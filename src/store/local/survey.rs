//! What lies in a vault's directory, and what a path that `verify` is given leads to.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    entries::{entries, looked_at},
    folders::Folders,
    layout::{LOCK, MANIFESTS, MARKER, PAGES, RECORD, SECRETS},
};
use crate::{
    durable::{self, Temporaries},
    error::{Error, Result, SetupError},
    region::Region,
    store::{ManifestFile, NameKey, SecretKey, Stray, Survey},
};

/// What is at a path.
pub(crate) enum PathContent {
    Vault,
    /// The folder of one secret.
    Secret(Folders, SecretKey),
    File,
    /// A directory, or what is no regular file.
    Other,
    Nothing,
}

/// Looks at a path.
pub(crate) fn look_at(path: &Path) -> Result<PathContent> {
    let look = |at: &Path| looked_at(at).map_err(|error| Error::io_at("looking at", at, error));
    let found = look(path)?;
    if look(&path.join(MARKER))?.is_some_and(|marker| marker.is_file()) {
        return Ok(PathContent::Vault);
    }
    if look(&path.join(RECORD))?.is_some() {
        return secret_at(path);
    }
    Ok(match found {
        Some(metadata) if metadata.is_file() => PathContent::File,
        Some(_) => PathContent::Other,
        None => PathContent::Nothing,
    })
}

/// The folder's place says the primary Region: as it stands, or for `.` and the like after resolving.
fn secret_at(dir: &Path) -> Result<PathContent> {
    let absolute = fs::canonicalize(dir).map_err(|error| Error::io_at("reading", dir, error))?;
    let region_dir = durable::parent_of(&absolute);
    match (absolute.file_name(), region_named(region_dir)) {
        (Some(name), Some(primary)) => {
            let folders = Folders::around(durable::parent_of(region_dir));
            Ok(PathContent::Secret(folders, SecretKey { name: NameKey::listed(name.to_owned()), primary }))
        }
        _ => Err(SetupError::NotInRegionFolder(dir.to_owned()).into()),
    }
}

/// All secrets, and what lies about.
pub(super) fn of(folders: &Folders) -> Result<Survey> {
    let mut survey = Survey::default();
    let mut stray = |path: PathBuf, stray| survey.strays.push((path, stray));
    for entry in entries(&folders.root)? {
        if ![MARKER, LOCK, SECRETS, MANIFESTS].iter().any(|known| entry.file_name() == *known) {
            stray(entry.path(), Stray::Stranger);
        } else if entry.path().is_symlink() {
            stray(entry.path(), Stray::Link);
        }
    }
    add_manifests(&mut survey, &folders.root.join(MANIFESTS))?;
    if folders.secrets.is_symlink() {
        return Ok(survey);
    }
    for entry in entries(&folders.secrets)? {
        let path = entry.path();
        match region_named(&path).filter(|_| path.is_dir() || path.is_symlink()) {
            Some(_) if path.is_symlink() => survey.strays.push((path, Stray::Link)),
            Some(region) => add_region(&mut survey, path, region),
            None => survey.strays.push((path, Stray::NoRegion)),
        }
    }
    Ok(survey)
}

/// What lies between the manifests and has not the name of one.
fn add_manifests(survey: &mut Survey, manifests: &Path) -> Result<()> {
    let pages = manifests.join(PAGES);
    for (dir, parse) in [(manifests, ManifestFile::parse as fn(&str) -> Option<ManifestFile>), (&pages, ManifestFile::parse_page)] {
        if dir.is_symlink() {
            continue;
        }
        for entry in entries(dir)? {
            let (path, name) = (entry.path(), entry.file_name());
            let is_known = name.to_str().is_some_and(|name| parse(name).is_some() || Temporaries::has_name(name)) || path == pages;
            if path.is_symlink() {
                survey.strays.push((path, Stray::Link));
            } else if !is_known {
                survey.strays.push((path, Stray::Stranger));
            }
        }
    }
    Ok(())
}

fn add_region(survey: &mut Survey, dir: PathBuf, primary: Region) {
    let listed = match entries(&dir) {
        Ok(listed) => listed,
        Err(error) => return survey.faults.push((dir, error)),
    };
    for entry in listed {
        let path = entry.path();
        if path.is_symlink() {
            survey.strays.push((path, Stray::Link));
        } else if path.is_dir() {
            survey.secrets.push(SecretKey { name: NameKey::listed(entry.file_name()), primary });
        } else {
            survey.strays.push((path, Stray::Stranger));
        }
    }
}

/// The Region that a folder is named after.
fn region_named(dir: &Path) -> Option<Region> {
    dir.file_name().and_then(|name| name.to_str()).and_then(Region::new)
}
