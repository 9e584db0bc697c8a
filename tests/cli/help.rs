//! `--help`, `--version`, and what clap refuses.

use snapbox::str;

use crate::sandbox::Sandbox;

#[test]
fn every_command_has_help_with_an_example() {
    let sandbox = Sandbox::new();
    let (top, kms) = (sandbox.commands(""), sandbox.commands("kms"));
    assert_eq!((top.len(), kms.len()), (44, 42), "{top:?} {kms:?}");
    for command in [top, kms].concat() {
        let [long, short] = ["--help", "-h"].map(|flag| sandbox.stdout(&format!("{command} {flag}")));
        assert!(long.contains("Example"), "{command}: no example\n{long}");
        assert!(short.lines().count() + 20 < long.lines().count(), "{command}: -h is not much shorter\n{short}");
        for help in [long, short] {
            assert!(help.contains(&format!("coldseal {command}")), "{command}\n{help}");
            assert!(
                help.lines().filter(|line| !line.starts_with("Usage:")).all(|line| line.chars().count() <= 80),
                "{command}: long lines"
            );
        }
    }
}

/// Examples that would go on until they are stopped.
const ENDLESS: [&str; 2] = ["serve", "kms serve"];

/// Every example of the help texts is taken by the parser: it fails, if at all, for another reason than usage.
#[cfg(unix)]
#[test]
fn the_examples_are_commands() {
    let sandbox = Sandbox::new();
    let folder = std::path::Path::new(env!("CARGO_BIN_EXE_coldseal")).parent().expect("a folder");
    let path = format!("{}:/usr/bin:/bin", folder.display());
    for folder in [".bash_completion.d", ".zfunc", ".config/fish/completions"] {
        std::fs::create_dir_all(sandbox.path("home").join(folder)).expect("made");
    }
    let commands = [vec![String::new()], sandbox.all_commands()].concat();
    for command in commands.iter().filter(|command| !ENDLESS.contains(&command.as_str())) {
        let help = sandbox.stdout(&format!("{command} --help")).replace("\\\n", " ");
        let examples = help.split_once("\nExample").map_or("", |(_, examples)| examples);
        let mut count = 0;
        // With --kms aws they need a network.
        let lines = examples.lines().map(str::trim).filter(|line| line.starts_with("coldseal ") && !line.contains("--kms aws"));
        for example in lines.filter(|line| !line.contains("COMMAND")) {
            let mut shell = sandbox.prepared("sh");
            let output = shell
                .args(["-c", example])
                .env("PATH", &path)
                .env("AWS_REGION", "us-west-2")
                .env("PROFILE", "profile")
                .output()
                .expect("runs");
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert!(!stderr.contains("error: ") && !stderr.contains("sh: "), "{example}: {stderr}");
            count += 1;
        }
        assert!(count >= 1, "{command}: no example\n{help}");
    }
}

#[test]
fn the_first_screen_fits_a_terminal() {
    let sandbox = Sandbox::new();
    let short = sandbox.stdout("-h");
    assert!(short.lines().count() <= 24 && short.lines().all(|line| line.chars().count() <= 80), "{short}");
    let output = sandbox.std("").output().expect("runs");
    assert_eq!(String::from_utf8(output.stderr).expect("text"), short);
    assert!(short.contains("--help") && sandbox.stdout("--help").lines().count() > 100);
}

#[test]
fn no_command_shows_the_commands() {
    let sandbox = Sandbox::new();
    let output = sandbox.std("").output().expect("runs");
    let stderr = String::from_utf8(output.stderr).expect("text");
    assert_eq!((output.status.code(), output.stdout), (Some(252), vec![]));
    assert!(stderr.contains("create-secret") && stderr.contains("Usage: coldseal"), "{stderr}");
    let output = sandbox.std("kms").output().expect("runs");
    assert_eq!(output.status.code(), Some(252));
    assert!(String::from_utf8_lossy(&output.stderr).contains("create-key"));
}

