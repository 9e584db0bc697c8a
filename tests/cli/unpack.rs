//! `unpack`: what was packed comes back, byte for byte; what cannot is told, and nothing is written.

use std::{collections::BTreeMap, fs, path::Path};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::{pack::write, sandbox::Sandbox};

/// Every file below a folder, by its path from there.
fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(top: &Path, folder: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(folder).expect("a folder").flatten() {
            if entry.path().is_dir() {
                walk(top, &entry.path(), found);
            } else {
                let path = entry.path();
                let below = path.strip_prefix(top).expect("below").to_str().expect("text").to_owned();
                found.insert(below, fs::read(&path).expect("read"));
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(folder, folder, &mut found);
    found
}

/// Exit code and stderr of what fails; it printed nothing, and left nothing beside what was there.
fn refused(sandbox: &Sandbox, line: &str) -> (i32, String) {
    let names = || {
        let mut names: Vec<_> = fs::read_dir(sandbox.root()).expect("listed").flatten().map(|entry| entry.file_name()).collect();
        names.sort();
        names
    };
    let before = names();
    let output = sandbox.std(line).output().expect("runs");
    let stderr = String::from_utf8(output.stderr).expect("text");
    assert!(output.stdout.is_empty() && names() == before, "{line}: {stderr}");
    (output.status.code().expect("no signal"), stderr)
}

/// Bytes that follow from a number, of any length up to what a secret holds.
fn bytes(seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let length = 1 + usize::try_from(next() % [16, 300, 5000, 65_536][usize::try_from(seed % 4).expect("small")]).expect("small");
    let alphabet: &[u8] = if seed.is_multiple_of(3) { b"ab\r\n \t{}\"'=#$\\" } else { &[0, 255, 128, b'\n', b'x', 7] };
    (0..length).map(|_| alphabet[usize::try_from(next()).unwrap_or(usize::MAX) % alphabet.len()]).collect()
}

fn mixed_folder(sandbox: &Sandbox) {
    for (name, content) in [
        (".env", &b"USER=saanvi\nPASSWORD='EXAMPLE'\n"[..]),
        ("app/db.json", b"{\"username\": \"saanvi\", \"port\": 3306}"),
        ("app/windows.ini", b"[a]\r\nb = c\r\n"),
        ("app/config/values.yaml", "a: é\nb: [1, 2]\n".as_bytes()),
        ("tls/server.pem", b"-----BEGIN PRIVATE KEY-----\nRVhBTVBMRQ==\n-----END PRIVATE KEY-----\n"),
        ("tls/keystore.p12", b"\x30\x82\x00\xff\x00\n"),
        ("tls/.hidden/deep/er", b"x"),
        ("bom.txt", b"\xef\xbb\xbftext"),
        ("utf16.txt", b"\xff\xfea\0b\0"),
        ("newline", b"\n"),
        ("blank", b" \t \n\n"),
        ("with space & more!", b"no newline"),
        ("number", b"42"),
    ] {
        write(sandbox, &format!("secrets.d/{name}"), content);
    }
    for seed in 0..40 {
        write(sandbox, &format!("secrets.d/random/{}/{seed}", seed % 7), bytes(seed));
    }
}

#[test]
fn what_was_packed_comes_back_byte_for_byte() {
    let sandbox = Sandbox::new();
    mixed_folder(&sandbox);
    let packed = tree(&sandbox.path("secrets.d"));
    assert_eq!(packed.len(), 53);
    sandbox.ok("pack secrets.d --include-hidden --region us-west-2 --add-replica-regions eu-west-1");
    for (number, arguments) in ["", "--all", "--region eu-west-1", "--version-stage AWSCURRENT --format files"].into_iter().enumerate() {
        let folder = format!("out{number}/of/it");
        let output = sandbox.std(&format!("unpack {arguments} --output-dir {folder}")).output().expect("runs");
        let stderr = String::from_utf8(output.stderr).expect("text");
        assert!(output.status.success() && output.stdout.is_empty(), "{arguments}: {stderr}");
        assert_eq!(stderr, format!("coldseal: 53 files in {folder}\n"));
        assert!(tree(&sandbox.path(&folder)) == packed, "{arguments}: other files");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |name: &str| fs::metadata(sandbox.path(name)).expect("there").permissions().mode() & 0o7777;
        for (name, expected) in
            [("out0", 0o700), ("out0/of/it", 0o700), ("out0/of/it/tls/.hidden", 0o700), ("out0/of/it/tls/server.pem", 0o600)]
        {
            assert_eq!(mode(name), expected, "{name}");
        }
    }
    // What comes out can be packed again, and nothing of it is new.
    let again =
        sandbox.stdout("pack out0/of/it --include-hidden --region us-west-2 --add-replica-regions eu-west-1 --query Status --output text");
    assert_eq!(again, "Unchanged\n".repeat(53));
    // As bytes, which each file is too.
    sandbox.ok("pack secrets.d --include-hidden --binary --vault binary --region us-west-2");
    sandbox.ok("unpack --vault binary --output-dir binary-out");
    assert!(tree(&sandbox.path("binary-out")) == packed);
}

#[test]
fn secrets_are_chosen_and_versions() {
    let sandbox = Sandbox::new();
    for name in ["prod/a", "prod/b/c", "dev/a"] {
        sandbox.ok(&format!("create-secret --name {name} --secret-string one-{name} --region us-west-2"));
    }
    sandbox.ok("create-secret --name prod/eu --secret-string eu --region eu-west-1");
    let put = sandbox.stdout("put-secret-value --secret-id prod/a --secret-string two --query VersionId --output text");
    let unpacked = |arguments: &str| {
        let _ = fs::remove_dir_all(sandbox.path("out"));
        sandbox.ok(&format!("unpack {arguments} --output-dir out"));
        tree(&sandbox.path("out")).into_iter().map(|(name, value)| (name, String::from_utf8(value).expect("text"))).collect::<Vec<_>>()
    };
    let expected = |files: &[(&str, &str)]| files.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>();
    let filtered = unpacked("--filters Key=name,Values=prod/ --region us-west-2 --strip prod/");
    assert_eq!(filtered, expected(&[("a", "two"), ("b/c", "one-prod/b/c")]));
    assert_eq!(unpacked("--region eu-west-1"), expected(&[("prod/eu", "eu")]));
    assert_eq!(unpacked("--secret-id prod/a --version-stage AWSPREVIOUS"), expected(&[("prod/a", "one-prod/a")]));
    assert_eq!(unpacked(&format!("--secret-id prod/a --version-id {}", put.trim())), expected(&[("prod/a", "two")]));
    assert_eq!(unpacked("--secret-id prod/a --as token.txt"), expected(&[("token.txt", "two")]));
    let arn = sandbox.stdout("describe-secret --secret-id prod/eu --query ARN --output text");
    assert_eq!(unpacked(&format!("--secret-id dev/a --secret-id {}", arn.trim())), expected(&[("dev/a", "one-dev/a"), ("prod/eu", "eu")]));

    let (code, stderr) = refused(&sandbox, "unpack --filters Key=name,Values=none --output-dir new");
    assert!(code == 252 && stderr.contains("there is nothing to unpack"), "{stderr}");
    let (code, stderr) = refused(&sandbox, "unpack --strip prod/ --output-dir new");
    assert!(code == 252 && stderr.contains("\n  dev/a\n") && !stderr.contains("prod/a\n"), "{stderr}");
    let (code, stderr) = refused(&sandbox, "unpack --version-stage AWSPREVIOUS --output-dir new");
    assert!(code == 254 && stderr.contains("3 of 4 secrets cannot be read:\n  dev/a: ResourceNotFoundException: "), "{stderr}");
    // A name of several Regions means none of them.
    sandbox.ok("create-secret --name dev/a --secret-string other --region eu-west-1");
    let (code, stderr) = refused(&sandbox, "unpack --output-dir new");
    assert!(code == 252 && stderr.contains("\n  dev/a: 2 secrets\nhint: --region "), "{stderr}");
    let (code, stderr) = refused(&sandbox, "unpack --secret-id dev/a --output-dir new");
    assert!(code == 254 && stderr.contains("InvalidRequestException"), "{stderr}");
    assert_eq!(unpacked("--region eu-west-1").len(), 2);
}

#[test]
fn no_name_leads_outside_of_the_folder() {
    let sandbox = Sandbox::new();
    let names = ["../up", "/etc/evil", "a/../../up", "ok", "ok/below", "OK", "nul.txt", "x//y", "c:\\x", "end.", "fine/one"];
    for name in names {
        sandbox.ok(&format!("create-secret --name {name} --secret-string EXAMPLE --region us-west-2"));
    }
    let (code, stderr) = refused(&sandbox, "unpack --output-dir in/out");
    assert_eq!(code, 252);
    for line in [
        "  ../up: has a part that is '.' or '..', and so could lead outside of the folder",
        "  /etc/evil: begins with /, and so leads outside of the folder",
        "  a/../../up: has a part that is '.' or '..', and so could lead outside of the folder",
        "  ok: differs only in case from OK",
        "  ok/below: would be a file and a folder, because of OK",
        "  nul.txt: has a part that is a device on Windows, nul.txt",
        "  x//y: has an empty part",
        "  c:\\\\x: has :, which no file name has on Windows",
        "  end.: has a part that ends in a dot or a blank, which Windows takes away",
    ] {
        assert!(stderr.lines().any(|found| found == line), "{line}: {stderr}");
    }
    assert!(!stderr.contains("fine") && !stderr.contains("EXAMPLE"), "{stderr}");
    let (code, stderr) = refused(&sandbox, "unpack --secret-id ok --as ../up --output-dir in/out");
    assert!(code == 252 && stderr.contains("  ../up: "), "{stderr}");
    sandbox.ok("unpack --secret-id ../up --as up --output-dir out");
    assert_eq!(sandbox.files("out"), ["out/up"]);
}

#[test]
fn what_cannot_be_read_is_named_and_nothing_is_written() {
    let sandbox = Sandbox::new();
    for name in ["a", "b", "c", "d"] {
        sandbox.ok(&format!("create-secret --name {name} --secret-string EXAMPLE-{name} --region us-west-2"));
    }
    let bundle = |name: &str| {
        let files = sandbox.files(&format!("coldseal-vault/secrets/us-west-2/{name}"));
        sandbox.path(files.iter().find(|file| file.ends_with(".bundle")).expect("a bundle"))
    };
    let mut changed = fs::read(bundle("b")).expect("read");
    *changed.last_mut().expect("long") ^= 1;
    fs::write(bundle("b"), changed).expect("written");
    fs::remove_file(bundle("d")).expect("removed");
    for format in ["--output-dir new/folder", "--format json", "--format env -o new.env"] {
        let (code, stderr) = refused(&sandbox, &format!("unpack {format}"));
        assert!(
            code == 254 && stderr.starts_with("coldseal: nothing was written: 2 of 4 secrets cannot be read:\n  b: DecryptionFailure: "),
            "{stderr}"
        );
        assert!(stderr.contains("\n  d: DecryptionFailure: ") && stderr.contains("\nhint: ") && !stderr.contains("EXAMPLE"), "{stderr}");
        assert!(!stderr.contains("  a: ") && !stderr.contains("  c: "), "{stderr}");
    }
    // One alone is told as get-secret-value tells it.
    let (code, stderr) = refused(&sandbox, "unpack --secret-id b --output-dir new");
    assert!(
        code == 254 && stderr.starts_with("An error occurred (DecryptionFailure) when calling the GetSecretValue operation: "),
        "{stderr}"
    );
    let record = sandbox.path("coldseal-vault/secrets/us-west-2/c/secret.json");
    fs::write(&record, "{").expect("written");
    let (code, stderr) = refused(&sandbox, "unpack --output-dir new");
    assert!(code == 254 && stderr.contains("3 of 4 secrets cannot be read:\n  Damaged: "), "{stderr}");
    sandbox.ok("unpack --secret-id a --output-dir out");
    assert_eq!(sandbox.read("out/a"), b"EXAMPLE-a");
}

#[test]
fn the_folder_is_new() {
    let sandbox = Sandbox::new();
    sandbox.ok("create-secret --name a --secret-string EXAMPLE --region us-west-2");
    write(&sandbox, "full/x", "mine");
    write(&sandbox, "file", "mine");
    for (dir, why) in [
        ("full", "is there, and not empty"),
        ("file", "is there, and no folder"),
        ("coldseal-vault/out", "lies in the vault"),
        ("coldseal-vault", "is there, and not empty"),
        ("file/x", "not a directory"),
    ] {
        let (code, stderr) = refused(&sandbox, &format!("unpack --output-dir {dir}"));
        assert!(code != 0 && stderr.contains(why), "{dir}: {code}: {stderr}");
    }
    assert_eq!(sandbox.read("full/x"), b"mine");
    fs::create_dir(sandbox.path("empty")).expect("made");
    let mut inside = sandbox.std("unpack --vault ../coldseal-vault --output-dir .");
    let output = inside.current_dir(sandbox.path("empty")).output().expect("runs");
    assert!(String::from_utf8_lossy(&output.stderr).contains("is the current folder"), "{output:?}");
    sandbox.ok("unpack --output-dir empty");
    assert_eq!(sandbox.read("empty/a"), b"EXAMPLE");
    let (_, stderr) = refused(&sandbox, "unpack --output-dir empty");
    assert!(stderr.contains("is there, and not empty"), "{stderr}");
    // A file takes nothing's place unless it is told to.
    let (code, stderr) = refused(&sandbox, "unpack --format json -o file");
    assert!(code == 252 && stderr.contains("--force overwrites it"), "{stderr}");
    sandbox.ok("unpack --format json -o file --force");
    assert_eq!(sandbox.read("file"), b"{\n  \"a\": \"EXAMPLE\"\n}\n");
}

/// Secrets for the formats that are one file.
fn named_values() -> Sandbox {
    let sandbox = Sandbox::new();
    write(
        &sandbox,
        "db.json",
        "{\"username\": \"saanvi\", \"password\": \"a $b \\\"c\\\"\", \"port\": 3306, \"tls\": true, \"hosts\": [\"x\", 1.50]}\n",
    );
    write(&sandbox, "bytes", b"\x00\xff\n");
    for (name, value) in [
        ("db", "--secret-string file://db.json"),
        ("API_TOKEN", "--secret-string EXAMPLE-TOKEN"),
        ("keystore.jks", "--secret-binary fileb://bytes"),
        ("hostile", r#"--secret-string {"PATH":"/evil","LD_PRELOAD":"x","a-b":"1","UID":"0","ok":"3"}"#),
        ("twice", r#"--secret-string {"a":1,"a":2}"#),
        ("quotes", r#"--secret-string {"q":"'\"","v":"${HOME}","s":"\\\\"}"#),
    ] {
        sandbox.ok(&format!("create-secret --region us-west-2 --name {name} {value}"));
    }
    sandbox
}

#[cfg(unix)]
#[test]
fn a_shell_reads_the_variables() {
    let sandbox = named_values();
    let output = sandbox.std("unpack --secret-id db --secret-id API_TOKEN --prefix APP_ --format env -o app.env").output().expect("runs");
    let stderr = String::from_utf8(output.stderr).expect("text");
    assert!(stderr.contains("coldseal: 2 values are in quotes") && stderr.ends_with("coldseal: 6 variables in app.env\n"), "{stderr}");
    let script = "set -a; . ./app.env; printf '%s|' \"$APP_username\" \"$APP_password\" \"$APP_port\" \"$APP_tls\" \"$APP_hosts\" \"$APP_API_TOKEN\"";
    let shell = sandbox.prepared("sh").args(["-c", script]).output().expect("runs");
    assert_eq!(String::from_utf8(shell.stdout).expect("text"), "saanvi|a $b \"c\"|3306|true|[\"x\", 1.50]|EXAMPLE-TOKEN|");
    let whole = sandbox.stdout("unpack --secret-id db --as DB --format env");
    assert_eq!(whole.as_bytes(), [b"DB='", sandbox.read("db.json").as_slice(), b"'\n"].concat());
    let docker = sandbox.stdout("unpack --secret-id db --prefix DB_ --format docker-env");
    assert_eq!(docker, "DB_hosts=[\"x\", 1.50]\nDB_password=a $b \"c\"\nDB_port=3306\nDB_tls=true\nDB_username=saanvi\n");
}

#[test]
fn variables_that_cannot_be_are_told_at_once() {
    let sandbox = named_values();
    let (code, stderr) = refused(&sandbox, "unpack --format env -o app.env");
    assert_eq!(code, 252);
    for line in [
        "  keystore.jks: no name that a shell could use",
        "  PATH: decides which code runs",
        "  LD_PRELOAD: decides which code runs",
        "  a-b: no name that a shell could use",
        "  UID: a variable that shells set by themselves",
        "  twice: its value is a JSON object that has a member twice",
        "  q: its value is not the same to all that read such a file, in whatever quotes",
        "  v: its value is not the same to all that read such a file, in whatever quotes",
        "  s: its value is not the same to all that read such a file, in whatever quotes",
    ] {
        assert!(stderr.lines().any(|found| found == line), "{line}: {stderr}");
    }
    assert!(!stderr.contains("  ok") && !stderr.contains("  username") && !stderr.contains("evil"), "{stderr}");
    let (_, stderr) = refused(&sandbox, "unpack --secret-id hostile --format env --allow-name PATH --allow-name UID --allow-name a-b");
    assert!(
        !stderr.contains("PATH") && stderr.contains("  LD_PRELOAD: ") && stderr.contains("  UID: ") && stderr.contains("  a-b: "),
        "{stderr}"
    );
    let (_, stderr) = refused(&sandbox, "unpack --secret-id keystore.jks --as KEYS --format env");
    assert!(stderr.contains("  KEYS: its value is binary"), "{stderr}");
    let (_, stderr) = refused(&sandbox, "unpack --secret-id db --whole --as DB --format docker-env");
    assert!(stderr.contains("  DB: its value is no line of such a file"), "{stderr}");
    let quotes = sandbox.stdout("unpack --secret-id quotes --format docker-env");
    assert_eq!(quotes, "q='\"\ns=\\\\\nv=${HOME}\n");
    sandbox.ok(r#"create-secret --region us-west-2 --name other --secret-string {"username":"x"}"#);
    let (_, stderr) = refused(&sandbox, "unpack --secret-id db --secret-id other --format env");
    assert!(stderr.contains("  username: is there twice, in several secrets"), "{stderr}");
}

#[test]
fn one_object_has_a_member_for_each_secret() {
    let sandbox = named_values();
    let ids = "--secret-id db --secret-id API_TOKEN --secret-id quotes";
    let document: Value = serde_json::from_str(&sandbox.stdout(&format!("unpack {ids} --format json"))).expect("JSON");
    let db: Value = serde_json::from_slice(&sandbox.read("db.json")).expect("JSON");
    assert_eq!(document, json!({"API_TOKEN": "EXAMPLE-TOKEN", "db": db, "quotes": {"q": "'\"", "v": "${HOME}", "s": "\\\\"}}));
    // To the byte: 1.50 stays 1.50.
    assert!(sandbox.stdout("unpack --secret-id db --format json").contains("1.50"));
    let whole: Value =
        serde_json::from_str(&sandbox.stdout("unpack --secret-id db --secret-id twice --whole --format json")).expect("JSON");
    assert_eq!(whole, json!({"db": String::from_utf8(sandbox.read("db.json")).expect("text"), "twice": r#"{"a":1,"a":2}"#}));
    let (code, stderr) = refused(&sandbox, "unpack --format json");
    assert!(code == 252 && stderr.contains("  keystore.jks: its value is binary") && stderr.contains("  twice: "), "{stderr}");
}

#[test]
fn a_secret_of_kubernetes_has_text_and_bytes() {
    let sandbox = named_values();
    let ids = "--secret-id db --secret-id API_TOKEN --secret-id keystore.jks";
    let manifest = sandbox.stdout(&format!("unpack {ids} --format kubernetes --name app --namespace web"));
    let mut expected = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: \"app\"\n  namespace: \"web\"\ntype: Opaque\ndata:\n".to_owned();
    for (key, value) in [
        ("API_TOKEN", &b"EXAMPLE-TOKEN"[..]),
        ("hosts", b"[\"x\", 1.50]"),
        ("keystore.jks", b"\x00\xff\n"),
        ("password", b"a $b \"c\""),
        ("port", b"3306"),
        ("tls", b"true"),
        ("username", b"saanvi"),
    ] {
        expected.push_str(&format!("  \"{key}\": \"{}\"\n", STANDARD.encode(value)));
    }
    assert_eq!(manifest, expected);
    let whole = sandbox.stdout("unpack --secret-id db --as db.json --format kubernetes --name app");
    assert!(whole.ends_with(&format!("data:\n  \"db.json\": \"{}\"\n", STANDARD.encode(sandbox.read("db.json")))), "{whole}");
    // Keys are variables too, where somebody asks for that.
    let (_, stderr) = refused(&sandbox, "unpack --secret-id hostile --format kubernetes --name app");
    assert!(
        stderr.contains("  PATH: ") && stderr.contains("  LD_PRELOAD: ") && !stderr.contains("a-b") && !stderr.contains("UID"),
        "{stderr}"
    );
    sandbox.ok("unpack --secret-id hostile --whole --format kubernetes --name app");
    sandbox.ok("create-secret --region us-west-2 --name dir/key --secret-string x");
    let (_, stderr) = refused(&sandbox, "unpack --secret-id dir/key --format kubernetes --name app");
    assert!(stderr.contains("  dir/key: a key of a Kubernetes Secret has letters, digits"), "{stderr}");
    assert!(sandbox.stdout("unpack --secret-id dir/key --strip dir/ --format kubernetes --name app").contains("\"key\": \"eA==\""));
}

#[test]
fn what_does_not_go_together_is_refused() {
    let sandbox = named_values();
    for (line, why) in [
        ("unpack", "--output-dir DIR"),
        ("unpack --output-dir a --format env", "--output-dir means nothing with --format env"),
        ("unpack -o a", "--output-file means nothing with --format files"),
        ("unpack --output-dir a --prefix X", "--prefix means nothing with --format files"),
        ("unpack --format json --prefix X", "--prefix means nothing with --format json"),
        ("unpack --format json --allow-name X", "--allow-name means nothing with --format json"),
        ("unpack --output-dir a --whole", "--whole means nothing with --format files"),
        ("unpack --format json --name a", "--name means nothing with --format json"),
        ("unpack --format kubernetes", "--name NAME"),
        ("unpack --format kubernetes --name App", "the name of a Kubernetes object has small letters"),
        ("unpack --format kubernetes --name app --namespace a.b", "the name of a namespace has small letters"),
        ("unpack --secret-id db --secret-id twice --as x --output-dir a", "--as is for one secret"),
        ("unpack --secret-id db --secret-id twice --version-id x --output-dir a", "--version-id is for one secret"),
        ("unpack --secret-id db --all --output-dir a", "cannot be used with"),
        ("unpack --as x --output-dir a", "--secret-id"),
        ("unpack --format xml", "invalid value"),
    ] {
        let (code, stderr) = refused(&sandbox, line);
        assert!(code == 252 && stderr.contains(why), "{line}: {code}: {stderr}");
    }
    let (code, stderr) = refused(&sandbox, "unpack --vault none --output-dir a");
    assert!(code == 253 && stderr.contains("there is no vault at"), "{stderr}");
}
