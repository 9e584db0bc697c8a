use super::*;
use crate::{
    cli::{
        color::{ERROR, HINT, RESET},
        output::Strange,
    },
    timestamp::Timestamp,
};

fn region(name: &str) -> Region {
    Region::new(name).expect("a Region of AWS")
}

fn status(name: &str, status: StateInRegion) -> RegionStatus {
    let is_failed = status == StateInRegion::Failed;
    RegionStatus {
        region: region(name),
        status,
        status_message: is_failed.then(|| "no\u{1b}[31m key".to_owned()),
        version_id: None,
        opens_here: (!is_failed).then_some(status == StateInRegion::Primary),
    }
}

fn secret(name: &str, regions: Vec<RegionStatus>) -> SecretStatus {
    SecretStatus {
        name: name.to_owned(),
        arn: "arn:aws:secretsmanager:us-west-2:000000000000:secret:any-abcdef".parse().expect("an ARN"),
        version_id: Some("3f2a91bc-0000-4000-8000-000000000000".to_owned()),
        versions: 2,
        last_changed_date: Timestamp::now().expect("a time"),
        deleted_date: None,
        deletion_date: None,
        regions,
    }
}

fn look(width: u16, is_colored: bool) -> Look {
    Look { width, is_colored, strange: Strange::Escaped }
}

fn two() -> Vec<SecretStatus> {
    vec![
        secret("production/DBWest", vec![status("us-west-2", StateInRegion::Primary), status("eu-west-1", StateInRegion::InSync)]),
        secret("t", vec![status("us-west-2", StateInRegion::Primary), status("us-east-1", StateInRegion::Failed)]),
    ]
}

#[test]
fn a_column_for_each_region() {
    let expected = "\
NAME               VERSIONS  CURRENT   eu-west-1  us-east-1  us-west-2
production/DBWest  2         3f2a91bc  in sync    -          primary *
t                  2         3f2a91bc  -          failed     primary *

failed: t in us-east-1: no\\u{1b}[31m key

2 secrets in 3 Regions; 1 replica in sync, 1 failed; * opens here
";
    assert_eq!(StatusTable::new(&two(), look(80, false)).render(), expected);
}

#[test]
fn where_there_is_no_room_a_paragraph_for_each_secret() {
    let expected = "\
production/DBWest
  2 versions, current 3f2a91bc
  us-west-2 primary *
  eu-west-1 in sync
t
  2 versions, current 3f2a91bc
  us-west-2 primary *, us-east-1 failed

failed: t in us-east-1: no\\u{1b}[31m key

2 secrets in 3 Regions; 1 replica in sync, 1 failed; * opens here
";
    assert_eq!(StatusTable::new(&two(), look(40, false)).render(), expected);
}

#[test]
fn no_line_is_wider_than_the_terminal_and_colours_take_no_room() {
    let all: Vec<_> = Region::all().map(|region| status(region.name(), StateInRegion::InSync)).collect();
    let long = "x".repeat(512);
    let wide = "密".repeat(200);
    for width in [1, 20, 40, 80, 132, 200] {
        for secrets in [
            two(),
            vec![secret(&long, all.clone())],
            vec![secret(&wide, vec![status("us-west-2", StateInRegion::Primary)])],
            vec![secret("\u{1b}[2J", Vec::new())],
        ] {
            let plain = StatusTable::new(&secrets, look(width, false)).render();
            let colored = StatusTable::new(&secrets, look(width, true)).render();
            assert!(!plain.contains('\u{1b}'), "{plain:?}");
            let uncolored = [ERROR, HINT, RESET, "\u{1b}[1m"].iter().fold(colored, |text, code| text.replace(code, ""));
            assert_eq!(uncolored, plain, "width {width}");
            let table = plain.split("\n\n").next().unwrap_or_default();
            let widest = table.lines().map(columns).max().unwrap_or_default();
            assert!(widest <= i64::from(width).max(40), "width {width}: {widest}\n{plain}");
        }
    }
}

#[test]
fn an_empty_vault_has_a_summary() {
    assert_eq!(StatusTable::new(&[], look(80, true)).render(), "0 secrets in 0 Regions; 0 replicas in sync, 0 failed\n");
}

#[test]
fn what_is_marked_for_deletion_and_what_is_behind_is_said() {
    let date: Timestamp = serde_json::from_value(serde_json::json!("2026-12-30T00:00:00+00:00")).expect("a time");
    let behind =
        RegionStatus { version_id: Some("1234567890".to_owned()), opens_here: Some(true), ..status("us-east-1", StateInRegion::Failed) };
    let marked = SecretStatus { deletion_date: Some(date), ..secret("a", vec![status("us-west-2", StateInRegion::Primary)]) };
    let secrets = vec![marked, secret("b", vec![behind])];
    let text = StatusTable::new(&secrets, look(80, false)).render();
    for part in [
        "\na     2         3f2a91bc  -          deleted *\n",
        "\nb     2         3f2a91bc  failed *   -\n",
        "\nfailed: b in us-east-1, still at 12345678: no\\u{1b}[31m key\n",
        "\ndeleted: a in us-west-2, for good after 2026-12-30T00:00:00",
        "\n2 secrets in 2 Regions; 0 replicas in sync, 1 failed, 1 marked for deletion; * opens here\n",
    ] {
        assert!(text.contains(part), "{part:?}: {text}");
    }
}

#[test]
fn many_failures_are_counted() {
    let secrets: Vec<_> = (0..30).map(|number| secret(&format!("s{number}"), vec![status("us-east-1", StateInRegion::Failed)])).collect();
    let text = StatusTable::new(&secrets, look(80, false)).render();
    assert_eq!(text.matches("failed: s").count(), TOLD);
    assert!(text.contains("10 more failed"), "{text}");
}