#[test]
fn typing_errors_are_252() {
    let sandbox = Sandbox::new();
    sandbox.coldseal("create-secrets").assert().code(252).stdout_eq("").stderr_eq(str![[r#"
error: unrecognized command: word 1 of the command line, not repeated here as it may be a value

  tip: some similar commands exist: 'update-secret-version-stage', 'batch-get-secret-value', 'describe-secret', 'cancel-rotate-secret', 'rotate-secret', 'restore-secret', 'replicate-secret-to-regions', 'create', 'create-secret'

Usage: coldseal [OPTIONS] <COMMAND>

For more information, try '--help'.

"#]]);
    sandbox.coldseal("list-secrets --qery x").assert().code(252).stdout_eq("").stderr_eq(str![[r#"
error: unexpected argument: word 2 of the command line, not repeated here as it may be a value

  tip: a similar argument exists: '--query'

Usage: coldseal list-secrets --query <EXPRESSION>

For more information, try '--help'.

"#]]);
    sandbox.coldseal("list-secrets --output xml").assert().code(252).stdout_eq("").stderr_eq(str![[r#"
error: invalid value for '--output <FORMAT>'
  [possible values: json, text, table, yaml, off]

  tip: a similar value exists: 'yaml'

For more information, try '--help'.

"#]]);
    sandbox.coldseal("list-secrets --query a[").assert().code(252).stdout_eq("").stderr_eq(str![[r#"
coldseal: Bad value for --query a[: Parse error: Expected number, ':', or '*' -- found Eof:
a[
  ^

"#]]);
    sandbox.coldseal("kms change-protection --to nothing").assert().code(252).stdout_eq("").stderr_eq(str![[r#"
error: invalid value for '--to <TO>'
  [possible values: key-file, passphrase]

For more information, try '--help'.

"#]]);
    sandbox.coldseal("--version").assert().success().stdout_eq(concat!("coldseal ", env!("CARGO_PKG_VERSION"), "\n")).stderr_eq("");
}

#[test]
fn the_help_names_what_the_secret_commands_take() {
    let sandbox = Sandbox::new();
    sandbox
        .coldseal("create-secret -h")
        .assert()
        .success()
        .stdout_eq(str![[r#"
Create a secret: one bundle for its Region and one for each replica Region
[alias: create]

Usage: coldseal create-secret [OPTIONS] --name <NAME>

Options:
      --name <NAME>
          Name of the secret, 1 to 512 characters
      --secret-string [<VALUE>]
          The value as text: file://PATH, '-' for stdin, no value for a hidden
          prompt, or the text itself (others can see it)
      --secret-binary <VALUE>
          The value as bytes: fileb://PATH, '-' for stdin, or base64
      --secret-key-values <KEY=VALUE>...
          [coldseal] The value as a JSON object: key=value, key@=file://PATH, or
          a bare key for a hidden prompt
      --generate-secret-string <JSON>
          [coldseal] A random password, alone or as a member of an object, as in
          CloudFormation: JSON, file://PATH, or PasswordLength=40,...
      --kms-key-id <KEY>
          Key that encrypts the secret in its Region: id, ARN, alias or alias
          ARN [default: alias/aws/secretsmanager]
      --add-replica-regions <REPLICA>...
          Regions to replicate to: Region=us-east-1[,KmsKeyId=KEY] ..., plain
          names, or JSON
      --force-overwrite-replica-secret
          Replace a secret of the same name in a replica Region
      --partial
          [coldseal] Do what can be done, record the other Regions as Failed,
          and exit 1
      --description <TEXT>
          Description; not encrypted
      --tags <TAG>...
          Tags: Key=a,Value=b ..., or JSON; not encrypted
      --encryption-context <K=V>...
          [coldseal] Pairs that are bound to every bundle: k=v ..., or JSON; not
          encrypted
      --resource-policy <JSON>
          [coldseal] Policy of the secret in JSON, or file://PATH; its grammar
          is checked, it is stored and shown, NOT enforced
      --rotation-rules <RULES>
          [coldseal] When to rotate: AutomaticallyAfterDays=30, or
          ScheduleExpression='rate(10 days)'[,Duration=3h], or JSON; kept, and
          done by 'rotate-secret' alone
      --client-request-token <TOKEN>
          Token of 32 to 64 characters that makes a repeated request harmless;
          becomes the VersionId
      --data-key-per-region
          [coldseal] A data key of its own for each Region, so that no Region
          can make another Region's bundle
      --sign-message
          [coldseal] Sign each bundle (suite 0x0578), so that no Region can make
          another Region's bundle
      --recovery-key <RECOVERY>
          [coldseal] One more key that every new bundle opens with: kms=KEY,
          aes=NAMESPACE/NAME=FILE or rsa=NAMESPACE/NAME=FILE; repeat it for
          several
      --encryption-algorithm <ALGORITHM>
          [coldseal] How RSA keys of KMS wrap: RSAES_OAEP_SHA_256 or
          RSAES_OAEP_SHA_1 [default: RSAES_OAEP_SHA_256]
      --dry-run
          [coldseal] Check everything, show what would be made, and write
          nothing
      --signers <FILE>
          [coldseal] Who may sign: change only what a holder of this keystore
          left, or what stands as it was signed; a file in the format of
          allowed_signers in ssh-keygen(1) [else COLDSEAL_SIGNERS]
      --threshold <COUNT>
          [coldseal] How many of the signers have to have signed, from 1
          [default: 1]
      --cli-input-json <JSON>
          The request as JSON with AWS's member names, or file://PATH; flags
          come before it
      --generate-cli-skeleton [<WHICH>]
          Do nothing, and print the JSON to fill in for --cli-input-json, or
          with 'output' a sample of AWS's answer
  -h, --help
          Print help (see more with '--help')

Global options:
      --region <REGION>     The AWS Region [default: the ARN's, AWS_REGION,
                            AWS_DEFAULT_REGION, the profile's, then the secret's
                            primary]
      --output <FORMAT>     How results are printed: json, text, table, yaml or
                            off [default: AWS_DEFAULT_OUTPUT, the profile's,
                            then json]
      --query <EXPRESSION>  JMESPath expression that picks from the result
      --vault <DIR>         [coldseal] The vault's directory [else
                            COLDSEAL_VAULT, coldseal-vault]
      --keystore <FILE>     [coldseal] The embedded KMS's file [else
                            COLDSEAL_KEYSTORE, coldseal/keystore.json in the
                            user's data directory]

"#]])
        .stderr_eq("");
}
