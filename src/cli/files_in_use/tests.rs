use std::path::Path;

use super::*;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new(files: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for file in files {
            fs::write(folder.path().join(file), file).expect("written");
        }
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

fn message(refused: Result<(), UsageError>) -> String {
    refused.expect_err("refused").message
}

#[test]
fn what_is_read_is_not_written_whichever_comes_first() {
    let folder = Folder::new(&["a", "b", "c"]);
    let files = FilesInUse::default();
    files.open(&folder.path("a")).expect("opened");
    files.to_be_read(&folder.path("later"));
    files.write(&folder.path("c")).expect("free");
    for (name, part) in [("a", "is an input"), ("./a", "is an input"), ("later", "is an input"), ("c", "is an output")] {
        assert!(message(files.write(&folder.path(name))).contains(part), "{name}");
    }
    assert!(files.open(&folder.path("c")).expect_err("written").to_string().contains("is an output of this command"));
    assert!(message(files.read(&folder.path("c"))).contains("is an output of this command"));
    files.write(&folder.path("b")).expect("free");
    files.write(&folder.path("new")).expect("free");
    assert!(message(files.write(&folder.path("new"))).contains("already"));
    assert_eq!(files.open(&folder.path("none")).expect_err("none").kind(), io::ErrorKind::NotFound);
}

#[test]
fn what_is_kept_is_not_written_there_or_not() {
    let folder = Folder::new(&["keystore.json"]);
    fs::create_dir(folder.path("vault")).expect("made");
    let files = FilesInUse::default();
    for (name, kept) in [
        ("keystore.json", KeptFile::Keystore),
        ("keystore.key", KeptFile::KeyFile),
        ("keystore.json.lock", KeptFile::BesideKeystore),
        ("vault", KeptFile::Vault),
        ("not/made", KeptFile::Vault),
    ] {
        files.keep(&folder.path(name), kept).expect("no output");
    }
    for (name, part) in [
        ("keystore.json", "is the keystore;"),
        ("vault/../keystore.json", "is the keystore;"),
        ("keystore.key", "is the keystore's key file;"),
        ("keystore.json.lock", "belongs to the keystore;"),
        ("vault/x", "lies in the vault"),
        ("vault/x/y", "lies in the vault"),
        ("not/made/yet/x", "lies in the vault"),
    ] {
        assert!(message(files.write(&folder.path(name))).contains(part), "{name}");
    }
    assert!(message(files.keep(&folder.path("keystore.key"), KeptFile::Keystore)).contains("is the keystore's key file;"));
    // To read it is another matter.
    files.open(&folder.path("keystore.json")).expect("opened");
    for name in ["vaults", "not/x", "keystore.json.bak"] {
        files.write(&folder.path(name)).expect(name);
    }
}

#[cfg(unix)]
#[test]
fn a_file_is_known_under_each_of_its_names() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new(&["key"]);
    fs::hard_link(folder.path("key"), folder.path("hard")).expect("linked");
    symlink("key", folder.path("soft")).expect("linked");
    symlink("later", folder.path("dangling")).expect("linked");
    symlink("round", folder.path("round")).expect("linked");
    let files = FilesInUse::default();
    files.open(&folder.path("key")).expect("opened");
    files.keep(&folder.path("later"), KeptFile::KeyFile).expect("no output");
    for name in ["hard", "soft"] {
        assert!(message(files.write(&folder.path(name))).contains("is an input"), "{name}");
    }
    assert!(message(files.write(&folder.path("dangling"))).contains("key file"));
    files.write(&folder.path("round")).expect("leads nowhere");
}

#[cfg(unix)]
#[test]
fn devices_may_be_read_and_written() {
    let files = FilesInUse::default();
    files.open(Path::new("/dev/null")).expect("opened");
    files.write_to(Path::new("/dev/null")).expect("a device");
    files.write(Path::new("/dev/null")).expect("a device");
    files.write(Path::new("/dev/null")).expect("a device");
}
