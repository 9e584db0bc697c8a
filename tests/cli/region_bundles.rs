//! `seal --to` and `rewrap --to`: one bundle for each Region, all or nothing.

use snapbox::str;

use crate::sandbox::Sandbox;

fn with_bundles() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("payload", "attack at dawn".repeat(10_000));
    sandbox.ok("seal payload --to us-west-2 --to Region=eu-west-1 --encryption-context purpose=test --output-dir out");
    sandbox
}

#[test]
fn each_region_gets_a_bundle_that_names_it() {
    let sandbox = with_bundles();
    assert_eq!(sandbox.files("out"), ["out/payload.eu-west-1.bundle", "out/payload.us-west-2.bundle"]);
    sandbox.coldseal("inspect out/payload.eu-west-1.bundle --query EncryptionContext").assert().success().stdout_eq(str![[r#"
{
    "coldseal:region": "eu-west-1",
    "purpose": "test"
}

"#]]);
    for region in ["us-west-2", "eu-west-1"] {
        sandbox
            .coldseal(&format!("open out/payload.{region}.bundle -o {region}"))
            .assert()
            .success()
            .stderr_eq(format!("coldseal: this bundle is for the Region {region}\n"));
        sandbox.coldseal(&format!("open out/payload.{region}.bundle -o {region}-2 --region {region}")).assert().success().stderr_eq("");
        assert!(sandbox.read(region) == sandbox.read("payload") && sandbox.read(&format!("{region}-2")) == sandbox.read("payload"));
    }
    sandbox.coldseal("open out/payload.eu-west-1.bundle --region us-west-2 -o no").assert().code(254).stderr_eq(str![[r#"
coldseal: encryption context: the value of 'coldseal:region' is not the one demanded
hint: 'coldseal inspect' shows the pairs of the message; is it the one that you meant?

"#]]);
    assert!(!sandbox.exists("no"));
}

#[test]
fn every_problem_is_listed_and_nothing_is_written() {
    let sandbox = Sandbox::new();
    sandbox.write("payload", "x");
    let line = "seal payload --to us-west-2 --to us-west-9 --to af-south-1 --to Region=eu-west-1,KmsKeyId=alias/none --output-dir out";
    sandbox.coldseal(line).assert().code(254).stdout_eq("").stderr_eq(str![[r#"
An error occurred (InvalidParameterException) when calling the GenerateDataKey operation: 3 Regions have problems, and nothing was written:
  us-west-9: there is no Region 'us-west-9'; did you mean us-west-1, us-west-2, us-iso-west-1?
  af-south-1: the Region af-south-1 is not enabled
  eu-west-1: NotFoundException: Alias arn:aws:kms:eu-west-1:000000000000:alias/none is not found.
hint: 'coldseal kms enable-region af-south-1' enables it
hint: 'coldseal kms list-keys' and 'coldseal kms list-aliases' show what there is

"#]]);
    assert!(!sandbox.exists("out") && !sandbox.exists("keystore/keystore.json"));
}

/// Of this file the first byte cannot be read.
#[cfg(target_os = "linux")]
#[test]
fn an_input_that_fails_leaves_no_directory_behind() {
    let sandbox = Sandbox::new();
    sandbox.coldseal("seal /proc/self/mem --to us-west-2 --to eu-west-1 --output-dir out").assert().code(255);
    assert!(!sandbox.exists("out"));
    std::fs::create_dir(sandbox.path("out")).expect("made");
    sandbox.coldseal("seal /proc/self/mem --to us-west-2 --output-dir out").assert().code(255);
    assert!(sandbox.exists("out") && sandbox.files("out").is_empty(), "it was there before");
}

#[test]
fn bundles_are_not_overwritten_without_force() {
    let sandbox = with_bundles();
    let before = sandbox.read("out/payload.eu-west-1.bundle");
    sandbox.coldseal("seal payload --to us-east-1 --to eu-west-1 --output-dir out").assert().code(252).stderr_eq(str![[r#"
coldseal: out/payload.eu-west-1.bundle: exists; --force overwrites it

"#]]);
    assert_eq!((sandbox.files("out").len(), sandbox.read("out/payload.eu-west-1.bundle")), (2, before.clone()));
    sandbox.ok("seal payload --to us-east-1 --to eu-west-1 --output-dir out --force --no-sync");
    assert!(sandbox.files("out").len() == 3 && sandbox.read("out/payload.eu-west-1.bundle") != before);
}

#[test]
fn other_keys_and_outputs_do_not_mix_with_regions() {
    let sandbox = Sandbox::new();
    sandbox.write("payload", "x");
    sandbox.write("key", [1; 32]);
    for other in ["-o out", "--kms-key-id alias/x", "--raw-aes-key a/b=key"] {
        sandbox.coldseal(&format!("seal payload --to us-west-2 {other}")).assert().code(252).stderr_eq(str![[r#"
coldseal: --to goes without --kms-key-id, --raw-aes-key, --raw-rsa-key, --raw-ecdh-key and --output-file
hint: --to Region=us-west-2,KmsKeyId=alias/NAME names a Region's key, --output-dir the directory of the bundles

"#]]);
    }
}

/// Regions stand in one `--to` or in several, with spaces or commas; FILE before them, behind them or between.
#[test]
fn regions_are_listed_in_every_way_that_is_typed() {
    let expected = ["payload.eu-west-1.bundle", "payload.us-west-2.bundle"];
    for line in [
        "payload --to us-west-2 eu-west-1",
        "payload --to us-west-2,eu-west-1",
        "payload --to us-west-2 --to eu-west-1",
        "--to us-west-2 eu-west-1 --no-sync payload",
        "--to us-west-2 eu-west-1 payload",
        "--to us-west-2,eu-west-1 payload",
        "--to us-west-2 payload --to eu-west-1",
        "--to payload us-west-2 eu-west-1",
        "payload --to Region=us-west-2,KmsKeyId=alias/aws/secretsmanager eu-west-1",
        "payload --to region us-west-2 eu-west-1",
        "payload --to file://regions",
    ] {
        let sandbox = Sandbox::new();
        sandbox.write("payload", "x");
        sandbox.write("regions", "us-west-2, eu-west-1\n");
        for command in ["seal", "rewrap"] {
            // What is rewrapped is any message; its bundles are named after it.
            sandbox.ok(&format!("{command} {line} --force --output-dir {command}"));
            assert_eq!(sandbox.files(command), expected.map(|name| format!("{command}/{name}")), "{command} {line}");
            std::fs::copy(sandbox.path("seal/payload.us-west-2.bundle"), sandbox.path("payload")).expect("copied");
        }
    }
}

#[test]
fn what_is_no_region_is_told() {
    let sandbox = Sandbox::new();
    sandbox.write("payload", "x");
    for (line, code, expected) in [
        ("payload --to us-west-2,nowhere", 254, "there is no Region 'nowhere'"),
        ("payload --to us-west-2 missing.tar", 252, "\"missing.tar\" is not the name of a Region"),
        ("--to us-west-2 missing.tar", 255, "opening missing.tar: No such file"),
        ("--to us-west-2 a.tar b.tar", 252, "\"a.tar\" is not the name of a Region"),
        ("payload --to us-west-2,us-west-2", 252, "Region us-west-2 is named twice"),
        ("payload --to us-west-2,", 252, "\"\" is not the name of a Region"),
    ] {
        let output = sandbox.std(&format!("seal {line} --output-dir out")).output().expect("runs");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(code) && stderr.contains(expected), "{line}: {stderr}");
        assert!(!sandbox.exists("out") && !sandbox.exists("keystore/keystore.json"), "{line}");
    }
}

/// Other lists of Regions take commas too.
#[test]
fn every_list_of_regions_takes_commas() {
    let sandbox = Sandbox::new();
    sandbox.ok("kms enable-region af-south-1,ap-east-1");
    sandbox.ok("create-secret --name a --secret-string 1 --region us-west-2 --add-replica-regions us-east-1,af-south-1");
    sandbox.ok("replicate-secret-to-regions --secret-id a --add-replica-regions eu-west-1,eu-west-2 Region=ap-east-1");
    sandbox.write("plan", "{\"Name\": \"b\", \"SecretString\": \"1\"}\n");
    sandbox.ok("pack plan --region us-west-2 --add-replica-regions us-east-1,af-south-1");
    for (name, expected) in [("a", "5"), ("b", "2")] {
        let counted = sandbox.stdout(&format!("describe-secret --secret-id {name} --region us-west-2 --query length(ReplicationStatus)"));
        assert_eq!(counted.trim(), expected, "{name}");
    }
    sandbox.ok("kms export-keys --regions us-west-2,us-east-1 eu-west-1 -o copy.json --output-key-file copy.key");
    let keys = "kms list-keys --keystore copy.json --keystore-key-file copy.key --query length(Keys) --region";
    for region in ["us-west-2", "us-east-1", "eu-west-1"] {
        assert_eq!(sandbox.stdout(&format!("{keys} {region}")).trim(), "1", "{region}");
    }
}

#[test]
fn what_comes_from_stdin_can_be_given_a_name() {
    let sandbox = Sandbox::new();
    sandbox.coldseal("seal --to us-west-2 eu-west-1 --stdin-name photos.tar").stdin("piped").assert().success();
    let bundle = sandbox.read("photos.tar.eu-west-1.bundle");
    // For a name that is a bundle's the Region is another one, as for a file.
    for (line, made) in [("--stdin-name copy", "copy"), ("- --stdin-name photos.tar.eu-west-1.bundle", "photos.tar")] {
        let line = format!("rewrap {line} --to us-east-1 --output-dir out");
        sandbox.coldseal(&line).stdin(bundle.clone()).assert().success();
        sandbox.coldseal(&format!("open out/{made}.us-east-1.bundle --region us-east-1")).assert().success().stdout_eq("piped");
    }
    sandbox.write("payload", "x");
    for (line, expected) in [
        ("payload --to us-west-2 --stdin-name a", "--stdin-name is for what comes from stdin, and payload is read; leave one of them out"),
        ("--to us-west-2 --stdin-name a/b", "--stdin-name: \"a/b\" is not the name of a file"),
        ("--to us-west-2 --stdin-name ..", "--stdin-name: \"..\" is not the name of a file"),
        ("--to us-west-2 --stdin-name=", "--stdin-name: \"\" is not the name of a file"),
        ("--stdin-name a --region us-west-2", "--to <REGION>"),
    ] {
        let output = sandbox.std(&format!("seal {line}")).output().expect("runs");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(252) && stderr.contains(expected), "{line}: {stderr}");
    }
}

#[test]
fn stdin_is_sealed_for_each_region_too() {
    let sandbox = Sandbox::new();
    sandbox.coldseal("seal --to us-west-2 --to eu-west-1").stdin("piped").assert().success();
    sandbox.coldseal("open stdin.eu-west-1.bundle --region eu-west-1").assert().success().stdout_eq("piped");
}

#[test]
fn a_bundle_is_rewrapped_for_further_regions() {
    let sandbox = with_bundles();
    sandbox.ok("rewrap out/payload.us-west-2.bundle --to us-east-1 --to ap-south-1 --output-dir out");
    for region in ["us-east-1", "ap-south-1"] {
        sandbox.ok(&format!("open out/payload.{region}.bundle --region {region} --encryption-context purpose=test -o {region}"));
        assert!(sandbox.read(region) == sandbox.read("payload"));
    }
    let mut damaged = sandbox.read("out/payload.us-west-2.bundle");
    *damaged.last_mut().expect("a bundle") ^= 1;
    sandbox.write("damaged", damaged);
    sandbox.coldseal("rewrap damaged --to us-east-1").assert().code(254).stdout_eq("");
    assert!(!sandbox.exists("damaged.us-east-1.bundle"), "a bundle appears only when its source has verified");
}

#[test]
fn what_a_bundle_would_replace_is_looked_at_before_anything_is_written() {
    let sandbox = with_bundles();
    let (west, europe) = (sandbox.read("out/payload.us-west-2.bundle"), sandbox.read("out/payload.eu-west-1.bundle"));
    std::fs::create_dir(sandbox.path("out/payload.sa-east-1.bundle")).expect("a folder");
    for line in ["seal payload --to us-west-2", "rewrap out/payload.us-west-2.bundle --to eu-west-1"] {
        sandbox.coldseal(&format!("{line} --to sa-east-1 --output-dir out --force")).assert().code(252).stdout_eq("").stderr_eq(str![[
            r#"
coldseal: out/payload.sa-east-1.bundle: is there and is no file; remove it, or name another directory with --output-dir

"#
        ]]);
    }
    let line = "rewrap out/payload.us-west-2.bundle --to eu-west-1 --to us-west-2 --output-dir out --force";
    sandbox.coldseal(line).assert().code(252).stdout_eq("").stderr_eq(str![[r#"
coldseal: out/payload.us-west-2.bundle: is an input of this command; write to another file

"#]]);
    assert!(sandbox.read("out/payload.us-west-2.bundle") == west && sandbox.read("out/payload.eu-west-1.bundle") == europe);
    assert_eq!(sandbox.files("out").len(), 2);
}

/// What tells a message's Region: `coldseal:region`, a secret's ARN, or both.
fn told_in_each_way() -> (Sandbox, [(String, &'static str, &'static str); 3]) {
    let sandbox = with_bundles();
    sandbox.ok("create-secret --name a --secret-string top --region us-west-2 --add-replica-regions eu-west-1");
    let query = "--query Bundles[?Region=='eu-west-1'].Path --output text";
    let secret = sandbox.stdout(&format!("describe-secret --secret-id a --region us-west-2 {query}")).trim_end().to_owned();
    std::fs::copy(&secret, sandbox.path("secret")).expect("copied");
    sandbox.ok("rewrap secret --to ap-south-1 --output-dir out");
    let both = "out/secret.ap-south-1.bundle".to_owned();
    let file = "out/payload.eu-west-1.bundle".to_owned();
    (
        sandbox,
        [(file, "eu-west-1", "coldseal:region"), ("secret".to_owned(), "eu-west-1", "SecretARN"), (both, "ap-south-1", "coldseal:region")],
    )
}

#[test]
fn a_message_for_another_region_is_refused_by_every_command_that_opens_it() {
    let (sandbox, messages) = told_in_each_way();
    for (message, _, pair) in messages {
        for command in
            [format!("open {message}"), format!("open {message} -o no"), format!("rewrap {message} --to us-east-1 --output-dir no")]
        {
            sandbox.coldseal(&format!("{command} --region us-west-2")).assert().code(254).stdout_eq("").stderr_eq(format!(
                "coldseal: encryption context: the value of '{pair}' is not the one demanded
hint: 'coldseal inspect' shows the pairs of the message; is it the one that you meant?
"
            ));
            assert!(!sandbox.exists("no"), "{command}");
        }
    }
}

#[test]
fn a_message_for_the_region_opens_and_without_one_its_region_is_told() {
    let (sandbox, messages) = told_in_each_way();
    for (number, (message, region, _)) in messages.into_iter().enumerate() {
        for (command, told) in [
            ("open {} -o", "this bundle"),
            ("rewrap {} --to us-east-1 --query Bundles[].Region --output-dir", "the message that was opened"),
        ] {
            let command = format!("{} {}-{number}", command.replace("{}", &message), &command[..4]);
            sandbox.coldseal(&format!("{command} --region {region} --force")).assert().success().stderr_eq("");
            sandbox
                .coldseal(&format!("{command} --force"))
                .assert()
                .success()
                .stderr_eq(format!("coldseal: {told} is for the Region {region}\n"));
        }
        sandbox.ok(&format!("verify --open {message} --region {region}"));
    }
}

#[test]
fn a_secrets_bundle_that_goes_to_another_region_names_its_arn_there() {
    let (sandbox, [.., (both, ..)]) = told_in_each_way();
    let arn = sandbox.stdout(&format!("inspect {both} --query EncryptionContext.SecretARN --output text"));
    assert_eq!(
        arn,
        sandbox.stdout("describe-secret --secret-id a --region us-west-2 --query ARN --output text").replace("us-west-2", "ap-south-1")
    );
}
