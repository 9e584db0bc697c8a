//! On a terminal: hidden prompts, signals while one waits, and colours. The terminal is a pseudo-terminal.

#![cfg(target_os = "linux")]

use std::{
    io::{Read as _, Write as _},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use pty_process::{
    Size,
    blocking::{Pts, Pty},
};
use rustix::{
    process::{Pid, Signal, kill_process},
    termios::{LocalModes, tcgetattr},
};

use crate::sandbox::Sandbox;

/// Far longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// A process that has a terminal of its own, and what it wrote there.
pub(crate) struct Terminal {
    pty: Arc<Pty>,
    pts: Pts,
    child: Child,
    seen: Arc<Mutex<Vec<u8>>>,
    reader: thread::JoinHandle<()>,
}

impl Terminal {
    /// All three streams are the terminal's.
    pub(crate) fn run(command: Command) -> Self {
        Self::with_streams(pty_process::blocking::Command::from(command))
    }

    /// Streams that the command does not send elsewhere are the terminal's.
    fn with_streams(command: pty_process::blocking::Command) -> Self {
        let (pty, pts) = pty_process::blocking::open().expect("a pseudo-terminal");
        pty.resize(Size::new(24, 80)).expect("resized");
        let child = command.env("TERM", "xterm").spawn_borrowed(&pts).expect("runs");
        let (pty, seen) = (Arc::new(pty), Arc::new(Mutex::new(Vec::new())));
        let (source, sink) = (Arc::clone(&pty), Arc::clone(&seen));
        // Reading fails when nobody has the terminal open any more.
        let reader = thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = (&*source).read(&mut bytes) {
                sink.lock().expect("no panic").extend_from_slice(bytes.get(..count).expect("was read"));
            }
        });
        Self { pty, pts, child, seen, reader }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.seen.lock().expect("no panic")).into_owned()
    }

    fn wait_until(&self, what: &str, is_so: impl Fn() -> bool) {
        let begin = Instant::now();
        while !is_so() {
            assert!(begin.elapsed() < PATIENCE, "{what}: {}", self.text());
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits until this is asked, hidden.
    fn wait_for_prompt(&self, prompt: &str) {
        self.wait_until(prompt, || self.text().ends_with(prompt) && !self.echoes());
    }

    fn echoes(&self) -> bool {
        tcgetattr(&*self.pty).expect("a terminal").local_modes.contains(LocalModes::ECHO)
    }

    fn answer(&self, prompt: &str, keys: &str) {
        self.wait_for_prompt(prompt);
        (&*self.pty).write_all(keys.as_bytes()).expect("typed");
    }

    /// Waits until this is asked, and types this.
    pub(crate) fn reply(&self, question: &str, keys: &str) {
        self.wait_until(question, || self.text().ends_with(question));
        (&*self.pty).write_all(keys.as_bytes()).expect("typed");
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("signalled");
    }

    /// The exit code, and everything that was on the terminal; it echoes again then.
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
        let begin = Instant::now();
        let status = loop {
            match self.child.try_wait().expect("a child") {
                Some(status) => break status,
                None if begin.elapsed() > PATIENCE => panic!("does not end: {}", self.text()),
                None => thread::sleep(Duration::from_millis(5)),
            }
        };
        assert!(self.echoes(), "the terminal was left without echo");
        drop(self.pts);
        self.reader.join().expect("no panic");
        let text = String::from_utf8_lossy(&self.seen.lock().expect("no panic")).into_owned();
        (status.code(), text)
    }
}

/// In the background of a shell the interrupt key's signal is ignored, and so it is by what these tests start.
#[allow(clippy::print_stderr, reason = "what is skipped is told")]
fn is_interrupt_ignored() -> bool {
    let ignored = crate::process::is_ignored(2);
    if ignored {
        eprintln!("skipped: SIGINT is ignored here");
    }
    ignored
}

const CREATE: &str = "create-secret --name a --region us-west-2 --query Name --secret-string";
const GET: &str = "get-secret-value --secret-id a --query SecretString --output text";
const CHANGE: &str = "kms change-protection --to passphrase";
const NEW: &str = "New passphrase of the keystore: ";
const AGAIN: &str = "Once more: ";

#[test]
fn a_typed_value_is_taken_and_not_shown() {
    let sandbox = Sandbox::new();
    let terminal = Terminal::run(sandbox.std(CREATE));
    assert!(terminal.echoes() || terminal.text().is_empty(), "echo is off for prompts only");
    terminal.answer("Secret value: ", "tr0ub4dor\n");
    terminal.answer(AGAIN, "tr0ub4dor\n");
    let (code, text) = terminal.end();
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("\"a\"") && !text.contains("tr0ub4dor"), "{text}");
    assert_eq!(sandbox.stdout(GET), "tr0ub4dor\n");
}

