//! A vault and a keystore of their own in us-west-2, and what the binary answers.

use std::process::Output;

use serde_json::Value;

use crate::sandbox::Sandbox;

/// A sandbox whose commands have us-west-2 as their Region unless they name another.
pub(crate) struct Account(pub(crate) Sandbox);

/// What AWS says when it refuses.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) name: String,
    pub(crate) operation: String,
    pub(crate) message: String,
}

impl Account {
    pub(crate) fn new() -> Self {
        Self(Sandbox::new())
    }

    /// The words of a line, which have no spaces in them, and one more word.
    fn output(&self, line: &str, last: Option<&str>) -> Output {
        self.0.std(line).args(last).env("AWS_REGION", "us-west-2").output().expect("the binary runs")
    }

    /// What a command prints that has to succeed.
    pub(crate) fn json(&self, line: &str) -> Value {
        self.json_of(line, None)
    }

    /// The same with one more word, in which there may be spaces.
    pub(crate) fn json_with(&self, line: &str, last: &str) -> Value {
        self.json_of(line, Some(last))
    }

    fn json_of(&self, line: &str, last: Option<&str>) -> Value {
        let Output { status, stdout, stderr } = self.output(line, last);
        assert!(status.success(), "{line}: {}", String::from_utf8_lossy(&stderr));
        if stdout.is_empty() { Value::Null } else { serde_json::from_slice(&stdout).expect("JSON") }
    }

    /// One text that a command prints.
    pub(crate) fn text(&self, line: &str) -> String {
        self.json(line).as_str().unwrap_or_else(|| panic!("{line}: not one text")).to_owned()
    }

    /// Exit code, stdout and stderr.
    pub(crate) fn run(&self, line: &str) -> (Option<i32>, String, String) {
        let Output { status, stdout, stderr } = self.output(line, None);
        (status.code(), String::from_utf8(stdout).expect("text"), String::from_utf8(stderr).expect("text"))
    }

    /// The refusal of a command that ends with 254 and prints nothing.
    pub(crate) fn refusal(&self, line: &str) -> Refusal {
        self.refusal_of(line, None)
    }

    /// The same with one more word.
    pub(crate) fn refusal_with(&self, line: &str, last: &str) -> Refusal {
        self.refusal_of(line, Some(last))
    }

    fn refusal_of(&self, line: &str, last: Option<&str>) -> Refusal {
        let Output { status, stdout, stderr } = self.output(line, last);
        let stderr = String::from_utf8(stderr).expect("text");
        assert_eq!((status.code(), stdout.len()), (Some(254), 0), "{line}: {stderr}");
        let found = stderr.lines().find_map(|line| line.strip_prefix("An error occurred ("));
        let (name, rest) = found.and_then(|rest| rest.split_once(") when calling the ")).unwrap_or_else(|| panic!("{line}: {stderr}"));
        let (operation, message) = rest.split_once(" operation:").expect("an operation");
        Refusal { name: name.to_owned(), operation: operation.to_owned(), message: message.trim_start().to_owned() }
    }

    /// Checks a refusal's name and message.
    #[track_caller]
    pub(crate) fn refuses(&self, line: &str, name: &str, message: &str) {
        let refusal = self.refusal(line);
        assert_eq!((&refusal.name[..], &refusal.message[..]), (name, message), "{line}");
    }

    /// Checks what is told of a request that is not sent, as botocore tells it.
    #[track_caller]
    pub(crate) fn does_not_send(&self, line: &str, last: Option<&str>, expected: &str) {
        let Output { status, stdout, stderr } = self.output(line, last);
        let told = String::from_utf8(stderr).expect("text");
        let expected = format!("coldseal: Parameter validation failed:\n{expected}\n");
        assert_eq!((status.code(), stdout.len(), told), (Some(252), 0, expected), "{line}");
    }

    /// Makes a key; gives its metadata.
    pub(crate) fn key(&self, arguments: &str) -> Value {
        self.json(&format!("kms create-key {arguments} --query KeyMetadata"))
    }

    /// Makes a key; gives its id.
    pub(crate) fn key_id(&self) -> String {
        self.key("")["KeyId"].as_str().expect("an id").to_owned()
    }
}

/// The names of an object's members, in their order.
pub(crate) fn members(document: &Value) -> Vec<&str> {
    document.as_object().expect("an object").keys().map(String::as_str).collect()
}

/// The message of a parameter whose length or value is out of bounds.
pub(crate) fn violation(parameter: &str, constraint: &str) -> String {
    format!("1 validation error detected: Value at '{parameter}' failed to satisfy constraint: Member must {constraint}")
}

/// What botocore says of a text or a list that is too short.
pub(crate) fn too_short(path: &str, length: usize, least: usize) -> String {
    format!("Invalid length for parameter {path}, value: {length}, valid min length: {least}")
}

/// What botocore says of a number that is too small.
pub(crate) fn too_small(path: &str, value: i64, least: i64) -> String {
    format!("Invalid value for parameter {path}, value: {value}, valid min value: {least}")
}

/// The message of the service where the value is shown.
pub(crate) fn violation_of(value: &str, parameter: &str, constraint: &str) -> String {
    violation(parameter, constraint).replace("Value at", &format!("Value '{value}' at"))
}
