//! `pack` of a directory: what is taken, and what is left out by name.

use std::{fs, process::Stdio};

use crate::{
    pack::{packed, statuses, write},
    sandbox::Sandbox,
};

fn names(lines: &[serde_json::Value]) -> Vec<&str> {
    lines.iter().map(|line| line["Name"].as_str().unwrap_or_default()).collect()
}

#[test]
fn what_coldseal_keeps_reads_and_writes_is_left_out() {
    let sandbox = Sandbox::new();
    for file in ["db", "tls/key"] {
        write(&sandbox, file, "value");
    }
    write(&sandbox, "recovery.key", [7; 32]);
    write(&sandbox, "context.json", "{\"a\": \"b\"}");
    let line = "pack . --region us-west-2 --keystore keys.json --keystore-key-file main.key --recovery-key aes=h/b=recovery.key \
                --encryption-context file://context.json";
    for (run, status) in ["Created", "Unchanged", "Unchanged"].into_iter().enumerate() {
        let result = fs::File::create(sandbox.path("result.jsonl")).expect("made");
        let output = sandbox.std(line).stdout(Stdio::from(result)).output().expect("runs");
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{stderr}");
        let result = String::from_utf8(sandbox.read("result.jsonl")).expect("text");
        let lines: Vec<serde_json::Value> = result.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        assert_eq!((names(&lines), statuses(&lines)), (vec!["db", "tls/key"], vec![status; 2]), "{stderr}");
        let told =
            ["recovery.key (read by this command)", "context.json (read by this command)", "result.jsonl (stdout is redirected to it)"];
        let kept = [
            "coldseal-vault (a vault)",
            "keys.json (the keystore)",
            "main.key (the keystore's key file)",
            "keys.json.lock (the keystore's)",
        ];
        for part in told.iter().chain(kept.iter().filter(|_| run > 0)) {
            assert!(stderr.contains(part), "run {run}: {part}: {stderr}");
        }
    }
    // Another keystore, another vault and an export are known by what they are.
    let (code, lines, stderr) = packed(&sandbox, "pack . --region us-west-2 --vault other --keystore second.json --dry-run");
    assert_eq!(code, Some(0), "{stderr}");
    assert_eq!(names(&lines), ["context.json", "db", "main.key", "recovery.key", "result.jsonl", "tls/key"], "{stderr}");
    assert!(stderr.contains("keys.json (a keystore)") && stderr.contains("coldseal-vault (a vault)"), "{stderr}");
    // Inside the vault there is nothing to be packed.
    let (code, _, stderr) = packed(&sandbox, "pack coldseal-vault/secrets --region us-west-2");
    assert!(code == Some(252) && stderr.contains("(the vault)") && stderr.contains("there is nothing to pack"), "{stderr}");
}

#[test]
fn hidden_files_are_named_or_taken() {
    let sandbox = Sandbox::new();
    for file in ["app/.env", "app/.git/config", "app/plain", ".conf.d/.token", ".conf.d/key"] {
        write(&sandbox, file, "value");
    }
    let (code, lines, stderr) = packed(&sandbox, "pack app --region us-west-2");
    assert_eq!((code, names(&lines)), (Some(0), vec!["plain"]), "{stderr}");
    assert!(stderr.contains("left out: 2 names with a dot in front: .env, .git; --include-hidden takes them"), "{stderr}");
    let (code, lines, stderr) = packed(&sandbox, "pack app --region us-west-2 --include-hidden");
    assert_eq!((code, names(&lines)), (Some(0), vec![".env", ".git/config", "plain"]), "{stderr}");
    assert!(!stderr.contains("left out"), "{stderr}");
    assert_eq!(sandbox.stdout("get-secret-value --secret-id .env --query SecretString --output text"), "value\n");
    // A directory that is named is meant.
    assert_eq!(names(&packed(&sandbox, "pack .conf.d --region us-west-2").1), ["key"]);
}