#[test]
fn bare_keys_are_asked_for_one_after_the_other() {
    let sandbox = Sandbox::new();
    let terminal = Terminal::run(sandbox.std("create-secret --name a --region us-west-2 --secret-key-values user pass"));
    for (prompt, typed) in [("user: ", "saanvi\n"), ("pass: ", "tr0ub4dor\n")] {
        terminal.answer(prompt, typed);
        terminal.answer(AGAIN, typed);
    }
    let (code, text) = terminal.end();
    assert_eq!(code, Some(0), "{text}");
    assert!(!text.contains("saanvi") && !text.contains("tr0ub4dor"), "{text}");
    assert_eq!(sandbox.stdout(GET), "{\"user\":\"saanvi\",\"pass\":\"tr0ub4dor\"}\n");
}

/// The prompt goes to the terminal, so that the result can go elsewhere.
#[test]
fn the_prompt_does_not_mix_with_the_result() {
    let sandbox = Sandbox::new();
    let command = pty_process::blocking::Command::from(sandbox.std(CREATE)).stdout(Stdio::piped());
    let mut terminal = Terminal::with_streams(command);
    let mut stdout = terminal.child.stdout.take().expect("a pipe");
    terminal.answer("Secret value: ", "x\n");
    terminal.answer(AGAIN, "x\n");
    assert_eq!(terminal.end().0, Some(0));
    let mut result = String::new();
    stdout.read_to_string(&mut result).expect("text");
    assert_eq!(result, "\"a\"\n");
}

#[test]
fn passphrases_are_asked_for_twice_when_new_and_once_after() {
    let sandbox = Sandbox::new();
    sandbox.ok("kms create-key --region us-west-2");
    let terminal = Terminal::run(sandbox.std(CHANGE));
    terminal.answer(NEW, "a horse made of paper\n");
    terminal.answer(AGAIN, "a horse made of paper\n");
    let (code, text) = terminal.end();
    assert_eq!(code, Some(0), "{text}");
    assert!(!text.contains("horse"), "{text}");
    assert!(!sandbox.exists("keystore/keystore.key"));
    for (typed, expected) in [("a horse made of paper\n", 0), ("another horse\n", 253), ("\n", 253)] {
        let terminal = Terminal::run(sandbox.std("kms list-keys"));
        terminal.answer("Passphrase of the keystore: ", typed);
        let (code, text) = terminal.end();
        assert_eq!(code, Some(expected), "{text}");
        assert!(!text.contains("horse"), "{text}");
    }
}

#[test]
fn the_passphrase_of_a_signing_key_is_asked_for() {
    let sandbox = Sandbox::new();
    sandbox.write("key", include_bytes!("../data/signing/ed25519-passphrase"));
    sandbox.write("bundle", "x");
    for (typed, expected) in [("correct horse battery staple\n", 0), ("another horse\n", 253), ("\n", 253)] {
        let terminal = Terminal::run(sandbox.std("sign bundle --signing-key key"));
        terminal.answer("Passphrase of the signing key: ", typed);
        let (code, text) = terminal.end();
        assert_eq!(code, Some(expected), "{text}");
        assert!(!text.contains("horse"), "{text}");
    }
}

#[test]
fn each_signing_key_is_asked_for_by_its_name() {
    let sandbox = Sandbox::new();
    sandbox.write("alice", include_bytes!("../data/signing/ed25519-passphrase"));
    sandbox.write("bob", include_bytes!("../data/signing/ecdsa-256-passphrase"));
    sandbox.write("bundle", "x");
    for (typed, expected) in [("correct horse battery staple\n", 0), ("another horse\n", 253)] {
        let terminal = Terminal::run(sandbox.std("sign bundle --signing-key alice --signing-key bob --force"));
        terminal.answer("Passphrase of the signing key alice: ", "correct horse battery staple\n");
        terminal.answer("Passphrase of the signing key bob: ", typed);
        let (code, text) = terminal.end();
        assert_eq!(code, Some(expected), "{text}");
        assert!(!text.contains("horse"), "{text}");
    }
}

