//! The AWS configuration file of a server that runs.

use std::{
    fmt::Write as _,
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
};

use super::access::{Access, SWITCHED_OFF};
use crate::{
    error::{Error, Result},
    protocol::operation::Service,
};

/// The first line, by which a file is known as one of a command's.
fn mark(command: &str) -> String {
    format!("# Made by '{command}', which removes it at its end.")
}

/// Locked as long as the server runs; removed on drop.
#[derive(Debug)]
pub(super) struct ConfigFile {
    path: PathBuf,
    file: File,
}

impl ConfigFile {
    /// Makes the file, for its owner alone. One that a server of this command left behind which did not come to its end is replaced; anything
    /// else that is there is not.
    pub(super) fn create(path: &Path, command: &str, access: &Access) -> Result<Self> {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        remove_leftover(&path, command)?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).map_err(|error| Error::io_at("make", &path, error))?;
        let mut made = Self { path, file };
        let written = made.file.lock().and_then(|()| made.file.write_all(text(command, access).as_bytes()));
        written.map_err(|error| Error::io_at("write", &made.path, error))?;
        Ok(made)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Removes the file, unless another has taken its place.
    pub(super) fn remove(&self) {
        if self.is_in_place() {
            let _ = fs::remove_file(&self.path);
        }
    }

    #[cfg(unix)]
    fn is_in_place(&self) -> bool {
        use std::os::unix::fs::MetadataExt as _;
        let (Ok(own), Ok(there)) = (self.file.metadata(), fs::symlink_metadata(&self.path)) else { return false };
        (own.dev(), own.ino()) == (there.dev(), there.ino())
    }

    #[cfg(not(unix))]
    fn is_in_place(&self) -> bool {
        true
    }
}

impl Drop for ConfigFile {
    fn drop(&mut self) {
        self.remove();
    }
}

fn remove_leftover(path: &Path, command: &str) -> Result<()> {
    let refused = |why: &str| Error::setup(format!("{} {why}; --config-file names another file", path.display()));
    let failed = |error| Error::io_at("read", path, error);
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(error)),
        Ok(metadata) if !metadata.is_file() => return Err(refused("is there and is no file")),
        Ok(_) => {}
    }
    let file = File::open(path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(refused(&format!("is that of another '{command}', which runs"))),
        Err(TryLockError::Error(error)) => return Err(failed(error)),
    }
    if !has_mark(&file, command).map_err(failed)? {
        return Err(refused(&format!("is there, and no '{command}' made it")));
    }
    fs::remove_file(path).map_err(|error| Error::io_at("remove", path, error))
}

/// Whether a server of this command made the file that is there, which may be at work or may have left it behind. Then it is no configuration of the
/// user's, even where the AWS tools look for one.
pub(super) fn is_of_a_server(path: &Path, command: &str) -> bool {
    let is_file = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file());
    is_file && File::open(path).and_then(|file| has_mark(&file, command)).unwrap_or(false)
}

fn has_mark(file: &File, command: &str) -> io::Result<bool> {
    let (mark, mut first) = (mark(command), Vec::new());
    let limit = u64::try_from(mark.len()).unwrap_or(u64::MAX).saturating_add(1);
    io::Read::take(BufReader::new(file), limit).read_until(b'\n', &mut first)?;
    Ok(first.strip_suffix(b"\n") == Some(mark.as_bytes()))
}

/// The endpoints stand in a section of services, so that no other service is redirected.
fn text(command: &str, access: &Access) -> String {
    let (url, credentials) = (access.url(), access.credentials());
    let (id, secret) = (credentials.access_key_id(), credentials.expose_secret_access_key());
    let mut text = format!("{}\n[default]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n", mark(command));
    if let Some(region) = access.region() {
        let _ = writeln!(text, "region = {}", region.name());
    }
    for (setting, _) in SWITCHED_OFF {
        let _ = writeln!(text, "{setting} = false");
    }
    text.push_str("services = coldseal\n\n[services coldseal]\n");
    for service in access.services() {
        let _ = writeln!(text, "{} =\n  endpoint_url = {url}", section(*service));
    }
    text
}

/// What the settings of a service go by.
const fn section(service: Service) -> &'static str {
    match service {
        Service::Kms => "kms",
        Service::SecretsManager => "secrets_manager",
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::{
        cli::{commands::serving::access::tests::access_to, environment::Environment},
        region::Region,
    };

    const COMMAND: &str = "coldseal kms serve";

    fn access() -> Access {
        let services = &[Service::SecretsManager, Service::Kms];
        access_to("127.0.0.1:8200", services, &Environment::fixed(&[]), Region::new("us-west-2"))
    }

    #[test]
    fn it_is_there_for_its_owner_as_long_as_the_server_runs() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("serve.config");
        let made = ConfigFile::create(&path, COMMAND, &access()).expect("made");
        assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
        let expected = "[default]\naws_access_key_id = COLDEXAMPLE\naws_secret_access_key = abc+/=\nregion = us-west-2\n\
                        ignore_configured_endpoint_urls = false\nuse_fips_endpoint = false\nuse_dualstack_endpoint = false\n\
                        services = coldseal\n\n\
                        [services coldseal]\nsecrets_manager =\n  endpoint_url = http://127.0.0.1:8200\nkms =\n  endpoint_url = http://127.0.0.1:8200\n";
        assert_eq!(fs::read_to_string(&path).expect("text").strip_prefix(&mark(COMMAND)).map(str::trim_start), Some(expected));
        let error = ConfigFile::create(&path, COMMAND, &access()).expect_err("in use").to_string();
        assert!(error.contains("which runs"), "{error}");
        drop(made);
        assert!(!path.exists());
    }

    #[test]
    fn only_a_leftover_is_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("serve.config");
        for content in ["", "[default]\n", "# Made by 'coldseal kms serve', which removes it at its end. Not.\n"] {
            fs::write(&path, content).expect("written");
            let error = ConfigFile::create(&path, COMMAND, &access()).expect_err("not ours").to_string();
            assert!(error.contains("no 'coldseal kms serve' made it"), "{error}");
            assert!(!is_of_a_server(&path, COMMAND), "{content:?}");
            assert_eq!(fs::read_to_string(&path).expect("as before"), content);
        }
        fs::write(&path, format!("{}\n[default]\nstale\n", mark(COMMAND))).expect("written");
        assert!(is_of_a_server(&path, COMMAND) && !is_of_a_server(&path, "coldseal serve"));
        assert!(!is_of_a_server(folder.path(), COMMAND) && !is_of_a_server(&folder.path().join("none"), COMMAND));
        let made = ConfigFile::create(&path, COMMAND, &access()).expect("replaced");
        assert!(!fs::read_to_string(&path).expect("text").contains("stale"));
        // What somebody puts in its place is not ours to remove.
        fs::remove_file(&path).expect("removed");
        fs::write(&path, "another's").expect("written");
        drop(made);
        assert_eq!(fs::read_to_string(&path).expect("still there"), "another's");
        fs::remove_file(&path).expect("removed");
        std::os::unix::fs::symlink("/dev/null", &path).expect("linked");
        assert!(ConfigFile::create(&path, COMMAND, &access()).is_err());
    }
}