#[cfg(unix)]
#[test]
fn a_volume_of_kubernetes_is_packed() {
    use std::os::unix::fs::symlink;
    let sandbox = Sandbox::new();
    for file in ["volume/..2026_x/password", "volume/..2026_x/dir/inner", "elsewhere"] {
        write(&sandbox, file, "value");
    }
    for (target, link) in
        [("..2026_x", "..data"), ("..data/password", "password"), ("..data/dir", "dir"), ("../elsewhere", "out"), (".", "loop")]
    {
        symlink(target, sandbox.path("volume").join(link)).expect("linked");
    }
    let (code, lines, stderr) = packed(&sandbox, "pack volume --region us-west-2");
    assert_eq!((code, names(&lines)), (Some(0), vec!["dir/inner", "password"]), "{stderr}");
    assert!(stderr.contains("1 symbolic link to what is not in the directory: out"), "{stderr}");
    assert!(stderr.contains(": loop\n"), "{stderr}");
}

/// Whoever puts links into the directory has nothing packed that lies elsewhere, whatever way a link takes.
#[cfg(unix)]
#[test]
fn links_lead_to_nothing_outside() {
    use std::os::unix::fs::symlink;
    let sandbox = Sandbox::new();
    for file in ["app/plain", "outside/key", "outside/dir/inner", ".hidden-outside"] {
        write(&sandbox, file, "TOPSECRET");
    }
    let root = sandbox.root().to_path_buf();
    for (target, link) in [
        (root.join("outside/key"), "absolute"),
        ("../outside/key".into(), "relative"),
        ("../outside".into(), "directory"),
        ("../app/../outside/dir".into(), "around"),
        ("relative".into(), "chain"),
        ("directory/key".into(), "through"),
        ("../.hidden-outside".into(), "hidden"),
        ("/proc/self/environ".into(), "proc"),
        ("../outside/none".into(), "dangling"),
    ] {
        symlink(target, sandbox.path("app").join(link)).expect("linked");
    }
    let (code, lines, stderr) = packed(&sandbox, "pack app --region us-west-2 --include-hidden");
    assert_eq!((code, names(&lines)), (Some(0), vec!["plain"]), "{stderr}");
    for link in ["absolute", "relative", "directory", "around", "chain", "through", "hidden", "proc", "dangling"] {
        assert!(stderr.contains(link), "{link}: {stderr}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_read_fails_alone_under_its_own_path() {
    use crate::deprived::Deprived;
    use std::{fs::Permissions, os::unix::fs::PermissionsExt as _};
    let sandbox = Sandbox::new();
    for file in ["app/a", "app/closed/b", "app/file", "app/z/c"] {
        write(&sandbox, file, "value");
    }
    let deprived = Deprived::new(sandbox);
    let set = |name: &str, mode| fs::set_permissions(deprived.sandbox.path(name), Permissions::from_mode(mode)).expect("set");
    set("app/closed", 0o000);
    set("app/file", 0o000);
    let output = deprived.run(&[], "pack app --region us-west-2");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    let lines: Vec<serde_json::Value> =
        String::from_utf8_lossy(&output.stdout).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!((output.status.code(), statuses(&lines)), (Some(1), vec!["Failed", "Failed", "Created", "Created"]), "{stderr}");
    assert_eq!((lines[0]["ErrorCode"].as_str(), lines[1]["ErrorCode"].as_str()), (Some("Unreadable"), Some("ParamValidation")));
    assert!(lines[0]["Message"].as_str().is_some_and(|text| text.starts_with("app/closed: cannot be read: Permission denied")), "{stderr}");
    assert!(lines[0]["Hint"].as_str().is_some_and(|text| text.contains("ls -ld")) && stderr.contains("app/closed: "), "{stderr}");
    assert_eq!(names(&lines[1..]), ["file", "a", "z/c"]);
    set("app/closed", 0o755);
}
