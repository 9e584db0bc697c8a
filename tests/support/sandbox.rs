//! A folder of its own for one test, and the binary run in it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command as StdCommand,
};

use snapbox::{Assert, Redactions, cmd::Command};

/// A fresh folder with a vault, a keystore and a home that do not exist yet.
pub(crate) struct Sandbox {
    folder: tempfile::TempDir,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).unwrap_or_else(|error| panic!("writing {name}: {error}"));
        // It may be a key or a passphrase, which nobody else may read.
        #[cfg(unix)]
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("set");
        path
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_else(|error| panic!("reading {name}: {error}"))
    }

    pub(crate) fn exists(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    /// Every file under a folder, sorted, relative to the sandbox.
    pub(crate) fn files(&self, folder: &str) -> Vec<String> {
        fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                if entry.path().is_dir() {
                    walk(&entry.path(), found);
                } else {
                    found.push(entry.path());
                }
            }
        }
        let mut found = Vec::new();
        walk(&self.path(folder), &mut found);
        let relative = |path: PathBuf| path.strip_prefix(self.root()).expect("it is below").display().to_string();
        let mut names: Vec<String> = found.into_iter().map(relative).collect();
        names.sort();
        names
    }

    /// The binary with these words, which have no spaces in them; more can be added with `arg`.
    pub(crate) fn coldseal(&self, line: &str) -> Command {
        Command::from_std(self.std(line)).with_assert(self.assertions())
    }

    /// The same for a test that needs the process itself.
    pub(crate) fn std(&self, line: &str) -> StdCommand {
        let mut command = self.prepared(env!("CARGO_BIN_EXE_coldseal"));
        command.args(line.split_whitespace());
        command
    }

    /// A program in this folder, with nothing of the surroundings that coldseal would look at.
    pub(crate) fn prepared(&self, program: &str) -> StdCommand {
        let mut command = StdCommand::new(program);
        for (name, _) in std::env::vars_os() {
            let name_text = name.to_string_lossy();
            if name_text.starts_with("AWS_") || name_text.starts_with("COLDSEAL_") || name_text.starts_with("XDG_") {
                command.env_remove(&name);
            }
        }
        command
            .env("HOME", self.path("home"))
            .env("COLDSEAL_KEYSTORE", self.path("keystore/keystore.json"))
            .env("COLUMNS", "80")
            .env("TZ", "UTC");
        command.current_dir(self.root());
        command
    }

    /// What the command printed; it has to succeed.
    pub(crate) fn stdout(&self, line: &str) -> String {
        let output = self.std(line).output().expect("the binary runs");
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }

    /// The commands that the help of a group lists, the group's name before each.
    pub(crate) fn commands(&self, group: &str) -> Vec<String> {
        let help = self.stdout(&format!("{group} --help"));
        let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
        let starts = lines.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
        let names = starts.filter_map(|line| line.split_whitespace().next());
        names.map(|name| format!("{group} {name}").trim_start().to_owned()).collect()
    }

    /// Every command, those of `kms` with that before them.
    pub(crate) fn all_commands(&self) -> Vec<String> {
        [self.commands(""), self.commands("kms")].concat()
    }

    /// Runs a command that has to succeed.
    pub(crate) fn ok(&self, line: &str) {
        self.stdout(line);
    }

    /// Comparison with what differs from run to run taken out.
    fn assertions(&self) -> Assert {
        Assert::new().action_env("SNAPSHOTS").redact_with(self.redactions())
    }

    /// What differs from run to run.
    pub(crate) fn redactions(&self) -> Redactions {
        let mut redactions = Redactions::new();
        let regex = |pattern: &str| regex::Regex::new(pattern).expect("a regular expression");
        redactions.insert("[ROOT]", self.root().to_path_buf()).expect("a placeholder");
        for (placeholder, pattern) in [
            ("[MRK]", r"\bmrk-[0-9a-f]{32}\b"),
            ("[UUID]", r"\b[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}\b"),
            ("[SHA]", r"\b[0-9a-f]{64}\b"),
            ("[HASH]", r"\.(?<redacted>[0-9a-f]{16})\.bundle"),
            ("[DATE]", r"\b2\d{3}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d+\+00:00"),
            ("[SUFFIX]", r#":secret:[^"\s]*-(?<redacted>[A-Za-z0-9]{6})\b"#),
        ] {
            redactions.insert(placeholder, regex(pattern)).expect("a placeholder");
        }
        redactions
    }
}
