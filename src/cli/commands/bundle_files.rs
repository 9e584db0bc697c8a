//! `seal --to` and `rewrap --to`: the names of the bundles' files, and what is told of them.

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
};

use serde::Serialize;

use crate::{
    arn::KeyArn,
    cli::{
        args::{RegionBundleArgs, WrapArgs},
        commands::{
            bundle_input::BundleInput,
            held_keystore::HeldKeystore,
            key_warnings::{of_mixture, of_regions, tell},
        },
        failure::Outcome,
        files_in_use::FilesInUse,
        invocation::Invocation,
        keystore::Keystore,
        output_file::{OutputPlace, Overwrite},
        printer::Printer,
        prompt::Prompter,
        recovery_key::{Wrapping, key_options},
        replica_regions::parse_replica_regions,
        usage::UsageError,
    },
    durable,
    error::{Error, Result},
    keyring::Keyring,
    kms::{EmbeddedKms, KeysDurable, is_written_as_embedded},
    region::Region,
    region_bundles::{RegionBundles, RegionPlan, Writing},
    suite::AlgorithmSuite,
    vault::{KeyOptions, RecoveryKey},
};

/// The bundles of one command: every check is made before a file is. The keystore is held by this command until [`BundleFiles::write`] has made new
/// keys durable; what is waited for is opened and read before or after that.
pub(super) struct BundleFiles {
    keystore: HeldKeystore,
    plan: RegionPlan,
    keys: KeyOptions,
    paths: Vec<PathBuf>,
    writing: Writing,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct BundlesDocument {
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

impl BundleFiles {
    /// Finds every Region's key and every file's name, and lists all problems at once.
    pub(super) fn plan(
        invocation: &Invocation,
        (args, wrap): (&RegionBundleArgs, &WrapArgs),
        writing: Writing,
        input: &BundleInput,
    ) -> Outcome<Self> {
        const PARAMETER: &str = "--to";
        let files = invocation.inputs.files();
        let regions = parse_replica_regions(&files, PARAMETER, &files.words(PARAMETER, &input.to)?)?;
        let wants_keystore = regions.iter().filter_map(|region| region.kms_key_id.as_deref()).any(is_written_as_embedded);
        let wrapping = Wrapping::read(invocation.inputs.in_use(), wrap)?;
        let mut keystore = HeldKeystore::for_new_keys(invocation, wants_keystore)?;
        let plan = RegionPlan::new(keystore.kms_mut(), &invocation.access.key_options(), &regions)?;
        let keys = key_options(invocation.key_names(), Some(keystore.kms_mut()), &wrapping, Vec::new())?;
        let dir = args.output_dir.clone().unwrap_or_else(|| PathBuf::from("."));
        let paths: Vec<PathBuf> = plan.regions().map(|region| dir.join(format!("{}.{region}.bundle", input.name))).collect();
        paths.iter().try_for_each(|path| require_free(invocation.inputs.in_use(), path, writing))?;
        Ok(Self { keystore, plan, keys, paths, writing })
    }

    /// Refuses a suite that a Region's key cannot be used with.
    pub(super) fn check_suite(&self, suite: AlgorithmSuite) -> Result<()> {
        self.plan.check_suite(self.kms(), suite)
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

    /// Makes new keys durable, has `wrap` wrap the data key for each Region, writes the files, and prints where they are.
    pub(super) fn write<R: Read + Send>(
        self,
        (keystore, printer, signals): (&Keystore, &Printer, &Prompter),
        wrap: impl FnOnce(&RegionPlan, &KeysDurable<'_>, &KeyOptions) -> Result<RegionBundles<R>>,
    ) -> Outcome {
        let Self { keystore: held, plan, keys, paths, writing } = self;
        let kms = held.committed(keystore)?;
        let bundles = wrap(&plan, &KeysDurable::unchanged(&kms)?, &keys)?;
        let directory = paths.first().map_or(Path::new("."), |path| durable::parent_of(path));
        let names: Vec<_> = paths.iter().filter_map(|path| path.file_name()).collect();
        let write = || bundles.write_files(directory, &names, writing);
        signals.ending_after(&durable::remove_unfinished, write)?;
        WrittenBundles { kms: &kms, plan: &plan, keys: &keys, paths: &paths }.report(printer)
    }
}

/// The bundles that were written, and what is told of them.
struct WrittenBundles<'a> {
    kms: &'a EmbeddedKms,
    plan: &'a RegionPlan,
    keys: &'a KeyOptions,
    paths: &'a [PathBuf],
}

impl WrittenBundles<'_> {
    fn report(&self, printer: &Printer) -> Outcome {
        let mut bundles = Vec::new();
        for (path, key) in self.paths.iter().zip(self.plan.keys()) {
            let size = fs::metadata(path).map_err(|error| Error::io_at("reading", path, error))?.len();
            let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
            bundles.push(BundleDocument {
                region: key.region(),
                path,
                size,
                kms_key_id: key.to_string(),
                opens_here: self.opens_here(key),
            });
        }
        printer.print(&BundlesDocument { bundles })?;
        let closed = self.plan.keys().filter(|key| self.kms.is_imported(key) && !self.opens_here(key));
        let closed: Vec<_> = closed.map(KeyArn::region).collect();
        let (public_only, recovery_only) = if self.keys.recovery_keys.is_empty() { (closed, Vec::new()) } else { (Vec::new(), closed) };
        tell(
            &of_mixture(self.kms, self.plan.keys(), self.keys)
                .into_iter()
                .chain(of_regions(public_only, recovery_only))
                .collect::<Vec<_>>(),
        );
        Ok(())
    }

    fn opens_here(&self, key: &KeyArn) -> bool {
        let kms = self.kms;
        let is_open = |key: &RecoveryKey| matches!(key, RecoveryKey::Kms(key) if kms.can_unwrap(key));
        let is_in_aws = self.keys.online.is_some() && (kms.key_spec(key).is_none() || kms.is_imported(key));
        kms.can_unwrap(key) || is_in_aws || self.keys.recovery_keys.iter().any(is_open)
    }
}

/// Checks that a bundle may take this name: what is there is replaced, where that was asked for, by a rename; never what is no file.
fn require_free(files: &FilesInUse, path: &Path, writing: Writing) -> Outcome {
    let overwrite = if writing.is_replacing() { Overwrite::Allow } else { Overwrite::Refuse };
    let is_file = fs::metadata(path).map_or(true, |metadata| metadata.is_file());
    if is_file && matches!(OutputPlace::of(files, path, overwrite)?, OutputPlace::File(_)) {
        return Ok(());
    }
    let refused = format!("{}: is there and is no file; remove it, or name another directory with --output-dir", path.display());
    Err(UsageError::new(refused).into())
}