#[test]
fn a_mistyped_weak_or_empty_passphrase_changes_nothing() {
    let sandbox = Sandbox::new();
    sandbox.ok("kms create-key --region us-west-2");
    let before = sandbox.read("keystore/keystore.json");
    for (first, second, expected) in [
        ("a horse made of paper\n", Some("a house made of paper\n"), "the two passphrases are not the same"),
        ("horse\n", None, "the new passphrase is easy to guess: "),
        ("\n", None, "the new passphrase is empty"),
    ] {
        let terminal = Terminal::run(sandbox.std(CHANGE));
        terminal.answer(NEW, first);
        second.iter().for_each(|second| terminal.answer(AGAIN, second));
        let (code, text) = terminal.end();
        assert_eq!(code, Some(253), "{text}");
        assert!(text.contains(expected) && !text.contains("horse"), "{text}");
        assert!(sandbox.read("keystore/keystore.json") == before && sandbox.exists("keystore/keystore.key"));
    }
}

/// Nobody saw what was typed, so a slip would be kept.
#[test]
fn a_mistyped_value_is_no_value() {
    for (line, prompt) in
        [(CREATE, "Secret value: "), ("create-secret --name a --region us-west-2 --secret-key-values user=x pass", "pass: ")]
    {
        let sandbox = Sandbox::new();
        let terminal = Terminal::run(sandbox.std(line));
        terminal.answer(prompt, "tr0ub4dor\n");
        terminal.answer(AGAIN, "tr0ubador\n");
        let (code, text) = terminal.end();
        assert_eq!(code, Some(253), "{text}");
        assert!(text.contains("the two values are not the same; nothing was changed") && !text.contains("tr0ub"), "{text}");
        assert_eq!(sandbox.files("."), [""; 0]);
    }
}

#[test]
fn nothing_typed_is_no_value() {
    for (keys, again, code, expected) in [
        ("\n", Some("\n"), 252, "Invalid length for parameter SecretString, value: 0, valid min length: 1"),
        ("\u{4}", None, 253, "a value is to be asked for"),
        ("x\n", Some("\u{4}"), 253, "a value is to be asked for"),
    ] {
        let sandbox = Sandbox::new();
        let terminal = Terminal::run(sandbox.std(CREATE));
        terminal.answer("Secret value: ", keys);
        again.iter().for_each(|again| terminal.answer(AGAIN, again));
        let (found, text) = terminal.end();
        assert_eq!(found, Some(code), "{text}");
        assert!(text.contains(expected), "{text}");
        assert_eq!(sandbox.files("."), [""; 0]);
    }
}

#[test]
fn signals_end_a_prompt_and_give_the_echo_back() {
    if is_interrupt_ignored() {
        return;
    }
    for (line, prompt) in [(CREATE, "Secret value: "), (CHANGE, NEW)] {
        for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
            let sandbox = Sandbox::new();
            sandbox.ok("kms create-key --region us-west-2");
            let files = sandbox.files("keystore");
            let terminal = Terminal::run(sandbox.std(line));
            // Nothing is typed: what the kernel has not handed over when the prompt ends is echoed, as the shell wants it.
            terminal.wait_for_prompt(prompt);
            kill_process(Pid::from_child(&terminal.child), signal).expect("it runs");
            let (found, text) = terminal.end();
            assert_eq!(found, Some(code), "{line}, {signal:?}: {text}");
            assert!(sandbox.files("keystore") == files && !sandbox.exists("coldseal-vault"), "{line}, {signal:?}");
        }
    }
}

#[test]
fn the_interrupt_key_ends_a_prompt() {
    if is_interrupt_ignored() {
        return;
    }
    let sandbox = Sandbox::new();
    let terminal = Terminal::run(sandbox.std(CREATE));
    terminal.answer("Secret value: ", "half of it\u{3}");
    assert_eq!(terminal.end().0, Some(130));
}

#[test]
fn a_terminal_is_not_upset_by_bytes() {
    let sandbox = Sandbox::new();
    sandbox.write("key", [1; 32]);
    sandbox.write("bytes", b"\x1b[2J");
    sandbox.ok("seal bytes --raw-aes-key a/b=key -o sealed");
    let (code, text) = Terminal::run(sandbox.std("--color off seal bytes --raw-aes-key a/b=key")).end();
    assert_eq!(code, Some(252), "{text}");
    assert_eq!(
        text.replace("\r\n", "\n"),
        "coldseal: a message is binary, which could upset the terminal\nhint: write it to a file with -o, or use '-o -'\n"
    );
    let (code, text) = Terminal::run(sandbox.std("--color off open sealed --raw-aes-key a/b=key")).end();
    assert_eq!(code, Some(255), "{text}");
    assert!(text.contains("this is binary, which could upset the terminal") && !text.contains('\u{1b}'), "{text}");
}

