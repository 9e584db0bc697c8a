//! What protects the keystore. Argon2id is slow in a debug build: the passphrase is derived as seldom as can be.

use std::fs::{self, File};

use snapbox::str;

use crate::sandbox::Sandbox;

#[test]
fn a_passphrase_protects_and_gives_way_to_a_key_file() {
    let sandbox = Sandbox::new();
    sandbox.ok("create-secret --name a --secret-string 1 --region us-west-2");
    sandbox.write("new", "correct horse\n");
    sandbox.write("wrong", "another horse\n");
    let get = "get-secret-value --secret-id a --query SecretString --output text";
    sandbox.coldseal("kms change-protection --to passphrase").assert().code(253).stdout_eq("").stderr_eq(str![[r#"
coldseal: the new passphrase of the keystore is needed, and there is no terminal to ask on; use --new-passphrase-file, COLDSEAL_NEW_PASSPHRASE_FD or COLDSEAL_NEW_PASSPHRASE

"#]]);
    sandbox.coldseal("kms change-protection --to passphrase --new-passphrase-file new").assert().success().stdout_eq("").stderr_eq(str![[
        r#"
coldseal: [ROOT]/keystore/keystore.json is protected by the passphrase

"#
    ]]);
    assert_eq!(sandbox.files("keystore"), ["keystore/keystore.json", "keystore/keystore.json.lock"]);
    sandbox.coldseal(get).assert().code(253).stdout_eq("").stderr_eq(str![[r#"
coldseal: the passphrase of the keystore is needed, and there is no terminal to ask on; use --passphrase-file, COLDSEAL_PASSPHRASE_FD or COLDSEAL_PASSPHRASE

"#]]);
    sandbox.coldseal("describe-secret --secret-id a --query Name").assert().success().stdout_eq("\"a\"\n").stderr_eq(str![[r#"
coldseal: the passphrase of the keystore is needed, and there is no terminal to ask on; use --passphrase-file, COLDSEAL_PASSPHRASE_FD or COLDSEAL_PASSPHRASE; no bundle is marked as opening here

"#]]);
    sandbox.coldseal(get).args(["--passphrase-file", "wrong"]).assert().code(253).stdout_eq("").stderr_eq(str![[r#"
coldseal: the keystore [ROOT]/keystore/keystore.json does not open with this passphrase; is it another keystore's?

"#]]);
    sandbox.coldseal(get).args(["--passphrase-file", "missing"]).assert().code(253).stdout_eq("").stderr_eq(str![[r#"
coldseal: reading the passphrase from missing: No such file or directory (os error 2)

"#]]);
    sandbox.coldseal(get).args(["--passphrase-file", "new"]).assert().success().stdout_eq("1\n");
    sandbox.coldseal(get).env("COLDSEAL_PASSPHRASE", "correct horse").assert().success().stdout_eq("1\n");
    if cfg!(unix) {
        // Standard input is a descriptor as good as another.
        let mut command = sandbox.std(get);
        let output =
            command.env("COLDSEAL_PASSPHRASE_FD", "0").stdin(File::open(sandbox.path("new")).expect("there")).output().expect("runs");
        assert_eq!(output.stdout, b"1\n");
        sandbox.coldseal(get).env("COLDSEAL_PASSPHRASE_FD", "x").assert().code(253).stdout_eq("").stderr_eq(str![[r#"
coldseal: COLDSEAL_PASSPHRASE_FD and its like hold the number of a file descriptor

"#]]);
    }
    let back = "kms change-protection --to key-file --passphrase-file new";
    sandbox.coldseal(back).assert().success().stdout_eq("").stderr_eq(str![[r#"
coldseal: [ROOT]/keystore/keystore.json is protected by the key file [ROOT]/keystore/keystore.key

"#]]);
    sandbox.coldseal(get).assert().success().stdout_eq("1\n");
}

#[test]
fn key_files_that_cannot_be_used_are_named() {
    let sandbox = Sandbox::new();
    sandbox.ok("kms create-key --region us-west-2");
    let key = sandbox.path("keystore/keystore.key");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |mode| fs::set_permissions(&key, fs::Permissions::from_mode(mode)).expect("changed");
        mode(0o644);
        sandbox.coldseal("kms list-keys").assert().code(253).stdout_eq("").stderr_eq(str![[r#"
coldseal: [ROOT]/keystore/keystore.key: others may read or change this key file (mode 0644)
hint: 'chmod 600 [ROOT]/keystore/keystore.key' keeps them out

"#]]);
        mode(0o600);
    }
    let moved = sandbox.path("moved.key");
    fs::rename(&key, &moved).expect("moved");
    sandbox.coldseal("kms list-keys").assert().code(253).stdout_eq("").stderr_eq(str![[r#"
coldseal: the keystore [ROOT]/keystore/keystore.json needs its key file [ROOT]/keystore/keystore.key, which is not there
hint: --keystore-key-file or COLDSEAL_KEYSTORE_KEY_FILE says where it is; without it the keystore stays closed

"#]]);
    sandbox.coldseal("kms create-key --region us-west-2").assert().code(253).stdout_eq("");
    assert!(!key.exists(), "no second key file is made");
    sandbox.coldseal("kms list-keys --keystore-key-file moved.key").assert().success();
    sandbox.coldseal("kms list-keys").env("COLDSEAL_KEYSTORE_KEY_FILE", "moved.key").assert().success();
    // Another key of the right size and mode.
    let other = Sandbox::new();
    other.ok("kms create-key --region us-west-2");
    fs::copy(other.path("keystore/keystore.key"), &key).expect("copied");
    sandbox.coldseal("kms list-keys").assert().code(253).stdout_eq("").stderr_eq(str![[r#"
coldseal: the keystore [ROOT]/keystore/keystore.json does not open with the key file [ROOT]/keystore/keystore.key; is it another keystore's?

"#]]);
}

#[test]
fn a_damaged_keystore_is_refused() {
    let sandbox = Sandbox::new();
    sandbox.ok("kms create-key --region us-west-2");
    let mut keystore = sandbox.read("keystore/keystore.json");
    let end = keystore.len() - 20;
    keystore.truncate(end);
    sandbox.write("keystore/keystore.json", keystore);
    sandbox.coldseal("kms list-keys").assert().code(254).stdout_eq("").stderr_eq(str![[r#"
coldseal: [ROOT]/keystore/keystore.json: the file is not that of a keystore (line 1, column 1097)
hint: restore the file from a copy; 'coldseal verify' checks a vault

"#]]);
}
