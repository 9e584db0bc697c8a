#![allow(clippy::indexing_slicing, reason = "a test that is out of bounds fails")]

mod attacks;
mod attacks_on_roots;
mod cutting;
mod diffing;
mod exporting;
mod import_attacks;
mod importing;
mod model;
mod pages;
mod place;
mod signing;
mod writing;

use std::collections::BTreeMap;

use crate::{
    region::Region,
    vault::{SecretRecord, Tag},
};

fn region(name: &str) -> Region {
    Region::new(name).expect("known")
}

/// A record with something in every member, in us-west-2 and eu-west-1, and failed in eu-south-1.
fn full_record(name: &str) -> SecretRecord {
    let digest = |digit: &str| digit.repeat(64);
    let key = |region: &str| format!("arn:aws:kms:{region}:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab");
    let bundle = |region: &str, digit: &str| {
        serde_json::json!({
            "Region": region, "File": format!("{region}.{}.bundle", digit.repeat(16)), "Size": 1234, "SHA256": digest(digit), "KmsKeyId": key(region),
            "EncryptedDataKeys": [{"ProviderId": "aws-kms", "Key": key(region)}, {"ProviderId": "home", "Key": "backup"}],
        })
    };
    let tag = serde_json::json!({"KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "Tag": digest("0")});
    let version = |id: &str, stages: &[&str], digits: [&str; 2]| {
        serde_json::json!({
            "VersionId": id, "VersionStages": stages, "CreatedDate": "2026-11-21T20:38:31.123000+00:00", "Payload": "string", "ValueTag": tag,
            "Bundles": [bundle("us-west-2", digits[0]), bundle("eu-west-1", digits[1])],
        })
    };
    let arn = |region: &str| format!("arn:aws:secretsmanager:{region}:111122223333:secret:{name}-a1b2c3");
    let record = serde_json::json!({
        "Format": 2, "ARN": arn("us-west-2"), "Name": name, "Description": "d\u{e9}\n\"", "KmsKeyId": "alias/mine",
        "CreatedDate": "2026-11-21T20:38:31+00:00", "LastChangedDate": "2026-11-22T20:38:31+00:00",
        "Tags": [{"Key": "z", "Value": "1"}, {"Key": "a", "Value": "2"}], "EncryptionContext": {"b": "1", "a": "\u{1}"}, "DataKeyScope": "PerRegion",
        "ResourcePolicy": "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\"}}", "RotationRules": {"AutomaticallyAfterDays": 30}, "RotationCancelled": true,
        "LastRotatedDate": "2026-11-22T20:38:31+00:00",
        "PlannedDeletion": {"DeletedDate": "2026-11-23T20:38:31+00:00", "DeletionDate": "2026-12-23T20:38:31+00:00"},
        "ReplicationStatus": [
            {"Region": "eu-west-1", "KmsKeyId": "alias/theirs", "Status": "InSync", "StatusMessage": "Replication succeeded"},
            {"Region": "eu-south-1", "KmsKeyId": "alias/none", "Status": "Failed", "StatusMessage": "no key",
             "VersionIdsToStages": {"v2": ["AWSCURRENT"], "v1": ["AWSPREVIOUS", "mine"]}},
        ],
        "Replaces": [{"Region": "eu-west-1", "ARN": arn("eu-west-1")}],
        "Versions": [version("v1", &["AWSPREVIOUS"], ["1", "2"]), version("v2", &["AWSCURRENT", "mine"], ["3", "4"])],
        "RecordTag": tag,
    });
    serde_json::from_value(record).expect("a record")
}
