//! `seal --to` and `rewrap --to`: one bundle file for each Region, all or nothing.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::Serialize;

use super::write_secret::warn_public_only;
use crate::{
    arn::KeyArn,
    cli::{
        args::{RegionBundleArgs, WrapArgs},
        context::Context,
        failure::{During as _, Outcome},
        paramfile::ParamFiles,
        recovery_key::{key_options, warn_about_mixture},
        replica_regions::parse_replica_regions,
        usage::UsageError,
    },
    durable::{self, Existing, NewFile, Sync},
    error::{Error, ErrorCode, Result, ServiceError},
    format::EncryptionContext,
    keyring::Keyring,
    kms::{EmbeddedKms, KeystoreSession},
    message::SealTarget,
    region::Region,
    vault::{KeyOptions, Problem, RecoveryKey, Target, UntouchedRegions, borrowed, refusal, target, unchosen_keys, unknown_region},
};

/// The key of the pair that says which Region a bundle is for.
pub(super) const REGION_PAIR: &str = crate::vault::REGION_PAIR;

/// The bundles of one command: every check is made before a file is.
pub(super) struct RegionBundles {
    session: KeystoreSession,
    targets: Vec<Target>,
    keys: KeyOptions,
    paths: Vec<PathBuf>,
    writing: Writing,
}

/// How the files are written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Writing {
    pub(super) existing: Existing,
    /// The directory is synced once, after the last file.
    pub(super) sync: Sync,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    bundles: Vec<BundleDocument>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct BundleDocument {
    region: Region,
    path: PathBuf,
    size: u64,
    kms_key_id: String,
    /// True when the keystore has that key with its private part, or a recovery key of KMS.
    opens_here: bool,
}

/// The files of the bundles with the keys that each is for.
pub(super) struct Outputs<'a> {
    files: &'a mut [NewFile],
    keyrings: &'a [Vec<&'a dyn Keyring>],
    targets: &'a [Target],
}

impl<'a> Outputs<'a> {
    /// One target for each Region: these pairs, and the Region's own in place of another one's.
    pub(super) fn with_pairs(self, pairs: &EncryptionContext) -> Vec<SealTarget<'a, &'a mut NewFile>> {
        let outputs = self.files.iter_mut().zip(self.keyrings).zip(self.targets);
        let target = |((output, keyrings), target): ((&'a mut NewFile, &'a Vec<&'a dyn Keyring>), &Target)| {
            let mut context = pairs.clone();
            context.insert(REGION_PAIR, target.region().name());
            SealTarget { keyrings, context, output }
        };
        outputs.map(target).collect()
    }
}

impl RegionBundles {
    /// Finds every Region's key and every file's name, and lists all problems at once.
    pub(super) fn plan(
        context: &Context,
        (args, wrap): (&RegionBundleArgs, &WrapArgs),
        writing: Writing,
        input: &Path,
        operation: &'static str,
    ) -> Outcome<Self> {
        const PARAMETER: &str = "--to";
        let files = ParamFiles::new(&context.environment);
        let replicas = parse_replica_regions(&files, PARAMETER, &files.words(PARAMETER, &args.to)?)?;
        let mut session = context.session(operation)?;
        let (mut targets, mut problems) = (Vec::new(), Vec::new());
        for replica in &replicas {
            match find(session.kms_mut(), &replica.region, replica.kms_key_id.as_deref()) {
                Ok(target) => targets.push(target),
                Err(error) => problems.push(Problem { place: replica.region.clone(), error, retry: None }),
            }
        }
        problems.extend(unchosen_keys(&targets, UntouchedRegions::None));
        if !problems.is_empty() {
            return Err(refusal(&problems)).during(operation);
        }
        let keys = key_options(context, Some(session.kms()), wrap, Vec::new(), operation)?;
        let dir = args.output_dir.clone().unwrap_or_else(|| PathBuf::from("."));
        let name = if input == Path::new("-") { "stdin".into() } else { file_name(input)? };
        let paths: Vec<PathBuf> = targets.iter().map(|target| dir.join(format!("{name}.{}.bundle", target.region()))).collect();
        if let Some(taken) = paths.iter().find(|path| writing.existing == Existing::Refuse && path.symlink_metadata().is_ok()) {
            return Err(UsageError::new(format!("{}: exists; --force overwrites it", taken.display())).into());
        }
        Ok(Self { session, targets, keys, paths, writing })
    }

