//! What others wrote stays text, and every part of a page is closed.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::Arc,
};

use super::{html_page::HtmlPage, *};
use crate::{
    package::{DifferenceKind, EntryDifference},
    region::Region,
    timestamp::Timestamp,
    vault::{
        Finding, InventoryBundle, OpeningKey, OpeningKeyKind, RegionStatus, SecretInventory, SecretStatus, StateInRegion, Vault,
        VaultInventory, VerifyReport,
    },
};

const HOSTILE: [&str; 7] = [
    "</td><script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "--></style></pre></details><svg/onload=alert(1)>",
    "&lt;b&gt; &#60;b&#62; &amp",
    "user\u{202e}txt.exe\u{2066}\u{200b}",
    "\u{1b}[2J\0\r\n\t<b>",
    "' onmouseover='x' {{x}} javascript:alert(1)",
];

fn time() -> Timestamp {
    "2026-01-02T03:04:05Z".parse().expect("a time")
}

fn secret(text: &str, regions: &[Region]) -> SecretInventory {
    let status = |(at, region): (usize, &Region)| RegionStatus {
        region: *region,
        status: [StateInRegion::Primary, StateInRegion::InSync, StateInRegion::Failed].into_iter().nth(at.min(2)).expect("one of three"),
        status_message: (at > 1).then(|| text.to_owned()),
        version_id: (at > 1).then(|| text.to_owned()),
        opens_here: None,
    };
    let bundle = |region: &Region| InventoryBundle {
        version_id: Arc::from(text),
        region: *region,
        size: 100,
        sha256: "0123456789abcdef".repeat(4),
        keys: vec![0, 1],
    };
    SecretInventory {
        status: SecretStatus {
            name: text.to_owned(),
            arn: "arn:aws:secretsmanager:us-west-2:111122223333:secret:x-AbCdEf".parse().expect("an ARN"),
            version_id: Some(text.to_owned()),
            versions: 1,
            last_changed_date: time(),
            deleted_date: Some(time()),
            deletion_date: Some(time()),
            regions: regions.iter().enumerate().map(status).collect(),
        },
        bundles: regions.iter().map(bundle).collect(),
    }
}

fn page_of(text: &str, secrets: usize, regions: usize) -> String {
    let vault = Vault::new(format!("vault {text}"));
    let regions: Vec<Region> = Region::all().take(regions).collect();
    let finding = || Finding { path: PathBuf::from(text), message: format!("fault {text}") };
    let verified = VerifyReport { faults: vec![finding(), finding()], notes: vec![finding()], ..VerifyReport::default() };
    let keys = vec![
        OpeningKey { name: text.to_owned(), kind: OpeningKeyKind::Symmetric, is_here: Some(true) },
        OpeningKey { name: text.to_owned(), kind: OpeningKeyKind::Raw(text.to_owned()), is_here: Some(false) },
    ];
    let secrets = (0..secrets).map(|_| secret(text, &regions)).collect();
    let inventory = VaultInventory { secrets, keys, faults: Vec::new(), vault: vault.clone() };
    let refused = finding();
    let report = HtmlReport {
        verified: &verified,
        paths: &[PathBuf::from(text)],
        region: None,
        signers: None,
        vaults: vec![ReportedVault { vault: &vault, inventory: Ok(inventory), signed: Some(Err(&refused)) }],
        time: time(),
    };
    let mut page = Vec::new();
    write(&report, &mut page).expect("memory takes all");
    String::from_utf8(page).expect("UTF-8")
}

/// The elements of a page, with how often each is there; all that have to be closed are, in order, and none has an attribute that does or asks for
/// something.
fn elements(page: &str) -> BTreeMap<&str, usize> {
    let (mut open, mut found): (Vec<&str>, BTreeMap<&str, usize>) = (Vec::new(), BTreeMap::new());
    let body = page.split_once("</style>").expect("a style").1;
    for tag in body.split('<').skip(1).map(|part| part.split_once('>').expect("each tag ends").0) {
        if let Some(name) = tag.strip_prefix('/') {
            if name != "head" && name != "html" {
                assert_eq!(open.pop(), Some(name), "{tag}");
            }
            continue;
        }
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        for attribute in attributes.split("\" ").filter(|attribute| !attribute.is_empty() && *attribute != "open") {
            let (name, value) = attribute.split_once('=').expect("a value");
            assert!(["aria-label", "class", "href", "id", "scope", "tabindex"].contains(&name), "{tag}");
            assert!(name != "href" || value.starts_with("\"#"), "{tag}");
        }
        *found.entry(name).or_default() += 1;
        open.push(name);
    }
    assert!(open.is_empty(), "open at the end: {open:?}");
    found
}

#[test]
fn what_others_wrote_makes_no_markup() {
    let tame = page_of("tame", 3, 3);
    for hostile in HOSTILE {
        let page = page_of(hostile, 3, 3);
        assert_eq!(elements(&page), elements(&tame), "{hostile:?}");
        assert!(page.chars().all(|c| matches!(c, '\n' | '\t') || !crate::cli::shown::is_escaped(c)), "{hostile:?}");
        assert!(!page.contains("<script") && !page.contains("<img") && !page.contains("<svg"), "{hostile:?}");
    }
    assert!(page_of("user\u{202e}txt", 1, 1).contains("user\\u{202e}txt"));
    assert!(page_of("a\nb", 1, 1).contains("  secrets/"), "a line of digests is one line");
}

#[test]
fn many_secrets_and_regions_are_cut_into_groups() {
    for (secrets, regions, groups, is_open) in [(100, 3, 0, true), (101, 5, 2, true), (501, 12, 6, false)] {
        let page = page_of("many", secrets, regions);
        // The secrets and their digests.
        assert_eq!(elements(&page).get("details").copied().unwrap_or_default(), groups * 2, "{secrets}");
        assert_eq!(page.contains("<details open>"), groups > 0 && is_open, "{secrets}");
        assert_eq!(page.matches("class=\"care\"").count(), secrets + 1, "each secret is there once, and nobody is named who signs");
        for region in Region::all().take(regions) {
            assert!(page.contains(&format!(": \"{region}\"; }}")), "{region}");
        }
    }
}

#[test]
fn each_kind_of_difference_has_its_words() {
    let members = || BTreeSet::from(["Tags".to_owned(), "Bundles".to_owned()]);
    for (kind, words) in [
        (DifferenceKind::NotListed, "not listed: no signed root has it"),
        (DifferenceKind::Missing, "missing: the root lists it"),
        (DifferenceKind::RolledBack { members: members() }, "rolled back: older than what was signed</td><td>Bundles, Tags</td>"),
        (DifferenceKind::Changed { members: members() }, "changed since</td><td>Bundles, Tags</td>"),
    ] {
        let arn = "arn:aws:secretsmanager:us-west-2:111122223333:secret:x-AbCdEf".parse().expect("an ARN");
        let regions = Region::all().take(2).collect();
        let difference = EntryDifference { arn, name: "x<y".to_owned(), kind, regions };
        let mut page = Vec::new();
        let mut html = HtmlPage::new(&mut page);
        signed_changes::write_differences(&mut html, &[difference]).and_then(|()| html.finish()).expect("memory takes all");
        let page = String::from_utf8(page).expect("UTF-8");
        assert!(page.contains(words) && page.contains("<th scope=\"row\">x&lt;y</th>"), "{page}");
    }
}
