//! Where a secret's value comes from.

use std::fs::File;

use snapbox::str;

use crate::sandbox::Sandbox;

const CREATE: &str = "create-secret --region us-west-2 --query Name";

/// Creates the secret `a` with these arguments; gives its value, byte for byte.
fn value(arguments: &str) -> Vec<u8> {
    let sandbox = Sandbox::new();
    prepare(&sandbox);
    sandbox.ok(&format!("{CREATE} --name a {arguments}"));
    sandbox.ok("get-secret-value --secret-id a --output-file out");
    sandbox.read("out")
}

fn prepare(sandbox: &Sandbox) {
    std::fs::create_dir(sandbox.path("home")).expect("made");
    sandbox.write("text", "a, \"b\"\n");
    sandbox.write("bytes", [0, 255, 10]);
    sandbox.write("base64", "AP8K\n");
    sandbox.write("limit", vec![b'x'; 65_536]);
    sandbox.write("over", vec![b'x'; 65_537]);
}

#[test]
fn every_source_gives_its_bytes() {
    for (arguments, expected) in [
        ("--secret-string file://text", &b"a, \"b\"\n"[..]),
        ("--secret-string file://$HOME/../text", b"a, \"b\"\n"),
        ("--secret-string literal", b"literal"),
        ("--secret-string {\"a\":1}", b"{\"a\":1}"),
        ("--secret-string=-x", b"-x"),
        ("--secret-binary fileb://bytes", &[0, 255, 10]),
        ("--secret-binary file://base64", &[0, 255, 10]),
        ("--secret-binary AP8K", &[0, 255, 10]),
        ("--secret-binary AP8K --cli-binary-format raw-in-base64-out", b"AP8K"),
        ("--secret-binary file://base64 --cli-binary-format raw-in-base64-out", b"AP8K\n"),
        ("--secret-key-values z=1 password@=file://text a=x,y=z{ e=", br#"{"z":"1","password":"a, \"b\"\n","a":"x,y=z{","e":""}"#),
    ] {
        assert_eq!(value(arguments), expected, "{arguments}");
    }
    assert_eq!(value("--secret-string file://limit").len(), 65_536);
}

#[test]
fn a_value_is_generated_as_in_cloudformation() {
    const NINES: &str =
        r#""PasswordLength":4,"ExcludeUppercase":true,"ExcludeLowercase":true,"ExcludePunctuation":true,"ExcludeCharacters":"012345678""#;
    for (json, expected) in [
        (format!("{{{NINES}}}"), "9999"),
        (
            format!(r#"{{{NINES},"GenerateStringKey":"password","SecretStringTemplate":"{{\"username\":\"saanvi\",\"port\":3306}}"}}"#),
            r#"{"username":"saanvi","port":3306,"password":"9999"}"#,
        ),
        (format!(r#"{{{NINES},"GenerateStringKey":"a","SecretStringTemplate":"{{\"a\":1,\"b\":2}}"}}"#), r#"{"a":"9999","b":2}"#),
    ] {
        assert_eq!(value(&format!("--generate-secret-string {json}")), expected.as_bytes(), "{json}");
        let sandbox = Sandbox::new();
        sandbox.write("generate.json", &json);
        sandbox.write("request.json", format!(r#"{{"Name": "b", "GenerateSecretString": {json}}}"#));
        sandbox.ok(&format!("{CREATE} --name a --generate-secret-string file://generate.json"));
        sandbox.ok(&format!("{CREATE} --cli-input-json file://request.json"));
        for name in ["a", "b"] {
            assert_eq!(sandbox.stdout(&format!("get-secret-value --secret-id {name} --output-file -")), expected, "{json}");
        }
    }
    assert_eq!(value("--generate-secret-string {}").len(), 32);
    let shorthand = "PasswordLength=4,ExcludePunctuation=true,ExcludeCharacters=012345678,RequireEachIncludedType=false,ExcludeUppercase=true,ExcludeLowercase=true";
    assert_eq!(value(&format!("--generate-secret-string {shorthand}")), b"9999");
    assert_ne!(value("--generate-secret-string {}"), value("--generate-secret-string {}"));
}

#[test]
fn a_new_version_is_generated_too() {
    let sandbox = Sandbox::new();
    sandbox.ok(&format!("{CREATE} --name a --secret-string old"));
    let value = || sandbox.stdout("get-secret-value --secret-id a --output-file -");
    sandbox.ok("put-secret-value --secret-id a --generate-secret-string PasswordLength=40");
    let first = value();
    assert_eq!(first.len(), 40);
    sandbox.write("request.json", r#"{"SecretId": "a", "GenerateSecretString": {"PasswordLength": 41}}"#);
    sandbox.ok("put-secret-value --cli-input-json file://request.json");
    assert_eq!(value().len(), 41);
    sandbox.ok("update-secret --secret-id a --generate-secret-string {}");
    assert_eq!(value().len(), 32);
    assert_eq!(sandbox.stdout("get-secret-value --secret-id a --version-stage AWSPREVIOUS --output-file -").len(), 41);
    // A plan that runs again is to find its values.
    sandbox.write("plan.jsonl", r#"{"Name": "b", "GenerateSecretString": {}}"#);
    let refused = sandbox.coldseal("pack plan.jsonl --region us-west-2").assert().code(1);
    let stderr = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
    assert!(stderr.contains("GenerateSecretString"), "{stderr}");
}

#[test]
fn standard_input_is_taken_as_it_is() {
    let sandbox = Sandbox::new();
    sandbox.coldseal(&format!("{CREATE} --name s --secret-string -")).stdin("line\n").assert().success();
    sandbox.coldseal(&format!("{CREATE} --name b --secret-binary -")).stdin(vec![0u8, 255]).assert().success();
    sandbox.coldseal("get-secret-value --secret-id s --output-file -").assert().success().stdout_eq("line\n");
    sandbox.ok("get-secret-value --secret-id b --output-file b");
    assert_eq!(sandbox.read("b"), [0, 255]);
    sandbox.coldseal(&format!("{CREATE} --name t --secret-string -")).stdin(vec![255u8]).assert().code(254).stderr_eq(str![[r#"
An error occurred (InvalidParameterException) when calling the CreateSecret operation: a SecretString must be UTF-8
hint: use --secret-binary fileb://… for other bytes

"#]]);
    sandbox.coldseal(&format!("{CREATE} --name t --secret-string -")).stdin(vec![b'x'; 65_537]).assert().code(252).stderr_eq(str![[r#"
coldseal: Error parsing parameter '--secret-string': stdin is too large, more than 65536 bytes
hint: a secret holds at most 65,536 bytes, as in AWS Secrets Manager; 'coldseal seal' has no limit

"#]]);
}

#[test]
fn literals_are_warned_about_once() {
    let sandbox = Sandbox::new();
    sandbox.coldseal(&format!("{CREATE} --name a --secret-string x")).assert().success().stderr_eq(str![[r#"
coldseal: warning: --secret-string: a value on the command line can be read by others (process list, shell history); use file://…, '-' for stdin, or a prompt
coldseal: made the keystore [ROOT]/keystore/keystore.json and its key file [ROOT]/keystore/keystore.key; whoever copies both files can open everything ('coldseal kms change-protection --to passphrase' asks for a passphrase instead)
coldseal: made the vault [ROOT]/coldseal-vault; --vault or COLDSEAL_VAULT names another
coldseal: 1 bundle in [ROOT]/coldseal-vault

"#]]);
    sandbox.coldseal(&format!("{CREATE} --name b --secret-key-values a=1 b=2")).assert().success().stderr_eq(str![[r#"
coldseal: warning: --secret-key-values: a value on the command line can be read by others (process list, shell history); use file://…, '-' for stdin, or a prompt
coldseal: 1 bundle in [ROOT]/coldseal-vault

"#]]);
    sandbox.coldseal(&format!("{CREATE} --name c --secret-binary AP8K")).assert().success().stderr_eq(str![[r#"
coldseal: warning: --secret-binary: a value on the command line can be read by others (process list, shell history); use file://…, '-' for stdin, or a prompt
coldseal: 1 bundle in [ROOT]/coldseal-vault

"#]]);
    sandbox.coldseal(&format!("{CREATE} --name d")).assert().success().stderr_eq(str![[r#"
coldseal: warning: the secret gets no value: neither --secret-string, --secret-binary, --secret-key-values nor --generate-secret-string is given
coldseal: 0 bundles in [ROOT]/coldseal-vault

"#]]);
}

#[test]
fn what_cannot_be_a_value_is_refused() {
    let sandbox = Sandbox::new();
    prepare(&sandbox);
    let refused =
        |arguments: &str, code: i32| sandbox.coldseal(&format!("{CREATE} --name a {arguments}")).assert().code(code).stdout_eq("");
    refused("--secret-string file://missing", 252).stderr_eq(str![[r#"
coldseal: Error parsing parameter '--secret-string': Unable to load paramfile file://missing: No such file or directory (os error 2)

"#]]);
    refused("--secret-string file://bytes", 252).stderr_eq(str![[r#"
coldseal: Error parsing parameter '--secret-string': file://bytes holds bytes that are not UTF-8 text
hint: fileb:// reads a file as bytes, where the parameter takes bytes

"#]]);
    refused("--secret-string fileb://bytes", 252).stderr_eq(str![[r#"
coldseal: Error parsing parameter '--secret-string': takes text, and fileb:// gives bytes
hint: use file://

"#]]);
    refused("--secret-string file://.", 252).stderr_eq(str![[r#"
coldseal: Error parsing parameter '--secret-string': Unable to load paramfile file://.: is a directory

"#]]);
    refused("--secret-string file://over", 252).stderr_eq(str![[r#"
coldseal: Error parsing parameter '--secret-string': file://over holds 65537 bytes, more than 65536 bytes
hint: a secret holds at most 65,536 bytes, as in AWS Secrets Manager; 'coldseal seal' has no limit

"#]]);
    refused("--secret-binary A*", 252).stderr_eq(str![[r#"
coldseal: warning: --secret-binary: a value on the command line can be read by others (process list, shell history); use file://…, '-' for stdin, or a prompt
coldseal: Error parsing parameter '--secret-binary': Invalid base64
hint: fileb:// or --cli-binary-format raw-in-base64-out takes bytes as they are

"#]]);
    refused("--secret-key-values a@=mycreds.json", 252).stderr_eq(str![[r#"
coldseal: Error parsing parameter '--secret-key-values': 'a@=' is followed by file://PATH; NAME=VALUE gives a value itself

"#]]);
    refused(r#"--secret-key-values {"password":"value"}"#, 252).stderr_eq(str![[r#"
coldseal: Error parsing parameter '--secret-key-values': takes NAME=VALUE pairs; a whole JSON object is a --secret-string

"#]]);
    refused("--secret-key-values a@=file://text a=1", 252).stderr_eq(str![[r#"
coldseal: warning: --secret-key-values: a value on the command line can be read by others (process list, shell history); use file://…, '-' for stdin, or a prompt
coldseal: Error parsing parameter '--secret-key-values': 'a' occurs twice

"#]]);
    refused("--secret-key-values =1", 252).stderr_eq(str![[r#"
coldseal: warning: --secret-key-values: a value on the command line can be read by others (process list, shell history); use file://…, '-' for stdin, or a prompt
coldseal: Error parsing parameter '--secret-key-values': a key is empty

"#]]);
    refused("--secret-key-values password", 253).stderr_eq(str![[r#"
coldseal: a value is to be asked for, and there is no terminal to ask on
hint: NAME@=file://PATH takes it from a file

"#]]);
    refused("--secret-string a --secret-binary YQ==", 252).stderr_eq(str![[r#"
error: the argument '--secret-string [<VALUE>]' cannot be used with '--secret-binary <VALUE>'

Usage: coldseal create-secret --name <NAME> --region <REGION> --query <EXPRESSION> --secret-string [<VALUE>]

For more information, try '--help'.

"#]]);
    assert!(!sandbox.exists("coldseal-vault"));
}

#[test]
fn key_values_over_the_limit_name_seal() {
    let sandbox = Sandbox::new();
    prepare(&sandbox);
    // Each value fits; the object of both does not.
    let create = format!("{CREATE} --name a --secret-key-values a@=file://limit b=1");
    let output = sandbox.std(&create).output().expect("runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && stderr.contains("65536") && stderr.contains("seal"), "{stderr}");
}

#[test]
fn a_huge_file_is_refused_without_reading_it() {
    let sandbox = Sandbox::new();
    File::create(sandbox.path("huge")).and_then(|file| file.set_len(5 << 30)).expect("a sparse file");
    sandbox.coldseal(&format!("{CREATE} --name a --secret-string file://huge")).assert().code(252).stderr_eq(str![[r#"
coldseal: Error parsing parameter '--secret-string': file://huge holds 5368709120 bytes, more than 65536 bytes
hint: a secret holds at most 65,536 bytes, as in AWS Secrets Manager; 'coldseal seal' has no limit

"#]]);
    sandbox.coldseal(&format!("{CREATE} --name a --secret-binary fileb://huge")).assert().code(252).stderr_eq(str![[r#"
coldseal: Error parsing parameter '--secret-binary': fileb://huge holds 5368709120 bytes, more than 65536 bytes
hint: a secret holds at most 65,536 bytes, as in AWS Secrets Manager; 'coldseal seal' has no limit

"#]]);
}
