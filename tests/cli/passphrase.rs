//! What protects the keystore. Argon2id is slow in a debug build: the passphrase is derived as seldom as can be.

use std::fs::{self, File};

use snapbox::str;

use crate::sandbox::Sandbox;

#[test]
fn a_passphrase_protects_and_gives_way_to_a_key_file() {
    let sandbox = Sandbox::new();
    sandbox.ok("create-secret --name a --secret-string 1 --region us-west-2");
    sandbox.write("new", "a horse made of paper\n");
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
    sandbox.coldseal(get).env("COLDSEAL_PASSPHRASE", "a horse made of paper").assert().success().stdout_eq("1\n");
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

/// Wherever a new passphrase is set, and whatever it comes from; one that is set already opens as it is.
#[test]
fn a_weak_passphrase_is_refused_unless_it_is_asked_for() {
    let sandbox = Sandbox::new();
    sandbox.ok("kms create-key --region us-west-2");
    sandbox.write("weak", "horse2026\n");
    let refused = str![[r#"
coldseal: the new passphrase is easy to guess: [..]
hint: five words or more that were drawn by lot are hard to guess; --allow-weak-passphrase takes this passphrase all the same

"#]];
    let export = "kms export-keys --region us-west-2 -o copy.json --protect-with passphrase";
    for line in ["kms change-protection --to passphrase", export] {
        let file = sandbox.coldseal(&format!("{line} --new-passphrase-file weak"));
        let variable = sandbox.coldseal(line).env("COLDSEAL_NEW_PASSPHRASE", "horse2026");
        for command in [file, variable] {
            command.assert().code(253).stdout_eq("").stderr_eq(refused.clone());
        }
        if cfg!(unix) {
            let mut command = sandbox.std(line);
            let weak = File::open(sandbox.path("weak")).expect("there");
            let output = command.env("COLDSEAL_NEW_PASSPHRASE_FD", "0").stdin(weak).output().expect("runs");
            assert_eq!(output.status.code(), Some(253));
        }
    }
    assert!(!sandbox.exists("copy.json") && sandbox.exists("keystore/keystore.key"), "nothing was changed");
    sandbox.ok(&format!("{export} --new-passphrase-file weak --allow-weak-passphrase"));
    sandbox.ok("kms list-keys --region us-west-2 --keystore copy.json --passphrase-file weak");
    sandbox.ok("kms change-protection --to passphrase --new-passphrase-file weak --allow-weak-passphrase");
    sandbox.ok("kms list-keys --region us-west-2 --passphrase-file weak");
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
coldseal: [ROOT]/keystore/keystore.key: others may read or change this file, which is secret (mode 0644)
hint: 'chmod 600 [ROOT]/keystore/keystore.key' keeps them out; --allow-unsafe-permissions reads it all the same

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
