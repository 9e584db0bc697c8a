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
        failure::Outcome,
        invocation::Invocation,
        output_file::is_same_file,
        recovery_key::{key_options, warn_about_mixture},
        replica_regions::parse_replica_regions,
        usage::UsageError,
    },
    durable::{self, Existing, NewFile, Sync},
    error::{Error, ErrorCode, Result},
    format::EncryptionContext,
    keyring::Keyring,
    kms::{Committed, EmbeddedKms, KeystoreSession, is_written_as_embedded},
    message::{WrapFailures, WrapTarget},
    region::Region,
    vault::{
        KeyOptions, Named, Problem, RecoveryKey, Target, UntouchedRegions, borrowed, refusal, target, unchosen_keys, unknown_region,
        wrap_problem,
    },
};

/// The key of the pair that says which Region a bundle is for.
pub(super) const REGION_PAIR: &str = crate::vault::REGION_PAIR;

/// The bundles of one command: every check is made before a file is.
pub(super) struct RegionBundles {
    keystore: Keys,
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
    #[serde(serialize_with = "crate::text::serialize_path")]
    path: PathBuf,
    size: u64,
    kms_key_id: String,
    /// True when the keystore has that key with its private part, or a recovery key of KMS.
    opens_here: bool,
}

/// What a command's keys are looked up in.
enum Keys {
    /// The keystore, held by this command.
    Keystore(Box<KeystoreSession>),
    /// With AWS KMS there need be none.
    Empty(EmbeddedKms),
}

impl Keys {
    fn of(invocation: &Invocation, wants_keystore: bool) -> Outcome<Self> {
        if invocation.access.online.is_none() || invocation.keystore.location.keystore.exists() || wants_keystore {
            return Ok(Self::Keystore(Box::new(invocation.keystore.session()?)));
        }
        Ok(Self::Empty(invocation.kms_for_messages()?))
    }

    fn kms(&self) -> &EmbeddedKms {
        match self {
            Self::Keystore(session) => session.kms(),
            Self::Empty(kms) => kms,
        }
    }

    fn kms_mut(&mut self) -> &mut EmbeddedKms {
        match self {
            Self::Keystore(session) => session.kms_mut(),
            Self::Empty(kms) => kms,
        }
    }

    fn commit(&mut self) -> Result<Committed> {
        match self {
            Self::Keystore(session) => session.commit().map(|keys| keys.committed()),
            Self::Empty(_) => Ok(Committed::Unchanged),
        }
    }
}

impl RegionBundles {
    /// Finds every Region's key and every file's name, and lists all problems at once.
    pub(super) fn plan(
        invocation: &Invocation,
        (args, wrap): (&RegionBundleArgs, &WrapArgs),
        writing: Writing,
        input: &Path,
    ) -> Outcome<Self> {
        const PARAMETER: &str = "--to";
        let files = invocation.inputs.files();
        let replicas = parse_replica_regions(&files, PARAMETER, &files.words(PARAMETER, &args.to)?)?;
        let wants_keystore = replicas.iter().filter_map(|replica| replica.kms_key_id.as_deref()).any(is_written_as_embedded);
        let mut keystore = Keys::of(invocation, wants_keystore)?;
        let (options, mut targets, mut problems) = (invocation.access.key_options(), Vec::new(), Vec::new());
        for replica in &replicas {
            match find(keystore.kms_mut(), &options, &replica.region, replica.kms_key_id.as_deref()) {
                Ok(target) => targets.push(target),
                Err(error) => problems.push(Problem::of(replica.region.as_str(), error, None)),
            }
        }
        problems.extend(unchosen_keys(&targets, UntouchedRegions::None, &options));
        if !problems.is_empty() {
            return Err(refusal(&problems).into());
        }
        let keys = key_options(invocation, Some(keystore.kms()), wrap, Vec::new())?;
        let dir = args.output_dir.clone().unwrap_or_else(|| PathBuf::from("."));
        let name = if input == Path::new("-") { "stdin".into() } else { file_name(input)? };
        let paths: Vec<PathBuf> = targets.iter().map(|target| dir.join(format!("{name}.{}.bundle", target.region()))).collect();
        paths.iter().try_for_each(|path| require_free(path, writing.existing, input))?;
        invocation.require_outside_the_vault(paths.first().map(PathBuf::as_path))?;
        Ok(Self { keystore, targets, keys, paths, writing })
    }

    /// The key of each Region.
    pub(super) fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// The keystore, held by this command.
    pub(super) fn kms(&self) -> &EmbeddedKms {
        self.keystore.kms()
    }

    /// What opens besides the keystore: the recovery keys that are private.
    pub(super) fn recovery_keyrings(&self) -> Vec<&dyn Keyring> {
        let keyrings =
            self.keys.recovery_keys.iter().filter_map(|key| if let RecoveryKey::Keyring(keyring) = key { Some(&**keyring) } else { None });
        keyrings.collect()
    }

