//! The boundaries inside `src`: who may use whom, and what has one place only. They are read from the source itself.

mod items;
mod known;
mod layers;
mod reader;
mod tokens;
mod tree;
mod types;
mod words;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::LazyLock,
};

use layers::{circles, known as parts, part, unknown, upward};
use tree::Tree;
use words::Rule;

const KNOWN: &str = "tests/boundaries/known.rs";

static SOURCE: LazyLock<Tree> = LazyLock::new(|| Tree::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")));

fn fail_if_any(what: &str, lines: &[String]) {
    assert!(lines.is_empty(), "{what}\n  {}\n", lines.join("\n  "));
}

/// The arrows that run back up, with the places where they are, by file and part.
fn upward_by_file(tree: &Tree) -> BTreeMap<(String, String), Vec<String>> {
    let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for arrow in upward(&tree.arrows()) {
        let place = format!("src/{}:{} uses src/{}", arrow.from, arrow.line, arrow.to);
        found.entry((arrow.from.clone(), part(&arrow.to).to_owned())).or_default().push(place);
    }
    found
}

fn broken(tree: &Tree) -> BTreeMap<(Rule, String), Vec<usize>> {
    let files = Rule::ALL.into_iter().flat_map(|rule| tree.files.iter().map(move |(file, items)| (rule, file, items)));
    let broken = files.filter(|(rule, file, _)| rule.holds_for(file)).map(|(rule, file, items)| ((rule, file.clone()), rule.broken(items)));
    broken.filter(|(_, lines)| !lines.is_empty()).collect()
}

fn in_circles(tree: &Tree) -> BTreeSet<String> {
    circles(&tree.arrows()).into_iter().flatten().map(str::to_owned).collect()
}

#[test]
fn every_part_of_the_source_has_its_layer() {
    let tree = &*SOURCE;
    let unknown: Vec<_> = unknown(tree.files.keys()).into_iter().map(|part| format!("src/{part}")).collect();
    fail_if_any("say in tests/boundaries/layers.rs who may use these:", &unknown);
}

#[test]
fn no_arrow_runs_against_the_layers() {
    let found = upward_by_file(&SOURCE);
    let is_known = |(file, part): &(String, String)| known::UPWARD.contains(&(file.as_str(), part.as_str()));
    let new: Vec<_> = found.into_iter().filter(|(arrow, _)| !is_known(arrow)).flat_map(|(_, places)| places).collect();
    fail_if_any("against the layers of tests/boundaries/layers.rs:", &new);
}

#[test]
fn no_files_of_a_folder_stand_in_a_circle() {
    let arrows = SOURCE.arrows();
    let mut new = Vec::new();
    for circle in circles(&arrows) {
        for file in circle.iter().filter(|file| !known::IN_CIRCLES.contains(*file)) {
            let inside = arrows.iter().filter(|arrow| arrow.from == **file && circle.contains(arrow.to.as_str()) && !arrow.only_hands_on);
            new.extend(inside.map(|arrow| format!("src/{}:{} uses src/{}", arrow.from, arrow.line, arrow.to)));
        }
    }
    fail_if_any("each of these files is used by what it uses, maybe through others:", &new);
}

#[test]
fn each_thing_with_one_place_is_there_alone() {
    let mut new = Vec::new();
    for ((rule, file), lines) in broken(&SOURCE) {
        let most = known::LINES.iter().find(|(known, name, _)| *known == rule && *name == file).map_or(0, |(_, _, most)| *most);
        if lines.len() > most {
            new.push(format!("{rule:?}, src/{file}, lines {lines:?}: at most {most}"));
        }
    }
    fail_if_any("what Rule says in tests/boundaries/words.rs is broken:", &new);
}

#[test]
fn no_two_types_share_a_name() {
    let shared = types::shared(&SOURCE).into_iter().filter(|(name, _)| !known::SHARED_NAMES.contains(name));
    let lines: Vec<_> =
        shared.map(|(name, files)| format!("{name}: {}", files.into_iter().map(String::as_str).collect::<Vec<_>>().join(", "))).collect();
    fail_if_any("say what each of these is, so that a reader finds it with one guess:", &lines);
}

/// It is read by people who look for a file, and goes stale first.
#[test]
fn the_page_on_the_architecture_names_what_there_is() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    let quoted = page.split('`').skip(1).step_by(2).filter(|quoted| quoted.starts_with("src/"));
    let gone: Vec<_> = quoted.filter(|path| !root.join(path).exists()).map(str::to_owned).collect();
    fail_if_any("ARCHITECTURE.md names what is not there (any more):", &gone);
    let words: BTreeSet<&str> = page.split(|char: char| !(char == '_' || char.is_alphanumeric())).collect();
    let missing: Vec<_> = parts(SOURCE.files.keys()).into_iter().filter(|part| !words.contains(part)).map(str::to_owned).collect();
    fail_if_any("ARCHITECTURE.md does not name these parts of src:", &missing);
}

#[test]
fn the_list_of_what_does_not_hold_yet_only_shrinks() {
    let tree = &*SOURCE;
    let (upward, broken, in_circles) = (upward_by_file(tree), broken(tree), in_circles(tree));
    let arrows = known::UPWARD.iter().filter(|(file, part)| !upward.contains_key(&((*file).to_owned(), (*part).to_owned())));
    let arrows = arrows.map(|(file, part)| format!("UPWARD: ({file:?}, {part:?}),"));
    let files = known::IN_CIRCLES.iter().filter(|file| !in_circles.contains(**file)).map(|file| format!("IN_CIRCLES: {file:?},"));
    let lines = known::LINES.iter().filter(|(rule, file, _)| !broken.contains_key(&(*rule, (*file).to_owned())));
    let lines = lines.map(|(rule, file, most)| format!("LINES: (Rule::{rule:?}, {file:?}, {most}),"));
    let shared = types::shared(tree);
    let names = known::SHARED_NAMES.iter().filter(|name| !shared.contains_key(**name)).map(|name| format!("SHARED_NAMES: {name:?},"));
    let stale: Vec<_> = arrows.chain(files).chain(lines).chain(names).collect();
    fail_if_any(&format!("these hold by now. Delete these lines from {KNOWN}, each from the list named before it:"), &stale);
}
