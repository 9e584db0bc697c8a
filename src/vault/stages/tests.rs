use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::{
    error::{Error, ErrorCode},
    timestamp::Timestamp,
    vault::PayloadKind,
};

/// Versions with these labels each, named `v0`, `v1` and so on.
fn versions(labels: &[&[&str]]) -> Vec<VersionRecord> {
    let version = |(number, labels): (usize, &&[&str])| VersionRecord {
        version_id: format!("v{number}"),
        version_stages: labels.iter().map(|label| (*label).to_owned()).collect(),
        created_date: Timestamp::now().expect("a time"),
        payload: PayloadKind::String,
        value_tag: None,
        bundles: Vec::new(),
    };
    labels.iter().enumerate().map(version).collect()
}

fn labels(versions: &[VersionRecord]) -> Vec<Vec<&str>> {
    versions.iter().map(|version| version.version_stages.iter().map(String::as_str).collect()).collect()
}

/// As PutSecretValue does it: a version is added, and its labels move to it.
fn put(versions: &mut Vec<VersionRecord>, asked: &[&str]) -> Result<()> {
    let asked: Vec<String> = asked.iter().map(|label| (*label).to_owned()).collect();
    let given = labels_of_new_version(versions, &asked);
    let mut new = self::versions(&[&[]]).remove(0);
    new.version_id = format!("v{}", versions.len());
    let to = new.version_id.clone();
    versions.push(new);
    move_labels(versions, &to, &given)
}

fn update(versions: &mut [VersionRecord], label: &str, from: Option<&str>, to: Option<&str>) -> Result<()> {
    LabelMove { label, remove_from: from, move_to: to }.apply(versions)
}

fn refusal(result: Result<()>) -> (ErrorCode, String) {
    match result.expect_err("refused") {
        Error::Service(error) => (error.code(), error.to_string()),
        other => panic!("{other}"),
    }
}

#[test]
fn without_labels_the_new_version_is_in_use_and_the_one_before_previous() {
    let mut all = Vec::new();
    put(&mut all, &[]).expect("first");
    assert_eq!(labels(&all), [["AWSCURRENT"]]);
    put(&mut all, &[]).expect("second");
    assert_eq!(labels(&all), [["AWSPREVIOUS"], ["AWSCURRENT"]]);
    put(&mut all, &[]).expect("third");
    assert_eq!(labels(&all), [&[][..], &["AWSPREVIOUS"], &["AWSCURRENT"]]);
}

#[test]
fn labels_that_are_given_move_and_no_others() {
    let mut all = versions(&[&["AWSPREVIOUS"], &["AWSCURRENT", "blue"]]);
    put(&mut all, &["AWSPENDING", "blue", "blue"]).expect("labels");
    assert_eq!(labels(&all), [&["AWSPREVIOUS"][..], &["AWSCURRENT"], &["AWSPENDING", "blue"]]);
    put(&mut all, &["AWSCURRENT", "green"]).expect("AWSCURRENT among them");
    assert_eq!(labels(&all), [&[][..], &["AWSPREVIOUS"], &["AWSPENDING", "blue"], &["green", "AWSCURRENT"]]);
}

#[test]
fn the_first_version_is_in_use_whatever_labels_are_given() {
    let mut all = Vec::new();
    put(&mut all, &["AWSPENDING"]).expect("first");
    assert_eq!(labels(&all), [["AWSPENDING", "AWSCURRENT"]]);
}

#[test]
fn a_rotation_is_finished_and_rolled_back() {
    let mut all = versions(&[&["AWSPREVIOUS"], &["AWSCURRENT"], &["AWSPENDING"]]);
    update(&mut all, "AWSCURRENT", Some("v1"), Some("v2")).expect("finished");
    assert_eq!(labels(&all), [&[][..], &["AWSPREVIOUS"], &["AWSPENDING", "AWSCURRENT"]]);
    update(&mut all, "AWSPENDING", Some("v2"), None).expect("removed");
    update(&mut all, "AWSCURRENT", Some("v2"), Some("v1")).expect("back");
    assert_eq!(labels(&all), [&[][..], &["AWSCURRENT"], &["AWSPREVIOUS"]]);
    // Where it is already, nothing changes.
    update(&mut all, "AWSCURRENT", None, Some("v1")).expect("there");
    update(&mut all, "AWSCURRENT", Some("v1"), Some("v1")).expect("there");
    assert_eq!(labels(&all), [&[][..], &["AWSCURRENT"], &["AWSPREVIOUS"]]);
}

#[test]
fn moves_that_aws_refuses() {
    let before = versions(&[&["AWSPREVIOUS"], &["AWSCURRENT", "blue"]]);
    let code = ErrorCode::InvalidParameterException;
    for (label, from, to, expected) in [
        (
            "blue",
            None,
            Some("v0"),
            "The parameter RemoveFromVersionId can't be empty. Staging label blue is currently attached to version v1, so you must explicitly reference that version in RemoveFromVersionId.",
        ),
        (
            "AWSCURRENT",
            Some("v1"),
            None,
            "You can only move staging label AWSCURRENT to a different secret version. It can’t be completely removed.",
        ),
        ("blue", Some("v0"), Some("v0"), "The staging label blue is not attached to version v0, but to version v1"),
        ("green", Some("v0"), None, "The staging label green is not attached to version v0, nor to any other"),
        ("blue", Some("v9"), None, "Not a valid version: v9"),
        ("green", None, Some("v8"), "Not a valid version: v8"),
        ("green", None, None, "name the version that the staging label is to be moved to, or removed from"),
    ] {
        let mut all = before.clone();
        assert_eq!(refusal(update(&mut all, label, from, to)), (code, expected.to_owned()));
        assert_eq!(all, before);
    }
}