    /// The key of each Region.
    pub(super) fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// The keystore, held by this command.
    pub(super) const fn kms(&self) -> &EmbeddedKms {
        self.session.kms()
    }

    /// What opens besides the keystore: the recovery keys that are private.
    pub(super) fn recovery_keyrings(&self) -> Vec<&dyn Keyring> {
        let keyrings =
            self.keys.recovery_keys.iter().filter_map(|key| if let RecoveryKey::Keyring(keyring) = key { Some(&**keyring) } else { None });
        keyrings.collect()
    }

    /// Commits new keys, hands one target for each Region to `seal`, names the complete files, and prints where they are.
    pub(super) fn write(mut self, context: &Context, operation: &'static str, seal: impl FnOnce(Outputs<'_>) -> Result<()>) -> Outcome {
        let committed = self.session.commit().during(operation)?;
        context.note_keystore(&committed);
        let dir = self.paths.first().map_or(Path::new("."), |path| durable::parent_of(path)).to_owned();
        durable::create_dir_all(&dir).during(operation)?;
        let files: Result<Vec<NewFile>> = self.paths.iter().map(|_| NewFile::create_in(&dir)).collect();
        let mut files = files.during(operation)?;
        let kms = self.session.kms();
        let keyrings: Vec<_> = self.targets.iter().map(|target| self.keys.wrapping(kms, &target.key)).collect();
        let keyrings: Vec<_> = keyrings.iter().map(|keyrings| borrowed(keyrings)).collect();
        seal(Outputs { files: &mut files, keyrings: &keyrings, targets: &self.targets }).during(operation)?;
        self.publish(files, &dir).during(operation)?;
        self.report(context)
    }

    /// Any error removes what was named before it.
    fn publish(&self, files: Vec<NewFile>, dir: &Path) -> Result<()> {
        let mut named = Vec::new();
        let publish = || -> Result<()> {
            for (file, path) in files.into_iter().zip(&self.paths) {
                file.publish(path, self.writing.existing, self.writing.sync)?;
                named.push(path);
            }
            if self.writing.sync == Sync::Nothing { Ok(()) } else { durable::sync_dir(dir) }
        };
        let result = publish();
        if result.is_err() {
            for path in named {
                // The first error is the one to tell.
                let _ = fs::remove_file(path);
            }
        }
        result
    }

    fn report(&self, context: &Context) -> Outcome {
        let mut bundles = Vec::new();
        for (path, target) in self.paths.iter().zip(&self.targets) {
            let size = fs::metadata(path).map_err(|error| Error::io_at("reading", path, error)).during("Seal")?.len();
            let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
            let kms_key_id = target.key.to_string();
            bundles.push(BundleDocument { region: target.region(), path, size, kms_key_id, opens_here: self.opens_here(&target.key) });
        }
        context.print(&Document { bundles })?;
        let kms = self.session.kms();
        warn_about_mixture(kms, self.targets.iter().map(|target| &target.key), &self.keys);
        let closed = self.targets.iter().filter(|target| kms.is_imported(&target.key) && !self.opens_here(&target.key));
        let closed: Vec<_> = closed.map(Target::region).collect();
        if self.keys.recovery_keys.is_empty() {
            warn_public_only(&closed, &[]);
        } else {
            warn_public_only(&[], &closed);
        }
        Ok(())
    }

    fn opens_here(&self, key: &KeyArn) -> bool {
        let kms = self.session.kms();
        let is_open = |key: &RecoveryKey| matches!(key, RecoveryKey::Kms(key) if kms.can_unwrap(key));
        kms.can_unwrap(key) || self.keys.recovery_keys.iter().any(is_open)
    }
}

fn find(kms: &mut EmbeddedKms, region: &str, key_id: Option<&str>) -> std::result::Result<Target, ServiceError> {
    let known = Region::new(region).ok_or_else(|| ServiceError::new(ErrorCode::InvalidParameterException, unknown_region(region)))?;
    target(kms, known, key_id)
}

/// What the bundles' names are made of: the input's name, without the ending of a bundle for another Region.
fn file_name(input: &Path) -> Outcome<String> {
    let name = input.file_name().and_then(|name| name.to_str());
    let unusable = || UsageError::new(format!("{}: the name is not UTF-8, and the bundles' names are made of it", input.display()));
    let name = name.ok_or_else(unusable)?;
    let of_region = name.strip_suffix(".bundle").and_then(|name| name.rsplit_once('.')).filter(|(_, region)| Region::new(region).is_some());
    Ok(of_region.map_or(name, |(name, _)| name).to_owned())
}
