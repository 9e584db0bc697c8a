//! What AWS Secrets Manager is asked where a secret is made to exist there, and AWS KMS by it
//! ([Secret encryption and decryption](https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html)).

use super::{
    grants::{Grants, KeyUseScope},
    of_kms::{DECRYPT, ENCRYPT, GENERATE_DATA_KEY, KeysInAws, RegionLeftOut},
    request::{in_account, regions},
    resource::ArnPattern,
};
use crate::{region::Region, vault::record::SecretRecord};

/// Of every secret, in its primary Region.
const ALWAYS: [&str; 5] = [
    "secretsmanager:CreateSecret",
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetSecretValue",
    "secretsmanager:PutSecretValue",
    "secretsmanager:UpdateSecretVersionStage",
];
/// To read back what arrived in a replica's Region.
const IN_REPLICAS: [&str; 2] = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"];

/// A secret as it is on record. AWS draws another suffix than the one there.
pub(super) fn of_publisher(grants: &mut Grants, keys: &KeysInAws<'_>, record: &SecretRecord, left_out: &mut Vec<RegionLeftOut>) {
    let primary = record.primary_region();
    let arn = in_account(&record.arn, keys.request.account.as_ref());
    let in_region = |region: Region| ArnPattern::with_any_suffix(region, arn.account(), &record.name);
    let has_replicas = !record.replication_status.is_empty();
    let more = [
        (!record.tags.is_empty(), "secretsmanager:TagResource"),
        (record.resource_policy.is_some(), "secretsmanager:GetResourcePolicy"),
        (record.resource_policy.is_some(), "secretsmanager:PutResourcePolicy"),
        (record.description.is_some(), "secretsmanager:UpdateSecret"),
        (has_replicas, "secretsmanager:ReplicateSecretToRegions"),
    ];
    let more = more.into_iter().filter_map(|(is_needed, action)| is_needed.then_some(action));
    ALWAYS.into_iter().chain(more).for_each(|action| grants.of_secret(action, in_region(primary)));
    for region in regions(record) {
        if region != primary {
            IN_REPLICAS.into_iter().for_each(|action| grants.of_secret(action, in_region(region)));
        }
        for key in keys.of_secrets_manager(record, region) {
            let key = match key {
                Ok(key) => key,
                Err(why) => {
                    left_out.push(RegionLeftOut { name: record.name.clone(), region, why });
                    continue;
                }
            };
            let mut allow = |action| grants.of_key(&key, KeyUseScope::ViaSecretsManager(region), action, Some(in_region(region)));
            allow(GENERATE_DATA_KEY);
            allow(DECRYPT);
            if region != primary {
                allow(ENCRYPT);
            }
        }
    }
}