#[test]
fn a_secret_has_at_most_twenty_labels() {
    let names: Vec<String> = (0..18).map(|number| format!("l{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut all = versions(&[&names, &["AWSCURRENT"]]);
    put(&mut all, &["l0", "l1"]).expect("19 labels");
    put(&mut all, &["one"]).expect("20 labels");
    let (code, message) = refusal(put(&mut all.clone(), &["two"]));
    assert_eq!(code, ErrorCode::LimitExceededException);
    assert_eq!(message, "the versions of the secret would have 21 staging labels; a secret has at most 20");
    assert_eq!(refusal(update(&mut all.clone(), "two", None, Some("v0"))).0, ErrorCode::LimitExceededException);
    put(&mut all, &["one", "l5"]).expect("they only move");
    // A version in use brings AWSPREVIOUS with it.
    assert_eq!(refusal(put(&mut all, &[])).0, ErrorCode::LimitExceededException);
}

/// A call, with labels and versions by number.
#[derive(Debug, Clone)]
enum Call {
    Put(Vec<usize>),
    Update(usize, Option<usize>, Option<usize>),
}

const LABELS: [&str; 5] = [AWSCURRENT, AWSPREVIOUS, AWSPENDING, "blue", "green"];

fn call() -> impl Strategy<Value = Call> {
    let version = || proptest::option::of(0..6_usize);
    prop_oneof![
        proptest::collection::vec(0..LABELS.len(), 0..3).prop_map(Call::Put),
        (0..LABELS.len(), version(), version()).prop_map(|(label, from, to)| Call::Update(label, from, to)),
    ]
}

/// What AWS documents, on a map from a label to its version.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Model {
    count: usize,
    holder: BTreeMap<String, usize>,
}

impl Model {
    fn put(&mut self, asked: &[&str]) {
        let new = self.count;
        self.count += 1;
        let labels: BTreeSet<&str> = asked.iter().copied().collect();
        let is_current = labels.is_empty() || labels.contains(AWSCURRENT) || new == 0;
        for label in labels {
            if label != AWSCURRENT {
                self.holder.insert(label.to_owned(), new);
            }
        }
        if is_current {
            self.make_current(new);
        }
    }

    fn make_current(&mut self, to: usize) {
        if let Some(from) = self.holder.insert(AWSCURRENT.to_owned(), to).filter(|from| *from != to) {
            self.holder.insert(AWSPREVIOUS.to_owned(), from);
        }
    }

    /// False where it is refused.
    fn update(&mut self, label: &str, from: Option<usize>, to: Option<usize>) -> bool {
        let holder = self.holder.get(label).copied();
        let is_known = [from, to].into_iter().flatten().all(|version| version < self.count);
        let is_named = from.is_some() || to.is_some();
        let is_right = match (from, to) {
            (Some(from), _) => holder == Some(from),
            (None, to) => holder.is_none() || holder == to,
        };
        if !is_known || !is_named || !is_right || label == AWSCURRENT && to.is_none() {
            return false;
        }
        match to {
            Some(to) if label == AWSCURRENT => self.make_current(to),
            Some(to) => drop(self.holder.insert(label.to_owned(), to)),
            None => drop(self.holder.remove(label)),
        }
        true
    }
}

proptest! {
    #[test]
    fn labels_move_as_aws_documents(calls in proptest::collection::vec(call(), 1..24)) {
        let (mut all, mut model) = (Vec::new(), Model::default());
        for call in calls {
            match call {
                Call::Put(asked) => {
                    let asked: Vec<&str> = asked.iter().filter_map(|label| LABELS.get(*label).copied()).collect();
                    put(&mut all, &asked).expect("few labels");
                    model.put(&asked);
                }
                Call::Update(label, from, to) => {
                    let (label, id) = (LABELS.get(label).copied().expect("one of them"), |version: usize| format!("v{version}"));
                    let before = all.clone();
                    let result = update(&mut all, label, from.map(id).as_deref(), to.map(id).as_deref());
                    prop_assert_eq!(result.is_ok(), model.update(label, from, to));
                    prop_assert!(result.is_ok() || all == before);
                }
            }
            let mut found = BTreeMap::new();
            for (number, version) in all.iter().enumerate() {
                for label in &version.version_stages {
                    prop_assert_eq!(found.insert(label.clone(), number), None, "a label sits on one version");
                }
            }
            prop_assert_eq!(&found, &model.holder);
            prop_assert_eq!(all.len(), model.count);
            prop_assert!(all.is_empty() || found.contains_key(AWSCURRENT), "a secret with versions has one in use");
        }
    }
}
