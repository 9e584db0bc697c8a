//! Regions of a secret over HTTP: replicas that are added, that leave, and that become secrets of their own.

use super::*;

const PRIMARY_ONLY: &str = "Operation not permitted on a replica secret. Call must be made in primary secret's region.";

#[test]
fn a_replica_leaves_and_another_is_promoted_in_its_own_region() {
    let place = Place::new();
    let service = place.writable();
    let arn = text(&create(&service, "db")["ARN"]);
    done(&service, "ReplicateSecretToRegions", &json!({ "SecretId": "db", "AddReplicaRegions": [{ "Region": "us-east-1" }] }));
    let remove = json!({ "SecretId": "db", "RemoveReplicaRegions": ["us-east-1", "ap-south-1"] });
    assert_eq!(refused_in(&service, europe(), "RemoveRegionsFromReplication", &remove).1, PRIMARY_ONLY);
    let left = done(&service, "RemoveRegionsFromReplication", &remove);
    assert_eq!((text(&left["ARN"]), left["ReplicationStatus"].as_array().map(Vec::len)), (arn.clone(), Some(1)));
    assert_eq!(text(&left["ReplicationStatus"][0]["Region"]), "eu-west-1");

    let stop = json!({ "SecretId": "db" });
    let (name, message) = refused(&service, "StopReplicationToReplica", &stop);
    assert_eq!(name, "InvalidParameterException");
    assert!(message.starts_with("Operation not permitted on a primary secret."), "{message}");
    let promoted = done_in(&service, europe(), "StopReplicationToReplica", &stop);
    assert_eq!(promoted, json!({ "ARN": arn.replace("us-west-2", "eu-west-1") }));
    assert_eq!(text(&done_in(&service, europe(), "GetSecretValue", &stop)["SecretString"]), "db");
    done_in(&service, europe(), "TagResource", &json!({ "SecretId": "db", "Tags": [{ "Key": "a", "Value": "b" }] }));
    assert_eq!(done(&service, "DescribeSecret", &stop)["ReplicationStatus"], Value::Null);
}

#[test]
fn a_service_that_reads_changes_no_region() {
    let place = Place::new();
    create(&place.writable(), "db");
    let service = place.reading();
    for (region, operation, request) in [
        (west(), "RemoveRegionsFromReplication", json!({ "SecretId": "db", "RemoveReplicaRegions": ["eu-west-1"] })),
        (europe(), "StopReplicationToReplica", json!({ "SecretId": "db" })),
    ] {
        assert_eq!(send(&service, region, operation, &request).status, 400, "{operation}");
    }
    assert_eq!(names_in(&service, europe()), ["db"]);
    assert_eq!(text(&done(&service, "DescribeSecret", &json!({ "SecretId": "db" }))["PrimaryRegion"]), "us-west-2");
}
