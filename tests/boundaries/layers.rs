//! Who may use whom, and who stands in a circle.

use std::collections::{BTreeMap, BTreeSet};

use super::tree::{Arrow, File};

/// A folder, or a file that stands for itself, may use what stands in a line above its own, and what stands in its own line.
const LAYERS: &[&[&str]] = &[
    &["error", "secret", "suite", "region", "arn", "timestamp", "policy", "page", "text", "parallel", "sequence_number"],
    &["durable"],
    &["format"],
    &["crypto"],
    &["keyring"],
    &["message"],
    &["kms"],
    &["region_bundles"],
    &["store"],
    &["vault"],
    &["package"],
    &["deliver"],
    &["protocol"],
    &["endpoint"],
    &["cli"],
];
/// Neighbours that do not know each other: `message` joins them.
const STRANGERS: (&str, &str) = ("crypto", "format");
/// What declares the folders.
const ROOTS: [&str; 2] = ["lib.rs", "main.rs"];

/// The part of `src` that a file is of: its folder, or its name.
pub(crate) fn part(file: &str) -> &str {
    let first = file.split('/').next().unwrap_or(file);
    first.strip_suffix(".rs").unwrap_or(first)
}

/// The parts that a layer names and that are there.
pub(crate) fn known<'a>(files: impl Iterator<Item = &'a File>) -> BTreeSet<&'a str> {
    files.map(|file| part(file)).filter(|part| layer(part).is_some()).collect()
}

fn layer(part: &str) -> Option<usize> {
    LAYERS.iter().position(|parts| parts.contains(&part))
}

/// Parts that no line of the layers names.
pub(crate) fn unknown<'a>(files: impl Iterator<Item = &'a File>) -> BTreeSet<&'a str> {
    files.filter(|file| !ROOTS.contains(&file.as_str())).map(|file| part(file)).filter(|part| layer(part).is_none()).collect()
}

/// Arrows that run back up.
pub(crate) fn upward(arrows: &BTreeSet<Arrow>) -> Vec<&Arrow> {
    let is_upward = |arrow: &&Arrow| {
        let (from, to) = (part(&arrow.from), part(&arrow.to));
        let is_root = ROOTS.contains(&arrow.from.as_str());
        !is_root && (ROOTS.contains(&arrow.to.as_str()) || layer(from) < layer(to) || STRANGERS == (from, to))
    };
    arrows.iter().filter(is_upward).collect()
}

/// The files of each circle inside one folder, or inside the first layer.
pub(crate) fn circles(arrows: &BTreeSet<Arrow>) -> Vec<BTreeSet<&str>> {
    let is_inside = |arrow: &&Arrow| {
        let (from, to) = (part(&arrow.from), part(&arrow.to));
        !arrow.only_hands_on && (from == to || (layer(from) == Some(0) && layer(to) == Some(0)))
    };
    let mut next: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for arrow in arrows.iter().filter(is_inside) {
        next.entry(&arrow.from).or_default().insert(&arrow.to);
    }
    let reached: BTreeMap<_, _> = next.keys().map(|from| (*from, reach(&next, from))).collect();
    let meets = |from: &str, to: &str| reached.get(from).is_some_and(|files| files.contains(to));
    let mut circles: Vec<BTreeSet<&str>> = Vec::new();
    for from in next.keys().filter(|from| meets(from, from)) {
        if !circles.iter().any(|circle| circle.contains(from)) {
            circles.push(next.keys().copied().filter(|to| meets(from, to) && meets(to, from)).collect());
        }
    }
    circles
}

/// What is found by going on from a file, itself only where a way leads back.
fn reach<'a>(next: &BTreeMap<&'a str, BTreeSet<&'a str>>, from: &'a str) -> BTreeSet<&'a str> {
    let (mut found, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(file) = open.pop() {
        open.extend(next.get(file).into_iter().flatten().copied().filter(|file| found.insert(*file)));
    }
    found
}