/// A program gets a value as it is, a terminal without what it would obey; lines stay lines.
#[test]
fn a_value_is_shown_without_what_a_terminal_obeys() {
    let sandbox = Sandbox::new();
    let value = "first\nsecond\ttab \u{1b}[31mred \u{202e}back";
    sandbox.write("value", value);
    sandbox.ok("create-secret --name a --secret-string file://value --region us-west-2");
    let get = "--color off get-secret-value --secret-id a --query SecretString --output text";
    assert_eq!(sandbox.stdout(get), format!("{value}\n"));
    let (code, text) = Terminal::run(sandbox.std(get)).end();
    assert_eq!((code, text.replace("\r\n", "\n").as_str()), (Some(0), "first\nsecond\ttab \\u{1b}[31mred \\u{202e}back\n"));
    for line in
        ["get-secret-value --secret-id a", "get-secret-value --secret-id a --output text", "get-secret-value --secret-id a --output table"]
    {
        let (_, text) = Terminal::run(sandbox.std(&format!("--color off {line}"))).end();
        assert!(text.contains("red") && !text.contains(['\u{1b}', '\u{202e}']), "{line}: {text:?}");
    }
}

#[test]
fn a_table_that_does_not_fit_the_terminal_says_how_it_would() {
    let sandbox = Sandbox::new();
    for name in ["a", "b"] {
        sandbox.ok(&format!("create-secret --name {name} --secret-string 1 --region us-west-2"));
    }
    let (code, text) = Terminal::run(sandbox.std("--color off list-secrets --output table")).end();
    assert_eq!(code, Some(0), "{text}");
    let told = text.lines().find(|line| line.starts_with("coldseal: the table has ")).unwrap_or_default();
    assert!(told.contains("columns and the terminal 80: --query chooses what is shown, as --query 'SecretList[].[Name,"), "{text}");
    assert!(told.trim_end().ends_with("--output json and yaml need no width"), "{text}");
    for line in ["list-secrets --output table --query SecretList[].[Name]", "list-secrets --output json", "list-secrets --output text"] {
        let (_, text) = Terminal::run(sandbox.std(line)).end();
        assert!(!text.contains("the table has"), "{line}: {text}");
    }
    // A program has no width.
    sandbox.coldseal("list-secrets --output table").assert().success().stderr_eq("");
}

/// What a command writes to a terminal, and, when it is not one, to pipes.
fn both(sandbox: &Sandbox, line: &str, no_color: &str) -> [String; 2] {
    let command = || {
        let mut command = sandbox.std(line);
        command.env("NO_COLOR", no_color);
        command
    };
    let output = command().output().expect("runs");
    let piped = [output.stdout, output.stderr].concat();
    [Terminal::run(command()).end().1, String::from_utf8(piped).expect("text")]
}

/// Errors, help, usage errors and tables obey `--color` and `NO_COLOR` alike; other results have no colour at all.
#[test]
fn colours_are_for_terminals_unless_asked_for_or_away() {
    let sandbox = Sandbox::new();
    sandbox.ok("create-secret --name a --secret-string 1 --region us-west-2");
    for line in ["get-secret-value --secret-id none", "list-secrets --qery x", "kms describe-key --help", "", "list-secrets --output table"]
    {
        for (flag, no_color, expected) in [
            ("", "", [true, false]),
            ("", "1", [false, false]),
            ("--color auto", "", [true, false]),
            ("--color auto", "1", [false, false]),
            ("--color on", "", [true, true]),
            ("--color on", "1", [true, true]),
            ("--color=off", "", [false, false]),
        ] {
            let texts = both(&sandbox, &format!("{flag} {line}"), no_color);
            assert_eq!(texts.each_ref().map(|text| text.contains('\u{1b}')), expected, "{flag} {line} NO_COLOR={no_color}: {texts:?}");
        }
    }
    for line in ["--color on list-secrets", "--color on list-secrets --output text", "--color on kms list-keys", "--color on verify"] {
        assert_eq!(both(&sandbox, line, "").map(|text| text.contains('\u{1b}')), [false, false], "{line}");
    }
    let [shown, _] = both(&sandbox, "get-secret-value --secret-id none", "");
    assert!(shown.starts_with("\u{1b}[1m\u{1b}[31mAn error occurred (ResourceNotFoundException)\u{1b}[0m when calling"), "{shown:?}");
    assert!(shown.contains("\n\u{1b}[32mhint:\u{1b}[0m 'coldseal list-secrets'"), "{shown:?}");
}
