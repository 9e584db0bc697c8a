//! `verify --report`: the page, and where it may be.

use std::fs;

use snapbox::str;

use crate::sandbox::Sandbox;

fn data(name: &str) -> String {
    fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/signing").join(name)).expect("a test key")
}

/// With secrets in two Regions.
fn with_secrets() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.ok("create-secret --name db --secret-string one --region us-west-2 --add-replica-regions eu-west-1");
    sandbox.ok("create-secret --name mail --secret-string two --region us-west-2");
    sandbox
}

/// The same, signed by somebody whose name would be markup.
fn with_signature() -> Sandbox {
    let sandbox = with_secrets();
    sandbox.write("alice", data("ed25519"));
    sandbox.write("signers", format!("<b>alice</b>\u{202e} namespaces=\"coldseal-manifest\" {}", data("ed25519.pub")));
    sandbox.ok("sign --signing-key alice --yes");
    sandbox
}

fn page(sandbox: &Sandbox, name: &str) -> String {
    String::from_utf8(sandbox.read(name)).expect("UTF-8")
}

/// Everything between tags, without line ends: words as they are read.
fn words(page: &str) -> String {
    let body = page.split("<body>").nth(1).expect("a body");
    let texts = body.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    texts.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_page_is_written_beside_what_is_printed() {
    let sandbox = with_secrets();
    sandbox.coldseal("verify --report page.html").assert().success().stderr_eq("").stdout_eq(str![[r#"
2 secrets, 3 bundles: sound
not signed: this shows damage, not who made it

"#]]);
    let html = page(&sandbox, "page.html");
    assert!(html.starts_with("<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">"), "{html}");
    assert!(html.ends_with("</footer>\n</body>\n</html>\n"), "{html}");
    for never in ["<script", "src=", "href=\"h", "url(", "@import", "<link", "one", "two"] {
        let is_there = match never {
            "one" | "two" => words(&html).split(' ').any(|word| word == never),
            never => html.contains(never),
        };
        assert!(!is_there, "{never}");
    }
    assert!(html.contains("content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\""), "{html}");
    let told = words(&html);
    for expected in [
        "No damage in 2 secrets and 3 bundles. Who made them, and whether some are missing, is not known",
        "nobody was named who may sign",
        "no: nothing was opened, and no key was used",
        "symmetric KMS key",
        "◆ primary",
        "● in sync",
        "– not there",
        "✓ sound",
    ] {
        assert!(told.contains(expected), "{expected}: {told}");
    }
    #[cfg(unix)]
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&fs::metadata(sandbox.path("page.html")).expect("there").permissions()) & 0o777,
        0o600
    );
    sandbox.coldseal("verify --report page.html").assert().code(252).stdout_eq("").stderr_eq(str![[r#"
coldseal: page.html: exists; --force overwrites it

"#]]);
    sandbox.coldseal("verify --report page.html --force --open --region eu-west-1").assert().success().stdout_eq(str![[r#"
2 secrets, 1 bundle: sound
1 opened, 0 not openable here, 0 failed
2 bundles for other Regions not checked, 0 of them absent
not signed: this shows damage, not who made it

"#]]);
    let told = words(&page(&sandbox, "page.html"));
    for expected in ["Only bundles for eu-west-1 were checked.", "1 opened, 0 not openable here, 0 failed", "In the keystore here", "✓ yes"]
    {
        assert!(told.contains(expected), "{expected}: {told}");
    }
    assert!(!told.contains("mail"), "{told}");
}

#[test]
fn a_page_takes_the_place_of_nothing_that_is_read_or_kept() {
    let sandbox = with_secrets();
    fs::create_dir(sandbox.path("other")).expect("made");
    let copied = std::process::Command::new("cp").args(["-r", "coldseal-vault", "other/vault"]).current_dir(sandbox.root()).status();
    assert!(copied.expect("cp").success());
    sandbox.write("payload", "three");
    sandbox.ok("seal payload --to us-west-2");
    sandbox.write("signers", format!("alice namespaces=\"coldseal-manifest\" {}", data("ed25519.pub")));
    for (line, told) in [
        ("verify --report coldseal-vault/page.html", "lies in the vault, which is no place for other files"),
        ("verify other/vault --report other/vault/page.html", "lies in the vault, which is no place for other files"),
        ("verify other/vault/secrets/us-west-2/db --report other/vault/secrets/us-west-2/db/page.html", "lies in the vault"),
        ("verify payload.us-west-2.bundle --report payload.us-west-2.bundle --force", "is an input of this command; write to another file"),
        ("verify --signers signers --report signers --force", "is an output of this command"),
        ("verify --report -", "the page goes into a file, as the result is printed on stdout"),
        ("verify --report other", "is a directory; name a file in it"),
        ("verify --report no/such/page.html", "no/such"),
        ("verify --force", "--report"),
    ] {
        let (before, output) = (sandbox.files(""), sandbox.coldseal(line).output().expect("runs"));
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && stderr.contains(told), "{line}: {stderr}");
        assert_eq!(sandbox.files(""), before, "{line}");
    }
}

#[test]
fn a_signed_vault_is_told_with_who_signed_and_what_changed_since() {
    let sandbox = with_signature();
    sandbox.ok("verify --signers signers --report first.html");
    let html = page(&sandbox, "first.html");
    let told = words(&html);
    for expected in [
        "✓ Sound: 2 secrets and 3 bundles, nothing missing and nothing added. Root 1 was signed by &lt;b&gt;alice&lt;/b&gt;\\u{202e}.",
        "Whether it is the newest was not known when it was checked.",
        "none: it is the first",
        "✓ Nothing. Every secret is as root 1 lists it",
        "ssh-keygen -Y verify -f ",
        " -n coldseal-manifest -O verify-time=",
        " -s manifests/1.",
        ".sig &lt; manifests/1.json sha256sum manifests/1.json",
    ] {
        assert!(told.contains(expected), "{expected}: {told}");
    }
    assert!(!html.contains("<b>alice") && !html.contains('\u{202e}'), "{html}");
    sandbox.ok("put-secret-value --secret-id db --secret-string three");
    sandbox.ok("create-secret --name late --secret-string four --region us-west-2");
    fs::remove_dir_all(sandbox.path("coldseal-vault/secrets/us-west-2/mail")).expect("removed");
    sandbox.coldseal("verify --signers signers --report second.html").assert().code(1);
    let told = words(&page(&sandbox, "second.html"));
    for expected in [
        "✗ Not sound: 4 faults in 2 secrets and 5 bundles.",
        "What is here is something else, as told below.",
        "≠ changed since Bundles, LastChangedDate, VersionStages, Versions eu-west-1, us-west-2",
        "late + not listed: no signed root has it all of it us-west-2",
        "mail − missing: the root lists it all of it us-west-2",
        "missing: the root names it",
        "✗ 1 fault",
    ] {
        assert!(told.contains(expected), "{expected}: {told}");
    }
    sandbox.coldseal("verify --signers signers --threshold 2 --report third.html").assert().code(1);
    let told = words(&page(&sandbox, "third.html"));
    for expected in ["Nothing here is known to be signed", "2 signers had to sign", "none that counts: no root has enough signatures"] {
        assert!(told.contains(expected), "{expected}: {told}");
    }
}

#[test]
fn each_fault_of_a_damaged_vault_is_on_the_page() {
    let sandbox = with_secrets();
    let record = "coldseal-vault/secrets/us-west-2/mail/secret.json";
    sandbox.write(record, "{");
    let bundle = sandbox.files("coldseal-vault").into_iter().find(|name| name.contains("eu-west-1.")).expect("a bundle");
    sandbox.write(&bundle, "no bundle");
    sandbox.write("coldseal-vault/<img src=x>", "");
    sandbox.coldseal("verify --report page.html").assert().code(1).stdout_eq(str![[r#"
fault: coldseal-vault/secrets/us-west-2/db/[UUID]/eu-west-1.[HASH].bundle: [..]
fault: coldseal-vault/secrets/us-west-2/mail: coldseal-vault/secrets/us-west-2/mail/secret.json: not the JSON of a secret (line 1, column 1)
note: coldseal-vault/<img src=x>: does not belong to the vault
2 secrets, 2 bundles: 2 faults
not signed: this shows damage, not who made it

"#]]);
    let html = page(&sandbox, "page.html");
    let told = words(&html);
    for expected in [
        "Faults (2)",
        "not the JSON of a secret (line 1, column 1)",
        "&lt;img src=x&gt;",
        "Notes (1)",
        "✗ 1 fault",
        "Who made it was not asked.",
    ] {
        assert!(told.contains(expected), "{expected}: {told}");
    }
    assert!(!html.contains("<img"), "{html}");
    // Nothing of a vault can be listed whose own file is damaged.
    sandbox.write("coldseal-vault/coldseal.json", "{}");
    sandbox.coldseal("verify coldseal-vault --report marker.html").assert().code(1);
    let told = words(&page(&sandbox, "marker.html"));
    assert!(told.contains("What the vault holds cannot be listed") && told.contains("Faults (1)"), "{told}");
}

#[test]
fn bundles_and_several_vaults_are_told_on_one_page() {
    let sandbox = with_secrets();
    sandbox.write("payload", "three");
    sandbox.ok("seal payload --to us-west-2");
    sandbox.ok("verify payload.us-west-2.bundle --report bundle.html");
    let told = words(&page(&sandbox, "bundle.html"));
    assert!(told.contains("No damage in 0 secrets and 1 bundle.") && !told.contains("Secrets by Regions"), "{told}");
    let copied = std::process::Command::new("cp").args(["-r", "coldseal-vault", "copy"]).current_dir(sandbox.root()).status();
    assert!(copied.expect("cp").success());
    fs::remove_dir_all(sandbox.path("copy/secrets/us-west-2/mail")).expect("removed");
    // Each bundle of the copy has the message id of another one.
    sandbox.coldseal("verify coldseal-vault copy --report both.html").assert().code(1);
    let told = words(&page(&sandbox, "both.html"));
    for expected in ["Vault coldseal-vault", "Vault copy", "Faults (2)", "has the message id of"] {
        assert!(told.contains(expected), "{expected}: {told}");
    }
}