    /// Has `wrap` wrap the data key for each Region, each bound to these pairs and the Region's own in place of another one's; then commits new
    /// keys, hands the files to `seal`, names them when they are complete, and prints where they are. What does not wrap leaves nothing behind.
    pub(super) fn write<W>(
        mut self,
        invocation: &Invocation,
        pairs: &EncryptionContext,
        wrap: impl FnOnce(Vec<WrapTarget<'_>>) -> std::result::Result<W, WrapFailures>,
        seal: impl FnOnce(W, Vec<&mut NewFile>) -> Result<()>,
    ) -> Outcome {
        let wrapped = self.wrap(pairs, wrap)?;
        let committed = self.keystore.commit()?;
        invocation.keystore.note_made(&committed);
        let dir = self.paths.first().map_or(Path::new("."), |path| durable::parent_of(path)).to_owned();
        let is_new = !dir.exists();
        durable::create_dir_all(&dir)?;
        let written = self.write_files(&dir, |files| seal(wrapped, files));
        if written.is_err() && is_new {
            // It stays where something else is in it by now.
            let _ = fs::remove_dir(&dir);
        }
        written?;
        self.report(invocation)
    }

    fn write_files(&self, dir: &Path, seal: impl FnOnce(Vec<&mut NewFile>) -> Result<()>) -> Result<()> {
        let mut files: Vec<NewFile> = self.paths.iter().map(|_| NewFile::create_in(dir)).collect::<Result<_>>()?;
        seal(files.iter_mut().collect())?;
        self.publish(files, dir)
    }

    fn wrap<W>(
        &self,
        pairs: &EncryptionContext,
        wrap: impl FnOnce(Vec<WrapTarget<'_>>) -> std::result::Result<W, WrapFailures>,
    ) -> Result<W> {
        let kms = self.keystore.kms();
        let keyrings: Vec<_> = self.targets.iter().map(|target| self.keys.wrapping(kms, &target.key)).collect();
        let keyrings: Vec<_> = keyrings.iter().map(|keyrings| borrowed(keyrings)).collect();
        let mut wraps = Vec::new();
        for (target, keyrings) in self.targets.iter().zip(&keyrings) {
            let mut context = pairs.clone();
            context.insert(REGION_PAIR, target.region().name());
            wraps.push(WrapTarget { keyrings, context });
        }
        let failures = match wrap(wraps) {
            Ok(wrapped) => return Ok(wrapped),
            Err(failures) => failures,
        };
        let mut problems = Vec::new();
        for (index, error) in failures {
            let target = self.targets.get(index).ok_or(Error::Misuse("each failure is that of a target"))?;
            problems.push(wrap_problem(target, error)?);
        }
        Err(refusal(&problems))
    }

    /// Any error removes what was named before it. What has taken an older file's place stays: it is complete, and the older one is gone.
    fn publish(&self, files: Vec<NewFile>, dir: &Path) -> Result<()> {
        let mut named = Vec::new();
        let publish = || -> Result<()> {
            for (file, path) in files.into_iter().zip(&self.paths) {
                let is_new = path.symlink_metadata().is_err();
                file.publish(path, self.writing.existing, self.writing.sync)?;
                named.extend(is_new.then_some(path));
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

    fn report(&self, invocation: &Invocation) -> Outcome {
        let mut bundles = Vec::new();
        for (path, target) in self.paths.iter().zip(&self.targets) {
            let size = fs::metadata(path).map_err(|error| Error::io_at("reading", path, error))?.len();
            let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
            let kms_key_id = target.key.to_string();
            bundles.push(BundleDocument { region: target.region(), path, size, kms_key_id, opens_here: self.opens_here(&target.key) });
        }
        invocation.printer.print(&Document { bundles })?;
        let kms = self.keystore.kms();
        warn_about_mixture(kms, self.targets.iter().map(|target| &target.key), &self.keys);
        let closed = self.targets.iter().filter(|target| kms.is_imported(&target.key) && !self.opens_here(&target.key));
        let closed: Vec<_> = closed.map(Target::region).collect();
        if self.keys.recovery_keys.is_empty() {
            warn_public_only(&closed, &[]);
        } else {
            warn_public_only(&[], &closed);
        }
        invocation.access.note_calls();
        Ok(())
    }

    fn opens_here(&self, key: &KeyArn) -> bool {
        let kms = self.keystore.kms();
        let is_open = |key: &RecoveryKey| matches!(key, RecoveryKey::Kms(key) if kms.can_unwrap(key));
        let is_in_aws = self.keys.online.is_some() && (kms.key_spec(key).is_none() || kms.is_imported(key));
        kms.can_unwrap(key) || is_in_aws || self.keys.recovery_keys.iter().any(is_open)
    }
}

fn find(kms: &mut EmbeddedKms, keys: &KeyOptions, region: &str, key_id: Option<&str>) -> Result<Target> {
    let unknown = || Error::service(ErrorCode::InvalidParameterException, unknown_region(region));
    target(kms, keys, Region::new(region).ok_or_else(unknown)?, Named::ByCaller(key_id))
}

/// Checks that a bundle may take this name: what is there is replaced, where that was asked for, by a rename; never the input, never what is no file.
fn require_free(path: &Path, existing: Existing, input: &Path) -> Outcome {
    let Ok(metadata) = path.symlink_metadata() else { return Ok(()) };
    let refused = if existing == Existing::Refuse {
        "exists; --force overwrites it"
    } else if !metadata.is_file() && !metadata.is_symlink() {
        "is there and is no file; remove it, or name another directory with --output-dir"
    } else if is_same_file(path, input) {
        "is the input of this command; name another directory with --output-dir"
    } else {
        return Ok(());
    };
    Err(UsageError::new(format!("{}: {refused}", path.display())).into())
}

/// What the bundles' names are made of: the input's name, without the ending of a bundle for another Region.
fn file_name(input: &Path) -> Outcome<String> {
    let name = input.file_name().and_then(|name| name.to_str());
    let unusable = || UsageError::new(format!("{}: the name is not UTF-8, and the bundles' names are made of it", input.display()));
    let name = name.ok_or_else(unusable)?;
    let of_region = name.strip_suffix(".bundle").and_then(|name| name.rsplit_once('.')).filter(|(_, region)| Region::new(region).is_some());
    Ok(of_region.map_or(name, |(name, _)| name).to_owned())
}
